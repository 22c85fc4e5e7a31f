package shard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// testDocuments makes n documents of a few units, some of one token, some of thousands.
func testDocuments(seed uint64, n, vocab int) []TokenizedDocument {
	r := rand.New(rand.NewPCG(seed, 2))
	docs := make([]TokenizedDocument, n)
	for i := range docs {
		size := 1 + r.IntN(60)
		if i%20 == 7 {
			size = 3000
		}
		docs[i] = TokenizedDocument{
			Ref:    corpus.MakeRef(i%5, i/5),
			ID:     fmt.Sprintf("doc-%04d", i),
			Tokens: randomTokens(seed+uint64(i), size, vocab),
		}
	}
	return docs
}

func testOptions(vocab int) Options {
	o := DefaultOptions()
	o.Seed, o.VocabSize, o.EOS, o.TokensPerShard, o.Validation = 42, vocab, 0, 1000, 0.1
	o.MemoryBytes, o.SequenceLength = 1<<20, 0
	return o
}

// writeRuns spreads documents over runs by a function of their place in docs.
func writeRuns(t testing.TB, dir string, docs []TokenizedDocument, opts Options, runs int, run func(i int) int) []string {
	t.Helper()
	var paths []string
	for n := range runs {
		path := filepath.Join(dir, fmt.Sprintf("%d.run", n))
		w, err := NewRunWriter(path, opts)
		if err != nil {
			t.Fatal(err)
		}
		var want RunInfo
		for i, d := range docs {
			if run(i) != n {
				continue
			}
			if err := w.Add(d); err != nil {
				t.Fatal(err)
			}
			if want.Tokens += int64(len(d.Tokens)); len(d.Tokens) > 0 {
				want.Documents++
			} else {
				want.Empty++
			}
		}
		got, err := w.Close(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want.Bytes = got.Bytes
		if got != want || got.Bytes == 0 {
			t.Errorf("run %d: %+v, want %+v", n, got, want)
		}
		paths = append(paths, path)
	}
	return paths
}

// packAll packs documents from three runs into a new folder.
func packAll(t testing.TB, docs []TokenizedDocument, opts Options) (string, Result) {
	t.Helper()
	dir := t.TempDir()
	runs := writeRuns(t, t.TempDir(), docs, opts, 3, func(i int) int { return i % 3 })
	result, err := Pack(context.Background(), runs, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return dir, result
}

// setsOf opens the splits of a folder as they are asked for, until the test ends.
func setsOf(t *testing.T, dir string) func(split string) *Set {
	sets := map[string]*Set{}
	return func(split string) *Set {
		t.Helper()
		if sets[split] == nil {
			s, err := OpenSet(dir, split)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			sets[split] = s
		}
		return sets[split]
	}
}

// documentsBack reads every document back through the index.
func documentsBack(t *testing.T, dir string) map[corpus.Ref]TokenizedDocument {
	t.Helper()
	sets := setsOf(t, dir)
	back := map[corpus.Ref]TokenizedDocument{}
	for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
		if err != nil {
			t.Fatal(err)
		}
		d := back[row.Ref()]
		if row.DocumentToken != int64(len(d.Tokens)) {
			t.Fatalf("%+v comes after %d tokens of its document", row, len(d.Tokens))
		}
		tokens := make([]uint32, row.Length)
		if _, err := sets(row.Split).files[row.Shard].Read(tokens, row.FirstToken); err != nil {
			t.Fatal(err)
		}
		back[row.Ref()] = TokenizedDocument{Ref: row.Ref(), ID: row.Document, Tokens: append(d.Tokens, tokens...)}
	}
	return back
}

func TestPackRoundTrip(t *testing.T) {
	for _, tc := range []struct {
		name           string
		vocab          int
		eos            uint32
		tokensPerShard int64
		validation     float64
	}{
		{"two bytes", 300, 5, 1000, 0.1},
		{"four bytes", 70000, 69999, 1000, 0.1},
		{"no end of document", 300, NoEOS, 1000, 0.1},
		{"one shard", 300, 5, 1 << 30, 0.1},
		{"shards smaller than documents", 300, 5, 7, 0.5},
		{"no validation", 300, 5, 1000, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			opts := testOptions(tc.vocab)
			opts.EOS, opts.TokensPerShard, opts.Validation = tc.eos, tc.tokensPerShard, tc.validation
			docs := testDocuments(1, 200, tc.vocab)
			if tc.tokensPerShard == 7 {
				docs = docs[:5] // hundreds of files are enough
			}
			dir, result := packAll(t, docs, opts)
			if err := Verify(t.Context(), dir); err != nil {
				t.Error(err)
			}
			want := map[corpus.Ref]TokenizedDocument{}
			var tokens int64
			for _, d := range docs {
				if tc.eos != NoEOS {
					d.Tokens = append(append([]uint32(nil), d.Tokens...), tc.eos)
				}
				want[d.Ref] = d
				tokens += int64(len(d.Tokens))
			}
			if diff := cmp.Diff(want, documentsBack(t, dir)); diff != "" {
				t.Error(diff)
			}
			if got := result.Train.Tokens + result.Validation.Tokens; got != tokens {
				t.Errorf("result has %d tokens, want %d", got, tokens)
			}
			if got := result.Train.Documents + result.Validation.Documents; got != int64(len(docs)) {
				t.Errorf("result has %d documents, want %d", got, len(docs))
			}
			if (result.Validation.Documents == 0) != (tc.validation == 0) {
				t.Errorf("%d documents for validation with a share of %v", result.Validation.Documents, tc.validation)
			}
			if wantShards := (result.Train.Tokens + tc.tokensPerShard - 1) / tc.tokensPerShard; int64(result.Train.Shards) != wantShards {
				t.Errorf("%d train shards, want %d", result.Train.Shards, wantShards)
			}
			checkFiles(t, dir, result.Files)
		})
	}
}

