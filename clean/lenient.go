package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseLenient builds a tree from the tokens alone, in time and memory linear in the page's size: an end tag
// closes the nearest element of its name, an element whose end tag may be left out is closed by the tags that
// close it in HTML, and elements nested deeper than maxOpenStack, and those behind the first maxTags tags, are left out while their text stays. It neither moves
// misplaced content out of tables nor reopens formatting elements, which makes no difference to the text of a page.
func parseLenient(page string, scripting bool) *html.Node {
	b := builder{scripting: scripting, open: make(map[string]int)}
	b.stack = append(b.stack, &html.Node{Type: html.DocumentNode})
	z := html.NewTokenizer(strings.NewReader(page))
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		at += len(z.Raw())
		within := b.within
		b.within = 0
		switch kind {
		case html.TextToken:
			if within == 0 {
				b.text(z)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			attributes := 0
			if b.tags++; b.tags <= maxTags {
				attributes = b.start(z)
				within = b.top().DataAtom
			} else {
				attributes = b.skip(z)
				within = b.within
			}
			if attributes > maxAttributes {
				// The tokenizer clears its set of attribute names at each tag, which costs what
				// the largest tag had: go on with a fresh one.
				z = html.NewTokenizerFragment(strings.NewReader(page[at:]), b.rawText(within))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if b.tags++; b.tags <= maxTags || b.open[string(name)] > 0 {
				b.end(string(name))
			}
		}
	}
	b.flush()
	return b.stack[0]
}

// maxAttributes is the number of attributes of an element that are kept.
const maxAttributes = 256

type builder struct {
	scripting bool // whether <noscript> is left unparsed
	stack     []*html.Node
	open      map[string]int // open elements by name
	buf       strings.Builder
	tags      int
	within    atom.Atom // the element left out whose raw text comes next and is no text of the page; 0 for none
}

func (b *builder) top() *html.Node { return b.stack[len(b.stack)-1] }

// text gathers the text between two tags.
func (b *builder) text(z *html.Tokenizer) { b.buf.Write(z.Text()) }

// skip passes over the start tag of an element that is left out and returns the number of its attributes.
func (b *builder) skip(z *html.Tokenizer) (attributes int) {
	name, more := z.TagName()
	a := atom.Lookup(name)
	for more {
		_, _, more = z.TagAttr()
		attributes++
	}
	switch {
	case a == atom.Noscript && !b.scripting:
		z.NextIsNotRawText()
	case b.rawText(a) != "" && a != atom.Textarea && a != atom.Title && a != atom.Xmp && a != atom.Plaintext:
		b.within = a
	case a == atom.Br || isBlock(a):
		b.buf.WriteByte('\n')
	}
	return attributes
}

func (b *builder) flush() {
	if b.buf.Len() == 0 {
		return
	}
	b.top().AppendChild(&html.Node{Type: html.TextNode, Data: b.buf.String()})
	b.buf.Reset()
}

// rawText is the name of an element whose text holds no tags; of any other element it is empty.
func (b *builder) rawText(a atom.Atom) string {
	switch a {
	case atom.Noscript:
		if b.scripting {
			return a.String()
		}
	case atom.Script, atom.Style, atom.Textarea, atom.Title, atom.Iframe, atom.Noembed, atom.Noframes, atom.Xmp, atom.Plaintext:
		return a.String()
	}
	return ""
}

// start opens an element and returns the number of its attributes.
func (b *builder) start(z *html.Tokenizer) (attributes int) {
	b.flush()
	name, more := z.TagName()
	n := &html.Node{Type: html.ElementNode, DataAtom: atom.Lookup(name)}
	if n.DataAtom != 0 {
		n.Data = n.DataAtom.String()
	} else {
		n.Data = string(name)
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if attributes++; attributes <= maxAttributes {
			n.Attr = append(n.Attr, html.Attribute{Key: string(key), Val: string(value)})
		}
	}
	b.imply(n.DataAtom)
	if n.DataAtom == atom.Noscript && !b.scripting {
		z.NextIsNotRawText()
	}
	if isVoid(n.DataAtom) {
		b.top().AppendChild(n)
		return attributes
	}
	if len(b.stack) > maxOpenStack && b.rawText(n.DataAtom) == "" {
		return attributes
	}
	b.top().AppendChild(n)
	b.stack = append(b.stack, n)
	b.open[n.Data]++
	return attributes
}

// imply closes the elements that the start of a new one closes.
func (b *builder) imply(a atom.Atom) {
	for {
		top := b.top().DataAtom
		var closes bool
		switch a {
		case atom.Li:
			closes = top == atom.Li || top == atom.P
		case atom.Dt, atom.Dd:
			closes = top == atom.Dt || top == atom.Dd || top == atom.P
		case atom.Option, atom.Optgroup:
			closes = top == atom.Option
		case atom.Td, atom.Th:
			closes = top == atom.Td || top == atom.Th || top == atom.P
		case atom.Tr:
			closes = top == atom.Td || top == atom.Th || top == atom.Tr || top == atom.P
		case atom.Thead, atom.Tbody, atom.Tfoot:
			closes = top == atom.Td || top == atom.Th || top == atom.Tr || top == atom.Thead || top == atom.Tbody || top == atom.Tfoot
		default:
			closes = top == atom.P && isBlock(a) || top == atom.Head && !isHeadPart(a)
		}
		if !closes {
			return
		}
		b.pop()
	}
}

func (b *builder) pop() {
	b.flush()
	b.open[b.top().Data]--
	b.stack = b.stack[:len(b.stack)-1]
}

// end closes the nearest open element of a name, and what is open within it. A cell, a row or a table is not
// left through the end tag of anything but a part of a table, as in HTML.
func (b *builder) end(name string) {
	if b.open[name] == 0 {
		if name == "p" || name == "br" {
			b.flush()
			b.top().AppendChild(&html.Node{Type: html.ElementNode, DataAtom: atom.Br, Data: "br"})
		}
		return
	}
	a := atom.Lookup([]byte(name))
	inline := !isBlock(a)
	var blocks []*html.Node // innermost first
	for i := len(b.stack) - 1; i > 0; i-- {
		n := b.stack[i]
		if n.Data == name {
			for len(b.stack) > i {
				b.pop()
			}
			b.reopen(blocks)
			return
		}
		if !isTablePart(a) && isTablePart(n.DataAtom) {
			return
		}
		if inline && isBlock(n.DataAtom) {
			if blocks = append(blocks, n); len(blocks) > maxReopen {
				return
			}
		}
	}
}

// maxReopen bounds the nodes that an end tag can make.
const maxReopen = 4

// reopen opens blocks anew that an inline element was closed across.
func (b *builder) reopen(blocks []*html.Node) {
	for i := len(blocks) - 1; i >= 0; i-- {
		o := blocks[i]
		n := &html.Node{Type: html.ElementNode, DataAtom: o.DataAtom, Data: o.Data, Attr: o.Attr}
		b.top().AppendChild(n)
		b.stack = append(b.stack, n)
		b.open[n.Data]++
	}
}

func isTablePart(a atom.Atom) bool {
	switch a {
	case atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Html, atom.Body:
		return true
	}
	return false
}

// isHeadPart reports elements that may stand in <head>; any other one ends it.
func isHeadPart(a atom.Atom) bool {
	switch a {
	case atom.Base, atom.Link, atom.Meta, atom.Title, atom.Style, atom.Script, atom.Noscript, atom.Template, atom.Head:
		return true
	}
	return false
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Keygen, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
