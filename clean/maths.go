package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// formula reads an element that shows mathematics, and reports whether it was one. TeX is written as $…$, on a line of its own as $$…$$. It is taken from
// where the page's renderer left it: KaTeX in an annotation of its MathML, MathJax 2 in a script, MathJax 3 and browsers' own
// MathML in an annotation or attribute, Wikipedia and WordPress also in the text that stands for an image. What was rendered from
// it is left out, so that a formula is there once. MathML without TeX becomes linear text.
func (w *walker) formula(n *html.Node, depth int) bool {
	switch n.DataAtom {
	case atom.Math:
		w.mathML(n, false)
		return true
	case atom.Script:
		return w.mathScript(n)
	case atom.Img:
		return w.mathImage(n)
	case atom.Span, atom.Div:
		if class := attribute(n, "class"); len(class) > 3 && len(class) <= maxClassList {
			switch class[0] {
			case 'k', 'M', 'm', 't':
				return w.mathClass(n, class, depth)
			}
		}
	case 0:
		switch n.Data {
		case "mjx-container":
			w.rendered(n, attribute(n, "display") == "true")
			return true
		case "mjx-math", "mjx-assistive-mml":
			return true
		}
	}
	return false
}

// mathClass reads an element that a renderer of mathematics made, by its class.
func (w *walker) mathClass(n *html.Node, class string, depth int) bool {
	for name := range strings.FieldsSeq(class) {
		switch name {
		case "katex-html":
			// The picture of the formula; the MathML before it holds the source.
			return n.Parent != nil && w.find(n.Parent, isMath) != nil
		case "katex-display":
			if m := w.find(n, isMath); m != nil {
				w.mathML(m, true)
				return true
			}
		case "katex", "mwe-math-element":
			if m := w.find(n, isMath); m != nil {
				w.mathML(m, strings.Contains(class, "mwe-math-element-block"))
				return true
			}
		case "MathJax_Preview", "mjx-assistive-mml", "MJX_Assistive_MathML":
			return true
		case "MathJax", "MathJax_SVG", "MathJax_CHTML", "mjx-chtml":
			w.rendered(n, false)
			return true
		case "MathJax_Display", "MathJax_SVG_Display", "MJXc-display":
			w.rendered(n, true)
			return true
		case "tex", "math":
			// Left for a script: the text is TeX with its delimiters.
			return false
		}
	}
	return false
}

// rendered reads what MathJax rendered: nothing when the source follows in a script, else the MathML for screen readers.
func (w *walker) rendered(n *html.Node, display bool) {
	s := n.NextSibling
	for range 4 {
		if s == nil {
			break
		}
		if s.DataAtom == atom.Script && isMathScript(s) {
			return
		}
		s = s.NextSibling
	}
	if n.Parent != nil && n.NextSibling == nil && n.Parent.NextSibling != nil && isMathScript(n.Parent.NextSibling) {
		return // MathJax 2 wraps what is on a line of its own once more
	}
	if m := w.find(n, isMath); m != nil {
		w.mathML(m, display)
	}
}

func isMath(n *html.Node) bool { return n.DataAtom == atom.Math }

// isMathScript reports MathJax 2's scripts: <script type="math/tex"> and "math/tex; mode=display".
func isMathScript(n *html.Node) bool {
	return n.DataAtom == atom.Script && strings.HasPrefix(attribute(n, "type"), "math/tex")
}

func (w *walker) mathScript(n *html.Node) bool {
	if !isMathScript(n) || n.FirstChild == nil {
		return false
	}
	w.tex(n.FirstChild.Data, strings.Contains(attribute(n, "type"), "mode=display"))
	return true
}

// mathImage reads an image of a formula, whose text is TeX.
func (w *walker) mathImage(n *html.Node) bool {
	class, alt := attribute(n, "class"), attribute(n, "alt")
	if class == "" || len(class) > maxClassList || strings.TrimSpace(alt) == "" {
		return false
	}
	for name := range strings.FieldsSeq(class) {
		switch {
		case name == "tex", name == "latex", name == "mathtex", name == "ltx_Math", strings.HasPrefix(name, "mwe-math-fallback-image"):
			w.tex(alt, strings.HasSuffix(name, "-display") || strings.HasSuffix(name, "-block"))
			return true
		}
	}
	return false
}

