package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pre walks preformatted text. Program code is read apart from the page's other elements, as one block in which
// only line ends matter: neither a highlighter's classes nor its elements for lines say anything about the page. A <pre> that
// holds parts of a page, as one that was never closed does, is read like the rest of the page.
func (w *walker) pre(n *html.Node, depth int) {
	code := w.verbatim == 0 && !holdsSections(n)
	if code && isGutter(n) {
		return
	}
	w.flush()
	w.verbatim++
	if code {
		if w.rich != nil {
			if lang := codeLanguage(n); lang != "" {
				w.rich.langs[int32(len(w.text))] = lang
			}
		}
		w.coding, w.lineDue = true, false
		w.children(n, depth)
		w.coding, w.lineDue = false, false
	} else {
		w.inside(n, depth)
	}
	w.flush()
	w.verbatim--
}

// codeElement walks an element within code.
func (w *walker) codeElement(n *html.Node, depth int) {
	if n.Namespace == "svg" || skipped(n.DataAtom) || n.DataAtom == atom.Button || n.DataAtom == atom.Noscript || w.verbatim > 0 && gutterClass(attribute(n, "class")) {
		return
	}
	switch {
	case n.DataAtom == atom.Br:
		w.lineBreak()
	case n.DataAtom == atom.A:
		w.link++
		w.children(n, depth)
		w.link--
	case w.verbatim > 0 && isBlock(n.DataAtom) && n.DataAtom != atom.Td && n.DataAtom != atom.Th:
		w.endLine()
		w.children(n, depth)
		w.endLine()
	default:
		w.children(n, depth)
	}
}

// endLine ends a line of code where a block element starts or ends, unless it has ended.
func (w *walker) endLine() {
	if n := len(w.text); n > int(w.start) && w.text[n-1] != '\n' {
		w.lineDue = true
	}
}

// holdsSections reports whether a <pre> holds elements that no code has.
func holdsSections(n *html.Node) bool {
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Article, atom.Section, atom.Main, atom.Nav, atom.Aside, atom.Header, atom.Footer,
			atom.Form, atom.Blockquote, atom.Iframe, atom.P, atom.Dl:
			return true
		}
	}
	return false
}

// holdsBlock reports whether an element holds a block element, or so many nodes that it is no inline code.
func holdsBlock(n *html.Node) bool {
	seen := 0
	for c := range n.Descendants() {
		if seen++; seen > maxInlineCode || c.Type == html.ElementNode && isBlock(c.DataAtom) {
			return true
		}
	}
	return false
}

// maxInlineCode is the number of nodes within inline code; it keeps nested elements from being read over and over.
const maxInlineCode = 1000

// isGutter reports a <pre> of line numbers: itself, or the cell that holds it, is named so.
func isGutter(n *html.Node) bool {
	for range 3 {
		// Prism names the code itself "line-numbers".
		if class := attribute(n, "class"); gutterClass(class) && (n.DataAtom != atom.Pre || !strings.Contains(class, "line-numbers")) {
			return true
		}
		if n.DataAtom == atom.Td || n.DataAtom == atom.Th || n.Parent == nil {
			return false
		}
		n = n.Parent
	}
	return false
}

// gutterClass reports the classes that highlighters give to line numbers: rouge and Hexo (gutter), Pygments (linenos, linenodiv), highlight.js
// (hljs-ln-numbers), Hugo (lnt, ln), Prism (line-numbers-rows), GitHub (blob-num), Crayon, CodeMirror, Vim (LineNr).
func gutterClass(class string) bool {
	if len(class) < 2 || len(class) > maxClassList {
		return false
	}
	for name := range strings.FieldsSeq(class) {
		switch name {
		case "gutter", "rouge-gutter", "line-number", "lineno", "linenos", "linenum", "linenumber", "linenumbers", "line-numbers", "line-numbers-rows", "line_numbers", "linenodiv",
			"hljs-ln-numbers", "lnt", "ln", "blob-num", "crayon-nums", "crayon-num", "CodeMirror-linenumber", "LineNr", "copy-button", "copybtn":
			return true
		}
	}
	return false
}

// maxClassList is the length in bytes of a class attribute that is looked at.
const maxClassList = 512

// codeLanguage is the language that the classes of a code block name: of <pre>, of the <code> in it, or of up to two elements around it.
func codeLanguage(n *html.Node) string {
	if lang := namedLanguage(n); lang != "" {
		return lang
	}
	for c := range n.ChildNodes() {
		if c.DataAtom == atom.Code {
			if lang := namedLanguage(c); lang != "" {
				return lang
			}
		}
	}
	for range 2 {
		if n = n.Parent; n == nil || n.DataAtom == atom.Body || n.DataAtom == atom.Article || n.DataAtom == atom.Main {
			return ""
		}
		if lang := namedLanguage(n); lang != "" {
			return lang
		}
	}
	return ""
}

// languagePrefixes stand before a language's name in a class: the HTML standard's own proposal (4.5.15), GitHub, Prism and
// google-code-prettify, Sphinx, CodeMirror.
var languagePrefixes = [...]string{"language-", "highlight-source-", "highlight-text-", "lang-", "highlight-", "sourceCode-"}

func namedLanguage(n *html.Node) string {
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "data-lang", "data-language", "lang-name":
			if lang := languageName(a.Val); lang != "" {
				return lang
			}
		case "class":
			if lang := classLanguage(a.Val); lang != "" {
				return lang
			}
		}
	}
	return ""
}

func classLanguage(class string) string {
	if len(class) > maxClassList {
		return ""
	}
	names := strings.Fields(class)
	for _, name := range names {
		for _, prefix := range languagePrefixes {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				if lang := languageName(rest); lang != "" {
					return lang
				}
				break
			}
		}
	}
	for i, name := range names {
		if lang, ok := strings.CutPrefix(name, "brush:"); ok { // SyntaxHighlighter: "brush: java"
			if lang == "" && i+1 < len(names) {
				lang = names[i+1]
			}
			return languageName(strings.TrimRight(lang, ";"))
		}
	}
	// Pandoc ("sourceCode python") and highlight.js ("hljs python").
	if len(names) == 2 && (names[0] == "sourceCode" || names[0] == "hljs") {
		return languageName(names[1])
	}
	return ""
}

// languageName is the name in lower case, or empty when it is none.
func languageName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "", "none", "plain", "plaintext", "text", "nohighlight", "default", "notranslate", "undefined", "auto":
		return ""
	}
	if len(s) > 24 {
		return ""
	}
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("+#-._", c) >= 0) {
			return ""
		}
	}
	return s
}

// maxBlankLines is the number of blank lines in a row that code keeps.
const maxBlankLines = 8

// normaliseCode is Normalise for code: runs of spaces, tabs, indentation and blank lines stay; blank lines at the ends and white space at the
// ends of lines go.
func normaliseCode(s string) string {
	s = spaceLines(composed(s), true)
	s = strings.TrimRight(s, "\n")
	for {
		line, rest, more := strings.Cut(s, "\n")
		if !more || line != "" {
			break
		}
		s = rest
	}
	run := strings.Repeat("\n", maxBlankLines+2)
	if !strings.Contains(s, run) {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(s, run)
		if i < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:i])
		out.WriteString(run[1:])
		s = strings.TrimLeft(s[i:], "\n")
	}
}
