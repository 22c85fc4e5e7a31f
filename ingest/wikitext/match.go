package wikitext

import (
	"bytes"
	"sort"
)

// kind says what a node is.
type kind uint8

const (
	unmatched kind = iota
	template       // {{…}}
	parameter      // {{{…}}}
	link           // [[…]]
	external       // [http://… …]
	table          // {| … |}, also <table>…</table>
	variant        // -{…}-
	comment        // <!-- … -->
	element        // an extension's element with content of its own: <ref>…</ref>
	verse          // <poem>…</poem>
	kinds
)

// node is a construct that has a beginning and an end.
type node struct {
	start, end int32 // src[start:end], brackets included
	in, out    int32 // src[in:out] is what stands in it
	kind       kind
	tag        tag // of an element
}

// opening is a beginning whose end has not been met.
type opening struct {
	at    int32 // where it begins
	slot  int32 // its node; the first of several for a run of braces
	left  int32 // braces of a run that belong to no node yet
	slots int32 // nodes of a run that are not used yet
	kind  kind  // template stands for any run of braces
	html  bool  // a <table>
}

// special marks the bytes at which the first pass looks.
var special = [256]bool{'{': true, '}': true, '[': true, ']': true, '<': true, '\n': true}

// match fills nodes. It follows MediaWiki's preprocessor (includes/parser/Preprocessor_Hash.php), with tables, links
// and external links in the same pass, and is more lenient in one thing: "}}" ends a template also where a link
// or a table in it has no end.
func (c *Converter) match() {
	i := c.lineStart(0)
	for i < len(c.src) {
		if !special[c.src[i]] {
			i++
			continue
		}
		switch c.src[i] {
		case '{':
			i = c.openBraces(i)
		case '}':
			i = c.closeBraces(i)
		case '[':
			i = c.openBrackets(i)
		case ']':
			i = c.closeBrackets(i)
		case '<':
			i = c.matchTag(i)
		default:
			for n := len(c.stack); n > 0 && c.stack[n-1].kind == external; n-- {
				c.pop()
			}
			i = c.lineStart(i + 1)
		}
	}
	c.endTables()
	used := c.nodes[:0]
	for _, n := range c.nodes {
		if n.kind != unmatched {
			used = append(used, n)
		}
	}
	c.nodes = used
}

// reserve appends n nodes for what begins at a place, so that nodes lie in the order of their beginnings.
func (c *Converter) reserve(at, n int) int32 {
	slot := int32(len(c.nodes))
	for range n {
		c.nodes = append(c.nodes, node{start: int32(at)})
	}
	return slot
}

func (c *Converter) push(o opening) {
	c.stack = append(c.stack, o)
	c.counts[o.kind]++
}

func (c *Converter) pop() opening {
	o := c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
	c.counts[o.kind]--
	return o
}

func (c *Converter) top() *opening {
	if len(c.stack) == 0 {
		return &opening{}
	}
	return &c.stack[len(c.stack)-1]
}

// popTo gives up what has no end, down to the next opening of a kind, which must be there.
func (c *Converter) popTo(k kind) {
	for c.top().kind != k {
		c.pop()
	}
}

func (c *Converter) run(i int) int {
	n := i + 1
	for n < len(c.src) && c.src[n] == c.src[i] {
		n++
	}
	return n - i
}

func (c *Converter) byteAt(i int) byte {
	if i >= 0 && i < len(c.src) {
		return c.src[i]
	}
	return 0
}

func (c *Converter) openBraces(i int) int {
	n := c.run(i)
	switch {
	case n >= 2:
		c.push(opening{kind: template, at: int32(i), left: int32(n), slot: c.reserve(i, n/2), slots: int32(n / 2)})
	case c.byteAt(i-1) == '-':
		c.push(opening{kind: variant, at: int32(i - 1), slot: c.reserve(i-1, 1)})
	}
	return i + n
}

func (c *Converter) closeBraces(i int) int {
	n := c.run(i)
	for n > 0 {
		if o := c.top(); o.kind == variant && n == 1 && c.byteAt(i+1) == '-' {
			c.nodes[o.slot] = node{start: o.at, end: int32(i + 2), in: o.at + 2, out: int32(i), kind: variant}
			c.pop()
			return i + 2
		}
		if n < 2 || c.counts[template] == 0 {
			return i + n
		}
		c.popTo(template)
		size := int(min(c.top().left, int32(n), 3))
		c.closeRun(i, size)
		i, n = i+size, n-size
	}
	return i
}

// closeRun makes a node of the last braces of the run on top of the stack.
func (c *Converter) closeRun(i, size int) {
	o := c.top()
	o.left -= int32(size)
	o.slots--
	k := template
	if size == 3 {
		k = parameter
	}
	start := o.at + o.left
	c.nodes[o.slot+o.slots] = node{start: start, end: int32(i + size), in: start + int32(size), out: int32(i), kind: k}
	if o.left < 2 {
		c.pop()
	}
}

func (c *Converter) openBrackets(i int) int {
	n := c.run(i)
	if n%2 == 1 {
		if n == 1 && schemeLength(c.src[i+1:]) > 0 {
			c.push(opening{kind: external, at: int32(i), slot: c.reserve(i, 1)})
		}
		i++
		n--
	}
	for ; n > 0; n -= 2 {
		c.push(opening{kind: link, at: int32(i), slot: c.reserve(i, 1)})
		i += 2
	}
	return i
}

