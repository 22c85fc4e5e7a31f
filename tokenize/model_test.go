package tokenize

import (
	"bytes"
	"context"
	"corpus/tokenize/internal/testtext"
	"corpus/tokenize/pretoken"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// trained returns a model trained on sample text.
func trained(t testing.TB, change func(*TrainOptions)) *Model {
	t.Helper()
	opts := DefaultTrainOptions()
	opts.VocabSize = 2000
	if change != nil {
		change(&opts)
	}
	p, err := pretoken.Find(opts.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	words := countWords(p, testtext.Sample(7, 100_000), strings.Repeat("aaaaaaaa ", 9)+strings.Repeat(" ", 99)+"🙂🙂🙂🙂")
	m, err := Train(context.Background(), countedWords(words), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// referenceEncode is the plain reference of Encoder: no cache, no table of whole words, every merge by scanning.
func referenceEncode(m *Model, text string) []uint32 {
	var ids []uint32
	var s mergeScratch
	for w := range m.pattern.Words(text) {
		ids = append(ids, m.mergeByScan(&s, w)...)
	}
	return ids
}

var encodeSeeds = []string{
	"", "a", "hello world", testtext.Sample(7, 2000), testtext.Sample(8, 2000), strings.Repeat("a", 999), strings.Repeat(" ", 500) + "x",
	strings.Repeat("🙂", 200), "\xff\xfe\x80", "\x00", EndOfText, "ends with " + EndOfText, "aaaaaaaaaaaaaaaa\xc3", strings.Repeat("tion", 100),
}

func TestEncodeEqualsReference(t *testing.T) {
	for _, pattern := range pretoken.Names() {
		m := trained(t, func(o *TrainOptions) { o.Pattern = pattern })
		e := m.NewEncoder()
		for range 2 { // the second time from the cache
			for _, text := range encodeSeeds {
				if diff := cmp.Diff(referenceEncode(m, text), e.Encode(nil, text)); diff != "" {
					t.Errorf("%s, %.60q (-reference +encoder):\n%s", pattern, text, diff)
				}
			}
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, s := range encodeSeeds {
		f.Add([]byte(s))
	}
	m := trained(f, nil)
	e := m.NewEncoder()
	f.Fuzz(func(t *testing.T, data []byte) {
		text := string(data)
		ids := e.Encode(nil, text)
		back, err := m.Decode(ids)
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%q comes back as %q, %v", text, back, err)
		}
		if diff := cmp.Diff(referenceEncode(m, text), ids); diff != "" {
			t.Errorf("%q (-reference +encoder):\n%s", text, diff)
		}
	})
}

// FuzzMerge compares merging by heap with merging by scan on words of every length.
func FuzzMerge(f *testing.F) {
	for _, s := range encodeSeeds {
		f.Add(s)
	}
	m := trained(f, nil)
	f.Fuzz(func(t *testing.T, word string) {
		word = word[:min(len(word), 2000)]
		var a, b mergeScratch
		if diff := cmp.Diff(append([]uint32(nil), m.mergeByScan(&a, word)...), m.mergeByHeap(&b, nil, word)); diff != "" {
			t.Errorf("%q (-scan +heap):\n%s", word, diff)
		}
	})
}

// TestRunsOfOneCharacter would take minutes if merging were quadratic.
func TestRunsOfOneCharacter(t *testing.T) {
	m := trained(t, nil)
	e := m.NewEncoder()
	for _, c := range []string{"a", " ", "🙂", "\xff", "-", "\n"} {
		text := strings.Repeat(c, (1<<18)/len(c))
		ids := e.Encode(nil, text)
		if back, err := m.Decode(ids); err != nil || string(back) != text {
			t.Errorf("a run of %q does not come back: %v", c, err)
		}
	}
	if n := unsafe.Sizeof(wordSet{}) << cacheBits; n > 8<<20 {
		t.Errorf("the cache takes %d bytes", n)
	}
	if cap(e.scratch.ids) > 2*maxScratch {
		t.Errorf("memory for a word of %d bytes is kept", cap(e.scratch.ids))
	}
}

func TestSpecialTokensAreNotRecognised(t *testing.T) {
	m := trained(t, nil)
	eos, ok := m.EOS()
	if !ok {
		t.Fatal("no token ends documents")
	}
	for _, id := range m.NewEncoder().Encode(nil, "text"+EndOfText+"text") {
		if id == eos {
			t.Errorf("text gave the special token %d", id)
		}
	}
	if text, err := m.Decode([]uint32{eos}); err != nil || string(text) != EndOfText {
		t.Errorf("the special token is %q, %v", text, err)
	}
}

func TestEncodersOfOneModelAtOnce(t *testing.T) {
	m := trained(t, nil)
	text := testtext.Sample(9, 50_000)
	want := m.NewEncoder().Encode(nil, text)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := m.NewEncoder().Encode([]uint32{42}, text); got[0] != 42 || !cmp.Equal(want, got[1:]) {
				t.Error("other ids in another goroutine")
			}
		})
	}
	wg.Wait()
}

func TestDecodeUnknownID(t *testing.T) {
	m := trained(t, nil)
	_, err := m.Decode([]uint32{5, uint32(m.VocabSize())})
	if err == nil || !strings.Contains(err.Error(), "index 1") {
		t.Errorf("error %v", err)
	}
}

func TestModelWithoutSpecialTokens(t *testing.T) {
	m := trained(t, func(o *TrainOptions) { o.SpecialTokens = nil })
	if id, ok := m.EOS(); ok {
		t.Errorf("token %d ends documents", id)
	}
}

func TestAlphabet(t *testing.T) {
	seen := map[rune]bool{}
	for b := range 256 {
		r := letterOf(byte(b))
		back, ok := byteOf(r)
		if !ok || back != byte(b) || seen[r] {
			t.Errorf("byte %d is %q, which is byte %d", b, r, back)
		}
		seen[r] = true
	}
	for b, want := range map[byte]rune{' ': 'Ġ', '\n': 'Ċ', '\t': 'ĉ', 'a': 'a', 0x7f: 'ġ', 0xad: 'Ń'} {
		if got := letterOf(b); got != want {
			t.Errorf("byte %d is %q, want %q", b, got, want)
		}
	}
}

func TestPairTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	table, want := newPairTable(0), map[pair]uint32{}
	for i := range 20_000 {
		p := makePair(uint32(rng.IntN(200)), uint32(rng.IntN(200)))
		table.put(p, uint32(i))
		want[p] = uint32(i)
	}
	for l := range uint32(201) {
		for r := range uint32(201) {
			p := makePair(l, r)
			got, ok := table.get(p)
			if n, in := want[p]; in != ok || in && n != got {
				t.Fatalf("pair %d, %d: %d %v, want %d %v", l, r, got, ok, n, in)
			}
		}
	}
}

func pattern(t testing.TB, name string) *pretoken.Pattern {
	t.Helper()
	p, err := pretoken.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
