// Package langid tells 75 languages apart, and text that is in none of them, by the character n-grams of the start of a text.
//
// The classifier is built in: a linear model over hashed n-grams, trained by internal/fit on sentences whose authors model.LICENSE.md
// names. It is loaded on first use, takes 9 MB and is shared by all of the process.
//
// Invariants:
//   - The answer depends on the text and the options alone, and is the same on every machine bit by bit.
//   - Time and memory depend on the number of characters looked at, not on the length of the text.
//   - No text makes it panic: invalid UTF-8 and NUL bytes are just no letters.
//
// Example:
//
//	c, err := langid.New(nil)
//	…
//	best := c.Best("The council will meet again on Thursday.", 1000)
//	fmt.Println(best.Language, best.Score) // en 0.99…
package langid

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"corpus/filter/langid/internal/linear"
)

// modelFile is written by internal/fit; docs/format/langid.md describes it.
//
//go:embed model.bin
var modelFile []byte

// Undetermined is the code for text whose language cannot be told, or is none of those known (ISO 639-2).
const Undetermined = "und"

// MinLetters is the least number of letters that is judged; a Han character or kana counts as three.
const MinLetters = 3

// model is the embedded model.
var model = sync.OnceValues(func() (*linear.Model, error) { return linear.Read(modelFile) })

// Languages lists the languages known, as ISO 639-1 codes in order, without und.
func Languages() []string {
	return strings.Fields(`af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk ko la lg lt lv
		mi mk mn mr ms nb nl nn pa pl pt ro ru sk sl sn so sq sr st sv sw ta te th tl tn tr ts uk ur vi xh yo zh zu`)
}

// Digest is the digest of the model file: "sha256:" and 64 hex digits.
func Digest() string {
	sum := sha256.Sum256(modelFile)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Guess is a language and how likely it is.
type Guess struct {
	// Language is an ISO 639-1 code or und.
	Language string
	// Score is the probability that a text like this one, of its length, is in this language; 0 to 1.
	Score float64
}

// Classifier chooses among some languages. It is safe for concurrent use.
type Classifier struct {
	model   *linear.Model
	allowed []bool // by label; nil for all
}

// New makes a classifier that chooses among the languages with these codes and und; among all for none. The probabilities are then
// conditional on the text being in one of them or in an unknown language: what is in a language left out may go to a relative of it.
// The error is about a code that is not known.
func New(languages []string) (*Classifier, error) {
	m, err := model()
	if err != nil {
		return nil, err
	}
	c := &Classifier{model: m}
	if len(languages) == 0 {
		return c, nil
	}
	c.allowed = make([]bool, len(m.Labels))
	for _, code := range append([]string{Undetermined}, languages...) {
		l := slices.Index(m.Labels, code)
		if l < 0 {
			return nil, fmt.Errorf("%q is not a language that the classifier knows", code)
		}
		c.allowed[l] = true
	}
	return c, nil
}

// Best is the likeliest language of the first limit characters of a text; und with a score of 0 where there are fewer than MinLetters letters.
func (c *Classifier) Best(text string, limit int) Guess {
	g, _ := c.Line(text, limit, MinLetters)
	return g
}

// Line is Best, but judges only a text of at least so many letters within limit and reports whether it did.
func (c *Classifier) Line(text string, limit, letters int) (Guess, bool) {
	var room [96]float64
	p := c.probabilities(text, limit, letters, room[:0])
	if p == nil {
		return Guess{Language: Undetermined}, false
	}
	best := 0
	for l, v := range p {
		if v > p[best] {
			best = l
		}
	}
	return Guess{c.model.Labels[best], p[best]}, true
}

// Guesses are the n likeliest languages, und among them, best first, in dst, whose old content is overwritten; none where there are fewer than MinLetters
// letters. Of two that are equally likely the one with the lower code comes first.
func (c *Classifier) Guesses(text string, limit, n int, dst []Guess) []Guess {
	var room [96]float64
	dst = dst[:0]
	for l, v := range c.probabilities(text, limit, MinLetters, room[:0]) {
		at := len(dst)
		for at > 0 && v > dst[at-1].Score {
			at--
		}
		if at == n {
			continue
		}
		if len(dst) == n {
			dst = dst[:n-1]
		}
		dst = slices.Insert(dst, at, Guess{c.model.Labels[l], v})
	}
	return dst
}

// probabilities are those of all labels, in room if they fit; nil for too few letters.
func (c *Classifier) probabilities(text string, limit, letters int, room []float64) []float64 {
	s := c.model.Sum(text, limit)
	if int(s.Letters) < max(letters, 1) {
		return nil
	}
	p := c.model.Scores(s, slices.Grow(room, len(c.model.Labels)))
	c.model.Probabilities(s, p, c.allowed)
	return p
}
