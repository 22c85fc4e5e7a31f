package filter

import (
	"bytes"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus"
)

// C4Options are the rules of C4 (Raffel et al. 2020, section 2.2), named as datatrove names them.
type C4Options struct {
	// RemoveCitations takes [1], [], [edit] and [citation needed] out of the text; default true.
	RemoveCitations bool `yaml:"remove_citations" jsonschema_description:"Take [1], [], [edit] and [citation needed] out of the text; default true."`
	// FilterNoTerminalPunct removes lines that do not end in . ? ! or a straight quote, or that end in an ellipsis; default true. FineWeb sets false.
	FilterNoTerminalPunct bool `yaml:"filter_no_terminal_punct" jsonschema_description:"Remove lines that do not end in . ? ! or a straight quote, and those that end in three dots; default true (FineWeb: false)."`
	// MinNumSentences rejects a document with fewer sentences left; default 5, 0 for no limit.
	MinNumSentences int `yaml:"min_num_sentences" jsonschema_description:"Reject a document with fewer sentences left; default 5, 0 for no limit."`
	// MinWordsPerLine removes lines with fewer words; default 3, 0 for no limit.
	MinWordsPerLine int `yaml:"min_words_per_line" jsonschema_description:"Remove lines with fewer words; default 3, 0 for no limit."`
	// MaxWordLength removes lines with a word of more characters; default 1,000, 0 for no limit.
	MaxWordLength int `yaml:"max_word_length" jsonschema_description:"Remove lines with a word of more characters; default 1000, 0 for no limit."`
	// FilterLoremIpsum rejects documents with a kept line that holds "lorem ipsum"; default true.
	FilterLoremIpsum bool `yaml:"filter_lorem_ipsum" jsonschema_description:"Reject documents with a line that holds lorem ipsum; default true."`
	// FilterJavascript removes lines that hold "javascript"; default true.
	FilterJavascript bool `yaml:"filter_javascript" jsonschema_description:"Remove lines that hold javascript; default true."`
	// FilterCurlyBracket rejects documents with a kept line that holds '{'; default true.
	FilterCurlyBracket bool `yaml:"filter_curly_bracket" jsonschema_description:"Reject documents with a line that holds an opening curly bracket; default true."`
	// FilterPolicy removes lines that speak of terms of use, privacy and cookies; default true.
	FilterPolicy bool `yaml:"filter_policy" jsonschema_description:"Remove lines that hold terms of use, privacy policy, cookie policy, uses cookies, use of cookies or use cookies; default true."`
}

// DefaultC4Options returns the rules of the paper.
func DefaultC4Options() C4Options {
	return C4Options{
		RemoveCitations: true, FilterNoTerminalPunct: true, MinNumSentences: 5, MinWordsPerLine: 3, MaxWordLength: 1000,
		FilterLoremIpsum: true, FilterJavascript: true, FilterCurlyBracket: true, FilterPolicy: true,
	}
}

// Validate reports the first bad option.
func (o C4Options) Validate() error {
	if err := checkRange("min_num_sentences", float64(o.MinNumSentences), 0); err != nil {
		return err
	}
	if err := checkRange("min_words_per_line", float64(o.MinWordsPerLine), 0); err != nil {
		return err
	}
	return checkRange("max_word_length", float64(o.MaxWordLength), 0)
}

// C4 is the stage c4: it removes lines from the text and rejects documents.
type C4 struct{ options C4Options }

// NewC4 makes the stage, or returns an OptionError.
func NewC4(options C4Options) (*C4, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &C4{options: options}, nil
}

// Name returns "c4".
func (*C4) Name() string { return "c4" }

// Process edits the text of the documents it keeps, and sets the signal c4_lines_removed where lines went.
// A rejected document's text stays as it was.
func (c *C4) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		edit := c4Edit{options: &c.options}
		edit.run(doc.Text)
		if edit.rule != "" {
			doc.Reject(c.Name(), edit.rule, edit.value)
			continue
		}
		if text := edit.result(); !sameString(text, doc.Text) { // it is the same where nothing went, so that its analysis stays good
			doc.Text, doc.Analysis = text, nil // an analysis would keep the text before in memory
		}
		if edit.removed > 0 {
			doc.SetSignal("c4_lines_removed", float64(edit.removed))
		}
	}
	return nil
}

