package substring

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plainOrder sorts the suffixes by comparing them.
func plainOrder(t testing.TB, text []byte) []int32 {
	t.Helper()
	order := make([]int32, len(text))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(text[a:], text[b:]) })
	return order
}

func ordered(text []byte) []int32 {
	sa := make([]int32, len(text))
	sortSuffixes(text, sa, make([]uint64, (len(text)+1)/2))
	return sa
}

func TestSuffixArrayIsSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	compare := func(text string) {
		t.Helper()
		if got, want := ordered([]byte(text)), plainOrder(t, []byte(text)); !slices.Equal(got, want) {
			if len(text) > 300 {
				text = text[:300] + "…"
			}
			t.Fatalf("suffixes of %q:\n%v\nwant\n%v", text, got[:min(len(got), 100)], want[:min(len(got), 100)])
		}
	}
	compare("")
	for range 3000 {
		compare(strings.Join(mixture(rng, 1+rng.IntN(4)), ""))
	}
	for period := 1; period < 40; period++ {
		for _, n := range []int{2, 31, 100, 1000} {
			unit := letters(rng, period, 1+rng.IntN(26))
			compare(strings.Repeat(unit, n/period+2))
			compare("\x00" + strings.Repeat(unit, n/period+2) + "\xff" + strings.Repeat(unit, n/period+2) + "\x00\x00")
		}
	}
	// Runs that reach past what is compared first, at equal and at different distances.
	for range 300 {
		var b strings.Builder
		for range 6 {
			b.WriteString(letters(rng, rng.IntN(40), 3))
			b.WriteString(strings.Repeat(letters(rng, 1, 3), 20+rng.IntN(60)))
		}
		text := b.String()
		compare(text + letters(rng, 3, 3) + text[rng.IntN(20):])
	}
	// Long LMS substrings, of few kinds, some of which begin with others; zeros and the greatest byte among them.
	for range 300 {
		var b strings.Builder
		for range 1 + rng.IntN(30) {
			for c := rng.IntN(3); c < 256; c += 1 + rng.IntN(2)*rng.IntN(100) {
				b.WriteString(strings.Repeat(string([]byte{byte(c)}), 1+rng.IntN(2)))
				if rng.IntN(12) == 0 {
					break
				}
			}
			if rng.IntN(2) == 0 {
				b.WriteString("\xff\xff\x80\x00\x00")
			}
		}
		compare(b.String())
	}
	// More different LMS substrings than there is room for in the table.
	random := make([]byte, 30_000)
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	compare(string(random) + string(random[:9000]))
	compare(letters(rng, 20_000, 2))
	long := letters(rng, 3000, 4)
	compare(strings.Repeat(long, 5) + long[:1000])
}
