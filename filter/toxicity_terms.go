package filter

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"corpus"
	"corpus/filter/ahocorasick"
)

// toxicityTerms are the terms to look for, by language.
type toxicityTerms struct {
	own      *termSearch // the terms of the options alone
	lists    map[string]func() *termSearch
	fallback string
}

// newToxicityTerms reads the terms of the options and its files, and the lists.
func newToxicityTerms(options ToxicityOptions) (*toxicityTerms, error) {
	own, err := ownTerms(options)
	if err != nil {
		return nil, err
	}
	search, err := newTermSearch(own)
	if err != nil {
		return nil, corpus.BadOption("files", "%w", err)
	}
	t := &toxicityTerms{own: search, lists: map[string]func() *termSearch{}, fallback: options.FallbackLanguage}
	if len(options.Lists) == 0 {
		return t, nil
	}
	except, err := termPatterns(options.Except)
	if err != nil {
		return nil, corpus.BadOption("except", "%w", err)
	}
	for _, language := range toxicityListLanguages() {
		if len(options.Languages) > 0 && !slices.Contains(options.Languages, language) {
			continue
		}
		listed, err := toxicityList(language, except)
		if err != nil {
			return nil, corpus.BadOption("lists", "%w", err)
		}
		if err := checkTermBytes(own, listed); err != nil {
			return nil, corpus.BadOption("files", "%w", err)
		}
		// Most corpora have few of the languages, so that a search is made when the first document needs it.
		t.lists[language] = sync.OnceValue(func() *termSearch {
			search, err := newTermSearch(slices.Concat(own, listed))
			if err != nil {
				return t.own // does not happen: the sizes were checked
			}
			return search
		})
	}
	return t, nil
}

// ownTerms are the patterns of the terms of the options and of its files.
func ownTerms(options ToxicityOptions) ([]string, error) {
	own, err := termPatterns(options.Terms)
	if err != nil {
		return nil, corpus.BadOption("terms", "%w", err)
	}
	if err := checkTermBytes(own); err != nil {
		return nil, corpus.BadOption("terms", "%w", err)
	}
	given, size := len(own), 0
	add := func(term string) error {
		if !utf8.ValidString(term) {
			return fmt.Errorf("%q is not UTF-8", term)
		}
		words, err := termWords(term)
		if err != nil {
			return err
		}
		pattern := termPattern(words)
		if size += len(pattern); size > ahocorasick.MaxBytes {
			return fmt.Errorf("more than %d bytes of terms", ahocorasick.MaxBytes)
		}
		own = append(own, pattern)
		return nil
	}
	if err := readLists("files", options.Files, add); err != nil {
		return nil, err
	}
	if len(own) == given && len(options.Files) > 0 {
		return nil, corpus.BadOption("files", "no terms in %s", strings.Join(options.Files, ", "))
	}
	return own, nil
}

// termPatterns are the patterns of terms.
func termPatterns(terms []string) ([]string, error) {
	var patterns []string
	for _, term := range terms {
		words, err := termWords(term)
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, termPattern(words))
	}
	return patterns, nil
}

// of gives the search for a document's language.
func (t *toxicityTerms) of(language string) *termSearch {
	if search, ok := t.lists[language]; ok {
		return search()
	}
	if search, ok := t.lists[t.fallback]; ok {
		return search()
	}
	return t.own
}

// maxTermWords bounds the words of a term, and so the look ahead.
const maxTermWords = 16

// termWords are the words of a term, composed (NFC) as clean leaves texts and in lower case.
func termWords(term string) ([]string, error) {
	var list []string
	w := termWalk{text: norm.NFC.String(term)}
	word := []byte(nil)
	for {
		symbol, ok := w.next()
		if ok && symbol != termBreak {
			word = append(word, symbol)
			continue
		}
		if len(word) > 0 {
			list = append(list, string(word))
			word = word[:0]
		}
		if !ok {
			break
		}
	}
	if len(list) == 0 || len(list) > maxTermWords {
		return nil, fmt.Errorf("%q has %d words, not 1 to %d", term, len(list), maxTermWords)
	}
	return list, nil
}

// termBreak stands between words.
const termBreak = 0

// termPattern is a term as the search reads it: every word between breaks.
func termPattern(words []string) string { return "\x00" + strings.Join(words, "\x00") + "\x00" }

// checkTermBytes refuses more terms than a search takes.
func checkTermBytes(lists ...[]string) error {
	size := 0
	for _, list := range lists {
		for _, pattern := range list {
			size += len(pattern)
		}
	}
	if size > ahocorasick.MaxBytes {
		return fmt.Errorf("%d bytes of terms, more than %d", size, ahocorasick.MaxBytes)
	}
	return nil
}

// termWalk turns a text into words in lower case with a break behind each: runs of letters, marks and digits, with apostrophes inside. In
// scripts without spaces each Han, Kana, Thai, Lao, Burmese or Khmer character is a word, so that a term is found anywhere in a run.
type termWalk struct {
	text string
	pos  int
	// inside says that a word has begun; queue holds symbols that are still to come.
	inside bool
	queue  [2 * utf8.UTFMax]byte
	n, at  int
}

// next gives the next symbol, byte by byte; ok is false at the end. It is the plain form of what the search does.
func (w *termWalk) next() (symbol byte, ok bool) {
	for w.at == w.n {
		if w.pos >= len(w.text) {
			if !w.inside {
				return 0, false
			}
			w.inside = false
			return termBreak, true
		}
		w.read()
	}
	w.at++
	return w.queue[w.at-1], true
}

// read takes one character.
func (w *termWalk) read() {
	r, size := utf8.DecodeRuneInString(w.text[w.pos:])
	kind, folded := termRune(r, w.inside, w.text[w.pos+size:])
	w.pos += size
	out := w.queue[:0]
	switch kind {
	case termLetter:
		out, w.inside = utf8.AppendRune(out, folded), true
	default:
		if w.inside {
			out = append(out, termBreak)
		}
		if kind == termAlone {
			out = append(utf8.AppendRune(out, r), termBreak)
		}
		w.inside = false
	}
	w.n, w.at = len(out), 0
}

// What a character is to a term.
const (
	termGap    = iota // it ends a word
	termLetter        // it is part of one
	termAlone         // it is one
)

// termRune tells what a character is, and its lower case.
func termRune(r rune, inside bool, rest string) (kind int, folded rune) {
	switch {
	case runWidth(r) != 0:
		return termAlone, r
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
		return termLetter, unicode.ToLower(r)
	case (r == '\'' || r == '’') && inside && letterAfter(rest, 0):
		return termLetter, '\''
	}
	return termGap, 0
}
