package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file cuts punctuation from words as separate words. It is written after the published rules of spaCy's
// English tokeniser (prefixes, suffixes, infixes), without its lists of abbreviations, emoticons and slang:
// "(well-known, e.g." gives ( well - known , e.g and a full stop. docs/filters/quality.md
// holds how often the verdicts agree.

// openChunk finds the next run without white space and its affixes. It reports true when the
// run is a single plain word.
func (w *words) openChunk() bool {
	start := w.pos
	i, flags := start, uint8(0)
	for i < len(w.text) {
		c := class[w.text[i]]
		if c&classAlnum == 0 {
			break
		}
		flags |= c
		i++
	}
	if i == len(w.text) || class[w.text[i]]&classSpace != 0 {
		// Letters and digits only: just a unit of measure may hang on.
		w.chunkEnd = i
		if flags&classDigit == 0 || unitStart(w.text[start:i]) < 0 {
			return true
		}
	} else {
		w.chunkEnd = chunkEnd(w.text, i)
	}
	w.core, w.coreEnd = trimAffixes(w.text, start, w.chunkEnd)
	return false
}

// trimAffixes narrows the run text[start:end] to the part between its prefixes and suffixes.
func trimAffixes(text string, start, end int) (int, int) {
	for start < end {
		n := prefixLen(text[start:end])
		if n == 0 {
			break
		}
		start += n
	}
	for start < end {
		n := suffixLen(text[start:end])
		if n == 0 || n == end-start {
			break
		}
		end -= n
	}
	return start, end
}

// prefixLen is the length of the punctuation that opens s, 0 for none.
func prefixLen(s string) int {
	b := s[0]
	if b < utf8.RuneSelf {
		switch {
		case class[b]&classPrefix != 0:
			return 1
		case b == '+' && (len(s) == 1 || class[s[1]]&classDigit == 0):
			return 1
		case b == '.':
			return dots(s)
		}
		return 0
	}
	if r, size := utf8.DecodeRuneInString(s); isLoosePunctuation(r) || r == '–' || r == '—' || unicode.Is(unicode.Sc, r) {
		return size
	}
	return 0
}

// suffixLen is the length of what is cut from the end of s, 0 for nothing.
func suffixLen(s string) int {
	last := s[len(s)-1]
	if last >= utf8.RuneSelf {
		r, size := utf8.DecodeLastRuneInString(s)
		if isLoosePunctuation(r) || r == '–' || r == '—' || unicode.Is(unicode.Sc, r) && endsInDigit(s[:len(s)-size]) {
			return size
		}
		return 0
	}
	switch c := class[last]; {
	case c&classSuffix != 0:
		return 1
	case last == '.':
		return fullStopLen(s)
	case last == '+' || last == '%' || last == '$':
		if endsInDigit(s[:len(s)-1]) {
			return 1
		}
	case c&classAlpha != 0:
		if n := contractionLen(s); n > 0 {
			return n
		}
		if at := unitStart(s); at > 0 {
			return len(s) - at
		}
	}
	return 0
}

// fullStopLen decides about a final full stop: it stays with initials and abbreviations ("U.S.", "J.") and goes elsewhere.
func fullStopLen(s string) int {
	n := 0
	for n < len(s) && s[len(s)-1-n] == '.' {
		n++
	}
	if n > 1 {
		return n
	}
	if len(s) == 1 {
		return 0
	}
	before := s[len(s)-2]
	switch c := class[before]; {
	case c&(classLower|classDigit|classSuffix) != 0, before == '%' || before == '-' || before == '+':
		return 1
	case c&classUpper != 0:
		if len(s) > 2 && class[s[len(s)-3]]&classUpper != 0 {
			return 1
		}
	case before >= utf8.RuneSelf:
		if r, _ := utf8.DecodeLastRuneInString(s[:len(s)-1]); !unicode.IsUpper(r) {
			return 1
		}
	}
	return 0
}

// contractionLen is the length of 's, n't, 'll and their like at the end of s, with either apostrophe.
func contractionLen(s string) int {
	if !mayContract(s) {
		return 0
	}
	for _, tail := range [...]string{"s", "S", "t", "ll", "re", "ve", "m", "d"} {
		if !strings.HasSuffix(s, tail) {
			continue
		}
		n := len(tail)
		switch head := s[:len(s)-n]; {
		case strings.HasSuffix(head, "'"):
			n++
		case strings.HasSuffix(head, "’"):
			n += len("’")
		default:
			continue
		}
		if tail == "t" {
			if head := s[:len(s)-n]; !strings.HasSuffix(head, "n") || len(head) < 2 {
				continue
			}
			n++
		}
		return n
	}
	return 0
}

// mayContract reports whether an ASCII apostrophe, or the last byte of the other one, is at its place before one or two letters.
func mayContract(s string) bool {
	n := len(s)
	apostrophe := func(b byte) bool { return b == '\'' || b == 0x99 }
	return n > 1 && apostrophe(s[n-2]) || n > 2 && apostrophe(s[n-3])
}

// unitStart is the offset of a unit of measure that follows a digit at the end of s ("12km"), -1 without one.
func unitStart(s string) int {
	i := len(s)
	for i > 0 && len(s)-i <= 3 && class[s[i-1]]&classAlpha != 0 {
		i--
	}
	if i == 0 || i == len(s) || class[s[i-1]]&classDigit == 0 {
		return -1
	}
	switch s[i:] {
	case "km", "m", "dm", "cm", "mm", "nm", "ha", "yd", "mi", "ft", "kg", "g", "mg", "t", "lb", "oz", "mph", "hPa", "Pa",
		"mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M", "K":
		return i
	}
	return -1
}

