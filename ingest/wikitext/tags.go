package wikitext

import "bytes"

// tag is a name of an element that is known.
type tag uint8

const (
	_ tag = iota // no element that is known
	// Elements whose content is no wiki text.
	tagRef
	tagNowiki
	tagPre
	tagCode // <syntaxhighlight>
	tagMath
	tagChem
	tagPoem
	tagTable
	// Elements that stand for something in the text.
	tagBreak
	tagRule
	tagItem
	tagBlock
	tagCell
	tagInline
	// More elements whose content is no wiki text: closing tags are looked for by name, so that each name has a number.
	tagChemShort // <ce>
	tagSource    // the older name of <syntaxhighlight>
	tagFirstDropped
	tags = 64
)

// isElement says that the element's content is no wiki text.
func (t tag) isElement() bool { return t >= tagRef && t <= tagChem || t > tagInline }

// tagNames are the elements of HTML and of MediaWiki's common extensions.
var tagNames = func() map[string]tag {
	names := map[string]tag{
		"ref": tagRef, "nowiki": tagNowiki, "pre": tagPre, "math": tagMath, "chem": tagChem, "ce": tagChemShort,
		"syntaxhighlight": tagCode, "source": tagSource, "poem": tagPoem, "table": tagTable, "br": tagBreak, "hr": tagRule, "li": tagItem,
	}
	for i, name := range droppedElements {
		names[name] = tagFirstDropped + tag(i)
	}
	for _, name := range blockElements {
		names[name] = tagBlock
	}
	for _, name := range inlineElements {
		names[name] = tagInline
	}
	for _, name := range cellElements {
		names[name] = tagCell
	}
	return names
}()

// droppedElements are left out with their content.
var droppedElements = []string{
	"gallery", "timeline", "references", "includeonly", "imagemap", "inputbox", "templatedata", "templatestyles", "mapframe", "maplink", "graph",
	"score", "hiero", "categorytree", "charinsert", "dynamicpagelist", "indicator", "style", "script", "rss", "tabber", "youtube", "phonos",
}

var blockElements = []string{
	"p", "div", "blockquote", "center", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "section", "article", "aside",
	"figure", "figcaption", "header", "footer", "nav",
}

var cellElements = []string{"tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "col"}

var inlineElements = []string{
	"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "link", "mark", "meta", "q", "rb",
	"rp", "rt", "rtc", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "noinclude", "onlyinclude",
	"translate", "tvar", "languages", "nobr", "nobreak", "html", "body", "head",
}

// A tag's name and the tag as a whole are at most this long, in bytes.
const (
	maxTagName = 16
	maxTag     = 2 << 10
)

type parsedTag struct {
	tag            tag
	end            int // behind the ">"
	closing, empty bool
}

// parseTag reads the tag at src[i], which is "<"; ok is false where no known one stands there.
func parseTag(src []byte, i int) (t parsedTag, ok bool) {
	j := i + 1
	if j < len(src) && src[j] == '/' {
		t.closing = true
		j++
	}
	var name [maxTagName]byte
	n := 0
	for ; j < len(src) && n < len(name); j++ {
		b := src[j]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		if (b < 'a' || b > 'z') && (n == 0 || b < '0' || b > '9') {
			break
		}
		name[n] = b
		n++
	}
	if t.tag, ok = tagNames[string(name[:n])]; !ok || j >= len(src) {
		return t, false
	}
	switch src[j] {
	case '>':
		t.end = j + 1
		return t, true
	case ' ', '\t', '\n', '\r', '/':
	default:
		return t, false
	}
	at := bytes.IndexByte(src[j:min(len(src), j+maxTag)], '>')
	if at < 0 {
		return t, false
	}
	t.end = j + at + 1
	t.empty = src[t.end-2] == '/'
	return t, true
}

// findClose returns where the next closing tag of an element begins and ends, or -1.
func findClose(src []byte, from int, name tag) (at, end int) {
	for {
		k := bytes.Index(src[from:], []byte("</"))
		if k < 0 {
			return -1, 0
		}
		from += k
		if t, ok := parseTag(src, from); ok && t.tag == name {
			return from, t.end
		}
		from += 2
	}
}
