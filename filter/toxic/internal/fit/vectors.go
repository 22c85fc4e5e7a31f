package main

import (
	"math"
	"slices"

	"corpus/filter/toxic"
)

// settings are the choices made on the folds of the training rows; see docs/filters/toxicity.md.
type settings struct {
	cost   float64 // what an error on a row costs beside the length of the weights
	pair   float64 // the value of a pair, where that of a word is 1
	gram   float64 // the value of a part of a word
	cat    float64 // what a row of cat_large costs beside one of jigsaw_toxic
	frames float64 // what a filled frame costs beside one of jigsaw_toxic
	code   float64 // what a piece of a technical text costs beside one of jigsaw_toxic
	mask   bool    // whether words that name groups are masked
	epochs int
}

func chosen() settings {
	return settings{cost: .1, pair: .8, gram: .35, cat: .5, frames: .03, code: 1, mask: true, epochs: 20}
}

// The places of the features: the bias, then pairs, parts of words and words.
const (
	pairsAt = 1
	gramsAt = pairsAt + 1<<18
	wordsAt = gramsAt + 1<<18
)

// space numbers the features of the rows that it was made from.
type space struct {
	settings
	words   map[uint64]uint32 // by hash
	forms   map[uint64]string // the words themselves, to sum their parts
	masked  map[uint64]bool
	telling []float64 // what the value of each feature is multiplied by
}

// newSpace numbers the words of the rows. The value of every feature is multiplied by its inverse document frequency and by the root of how
// far its share among toxic rows is from that among the others, as the logarithm of their ratio (Wang and Manning 2012, section 2.1).
func newSpace(s settings, rows []row) *space {
	sp := &space{settings: s, words: map[uint64]uint32{}, forms: map[uint64]string{}, masked: map[uint64]bool{}}
	if s.mask {
		for _, word := range identityWords() {
			for t := range toxic.Tokens(word) {
				sp.masked[t.Hash] = true
			}
		}
	}
	var hashes []uint64
	for _, r := range rows {
		for t := range toxic.Tokens(r.text) {
			if _, ok := sp.forms[t.Hash]; !ok && !sp.masked[t.Hash] {
				sp.forms[t.Hash] = string(t.Word)
				hashes = append(hashes, t.Hash)
			}
		}
	}
	slices.Sort(hashes)
	for i, hash := range hashes {
		sp.words[hash] = uint32(wordsAt + i)
	}
	sp.telling = make([]float64, wordsAt+len(hashes))
	sp.weigh(rows)
	return sp
}

func (sp *space) weigh(rows []row) {
	// One is added to every count, so that a feature seen once says little.
	seen, last := make([]int, len(sp.telling)), make([]int, len(sp.telling))
	with := [2][]float64{make([]float64, len(sp.telling)), make([]float64, len(sp.telling))}
	var all [2]float64
	for i, r := range rows {
		side := 0
		if r.toxic {
			side = 1
		}
		all[side] += r.weight * sp.cost
		sp.features(r.text, func(at uint32, _ float64) {
			if last[at] != i+1 {
				last[at] = i + 1
				seen[at]++
				with[side][at] += r.weight * sp.cost
			}
		})
	}
	for i := range sp.telling {
		rare := math.Log(float64(1+len(rows)) / float64(1+seen[i]))
		ratio := (1 + with[1][i]) / (1 + all[1]) * (1 + all[0]) / (1 + with[0][i])
		sp.telling[i] = rare * math.Sqrt(math.Abs(math.Log(ratio)))
	}
}

// features calls f with the place and the value of every feature of a text and gives the number of words.
func (sp *space) features(text string, f func(at uint32, value float64)) int {
	n, previous := 0, toxic.Open
	var grams []uint32
	for t := range toxic.Tokens(text) {
		n++
		hash := t.Hash
		if sp.masked[hash] {
			hash = toxic.Mask
		} else {
			if at, ok := sp.words[hash]; ok {
				f(at, 1)
			}
			grams = toxic.Grams(grams[:0], t.Word)
			for _, g := range grams {
				f(gramsAt+g, sp.gram)
			}
		}
		f(pairsAt+toxic.Pair(previous, hash), sp.pair)
		previous = hash
	}
	return n
}

// example makes a row a vector.
func (sp *space) example(r row) example {
	sums := map[uint32]float64{}
	n := sp.features(r.text, func(at uint32, value float64) { sums[at] += value * sp.telling[at] })
	x := example{features: []uint32{0}, values: []float32{1}, toxic: r.toxic, cost: r.weight * sp.cost}
	for at := range sums {
		x.features = append(x.features, at)
	}
	slices.Sort(x.features[1:])
	for _, at := range x.features[1:] {
		x.values = append(x.values, float32(sums[at]/toxic.LengthFactor(n)))
	}
	return x
}

// train fits a model to rows.
func train(s settings, rows []row) toxic.Weights {
	sp := newSpace(s, rows)
	examples := make([]example, len(rows))
	for i, r := range rows {
		examples[i] = sp.example(r)
	}
	return sp.weights(fit(examples, len(sp.telling), s.epochs, 1))
}

// weights turns fitted weights into those of a model: what the features' values are multiplied by is put into them, and each word gets its
// parts' weights too.
func (sp *space) weights(fitted []float64) toxic.Weights {
	pairs, grams := make([]float64, 1<<18), make([]float64, 1<<18)
	for i := range pairs {
		pairs[i] = fitted[pairsAt+i] * sp.telling[pairsAt+i] * sp.pair
		grams[i] = fitted[gramsAt+i] * sp.telling[gramsAt+i] * sp.gram
	}
	var hashes []uint64
	for hash := range sp.words {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes)
	sums := make([]float64, len(hashes))
	for i, hash := range hashes {
		at := sp.words[hash]
		sums[i] = fitted[at] * sp.telling[at]
		for _, g := range toxic.Grams(nil, []byte(sp.forms[hash])) {
			sums[i] += grams[g]
		}
	}
	w := toxic.Weights{Bias: float32(fitted[0]), Words: map[uint64]int16{}}
	var whole []int
	whole, w.WordUnit = quantise(sums, math.MaxInt16)
	for i, hash := range hashes {
		w.Words[hash] = int16(whole[i])
	}
	w.Pairs, w.PairUnit = quantise8(pairs)
	w.Grams, w.GramUnit = quantise8(grams)
	for hash := range sp.masked {
		w.Masked = append(w.Masked, hash)
	}
	slices.Sort(w.Masked)
	return w
}

// quantise writes numbers as whole multiples of a unit, from -most to most.
func quantise(values []float64, most int) (whole []int, unit float32) {
	largest := 0.0
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	unit = float32(largest / float64(most))
	whole = make([]int, len(values))
	if unit == 0 {
		return whole, 1
	}
	for i, v := range values {
		whole[i] = min(max(int(math.Round(v/float64(unit))), -most), most)
	}
	return whole, unit
}

func quantise8(values []float64) ([]int8, float32) {
	whole, unit := quantise(values, math.MaxInt8)
	out := make([]int8, len(whole))
	for i, v := range whole {
		out[i] = int8(v)
	}
	return out, unit
}
