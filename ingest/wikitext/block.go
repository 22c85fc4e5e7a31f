package wikitext

import (
	"bytes"
	"strconv"
)

// block is a kind of block.
type block uint8

const (
	none block = iota
	paragraph
	item        // of a list, or an indented line
	preformated // a line that begins with a space
)

// Marks that stand in Converter.line among the text, which has no such characters itself. See tidy.
const (
	markDropped   = 0x01 // something was left out here
	markRaw       = 0x02 // up to markRawEnd, white space and brackets are as they should be
	markRawEnd    = 0x03
	markBreak     = 0x0b // a line end that stays one
	markParagraph = 0x0c // a blank line
)

// heading is a section's title that waits for the section's first text.
type heading struct {
	level int
	text  []byte
}

// blocks writes the lines of src[lo:hi].
func (c *Converter) blocks(lo, hi int) {
	for i := lo; i < hi; {
		i = c.oneLine(i, hi)
	}
	c.endBlock()
}

// oneLine writes the line that begins at i, and returns where the next one begins. A line is over
// at a line end that is in no node.
func (c *Converter) oneLine(i, hi int) int {
	if next := c.commentLine(i, hi); next > i {
		return next
	}
	stray := c.stray
	c.stray = false
	switch b := c.src[i]; b {
	case '\n':
		c.endBlock()
		c.prefix = c.prefix[:0]
		c.apart = true
		return i + 1
	case '=':
		if next := c.section(i, hi); next > i {
			return next
		}
	case '*', '#', ':', ';':
		return c.listLine(i, hi)
	case ' ', '\t':
		if next := c.spaceLine(i, hi); next > i {
			return next
		}
	case '|', '!':
		// What is left of a table whose beginning came out of a template, or is missing.
		if b == '|' || stray {
			c.stray = true
			c.endBlock()
			return min(c.find(i, hi, '\n', '\n')+1, hi)
		}
	case '-':
		if n := c.run(i); n >= 4 {
			c.endBlock()
			i += n
		}
	}
	if c.work != paragraph {
		c.endBlock()
		c.work = paragraph
	}
	c.prefix = c.prefix[:0]
	before := len(c.line)
	if before > 0 {
		c.line = append(c.line, '\n')
	}
	i = c.inline(i, hi, true)
	if !visible(c.line[before:]) {
		c.endBlock() // what a dropped line held was mostly a block of its own
	}
	return min(i+1, hi)
}

// visible says whether text holds more than white space and marks.
func visible(text []byte) bool {
	for _, b := range text {
		if b > ' ' || b == markRaw {
			return true
		}
	}
	return false
}

// commentLine passes a line that holds nothing but comments: for MediaWiki it is not there at all.
func (c *Converter) commentLine(i, hi int) int {
	for j, found := i, false; ; {
		for j < hi && (c.src[j] == ' ' || c.src[j] == '\t') {
			j++
		}
		if found && (j >= hi || c.src[j] == '\n') {
			return min(j+1, hi)
		}
		if j >= hi || c.src[j] != '<' {
			return i
		}
		n := c.at(j)
		if n == nil || n.kind != comment {
			return i
		}
		j, found = int(n.end), true
	}
}

// section takes the line of a section's title.
func (c *Converter) section(i, hi int) int {
	end := c.find(i, hi, '\n', '\n')
	lo, stop := i, end
	for {
		for stop > lo && (c.src[stop-1] == ' ' || c.src[stop-1] == '\t' || c.src[stop-1] == '\r') {
			stop--
		}
		// Comments may stand behind the last sign.
		if !bytes.HasSuffix(c.src[lo:stop], []byte("-->")) {
			break
		}
		at := bytes.LastIndex(c.src[lo:stop], []byte("<!--"))
		if at < 0 {
			break
		}
		stop = lo + at
	}
	level := 0
	for level < 6 && lo < stop-1 && c.src[lo] == '=' && c.src[stop-1] == '=' {
		level++
		lo++
		stop--
	}
	if level == 0 || lo >= stop {
		return i
	}
	c.endBlock()
	c.prefix = c.prefix[:0]
	c.inline(lo, stop, false)
	for n := len(c.headings); n > 0 && c.headings[n-1].level >= level; n-- {
		c.headings = c.headings[:n-1] // a section without text
	}
	if text := bytes.ReplaceAll(tidy(nil, c.line, true), []byte("\n"), []byte(" ")); len(text) > 0 {
		c.headings = append(c.headings, heading{level, text})
	}
	c.line = c.line[:0]
	return min(end+1, hi)
}

