package fasttext

import (
	"cmp"
	"slices"
)

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
		switch {
		case p < least:
		case k == 1 && len(best) == 1: // the usual question needs no sorting
			if p+epsilon > best[0].Score {
				best[0] = Prediction{Label: m.dict.names[m.dict.words+i], Score: p + epsilon}
			}
		default:
			best = append(best, Prediction{Label: m.dict.names[m.dict.words+i], Score: p + epsilon})
		}
	}
	slices.SortStableFunc(best, func(a, b Prediction) int { return cmp.Compare(b.Score, a.Score) })
	return best[:max(0, min(k, len(best)))]
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

// Scores appends the score of every label, in the order of Labels, to dst; zeros for a text without anything that the model knows.
func (m *Model) Scores(dst []float32, text string) []float32 {
	buf := m.scratch.Get().(*buffers)
	defer m.scratch.Put(buf)
	if !m.scores(text, buf) {
		return append(dst, make([]float32, m.dict.labels)...)
	}
	for _, p := range buf.output {
		dst = append(dst, p+epsilon)
	}
	return dst
}

// epsilon is what fastText adds before it takes a logarithm.
const epsilon = 1e-5

// scores fills buf.output with the probability of every label.
func (m *Model) scores(text string, buf *buffers) bool {
	if !m.vector(text, buf) {
		return false
	}
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
			buf.output[i] = m.sigmoid(m.output.dotRow(buf.hidden, i))
		}
	}
	return true
}
