package paragraph

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/big"
	"testing"
)

func keyOf(i uint64) Key {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64(nil, i))
	return Key(sum[:16])
}

func newFilter(t testing.TB, expected int64, rate float64) *Filter {
	t.Helper()
	opts := DefaultOptions()
	opts.Expected, opts.FalsePositiveRate = expected, rate
	f, err := NewFilter(opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFilterRate fills filters with the expected number of keys and asks for as many others. The expected number of false
// positives is measured within five standard deviations.
func TestFilterRate(t *testing.T) {
	const asked = 200_000
	for _, test := range []struct {
		expected int64
		rate     float64
	}{{1000, .1}, {100_000, .01}, {100_000, 1e-3}, {20_000, 1e-4}} {
		f := newFilter(t, test.expected, test.rate)
		for i := range test.expected {
			f.Add(keyOf(uint64(i)))
		}
		if rate := f.Rate(); rate > 1.01*test.rate || test.expected > 10_000 && rate < .8*test.rate {
			t.Errorf("%v: rate %v is expected when full", test, rate)
		}
		for i := range test.expected {
			if !f.holds(keyOf(uint64(i))) {
				t.Fatalf("%v: a key that was added is missing", test)
			}
		}
		found := 0
		for i := range uint64(asked) {
			if f.holds(keyOf(1<<40 + i)) {
				found++
			}
		}
		want := f.Rate() * asked
		// The share of ones differs between filters too: of 1,000 keys by more than the questions do.
		if spread := 5 * (math.Sqrt(want) + want/math.Sqrt(float64(test.expected))); math.Abs(float64(found)-want) > spread {
			t.Errorf("%v: %d of %d, not %.0f ± %.0f", test, found, asked, want, spread)
		}
	}
}

// holds asks without adding: a plain reference of Add, on a set of bits.
func (f *Filter) holds(key Key) bool {
	from := new(big.Int).SetUint64(binary.LittleEndian.Uint64(key[:8]))
	block := new(big.Int).Rsh(from.Mul(from, new(big.Int).SetUint64(f.blocks)), 64).Uint64()
	for i := range uint64(f.hashes) {
		bit := block*blockBits + mix(binary.LittleEndian.Uint64(key[:8])+(i+1)*(binary.LittleEndian.Uint64(key[8:])|1))%blockBits
		if f.words[bit/64]&(1<<(bit%64)) == 0 {
			return false
		}
	}
	return true
}

func TestFilterAdd(t *testing.T) {
	f := newFilter(t, 1000, 1e-6)
	for i := range uint64(500) {
		if f.Add(keyOf(i)) != false || f.Add(keyOf(i)) != true {
			t.Fatalf("key %d is not new once and known then", i)
		}
	}
	if f.Added() != 500 {
		t.Errorf("%d added", f.Added())
	}
}

func TestFilterOverfull(t *testing.T) {
	f := newFilter(t, 1000, 1e-3)
	for i := range uint64(10_000) {
		f.Add(keyOf(i))
	}
	if rate := f.Rate(); rate < .3 {
		t.Errorf("ten times too many keys give a rate of %v", rate)
	}
}

func TestFilterBytes(t *testing.T) {
	for _, test := range []struct {
		expected int64
		rate     float64
		want     int64
	}{
		{10_000_000_000, 1e-5, 30_863_000_000},
		{1, .5, 512},
	} {
		opts := DefaultOptions()
		opts.Expected, opts.FalsePositiveRate = test.expected, test.rate
		if got := opts.FilterBytes(); math.Abs(float64(got-test.want)) > .01*float64(test.want) {
			t.Errorf("%d at %v: %d bytes", test.expected, test.rate, got)
		}
	}
}
