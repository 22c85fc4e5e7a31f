package spill

// The two layouts of a block's bytes, as docs/format/spill.md draws them.
const (
	layoutGroups  = 0 // lengths, keys and values stand in three groups
	layoutColumns = 1 // all records are of one shape: the first byte of every key, then every second one, and so on
)

// appendColumns appends n rows of width bytes as columns: of every row the first byte, then of every row the second.
// Sorted keys that differ in their last bytes alone, and small numbers in eight bytes, then compress to little more than what differs.
func appendColumns(b, rows []byte, width, n int) []byte {
	start := len(b)
	b = append(b, rows...)
	to := b[start:]
	for column := range width {
		out := to[column*n:][:n]
		for i, at := 0, column; i < len(out); i, at = i+1, at+width {
			out[i] = rows[at]
		}
	}
	return b
}

// rowsOf turns columns back into rows.
func rowsOf(rows, columns []byte, width, n int) {
	for column := range width {
		in := columns[column*n:][:n]
		for i, at := 0, column; i < len(in); i, at = i+1, at+width {
			rows[at] = in[i]
		}
	}
}
