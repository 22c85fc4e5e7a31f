package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus"
)

// The ways to split a text into words.
const (
	// WordsPunctuation splits on white space and then cuts punctuation off as separate words, much as spaCy's English
	// tokeniser does (see words_punctuation.go). The published thresholds were set with that splitting.
	WordsPunctuation = "punctuation"
	// WordsWhitespace splits on white space alone, as Dolma does.
	WordsWhitespace = "whitespace"
	// WordsUnicode follows the word boundaries of UAX 29 without its dictionary scripts.
	WordsUnicode = "unicode"
)

// checkWords validates an option named "words".
func checkWords(mode string) error {
	switch mode {
	case WordsPunctuation, WordsWhitespace, WordsUnicode:
		return nil
	}
	return corpus.BadOption("words", "%q is not one of %q, %q, %q", mode, WordsPunctuation, WordsWhitespace, WordsUnicode)
}

// words walks over the words of a text. It keeps no list of them, so that a text of
// any length needs no memory of its own. The zero value with text and mode set is ready.
type words struct {
	text string
	mode string
	pos  int // the next byte to look at
	// The chunk in work, for WordsPunctuation: text between white space, its affixes before core and from coreEnd.
	core, coreEnd, chunkEnd int
}

// next returns the next word as byte offsets; ok is false after the last.
func (w *words) next() (start, end int, ok bool) {
	if w.pos >= w.chunkEnd {
		w.skipSpace()
		if w.pos >= len(w.text) {
			return 0, 0, false
		}
		switch w.mode {
		case WordsUnicode:
			start = w.pos
			w.pos = unicodeWordEnd(w.text, start)
			return start, w.pos, true
		case WordsWhitespace:
			start = w.pos
			w.pos = chunkEnd(w.text, start)
			return start, w.pos, true
		}
		if w.openChunk() {
			start, w.pos = w.pos, w.chunkEnd
			return start, w.pos, true
		}
	}
	start = w.pos
	switch {
	case start < w.core:
		w.pos = affixEnd(w.text[:w.core], start)
	case start < w.coreEnd:
		w.pos = coreWordEnd(w.text[:w.coreEnd], w.core, start)
	default:
		w.pos = affixEnd(w.text[:w.chunkEnd], start)
	}
	return start, w.pos, true
}

func (w *words) skipSpace() { w.pos = skipWhite(w.text, w.pos) }

// skipWhite is the end of the white space at i.
func skipWhite(text string, i int) int {
	for i < len(text) {
		b := text[i]
		if b < utf8.RuneSelf {
			if class[b]&classSpace == 0 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			return i
		}
		i += size
	}
	return i
}

// chunkEnd is the end of the run without white space that starts at i.
func chunkEnd(text string, i int) int {
	for i < len(text) {
		b := text[i]
		if b < utf8.RuneSelf {
			if class[b]&classSpace != 0 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			return i
		}
		i += size
	}
	return i
}

// Classes of ASCII bytes.
const (
	classSpace = 1 << iota
	classLower
	classUpper
	classDigit
	classQuote  // ' " `
	classPrefix // cut off at the start of a word
	classSuffix // cut off at the end of a word
	classAlpha  = classLower | classUpper
	classAlnum  = classAlpha | classDigit
)

// class tells what an ASCII byte is; bytes from 0x80 have none.
var class = func() (t [256]uint8) {
	for b := range utf8.RuneSelf {
		switch {
		case isSpace(rune(b)):
			t[b] = classSpace
		case b >= 'a' && b <= 'z':
			t[b] = classLower
		case b >= 'A' && b <= 'Z':
			t[b] = classUpper
		case b >= '0' && b <= '9':
			t[b] = classDigit
		case strings.IndexByte("'\"`", byte(b)) >= 0:
			t[b] = classQuote | classPrefix | classSuffix
		case strings.IndexByte(",:;!?()[]{}<>_#*&", byte(b)) >= 0:
			t[b] = classPrefix | classSuffix
		case b == '%' || b == '=' || b == '$':
			t[b] = classPrefix
		}
	}
	return t
}()

// runWidth returns how many base characters of r's script make a word where words are written
// without spaces between them: a run of such characters is cut into words of that many. It is 0 for all other scripts.
//
// The widths are close to the mean lengths of words in running text (Chinese 1.6 characters, Thai 4.2); Katakana,
// used for whole loan words, stays in one piece (UAX 29, rule WB13) and is told by -1.
func runWidth(r rune) int {
	switch {
	case r < 0x0e00:
		return 0
	case r <= 0x0eff, r >= 0x1000 && r <= 0x109f, r >= 0x1780 && r <= 0x17ff: // Thai, Lao, Burmese, Khmer
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return 4
		}
		return 0
	case r < 0x3005:
		return 0
	case r >= 0x30a1 && r <= 0x30fa, r == 0x30fc, r >= 0x31f0 && r <= 0x31ff, r >= 0xff66 && r <= 0xff9f: // Katakana
		return -1
	case r == 0x3005, r == 0x3007, r >= 0x3041 && r <= 0x309f, // 々 〇 and Hiragana
		r >= 0x3400 && r <= 0x4dbf, r >= 0x4e00 && r <= 0x9fff, r >= 0xf900 && r <= 0xfaff, r >= 0x20000 && r <= 0x3ffff:
		return 2
	}
	return 0
}

// runEnd is the end of the word that starts at i with a character of the given run width.
func runEnd(text string, i, width int) int {
	bases := 0
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if runWidth(r) != width {
			break
		}
		if !unicode.IsMark(r) {
			if bases == width {
				break
			}
			bases++
		}
		i += size
	}
	return i
}
