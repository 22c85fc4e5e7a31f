package fasttext

import (
	"math"
	"math/rand/v2"
	"slices"
)

// learner moves the rows of the output towards what a text's vector should give, adds to grad what the vector is to move by, and
// returns the loss. targets are the right labels, at least one.
type learner interface {
	learn(targets []int32, hidden, grad []float32, rate float32) float64
}

func newLearner(m *Model, out *dense, o TrainOptions, random *rand.Rand) learner {
	rows := outputRows{out}
	switch m.args.loss {
	case lossTree:
		return &treeLoss{outputRows: rows, random: random, tree: m.tree, parents: parents(m.tree), labels: m.dict.labels}
	case lossNegative:
		return &negativeLoss{outputRows: rows, random: random, model: m, table: negatives(m.dict), count: o.Negatives}
	case lossOneVsAll:
		return &independentLoss{rows, m}
	}
	return &softmaxLoss{outputRows: rows, random: random, scores: make([]float32, m.dict.labels)}
}

type outputRows struct{ *dense }

// pull moves a row towards the text's vector by alpha, and notes what the text's vector is to move.
func (o outputRows) pull(row int, hidden, grad []float32, alpha float32) {
	r := o.row(row)
	grad, hidden = grad[:len(r)], hidden[:len(r)]
	for i, x := range r {
		grad[i] += float32(alpha * x)
		r[i] = x + float32(alpha*hidden[i])
	}
}

// softmaxLoss is that of one label among all; of several right ones one is drawn.
type softmaxLoss struct {
	outputRows
	random *rand.Rand
	scores []float32
}

func (l *softmaxLoss) learn(targets []int32, hidden, grad []float32, rate float32) float64 {
	target := targets[l.random.IntN(len(targets))]
	for k := range l.scores {
		l.scores[k] = l.dotRow(hidden, k)
	}
	softmax(l.scores)
	for k, p := range l.scores {
		want := float32(0)
		if int32(k) == target {
			want = 1
		}
		l.pull(k, hidden, grad, rate*(want-p))
	}
	return -math.Log(float64(l.scores[target]) + epsilon)
}

// binary is the loss of one yes or no.
func (m *Model) binary(o outputRows, row int, yes bool, hidden, grad []float32, rate float32) float64 {
	p := m.sigmoid(o.dotRow(hidden, row))
	if yes {
		o.pull(row, hidden, grad, rate*(1-p))
		return -math.Log(float64(p) + epsilon)
	}
	o.pull(row, hidden, grad, -rate*p)
	return -math.Log(float64(1-p) + epsilon)
}

// independentLoss asks every label on its own (one versus all).
type independentLoss struct {
	outputRows
	model *Model
}

func (l *independentLoss) learn(targets []int32, hidden, grad []float32, rate float32) (loss float64) {
	for k := range l.model.dict.labels {
		loss += l.model.binary(l.outputRows, k, slices.Contains(targets, int32(k)), hidden, grad, rate)
	}
	return loss
}

// treeLoss asks the nodes on the way from the root of the Huffman tree to one right label (hierarchical softmax; Mikolov et
// al. 2013, section 2.1).
type treeLoss struct {
	outputRows
	random  *rand.Rand
	tree    []node
	parents []int32
	labels  int
}

// parents are the nodes' parents, -1 of the root.
func parents(tree []node) []int32 {
	up := make([]int32, len(tree))
	up[len(up)-1] = -1
	for i, n := range tree {
		if n.left >= 0 {
			up[n.left], up[n.right] = int32(i), int32(i)
		}
	}
	return up
}

func (l *treeLoss) learn(targets []int32, hidden, grad []float32, rate float32) (loss float64) {
	at := targets[l.random.IntN(len(targets))]
	for up := l.parents[at]; up >= 0; at, up = up, l.parents[up] {
		// Prediction takes the logistic function itself, not the table: so does learning.
		row := int(up) - l.labels
		p := logistic(l.dotRow(hidden, row))
		if l.tree[up].right == at {
			l.pull(row, hidden, grad, rate*(1-p))
			loss -= math.Log(float64(p) + epsilon)
		} else {
			l.pull(row, hidden, grad, -rate*p)
			loss -= math.Log(float64(1-p) + epsilon)
		}
	}
	return loss
}

// negativeLoss asks one right label and some drawn by the square root of their counts (Mikolov et al. 2013, section 2.2).
type negativeLoss struct {
	outputRows
	random *rand.Rand
	model  *Model
	table  []int32
	count  int
}

// negativeTable is about the length of the table that labels are drawn from; each has one place at least.
const negativeTable = 1 << 20

func negatives(d *dictionary) (drawn []int32) {
	counts := d.counts[d.words:]
	sum := 0.0
	for _, n := range counts {
		sum += math.Sqrt(float64(n))
	}
	for i, n := range counts {
		drawn = append(drawn, slices.Repeat([]int32{int32(i)}, 1+int(negativeTable*math.Sqrt(float64(n))/sum))...)
	}
	return drawn
}

func (l *negativeLoss) learn(targets []int32, hidden, grad []float32, rate float32) float64 {
	target := targets[l.random.IntN(len(targets))]
	loss := l.model.binary(l.outputRows, int(target), true, hidden, grad, rate)
	for range l.count {
		if other := l.table[l.random.IntN(len(l.table))]; other != target {
			loss += l.model.binary(l.outputRows, int(other), false, hidden, grad, rate)
		}
	}
	return loss
}
