package clean

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

const (
	windows1252 = "windows-1252"

	maxSample     = 3 << 10 // bytes of text that are scored
	goodLabel     = 0.9     // score from which a label is believed at once
	betterBy      = 0.5     // by how much another charset must beat a label
	betterOrder   = 0.005   // by how much a charset must beat one before it in the table
	hopelessAfter = 64      // characters after which a charset with a negative score is given up
	rareMalus     = 0.3     // what a charset that is hardly used must make up for
	hintBonus     = 0.4     // what the page's declared language adds
)

// pickCharset chooses among the charsets of the table for a page that is not UTF-8. Each decoded sample gets a score, the mean over its
// characters beyond ASCII of how well each fits (score); a plausible label wins over a better score.
func pickCharset(page []byte, labels []string) string {
	sample := highSample(page)
	if len(sample) == 0 {
		if len(labels) > 0 {
			return labels[0]
		}
		return windows1252
	}
	lang := declaredLanguage(page)
	best, bestScore := "", -100.0
	for _, l := range labels {
		if s, ok := scoreName(sample, l, lang); ok && s > bestScore+betterOrder {
			best, bestScore = l, s
		}
	}
	if bestScore >= goodLabel && best != windows1252 {
		return best
	}
	if best != "" {
		bestScore += betterBy - betterOrder
	}
	for i, table := 0, candidates(); i < len(table); i++ {
		c := &table[i]
		if s := c.score(sample, lang); s > bestScore+betterOrder {
			best, bestScore = c.name, s
		}
	}
	return best
}

// scoreName scores a label. One that is not in the table is taken for plausible.
func scoreName(sample []byte, name, lang string) (score float64, ok bool) {
	score = -100
	if name == "gbk" {
		name = "gb18030"
	}
	known := false
	for i, table := 0, candidates(); i < len(table); i++ {
		if table[i].name == name {
			score, known = max(score, table[i].score(sample, lang)), true
		}
	}
	if known {
		return score, true
	}
	if _, err := htmlindex.Get(name); err != nil {
		return 0, false
	}
	return goodLabel, true
}

// score decodes the sample and returns the mean fit of the characters beyond ASCII, from -6 to 2 and the hint.
func (c *candidate) score(sample []byte, lang string) float64 {
	e, err := htmlindex.Get(c.name)
	if err != nil {
		return -100
	}
	text, _ := e.NewDecoder().Bytes(sample)
	sum, n := 0.0, 0
	prev := ' '
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		i += size
		if r >= utf8.RuneSelf {
			next, _ := utf8.DecodeRune(text[i:])
			if i >= len(text) {
				next = ' '
			}
			sum += c.fit(prev, r, next)
			n++
			if n%hopelessAfter == 0 && sum < 0 {
				break
			}
		}
		prev = r
	}
	if n == 0 {
		return -1
	}
	score := sum / float64(n)
	if c.rare {
		score -= rareMalus
	}
	if lang != "" && strings.Contains(" "+c.langs+" ", " "+lang+" ") {
		score += hintBonus
	}
	return score
}

// fit says how well a character beyond ASCII fits the writing that the charset is for.
func (c *candidate) fit(prev, r, next rune) float64 {
	switch {
	case misplaced(prev, r, next):
		return -4
	case r == utf8.RuneError, r < 0xA0, 0xE000 <= r && r <= 0xF8FF, unicode.Is(unicode.Cn, r):
		return -6
	case r > 0xFFFF:
		return -0.5 // a rare Han character or a symbol
	case c.alphabet[r] == frequent:
		return c.inWord(prev, r, next, 2)
	case c.alphabet[r] == occurring:
		return c.inWord(prev, r, next, 0.5)
	}
	if lower := unicode.ToLower(r); lower != r && c.alphabet[lower&0xFFFF] != 0 {
		if unicode.IsLower(prev) {
			return -2 // no word has a capital behind a small letter
		}
		if unicode.IsUpper(prev) {
			return 0.6 // KOI8-R and windows-1251 have each other's capitals for small letters
		}
		return c.inWord(prev, r, next, 1)
	}
	switch {
	case c.wide:
		return c.inWord(prev, r, next, c.fitWide(r))
	case unicode.IsLetter(r):
		return -1.5
	case strings.ContainsRune(neutral, r):
		if r != '’' && unicode.IsLetter(prev) && unicode.IsLetter(next) {
			return -1
		}
		return 0
	}
	return -1.5
}

