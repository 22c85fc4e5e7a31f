package clean

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Repair undoes mojibake: UTF-8 that was decoded as windows-1252, ISO-8859-1, windows-1250 or windows-1251 before it was encoded again, up to two times over ("Ã©" or
// "ÃƒÂ©" for "é"). It works on segments, which end at a line's end, at a tag and after about 1 KiB, since pages mix texts of several origins. In a segment, all sequences of characters are replaced whose bytes in the
// charset are one character of UTF-8, and the result is taken only if the letter model (letters.go) finds it clearly more likely
// than what was there, by repairGain and repairGainEach per replaced character. The idea to trust what is valid when decoded back, and to check that it looks better, is known from ftfy
// (Speer, 2019); rules and costs here are our own.
func Repair(s string) string {
	var out strings.Builder
	done := 0 // s[:done] is written
	for at := 0; at < len(s); {
		n := asciiPrefixString(s[at:])
		if at += n; at == len(s) {
			break
		}
		from := max(at-1, at-n, done) // with one character of context
		to := segmentEnd(s, at)
		if better, ok := repairSegment(s[from:to]); ok {
			out.WriteString(s[done:from])
			out.WriteString(better)
			done = to
		}
		at = to
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

const (
	maxRepairs     = 2
	maxSegment     = 1024    // bytes of a segment, and those up to the next ASCII
	repairGain     = 6 * nat // by how much a repaired segment must be more likely
	repairGainEach = 3 * nat // and by how much more for each character that is made
	minCovered     = 0.8     // share of the Cyrillic letters that must be part of what is replaced
)

// segmentEnd never cuts between two characters beyond ASCII, which may belong together.
func segmentEnd(s string, at int) int {
	to := min(len(s), at+maxSegment)
	if i := strings.IndexAny(s[at:to], "<>\n"); i >= 0 {
		return at + i
	}
	for to < len(s) && s[to] >= utf8.RuneSelf {
		to++
	}
	return to
}

// repairSegment returns the segment with one or two layers of mojibake undone.
func repairSegment(s string) (better string, ok bool) {
	before := -1
	gain := 0
	for _, reverse := range reverseTables() {
		repaired := s
		for range maxRepairs {
			next, made, share := undo(repaired, reverse)
			if made == 0 || reverse.cyrillic && share < minCovered {
				break
			}
			repaired = next
			if before < 0 {
				before = textCost(s)
			}
			if g := before - textCost(repaired) - repairGain - made*repairGainEach; g > gain {
				better, gain, ok = repaired, g, true
			}
		}
	}
	return better, ok
}

// maxReverse bounds the characters of the 8-bit charsets that mojibake is made of.
const maxReverse = 0x2200

// reverseTable maps characters to the bytes of a charset that UTF-8 is mistaken for; 0 stands for none.
type reverseTable struct {
	bytes    [maxReverse]uint8
	cyrillic bool // whether texts in the charset are full of what could be lead bytes
}

// reverseTables are those of the usual mistakes. Decoders pass bytes that stand for nothing as C1 controls, and so
// does ISO-8859-1 with all from 0x80 to 0x9F.
var reverseTables = sync.OnceValue(func() []*reverseTable {
	var tables []*reverseTable
	for _, name := range []string{windows1252, "windows-1251", "windows-1250"} {
		t := &reverseTable{cyrillic: name == "windows-1251"}
		for c := 0x80; c < 0xA0; c++ {
			t.bytes[c] = uint8(c)
		}
		for c, r := range decodeTables()[name].runes {
			if c >= utf8.RuneSelf && r < maxReverse {
				t.bytes[r] = uint8(c)
			}
		}
		tables = append(tables, t)
	}
	return tables
})

// undo replaces the sequences of characters whose bytes are a character of UTF-8 beyond ASCII. made is their number, share the part of the characters of the charset
// beyond ASCII that belonged to one.
func undo(s string, reverse *reverseTable) (out string, made int, share float64) {
	var b []byte
	done, used, all := 0, 0, 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n, chars := takeSequence(s[i:], reverse)
		if n == 0 || !reverse.cyrillic && (made == 0 || done < i) && quotedCapital(s, i, i+n) {
			c, size := utf8.DecodeRuneInString(s[i:])
			if c < maxReverse && reverse.bytes[c] > 0 && unicode.IsLetter(c) {
				all++
			}
			i += size
			continue
		}
		b = utf8.AppendRune(append(b, s[done:i]...), r)
		i += n
		done = i
		made++
		used += chars
		all += chars
	}
	if made == 0 {
		return s, 0, 0
	}
	return string(append(b, s[done:]...)), made, float64(used) / float64(all)
}

// quotedCapital reports a capital letter and a quote behind it at the end of a word in capitals, as in “IRMÃ”, which are valid UTF-8 in windows-1252.
func quotedCapital(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	letter, size := utf8.DecodeRuneInString(s[from:])
	behind, _ := utf8.DecodeRuneInString(s[to:])
	return unicode.IsUpper(before) && unicode.IsUpper(letter) && !unicode.IsLetter(behind) && strings.Contains("‘’“”‚„«»…–—", s[from+size:to])
}

// takeSequence decodes the character that the bytes of the first characters of s make up, and returns their length in s and their number; 0 when there is none.
func takeSequence(s string, reverse *reverseTable) (r rune, n, chars int) {
	var seq [utf8.UTFMax]byte
	for k := range seq {
		c, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || c >= maxReverse || reverse.bytes[c] == 0 {
			return 0, 0, 0
		}
		seq[k] = reverse.bytes[c]
		n += size
		if k == 0 && seq[0] < 0xC2 {
			return 0, 0, 0
		}
		if utf8.FullRune(seq[:k+1]) {
			r, size := utf8.DecodeRune(seq[:k+1])
			if r == utf8.RuneError && size <= 1 || size != k+1 {
				return 0, 0, 0
			}
			return r, n, k + 1
		}
	}
	return 0, 0, 0
}

// textCost is what the characters beyond ASCII of a segment cost in the language in which they are the most likely.
func textCost(s string) int {
	best := -1
	for _, l := range runeLanguages() {
		sum, x := 0, 0
		prev := rune(' ')
		for _, r := range s {
			y := l.class(r)
			if prev|r >= utf8.RuneSelf {
				sum += l.cost(x, y, r)
			}
			prev, x = r, y
		}
		if best < 0 || sum < best {
			best = sum
		}
	}
	return best
}

// runeLanguage is a language whose characters are looked up by code point.
type runeLanguage struct {
	index map[rune]uint8
	latin bool
	low   [0x600]uint8 // classes of the first code points
	pairs *pairCost
}

// classOther stands for letters of scripts that the letter model lacks. It has no place in a pairCost.
const classOther = classes

// Costs of such a letter behind another and elsewhere: they come in words.
const (
	costOther      = 5 * nat
	costOtherFirst = 14 * nat
)

var runeLanguages = sync.OnceValue(func() []*runeLanguage {
	var out []*runeLanguage
	model := letters()
	for i := range model.languages {
		l := &model.languages[i]
		t := &runeLanguage{index: make(map[rune]uint8), latin: l.letters[0] == 'a', pairs: newPairCost(l)}
		for k, r := range l.letters {
			t.index[r] = uint8(k + 1)
		}
		for r := range t.low {
			t.low[r] = classOf(rune(r), t.index, t.latin)
		}
		out = append(out, t)
	}
	return out
})

func (l *runeLanguage) class(r rune) int {
	if int(r) < len(l.low) && r < 0x530 {
		return int(l.low[r])
	}
	if k := l.index[r]; k > 0 {
		return int(k)
	}
	if r >= 0x530 && (unicode.IsLetter(r) || unicode.IsMark(r)) {
		return classOther
	}
	return int(classOf(r, l.index, l.latin))
}

func (l *runeLanguage) cost(x, y int, r rune) int {
	switch {
	case y == classOther && x == classOther:
		return costOther
	case y == classOther:
		return costOtherFirst
	case x == classOther:
		x = 0
	}
	if y == 0 && r >= utf8.RuneSelf {
		return costPunctuation
	}
	return int(l.pairs[x<<7|y])
}

func asciiPrefixString(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(s)
}
