package clean

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// A page can make x/net/html's parser work out of proportion to its size in these ways:
//
//   - Formatting elements that are never closed are opened again in every following block (WHATWG HTML
//     13.2.4.3, "reconstruct the active formatting elements"), so that n blocks after
//     k such elements make n·k nodes: 11 KB become 120 MB.
//   - Attributes of every further <body> or <html> tag are merged into the first one's: n tags on an element of
//     k attributes cost n·k.
//   - The tokenizer clears its set of attribute names at every tag, at the cost of the largest tag before it.
//   - Nesting deeper than 512 is an error.
//   - A node takes some 150 bytes, and as much again in what is made of it, so that 16 MB of <p> are 2.5 GB.
//
// parse bounds the first three before it parses, by counts that no page can evade because they are taken
// over all bytes, tags or not, and by the page's length, and takes the lenient tree, which is linear, for the pages over the bounds and for those on
// which the parser fails.
const (
	maxReopened  = 2_000_000 // nodes that reopening may add, about 300 MB
	maxBodyTags  = 16
	maxParsed    = 4 << 20 // bytes
	maxOpenStack = 512     // x/net/html's own bound
	maxTags      = 250_000 // tags that a tree is made of; the largest real pages have some 100,000
)

func parse(page string, scripting bool) *html.Node {
	if linear(page) {
		if root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(scripting)); err == nil {
			return root
		}
	}
	return parseLenient(page, scripting)
}

// linear reports whether x/net/html's parser surely works in proportion to the page's size.
func linear(page string) bool {
	if len(page) > maxParsed {
		return false
	}
	tags, formatting, body := 0, 0, 0
	for i := strings.IndexByte(page, '<'); i >= 0; {
		page = page[i+1:]
		if page == "" {
			break
		}
		switch page[0] | 0x20 {
		case 'b':
			// <b>, <big>, and <body>; <br>, <button> and <blockquote> are no formatting elements.
			if len(page) > 1 {
				switch page[1] | 0x20 {
				case 'r', 'u', 'l', 'a', 'd':
				case 'o':
					body++
				default:
					formatting++
				}
			}
		case 'h':
			if len(page) > 1 && page[1]|0x20 == 't' {
				body++
			}
		case 'c', 'e', 'f', 'i', 's', 't', 'u':
			if opensFormatting(page) {
				formatting++
			}
		}
		tags++
		i = strings.IndexByte(page, '<')
	}
	// <a> and <nobr> are formatting elements too, but a new one closes the old.
	return tags <= maxTags && body <= maxBodyTags && min(formatting, maxOpenStack)*tags <= maxReopened
}

// flattened is the number of tags of a page, or of what looks like some, that are more than a tree is made of. Their text stays.
func flattened(page []byte) int {
	if len(page) < 3*maxTags {
		return 0
	}
	return max(0, bytes.Count(page, []byte("<"))-maxTags)
}

// opensFormatting reports whether s starts with the name of a formatting element that begins with one of c e f i s t u.
func opensFormatting(s string) bool {
	n := 0
	for n < len(s) && n < 8 && ('a' <= s[n]|0x20 && s[n]|0x20 <= 'z') {
		n++
	}
	switch strings.ToLower(s[:n]) {
	case "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}
