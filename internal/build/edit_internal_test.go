package build

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/dedup/substring"
	"corpus/internal/spill"

	"github.com/google/go-cmp/cmp"
)

// storeOf makes a file of texts.
func storeOf(t *testing.T, texts []string) *textStore {
	t.Helper()
	path := filepath.Join(t.TempDir(), "texts")
	if err := os.WriteFile(path, []byte(strings.Join(texts, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := openTextStore(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.close)
	at := int64(0)
	for i, text := range texts {
		store.places = append(store.places, newTextPlace(&corpus.Document{Ref: corpus.MakeRef(i/10, i%10), Text: text}, at))
		at += int64(len(text))
	}
	return store
}

// someTexts share passages with each other.
func someTexts(rng *rand.Rand, n int) []string {
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = 'a' + byte(rng.IntN(26))
		}
		return string(b)
	}
	shared := []string{letters(150), letters(300), strings.Repeat("ab", 200)}
	texts := make([]string, n)
	for i := range texts {
		for range rng.IntN(5) {
			texts[i] += letters(rng.IntN(300)) + shared[rng.IntN(len(shared))][:100+rng.IntN(50)]
		}
	}
	return texts
}

// Where texts are searched changes nothing of what is found, down to the bytes of the run.
func TestRepeatsInMemoryAndOnDisk(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		store := storeOf(t, someTexts(rng, 60))
		if round%2 == 1 {
			store.ranks = make([]uint32, 60)
			for i, r := range rng.Perm(60) {
				store.ranks[i] = uint32(r)
			}
		}
		opts := substring.DefaultOptions()
		opts.Keep, opts.MinDocument = round%3, 100*(round%4)
		var runs [2][]byte
		for i, memory := range []int64{1 << 30, 1 << 16} {
			if store.fits(opts, memory) != (i == 0) {
				t.Fatalf("%d bytes of text fit in %d: %t", store.size(), memory, i != 0)
			}
			path := filepath.Join(t.TempDir(), "run")
			out := spill.NewSorter(path, spill.Options{})
			read, found := int64(0), 0
			err := store.repeats(t.Context(), opts, t.TempDir(), memory, func(n int64) { read += n }, func(r substring.Removal) error {
				found++
				return addRemoval(out, store.removal(r))
			})
			if err != nil || read != store.size() || found == 0 {
				t.Fatalf("%d bytes read, %d documents found: %v", read, found, err)
			}
			if _, err := out.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if runs[i], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(runs[0], runs[1]) {
			t.Errorf("round %d: the removals differ", round)
		}
	}
}

func TestRepeatsRefusals(t *testing.T) {
	store := storeOf(t, []string{strings.Repeat("a passage ", 30), strings.Repeat("a passage ", 30)})
	use := func(substring.Removal) error { return nil }
	opts := substring.DefaultOptions()
	opts.Method = substring.SuffixArray
	err := store.repeats(t.Context(), opts, t.TempDir(), 100, func(int64) {}, use)
	if err == nil || !strings.Contains(err.Error(), "choose the method anchors") {
		t.Errorf("a suffix array larger than memory: %v", err)
	}
	store.places[1].sum++
	for _, memory := range []int64{1 << 30, 100} {
		err = store.repeats(t.Context(), substring.DefaultOptions(), t.TempDir(), memory, func(int64) {}, use)
		if err == nil || !strings.Contains(err.Error(), "bad checksum of the text at offset 300") {
			t.Errorf("a text that changed: %v", err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := store.repeats(stopped, substring.DefaultOptions(), t.TempDir(), 1<<30, func(int64) {}, use); err == nil {
		t.Error("the end of the context is no error")
	}
}

func TestRemovalsAreReadBack(t *testing.T) {
	var many removal
	many.Ref = corpus.MakeRef(2, 7)
	for i := range int64(rangesOfPart + 3) {
		many.Ranges = append(many.Ranges, removedRange{Offset: 10 * i, Length: 3, Partner: corpus.MakeRef(1, int(i)), PartnerOffset: i})
	}
	want := []removal{
		{Ref: corpus.MakeRef(0, 3), Ranges: []removedRange{{5, 1, noPartner, 0}}},
		{Ref: corpus.MakeRef(2, 0), Drop: true, Ranges: []removedRange{{0, 9, corpus.MakeRef(0, 3), 1 << 40}}},
		many,
		{Ref: corpus.MakeRef(3, 0), Drop: true},
	}
	path := filepath.Join(t.TempDir(), "run")
	s := spill.NewSorter(path, spill.Options{})
	for _, r := range slices.Backward(want) {
		if err := addRemoval(s, r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	run, err := spill.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	read := func(from, to corpus.Ref) (got []removal) {
		for r, err := range removals(run, from, to) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		return got
	}
	if diff := cmp.Diff(want, read(0, noPartner)); diff != "" {
		t.Errorf("(-want +got):\n%.2000s", diff)
	}
	if diff := cmp.Diff(want[1:3], read(corpus.MakeRef(2, 0), corpus.MakeRef(3, 0))); diff != "" {
		t.Errorf("unit 2 (-want +got):\n%.2000s", diff)
	}
}

func TestDamagedRemovals(t *testing.T) {
	key := func(part byte) []byte { return append(refKey(corpus.MakeRef(0, 1)), 0, 0, 0, part) }
	for name, records := range map[string][]spill.Record{
		"short key":         {{Key: []byte("key"), Value: []byte{0}}},
		"half a range":      {{Key: key(0), Value: make([]byte, 1+rangeBytes/2)}},
		"no head":           {{Key: key(0)}},
		"a part is missing": {{Key: key(0), Value: []byte{0}}, {Key: key(2), Value: []byte{0}}},
		"the first part is": {{Key: key(1), Value: []byte{0}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run")
			s := spill.NewSorter(path, spill.Options{})
			for _, r := range records {
				if err := s.Add(r.Key, r.Value); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			run, err := spill.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			var failed error
			for _, err := range removals(run, 0, noPartner) {
				failed = err
			}
			if failed == nil {
				t.Error("no error")
			}
		})
	}
}

func TestApplyRefusesRangesOutsideTheText(t *testing.T) {
	for name, ranges := range map[string][]removedRange{
		"behind the end":  {{Offset: 8, Length: 3}},
		"before the text": {{Offset: -1, Length: 3}},
		"overlap":         {{Offset: 0, Length: 3}, {Offset: 2, Length: 3}},
		"nothing":         {{Offset: 2}},
		"huge":            {{Offset: 2, Length: 1<<63 - 1}},
	} {
		if _, _, err := (removal{Ranges: ranges}).apply(stageSubstring, "ten bytes."); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	text, edits, err := (removal{Ranges: []removedRange{{Offset: 0, Length: 4}, {Offset: 9, Length: 1}}}).apply(stageSubstring, "ten bytes.")
	if err != nil || text != "bytes" || fmt.Sprint(edits) != "[{substring repeat 0 4} {substring repeat 9 1}]" {
		t.Errorf("got %q, %v, %v", text, edits, err)
	}
}

func TestDedupAccountsOfEdits(t *testing.T) {
	a := newDedupAccounts(true, []string{"substring", "exact", "paragraph"})
	for _, err := range []error{
		a.count(10, nil, "limit"), a.count(100, nil, "exact"), a.count(50, nil, ""),
		a.count(70, []remainder{{"paragraph", 60}, {"substring", 55}}, ""), a.count(70, []remainder{{"paragraph", 60}}, "substring"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, c := range a.counts() {
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		got = append(got, fmt.Sprint(c.Stage, c.In, c.Out, c.Edited, c.Dropped))
	}
	want := []string{
		"limit{5 300} {4 290} 0 map[records:{1 10}]", "exact{4 290} {3 190} 0 map[duplicate:{1 100}]",
		"paragraph{3 190} {3 170} 20 map[]", "substring{3 170} {2 105} 5 map[too_short:{1 60}]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.count(5, nil, "minhash") == nil || a.count(5, []remainder{{"paragraph", 4}, {"url", 3}}, "") == nil {
		t.Error("a method that is not configured is no error")
	}
}

func TestDamagedPlacesOfTexts(t *testing.T) {
	place := textPlace{ref: corpus.MakeRef(0, 0), length: 4}
	read := func(key []byte, value []byte) error {
		store := storeOf(t, []string{"text"})
		path := filepath.Join(t.TempDir(), "run")
		s := spill.NewSorter(path, spill.Options{})
		if err := s.Add(key, value); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		run, err := spill.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer run.Close()
		return store.read([]*spill.Run{run}, map[int]int64{0: 0})
	}
	key := refKey(place.ref)
	if err := read(key, place.encode(0)); err != nil {
		t.Errorf("a sound record: %v", err)
	}
	for name, err := range map[string]error{
		"short key":       read(key[1:], place.encode(0)),
		"short value":     read(key, place.encode(0)[1:]),
		"unknown unit":    read(refKey(corpus.MakeRef(1, 0)), place.encode(0)),
		"unknown number":  read(key, place.encode(1)),
		"behind the end":  read(key, textPlace{length: 5}.encode(0)),
		"negative length": read(key, textPlace{length: -1}.encode(0)),
		"negative offset": read(key, textPlace{offset: -1, length: 4}.encode(0)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A record of a damaged run costs an error, whatever it holds.
func FuzzRemovalRecord(f *testing.F) {
	f.Add(append(refKey(corpus.MakeRef(1, 2)), 0, 0, 0, 0), make([]byte, removalHead+2*rangeBytes), "some text")
	f.Add([]byte("key"), []byte{2}, "")
	f.Fuzz(func(t *testing.T, key, value []byte, text string) {
		if ref, _, err := removalPlace(spill.Record{Key: key, Value: value}); err == nil {
			r := removal{Ref: ref}
			r.add(value)
			if left, edits, err := r.apply(stageSubstring, text); err == nil && (len(left) > len(text) || len(edits) != len(r.Ranges)) {
				t.Errorf("%d bytes and %d edits are left of %d and %d", len(left), len(edits), len(text), len(r.Ranges))
			}
		}
		_, _, _ = decodeTextPlace(spill.Record{Key: key, Value: value})
	})
}

// A search runs in memory only where its anchors fit there too: shorter windows have more.
func TestFitsInMemory(t *testing.T) {
	store := storeOf(t, []string{strings.Repeat("ten bytes.", 1000)})
	for _, c := range []struct {
		unit, method   string
		length, memory int
		want           bool
	}{
		{substring.Bytes, substring.Anchors, 100, 26_048, true},
		{substring.Bytes, substring.Anchors, 100, 26_047, false},
		{substring.Bytes, substring.Anchors, 1000, 26_047, false},
		{substring.Bytes, substring.Anchors, 50, 52_047, false},
		{substring.Bytes, substring.Anchors, 50, 52_048, true},
		{substring.Bytes, substring.SuffixArray, 100, 106_047, false},
		{substring.Bytes, substring.SuffixArray, 100, 106_048, true},
		{substring.Bytes, substring.SuffixArray, 50, 132_047, false},
	} {
		opts := substring.DefaultOptions()
		opts.Unit, opts.Method, opts.MinLength = c.unit, c.method, c.length
		if got := store.fits(opts, int64(c.memory)); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
	tokens := &tokenFile{starts: []int64{0}, size: 1000}
	for length, memory := range map[int]int64{25: 10_400 + 64, 5: 5*10_400 + 64} {
		opts := substring.DefaultOptions()
		opts.Unit, opts.MinLength = substring.Tokens, length
		if !tokens.fits(opts, memory) || tokens.fits(opts, memory-1) {
			t.Errorf("1,000 tokens, windows of %d: %d bytes of memory are not the bound", length, memory)
		}
	}
}
