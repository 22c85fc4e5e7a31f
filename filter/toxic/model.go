package toxic

import (
	"fmt"
	"math"
	"slices"
)

// Weights are what a model consists of. The score of a passage of n words is
//
//	1 / (1 + exp(-(Bias + Σ weights / (n+1)^0.6)))
//
// where the sum goes over its words and over its pairs of words that stand side by side. Weights are whole numbers of
// a unit, so that a sum is the same in any order and on any machine.
type Weights struct {
	Bias float32
	// Words holds, by the hash of a word, its weight and those of its parts together, -32767 to 32767 WordUnits.
	Words map[uint64]int16
	// Masked are the hashes of the words that stand for a group of people. They weigh nothing, and in a pair all are the same word.
	Masked []uint64
	// Pairs and Grams are the weights of pairs and of the parts of words not in Words, at the places that Pair and Grams tell: 1<<18 each.
	Pairs, Grams                 []int8
	WordUnit, PairUnit, GramUnit float32
}

// Mask is the hash that stands for every masked word in a pair.
const Mask uint64 = 0x6d61736b6d61736b

// Open is the hash that stands before the first word of a text.
const Open uint64 = 0x6f70656e6f70656e

// Model scores texts. It never changes and is safe for concurrent use.
type Model struct {
	weights Weights
	// slots is a hash table of the words with linear probing, at most half full; its length is a power of two.
	slots []slot
	shift uint
	// factors are those of passages by their number of words.
	factors [2*pieceBytes + 1]float64
}

// slot holds a word: check is the low half of its hash, 0 where the slot is free.
type slot struct {
	check  uint32
	weight int32
}

// masked is the weight of a masked word.
const masked = math.MinInt16

const (
	// maxWords bounds the words of a model.
	maxWords = 1 << 20
	// maxWeight bounds the bias and the units, so that sums stay finite.
	maxWeight = 1e6
)

// New makes a model, or says what is wrong with the weights. It keeps them.
func New(w Weights) (*Model, error) {
	if len(w.Pairs) != 1<<pairBits || len(w.Grams) != 1<<gramBits {
		return nil, fmt.Errorf("%d pairs and %d parts, not %d and %d", len(w.Pairs), len(w.Grams), 1<<pairBits, 1<<gramBits)
	}
	if len(w.Words)+len(w.Masked) > maxWords {
		return nil, fmt.Errorf("%d words, more than %d", len(w.Words)+len(w.Masked), maxWords)
	}
	for _, f := range []float32{w.Bias, w.WordUnit, w.PairUnit, w.GramUnit} {
		if !(f > -maxWeight && f < maxWeight) {
			return nil, fmt.Errorf("a bias or unit of %v", f)
		}
	}
	size := 16
	for size < 2*(len(w.Words)+len(w.Masked)) {
		size *= 2
	}
	m := &Model{weights: w, slots: make([]slot, size), shift: 64}
	for n := size; n > 1; n /= 2 {
		m.shift--
	}
	for n := range m.factors {
		m.factors[n] = LengthFactor(n)
	}
	for _, hash := range w.Masked {
		m.insert(hash, masked)
	}
	for _, hash := range w.sortedWords() {
		if w.Words[hash] == masked {
			return nil, fmt.Errorf("a word's weight of %d", masked)
		}
		m.insert(hash, int32(w.Words[hash]))
	}
	return m, nil
}

// sortedWords gives the hashes of the words in order.
func (w *Weights) sortedWords() []uint64 {
	hashes := make([]uint64, 0, len(w.Words))
	for hash := range w.Words {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes)
	return hashes
}

// insert enters a word; the first of two that look alike stays.
func (m *Model) insert(hash uint64, weight int32) {
	check := checkOf(hash)
	i := mix(hash) >> m.shift
	for m.slots[i].check != 0 {
		if m.slots[i].check == check {
			return
		}
		i = (i + 1) & uint64(len(m.slots)-1)
	}
	m.slots[i] = slot{check, weight}
}

func checkOf(hash uint64) uint32 { return max(uint32(hash), 1) }

// find gives a word's weight, a masked one; ok is false for a word that the model does not have.
func (m *Model) find(hash uint64) (weight int32, ok bool) {
	check := checkOf(hash)
	for i := mix(hash) >> m.shift; ; i++ {
		s := m.slots[i&uint64(len(m.slots)-1)]
		if s.check == check {
			return s.weight, true
		}
		if s.check == 0 {
			return 0, false
		}
	}
}

// parts is the weight of a word that the model does not have, in GramUnits.
func (m *Model) parts(word []byte) int {
	var places [maxGrams]uint32
	sum := 0
	for _, place := range Grams(places[:0], word) {
		sum += int(m.weights.Grams[place])
	}
	return sum
}

// sum puts the sums of a passage together. The conversions keep the compiler from fusing the operations on some machines.
func (m *Model) sum(words, pairs, parts int) float64 {
	w := &m.weights
	return float64(float64(words)*float64(w.WordUnit)) + float64(float64(pairs)*float64(w.PairUnit)) + float64(float64(parts)*float64(w.GramUnit))
}

// probability is the score of a passage of n words, which are at most one for every byte of two pieces.
func (m *Model) probability(sum float64, n int) float64 {
	return logistic(float64(m.weights.Bias) + sum/m.factors[n])
}
