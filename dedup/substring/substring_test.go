package substring

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

var textBytes = flag.Int("text-bytes", 2e6, "bytes of real text on which the methods are compared")

func optionsFor(length, keep int) Options {
	o := DefaultOptions()
	o.MinLength, o.Keep, o.MinDocument, o.PartitionBytes = length, keep, 0, max(64, 2*length)
	return o
}

func TestAgreesWithPlainSearchOnRandomTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 1000
	if testing.Short() {
		rounds = 300
	}
	for range rounds {
		texts := mixture(rng, 1+rng.IntN(4))
		o := optionsFor(2+rng.IntN(60), rng.IntN(4))
		if rng.IntN(4) > 0 {
			o.PartitionBytes = 1 << 20
		}
		checkRanked(t, texts, randomRanks(rng, len(texts)), o)
	}
}

// Wide windows: the place that a window chooses may lie hundreds of bytes behind its beginning.
func TestWideWindows(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 26))
	for _, length := range []int{256, 500, 1000} {
		for _, extra := range []int{-1, 0, 1, 300} {
			shared := letters(rng, length+extra, 4)
			texts := []string{
				letters(rng, length/3, 4) + shared + letters(rng, 200, 4),
				shared[max(0, extra)/2:] + letters(rng, length/2, 4) + shared,
				letters(rng, 1+rng.IntN(600), 4) + shared + shared[:length/2] + "y",
			}
			check(t, texts, optionsFor(length, 1))
			o := optionsFor(length, 1)
			o.PartitionBytes = mostSuffixes
			check(t, texts, o)
		}
	}
}

// The passage stays where the rank is least, and what is removed elsewhere says so.
func TestRank(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	shared := letters(rng, 40, 26)
	texts := []string{"first " + shared, "second " + shared, "third " + shared, "fourth " + shared}
	ranks := []uint32{2, 1, 0, 0}
	for _, method := range []string{Anchors, SuffixArray} {
		o := optionsFor(30, 1)
		o.Method = method
		made := makeTexts(t, texts)
		made.Rank(ranks)
		got := map[int]int{}
		for r := range find(t, made, o).Removals() {
			for _, part := range r.Ranges {
				got[r.Document] = part.Partner
			}
		}
		if diff := cmp.Diff(map[int]int{0: 2, 1: 2, 3: 2}, got); diff != "" {
			t.Errorf("%s: documents and their partners (-want +got):\n%s", method, diff)
		}
	}
	made := makeTexts(t, texts)
	made.Rank(ranks[:3])
	f, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(context.Background(), made); err == nil {
		t.Error("three ranks for four documents are no error")
	}
}

func TestAgreesWithPlainSearchOnPeriodicTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for period := 1; period <= 12; period++ {
		unit := letters(rng, period, 26)
		for _, length := range []int{2, 3, 5, 8, 13, 16, 40} {
			for keep := range 4 {
				long := strings.Repeat(unit, 120/period+1)
				check(t, []string{long}, optionsFor(length, keep))
				check(t, []string{long[:length], long, "x" + long[3:] + "y", long[:2*length], long[1 : length+period-1]}, optionsFor(length, keep))
				check(t, []string{long + "-" + long, long[:len(long)/2] + "+" + long, long[:0]}, optionsFor(length, keep))
				checkRanked(t, []string{long + "-" + long, long[:len(long)/2] + "+" + long, long}, []uint32{1, 2, 0}, optionsFor(length, keep))
			}
		}
	}
}

// oddText makes one byte many times, a Fibonacci string, random bytes, runs, characters of several bytes cut anywhere, or next to nothing.
func oddText(rng *rand.Rand) string {
	n := rng.IntN(300)
	switch rng.IntN(7) {
	case 0:
		return strings.Repeat(string([]byte{byte(rng.IntN(256))}), n)
	case 1:
		a, b := "a", "ab"
		for len(b) < n {
			a, b = b, b+a
		}
		return b[:min(n, len(b))]
	case 2:
		random := make([]byte, n)
		for i := range random {
			random[i] = byte(rng.Uint32())
		}
		return string(random)
	case 3:
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(strings.Repeat(letters(rng, 1, 3), rng.IntN(70)))
			b.WriteString("\xff\x00\x80"[:rng.IntN(4)])
		}
		return b.String()
	case 4:
		return strings.Repeat("ä中\u2028😀e\u0301א\r\n\x00", 1+n/20)[rng.IntN(4):]
	case 5:
		return letters(rng, n, 2)
	}
	return letters(rng, rng.IntN(4), 2)
}