func (c *Converter) closeBrackets(i int) int {
	size := 1
	o := *c.top()
	switch {
	case o.kind == external:
	case o.kind == link && c.byteAt(i+1) == ']':
		size = 2
	default:
		return i + 1
	}
	c.nodes[o.slot] = node{start: o.at, end: int32(i + size), in: o.at + int32(size), out: int32(i), kind: o.kind}
	c.pop()
	return i + size
}

// lineStart looks for the beginning or the end of a table where a line begins.
func (c *Converter) lineStart(i int) int {
	j := i
	for b := c.byteAt(j); b == ' ' || b == '\t' || b == ':'; b = c.byteAt(j) {
		j++
	}
	switch {
	case c.byteAt(j) == '{' && c.byteAt(j+1) == '|' && c.byteAt(j+2) != '}':
		c.push(opening{kind: table, at: int32(j), slot: c.reserve(j, 1)})
		return j + 2
	case c.byteAt(j) == '|' && c.byteAt(j+1) == '}' && c.counts[table] > 0:
		braces := c.run(j + 1)
		if braces == 2 && c.counts[template] > 0 {
			break // an empty argument, and the end of a template
		}
		c.closeTable(j+2, false)
		return j + 2
	}
	return j
}

// closeTable ends the innermost table at a place, if it began in the same notation.
func (c *Converter) closeTable(end int, html bool) {
	c.popTo(table)
	o := c.top()
	if o.html != html {
		return
	}
	c.nodes[o.slot] = node{start: o.at, end: int32(end), in: o.at, out: int32(end), kind: table}
	c.pop()
}

// endTables ends the tables that have no end at the next section's title: everything behind them would go else.
func (c *Converter) endTables() {
	done := 0
	for _, o := range c.stack {
		if o.kind != table || o.html || int(o.at) < done {
			continue
		}
		done = len(c.src)
		if at := bytes.Index(c.src[o.at:], []byte("\n==")); at >= 0 {
			done = int(o.at) + at
		}
		c.nodes[o.slot] = node{start: o.at, end: int32(done), in: o.at, out: int32(done), kind: table}
	}
}

// matchTag takes a comment, an extension's element, or a tag that begins or ends a table or a poem.
func (c *Converter) matchTag(i int) int {
	if bytes.HasPrefix(c.src[i:], []byte("<!--")) {
		end := len(c.src)
		if at := bytes.Index(c.src[i+4:], []byte("-->")); at >= 0 {
			end = i + 4 + at + 3
		}
		c.nodes = append(c.nodes, node{start: int32(i), end: int32(end), in: int32(i), out: int32(i), kind: comment})
		return end
	}
	t, ok := parseTag(c.src, i)
	if !ok {
		return i + 1
	}
	switch {
	case t.tag == tagTable || t.tag == tagPoem:
		c.matchPair(i, t)
	case t.tag.isElement() && !t.closing:
		return c.matchElement(i, t)
	}
	return t.end
}

// matchPair takes the tags of what may hold any markup.
func (c *Converter) matchPair(i int, t parsedTag) {
	k := table
	if t.tag == tagPoem {
		k = verse
	}
	switch {
	case t.empty:
	case !t.closing:
		c.push(opening{kind: k, at: int32(i), slot: c.reserve(i, 1), left: int32(t.end), html: true})
	case c.counts[k] == 0:
	case k == table:
		c.closeTable(t.end, true)
	default:
		c.popTo(k)
		o := c.pop()
		c.nodes[o.slot] = node{start: o.at, end: int32(t.end), in: o.left, out: int32(i), kind: k}
	}
}

// matchElement takes an element from its opening tag to its closing one; what is in it is no markup.
func (c *Converter) matchElement(i int, t parsedTag) int {
	n := node{start: int32(i), end: int32(t.end), in: int32(t.end), out: int32(t.end), kind: element, tag: t.tag}
	if !t.empty {
		at, end := -1, 0
		if !c.noClose[t.tag] {
			at, end = findClose(c.src, t.end, t.tag)
		}
		switch {
		case at >= 0:
			n.out, n.end = int32(at), int32(end)
		case t.tag == tagRef:
			c.noClose[t.tag] = true
			// A note without end goes up to the line's end.
			n.end = int32(len(c.src))
			if at := bytes.IndexByte(c.src[t.end:], '\n'); at >= 0 {
				n.end = int32(t.end + at)
			}
		default:
			c.noClose[t.tag] = true
		}
	}
	c.nodes = append(c.nodes, n)
	return int(n.end)
}

// at returns the node that begins at a place, or nil.
func (c *Converter) at(place int) *node {
	p := int32(place)
	if c.cur > 0 && c.nodes[c.cur-1].start >= p {
		c.cur = sort.Search(c.cur, func(k int) bool { return c.nodes[k].start >= p })
	}
	for steps := 0; c.cur < len(c.nodes) && c.nodes[c.cur].start < p; c.cur++ {
		if steps++; steps > 8 {
			rest := c.nodes[c.cur:]
			c.cur += sort.Search(len(rest), func(k int) bool { return rest[k].start >= p })
			break
		}
	}
	if c.cur < len(c.nodes) && c.nodes[c.cur].start == p {
		return &c.nodes[c.cur]
	}
	return nil
}

// find returns the first of some bytes in src[lo:hi] that is in no node, or hi. The bytes that begin nodes are not among them.
func (c *Converter) find(lo, hi int, a, b byte) int {
	for i := lo; i < hi; i++ {
		switch x := c.src[i]; {
		case x == a || x == b:
			return i
		case x == '{' || x == '[' || x == '<' || x == '-' && c.byteAt(i+1) == '{':
			if n := c.at(i); n != nil {
				i = int(n.end) - 1
			}
		}
	}
	return hi
}
