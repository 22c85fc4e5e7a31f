package wikitext

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"
)

// plainByte marks the bytes that inline copies without a look.
var plainByte = func() (plain [256]bool) {
	for b := range plain {
		plain[b] = b >= ' ' && b != 0x7f
	}
	for _, b := range []byte("\n'[]{}<&_-~") {
		plain[b] = false
	}
	return plain
}()

// maxDepth is how deep constructs nest in one another; what is deeper is dropped.
const maxDepth = 40

// inline appends the text of src[lo:hi] to the block in work. With oneLine it returns at the first line end that is in
// no node, else it takes line ends for spaces.
func (c *Converter) inline(lo, hi int, oneLine bool) int {
	if c.depth >= maxDepth {
		c.drop()
		if oneLine {
			return c.find(lo, hi, '\n', '\n')
		}
		return hi
	}
	c.depth++
	defer func() { c.depth-- }()
	q := quotes{}
	i := lo
	for i < hi {
		j := i
		for j < hi && plainByte[c.src[j]] {
			j++
		}
		c.line = append(c.line, c.src[i:j]...)
		if i = j; i >= hi {
			break
		}
		switch b := c.src[i]; b {
		case '\n':
			if oneLine {
				return i
			}
			i = c.lineEnd(i, hi)
		case '\'':
			i = c.quote(&q, i, hi)
		case '[', '{', '<', '-':
			i = c.construct(i, hi)
		case ']', '}':
			n := min(c.run(i), hi-i)
			if n%2 == 1 {
				c.line = append(c.line, b)
			}
			i += n
		case '&':
			i = c.reference(i, hi)
		case '_':
			i = c.behaviour(i, hi)
		case '~':
			n := min(c.run(i), hi-i)
			if n < 3 || n > 5 { // else a signature
				c.line = append(c.line, c.src[i:i+n]...)
			}
			i += n
		case '\t':
			c.line = append(c.line, ' ')
			i++
		default: // a control character
			i++
		}
	}
	return hi
}

func (c *Converter) drop() { c.line = append(c.line, markDropped) }

// lineEnd takes the line end at i within an argument or a label: a space, or a line end where a list goes on, or a paragraph's end.
func (c *Converter) lineEnd(i, hi int) int {
	i++
	switch b := c.byteAt(i); {
	case i >= hi:
	case b == '\n':
		c.line = append(c.line, markParagraph)
	case b == '*' || b == '#':
		c.line = append(c.line, markBreak)
		for i < hi && (c.src[i] == '*' || c.src[i] == '#' || c.src[i] == ':') {
			i++
		}
		c.line = append(c.line, "- "...)
	case b == ':' || b == ';':
		c.line = append(c.line, markBreak)
		i++
	default:
		c.line = append(c.line, '\n')
	}
	return i
}

// construct takes a node, or what looks like the beginning of one.
func (c *Converter) construct(i, hi int) int {
	b := c.src[i]
	if b == '-' && c.byteAt(i+1) != '{' {
		c.line = append(c.line, b)
		return i + 1
	}
	if n := c.at(i); n != nil {
		if int(n.end) > hi {
			return hi
		}
		node := *n
		c.node(&node)
		return int(node.end)
	}
	switch b {
	case '<':
		return c.htmlTag(i)
	case '-':
		c.line = append(c.line, b)
		return i + 1
	}
	// Brackets without partner: pairs go, a single one stays. A node may begin within the run.
	n := 1
	for i+n < hi && c.src[i+n] == b && c.at(i+n) == nil {
		n++
	}
	if n%2 == 1 {
		c.line = append(c.line, b)
	}
	return i + n
}

// node writes what is left of a construct.
func (c *Converter) node(n *node) {
	in, out := int(n.in), int(n.out)
	switch n.kind {
	case template:
		c.template(in, out)
	case parameter:
		if at := c.find(in, out, '|', '|'); at < out {
			c.inline(at+1, out, false)
		}
	case link:
		c.link(in, out)
	case external:
		c.external(in, out)
	case variant:
		c.variant(in, out)
	case verse:
		c.verse(in, out)
	case element:
		c.element(n)
	case comment:
	default:
		c.drop()
	}
}

