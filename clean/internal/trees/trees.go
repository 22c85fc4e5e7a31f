// Package trees evaluates ensembles of oblivious decision trees: trees in which all nodes of a level ask the same
// question (Kohavi, "Bottom-up induction of oblivious read-once decision graphs", ECML 1994; Prokhorenkova et al.,
// "CatBoost: unbiased boosting with categorical features", NeurIPS 2018, section 4). Such a tree is a row of questions, whose answers
// are the bits of the leaf's number: no branch depends on data.
//
// Leaves are whole numbers and are added as such, so that a model gives the same result on every machine.
package trees

import "fmt"

// Unit is the number of leaf units in one unit of log odds.
const Unit = 1024

// MaxDepth is the greatest number of questions of a tree.
const MaxDepth = 8

// MaxValue is the greatest value of a feature.
const MaxValue = 127

// Model is an ensemble. Its sum over trees is the log odds of the answer yes. It does not change once made and is
// safe for concurrent use.
type Model struct {
	Features   int      // numbers in a row
	Depth      int      // questions of each tree, 1 to MaxDepth
	Bias       int32    // log odds before the first tree, in 1/Unit
	Asks       []uint16 // feature of each question, Depth for each tree
	Thresholds []uint8  // the question is whether the feature is greater than this, 0 to MaxValue
	Leaves     []int16  // 1<<Depth for each tree, in 1/Unit
}

// Trees is the number of trees.
func (m *Model) Trees() int { return len(m.Asks) / m.Depth }

// Sum returns the log odds of a row, in 1/Unit. The row has at least Features numbers, each MaxValue at most. It is the plain
// reference of Fast.
func (m *Model) Sum(row []uint8) int32 {
	sum := m.Bias
	leaves := m.Leaves
	for t := 0; t+m.Depth <= len(m.Asks); t += m.Depth {
		asks, thresholds := m.Asks[t:t+m.Depth], m.Thresholds[t:t+m.Depth]
		leaf := 0
		for k, f := range asks {
			bit := 0
			if row[f] > thresholds[k] {
				bit = 1
			}
			leaf |= bit << k
		}
		sum += int32(leaves[leaf])
		leaves = leaves[1<<m.Depth:]
	}
	return sum
}

// Probabilities of log odds from -8 to 8 in steps of 1/256.
const (
	steps    = 256
	oddsEnd  = 8
	perStep  = Unit / steps
	oddsSize = 2*oddsEnd*steps + 1
)

// Odds turns log odds into probabilities. It is a table of sums of products that are rounded each by itself, so that no
// machine may fuse them and all give the same numbers.
type Odds [oddsSize]float32

// NewOdds makes the table.
func NewOdds() *Odds {
	var o Odds
	// e^(1/256), to the precision of float64; powers of it by repeated multiplication.
	const root = 1.0039138893383475734436096039034
	e := 1.0
	for i := 0; i <= oddsEnd*steps; i++ {
		p := float64(e / float64(1+e))
		o[oddsEnd*steps+i], o[oddsEnd*steps-i] = float32(p), float32(1-p)
		e = float64(e * root)
	}
	return &o
}

// Probability returns the probability of log odds in 1/Unit.
func (o *Odds) Probability(sum int32) float32 {
	i := (sum + perStep/2) >> 2
	return o[max(-oddsEnd*steps, min(oddsEnd*steps, i))+oddsEnd*steps]
}

// lanes is the number of rows that are compared at a time, a byte each of a word.
const (
	lanes = 8
	each  = 0x0101010101010101
	high  = 0x80 * each
)

// Fast is a model laid out for Rows: its features are fewer than 256 and its trees of fastDepth questions.
type Fast struct {
	bias     int32
	features int
	trees    []fastTree
}

const fastDepth = 6

type fastTree struct {
	asks   [fastDepth]uint8
	adds   [fastDepth]uint64 // 127 less the threshold, in every lane
	leaves [1 << fastDepth]int16
}

// NewFast lays out a model. Trees of fewer questions get questions that no row answers with yes.
func NewFast(m *Model) (*Fast, error) {
	if m.Features > 256 || m.Depth > fastDepth {
		return nil, fmt.Errorf("decision trees of depth %d over %d features: at most %d and 256 can be laid out", m.Depth, m.Features, fastDepth)
	}
	f := &Fast{bias: m.Bias, features: m.Features, trees: make([]fastTree, m.Trees())}
	for t := range f.trees {
		tree := &f.trees[t]
		for k := range m.Depth {
			i := t*m.Depth + k
			tree.asks[k], tree.adds[k] = uint8(m.Asks[i]), uint64(MaxValue-m.Thresholds[i])*each
		}
		copy(tree.leaves[:], m.Leaves[t<<m.Depth:(t+1)<<m.Depth])
	}
	return f, nil
}

// Rows writes the probability of each row, width numbers apart, each MaxValue at most. It compares the same feature of eight rows by one
// addition: a byte of at most 127 plus 127-t reaches 128 where it is greater than t, and never spills into the next.
func (o *Odds) Rows(m *Fast, rows []uint8, width int, prob []float32) {
	var columns [256]uint64
	for start := 0; start < len(prob); start += lanes {
		n := min(lanes, len(prob)-start)
		clear(columns[:])
		for lane := range n {
			row := rows[(start+lane)*width:]
			for f, v := range row[:m.features] {
				columns[f&0xFF] |= uint64(v) << (lane * 8)
			}
		}
		sums := m.sums(&columns)
		for lane := range n {
			prob[start+lane] = o.Probability(sums[lane])
		}
	}
}

// sums returns the log odds of eight rows. columns hold a feature each, a byte for each row.
func (m *Fast) sums(columns *[256]uint64) (sums [lanes]int32) {
	for lane := range sums {
		sums[lane] = m.bias
	}
	for t := range m.trees {
		tree := &m.trees[t]
		leaf := (columns[tree.asks[0]]+tree.adds[0])&high>>7 |
			(columns[tree.asks[1]]+tree.adds[1])&high>>6 |
			(columns[tree.asks[2]]+tree.adds[2])&high>>5 |
			(columns[tree.asks[3]]+tree.adds[3])&high>>4 |
			(columns[tree.asks[4]]+tree.adds[4])&high>>3 |
			(columns[tree.asks[5]]+tree.adds[5])&high>>2
		sums[0] += int32(tree.leaves[leaf&63])
		sums[1] += int32(tree.leaves[leaf>>8&63])
		sums[2] += int32(tree.leaves[leaf>>16&63])
		sums[3] += int32(tree.leaves[leaf>>24&63])
		sums[4] += int32(tree.leaves[leaf>>32&63])
		sums[5] += int32(tree.leaves[leaf>>40&63])
		sums[6] += int32(tree.leaves[leaf>>48&63])
		sums[7] += int32(tree.leaves[leaf>>56&63])
	}
	return sums
}
