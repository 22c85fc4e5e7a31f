package fasttext

import (
	"cmp"
	"math"
	"slices"
)

// buffers are what one prediction needs.
type buffers struct {
	ids    []int32
	hashes []uint32
	hidden []float32
	output []float32
}

func newBuffers(m *Model) *buffers {
	return &buffers{hidden: make([]float32, m.args.dim), output: make([]float32, m.dict.labels)}
}

// Predict returns the k labels with the highest scores, the highest first, of those whose score is at least "least". Line ends
// in the text count as spaces. A text without anything that the model knows has no predictions.
func (m *Model) Predict(text string, k int, least float32) []Prediction {
	buf := m.scratch.Get().(*buffers)
	defer m.scratch.Put(buf)
	if !m.scores(text, buf) {
		return nil
	}
	var best []Prediction
	for i, p := range buf.output {
		if p >= least {
			best = append(best, Prediction{Label: m.dict.entries[m.dict.words+i].word, Score: p + epsilon})
		}
	}
	slices.SortStableFunc(best, func(a, b Prediction) int { return cmp.Compare(b.Score, a.Score) })
	return best[:min(k, len(best))]
}

// Score is the score of one label, 0 for a text without anything that the model knows. The label is an index of Labels.
func (m *Model) Score(text string, label int) float32 {
	buf := m.scratch.Get().(*buffers)
	defer m.scratch.Put(buf)
	if !m.scores(text, buf) {
		return 0
	}
	return buf.output[label] + epsilon
}

// epsilon is what fastText adds before it takes a logarithm.
const epsilon = 1e-5

// scores fills buf.output with the probability of every label.
func (m *Model) scores(text string, buf *buffers) bool {
	ids := m.dict.line(text, buf)
	if len(ids) == 0 {
		return false
	}
	m.mean(ids, buf.hidden)
	switch m.args.loss {
	case lossTree:
		m.walk(buf)
	case lossSoftmax:
		for i := range buf.output {
			buf.output[i] = m.output.dotRow(buf.hidden, i)
		}
		softmax(buf.output)
	default:
		for i := range buf.output {
			buf.output[i] = sigmoid(m.output.dotRow(buf.hidden, i))
		}
	}
	return true
}

// mean is the vector of a text.
func (m *Model) mean(ids []int32, hidden []float32) {
	clear(hidden)
	for _, id := range ids {
		m.input.addRow(hidden, int(id))
	}
	scale := float32(1 / float64(len(ids)))
	for i := range hidden {
		hidden[i] *= scale
	}
}

func softmax(x []float32) {
	most := x[0]
	for _, v := range x {
		most = max(most, v)
	}
	var sum float32
	for i, v := range x {
		x[i] = float32(math.Exp(float64(v - most)))
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}

// The table of the logistic function that fastText looks values up in; between -8 and 8 in 512 steps.
const (
	sigmoidSteps = 512
	sigmoidMost  = 8
)

// sigmoid is the logistic function as fastText's table has it, so that scores are equal to its.
func sigmoid(x float32) float32 {
	switch {
	case x < -sigmoidMost:
		return 0
	case x > sigmoidMost:
		return 1
	}
	i := int((x + sigmoidMost) * sigmoidSteps / sigmoidMost / 2)
	at := float32(i*2*sigmoidMost)/sigmoidSteps - sigmoidMost
	return float32(1 / (1 + math.Exp(-float64(at))))
}
