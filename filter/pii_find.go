package filter

import (
	"slices"
	"strings"
)

// piiFind is one find: its type and the bytes [start, end) of the text.
type piiFind struct {
	kind       piiType
	start, end int
}

// piiFinder finds personal data. It looks for anchors, an '@' or the start of a run of digits, and tests the grammar of each type
// only there, within a bounded distance, so that the time is linear in the text whatever it holds.
//
// Where finds overlap, the one of the type with precedence stays (email, IBAN, card, IP, phone); within a type the leftmost.
type piiFinder struct {
	on    [piiTypes]bool
	phone phoneFinder
}

// find returns the finds in order, without overlaps.
func (f *piiFinder) find(text string) []piiFind {
	var finds []piiFind
	if f.on[piiEmail] {
		finds = findEmails(text, nil)
	}
	emails := len(finds)
	finds = f.findNumbers(text, finds)
	if emails == 0 || emails == len(finds) {
		return finds
	}
	slices.SortStableFunc(finds, func(a, b piiFind) int { return a.start - b.start })
	return dropOverlaps(finds)
}

// dropOverlaps removes, of two neighbours that overlap, the one of lower precedence.
func dropOverlaps(finds []piiFind) []piiFind {
	kept := finds[:0]
	for _, f := range finds {
		for len(kept) > 0 && kept[len(kept)-1].end > f.start && kept[len(kept)-1].kind > f.kind {
			kept = kept[:len(kept)-1]
		}
		if len(kept) == 0 || kept[len(kept)-1].end <= f.start {
			kept = append(kept, f)
		}
	}
	return kept
}

// findNumbers adds the finds that hold digits: at every start of a run of digits it tries the types in order of precedence.
func (f *piiFinder) findNumbers(text string, finds []piiFind) []piiFind {
	if !f.on[piiIBAN] && !f.on[piiCard] && !f.on[piiIP] && !f.on[piiPhone] {
		return finds
	}
	for i, done := 0, 0; i < len(text); {
		if class[text[i]]&classDigit == 0 {
			i++
			continue
		}
		find, ok := f.number(text, done, i)
		if ok {
			finds = append(finds, find)
			i, done = find.end, find.end
			continue
		}
		for i < len(text) && class[text[i]]&classDigit != 0 {
			i++
		}
	}
	return finds
}

// number tries all types of number at the run of digits that starts at i; bytes before done are taken.
func (f *piiFinder) number(text string, done, i int) (piiFind, bool) {
	if f.on[piiIBAN] && i-2 >= done {
		if end := ibanEnd(text, i-2); end > 0 {
			return piiFind{piiIBAN, i - 2, end}, true
		}
	}
	if f.on[piiCard] {
		if end := cardEnd(text, i); end > 0 {
			return piiFind{piiCard, i, end}, true
		}
	}
	if f.on[piiIP] {
		if end := ipEnd(text, i); end > 0 {
			return piiFind{piiIP, i, end}, true
		}
	}
	if f.on[piiPhone] {
		if start, end := f.phone.match(text, done, i); end > 0 {
			return piiFind{piiPhone, start, end}, true
		}
	}
	return piiFind{}, false
}

// isWordByte tells ASCII letters, digits and the underscore.
func isWordByte(b byte) bool { return class[b]&classAlnum != 0 || b == '_' }

// wordBefore and wordAfter report whether a word byte stands directly before or at i, so that a find there would begin or end inside a word.
func wordBefore(text string, i int) bool { return i > 0 && isWordByte(text[i-1]) }
func wordAfter(text string, i int) bool  { return i < len(text) && isWordByte(text[i]) }

// digitAt reports whether a digit stands at i.
func digitAt(text string, i int) bool {
	return i >= 0 && i < len(text) && class[text[i]]&classDigit != 0
}

// findEmails adds the email addresses.
func findEmails(text string, finds []piiFind) []piiFind {
	done := 0
	for at := 0; ; at++ {
		next := strings.IndexByte(text[at:], '@')
		if next < 0 {
			return finds
		}
		at += next
		start := emailStart(text, done, at)
		if start < 0 {
			continue
		}
		if end := domainEnd(text, at+1); end > 0 {
			finds = append(finds, piiFind{piiEmail, start, end})
			done, at = end, end-1
		}
	}
}