// Lengths are those around which windows are treated otherwise: the filter of the suffix array takes one of 4, 8, 16 or 32 positions.
func TestAgreesWithPlainSearchOnOddTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(27, 28))
	lengths := []int{2, 3, 4, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 1000}
	for range 300 {
		var texts []string
		size := 0
		for range 2 + rng.IntN(6) {
			text := oddText(rng)
			if len(texts) > 0 && rng.IntN(2) == 0 {
				part := texts[rng.IntN(len(texts))]
				text = part[rng.IntN(len(part)+1):] + letters(rng, rng.IntN(3), 2)
			}
			texts = append(texts, text)
			size += len(text)
		}
		o := optionsFor(lengths[rng.IntN(len(lengths))], rng.IntN(4))
		for parts := 1; parts <= 3; parts++ {
			o.PartitionBytes = max(2*o.MinLength, size/parts+o.MinLength)
			checkRanked(t, texts, randomRanks(rng, len(texts)), o)
		}
	}
}

func TestLengthIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, length := range []int{2, 3, 4, 7, 16, 50, 100, 255, 256, 257, 500, 1000} {
		for extra := -1; extra <= 1; extra++ {
			shared := letters(rng, max(1, length+extra), 26)
			texts := []string{"ä" + shared + "0" + letters(rng, length, 26), letters(rng, length, 26) + "1" + shared + "2"}
			check(t, texts, optionsFor(length, 1))
			want := int64(2 * max(0, extra+1))
			if length > 4 {
				for _, method := range []string{Anchors, SuffixArray} {
					o := optionsFor(length, 1)
					o.Method = method
					if got := find(t, makeTexts(t, texts), o).Repeated.Count(); got != want {
						t.Errorf("%s: %d bytes in common, length %d: %d positions, want %d", method, len(shared), length, got, want)
					}
				}
			}
		}
	}
}

// removals are copies of all removals.
func removals(r *Result) []Removal {
	var all []Removal
	for removal := range r.Removals() {
		removal.Ranges = slices.Clone(removal.Ranges)
		all = append(all, removal)
	}
	return all
}

func TestMethodsAgreeOnRealText(t *testing.T) {
	texts := join(t, readTexts(t, *textBytes))
	for _, length := range []int{50, 100, 500, 1000} {
		for _, parts := range []int{1, 3} {
			o := optionsFor(length, 1)
			anchors := find(t, texts, o)
			o.Method, o.PartitionBytes = SuffixArray, int(texts.Size())/parts+1
			suffixes := find(t, texts, o)
			t.Logf("length %d, %d parts: %d of %d positions", length, parts, anchors.Repeated.Count(), texts.Size())
			if !anchors.Repeated.Equal(suffixes.Repeated) {
				t.Errorf("length %d, %d parts: the methods find %d and %d positions, not the same ones", length, parts, anchors.Repeated.Count(), suffixes.Repeated.Count())
			}
			if anchors.Repeated.Count() == 0 {
				t.Errorf("length %d: nothing is repeated", length)
			}
			// Partners may differ where a passage is repeated within itself; what goes may not.
			if diff := cmp.Diff(united(removals(anchors)), united(removals(suffixes))); diff != "" {
				t.Errorf("length %d, %d parts: removed (-anchors, +suffix_array):\n%.2000s", length, parts, diff)
			}
		}
	}
}

