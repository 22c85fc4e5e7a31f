package dedup

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// hashFamily makes a signature of a set of random 64-bit numbers.
type hashFamily struct {
	name string
	make func(set []uint64) []uint32
}

// families are ours and two to hold it against: k independent permutations, and one permutation with optimal densification.
func families(k int, seed uint64) []hashFamily {
	s, p := newSketcher(k), newPermutations(k, seed)
	return []hashFamily{
		{"sketch", func(set []uint64) []uint32 {
			s.begin()
			s.add(set)
			return slices.Clone(s.sketch(nil))
		}},
		{"permutations", func(set []uint64) []uint32 {
			v := slices.Repeat([]uint32{math.MaxUint32}, k)
			p.lower(v, slices.Clone(set))
			return v
		}},
		{"one permutation", func(set []uint64) []uint32 { return densified(k, set) }},
	}
}

// densified is one-permutation hashing whose empty bins copy another by a hash of the bin and the attempt alone
// (Shrivastava, "Optimal densification for fast and accurate minwise hashing", ICML 2017).
func densified(k int, set []uint64) []uint32 {
	v := slices.Repeat([]uint32{math.MaxUint32}, k)
	for _, x := range set {
		bin, _ := bits.Mul64(x, uint64(k))
		v[bin] = min(v[bin], uint32(x))
	}
	out := slices.Clone(v)
	for i := range out {
		for attempt := uint64(1); out[i] == math.MaxUint32; attempt++ {
			bin, _ := bits.Mul64(mix64(uint64(i)<<32|attempt), uint64(k))
			out[i] = v[bin]
		}
	}
	return out
}

// twoSets draws two sets of n numbers and returns their Jaccard similarity, as near to j as n allows.
func twoSets(rng *rand.Rand, n int, j float64) (a, b []uint64, similarity float64) {
	common := int(math.Round(2 * float64(n) * j / (1 + j)))
	for range common {
		x := rng.Uint64()
		a, b = append(a, x), append(b, x)
	}
	for range n - common {
		a, b = append(a, rng.Uint64()), append(b, rng.Uint64())
	}
	return a, b, float64(common) / float64(2*n-common)
}

func sharesBand(a, b []uint32, rows int) bool {
	for i := 0; i < len(a); i += rows {
		if slices.Equal(a[i:i+rows], b[i:i+rows]) {
			return true
		}
	}
	return false
}

// At 256 bins the sketch must behave as 256 independent permutations would, for sets smaller than the bins too: no bias, an error no
// larger, and bands of 8 that catch as many pairs as the formula says. go test -v prints the other families beside it.
func TestSketchFollowsTheCurve(t *testing.T) {
	const bands, rows, seeds = 32, 8, 3
	trials := 150.0
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{20, 60, 300, 1000} {
		for _, j := range []float64{.5, .6, .7, .8, .9} {
			var caught, mean, square [3]float64
			var s float64
			for seed := range uint64(seeds) {
				list := families(bands*rows, seed)
				for range int(trials) / seeds {
					var a, b []uint64
					a, b, s = twoSets(rng, n, j)
					for f, family := range list {
						x, y := family.make(a), family.make(b)
						if sharesBand(x, y, rows) {
							caught[f] += 1 / trials
						}
						e := float64(equalValues(x, y))/(bands*rows) - s
						mean[f] += e / trials
						square[f] += e * e / trials
					}
				}
			}
			want := 1 - math.Pow(1-math.Pow(s, rows), bands)
			sigma := math.Sqrt(s * (1 - s) / (bands * rows))
			t.Logf("%4d elements, J %.3f: caught %.3f, sketch %.3f, permutations %.3f, one permutation %.3f; error %.4f, %.4f, %.4f, formula %.4f",
				n, s, want, caught[0], caught[1], caught[2], math.Sqrt(square[0]), math.Sqrt(square[1]), math.Sqrt(square[2]), sigma)
			if limit := 4.5 * math.Sqrt(want*(1-want)/trials); math.Abs(caught[0]-want) > limit+.03*want*(1-want) {
				t.Errorf("%d elements, J %.3f: %.3f of the pairs are caught, want %.3f ± %.3f", n, s, caught[0], want, limit)
			}
			if limit := 4.5 * sigma / math.Sqrt(trials); math.Abs(mean[0]) > limit {
				t.Errorf("%d elements, J %.3f: the estimate is off by %.4f on average, more than %.4f", n, s, mean[0], limit)
			}
			if got := math.Sqrt(square[0]); got > 1.2*sigma {
				t.Errorf("%d elements, J %.3f: standard error %.4f, want at most that of permutations, %.4f", n, s, got, sigma)
			}
		}
	}
}

// A text of very many different shingles that leaves a bin empty is read again; the result is that of the plain reference.
func TestSketchReadsAgain(t *testing.T) {
	const k = 64
	rng := rand.New(rand.NewPCG(2, 2))
	var set []uint64
	for len(set) < 2*maxKept {
		if x := rng.Uint64(); x>>58 != 5 { // no shingle falls into bin 5 in the first round
			set = append(set, x)
		}
	}
	s := newSketcher(k)
	s.begin()
	s.add(set)
	times := 0
	got := s.sketch(func(throw func([]uint64)) { times++; throw(set) })
	want := uint32(math.MaxUint32)
	for _, x := range set {
		h := again64(x, 1)
		if h>>58 == 5 {
			want = min(want, uint32(h))
		}
	}
	if times != 2 || got[5] != want { // once to see that they are too many to keep
		t.Errorf("read again %d times, bin 5 is %d; want twice and %d", times, got[5], want)
	}
}

// A long text that repeats a few words leaves most bins empty: it must not be read once for every round.
func TestSketchOfRepetitions(t *testing.T) {
	set := make([]uint64, 3*maxKept)
	for i := range set {
		set[i] = mix64(uint64(i % 10))
	}
	s := newSketcher(256)
	s.begin()
	s.add(set)
	times := 0
	long := slices.Clone(s.sketch(func(throw func([]uint64)) { times++; throw(set) }))
	s.begin()
	s.add(set[:10])
	if short := s.sketch(nil); times != 1 || !slices.Equal(long, short) {
		t.Errorf("read again %d times, want once; the sketch of a set must not depend on repetitions: %t", times, slices.Equal(long, short))
	}
}

func TestRuneTable(t *testing.T) {
	table := runes()
	for r := range rune(0x11000) {
		word, alone := table.of(r)
		if want := wordRune(r); word != want || alone != (want != 0 && isUnspaced(r)) {
			t.Fatalf("%U: got %U, %t, want %U", r, word, alone, want)
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	s := newSketcher(256)
	for _, c := range []struct {
		name  string
		words int
	}{{"100 words", 100}, {"1000 words", 1000}, {"10000 words", 10_000}} {
		rng := rand.New(rand.NewPCG(3, 3))
		set := make([]uint64, c.words)
		for i := range set {
			set[i] = rng.Uint64()
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(6 * c.words)) // of text
			for b.Loop() {
				s.begin()
				s.add(set)
				s.sketch(nil)
			}
		})
	}
}