// element writes what is left of an extension's element.
func (c *Converter) element(n *node) {
	content := c.src[n.in:n.out]
	switch n.tag {
	case tagNowiki:
		c.raw("", unescape(content), "")
	case tagPre:
		c.code(unescape(content))
	case tagCode, tagSource:
		if bytes.Contains(c.src[n.start:n.in], []byte(" inline")) {
			c.raw("", content, "")
			return
		}
		c.code(content)
	case tagMath:
		c.formula("$", content, "$")
	case tagChem, tagChemShort:
		c.formula(`$\ce{`, content, "}$")
	default:
		c.drop()
	}
}

// raw appends text that tidy leaves as it is.
func (c *Converter) raw(before string, content []byte, after string) {
	if len(content) == 0 {
		return
	}
	c.line = append(c.line, markRaw)
	c.line = append(c.line, before...)
	start := len(c.line)
	for _, b := range content {
		if b >= ' ' && b != 0x7f || b == '\n' || b == '\t' {
			c.line = append(c.line, b)
		}
	}
	if len(c.line) == start {
		c.line = c.line[:start-len(before)-1]
		return
	}
	c.line = append(append(c.line, after...), markRawEnd)
}

// code appends lines of code.
func (c *Converter) code(content []byte) {
	content = bytes.TrimRight(content, " \t\r\n")
	for { // empty lines before the first
		at := bytes.IndexByte(content, '\n')
		if at < 0 || len(bytes.TrimSpace(content[:at])) > 0 {
			break
		}
		content = content[at+1:]
	}
	if len(content) == 0 {
		c.drop()
		return
	}
	c.line = append(c.line, markParagraph)
	c.raw("", content, "")
	c.line = append(c.line, markParagraph)
}

// formula appends TeX on one line.
func (c *Converter) formula(before string, tex []byte, after string) {
	tex = bytes.Join(bytes.Fields(tex), []byte(" "))
	if len(tex) == 0 {
		c.drop()
		return
	}
	c.raw(before, tex, after)
}

// verse appends a poem, whose line ends stay.
func (c *Converter) verse(in, out int) {
	c.line = append(c.line, markParagraph)
	for i := in; i < out; i++ {
		for i < out && (c.src[i] == ' ' || c.src[i] == ':') {
			i++
		}
		if i < out && c.src[i] == '\n' {
			c.line = append(c.line, markParagraph)
			continue
		}
		i = c.inline(i, out, true)
		c.line = append(c.line, markBreak)
	}
	c.line = append(c.line, markParagraph)
}

// htmlTag takes a tag that stands for itself.
func (c *Converter) htmlTag(i int) int {
	t, ok := parseTag(c.src, i)
	if !ok {
		c.line = append(c.line, '<')
		return i + 1
	}
	switch t.tag {
	case tagBreak:
		c.line = append(c.line, markBreak)
	case tagRule, tagBlock, tagPoem, tagTable:
		c.line = append(c.line, markParagraph)
	case tagItem:
		c.line = append(c.line, markBreak)
		if !t.closing {
			c.line = append(c.line, "- "...)
		}
	case tagCell:
		c.line = append(c.line, ' ')
	}
	return t.end
}

// maxReference is the length of a character reference, in bytes, "&" and ";" included.
const maxReference = 34

// reference takes a character reference. What is none stays.
func (c *Converter) reference(i, hi int) int {
	at := bytes.IndexByte(c.src[i:min(hi, i+maxReference)], ';')
	if at > 0 {
		c.line, at = appendReference(c.line, c.src[i:i+at+1])
	}
	if at <= 0 {
		c.line = append(c.line, '&')
		return i + 1
	}
	return i + at
}

