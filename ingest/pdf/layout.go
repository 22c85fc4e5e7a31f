package pdf

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is a line of text and where it stands on its page, in points (1/72 inch) from the lower left corner.
type line struct {
	text        string
	placed      bool // whether the numbers are known
	left, right float64
	base        float64 // lower edge
	height      float64 // of the font
}

// compose makes the text of a document of the lines of its pages: running heads are left out, lines are joined to paragraphs, also
// over pages, and hyphenation is undone.
func compose(pages [][]line) string {
	for i := range pages {
		pages[i] = ordered(pages[i])
	}
	pages = withoutHeads(pages)
	var all []line
	var starts []bool // whether a line is a page's first
	for _, p := range pages {
		for i, l := range p {
			all = append(all, l)
			starts = append(starts, i == 0)
		}
	}
	pitch := usualPitch(all)
	var out []byte
	for i, l := range all {
		switch {
		case i == 0:
		case leader.MatchString(all[i-1].text), isItem(l.text) && (strings.HasSuffix(all[i-1].text, ":") || inList(all[:i])):
			out = append(out, '\n')
		case breaks(all, i, starts[i], pitch):
			out = append(out, "\n\n"...)
		default:
			out = seam(out, l.text)
		}
		out = append(out, l.text...)
	}
	return strings.NewReplacer("\ufffe", "-", "\x02", "-").Replace(string(out))
}

// ordered puts lines that stand in one column from top to bottom, where the page draws them in another order. Of several columns the
// page's own order is kept: it nearly always goes through one after the other.
func ordered(lines []line) []line {
	descents := 0
	for i := range lines {
		if !lines[i].placed {
			return lines
		}
		if i > 0 && lines[i].base > lines[i-1].base+lines[i].height/2 {
			descents++
		}
	}
	if descents == 0 {
		return lines
	}
	for i := range lines {
		for j := range lines[:i] {
			a, b := lines[i], lines[j]
			if a.right <= b.left || b.right <= a.left {
				return lines // side by side somewhere: columns, or a table
			}
		}
		if i > 500 {
			return lines
		}
	}
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b line) int {
		switch {
		case a.base > b.base:
			return -1
		case a.base < b.base:
			return 1
		}
		return 0
	})
	return sorted
}

// edgeLines is how many lines at the top and at the bottom of a page may be running heads, but no more than a quarter
// of its lines, and one in any case.
const edgeLines = 3

var (
	numbers = regexp.MustCompile(`[0-9]+`)
	roman   = regexp.MustCompile(`^[\p{P} ]*[ivxlcdm]+[\p{P} ]*$`)
)

// headKey is what lines that repeat from page to page have in common.
func headKey(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if roman.MatchString(s) {
		return "#"
	}
	return numbers.ReplaceAllString(s, "#")
}

// edges are the indexes of a page's highest and lowest lines.
func edges(p []line) (top, bottom []int) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case !p[a].placed || !p[b].placed || p[a].base == p[b].base:
			return a - b
		case p[a].base > p[b].base:
			return -1
		}
		return 1
	})
	n := min(edgeLines, max(len(p)/4, 1), len(p))
	return order[:n], order[len(p)-n:]
}

// headWindow is how many pages before and behind are asked whether they repeat a line.
const headWindow = 4

// pageNumber is a line that says nothing but where in the document the page is.
var pageNumber = regexp.MustCompile(`^(?:page )?[\p{P} |]*#(?: ?(?:/|of) ?#)?[\p{P} |]*$`)

// withoutHeads leaves out lines at the edges of pages that repeat, but for their numbers, on three of the pages around, and
// page numbers that are the highest or the lowest line.
func withoutHeads(pages [][]line) [][]line {
	on := map[string][]int{} // the pages that have a line, ascending
	each := func(p []line, visit func(i int, key string, outermost bool)) {
		top, bottom := edges(p)
		for n, i := range top {
			visit(i, "top "+headKey(p[i].text), n == 0)
		}
		for n, i := range bottom {
			visit(i, "bottom "+headKey(p[i].text), n == len(bottom)-1)
		}
	}
	for i, p := range pages {
		each(p, func(_ int, key string, _ bool) {
			if known := on[key]; len(known) == 0 || known[len(known)-1] != i {
				on[key] = append(known, i)
			}
		})
	}
	repeats := func(key string, page int) bool {
		at, _ := slices.BinarySearch(on[key], page-headWindow)
		end, _ := slices.BinarySearch(on[key], page+headWindow+1)
		return end-at >= 3
	}
	out := make([][]line, len(pages))
	for i, p := range pages {
		drop := map[int]bool{}
		each(p, func(j int, key string, outermost bool) {
			_, text, _ := strings.Cut(key, " ")
			if repeats(key, i) || outermost && len(pages) > 1 && pageNumber.MatchString(text) {
				drop[j] = true
			}
		})
		for j, l := range p {
			if !drop[j] {
				out[i] = append(out[i], l)
			}
		}
	}
	return out
}

