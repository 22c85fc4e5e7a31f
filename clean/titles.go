package clean

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTitle is the number of words of a title, and of a block, that are compared.
const maxTitle = 40

// minTitle is the number of words from which a block that is no heading is compared: the entries of menus have fewer.
const minTitle = 3

// readHead reads what the head of a page says about its main content: the words of the title, and whether it is an article.
func (p *page) readHead(root *html.Node) {
	for n := range root.ChildNodes() {
		if n.DataAtom != atom.Html {
			continue
		}
		for h := range n.ChildNodes() {
			if h.DataAtom == atom.Head {
				p.readHeadParts(h)
			}
		}
	}
}

func (p *page) readHeadParts(head *html.Node) {
	for n := range head.ChildNodes() {
		switch {
		case n.DataAtom == atom.Title && p.titleWords == nil && n.FirstChild != nil:
			p.titleWords = appendWords(nil, []byte(n.FirstChild.Data))
		case n.DataAtom == atom.Meta:
			property, value := "", ""
			for i := range n.Attr {
				switch n.Attr[i].Key {
				case "property":
					property = n.Attr[i].Val
				case "content":
					value = n.Attr[i].Val
				}
			}
			if property == "og:type" && value == "article" {
				p.article = true
			}
		}
	}
}

// overlap is the share of a short block's words that the title has, and the share of the title's words that
// the block has.
func (p *page) overlap(b *block) (inTitle, ofTitle float32) {
	if len(p.titleWords) == 0 || b.words > maxTitle || b.words < minTitle && b.kind != heading {
		return 0, 0
	}
	var buf [maxTitle]uint32
	words := appendWords(buf[:0], p.text[b.from:b.to])
	var found uint64 // by place in the title
	in := 0
	for _, w := range words {
		for i, t := range p.titleWords {
			if w == t {
				found |= 1 << i
				in++
				break
			}
		}
	}
	of := 0
	for ; found != 0; found &= found - 1 {
		of++
	}
	return float32(in) / float32(max(1, len(words))), float32(of) / float32(len(p.titleWords))
}

// appendWords appends hashes of the words of a text, of maxTitle at most. A character of a script that sets no spaces is
// a word of its own.
func appendWords(words []uint32, s []byte) []uint32 {
	h, open := uint32(2166136261), false
	end := func() {
		if open && len(words) < maxTitle {
			words = append(words, h)
		}
		h, open = 2166136261, false
	}
	for i := 0; i < len(s) && len(words) < maxTitle; {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(s[i:])
		}
		i += size
		switch {
		case 'A' <= r && r <= 'Z':
			r |= 0x20
		case r < utf8.RuneSelf:
			if !('a' <= r && r <= 'z' || '0' <= r && r <= '9') {
				end()
				continue
			}
		case isSpaceless(r):
			end()
			h, open = (h^uint32(r))*16777619, true
			end()
			continue
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			r = unicode.ToLower(r)
		case unicode.IsMark(r):
		default:
			end()
			continue
		}
		h, open = (h^uint32(r))*16777619, true
	}
	end()
	return words
}
