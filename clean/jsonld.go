package clean

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// linked is what JSON-LD (schema.org) in a page says of it.
type linked struct {
	headline, published, license string
	authors                      []string
	ranks                        [4]int // of the objects that the fields above come from
}

// Bounds of JSON-LD.
const (
	maxLinked      = 256 << 10 // bytes of all scripts of a page
	maxLinkedDepth = 32
	maxAuthors     = 32
	maxObjects     = 1000
)

// linkedObject is an object while it is read.
type linkedObject struct {
	rank                                    int
	id, name, headline, published, licensed string
	authors                                 []linkedAuthor
}

// linkedAuthor has a name, or the id of an object that has.
type linkedAuthor struct{ name, id string }

// linkedParser reads JSON as the web has it: line ends in strings, trailing commas and comments around it are passed over, and what was
// read before an error counts.
type linkedParser struct {
	s       string
	i       int
	inner   int // depth of objects that are not the page
	objects []linkedObject
	names   map[string]string // names of objects by id
}

// readLinked reads one script.
func readLinked(s string, into *linked) {
	p := linkedParser{s: s, names: make(map[string]string)}
	for p.i < len(s) && s[p.i] != '{' && s[p.i] != '[' {
		p.i++ // "<!--", "//<![CDATA["
	}
	p.value(0)
	for _, o := range p.objects {
		into.take(&o, p.names)
	}
}

// take fills fields from an object that bears more on the page than where they came from.
func (l *linked) take(o *linkedObject, names map[string]string) {
	set := func(i int, to *string, v string) {
		if v != "" && o.rank > l.ranks[i] {
			*to, l.ranks[i] = v, o.rank
		}
	}
	headline := o.headline
	if headline == "" && o.rank == rankArticle {
		headline = o.name
	}
	set(0, &l.headline, headline)
	set(1, &l.published, o.published)
	set(2, &l.license, o.licensed)
	if o.rank <= l.ranks[3] {
		return
	}
	var authors []string
	for _, a := range o.authors {
		if a.name == "" {
			a.name = names[a.id]
		}
		if a.name != "" {
			authors = append(authors, a.name)
		}
	}
	if authors != nil {
		l.authors, l.ranks[3] = authors, o.rank
	}
}

const (
	rankPage    = 1
	rankArticle = 2
)

// typeRank says how much an object of a schema.org type bears on the page's main content.
func typeRank(t string) int {
	if i := strings.LastIndexAny(t, "/#:"); i >= 0 {
		t = t[i+1:]
	}
	switch t {
	case "CreativeWork", "Report", "Recipe", "HowTo", "Book", "Chapter", "Dataset", "Course", "LiveBlogPosting", "SocialMediaPosting", "Thesis":
		return rankArticle
	case "WebPage", "ItemPage", "QAPage", "FAQPage", "AboutPage", "ProfilePage", "MedicalWebPage", "CollectionPage":
		return rankPage
	}
	if strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "Posting") {
		return rankArticle
	}
	return 0
}

func (p *linkedParser) space() byte {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case ' ', '\n', '\r', '\t', ',':
			p.i++
		default:
			return c
		}
	}
	return 0
}

// value reads a value; objects within are noted. It returns the value as a name: a string, an object's name or address, or that of the first in an array.
func (p *linkedParser) value(depth int) (v linkedAuthor, ok bool) {
	switch c := p.space(); {
	case c == '"':
		s, ok := p.string()
		return linkedAuthor{name: s}, ok
	case (c == '{' || c == '[') && depth >= maxLinkedDepth:
		return v, false
	case c == '{':
		return p.object(depth + 1)
	case c == '[':
		p.i++
		first := true
		for {
			if c := p.space(); c == ']' {
				p.i++
				return v, true
			}
			next, ok := p.value(depth + 1)
			if !ok {
				return v, false
			}
			if first {
				v, first = next, false
			}
		}
	case c == 0 || c == '}' || c == ']' || c == ':':
		return v, false
	}
	for p.i < len(p.s) && strings.IndexByte(",]} \n\r\t", p.s[p.i]) < 0 {
		p.i++ // a number, true, false, null
	}
	return v, true
}