// usualPitch is the median of the distances from line to line.
func usualPitch(lines []line) float64 {
	var all []float64
	for i := 1; i < len(lines); i++ {
		if p, ok := pitch(lines[i-1], lines[i]); ok && p < 4*lines[i].height {
			all = append(all, p)
		}
	}
	if len(all) < 3 && len(lines) > 0 {
		return 1.25 * lines[len(lines)-1].height // too few to tell: as type is set as a rule
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// pitch is how far the second line stands below the first.
func pitch(a, b line) (float64, bool) {
	if !a.placed || !b.placed || b.base >= a.base || b.left > a.right || a.left > b.right {
		return 0, false
	}
	return a.base - b.base, true
}

// leader is the end of a line in a table of contents.
var leader = regexp.MustCompile(`(?:\. ?){4,} ?[0-9ivxlc]+$`)

// breaks says whether a paragraph ends before line i.
func breaks(all []line, i int, newPage bool, usual float64) bool {
	before, l := all[i-1], all[i]
	if !before.placed || !l.placed {
		return endsSentence(before.text)
	}
	p, below := pitch(before, l)
	if newPage || !below {
		// The next column or page: only the text tells.
		return endsSentence(before.text) || !continues(l.text)
	}
	if r := l.height / before.height; (r > 1.15 || r < 0.87) && (p > 1.15*usual || p < 0.85*usual) {
		return true // another size of type, rather than another font in one text
	}
	if p > 1.3*usual && p > 1.3*l.height {
		return true
	}
	right := rightEdge(all, i-1)
	short := !divided(before.text) && before.right < right-0.12*(right-before.left) && before.right < right-2*before.height
	indented := l.left > before.left+0.8*l.height && l.left < before.left+6*l.height
	switch {
	case short && (endsSentence(before.text) || !continues(l.text)):
		return true
	case indented && (endsSentence(before.text) || short):
		return true
	}
	return false
}

// rightEdge is where the lines around line i end, those of its own column.
func rightEdge(all []line, i int) float64 {
	right := all[i].right
	for j := max(0, i-8); j < min(len(all), i+9); j++ {
		l := all[j]
		if l.placed && l.left < all[i].right && all[i].left < l.right && l.height < 1.15*all[i].height && l.height > 0.87*all[i].height {
			right = max(right, l.right)
		}
	}
	return right
}

// endsSentence says whether the last character but closing marks ends a sentence or announces what follows.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’»)]")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?:;…。！？：；", r)
}

// continues says whether a line can be the middle of a sentence: it begins with a small letter or a script without them.
func continues(s string) bool {
	s = strings.TrimLeft(s, "\"'“‘«([")
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) || unicode.Is(unicode.Lo, r)
}

var item = regexp.MustCompile(`^(?:[•◦▪■●‣⁃∙·–—*-] ?|\(?(?:[0-9]{1,3}|[a-z])[.)] )\S`)

// isItem says whether a line begins an item of a list.
func isItem(s string) bool { return item.MatchString(s) }

// inList says whether the lines end within a list: an item begins among the last few.
func inList(before []line) bool {
	for k := len(before) - 1; k >= max(0, len(before)-6); k-- {
		if isItem(before[k].text) {
			return true
		}
	}
	return false
}

// hyphens end a line in which a word is divided. PDFium writes U+FFFE or U+0002 where it takes a hyphen for one.
const hyphens = "-\u00ad\u2010\ufffe\x02"

// seam prepares what is before a line for the line that continues its paragraph: a space, or the end of a divided word without its
// hyphen, which stays where a capital follows.
func seam(out []byte, next string) []byte {
	last, size := utf8.DecodeLastRune(out)
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case divided(string(out[max(0, len(out)-16):])) && unicode.IsLower(first):
		return out[:len(out)-size]
	case divided(string(out[max(0, len(out)-16):])) && unicode.IsLetter(first):
		return out
	case wide(last) && wide(first):
		return out
	}
	return append(out, ' ')
}

// divided says whether a line ends in the middle of a word.
func divided(s string) bool {
	last, size := utf8.DecodeLastRuneInString(s)
	r, _ := utf8.DecodeLastRuneInString(s[:len(s)-size])
	return strings.ContainsRune(hyphens, last) && unicode.IsLetter(r)
}

// wide says whether a character belongs to a script that is written without spaces.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60
}
