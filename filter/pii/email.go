package pii

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// The grammar of an email address, a subset of RFC 5321 that leaves out quoted local parts, address
// literals and the signs that on web pages stand around addresses more often than in them:
//
//	local  = atom *("." atom), at most 64 bytes, beginning with a letter, digit or "_"
//	atom   = 1*( letter / digit / "_" / "%" / "+" / "-" )
//	domain = 1*( label "." ) top, at most 253 bytes
//	label  = letter or digit, with hyphens inside, at most 63 bytes
//	top    = 2*24 letter, a top-level domain of the ICANN section of the public suffix list

const (
	maxLocal  = 64
	maxLabel  = 63
	maxDomain = 253
	maxTop    = 24
)

// emailStart is the start of the local part that ends before the '@' at at, -1 for none; bytes before done are taken.
// Of several possible starts it is the leftmost.
func emailStart(text string, done, at int) int {
	start := at
	for start > done && at-start < maxLocal {
		b := text[start-1]
		if b == '.' {
			if start == at || text[start] == '.' {
				break
			}
		} else if !isLocalByte(b) {
			break
		}
		start--
	}
	for ; start < at; start++ {
		if isWordByte(text[start]) && !(start > done && isWordByte(text[start-1])) {
			return start
		}
	}
	return -1
}

func isLocalByte(b byte) bool { return isWordByte(b) || b == '%' || b == '+' || b == '-' }

// domainEnd is the end of the longest domain name that starts at i and ends in a known top-level domain, -1 for none.
func domainEnd(text string, i int) int {
	var ends [maxDomain]int // of the candidates, shortest first
	n := 0
	limit := min(len(text), i+maxDomain)
	for label := i; label < limit; {
		end := label
		for end < limit && end-label <= maxLabel && (class[text[end]]&isAlnum != 0 || text[end] == '-') {
			end++
		}
		if end == label || text[label] == '-' {
			break
		}
		if label > i { // a first label alone is no domain
			if top := topEnd(text, label); top > 0 {
				ends[n] = top
				n++
			}
		}
		if end-label > maxLabel || text[end-1] == '-' || end == limit || text[end] != '.' {
			break
		}
		label = end + 1
	}
	for n--; n >= 0; n-- {
		if knownTop(text[i:ends[n]]) {
			return ends[n]
		}
	}
	return -1
}

// topEnd is the end of the run of 2 to 24 letters at i, -1 where none is or where the word goes on.
func topEnd(text string, i int) int {
	end := i
	for end < len(text) && end-i <= maxTop && class[text[end]]&isAlpha != 0 {
		end++
	}
	if end-i < 2 || end-i > maxTop || wordAfter(text, end) {
		return -1
	}
	return end
}

// knownTop reports whether the domain ends in a top-level domain that exists, so that "icon@2x.png" is no address.
func knownTop(domain string) bool {
	top := strings.ToLower(domain[strings.LastIndexByte(domain, '.')+1:])
	suffix, icann := publicsuffix.PublicSuffix("a." + top)
	return icann && suffix == top
}