// object reads an object and returns its name.
func (p *linkedParser) object(depth int) (linkedAuthor, bool) {
	var o linkedObject
	address := ""
	p.i++
	ok := true
	for ok {
		c := p.space()
		if c == '}' {
			p.i++
			break
		}
		if c != '"' {
			ok = false
			break
		}
		var key string
		if key, ok = p.string(); !ok {
			break
		}
		if ok = p.space() == ':'; !ok {
			break
		}
		p.i++
		ok = p.field(&o, key, &address, depth)
	}
	if o.rank > 0 && p.inner == 0 && len(p.objects) < maxObjects {
		p.objects = append(p.objects, o)
	}
	if o.id != "" && o.name != "" && len(p.names) < maxObjects {
		p.names[o.id] = o.name
	}
	v := linkedAuthor{name: o.name, id: o.id}
	if v.name == "" && address != "" {
		v.name = address
	}
	return v, ok
}

// field reads the value of one key of an object.
func (p *linkedParser) field(o *linkedObject, key string, address *string, depth int) (ok bool) {
	var v linkedAuthor
	switch key {
	case "@type":
		if p.space() == '[' {
			p.i++
			for c := p.space(); c == '"'; c = p.space() {
				t, ok := p.string()
				if !ok {
					return false
				}
				o.rank = max(o.rank, typeRank(t))
			}
			if p.space() != ']' {
				return false
			}
			p.i++
			return true
		}
		v, ok = p.value(depth)
		o.rank = typeRank(v.name)
	case "author", "creator":
		ok = p.people(o, depth)
	case "@id":
		v, ok = p.value(depth)
		o.id = v.name
	case "name":
		v, ok = p.value(depth)
		o.name = v.name
	case "headline":
		v, ok = p.value(depth)
		o.headline = v.name
	case "datePublished":
		v, ok = p.value(depth)
		o.published = v.name
	case "license":
		v, ok = p.value(depth)
		o.licensed = v.name
		if strings.Contains(v.id, "://") {
			o.licensed = v.id
		}
	case "url":
		v, ok = p.value(depth)
		*address = v.name
	case "@graph", "mainEntity", "mainEntityOfPage":
		_, ok = p.value(depth)
	default:
		// What the page only mentions: its publisher, its comments, the articles of a list.
		p.inner++
		_, ok = p.value(depth)
		p.inner--
	}
	return ok
}

// people reads the value of "author": a name, an object, or several.
func (p *linkedParser) people(o *linkedObject, depth int) bool {
	add := func(a linkedAuthor) {
		if len(o.authors) < maxAuthors && !isAddress(a.name) {
			o.authors = append(o.authors, a)
		}
	}
	if p.space() != '[' {
		v, ok := p.value(depth)
		add(v)
		return ok
	}
	p.i++
	for p.space() != ']' {
		v, ok := p.value(depth + 1)
		if !ok {
			return false
		}
		add(v)
	}
	p.i++
	return true
}

// string reads a string; what the web escapes twice, as HTML, is unescaped.
func (p *linkedParser) string() (string, bool) {
	p.i++
	start := p.i
	plain := true
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case '"':
			s := p.s[start:p.i]
			p.i++
			if !plain {
				s = unescapeJSON(s)
			}
			if strings.IndexByte(s, '&') >= 0 && len(s) < 4*maxField {
				s = html.UnescapeString(s)
			}
			return s, true
		case '\\':
			plain = false
			p.i++
		}
		p.i++
	}
	return "", false
}

// unescapeJSON undoes the escapes of RFC 8259, section 7, in the first few KiB of a string: no field is longer.
func unescapeJSON(s string) string {
	s = s[:min(len(s), 16*maxField)]
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '\\' || i+1 == len(s) {
			out.WriteByte(c)
			continue
		}
		i++
		switch c = s[i]; c {
		case 'n', 'r', 't', 'b', 'f':
			out.WriteByte(' ')
		case 'u':
			r, n := escapedUnit(s[i+1:])
			i += n
			if utf16.IsSurrogate(r) && strings.HasPrefix(s[i+1:], `\u`) {
				low, n := escapedUnit(s[i+3:])
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r = pair
					i += 2 + n
				}
			}
			out.WriteRune(r)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// escapedUnit reads the four hex digits of a \u escape; fewer give U+FFFD.
func escapedUnit(s string) (r rune, n int) {
	for n < 4 && n < len(s) {
		d := strings.IndexByte("0123456789abcdef", lower(s[n]))
		if d < 0 {
			break
		}
		r = r<<4 | rune(d)
		n++
	}
	if n < 4 {
		return utf8.RuneError, n
	}
	return r, n
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// isAddress reports a name that is an address instead.
func isAddress(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "www.") || strings.HasPrefix(s, "/")
}
