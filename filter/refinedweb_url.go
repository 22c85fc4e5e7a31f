package filter

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// Bounds of DCLM's patterns for addresses.
const (
	maxURLHost  = 256 // bytes before the dot of the top-level domain
	maxURLSpace = 10  // white space before an address that goes with it
	maxTopLabel = 63  // bytes of a top-level domain (RFC 1035, section 2.3.4)
)

// Classes of bytes in DCLM's patterns.
const (
	urlHost = 1 << iota // before the dot of the top-level domain
	urlTail             // behind it
)

var urlClass = func() (t [256]uint8) {
	for b := range utf8.RuneSelf {
		if class[b]&classAlnum != 0 || strings.IndexByte("-@:%._+~#=", byte(b)) >= 0 {
			t[b] = urlHost | urlTail
		}
	}
	for _, b := range []byte("()?&/") {
		t[b] = urlTail
	}
	return t
}()

// nextDomainURL finds an address by its top-level domain, with the scheme and up to ten white spaces before it:
//
//	\s{0,10}(?:(https?|ftp)://)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.(TLD)\b[-a-zA-Z0-9()@:%_+.~#?&/=]*
//
// The top-level domains are those in ASCII of the public suffix list, in lower case. What reads like a domain is one: "notes.md" is.
func nextDomainURL(text string, from int) (start, end int) {
	for dot := from; ; dot++ {
		i := strings.IndexByte(text[dot:], '.')
		if i < 0 {
			return -1, -1
		}
		dot += i
		if dot == from || urlClass[text[dot-1]]&urlHost == 0 || !topLevelAt(text, dot+1) {
			continue
		}
		start = dot
		for start > from && dot-start < maxURLHost && urlClass[text[start-1]]&urlHost != 0 {
			start--
		}
		if start == from || urlClass[text[start-1]]&urlHost == 0 {
			start = spaceBefore(text, from, start-len(schemeBefore(text[from:start])))
		}
		return start, tailEnd(text, dot)
	}
}

// nextNumericURL finds an IPv4 address of whole numbers up to 299, with what DCLM's pattern takes along before and behind:
//
//	\s{0,10}\b((https?|ftp)://)?(?:[0-2]?[0-9]{1,2}\.){3}[0-2]?[0-9]{1,2}[-a-zA-Z0-9()@:%_+.~#?&/=]*
func nextNumericURL(text string, from int) (start, end int) {
	for dot := from; ; dot++ {
		i := strings.IndexByte(text[dot:], '.')
		if i < 0 {
			return -1, -1
		}
		dot += i
		start = dot
		for start > from && dot-start < 3 && class[text[start-1]]&classDigit != 0 {
			start--
		}
		if start == dot || !isOctet(text[start:dot]) || wordBefore(text, start) || !threeOctets(text[dot:]) {
			continue
		}
		if scheme := schemeBefore(text[from:start]); scheme != "" && !wordBefore(text, start-len(scheme)) {
			start -= len(scheme)
		}
		return spaceBefore(text, from, start), tailEnd(text, dot)
	}
}

// threeOctets reports whether s goes on with a dot and a number, three times.
func threeOctets(s string) bool {
	for n := range 3 {
		if s == "" || s[0] != '.' {
			return false
		}
		end := 1
		for end < len(s) && end < 4 && class[s[end]]&classDigit != 0 {
			end++
		}
		if n == 2 { // of the last number any digit will do: the rest is taken along
			return end > 1
		}
		if !isOctet(s[1:end]) {
			return false
		}
		s = s[end:]
	}
	return true
}

// isOctet tells one to three digits, of which the first of three is 0, 1 or 2.
func isOctet(digits string) bool {
	return digits != "" && (len(digits) < 3 || digits[0] <= '2')
}

// wordBefore reports whether a character of \w stands before i, so that no word begins there.
func wordBefore(text string, i int) bool {
	r, size := utf8.DecodeLastRuneInString(text[:i])
	return size > 0 && isRegexpWord(r)
}

// schemeBefore is the scheme at the end of s, with its "://"; "" for none.
func schemeBefore(s string) string {
	for _, scheme := range [...]string{"https://", "http://", "ftp://"} {
		if strings.HasSuffix(s, scheme) {
			return scheme
		}
	}
	return ""
}

// spaceBefore goes back from i over white space, but not before from.
func spaceBefore(text string, from, i int) int {
	for range maxURLSpace {
		r, size := utf8.DecodeLastRuneInString(text[from:i])
		if size == 0 || !isSpace(r) {
			break
		}
		i -= size
	}
	return i
}

func tailEnd(text string, i int) int {
	for i < len(text) && urlClass[text[i]]&urlTail != 0 {
		i++
	}
	return i
}

// topLevelAt reports whether a top-level domain in lower case is at i, and no word goes on behind it.
func topLevelAt(text string, i int) bool {
	for end := i; end < len(text) && end-i <= maxTopLabel; end++ {
		b := text[end]
		if class[b]&(classLower|classDigit) != 0 {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text[end:]); isRegexpWord(r) {
			return false
		}
		if isTopLevel(text[i:end]) {
			return true
		}
		if b != '-' { // the domains in Punycode have hyphens
			return false
		}
	}
	return len(text)-i <= maxTopLabel && isTopLevel(text[i:])
}

// isTopLevel reports whether a label in lower case is a top-level domain.
func isTopLevel(label string) bool {
	if len(label) < 2 || strings.IndexByte(label, '.') >= 0 {
		return false
	}
	_, icann := publicsuffix.PublicSuffix(label)
	if !icann && len(label) == 2 { // a few countries have only rules for what stands before, such as *.ck
		_, icann = publicsuffix.PublicSuffix("a.b." + label)
	}
	return icann
}

// startsAsDomain reports whether a text begins with the letters of a top-level domain, in any letter case.
func startsAsDomain(text string) bool {
	head := strings.ToLower(text[:min(len(text), maxTopLabel)])
	for n := 2; n <= len(head); n++ {
		if b := head[n-1]; class[b]&(classLower|classDigit) == 0 && b != '-' {
			break
		}
		if isTopLevel(head[:n]) {
			return true
		}
	}
	return false
}