// c4Edit is the work on one document.
type c4Edit struct {
	options *C4Options
	// Whether the text, citations included, holds these anywhere, so that most texts need no search line by line.
	anyLorem, anyJavascript, anyPolicy, anyCitation bool

	text string
	// As long as all that was kept is one piece of the text itself, it is text[from:same] and kept stays empty.
	from, same int
	changed    bool
	kept       strings.Builder
	lines      int // kept
	removed    int
	sentences  int // of the kept lines, counted no further than the limit
	rule       string
	value      any
}

func (e *c4Edit) run(text string) {
	o := e.options
	e.text = text
	if holdsPhrase(text) { // seldom: now find out which
		lowered := lowerForSearch(text)
		e.anyLorem = o.FilterLoremIpsum && holds(lowered, "lorem ipsum")
		e.anyJavascript = o.FilterJavascript && holds(lowered, "javascript")
		e.anyPolicy = o.FilterPolicy && holdsPolicy(lowered)
	}
	e.anyCitation = o.RemoveCitations && strings.IndexByte(text, '[') >= 0
	for rest := text; rest != ""; {
		at := len(text) - len(rest)
		var line string
		line, rest = nextLine(rest)
		trimmed := trimSpace(line)
		edited, ok := e.line(trimmed)
		switch {
		case e.rule != "":
			return
		case !ok:
			e.removed++
		case len(edited) == len(trimmed): // and so the same
			e.keep(edited, at+indent(line, trimmed))
		default:
			e.keep(edited, -1)
		}
	}
	if e.sentences < o.MinNumSentences {
		e.rule, e.value = "too_few_sentences", e.sentences
	}
}

// indent is the number of bytes of line before trimmed, a part of it.
func indent(line, trimmed string) int {
	if trimmed == "" {
		return len(line)
	}
	return strings.Index(line, trimmed)
}

// result is the text that is left.
func (e *c4Edit) result() string {
	if !e.changed {
		return trimSpace(e.text[e.from:e.same])
	}
	return trimSpace(e.kept.String())
}

// line applies the line rules, in datatrove's order, to a line without outer white space. It returns the line without
// citations and whether it stays.
func (e *c4Edit) line(line string) (string, bool) {
	o := e.options
	enough := wordsReach(line, o.MinWordsPerLine)
	if o.MaxWordLength > 0 && hasLongWord(line, o.MaxWordLength) {
		return "", false
	}
	anyLorem, anyJavascript, anyPolicy := e.anyLorem, e.anyJavascript, e.anyPolicy
	if e.anyCitation {
		whole := len(line)
		line = removeCitations(line)
		if len(line) < whole && holdsPhrase(line) { // perhaps one that a citation parted: "java[1]script"
			anyLorem, anyJavascript, anyPolicy = o.FilterLoremIpsum, o.FilterJavascript, o.FilterPolicy
		}
	}
	if o.FilterNoTerminalPunct && (!endsSentence(line) || strings.HasSuffix(line, "...")) {
		return "", false
	}
	if !enough {
		return "", false
	}
	var lowered []byte
	if anyLorem || anyJavascript || anyPolicy {
		lowered = lowerForSearch(line)
	}
	switch {
	case anyLorem && holds(lowered, "lorem ipsum"):
		e.rule = "lorem_ipsum"
	case anyJavascript && holds(lowered, "javascript"):
	case o.FilterCurlyBracket && strings.IndexByte(line, '{') >= 0:
		e.rule = "curly_bracket"
	case anyPolicy && holdsPolicy(lowered):
	default:
		return line, true
	}
	return "", false
}

// keep adds a line, which stands at that offset of the text, or -1 where it was changed.
func (e *c4Edit) keep(line string, at int) {
	if !e.changed {
		switch {
		case e.lines == 0 && at >= 0:
			e.from, e.same = at, at+len(line)
		case at == e.same+1 && e.text[e.same] == '\n':
			e.same = at + len(line)
		default:
			e.changed = true
			e.kept.Grow(len(e.text))
			e.kept.WriteString(e.text[e.from:e.same])
		}
	}
	if e.changed {
		if e.lines > 0 {
			e.kept.WriteByte('\n')
		}
		e.kept.WriteString(line)
	}
	e.lines++
	if most := e.options.MinNumSentences - e.sentences; most > 0 {
		e.sentences += countSentences(line, most)
	}
}