// mathML writes a formula in MathML.
func (w *walker) mathML(n *html.Node, display bool) {
	display = display || attribute(n, "display") == "block" || attribute(n, "mode") == "display"
	if a := w.find(n, isTeX); a != nil && a.FirstChild != nil {
		w.tex(a.FirstChild.Data, display)
		return
	}
	if alt := attribute(n, "alttext"); strings.TrimSpace(alt) != "" {
		w.tex(alt, display)
		return
	}
	w.line(display)
	w.write(linearMaths(n))
	w.line(display)
}

// isTeX reports <annotation encoding="application/x-tex">, also as older programs write it.
func isTeX(n *html.Node) bool {
	if n.Data != "annotation" {
		return false
	}
	switch strings.ToLower(attribute(n, "encoding")) {
	case "application/x-tex", "application/x-latex", "tex", "latex", "text/x-tex":
		return true
	}
	return false
}

// line starts a new line of the block for a formula that stands on one of its own.
func (w *walker) line(display bool) {
	if display && len(w.text) > int(w.start) {
		w.breaks, w.word = max(w.breaks, 1), false
	}
}

// tex writes TeX between dollar signs, on one line.
func (w *walker) tex(s string, display bool) {
	if s = tidyTeX(s); s == "" {
		return
	}
	sign := "$"
	if display {
		sign = "$$"
	}
	w.line(display)
	w.write(sign)
	from := int32(len(w.text) - len(sign))
	w.word = false
	w.write(s)
	w.write(sign)
	if w.rich != nil && w.verbatim == 0 && w.rich.depth[spanCode] == 0 {
		w.rich.add(spanMaths, from, int32(len(w.text)))
	}
	w.line(display)
}

// tidyTeX takes out comments, which must not swallow what stood on the next line, and what only says how to set the formula: delimiters, and
// the style that Wikipedia puts around each.
func tidyTeX(s string) string {
	if strings.IndexByte(s, '%') >= 0 && strings.IndexByte(s, '\n') >= 0 {
		s = withoutComments(s)
	}
	s = strings.Join(strings.Fields(s), " ")
	for _, d := range [...][2]string{{"$$", "$$"}, {"$", "$"}, {`\(`, `\)`}, {`\[`, `\]`}} {
		if rest, ok := strings.CutPrefix(s, d[0]); ok {
			if rest, ok = strings.CutSuffix(rest, d[1]); ok {
				s = strings.TrimSpace(rest)
				break
			}
		}
	}
	for _, style := range [...]string{`{\displaystyle`, `{\textstyle`} {
		if rest, ok := strings.CutPrefix(s, style); ok && strings.HasSuffix(rest, "}") && balanced(rest[:len(rest)-1]) {
			s = strings.TrimSpace(rest[:len(rest)-1])
		}
	}
	return s
}

// withoutComments cuts each line at its first % that no backslash escapes.
func withoutComments(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		for i := range len(line) {
			if line[i] == '%' && (i == 0 || line[i-1] != '\\') {
				line = line[:i] + "\n"
				break
			}
		}
		out.WriteString(line)
	}
	return out.String()
}

// balanced reports whether every brace in s closes one opened in it.
func balanced(s string) bool {
	open := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			open++
		case '}':
			if open--; open < 0 {
				return false
			}
		}
	}
	return open == 0
}

// maxSearched is the number of nodes of a page that are looked at in search of formulas; it keeps nested elements from being searched over and over.
const maxSearched = 4_000_000

// find returns the first node below n, or n, that match accepts.
func (w *walker) find(n *html.Node, match func(*html.Node) bool) *html.Node {
	if match(n) {
		return n
	}
	for c := range n.Descendants() {
		if w.searched++; w.searched > maxSearched {
			return nil
		}
		if match(c) {
			return c
		}
	}
	return nil
}