// checkFiles compares the names in a folder with those that are meant to be there.
func checkFiles(t *testing.T, dir string, want []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	wantNames := map[string]bool{}
	for _, n := range want {
		wantNames[n] = true
	}
	if diff := cmp.Diff(wantNames, names); diff != "" {
		t.Errorf("files: %s", diff)
	}
}

func readFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

func TestPackDependsOnDocumentsAlone(t *testing.T) {
	opts := testOptions(300)
	opts.TokensPerShard = 40_000
	docs := testDocuments(2, 100, 300)
	docs[3].Tokens = randomTokens(9, 3*maxPieceBytes/2+1, 300) // a document of four pieces
	reference, _ := packAll(t, docs, opts)
	want := readFolder(t, reference)
	backwards := make([]TokenizedDocument, len(docs))
	for i, d := range docs {
		backwards[len(docs)-1-i] = d
	}
	for _, tc := range []struct {
		name   string
		docs   []TokenizedDocument
		runs   int
		run    func(i int) int
		memory int64
	}{
		{"one run", docs, 1, func(int) int { return 0 }, 64 << 20},
		{"one run, little memory", docs, 1, func(int) int { return 0 }, 1 << 20},
		{"backwards", backwards, 2, func(i int) int { return i % 2 }, 1 << 20},
		{"empty runs", docs, 7, func(i int) int { return 5 * (i % 2) }, 64 << 20},
		{"more runs than are read at once", docs, 50, func(i int) int { return i % 50 }, 1 << 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			opts.MemoryBytes = tc.memory
			runs := writeRuns(t, t.TempDir(), tc.docs, opts, tc.runs, tc.run)
			dir := t.TempDir()
			if _, err := Pack(context.Background(), runs, dir, opts); err != nil {
				t.Fatal(err)
			}
			got := readFolder(t, dir)
			if len(got) != len(want) {
				t.Errorf("%d files, want %d", len(got), len(want))
			}
			for name, b := range want {
				if got[name] != b {
					t.Errorf("%s differs", name)
				}
			}
		})
	}
}

