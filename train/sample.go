package train

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// sampler picks the next token from logits.
type sampler struct {
	temperature float64
	topK        int
	topP        float64
	seed        uint64
	drawn       uint64 // tokens picked so far: the counter of the draws
	candidates  []candidate
}

type candidate struct {
	id    uint32
	logit float64
	p     float64
}

// pick draws one id. With temperature 0 it is the likeliest, the lowest id among equals.
func (s *sampler) pick(logits []float32) (uint32, error) {
	s.candidates = s.candidates[:0]
	for id, v := range logits {
		if math.IsNaN(float64(v)) {
			return 0, errors.New("the model gives NaN")
		}
		s.candidates = append(s.candidates, candidate{id: uint32(id), logit: float64(v)})
	}
	order := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id))
	}
	if s.temperature == 0 {
		return slices.MinFunc(s.candidates, order).id, nil
	}
	slices.SortFunc(s.candidates, order)
	kept := s.candidates
	if s.topK > 0 {
		kept = kept[:min(s.topK, len(kept))]
	}
	var sum float64
	for i := range kept {
		kept[i].p = math.Exp((kept[i].logit - kept[0].logit) / s.temperature)
		sum += kept[i].p
	}
	kept, sum = nucleus(kept, sum, s.topP)
	s.drawn++
	left := uniform(s.seed, sampleStream, s.drawn) * sum
	for _, c := range kept {
		if left -= c.p; left <= 0 {
			return c.id, nil
		}
	}
	return kept[len(kept)-1].id, nil // what rounding left over
}

// nucleus keeps the fewest candidates, likeliest first, whose share of sum reaches p (Holtzman et al.,
// The Curious Case of Neural Text Degeneration, 2020, section 3.1), and returns the sum of those.
func nucleus(sorted []candidate, sum, p float64) ([]candidate, float64) {
	if p <= 0 || p >= 1 {
		return sorted, sum
	}
	var kept float64
	for i, c := range sorted {
		kept += c.p
		if kept >= p*sum {
			return sorted[:i+1], kept
		}
	}
	return sorted, sum
}
