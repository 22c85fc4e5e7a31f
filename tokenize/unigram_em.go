package tokenize

import (
	"context"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

const (
	// emChunks is the number of parts that the words are summed in. It does not depend on the processors, so that
	// neither does the order in which numbers are added.
	emChunks = 32
	// leastExpected is how often a piece must be expected to occur to be kept (sentencepiece, unigram_model_trainer.cc).
	leastExpected = 0.5
	// leastLikelihood is the least likelihood of a word that is computed without logarithms. All that matters to it is far above
	// the least number that a float64 holds with full precision, 2e-308.
	leastLikelihood = 1e-250
)

// segmenter goes through the segmentations of words into pieces. It is for one goroutine.
type segmenter struct {
	trie   *trie     // its ids are indexes into the pieces
	scores []float64 // of the pieces
	odds   []float64 // exp(scores)

	edges         []edge
	ahead, behind []float64
	ends          []bestEnd
}

// edge is a piece that may lie between two places of a word.
type edge struct{ from, to, piece uint32 }

// find lists the pieces in a word by their beginnings.
func (s *segmenter) find(word []byte) {
	edges := s.edges[:0]
	for i := range word {
		if p := s.trie.single(word[i]); p != noID {
			edges = append(edges, edge{uint32(i), uint32(i + 1), p})
		}
		if i+1 == len(word) {
			break
		}
		for j, node := i+2, s.trie.pair(word[i], word[i+1]); node != 0; j++ {
			if p := s.trie.nodes[node].id; p != noID {
				edges = append(edges, edge{uint32(i), uint32(j), p})
			}
			if j == len(word) {
				break
			}
			node = s.trie.child(node, word[j])
		}
	}
	s.edges = edges
}

// expect adds to sums how often each piece is expected in a word that occurs count times, by the forward-backward
// algorithm (Kudo 2018, section 3.2, step E).
func (s *segmenter) expect(word []byte, count float64, sums []float64) {
	s.find(word)
	s.ahead, s.behind = zeros(s.ahead, len(word)+1), zeros(s.behind, len(word)+1)
	ahead, behind := s.ahead, s.behind
	ahead[0] = 1
	for _, e := range s.edges {
		// The conversions keep a compiler from fusing the operations, whose result would depend on the processor.
		ahead[e.to] += float64(ahead[e.from] * s.odds[e.piece])
	}
	z := ahead[len(word)]
	if z < leastLikelihood {
		s.expectLog(word, count, sums)
		return
	}
	behind[len(word)] = count / z
	for i := len(s.edges) - 1; i >= 0; i-- {
		e := s.edges[i]
		w := float64(s.odds[e.piece] * behind[e.to])
		behind[e.from] += w
		sums[e.piece] += float64(ahead[e.from] * w)
	}
}

// expectLog is expect by logarithms, which is slower and can be done for words of any length. The edges were found.
func (s *segmenter) expectLog(word []byte, count float64, sums []float64) {
	ahead, behind := s.ahead, s.behind
	for i := range ahead {
		ahead[i], behind[i] = math.Inf(-1), math.Inf(-1)
	}
	ahead[0], behind[len(word)] = 0, 0
	for _, e := range s.edges {
		ahead[e.to] = addLogs(ahead[e.to], ahead[e.from]+s.scores[e.piece])
	}
	z := ahead[len(word)]
	for i := len(s.edges) - 1; i >= 0; i-- {
		e := s.edges[i]
		w := s.scores[e.piece] + behind[e.to]
		behind[e.from] = addLogs(behind[e.from], w)
		sums[e.piece] += float64(count * math.Exp(ahead[e.from]+w-z))
	}
}

// addLogs is log(exp(a)+exp(b)).
func addLogs(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// best calls f with the pieces of the best segmentation, the last one first. The piece without is not used.
func (s *segmenter) best(word []byte, without uint32, f func(piece uint32)) {
	s.find(word)
	s.ends = s.ends[:0]
	for range len(word) + 1 {
		s.ends = append(s.ends, bestEnd{id: noID})
	}
	for i, e := range s.edges {
		if e.piece == without {
			continue
		}
		score := s.ends[e.from].score + s.scores[e.piece]
		if end := &s.ends[e.to]; end.id == noID || score > end.score {
			end.score, end.id = score, uint32(i)
		}
	}
	for i := uint32(len(word)); i > 0; {
		e := s.edges[s.ends[i].id]
		f(e.piece)
		i = e.from
	}
}

// zeros returns n zeros, in the memory of a slice if they fit.
func zeros(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// sumWords adds up what f finds in every word, a number for each piece. The result does not depend on the number of goroutines.
func (t *unigramTrainer) sumWords(ctx context.Context, f func(s *segmenter, word []byte, count float64, sums []float64)) ([]float64, error) {
	var next atomic.Int64
	turns := make([]chan struct{}, emChunks+1) // closed when all chunks before were added
	for i := range turns {
		turns[i] = make(chan struct{})
	}
	close(turns[0])
	total := make([]float64, len(t.pieces))
	group, running := errgroup.WithContext(ctx)
	for range min(emChunks, runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			s, sums := t.newSegmenter(), make([]float64, len(t.pieces))
			for {
				chunk := int(next.Add(1)) - 1
				if chunk >= emChunks {
					return nil
				}
				for i := t.chunks[chunk]; i < t.chunks[chunk+1] && running.Err() == nil; i++ {
					from, to := t.text.word(i)
					f(s, t.text.bytes[from:to], float64(t.text.counts[i]), sums)
				}
				select { // those before are being worked on, for chunks are taken in order
				case <-turns[chunk]:
				case <-running.Done():
					return running.Err()
				}
				for i, n := range sums {
					total[i] += n
				}
				clear(sums)
				close(turns[chunk+1])
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return total, nil
}

func (t *unigramTrainer) newSegmenter() *segmenter {
	return &segmenter{trie: t.trie, scores: t.scores, odds: t.odds}
}

// digamma is the logarithmic derivative of the gamma function, for x > 0 (Bernardo 1976, AS 103: the recurrence up to
// where the asymptotic series is exact to 1e-12).
func digamma(x float64) float64 {
	var y float64
	for x < 10 {
		y -= 1 / x
		x++
	}
	f := 1 / (x * x)
	var series float64
	for _, c := range [...]float64{1. / 132, 1. / 240, 1. / 252, 1. / 120, 1. / 12} {
		series = float64(f * (c - series)) // not fused, as in expect
	}
	return y + math.Log(x) - 0.5/x - series
}
