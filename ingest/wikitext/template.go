package wikitext

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// argument is one argument of a template: src[lo:hi] without white space around it.
type argument struct {
	name   string // "1", "2", … for those without name
	lo, hi int
}

// Bounds of what is looked at in a template that may hold text.
const (
	maxTemplateName = 60
	maxArguments    = 200
)

// template writes what is known to be text in src[in:out], the content of {{…}}.
func (c *Converter) template(in, out int) {
	bar := c.find(in, out, '|', '|')
	if bar-in > 4*maxTemplateName {
		c.drop()
		return
	}
	name := templateName(c.src[in:bar])
	if function, rest, ok := strings.Cut(name, ":"); ok {
		c.function(strings.TrimSpace(function), rest, in+bytes.IndexByte(c.src[in:bar], ':')+1, bar)
		return
	}
	t, ok := templates[name]
	if !ok {
		if t, ok = byPrefix(name); !ok {
			c.drop()
			return
		}
	}
	base := len(c.args)
	c.arguments(bar, out)
	c.apply(t, c.args[base:])
	c.args = c.args[:base]
}

// templateName is a template's name as the table has it: in lower case, with spaces.
func templateName(b []byte) string {
	if at := bytes.Index(b, []byte("<!--")); at >= 0 {
		b = b[:at]
	}
	name := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(string(b), "_", " ")))
	for _, prefix := range []string{"subst:", "safesubst:", "template:", "msg:"} {
		name = strings.TrimSpace(strings.TrimPrefix(name, prefix))
	}
	return name
}

// byPrefix finds the templates of which there is one for each language: {{lang-de|…}}.
func byPrefix(name string) (textTemplate, bool) {
	for _, prefix := range []string{"lang-", "langue-", "zitat-", "cytat-"} {
		if code, ok := strings.CutPrefix(name, prefix); ok && len(code) <= 12 && !strings.Contains(code, " ") {
			return textTemplate{do: argumentText, n: 1}, true
		}
	}
	if strings.HasSuffix(name, "e siècle") {
		return textTemplate{do: literal, text: strings.ToUpper(name[:len(name)-len("e siècle")]) + "e siècle"}, true
	}
	return textTemplate{}, false
}

// function writes what parser functions and magic words with a colon leave: formatnum, and changes of case.
func (c *Converter) function(name, rest string, lo, hi int) {
	switch name {
	case "formatnum", "lc", "uc", "lcfirst", "ucfirst", "nobr", "formatnumber":
	case "pagename", "fullpagename", "basepagename":
		c.word(strings.TrimSpace(rest))
		return
	default:
		c.drop()
		return
	}
	start := len(c.line)
	c.inline(lo, hi, false)
	written := c.line[start:]
	switch name {
	case "lc":
		c.line = append(c.line[:start:start], bytes.ToLower(written)...)
	case "uc":
		c.line = append(c.line[:start:start], bytes.ToUpper(written)...)
	case "lcfirst", "ucfirst":
		change := bytes.ToUpper
		if name == "lcfirst" {
			change = bytes.ToLower
		}
		_, n := utf8.DecodeRune(written)
		c.line = append(append(c.line[:start:start], change(written[:n])...), written[n:]...)
	}
}