// appendReference appends the character that a reference stands for, and returns the reference's length, 0 when it is none.
func appendReference(b, reference []byte) ([]byte, int) {
	text := html.UnescapeString(string(reference))
	if text == string(reference) || text[0] == '&' && len(text) > 1 {
		return b, 0
	}
	for _, r := range text {
		switch {
		case r == '\u00a0' || r == '\t' || r == '\n':
			b = append(b, ' ')
		case !unicode.IsControl(r):
			b = utf8.AppendRune(b, r)
		}
	}
	return b, len(reference)
}

// unescape returns text with its character references replaced.
func unescape(text []byte) []byte {
	at := bytes.IndexByte(text, '&')
	if at < 0 {
		return text
	}
	b := make([]byte, 0, len(text))
	for len(text) > 0 {
		if at = bytes.IndexByte(text, '&'); at < 0 {
			break
		}
		b, text = append(b, text[:at]...), text[at:]
		n := 0
		if end := bytes.IndexByte(text[:min(len(text), maxReference)], ';'); end > 0 {
			b, n = appendReference(b, text[:end+1])
		}
		if n == 0 {
			b, n = append(b, '&'), 1
		}
		text = text[n:]
	}
	return append(b, text...)
}

// maxBehaviour is the length of a behaviour switch such as __NOTOC__, in bytes.
const maxBehaviour = 64

// behaviour passes a behaviour switch: a word in capitals, of any script, between pairs of low lines.
func (c *Converter) behaviour(i, hi int) int {
	if c.byteAt(i+1) == '_' && i+1 < hi {
		window := c.src[i+2 : min(hi, i+maxBehaviour)]
		if at := bytes.Index(window, []byte("__")); at > 0 && isSwitch(window[:at]) {
			c.drop()
			return i + 2 + at + 2
		}
	}
	n := min(c.run(i), hi-i)
	c.line = append(c.line, c.src[i:i+n]...)
	return i + n
}

func isSwitch(name []byte) bool {
	for _, r := range string(name) {
		if r != '_' && !unicode.IsUpper(r) && !(unicode.IsLetter(r) && !unicode.IsLower(r)) && !unicode.IsMark(r) {
			return false
		}
	}
	return true
}

// quotes is what is known of the apostrophes of a line that stand for bold and italic.
type quotes struct {
	end   int // up to where the line was looked at
	apart int // the three apostrophes of which the first is one, and the others begin italic; 0 for none
}

// quote takes a run of apostrophes: two are italic, three bold, five both, one and those over are themselves.
func (c *Converter) quote(q *quotes, i, hi int) int {
	n := min(c.run(i), hi-i)
	if n >= 2 && i >= q.end {
		c.balance(q, i, hi)
	}
	left := 0
	switch {
	case n == 1 || n == 4 || n == 3 && q.apart == i && i > 0:
		left = 1
	case n > 5:
		left = n - 5
	}
	for range left {
		c.line = append(c.line, '\'')
	}
	return i + n
}

// balance finds, as MediaWiki does (Parser::doQuotes), the place where an apostrophe stands before italic text
// ("L”'Iliade”") in a line with an odd number of both marks.
func (c *Converter) balance(q *quotes, lo, hi int) {
	bold, italic := 0, 0
	word, single, space := 0, 0, 0
	q.apart = 0
	i := lo
	for i < hi {
		i = c.find(i, hi, '\'', '\n')
		if i >= hi || c.src[i] == '\n' {
			break
		}
		n := min(c.run(i), hi-i)
		switch {
		case n == 2:
			italic++
		case n == 3 || n == 4:
			bold++
		case n >= 5:
			bold++
			italic++
		}
		if n == 3 {
			switch {
			case c.byteAt(i-1) == ' ':
				first(&space, i)
			case c.byteAt(i-2) == ' ':
				first(&single, i)
			default:
				first(&word, i)
			}
		}
		i += n
	}
	q.end = max(i, lo+1)
	if bold%2 == 0 || italic%2 == 0 {
		return
	}
	for _, at := range []int{single, word, space} {
		if at > 0 {
			q.apart = at
			return
		}
	}
}

func first(place *int, at int) {
	if *place == 0 {
		*place = at
	}
}