func TestNoSplitIsEmpty(t *testing.T) {
	for n := range 5 {
		for _, validation := range []float64{0, 1e-9, 0.5} {
			for seed := range uint64(4) {
				opts := testOptions(300)
				opts.Seed, opts.Validation = seed, validation
				dir, result := packAll(t, testDocuments(3, n, 300), opts)
				name := fmt.Sprintf("%d documents, share %v, seed %d", n, validation, seed)
				if n >= 1 && result.Train.Documents == 0 {
					t.Errorf("%s: nothing to train on", name)
				}
				if got, want := result.Validation.Documents > 0, n >= 2 && validation > 0; got != want {
					t.Errorf("%s: %d documents for validation", name, result.Validation.Documents)
				}
				if err := Verify(t.Context(), dir); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestValidationIsTheShareAskedFor(t *testing.T) {
	opts := testOptions(300)
	for _, share := range []float64{0.01, 0.25, 0.5} {
		opts.Validation = share
		set := 0
		for i := range 40_000 {
			if opts.isValidation(corpus.MakeRef(i%200, i/200)) {
				set++
			}
		}
		// Four standard deviations are 400 at most.
		if got, want := float64(set), share*40_000; got < want-400 || got > want+400 || (share == 0.01 && (got < 320 || got > 480)) {
			t.Errorf("share %v: %v of 40,000 documents", share, got)
		}
	}
}

// Documents of one unit must not stay together, and another seed must give another order.
func TestOrderIsShuffled(t *testing.T) {
	order := func(seed uint64) []corpus.Ref {
		opts := testOptions(300)
		opts.Seed = seed
		dir, _ := packAll(t, testDocuments(4, 500, 300), opts)
		var refs []corpus.Ref
		for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
			if err != nil {
				t.Fatal(err)
			}
			if row.DocumentToken == 0 {
				refs = append(refs, row.Ref())
			}
		}
		return refs
	}
	a, b := order(1), order(2)
	same, neighbours := 0, 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
		if i > 0 && a[i].Unit() == a[i-1].Unit() {
			neighbours++
		}
	}
	if same > 20 {
		t.Errorf("%d of 500 documents keep their place under another seed", same)
	}
	if neighbours < 50 || neighbours > 150 { // one in five is what chance gives
		t.Errorf("%d of 500 documents follow one of their own unit", neighbours)
	}
}

func TestRunWriterRefuses(t *testing.T) {
	opts := testOptions(300)
	w, err := NewRunWriter(filepath.Join(t.TempDir(), "0.run"), opts)
	if err != nil {
		t.Fatal(err)
	}
	good := TokenizedDocument{Ref: 1, ID: "good", Tokens: []uint32{299}}
	if err := w.Add(good); err != nil {
		t.Error(err)
	}
	if err := w.Add(TokenizedDocument{Ref: 2, ID: "empty"}); err != nil {
		t.Error(err)
	}
	if err := w.Add(TokenizedDocument{Ref: 3, ID: "foreign", Tokens: []uint32{1, 300}}); err == nil || !strings.Contains(err.Error(), `document "foreign": token 1 is id 300`) {
		t.Errorf("foreign token: %v", err)
	}
	if err := w.Add(TokenizedDocument{Ref: 4, ID: strings.Repeat("x", maxID+1), Tokens: []uint32{1}}); err == nil {
		t.Error("giant id was accepted")
	}
	info, err := w.Close(t.Context())
	if err != nil || info.Documents != 1 || info.Empty != 1 || info.Tokens != 1 {
		t.Errorf("Close = %+v, %v", info, err)
	}
	if w.Add(good) == nil {
		t.Error("Add after Close succeeded")
	}
}

func TestPackRefuses(t *testing.T) {
	opts := testOptions(300)
	docs := testDocuments(5, 20, 300)
	for _, tc := range []struct {
		name string
		docs []TokenizedDocument
		opts func(Options) Options // of Pack; the runs have opts
		want string
	}{
		{"a ref twice", append(docs[:20:20], docs[7]), nil, "comes twice"},
		{"another seed", docs, func(o Options) Options { o.Seed++; return o }, "another seed"},
		{"wider tokens", docs, func(o Options) Options { o.VocabSize = 70000; return o }, "has 2 bytes per token, want 4"},
		{"no vocabulary", docs, func(o Options) Options { o.VocabSize = 0; return o }, "vocabulary size 0"},
		{"share of one", docs, func(o Options) Options { o.Validation = 1; return o }, "validation: 1 is not a share"},
		{"another packing", docs, func(o Options) Options { o.Packing, o.SequenceLength = BestFit, 64; return o }, "was cut for sequences of 0 tokens, want 64"},
		{"an unknown packing", docs, func(o Options) Options { o.Packing = "greedy"; return o }, `packing: "greedy" is not`},
		{"best fit without sequences", docs, func(o Options) Options { o.Packing = BestFit; return o }, "sequence_length: 0 is less than 16"},
		{"best fit without a token to pad with", docs, func(o Options) Options { o.Packing, o.SequenceLength, o.EOS = BestFit, 64, NoToken; return o }, "needs a token to pad with"},
		{"sequences of one token", docs, func(o Options) Options { o.SequenceLength = 1; return o }, "sequence_length: 1 is not"},
		{"too many copies", docs, func(o Options) Options { o.Copies = func(corpus.Ref) int { return maxCopies + 1 }; return o }, "65537 copies"},
		{"no tokens per shard", docs, func(o Options) Options { o.TokensPerShard = 0; return o }, "tokens_per_shard: 0 is not"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			runs := writeRuns(t, t.TempDir(), tc.docs, opts, 2, func(i int) int { return i % 2 })
			dir, packOpts := t.TempDir(), opts
			if tc.opts != nil {
				packOpts = tc.opts(opts)
			}
			_, err := Pack(context.Background(), runs, dir, packOpts)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q in it", err, tc.want)
			}
			checkFiles(t, dir, nil)
		})
	}
	var option *corpus.OptionError
	foreign := DefaultOptions()
	foreign.Validation = 2
	if err := foreign.Validate(); !errors.As(err, &option) || option.Key != "validation" {
		t.Errorf("Validate = %v", err)
	}
	if err := DefaultOptions().Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestPackOnFullDisk(t *testing.T) {
	for _, packing := range []string{Concat, BestFit} {
		opts := testOptions(300)
		opts.TokensPerShard, opts.Packing, opts.SequenceLength = 4000, packing, 64
		runs := writeRuns(t, t.TempDir(), testDocuments(6, 200, 300), opts, 1, func(int) int { return 0 })
		// Enough for nothing, a header, the tokens of a shard but not its boundaries, some shards, and all of them but not the tables.
		for _, budget := range []int{0, 100, 8300, 9000, 30000, 80000} {
			dir := t.TempDir()
			if _, err := pack(context.Background(), runs, dir, opts, createOnFullDisk(budget)); !errors.Is(err, errDiskFull) {
				t.Errorf("%s, %d bytes of disk: %v", packing, budget, err)
			}
			checkFiles(t, dir, nil)
		}
	}
}

func TestPackReplacesWhatAKilledOneLeft(t *testing.T) {
	opts := testOptions(300)
	docs := testDocuments(7, 50, 300)
	dir, result := packAll(t, docs, opts)
	want := readFolder(t, dir)
	for _, name := range []string{"train-00099.bin", "val-00001.bin.tmp", "index.parquet.tmp", "train-00000.bin"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("left over"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, workFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	runs := writeRuns(t, t.TempDir(), docs, opts, 1, func(int) int { return 0 })
	if _, err := Pack(context.Background(), runs, dir, opts); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, dir, result.Files)
	if diff := cmp.Diff(want, readFolder(t, dir)); diff != "" {
		t.Error("another content than that of an undisturbed folder")
	}
}

func TestPackStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	opts := testOptions(300)
	runs := writeRuns(t, t.TempDir(), testDocuments(8, 50, 300), opts, 1, func(int) int { return 0 })
	dir := t.TempDir()
	if _, err := Pack(ctx, runs, dir, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("Pack = %v", err)
	}
	checkFiles(t, dir, nil)
}
