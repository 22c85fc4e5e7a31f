package clean

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// markdown is a block as CommonMark 0.31.2, without what the lists and quotes around it put before its lines.
func (r *renderer) markdown(b *block) string {
	from, to := b.from, b.to
	switch b.kind {
	case pre:
		return fence(normaliseCode(string(r.text[from:to])), r.rich.langs[from])
	case heading:
		text := r.inline.line(from, to, inHeading)
		if text == "" {
			return ""
		}
		return strings.Repeat("#", r.headingLevel(b.elem)) + " " + escapeClosing(text)
	}
	item := r.beginsItem(b.elem)
	if item != nil {
		from += int32(ownMarker(string(r.text[from:min(to, from+16)]), item.number))
	}
	if r.inline.isCode(from, to) {
		return fence(normaliseCode(string(r.text[from:to])), "")
	}
	return escapeLines(r.inline.line(from, to, inParagraph), item != nil)
}

// beginsItem is the innermost list item around an element, if the next block begins it.
func (r *renderer) beginsItem(elem int32) *outlineNode {
	if r.nodes == nil {
		return nil
	}
	box := r.nodes[elem].box
	if n := &r.nodes[box]; box != 0 && r.elems[box].atom == atom.Li && !n.begun {
		return n
	}
	return nil
}

// ownMarker is the length of the bullet that an item brings, or of its number when that is the one which the list gives it.
func ownMarker(s string, number int32) int {
	if n := bullet(s); n > 0 {
		return n
	}
	n := ordinal(s)
	if n == 0 || number < 0 {
		return 0
	}
	own := int32(0)
	for _, c := range []byte(s[:n-2]) {
		own = own*10 + int32(c-'0')
	}
	if own != number {
		return 0
	}
	return n
}

// headingLevel is 1 to 6.
func (r *renderer) headingLevel(elem int32) int {
	for range maxOpenStack {
		switch r.elems[elem].atom {
		case atom.H1:
			return 1
		case atom.H2:
			return 2
		case atom.H3:
			return 3
		case atom.H4:
			return 4
		case atom.H5:
			return 5
		case atom.H6:
			return 6
		}
		if elem == 0 {
			break
		}
		elem = r.elems[elem].parent
	}
	return 2
}

// fence is a fenced code block; its fence is longer than any run of backticks in the code.
func fence(code, language string) string {
	if strings.Trim(code, " \t\n") == "" {
		return ""
	}
	ticks := strings.Repeat("`", max(3, longestRun(code, '`')+1))
	return ticks + language + "\n" + code + "\n" + ticks
}

func longestRun(s string, c byte) (longest int) {
	run := 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// table returns the index behind the last block of the table that starts with a block, in the form of GitHub Flavored Markdown; that of the
// block itself when it is no row or no row of the table holds two cells.
func (r *renderer) table(i int) int {
	b := &r.blocks[i]
	if r.rich.rows[b.from] == nil || i < r.plainRows {
		return i
	}
	table := r.ancestor(b.elem, atom.Table)
	last, rows := i, false
	for j := i; j < len(r.blocks); j++ {
		b := &r.blocks[j]
		if b.drop {
			continue
		}
		if r.rich.rows[b.from] == nil || r.ancestor(b.elem, atom.Table) != table {
			break
		}
		last, rows = j+1, rows || b.kind == row
	}
	if !rows {
		r.plainRows = last // none of them starts a table
		return i
	}
	return last
}

// markdownTable writes the rows [i, last) as a table (GFM 0.29, section 4.10). A cell that spans several is followed by empty
// ones; a table without a row of header cells gets an empty header, since it must have one.
func (r *renderer) markdownTable(i, last int) string {
	var rows [][]string
	header, columns, most := false, 0, 1
	for j := i; j < last; j++ {
		if b := &r.blocks[j]; !b.drop {
			most = max(most, len(r.rich.rows[b.from]))
		}
	}
	var below [maxColumns]int32 // rows further down that a cell spans, by column
	for ; i < last; i++ {
		b := &r.blocks[i]
		if b.drop {
			continue
		}
		cells := r.rich.rows[b.from]
		if len(rows) == 0 {
			header = r.isHeader(cells)
		}
		line := r.tableRow(cells, &below, most)
		columns = max(columns, len(line))
		rows = append(rows, line)
	}
	var out strings.Builder
	if !header {
		writeRow(&out, nil, columns)
		writeDelimiters(&out, columns)
	}
	for i, line := range rows {
		if i == 0 && header {
			writeRow(&out, line, columns)
			writeDelimiters(&out, columns)
			continue
		}
		writeRow(&out, line, 0)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func (r *renderer) isHeader(cells []cell) bool {
	if len(cells) == 0 {
		return false
	}
	if row := r.elems[cells[0].elem].parent; r.elems[r.elems[row].parent].atom == atom.Thead {
		return true
	}
	for _, c := range cells {
		if !c.header && c.from < c.to {
			return false
		}
	}
	return true
}

// tableRow lays out a row's cells; below holds what the rows above span and takes what this one does. No cell is wider than
// the most cells that a row has, and one behind maxColumns columns is one column wide.
func (r *renderer) tableRow(cells []cell, below *[maxColumns]int32, most int) []string {
	var line []string
	column, width := 0, 0 // width is that up to the last cell with text
	spanned := func() {
		for column < maxColumns && below[column] > 0 {
			below[column]--
			line = append(line, "")
			column++
		}
	}
	for _, c := range cells {
		spanned()
		text := r.inline.line(c.from, c.to, inCell)
		for i := range max(1, min(int(c.across), most, maxColumns-column)) {
			if column < maxColumns {
				below[column] = c.down - 1
			}
			if i > 0 {
				text = ""
			}
			if line = append(line, text); text != "" {
				width = len(line)
			}
			column++
		}
	}
	for ; column < maxColumns; column++ {
		below[column] = max(0, below[column]-1)
	}
	return line[:width]
}

// writeRow writes a row of at least columns cells.
func writeRow(out *strings.Builder, line []string, columns int) {
	out.WriteByte('|')
	for i := range max(len(line), columns, 1) {
		if i < len(line) && line[i] != "" {
			out.WriteByte(' ')
			out.WriteString(line[i])
		}
		out.WriteString(" |")
	}
	out.WriteByte('\n')
}

func writeDelimiters(out *strings.Builder, columns int) {
	out.WriteByte('|')
	for range max(columns, 1) {
		out.WriteString(" --- |")
	}
	out.WriteByte('\n')
}
