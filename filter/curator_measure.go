package filter

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// curatorCharacters counts kinds of characters; one can be of several kinds.
type curatorCharacters struct{ chars, others, digits, space, brackets int }

// Kinds of ASCII characters.
const (
	curatorOther = 1 << iota // not an ASCII letter or digit, a newline or one of ? ! , .
	curatorDigit
	curatorSpace
	curatorBracket
)

var curatorClass = func() (t [utf8.RuneSelf]uint8) {
	for b := range t {
		if class[b]&classAlnum == 0 && strings.IndexByte("\n?!,.", byte(b)) < 0 {
			t[b] |= curatorOther
		}
		if class[b]&classDigit != 0 {
			t[b] |= curatorDigit
		}
		if strings.IndexByte("\t\n\r\b ", byte(b)) >= 0 {
			t[b] |= curatorSpace
		}
		if strings.IndexByte("{}[]()", byte(b)) >= 0 {
			t[b] |= curatorBracket
		}
	}
	return t
}()

func scanCuratorCharacters(text string) (m curatorCharacters) {
	var kinds [1 << 4]int // bytes by their set of kinds, so that the loop has no branch but one
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			kinds[curatorClass[b]&15]++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		kind := curatorOther
		if unicode.IsDigit(r) {
			kind |= curatorDigit
		}
		if r == '⟨' || r == '⟩' {
			kind |= curatorBracket
		}
		kinds[kind]++
	}
	for kind, n := range kinds {
		m.chars += n
		for _, of := range []struct {
			kind  int
			count *int
		}{{curatorOther, &m.others}, {curatorDigit, &m.digits}, {curatorSpace, &m.space}, {curatorBracket, &m.brackets}} {
			if kind&of.kind != 0 {
				*of.count += n
			}
		}
	}
	return m
}

// ellipsisMarks are the words, and the ends of lines in lower case, that Curator takes for an ellipsis.
var ellipsisMarks = [...]string{"...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more"}

// symbolWords counts the words that are an ellipsis or whose runs of hash signs are more than half of their characters.
func symbolWords(text string) (n int) {
	for word := range wordsWith(text, "#", "...", "…", "-»") { // every ellipsis of one word holds one of these
		runs := 0
		for i := range len(word) {
			if word[i] == '#' && (i == 0 || word[i-1] != '#') {
				runs++
			}
		}
		if 2*runs > utf8.RuneCountInString(word) || slices.Contains(ellipsisMarks[:], word) {
			n++
		}
	}
	return n
}

// scanURLs counts the characters in addresses, which are "http://" or "https://" and what follows of ASCII letters, digits and the signs
// that Curator's pattern names, and tells whether one of them holds "porn".
func scanURLs(text string) (chars int, porn bool) {
	for {
		i := strings.Index(text, "http")
		if i < 0 {
			return chars, porn
		}
		text = text[i:]
		rest := strings.TrimPrefix(text[len("http"):], "s")
		if !strings.HasPrefix(rest, "://") {
			text = text[len("http"):]
			continue
		}
		head := len(text) - len(rest) + len("://")
		end := head
		for end < len(text) && isURLByte(text[end]) {
			end++
		}
		if end > head {
			chars += end // all of it is ASCII
			porn = porn || strings.Contains(text[:end], "porn")
		}
		text = text[end:]
	}
}

// isURLByte tells the characters of Curator's pattern [a-zA-Z0-9$-_@.&+!*(),], in which $-_ is a range.
func isURLByte(b byte) bool { return b >= '$' && b <= '_' || b >= 'a' && b <= 'z' || b == '!' }

// boilerplatePhrases mark a paragraph about terms, privacy and cookies. The last three stand for long cookie notices that Curator
// compares in full.
var boilerplatePhrases = [...]string{
	"terms of use", "privacy policy", "privacy overview", "cookie policy", "uses cookies", "use of cookies", "use cookies",
	"privacy & cookies policy", "privacy and cookies policy", "necessary cookies are absolutely essential", "any cookies that may not be particularly necessary",
	"without changing your cookie settings, you agree",
}

// boilerplateShare is the share of paragraphs that hold one of boilerplatePhrases, and 1 if one holds "lorem ipsum".
func boilerplateShare(text string) float64 {
	if !holdsPhrase(text) && !holdsPrivacyOverview(text) {
		return 0
	}
	lowered := lowerForSearch(text)
	if holds(lowered, "lorem ipsum") {
		return 1
	}
	all, marked := 0, 0
	for paragraph := range strings.SplitSeq(string(lowered), "\n\n") {
		all++
		for _, phrase := range boilerplatePhrases {
			if strings.Contains(paragraph, phrase) {
				marked++
				break
			}
		}
	}
	return ratio(marked, all)
}

