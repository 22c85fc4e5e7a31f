package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// linearMaths writes presentation MathML (MathML Core, section 3) on one line: "a/b", "x^(n+1)", "√(2)".
func linearMaths(n *html.Node) string {
	var m mathWriter
	m.node(n, 0)
	return strings.TrimSpace(m.out.String())
}

type mathWriter struct {
	out strings.Builder
}

// maxMathDepth bounds the recursion; what lies deeper is written as its text.
const maxMathDepth = 100

func (m *mathWriter) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		m.node(c, depth)
	}
}

func (m *mathWriter) node(n *html.Node, depth int) {
	switch {
	case n.Type == html.TextNode:
		m.out.WriteString(strings.TrimSpace(n.Data))
		return
	case n.Type != html.ElementNode && n.Type != html.DocumentNode:
		return
	}
	if depth > maxMathDepth {
		for c := range n.Descendants() {
			if c.Type == html.TextNode {
				m.out.WriteString(strings.TrimSpace(c.Data))
			}
		}
		return
	}
	depth++
	switch n.Data {
	case "annotation", "annotation-xml", "none", "mprescripts", "mphantom":
	case "mfrac":
		m.scripts(n, depth, "/")
	case "msup", "mover":
		m.scripts(n, depth, "^")
	case "msub", "munder":
		m.scripts(n, depth, "_")
	case "msubsup", "munderover":
		m.scripts(n, depth, "_", "^")
	case "msqrt":
		m.out.WriteString("√(")
		m.children(n, depth)
		m.out.WriteString(")")
	case "mroot":
		parts := m.parts(n, depth)
		if len(parts) == 2 {
			m.out.WriteString("√[" + parts[1] + "](" + parts[0] + ")")
		}
	case "mtr", "mlabeledtr":
		m.join(n, depth, ", ")
	case "mtable":
		m.join(n, depth, "; ")
	case "mfenced":
		m.out.WriteString("(")
		m.join(n, depth, ", ")
		m.out.WriteString(")")
	case "mtext", "mspace":
		m.out.WriteString(" ")
		m.children(n, depth)
		m.out.WriteString(" ")
	default:
		m.children(n, depth)
	}
}

// parts are the mathWriter forms of an element's children.
func (m *mathWriter) parts(n *html.Node, depth int) []string {
	var parts []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			var part mathWriter
			part.node(c, depth)
			parts = append(parts, strings.TrimSpace(part.out.String()))
		}
	}
	return parts
}

// scripts writes an element's first child and behind it the others, each behind its sign.
func (m *mathWriter) scripts(n *html.Node, depth int, signs ...string) {
	for i, part := range m.parts(n, depth) {
		if i > 0 {
			if part == "" || i > len(signs) {
				continue
			}
			m.out.WriteString(signs[i-1])
		}
		if utf8.RuneCountInString(part) > 1 && (i > 0 || signs[0] == "/") {
			part = "(" + part + ")"
		}
		m.out.WriteString(part)
	}
}

func (m *mathWriter) join(n *html.Node, depth int, separator string) {
	m.out.WriteString(strings.Join(m.parts(n, depth), separator))
}
