package filter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"corpus"
)

// ToxicityOptions are a list of words and phrases and the share of them that is too much.
type ToxicityOptions struct {
	// Terms are words or phrases, matched as whole words in any letter case; default none.
	Terms []string `yaml:"terms" jsonschema_description:"Words or phrases, matched as whole words in any letter case; default none."`
	// Files hold further terms, one a line, with # comments; default none. Terms and files together must name at least one term.
	Files []string `yaml:"files" jsonschema_description:"Files of further terms, one a line, # starts a comment; default none."`
	// MaxRatio is the largest share of a document's words that may belong to terms; 0 to 1, default 1: never reject, only tag.
	MaxRatio float64 `yaml:"max_ratio" jsonschema_description:"Largest share of a document's words that may belong to terms; 0 to 1, default 1: never reject, only tag."`
}

// DefaultToxicityOptions returns the defaults: no terms, which NewToxicity refuses, and tagging only.
func DefaultToxicityOptions() ToxicityOptions { return ToxicityOptions{MaxRatio: 1} }

// FileNames are the files that the options name.
func (o ToxicityOptions) FileNames() []string { return o.Files }

// Validate reports the first bad option. The files are read by NewToxicity.
func (o ToxicityOptions) Validate() error {
	if len(o.Terms) == 0 && len(o.Files) == 0 {
		return corpus.BadOption("terms", "no terms: the stage needs a list of terms or files")
	}
	for _, term := range o.Terms {
		if _, err := termWords(term); err != nil {
			return corpus.BadOption("terms", "%w", err)
		}
	}
	return checkRange("max_ratio", o.MaxRatio, 1)
}

// Toxicity is the stage toxicity. It counts the listed terms in a text.
type Toxicity struct {
	options ToxicityOptions
	// terms holds, by first word, the further words of each term, longest first.
	terms map[string][][]string
}

// NewToxicity makes the stage and reads its files, or returns an OptionError.
func NewToxicity(options ToxicityOptions) (*Toxicity, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &Toxicity{options: options, terms: map[string][][]string{}}
	add := func(term string) error {
		list, err := termWords(term)
		if err == nil {
			stage.terms[list[0]] = append(stage.terms[list[0]], list[1:])
		}
		return err
	}
	for _, term := range options.Terms {
		if err := add(term); err != nil {
			return nil, corpus.BadOption("terms", "%w", err)
		}
	}
	if err := readLists("files", options.Files, add); err != nil {
		return nil, err
	}
	if len(stage.terms) == 0 {
		return nil, corpus.BadOption("files", "no terms in %s", strings.Join(options.Files, ", "))
	}
	for _, tails := range stage.terms {
		slices.SortStableFunc(tails, func(a, b []string) int { return len(b) - len(a) })
	}
	return stage, nil
}

// Name returns "toxicity".
func (*Toxicity) Name() string { return "toxicity" }

// Process sets the signals toxicity_terms, the number of terms, and toxicity_ratio, the share of words that belong to them, on
// every live document, and rejects those above the limit under the rule ratio.
func (t *Toxicity) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		terms, share := t.measure(doc.Text)
		doc.SetSignal("toxicity_terms", float64(terms))
		doc.SetSignal("toxicity_ratio", share)
		if share > t.options.MaxRatio {
			doc.Reject(t.Name(), "ratio", share)
		}
	}
	return nil
}

// measure counts the terms, which do not overlap, from the left, the longest first, and the share of words in them.
func (t *Toxicity) measure(text string) (terms int, share float64) {
	total, listed := 0, 0
	walk := plainWords{text: text}
	for {
		word, ok := walk.next()
		if !ok {
			return terms, ratio(listed, total)
		}
		total++
		tails, ok := t.terms[string(word)]
		if !ok {
			continue
		}
		for _, tail := range tails {
			ahead := plainWords{text: text, pos: walk.pos}
			if ahead.follows(tail) {
				terms++
				listed += 1 + len(tail)
				total += len(tail)
				walk.pos = ahead.pos
				break
			}
		}
	}
}

// maxTermWords bounds the words of a term, and so the look ahead.
const maxTermWords = 16

func termWords(term string) ([]string, error) {
	var list []string
	walk := plainWords{text: norm.NFC.String(term)} // as clean leaves texts
	for {
		word, ok := walk.next()
		if !ok {
			break
		}
		list = append(list, string(word))
	}
	if len(list) == 0 || len(list) > maxTermWords {
		return nil, fmt.Errorf("%q has %d words, not 1 to %d", term, len(list), maxTermWords)
	}
	return list, nil
}

// plainWords walks over runs of letters, marks and digits, with apostrophes inside, folded to lower case. In scripts without spaces
// each Han, Kana, Thai, Lao, Burmese or Khmer character is a word, so that a term is found anywhere in a run.
type plainWords struct {
	text string
	pos  int
	word []byte
}

// maxPlainWord bounds a word in bytes; a longer run is cut.
const maxPlainWord = 256

// next returns the next word, valid until the following call.
func (p *plainWords) next() (word []byte, ok bool) {
	p.word = p.word[:0]
	for p.pos < len(p.text) {
		b := p.text[p.pos]
		if b < utf8.RuneSelf && class[b]&classAlnum != 0 {
			if class[b]&classUpper != 0 {
				b += 'a' - 'A'
			}
			p.word = append(p.word, b)
			p.pos++
		} else {
			r, size := utf8.DecodeRuneInString(p.text[p.pos:])
			switch {
			case runWidth(r) != 0:
				if len(p.word) == 0 {
					p.pos += size
					p.word = utf8.AppendRune(p.word, r)
				}
				return p.word, true
			case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
				p.word = utf8.AppendRune(p.word, unicode.ToLower(r))
			case (r == '\'' || r == '’') && len(p.word) > 0 && letterAfter(p.text, p.pos+size):
				p.word = append(p.word, '\'')
			case len(p.word) > 0:
				return p.word, true
			}
			p.pos += size
		}
		if len(p.word) >= maxPlainWord {
			return p.word, true
		}
	}
	return p.word, len(p.word) > 0
}

// follows reports whether the next words are those of tail, and stands behind them if so.
func (p *plainWords) follows(tail []string) bool {
	for _, want := range tail {
		if word, ok := p.next(); !ok || string(word) != want {
			return false
		}
	}
	return true
}
