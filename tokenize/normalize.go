package tokenize

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns the text as Encode cuts it into words: in Unicode's form NFC for a vocabulary that asks for it, as
// those of Qwen do, and as it is for all others.
func (m *Model) Normalize(text string) string {
	if !m.nfc {
		return text
	}
	return nfc(text)
}

// markLimit is a number of neighbouring marks that norm.NFC surely leaves together: from 31 on it puts
// a U+034F between them (UAX 15, section 13, "Stream-Safe Text Format"), which the form NFC itself does not. Each mark may
// stand for up to three.
const markLimit = 10

// nfc brings text to the form NFC (UAX 15), with the characters of the edition norm.Version. Bytes that are not UTF-8 stay.
func nfc(text string) string {
	if norm.NFC.IsNormalString(text) {
		return text
	}
	marks := 0
	for _, r := range text {
		if r < 0x300 || norm.NFC.PropertiesString(string(r)).CCC() == 0 {
			marks = 0
		} else if marks++; marks == markLimit {
			return nfcPlain(text)
		}
	}
	return norm.NFC.String(text)
}

// nfcPlain is the plain form of nfc: it knows no limit to the marks, and is slow.
func nfcPlain(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		n := 0
		var runes []rune
		for n < len(text) {
			r, size := utf8.DecodeRuneInString(text[n:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			runes = append(runes, []rune(norm.NFD.String(string(r)))...)
			n += size
		}
		orderMarks(runes)
		out.WriteString(string(compose(runes)))
		if n < len(text) {
			out.WriteByte(text[n])
			n++
		}
		text = text[n:]
	}
	return out.String()
}

func markClass(r rune) uint8 { return norm.NFD.PropertiesString(string(r)).CCC() }

// orderMarks is the Canonical Ordering Algorithm (The Unicode Standard, section 3.11, D109).
func orderMarks(runes []rune) {
	for i := 0; i < len(runes); i++ {
		from := i
		for i < len(runes) && markClass(runes[i]) != 0 {
			i++
		}
		slices.SortStableFunc(runes[from:i], func(a, b rune) int { return int(markClass(a)) - int(markClass(b)) })
	}
}

// compose is the Canonical Composition Algorithm (The Unicode Standard, section 3.11, D117).
func compose(runes []rune) []rune {
	out := runes[:0]
	starter, last := -1, -1 // place of the last starter, and the class of what was kept behind it
	for _, r := range runes {
		class := int(markClass(r))
		if starter >= 0 && (last < class || last == -1) {
			if pair := []rune(norm.NFC.String(string([]rune{out[starter], r}))); len(pair) == 1 {
				out[starter] = pair[0]
				continue
			}
		}
		if class == 0 {
			starter, last = len(out), -1
		} else {
			last = class
		}
		out = append(out, r)
	}
	return out
}