// affixEnd is the end of the affix that starts at i: a run of full stops, a contraction or unit, or one character.
func affixEnd(text string, i int) int {
	if n := dots(text[i:]); n > 0 {
		return i + n
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	j := i + size
	b := text[i]
	if class[b]&classAlpha == 0 && b != '\'' && !strings.HasPrefix(text[i:], "’") {
		return j
	}
	for j < len(text) {
		switch {
		case class[text[j]]&classAlpha != 0:
			j++
		case b == 'n' && text[j] == '\'':
			j++
		case b == 'n' && strings.HasPrefix(text[j:], "’"):
			j += len("’")
		default:
			return j
		}
	}
	return j
}

// coreWordEnd is the end of the word that starts at i in the core text[core:], cutting at infixes.
func coreWordEnd(text string, core, i int) int {
	if i == core && isAddress(text[core:]) {
		return len(text)
	}
	if n := infixLen(text, core, i); n > 0 && i > core {
		return i + n
	}
	if r, _ := utf8.DecodeRuneInString(text[i:]); text[i] >= utf8.RuneSelf {
		if width := runWidth(r); width != 0 {
			return runEnd(text, i, width)
		}
	}
	for j := i; ; {
		if text[j] < utf8.RuneSelf {
			j++
		} else {
			_, size := utf8.DecodeRuneInString(text[j:])
			j += size
		}
		if j >= len(text) {
			return len(text)
		}
		if class[text[j]]&classAlnum != 0 {
			continue
		}
		if infixLen(text, core, j) > 0 {
			return j
		}
		if text[j] >= utf8.RuneSelf {
			if r, _ := utf8.DecodeRuneInString(text[j:]); runWidth(r) != 0 {
				return j
			}
		}
	}
}

// infixLen is the length of punctuation that splits a word at i, 0 where none does.
func infixLen(text string, core, i int) int {
	b := text[i]
	if b >= utf8.RuneSelf {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '…' || isIcon(r):
			return size
		case r == '–' || r == '—':
			if (letterBefore(text, core, i) || i > core && class[text[i-1]]&classDigit != 0) && letterAfter(text, i+size) {
				return size
			}
		case r >= 0x2000 && isLoosePunctuation(r) && i > core:
			// Ideographic commas and stops stand between words without spaces.
			if before, _ := utf8.DecodeLastRuneInString(text[core:i]); runWidth(before) != 0 {
				return size
			}
		}
		return 0
	}
	if class[b]&classAlnum != 0 || i == core {
		return 0
	}
	if n := dots(text[i:]); n > 0 {
		return n
	}
	if i+1 >= len(text) {
		return 0
	}
	before, after := class[text[i-1]], class[text[i+1]]
	switch b {
	case '.':
		if before&(classLower|classQuote) != 0 && after&(classUpper|classQuote) != 0 {
			return 1
		}
	case ',':
		if letterBefore(text, core, i) && letterAfter(text, i+1) {
			return 1
		}
	case ':', '<', '>', '=', '/':
		if (before&classDigit != 0 || letterBefore(text, core, i)) && letterAfter(text, i+1) {
			return 1
		}
	case '+', '*', '^':
		if before&classDigit != 0 && (after&classDigit != 0 || text[i+1] == '-') {
			return 1
		}
	case '-', '~':
		return hyphenLen(text, core, i)
	}
	return 0
}

// hyphenLen is the length of the hyphens at i when they stand behind a letter or digit and before a letter, or of a minus sign between digits.
func hyphenLen(text string, core, i int) int {
	if text[i] == '-' && class[text[i-1]]&classDigit != 0 && (class[text[i+1]]&classDigit != 0 || text[i+1] == '-') {
		return 1
	}
	if class[text[i-1]]&classDigit == 0 && !letterBefore(text, core, i) {
		return 0
	}
	n := 1
	for text[i] == '-' && n < 3 && i+n < len(text) && text[i+n] == '-' {
		n++
	}
	if letterAfter(text, i+n) {
		return n
	}
	return 0
}

// isAddress reports whether the core is a web address, which stays in one piece.
func isAddress(core string) bool {
	if len(core) < 5 || strings.IndexByte(core, '.') < 0 {
		return false
	}
	return strings.HasPrefix(core, "www.") || strings.HasPrefix(core, "http://") || strings.HasPrefix(core, "https://") || strings.HasPrefix(core, "ftp://")
}

// dots is the length of a run of two or more full stops at the start of s.
func dots(s string) int {
	n := 0
	for n < len(s) && s[n] == '.' {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

func endsInDigit(s string) bool { return s != "" && class[s[len(s)-1]]&classDigit != 0 }

func letterBefore(text string, core, i int) bool {
	if i <= core {
		return false
	}
	if b := text[i-1]; b < utf8.RuneSelf {
		return class[b]&classAlpha != 0
	}
	r, _ := utf8.DecodeLastRuneInString(text[core:i])
	return unicode.IsLetter(r)
}

func letterAfter(text string, i int) bool {
	if i >= len(text) {
		return false
	}
	if b := text[i]; b < utf8.RuneSelf {
		return class[b]&classAlpha != 0
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r)
}

// isIcon tells pictographs and other symbols, without the degree sign.
func isIcon(r rune) bool { return r != '°' && unicode.Is(unicode.So, r) }

// isLoosePunctuation tells the punctuation beyond ASCII that is cut from both ends of a word.
func isLoosePunctuation(r rune) bool {
	switch r {
	case '…', '§', '¿', '¡', '؟', '،', '؛', '٪', '।', '۔', '·', '。', '？', '！', '，', '、', '；', '：', '～',
		'“', '”', '‘', '’', '‚', '„', '´', '«', '»', '「', '」', '『', '』', '（', '）', '〔', '〕', '【', '】', '《', '》', '〈', '〉':
		return true
	}
	return isIcon(r)
}