// wordsReach reports whether a line, split at white space, has at least so many words.
func wordsReach(line string, least int) bool {
	for i := 0; least > 0; least-- {
		i = skipWhite(line, i)
		if i == len(line) {
			return false
		}
		i = chunkEnd(line, i)
	}
	return true
}

// hasLongWord reports whether a word of a line, split at white space, has more than limit characters. Such a word
// has more than limit bytes too, so that a search for its white space from the far end passes over all shorter words.
func hasLongWord(line string, limit int) bool {
	for i := 0; len(line)-i > limit; {
		at := i + limit
		for at >= i && class[line[at]]&classSpace == 0 {
			at--
		}
		if at >= i {
			i = at + 1
			continue
		}
		for at = i + limit; i <= at; { // no ASCII white space in sight: word by word
			start := skipWhite(line, i)
			i = chunkEnd(line, start)
			if countRunes(line[start:i]) > limit {
				return true
			}
		}
	}
	return false
}

func endsSentence(line string) bool {
	return line != "" && strings.IndexByte(`.?!"'`, line[len(line)-1]) >= 0
}

// holdsPolicy searches for the six phrases about terms, privacy and cookies.
func holdsPolicy(lowered []byte) bool {
	if holds(lowered, "terms of use") || holds(lowered, "privacy policy") {
		return true
	}
	return holds(lowered, "cookie") && (holds(lowered, "cookie policy") || holds(lowered, "uses cookies") ||
		holds(lowered, "use of cookies") || holds(lowered, "use cookies"))
}

func holds(lowered []byte, phrase string) bool { return bytes.Contains(lowered, []byte(phrase)) }

// lowerForSearch maps the text to lower case as far as a search for ASCII phrases needs: A to Z
// and the Kelvin sign, whose lower case is k.
func lowerForSearch(text string) []byte {
	if strings.Contains(text, "\u212a") {
		text = strings.ReplaceAll(text, "\u212a", "k")
	}
	lowered := []byte(text)
	for i, c := range lowered {
		if c-'A' < 26 {
			lowered[i] = c | 0x20
		}
	}
	return lowered
}

// removeCitations takes [digits], [], [edit] and [citation needed] out of a line.
func removeCitations(line string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(line, '[')
		if open < 0 {
			break
		}
		if n := citationLen(line[open:]); n > 0 {
			b.WriteString(line[:open])
			line = line[open+n:]
			continue
		}
		b.WriteString(line[:open+1])
		line = line[open+1:]
	}
	if b.Len() == 0 {
		return line
	}
	b.WriteString(line)
	return b.String()
}

// citationLen is the length of the citation mark at the start of s, 0 for none.
func citationLen(s string) int {
	for _, mark := range [...]string{"[edit]", "[citation needed]"} {
		if strings.HasPrefix(s, mark) {
			return len(mark)
		}
	}
	for i, r := range s[1:] {
		switch {
		case r == ']':
			return 1 + i + 1
		case !unicode.IsDigit(r):
			return 0
		}
	}
	return 0
}

// countSentences counts the sentences of a line as spaCy's sentencizer does, but no further than most: a sentence ends with a
// word that is one sentence terminal, and the next begins with the next word that is not punctuation.
func countSentences(line string, most int) int {
	walk := words{text: line, mode: WordsPunctuation}
	count, ended, any := 0, false, false
	for count < most {
		start, end, ok := walk.next()
		if !ok {
			break
		}
		any = true
		word := line[start:end]
		r, size := utf8.DecodeRuneInString(word)
		terminal := size == len(word) && isTerminal(r)
		switch {
		case terminal:
			ended = true
		case ended && !isPunctuation(word):
			count, ended = count+1, false
		}
	}
	if any && count < most {
		count++
	}
	return count
}

// isPunctuation reports whether every character of the word is of a Unicode punctuation category.
func isPunctuation(word string) bool {
	for _, r := range word {
		if !unicode.IsPunct(r) {
			return false
		}
	}
	return true
}
