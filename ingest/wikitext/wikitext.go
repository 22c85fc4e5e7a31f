// Package wikitext turns the markup of MediaWiki pages into plain text.
//
// What a reader of the page would read as running text stays: paragraphs, section titles, lists, code, formulas, the
// labels of links. What stands beside the text goes: tables, notes, files, categories, navigation, and templates, but
// for a small general table of those whose arguments are text ({{lang|de|Haus}}, {{convert|5|km}}).
//
// Invariants:
//   - Any bytes give a text, in time linear in their number; brackets that do not match cost themselves.
//   - The text is valid UTF-8, without control characters but line ends and the tabs of code, without markup of templates and links
//     ("{{", "[["), except where the page shows it as code or by <nowiki> or character references.
//   - The same bytes give the same text.
//
// Conversion takes two passes. The first finds the constructs that have a beginning and an end, as
// MediaWiki's preprocessor does, with a stack (match.go). The second writes lines (block.go) and what is in them
// (inline.go), going over what is dropped in one step.
//
// Example:
//
//	c := wikitext.NewConverter(wikitext.NewSite(namespaces))
//	text := c.Text("Paris", source)
package wikitext

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Namespace is one namespace of a wiki: 6 is that of files, 14 that of categories.
type Namespace struct {
	Number int
	Name   string
}

// Site knows the names that a wiki gives to its namespaces. It is not changed once made, so that converters may share it.
type Site struct {
	// namespaces holds numbers by name in lower case.
	namespaces map[string]int
}

// Numbers of namespaces that mean something here.
const (
	namespaceMedia    = -2
	namespaceFile     = 6
	namespaceCategory = 14
)

// NewSite makes a Site. The English names of files and categories hold in every wiki; they need not be given.
func NewSite(namespaces []Namespace) *Site {
	s := &Site{namespaces: map[string]int{
		"media": namespaceMedia, "file": namespaceFile, "image": namespaceFile, "category": namespaceCategory,
		// Names that wikis had before, which stand in no dump and in many pages.
		"bild": namespaceFile, "imagen": namespaceFile, "immagine": namespaceFile, "imagem": namespaceFile, "grafika": namespaceFile,
		"afbeelding": namespaceFile, "изображение": namespaceFile, "зображення": namespaceFile, "fichier": namespaceFile, "datei": namespaceFile,
	}}
	for _, n := range namespaces {
		if n.Name != "" {
			s.namespaces[strings.ToLower(n.Name)] = n.Number
		}
	}
	return s
}

// Converter converts pages one after another, and keeps its buffers for the next. It is for one goroutine.
type Converter struct {
	site  *Site
	title string
	src   []byte

	// The first pass.
	nodes   []node // by start
	stack   []opening
	counts  [kinds]int // openings on the stack, by kind
	noClose [tags]bool // no closing tag of this name comes any more
	cur     int        // the node that at() looks at first

	// The second pass.
	out      []byte // finished blocks
	line     []byte // the block in work, with marks for tidy
	headings []heading
	last     block  // the kind of the last finished block
	work     block  // the kind of the block in work
	prefix   []byte // list characters of the line before
	counters []int  // numbers of the items of ordered lists, by depth
	apart    bool   // a blank line stands between the last finished block and the one in work
	stray    bool   // the line before was one of a table that has no beginning
	depth    int
	args     []argument
	lead     []byte // what stands before the text of the block in work
	text     []byte // the text of the block in work
}

// NewConverter makes a converter for the pages of a site.
func NewConverter(site *Site) *Converter { return &Converter{site: site} }

// maxKept is the largest buffer that is kept from page to page, in bytes.
const maxKept = 4 << 20

// Text returns the plain text of a page. Blocks are separated by blank lines, the items of a list by line ends.
// The slice src is not changed and not kept.
func (c *Converter) Text(title string, src []byte) string {
	if !utf8.Valid(src) {
		src = bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	c.reset(title, src)
	c.match()
	c.blocks(0, len(src))
	text := string(c.out)
	c.src = nil
	if cap(c.out) > maxKept {
		c.out, c.nodes, c.line, c.text, c.stack = nil, nil, nil, nil, nil
	}
	return text
}

func (c *Converter) reset(title string, src []byte) {
	c.title, c.src = title, src
	c.nodes, c.stack, c.cur = c.nodes[:0], c.stack[:0], 0
	c.counts, c.noClose = [kinds]int{}, [tags]bool{}
	c.out, c.line, c.headings = c.out[:0], c.line[:0], c.headings[:0]
	c.last, c.work = none, none
	c.prefix, c.counters, c.stray, c.depth = c.prefix[:0], c.counters[:0], false, 0
	c.apart = false
	c.args = c.args[:0]
}