// maxListDepth is the depth of the items of a list up to which indentation tells them apart.
const maxListDepth = 8

// listLine writes an item of a list: "- " before those of unordered ones, numbers before those of ordered ones.
func (c *Converter) listLine(i, hi int) int {
	c.endBlock()
	j := i
	for j < hi && (c.src[j] == '*' || c.src[j] == '#' || c.src[j] == ':' || c.src[j] == ';') {
		j++
	}
	next := c.src[i:j]
	common := 0
	for common < len(next) && common < len(c.prefix) && (next[common] == c.prefix[common] || isTerm(next[common]) && isTerm(c.prefix[common])) {
		common++
	}
	c.prefix = append(c.prefix[:0], next...)
	if len(next) > maxListDepth {
		next = next[len(next)-maxListDepth:]
		common = min(common, maxListDepth)
	}
	for len(c.counters) < len(next) {
		c.counters = append(c.counters, 0)
	}
	for d := common; d < len(next); d++ {
		c.counters[d] = 0
	}
	c.work = item
	depth := len(next) - 1
	marker := next[depth]
	start := len(c.line)
	end := c.inline(j, hi, true)
	if visible(c.line[start:]) {
		c.marker(next[:depth], marker, depth)
	} else {
		c.line = c.line[:0]
	}
	c.endBlock()
	return min(end+1, hi)
}

func isTerm(b byte) bool { return b == ':' || b == ';' }

// marker puts what stands before an item's text in c.lead, for endBlock.
func (c *Converter) marker(outer []byte, b byte, depth int) {
	c.lead = c.lead[:0]
	for _, o := range outer {
		if !isTerm(o) {
			c.lead = append(c.lead, "  "...)
		}
	}
	if isTerm(b) {
		return
	}
	if b == '*' {
		c.lead = append(c.lead, "- "...)
		return
	}
	c.counters[depth]++
	c.lead = strconv.AppendInt(c.lead, int64(c.counters[depth]), 10)
	c.lead = append(c.lead, ". "...)
}

// spaceLine writes a line that begins with a space, which MediaWiki shows as it is.
func (c *Converter) spaceLine(i, hi int) int {
	j := i
	for j < hi && (c.src[j] == ' ' || c.src[j] == '\t') {
		j++
	}
	if j >= hi || c.src[j] == '\n' {
		c.endBlock()
		return min(j+1, hi)
	}
	if n := c.at(j); n != nil && n.kind != link && n.kind != external {
		return i // a table, a template: indentation of the source
	}
	c.endBlock()
	c.prefix = c.prefix[:0]
	c.work = preformated
	c.lead = append(c.lead[:0], c.src[i+1:j]...)
	end := c.inline(j, hi, true)
	c.endBlock()
	return min(end+1, hi)
}

// endBlock finishes the block in work.
func (c *Converter) endBlock() {
	work := c.work
	c.work = none
	if work == none || len(c.line) == 0 {
		c.line = c.line[:0]
		return
	}
	c.text = tidy(c.text[:0], c.line, work == item)
	c.line = c.line[:0]
	if len(c.text) == 0 {
		return
	}
	for _, h := range c.headings {
		c.separate(paragraph)
		c.out = append(c.out, h.text...)
		c.last = paragraph
	}
	c.headings = c.headings[:0]
	c.separate(work)
	if work != paragraph {
		c.out = append(c.out, c.lead...)
	}
	c.out = append(c.out, c.text...)
	c.last, c.apart = work, false
}

// separate writes what stands between the last block and the next one of a kind.
func (c *Converter) separate(next block) {
	switch {
	case len(c.out) == 0:
	case next == c.last && next != paragraph && !c.apart:
		c.out = append(c.out, '\n')
	default:
		c.out = append(c.out, "\n\n"...)
	}
}
