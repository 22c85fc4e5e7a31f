package dedup

// Without is a text without n parts of it, which are in order and do not overlap. Part says the offset and length of one, in bytes.
func Without(text string, n int, part func(i int) (offset, length int64)) string {
	left := make([]byte, 0, len(text))
	at := int64(0)
	for i := range n {
		offset, length := part(i)
		left = append(left, text[at:offset]...)
		at = offset + length
	}
	return string(append(left, text[at:]...))
}
