package paragraph

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

// A plainText is a text in pieces: white space, unit, white space, …, unit, white space. A unit begins with its first line, and its last character is
// not white space.
type plainText struct {
	space []string // one more than units
	units []string
}

func plainSplit(text, unit string) plainText {
	p := plainText{space: []string{""}}
	open := false // the line before belongs to the same paragraph
	for _, line := range strings.SplitAfter(text, "\n") {
		content := strings.TrimRight(line, "\n\t\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
		behind := &p.space[len(p.space)-1]
		switch {
		case content == "":
			*behind += line
			open = false
			continue
		case open && unit == Paragraphs:
			p.units[len(p.units)-1] += *behind + content
			*behind = line[len(content):]
		default:
			p.units = append(p.units, content)
			p.space = append(p.space, line[len(content):])
		}
		open = true
	}
	return p
}

// without joins what stays: of the white space around units that go the piece with more line feeds, at the ends of the text the outer one.
func (p plainText) without(gone []bool) string {
	text, before, some := p.space[0], "", false
	for i := 0; i < len(p.units); i++ {
		if !gone[i] {
			text += before + p.units[i]
			before, some = p.space[i+1], true
			continue
		}
		for i+1 < len(p.units) && gone[i+1] {
			i++
		}
		behind := p.space[i+1]
		if !some {
			continue
		}
		if i+1 == len(p.units) || strings.Count(behind, "\n") > strings.Count(before, "\n") {
			before = behind
		}
	}
	return text + before
}

// A plainCopy is a unit that is compared.
type plainCopy struct {
	scope, normal string
	rank          []byte
	doc, unit     int
}

func (c plainCopy) before(o plainCopy) bool {
	if d := bytes.Compare(c.rank, o.rank); d != 0 {
		return d < 0
	}
	return c.doc < o.doc || c.doc == o.doc && c.unit < o.unit
}

// plainAll compares every unit with every other one, and returns what is left of the texts and which documents are dropped.
func plainAll(docs []*corpus.Document, opts Options, rank func(*corpus.Document) []byte) (left []string, dropped []bool) {
	normal := map[string]func(string) string{None: strings.TrimSpace, Fold: plainFold, CCNet: plainCCNet}[opts.Normalize]
	var split []plainText
	var copies []plainCopy
	for i, d := range docs {
		split = append(split, plainSplit(d.Text, opts.Unit))
		scope := map[string]string{Corpus: "", Source: d.Source, Domain: strings.TrimPrefix(d.URL, "https://www.")}[opts.Scope]
		if opts.Scope == Domain && d.URL == "" {
			scope = "source " + d.Source
		}
		for j, u := range split[i].units {
			if len(strings.TrimSpace(u)) >= opts.MinLength && len(strings.Fields(u)) >= opts.MinWords && normal(u) != "" {
				copies = append(copies, plainCopy{scope, normal(u), rank(d), i, j})
			}
		}
	}
	gone := make([][]bool, len(docs))
	for i := range docs {
		gone[i] = make([]bool, len(split[i].units))
	}
	for _, c := range copies {
		better, equal := 0, 0
		for _, o := range copies {
			if o.scope == c.scope && o.normal == c.normal {
				equal++
				if o.before(c) {
					better++
				}
			}
		}
		gone[c.doc][c.unit] = better >= max(1, opts.Keep) || opts.Keep == 0 && equal > 1
	}
	for i, p := range split {
		lost, all := 0, 0
		for j, u := range p.units {
			all += len(u)
			if gone[i][j] {
				lost += len(u)
			}
		}
		left = append(left, p.without(gone[i]))
		dropped = append(dropped, lost > 0 && (len(strings.TrimSpace(left[i])) < opts.MinDocument || float64(lost)/float64(all) > opts.DropShare))
	}
	return left, dropped
}

// TestLikeQuadratic compares every option with its plain meaning, down to the bytes that are left.
func TestLikeQuadratic(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 1))
		opts := randomOptions(r)
		opts.Scope = []string{Corpus, Source, Domain}[r.IntN(3)]
		opts.MinLength, opts.Keep = 1+r.IntN(8), r.IntN(4)
		opts.MinDocument, opts.DropShare = r.IntN(12), []float64{0, .2, .5, 1}[r.IntN(4)]
		var docs []*corpus.Document
		for i := range 1 + r.IntN(8) {
			d := &corpus.Document{Ref: corpus.MakeRef(i/3, i%3), Text: randomText(r), Source: []string{"s", "t"}[r.IntN(2)]}
			d.URL = []string{"", "https://www.s.com", "https://www.t.co.uk"}[r.IntN(3)]
			docs = append(docs, d)
		}
		rank := func(*corpus.Document) []byte { return nil }
		if r.IntN(2) == 0 {
			rank = func(d *corpus.Document) []byte { return []byte(strings.Repeat("\x00", len(d.Text)%3)) }
		}
		left, dropped := plainAll(docs, opts, rank)
		for i, got := range exchange(t, opts, rank, docs) {
			if diff := cmp.Diff(left[i], got.Text); diff != "" || got.Drop != dropped[i] {
				t.Fatalf("seed %d, %+v, document %d %q: drop %t, want %t\n%s", seed, opts, i, docs[i].Text, got.Drop, dropped[i], diff)
			}
		}
	}
}
