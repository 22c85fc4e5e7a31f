package paragraph

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// The bounds of what a Filter may be asked for.
const (
	leastRate    = 1e-12
	mostRate     = .5
	mostExpected = 1_000_000_000_000
)

// A Filter is a Bloom filter of paragraphs (Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13(7), 1970). It never takes a paragraph that
// it holds for a new one; it takes a new one for one that it holds at a rate that grows with what it holds.
//
// All bits of a paragraph lie in one block (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", JEA 14, 2009), here of 512 bytes, so that one
// page of memory is touched instead of one for each hash. That costs 3 % more memory at a rate of 1e-5, where blocks of a cache line would cost 23 %.
//
// Which copies go depends on the order of the calls, so a Filter is not safe for concurrent use: documents come in the order of the
// inputs from one goroutine, while others hash.
type Filter struct {
	words  []uint64
	blocks uint64
	hashes int
	added  int64
}

const (
	blockBits  = 4096
	blockWords = blockBits / 64
	mostHashes = 40 // what the least rate asks for: -log2 of it
)

// NewFilter makes an empty filter of opts.FilterBytes bytes, or returns the error of opts.Validate. The caller sees to it that the memory is there.
func NewFilter(opts Options) (*Filter, error) {
	opts.Method = Bloom
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	blocks, hashes := filterShape(opts.Expected, opts.FalsePositiveRate)
	if blocks > math.MaxInt/blockBits {
		return nil, fmt.Errorf("a filter for %d paragraphs is larger than memory can be", opts.Expected)
	}
	return &Filter{words: make([]uint64, blocks*blockWords), blocks: blocks, hashes: hashes}, nil
}

// FilterBytes is the memory of a Filter: 24.7 bits for each paragraph expected at a rate of 1e-5, 14.5 at 1e-3.
func (o Options) FilterBytes() int64 {
	blocks, _ := filterShape(o.Expected, o.FalsePositiveRate)
	return int64(blocks) * blockBits / 8
}

// filterShape is the least number of blocks, within 1 %, and the number of hashes that give a rate. Without blocks these would be -ln(rate)/ln²2
// bits for each paragraph and ln 2 times as many hashes, which makes half of the bits ones; blocks that are fuller than others cost a little more.
func filterShape(expected int64, rate float64) (blocks uint64, hashes int) {
	n := float64(max(1, expected))
	for bits := -math.Log(rate) / (math.Ln2 * math.Ln2); ; bits *= 1.01 {
		blocks = uint64(math.Ceil(n * bits / blockBits))
		hashes = min(mostHashes, max(1, int(math.Round(bits*math.Ln2))))
		if filterRate(n, float64(blocks), hashes) <= rate {
			return blocks, hashes
		}
	}
}

// filterRate is the rate of false positives to expect with n keys in: the mean over the number of keys in a block, which follows Poisson's law, of
// the rate of a filter of one block, (1 - (1-1/m)^(ki))^k for i keys, m bits and k hashes (Putze, Sanders and Singler, section 3).
func filterRate(n, blocks float64, hashes int) float64 {
	mean, k := n/blocks, float64(hashes)
	if mean == 0 {
		return 0
	}
	spread := 12*math.Sqrt(mean) + 40 // what lies beyond adds nothing
	rate := 0.0
	for i := math.Floor(max(0, mean-spread)); i <= mean+spread; i++ {
		gamma, _ := math.Lgamma(i + 1)
		share := math.Exp(i*math.Log(mean) - mean - gamma)
		rate += share * math.Pow(-math.Expm1(k*i*math.Log1p(-1.0/blockBits)), k)
	}
	return min(1, rate)
}

// Add puts a key in and reports whether it was there before, or seemed to be.
func (f *Filter) Add(key Key) bool {
	// The places are the numbers of a generator that all 128 bits of the key start. Double hashing (Kirsch and Mitzenmacher 2006) would place them at
	// one distance from one another, of which a block has too few.
	at, step := binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])|1
	block, _ := bits.Mul64(at, f.blocks)
	words := (*[blockWords]uint64)(f.words[block*blockWords:])
	missing := uint64(0)
	for range f.hashes {
		at += step
		bit := mix(at) % blockBits
		mask := uint64(1) << (bit % 64)
		missing |= ^words[bit/64] & mask
		words[bit/64] |= mask
	}
	if missing == 0 {
		return true
	}
	f.added++
	return false
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Repeats appends those paragraphs of one document that the filter holds already and puts the others in.
func (f *Filter) Repeats(paragraphs []Paragraph, into []Repeat) []Repeat {
	for _, p := range paragraphs {
		if f.Add(p.Key) {
			into = append(into, Repeat{Offset: p.Offset, Partner: NoPartner})
		}
	}
	return into
}

// Added is the number of paragraphs that were new.
func (f *Filter) Added() int64 { return f.added }

// Rate is the rate of false positives that is expected with what the filter holds now.
func (f *Filter) Rate() float64 { return filterRate(float64(f.added), float64(f.blocks), f.hashes) }