// holdsPrivacyOverview looks for the one of boilerplatePhrases that holdsPhrase does not know, by its v.
func holdsPrivacyOverview(text string) bool {
	const phrase, v = "privacy overview", 3
	for i := v; i+len(phrase)-v <= len(text); i++ {
		if text[i]|0x20 == 'v' && equalFoldASCII(text[i-v:i-v+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// partCounts are the parts of a text between separators, and those left once repeated ones are gone.
type partCounts struct{ parts, distinct, chars, distinctChars int }

// distinctParts splits at every separator; with skipBlank, parts of white space alone do not count.
func distinctParts(text, separator string, skipBlank bool) (m partCounts) {
	seen := make(map[string]struct{}, min(1+strings.Count(text, separator), 1<<16))
	for part := range strings.SplitSeq(text, separator) {
		if skipBlank && trimSpace(part) == "" {
			continue
		}
		chars := utf8.RuneCountInString(part)
		m.parts++
		m.chars += chars
		if _, ok := seen[part]; !ok {
			seen[part] = struct{}{}
			m.distinct++
			m.distinctChars += chars
		}
	}
	return m
}

// curatorLines counts the lines that are not blank by their ends and starts.
type curatorLines struct{ lines, ended, ellipses, bullets int }

// bullets are the signs that Curator takes for one.
const bullets = "•‣⁃⁌⁍∙○●◘◦⦾⦿"

func scanCuratorLines(text string) (m curatorLines) {
	for line := range strings.SplitSeq(text, "\n") {
		line = trimSpace(line)
		if line == "" {
			continue
		}
		m.lines++
		if endsSentence(line) {
			m.ended++
		}
		if endsInEllipsis(line) {
			m.ellipses++
		}
		if r, _ := utf8.DecodeRuneInString(line); r >= utf8.RuneSelf && strings.ContainsRune(bullets, r) {
			m.bullets++
		}
	}
	return m
}

// endsInEllipsis looks for one of ellipsisMarks at the end of a line, in any letter case.
func endsInEllipsis(line string) bool {
	for _, mark := range ellipsisMarks {
		if len(line) >= len(mark) && strings.EqualFold(line[len(line)-len(mark):], mark) {
			return true
		}
	}
	return false
}

// countListed counts the words that are listed, but no further than most.
func countListed(hashes []uint64, list map[uint64]struct{}, most int) (n int) {
	for _, h := range hashes {
		if n >= most {
			break
		}
		if _, ok := list[h]; ok {
			n++
		}
	}
	return n
}

// wordLengths is the sum of the characters of a table's words, and the longest word.
func wordLengths(table *wordTable) (total, longest int) {
	for i := range table.hashes {
		longest = max(longest, int(table.chars[i+1]-table.chars[i]))
	}
	return int(table.chars[len(table.hashes)]), longest
}

// judgeNGrams tries the rules on n-grams, of the words that the table keeps, against the characters of the whole text.
func (c *Curator) judgeNGrams(a *textAnalysis) (string, any) {
	if len(c.options.TopNGrams)+len(c.options.DupNGrams) == 0 {
		return "", nil
	}
	walk := c.ngrams.Get().(*ngramWalk)
	defer c.ngrams.Put(walk)
	table := a.words(WordsWhitespace)
	share := func(n, chars int) float64 {
		if len(table.hashes) < n {
			return 1 // as in Curator
		}
		return ratio(chars, a.runes())
	}
	found := walk.judge(table, c.options.TopNGrams, c.options.DupNGrams, func(n int) float64 {
		place, _ := walk.most(n)
		joined := joinedWords(a.text, place, n)
		return share(n, strings.Count(a.text, joined)*utf8.RuneCountInString(joined))
	}, func(n int) float64 {
		return share(n, walk.repeatedWithSpaces(n))
	})
	switch {
	case found.n == 0:
		return "", nil
	case found.dup:
		return fmt.Sprintf("repeating_dup_%dgram", found.n), found.share
	}
	return fmt.Sprintf("repeating_top_%dgrams", found.n), found.share
}

// joinedWords are n words from the given one on, split at white space, with a space between.
func joinedWords(text string, place, n int) string {
	walk := words{text: text, mode: WordsWhitespace}
	var b strings.Builder
	for i := 0; i < place+n; i++ {
		start, end, ok := walk.next()
		if !ok {
			break
		}
		if i > place {
			b.WriteByte(' ')
		}
		if i >= place {
			b.WriteString(text[start:end])
		}
	}
	return b.String()
}