// united are the bytes that go, without partners: document, beginning, end.
func united(all []Removal) [][3]int64 {
	var bytes [][3]int64
	for _, r := range all {
		for _, part := range r.Ranges {
			if n := len(bytes); n > 0 && bytes[n-1][0] == int64(r.Document) && bytes[n-1][2] == part.Offset {
				bytes[n-1][2] += part.Length
				continue
			}
			bytes = append(bytes, [3]int64{int64(r.Document), part.Offset, part.Offset + part.Length})
		}
	}
	return bytes
}

func TestResultDoesNotDependOnPartitions(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	texts := append(mixture(rng, 3), mixture(rng, 3)...)
	texts = append(texts, texts...)
	o := optionsFor(12, 1)
	o.Method, o.PartitionBytes = SuffixArray, mostSuffixes
	want := removals(find(t, makeTexts(t, texts), o))
	for _, size := range []int{24, 25, 100, 333} {
		o.PartitionBytes = size
		if diff := cmp.Diff(want, removals(find(t, makeTexts(t, texts), o))); diff != "" {
			t.Errorf("partitions of %d bytes (-want +got):\n%s", size, diff)
		}
	}
	if len(want) == 0 {
		t.Error("nothing is repeated")
	}
}

// Texts that repeat themselves throughout must cost neither the square of their length nor much memory.
func TestLongRuns(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	size := 20_000_000
	if testing.Short() {
		size /= 20
	}
	for _, c := range []struct {
		name    string
		period  int
		methods []string
	}{
		{"one byte", 1, []string{Anchors, SuffixArray}},
		{"two bytes", 2, []string{Anchors, SuffixArray}},
		{"less than a window", 37, []string{Anchors}},
		{"as long as a window", 100, []string{Anchors}},
		{"longer than a window", 1000, []string{Anchors}},
	} {
		for _, method := range c.methods {
			t.Run(c.name+" "+method, func(t *testing.T) {
				n := size
				if method == SuffixArray {
					n /= 10
				}
				text := strings.Repeat(letters(rng, c.period, 26), n/c.period)
				o := optionsFor(100, 1)
				o.Method, o.PartitionBytes = method, 1<<30
				got := find(t, makeTexts(t, []string{text}), o)
				if count, want := got.Repeated.Count(), int64(len(text)-99); count != want {
					t.Errorf("%d positions are repeated, want %d", count, want)
				}
				// One window stays, and one period.
				want := [][3]int64{{0, int64(max(100, c.period)), int64(len(text))}}
				if diff := cmp.Diff(want, united(removals(got))); diff != "" {
					t.Errorf("removed (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Many documents that share a phrase in different surroundings are one large group of anchors; those that are alike are another.
func TestLargeGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	phrase := letters(rng, 30, 26)
	for _, keep := range []int{0, 1, 3} {
		var texts []string
		for i := range 400 {
			tail := letters(rng, rng.IntN(12), 2)
			texts = append(texts, letters(rng, rng.IntN(12), 2)+phrase+tail, fmt.Sprint(i%7, phrase, phrase[:i%30]))
		}
		check(t, texts, optionsFor(32, keep))
	}
}

func TestRanges(t *testing.T) {
	shared := "the quick brown fox\njumps over the lazy dog\nand runs away "
	first := "One: " + shared + "home." // the space before the passage is shared too
	for _, c := range []struct {
		name     string
		text     string
		boundary string
		keep     int
		left     string
	}{
		{"character", "Two? " + shared + "far.", Character, 1, "Two?far."},
		{"word", "Two?x" + shared + "far.", Word, 1, "Two?xthe far."},
		{"line", "Two? " + shared + "far.", Line, 1, "Two? the quick brown fox\nand runs away far."},
		{"two copies may stay", "Two? " + shared + "far.", Character, 2, "Two? " + shared + "far."},
		{"all go", "Two? " + shared + "far.", Character, 0, "Two?far."},
		{"text of its own", "Nothing of the kind is said here, nor was it anywhere else.", Character, 1, "Nothing of the kind is said here, nor was it anywhere else."},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, method := range []string{Anchors, SuffixArray} {
				o := optionsFor(30, c.keep)
				o.Boundary, o.Method = c.boundary, method
				got := c.text
				for r := range find(t, makeTexts(t, []string{first, c.text}), o).Removals() {
					checkRanges(t, t.Name, []string{first, c.text}, nil, r, o)
					if r.Document == 1 {
						got = Apply(c.text, r.Ranges)
					}
				}
				if diff := cmp.Diff(c.left, got); diff != "" {
					t.Errorf("%s: (-want +got):\n%s", method, diff)
				}
			}
		})
	}
}

// The bytes that two texts share may begin and end within characters.
func TestCutsAtCharacters(t *testing.T) {
	// ä is c3 a4, å is c3 a5 and 中 is e4 b8 ad, 丮 is e4 b8 ae: the first bytes are shared.
	texts := []string{"xä" + strings.Repeat("0123456789", 2) + "中 end", "yä" + strings.Repeat("0123456789", 2) + "丮 other", "å"}
	o := optionsFor(8, 1)
	for r := range find(t, makeTexts(t, texts), o).Removals() {
		if got, want := Apply(texts[r.Document], r.Ranges), "y丮 other"; r.Document == 1 && got != want {
			t.Errorf("%q is left, want %q", got, want)
		}
	}
}

func TestShortDocumentsAreDropped(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	shared := letters(rng, 200, 26)
	texts := []string{shared, "  " + shared + strings.Repeat("x", 40) + "\n", shared + letters(rng, 60, 26), letters(rng, 10, 26)}
	o := DefaultOptions()
	o.MinDocument = 50
	var got []Removal
	for _, r := range removals(find(t, makeTexts(t, texts), o)) {
		r.Ranges = nil
		got = append(got, r)
	}
	want := []Removal{{Document: 1, Left: 40, Drop: true}, {Document: 2, Left: 60}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmptyCorpora(t *testing.T) {
	for _, texts := range [][]string{{}, {""}, {"", "", "a", ""}, {strings.Repeat("a", 99), strings.Repeat("a", 99)}} {
		for _, method := range []string{Anchors, SuffixArray} {
			o := DefaultOptions()
			o.Method = method
			if got := find(t, makeTexts(t, texts), o); got.Repeated.Count() != 0 || len(removals(got)) != 0 {
				t.Errorf("%s: %q: something is repeated", method, texts)
			}
		}
	}
}

func TestCanceledSearchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, method := range []string{Anchors, SuffixArray} {
		o := DefaultOptions()
		o.Method = method
		f, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Find(ctx, makeTexts(t, []string{strings.Repeat("abc", 100)})); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", method, err)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Options)
	}{
		{"min_length", func(o *Options) { o.MinLength = 1 }},
		{"min_length", func(o *Options) { o.MinLength = mostLength + 1 }},
		{"method", func(o *Options) { o.Method = "minhash" }},
		{"keep", func(o *Options) { o.Keep = -1 }},
		{"boundary", func(o *Options) { o.Boundary = "byte" }},
		{"min_document", func(o *Options) { o.MinDocument = -1 }},
		{"partition_bytes", func(o *Options) { o.PartitionBytes = 199 }},
	} {
		o := DefaultOptions()
		c.change(&o)
		_, err := New(o)
		var bad *corpus.OptionError
		if !errors.As(err, &bad) || bad.Key != c.key {
			t.Errorf("%+v: error %v, want one about %s", o, err, c.key)
		}
	}
	if _, err := New(DefaultOptions()); err != nil {
		t.Error(err)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("abcabcabcabc\x00abcabc", uint8(4), uint8(1))
	f.Add(strings.Repeat("a", 100)+"b\x00"+strings.Repeat("a", 70), uint8(30), uint8(2))
	f.Add("\x00\x00ää\x00ä", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, joined string, length, keep uint8) {
		if len(joined) > 2000 {
			t.Skip("too long for the plain search")
		}
		o := optionsFor(2+int(length), int(keep%4))
		check(t, strings.Split(joined, "\x00"), o)
		o.PartitionBytes = mostSuffixes
		check(t, strings.Split(joined, "\x00"), o)
	})
}