// arguments appends the arguments behind the bar at lo to c.args.
func (c *Converter) arguments(lo, out int) {
	position := 0
	for n := 0; lo < out && n < maxArguments; n++ {
		lo++
		end := c.find(lo, out, '|', '|')
		a := argument{lo: lo, hi: end}
		if equals := c.find(lo, end, '=', '='); equals < end && equals-lo <= maxTemplateName {
			a.name = strings.ToLower(strings.TrimSpace(string(c.src[lo:equals])))
			a.lo = equals + 1
		} else {
			position++
			a.name = strconv.Itoa(position)
		}
		for a.lo < a.hi && isSpace(c.src[a.lo]) {
			a.lo++
		}
		for a.hi > a.lo && isSpace(c.src[a.hi-1]) {
			a.hi--
		}
		c.args = append(c.args, a)
		lo = end
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// argumentOf returns the first of some arguments that is given and not empty. As in MediaWiki the last of one name counts.
func argumentOf(args []argument, names ...string) (argument, bool) {
	for _, name := range names {
		for i := len(args) - 1; i >= 0; i-- {
			if args[i].name != name {
				continue
			}
			if args[i].hi > args[i].lo {
				return args[i], true
			}
			break
		}
	}
	return argument{}, false
}

func nth(args []argument, n int) (argument, bool) { return argumentOf(args, strconv.Itoa(n)) }

// source is an argument as it stands in the page.
func (c *Converter) source(args []argument, n int) string {
	if a, ok := nth(args, n); ok {
		return string(c.src[a.lo:a.hi])
	}
	return ""
}

// word appends plain text.
func (c *Converter) word(s string) { c.line = append(c.line, s...) }

// write appends an argument's text.
func (c *Converter) write(a argument) { c.inline(a.lo, a.hi, false) }

// writeNth appends an argument between two texts; where it is empty, it is dropped.
func (c *Converter) writeNth(args []argument, n int, before, after string) {
	a, ok := nth(args, n)
	if !ok {
		c.drop()
		return
	}
	c.word(before)
	c.write(a)
	c.word(after)
}

// apply writes what is text in a template that the table knows.
func (c *Converter) apply(t textTemplate, args []argument) {
	switch t.do {
	case literal:
		if t.text == "" {
			c.drop()
		}
		c.word(t.text)
	case pageTitle:
		c.word(c.title)
	case argumentText:
		c.writeNth(args, t.n, t.text, t.after)
	case lastArgument:
		for n := t.n; n > 0; n-- {
			if _, ok := nth(args, n); ok {
				c.writeNth(args, n, "", "")
				return
			}
		}
		c.drop()
	case blockText:
		c.blockText(args)
	case joined:
		c.joined(args, t.n, t.text)
	case listed:
		c.listed(args)
	case conversion:
		c.conversion(args)
	case value:
		c.value(args)
	case fraction:
		c.fraction(args)
	case circa:
		c.writeNth(args, 1, t.text, "")
		if _, ok := nth(args, 2); ok {
			c.writeNth(args, 2, " – "+t.text, "")
		}
	case nihongo:
		c.nihongo(args)
	case asOf:
		c.asOf(args)
	case century:
		if strings.Trim(strings.ToUpper(c.source(args, 1)), "IVXLC") != "" {
			t.after = ""
		}
		c.writeNth(args, 1, "", t.after)
	}
}

// blockText writes a quotation: a paragraph of its own.
func (c *Converter) blockText(args []argument) {
	a, ok := argumentOf(args, "text", "quote", "content", "texte", "texto", "zitat", "1")
	if !ok {
		c.drop()
		return
	}
	c.line = append(c.line, markParagraph)
	if b := c.src[a.lo]; b == '*' || b == '#' { // a list begins
		a.lo++
		c.word("- ")
	}
	c.write(a)
	c.line = append(c.line, markParagraph)
}

// joined writes the arguments 1 to n with something between them.
func (c *Converter) joined(args []argument, n int, between string) {
	written := false
	for k := 1; k <= n && k <= len(args); k++ {
		a, ok := nth(args, k)
		if !ok {
			continue
		}
		if written {
			c.word(between)
		}
		written = true
		c.write(a)
	}
	if !written {
		c.drop()
	}
}

// listed writes the arguments as items of a list.
func (c *Converter) listed(args []argument) {
	for k := 1; k <= len(args); k++ {
		if a, ok := nth(args, k); ok {
			c.line = append(c.line, markBreak)
			c.word("- ")
			c.write(a)
		}
	}
	c.line = append(c.line, markBreak)
}
