package pii

// Classes of ASCII bytes; bytes from 0x80 have none.
const (
	isDigit = 1 << iota
	isLower
	isUpper
	isHexLetter
	isBase58
	isWordSign // '_' and '-', which with letters and digits make up the tokens of base64url
	isAlpha    = isLower | isUpper
	isAlnum    = isAlpha | isDigit
)

var class = func() (t [256]uint8) {
	for b := range 128 {
		c := byte(b)
		switch {
		case c >= '0' && c <= '9':
			t[b] = isDigit
			if c != '0' {
				t[b] |= isBase58
			}
		case c >= 'a' && c <= 'z':
			t[b] = isLower
			if c != 'l' {
				t[b] |= isBase58
			}
		case c >= 'A' && c <= 'Z':
			t[b] = isUpper
			if c != 'I' && c != 'O' {
				t[b] |= isBase58
			}
		case c == '_' || c == '-':
			t[b] = isWordSign
		}
		if c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' {
			t[b] |= isHexLetter
		}
	}
	return t
}()

// isWordByte tells ASCII letters, digits and the underscore.
func isWordByte(b byte) bool { return class[b]&isAlnum != 0 || b == '_' }

func isHex(b byte) bool { return class[b]&(isDigit|isHexLetter) != 0 }

// wordBefore and wordAfter report whether a word byte stands directly before or at i, so that a find there would begin or end inside a word.
func wordBefore(text string, i int) bool { return i > 0 && isWordByte(text[i-1]) }
func wordAfter(text string, i int) bool  { return i < len(text) && isWordByte(text[i]) }

// classAt reports whether a byte of one of the classes stands at i.
func classAt(text string, i int, c uint8) bool {
	return i >= 0 && i < len(text) && class[text[i]]&c != 0
}

func digitAt(text string, i int) bool       { return classAt(text, i, isDigit) }
func asciiLetterAt(text string, i int) bool { return classAt(text, i, isAlpha) }

// byteAt reports whether b stands at i.
func byteAt(text string, i int, b byte) bool { return i >= 0 && i < len(text) && text[i] == b }

// runEnd is the end of the run of bytes of one of the classes at i, at most limit bytes long.
func runEnd(text string, i int, c uint8, limit int) int {
	end := i
	for end < len(text) && end-i < limit && class[text[end]]&c != 0 {
		end++
	}
	return end
}
