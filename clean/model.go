package clean

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"corpus/clean/internal/trees"

	"golang.org/x/net/html/atom"
)

// The model is two ensembles of decision trees, which clean/internal/fit makes (model.LICENSE.md says of what). The first sees
// each block by itself and where it stands; the second sees also what the first thinks of the blocks and elements around.
//
//go:embed model.bin
var modelFile []byte

type model struct {
	first, second *trees.Fast
	odds          *trees.Odds
}

// builtIn is the model, read once.
var builtIn = sync.OnceValues(func() (*model, error) { return readModel(modelFile) })

func readModel(file []byte) (*model, error) {
	m, err := trees.Read(file)
	if err != nil {
		return nil, fmt.Errorf("model of main content: %w", err)
	}
	if len(m) != 2 || m[0].Features != fBlockOnly || m[1].Features != fAll {
		return nil, errors.New("model of main content: made for other features")
	}
	first, err1 := trees.NewFast(m[0])
	second, err2 := trees.NewFast(m[1])
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("model of main content: %w", err)
	}
	return &model{first: first, second: second, odds: trees.NewOdds()}, nil
}

// judge returns the probability of each block that it is main content.
func (m *model) judge(s *sight) []float32 {
	rows := s.rows(fAll)
	prob := make([]float32, len(s.blocks))
	m.odds.Rows(m.first, rows, fAll, prob)
	s.second(rows, prob)
	m.odds.Rows(m.second, rows, fAll, prob)
	s.overrule(prob)
	return prob
}

// fewForum is the number of elements that call the page a forum's up to which it is none.
const fewForum = 2

// overrule gives no probability to banners that ask for consent and, but on a forum's page, to readers' comments and to what
// an attribute or a style hides.
func (s *sight) overrule(prob []float32) {
	out := comment | asVeiled | asConsent
	if s.forum > fewForum {
		out = asConsent
	}
	for i := range prob {
		// What holds most of a page is plain however it is marked.
		if !s.plain[i] && s.elems2[s.blocks[i].elem].any&out != 0 {
			prob[i] = 0
		}
	}
	s.fill(prob)
}

// fill makes headings, code, lists and tables within running text as probable as what stands before and behind: the pages that the
// model was made of hold few of them.
func (s *sight) fill(prob []float32) {
	s.fillRuns(prob, item, row, pre)
	s.fillRuns(prob, item, row)
	s.fillRuns(prob, heading)
}

// fillRuns does so for runs of blocks of some kinds.
func (s *sight) fillRuns(prob []float32, kinds ...kind) {
	for i := 0; i < len(prob); i++ {
		from := i
		for i < len(prob) && slices.Contains(kinds, s.blocks[i].kind) && s.fills(&s.blocks[i], i) {
			i++
		}
		if from == i || from == 0 || !s.within(from-1, i-1) {
			continue
		}
		around := prob[from-1]
		if i < len(prob) && s.within(from-1, i) {
			around = min(around, prob[i])
		} else if s.blocks[from-1].kind != paragraph {
			continue
		}
		for k := from; k < i; k++ {
			prob[k] = max(prob[k], around)
		}
	}
}

// fillLinks is the share of words in links from which a heading, an item or a row is rather part of a menu.
const fillLinks = 0.3

// fills reports code, and other blocks that no mark and no links speak against.
func (s *sight) fills(b *block, i int) bool {
	return b.kind == pre || s.plain[i] && b.linked <= fillLinks*b.words
}

// within reports whether the element that holds block i as one of its parts holds block k too.
func (s *sight) within(i, k int) bool {
	e := &s.elems[s.elems[s.blocks[i].elem].parent]
	return k < int(e.to)
}

// expected returns the probability from which blocks are kept so that the expected F-measure of the text is highest: of
// the blocks in the order of their probability the prefix with the greatest
//
//	(1+β²)·Σ p·n / (Σ n + β²·Σ_all p·n)
//
// where n are words. (Ye et al., "Optimizing F-measures", ICML 2012: the optimum keeps a prefix.)
func expected(p *page, prob []float32, beta2 float64) float32 {
	// The bits of a float32 that is not negative are in the order of its values: one word holds a probability, the
	// highest first, and the block.
	order := make([]uint64, len(prob))
	total := 0.0
	for i, v := range prob {
		order[i] = uint64(^math.Float32bits(v))<<32 | uint64(i)
		total += float64(float64(v) * float64(p.blocks[i].words))
	}
	slices.Sort(order)
	best, threshold := -1.0, float32(2)
	in, words := 0.0, 0.0
	for _, o := range order {
		i := uint32(o)
		n := float64(p.blocks[i].words)
		in += float64(float64(prob[i]) * n)
		words += n
		if f := ratio(float64((1+beta2)*in), words+float64(beta2*total)); f > best {
			best, threshold = f, prob[i]
		}
	}
	return threshold
}

// keepExpected drops the blocks whose probability is too low to raise the expected F-measure.
func (p *page) keepExpected(prob []float32, beta2 float64) {
	threshold := expected(p, prob, beta2)
	for i := range p.blocks {
		p.blocks[i].drop = prob[i] < threshold
	}
	p.wholeTables()
}

// wholeTables keeps all rows of a table of data of which half the words or more are kept: a row that is missing, or the names of the
// columns, make nonsense of the others.
func (p *page) wholeTables() {
	all := make([]float64, len(p.blocks)+1)
	for i := range p.blocks {
		all[i+1] = all[i] + float64(p.blocks[i].words)
	}
	kept := p.sum(func(i int) float32 { return p.blocks[i].words })
	for i := range p.elems {
		e := &p.elems[i]
		if e.atom != atom.Table || e.to-e.from < 2 || 2*(kept[e.to]-kept[e.from]) < all[e.to]-all[e.from] || !p.isData(e) {
			continue
		}
		for k := e.from; k < e.to; k++ {
			p.blocks[k].drop = false
		}
	}
}

// fewWords is the number of words up to which a block may be a caption, or a row of one cell.
const fewWords = 20

// isData reports whether a table holds rows, perhaps a caption, and nothing else.
func (p *page) isData(table *elem) bool {
	rows := 0
	for k := table.from; k < table.to; k++ {
		switch b := &p.blocks[k]; {
		case b.kind == row:
			rows++
		case b.kind != paragraph || b.words > fewWords:
			return false
		}
	}
	return rows >= 2
}

// Values of Options.Focus.
const (
	FocusPrecision = "precision"
	FocusBalanced  = "balanced"
	FocusRecall    = "recall"
)

// beta2Of is the weight of recall against precision, β², of a focus.
func beta2Of(focus string) float64 {
	switch focus {
	case FocusPrecision:
		return 0.25
	case FocusRecall:
		return 4
	}
	return 1
}