// misplaced reports a combining mark without a letter to sit on, and a Thai vowel out of its place: those written
// before their consonant stand before one, those above and below it behind one.
func misplaced(prev, r, next rune) bool {
	switch {
	case 0x0E40 <= r && r <= 0x0E44:
		return !isThaiConsonant(next)
	case 0x0E01 <= r && r <= 0x0E4E && unicode.Is(unicode.Mn, r):
		return !isThaiConsonant(prev) && !unicode.Is(unicode.Mn, prev)
	case r < 0x0300:
		return false
	}
	return unicode.Is(unicode.Mn, r) && !unicode.IsLetter(prev) && !unicode.IsMark(prev)
}

func isThaiConsonant(r rune) bool { return 0x0E01 <= r && r <= 0x0E2E }

// inWord lowers the fit of a character of another script than Latin that stands in a word of ASCII letters.
func (c *candidate) inWord(prev, r, next rune, fit float64) float64 {
	before := prev < utf8.RuneSelf && unicode.IsLetter(prev)
	after := next < utf8.RuneSelf && unicode.IsLetter(next)
	switch {
	case c.wide && before && after:
		return -3
	case c.wide && (before || after):
		return fit - 1.5
	case c.wide, 0x0300 <= r && r < 0x0370: // Vietnamese combining marks
		return fit
	case r < 0x0250:
		if !unicode.IsLetter(r) && unicode.IsLetter(prev) {
			return -1 // an inverted question or exclamation mark within a word
		}
		return fit
	case before || after:
		return -2
	}
	return fit
}

// fitWide rates a character of a multi-byte charset that is none of the common ones.
func (c *candidate) fitWide(r rune) float64 {
	switch {
	case strings.ContainsRune(widePunctuation, r), 0xFF01 <= r && r <= 0xFF5E:
		return 0.5
	case 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FE:
		if strings.HasPrefix(c.langs, "ja") {
			return 1.8
		}
		return -1
	case 0xAC00 <= r && r <= 0xD7A3:
		return 0.6
	case unicode.Is(unicode.Han, r):
		if strings.HasPrefix(c.langs, "ko") {
			return -0.5
		}
		return 0.2
	case 0xFF61 <= r && r <= 0xFF9F:
		return -1.5 // half-width kana: what other charsets look like in Shift_JIS
	case strings.ContainsRune(neutral, r):
		return 0
	}
	return -1.5
}

// highSample returns the lines of text, outside tags and within maxSample, that hold bytes beyond ASCII. Neither '<' nor '>' is a second byte
// of any charset in the table.
func highSample(page []byte) []byte {
	var out []byte
	closed := true // whether a '>' is still to come
	for len(page) > 0 && len(out) < maxSample {
		var segment []byte
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			segment, page = page, nil
		} else {
			segment, page = page[:i], page[i:]
			j := 0
			if closed {
				j = bytes.IndexByte(page, '>')
				closed = j >= 0
			}
			page = page[max(0, j)+1:]
		}
		for len(segment) > 0 && len(out) < maxSample {
			line := segment
			if k := bytes.IndexByte(segment, '\n'); k >= 0 {
				line, segment = segment[:k], segment[k+1:]
			} else {
				segment = nil
			}
			if hasHigh(line) {
				out = append(append(out, line[:min(len(line), maxSample)]...), '\n')
			}
		}
	}
	return out
}

func hasHigh(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// declaredLanguage is the primary language that <html lang> names, in lower case; empty when it names none.
func declaredLanguage(page []byte) string {
	head := page[:min(len(page), 4096)]
	i := indexFold(head, "<html")
	if i < 0 {
		return ""
	}
	tag := head[i:]
	tag = tag[:max(0, bytes.IndexByte(tag, '>'))]
	j := indexFold(tag, "lang=")
	if j < 0 {
		return ""
	}
	v := bytes.TrimLeft(tag[j+len("lang="):], `"' `)
	n := 0
	for n < len(v) && n < 3 && 'a' <= v[n]|0x20 && v[n]|0x20 <= 'z' {
		n++
	}
	return strings.ToLower(string(v[:n]))
}
