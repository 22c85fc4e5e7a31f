package convert

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
	"corpus/shard"
)

// corpusOf packs documents, some of them longer than a sequence.
func corpusOf(t testing.TB, vocab int, change func(*shard.Options)) string {
	t.Helper()
	opts := shard.DefaultOptions()
	opts.Seed, opts.VocabSize, opts.EOS, opts.BOS, opts.Pad = 7, vocab, 0, shard.NoToken, shard.NoToken
	opts.SequenceLength, opts.TokensPerShard, opts.Validation, opts.MemoryBytes = 64, 1000, 0.2, 1<<20
	change(&opts)
	run := filepath.Join(t.TempDir(), "0.run")
	w, err := shard.NewRunWriter(run, opts)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 120 {
		tokens := make([]uint32, 1+r.IntN(50))
		if i%15 == 4 {
			tokens = make([]uint32, 300)
		}
		for k := range tokens {
			tokens[k] = 1 + r.Uint32N(uint32(vocab-1))
		}
		if err := w.Add(shard.TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: fmt.Sprint("d", i), Tokens: tokens}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := shard.Pack(t.Context(), []string{run}, dir, opts); err != nil {
		t.Fatal(err)
	}
	return dir
}

// packings are the ways to pack that every format is tried with.
var packings = []struct {
	name   string
	change func(*shard.Options)
}{
	{"concat", func(*shard.Options) {}},
	{"best fit", func(o *shard.Options) { o.Packing = shard.BestFit }},
	{"best fit with both marks", func(o *shard.Options) { o.Packing, o.BOS, o.Pad = shard.BestFit, 1, 2 }},
	{"no sequences", func(o *shard.Options) { o.SequenceLength = 0 }},
}

// expected is what a split holds, by the index and not by the boundaries that the conversion goes by.
type expected struct {
	text      []uint32   // without padding
	shards    [][]uint32 // the same of every shard
	documents [][]uint32 // under BestFit the pieces
	all       []uint32
	begins    []bool // by position in all: a document or, under BestFit, a piece begins
	padding   []bool // by position
}

func expect(t *testing.T, dir, split string) expected {
	t.Helper()
	set, err := shard.OpenSet(dir, split)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	e := expected{all: make([]uint32, set.Tokens()), begins: make([]bool, set.Tokens()), padding: make([]bool, set.Tokens()), shards: make([][]uint32, len(set.Files()))}
	if _, err := set.Read(e.all, 0); err != nil {
		t.Fatal(err)
	}
	for i := range e.padding {
		e.padding[i] = true
	}
	for row, err := range shard.IndexRows(filepath.Join(dir, shard.IndexName)) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Split != split {
			continue
		}
		tokens := e.all[row.Position : row.Position+row.Length]
		e.text = append(e.text, tokens...)
		e.shards[row.Shard] = append(e.shards[row.Shard], tokens...)
		if row.DocumentToken == 0 || set.Packing() == shard.BestFit {
			e.documents = append(e.documents, nil)
			e.begins[row.Position] = true
		}
		last := len(e.documents) - 1
		e.documents[last] = append(e.documents[last], tokens...)
		for i := range tokens {
			e.padding[row.Position+int64(i)] = false
		}
	}
	return e
}

// numbers decodes little-endian numbers.
func numbers(b []byte, width int) []uint32 {
	list := make([]uint32, 0, len(b)/width)
	for ; len(b) >= width; b = b[width:] {
		if width == 2 {
			list = append(list, uint32(binary.LittleEndian.Uint16(b)))
		} else {
			list = append(list, binary.LittleEndian.Uint32(b))
		}
	}
	return list
}

func readFile(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// same compares long lists without printing them.
func same(t *testing.T, what string, got, want []uint32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d tokens, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: token %d is %d, want %d", what, i, got[i], want[i])
			return
		}
	}
}

// each runs a test on every packing with ids of 16 bits, and on one with 32.
func each(t *testing.T, format string, options Options, check func(t *testing.T, out, split string, vocab int, want expected)) {
	for _, p := range packings {
		for _, vocab := range []int{1000, 70_000} {
			if vocab > 1<<16 && p.name != "best fit" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", p.name, vocab), func(t *testing.T) {
				dir, out := corpusOf(t, vocab, p.change), filepath.Join(t.TempDir(), "out")
				o := options
				o.Format = format
				if p.name != "no sequences" {
					o.SequenceLength = 0
				}
				record, err := convert(t.Context(), dir, out, o, limits{mdsBytes: 4000, parquetTokens: 1000, tokens: 150})
				if format == "nanogpt" && vocab > 1<<16 {
					if err == nil || !strings.Contains(err.Error(), "70000") {
						t.Errorf("error %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(record.Splits) != 2 {
					t.Fatalf("%d splits", len(record.Splits))
				}
				for _, s := range record.Splits {
					want := expect(t, dir, s.Split)
					check(t, out, s.Split, vocab, want)
					if all := s.Tokens + s.PaddingLeftOut; all != int64(len(want.all)) {
						t.Errorf("%d tokens written and left out, of %d", all, len(want.all))
					}
				}
			})
		}
	}
}

func TestLLMC(t *testing.T) {
	each(t, "llmc", Options{}, func(t *testing.T, out, split string, vocab int, want expected) {
		for i, tokens := range want.shards {
			name := fmt.Sprintf("%s_%06d.bin", split, i)
			b := readFile(t, out, name)
			head, width := [3]uint32{20240520, 1, uint32(len(tokens))}, 2
			if vocab > 1<<16 {
				head, width = [3]uint32{20240801, 7, uint32(len(tokens))}, 4
			}
			if got := [3]uint32(numbers(b[:12], 4)); got != head {
				t.Errorf("%s: header %v, want %v", name, got, head)
			}
			same(t, name, numbers(b[1024:], width), tokens)
		}
	})
}

func TestNanoGPT(t *testing.T) {
	each(t, "nanogpt", Options{}, func(t *testing.T, out, split string, vocab int, want expected) {
		same(t, split, numbers(readFile(t, out, split+".bin"), 2), want.text)
	})
}

func TestNPY(t *testing.T) {
	each(t, "npy", Options{}, func(t *testing.T, out, split string, vocab int, want expected) {
		b := readFile(t, out, split+".npy")
		width := shard.TokenBytes(vocab)
		head := fmt.Sprintf("{'descr': '<u%d', 'fortran_order': False, 'shape': (%d,), }", width, len(want.text))
		size := 10 + int(binary.LittleEndian.Uint16(b[8:]))
		if string(b[:8]) != "\x93NUMPY\x01\x00" || size%64 != 0 || b[size-1] != '\n' || strings.TrimSpace(string(b[10:size])) != head {
			t.Errorf("header %q, want %q", b[:size], head)
		}
		same(t, split, numbers(b[size:], width), want.text)
	})
}

func TestMegatron(t *testing.T) {
	each(t, "megatron", Options{}, func(t *testing.T, out, split string, vocab int, want expected) {
		b, data := readFile(t, out, split+".idx"), readFile(t, out, split+".bin")
		if string(b[:9]) != "MMIDIDX\x00\x00" || binary.LittleEndian.Uint64(b[9:]) != 1 {
			t.Fatalf("header %q", b[:17])
		}
		code, width := byte(8), 2
		if vocab > 1<<16 {
			code, width = 4, 4
		}
		n := int(binary.LittleEndian.Uint64(b[18:]))
		if b[17] != code || n != len(want.documents) || int(binary.LittleEndian.Uint64(b[26:])) != n+1 || len(b) != 34+4*n+8*n+8*(n+1) {
			t.Fatalf("type %d, %d sequences, %d bytes: want type %d, %d", b[17], n, len(b), code, len(want.documents))
		}
		lengths, pointers, documents := b[34:], b[34+4*n:], b[34+12*n:]
		for i, tokens := range want.documents {
			at := binary.LittleEndian.Uint64(pointers[8*i:])
			size := uint64(binary.LittleEndian.Uint32(lengths[4*i:])) * uint64(width)
			same(t, fmt.Sprintf("document %d", i), numbers(data[at:at+size], width), tokens)
			if got := binary.LittleEndian.Uint64(documents[8*i:]); got != uint64(i) {
				t.Fatalf("document %d begins with sequence %d", i, got)
			}
		}
		if got := binary.LittleEndian.Uint64(documents[8*n:]); got != uint64(n) {
			t.Errorf("documents end with sequence %d, want %d", got, n)
		}
		same(t, "all", numbers(data, width), want.text)
	})
}

// checkSequences compares rows with the split cut by a length.
func checkSequences(t *testing.T, rows []sequence, want expected, length int) {
	t.Helper()
	if n := (len(want.all) + length - 1) / length; len(rows) != n {
		t.Fatalf("%d sequences, want %d", len(rows), n)
	}
	for i, row := range rows {
		from := i * length
		to := min(from+length, len(want.all))
		same(t, fmt.Sprintf("sequence %d", i), row.tokens, want.all[from:to])
		documents, used := []int32{0}, 0
		for at := from; at < to; at++ {
			if want.begins[at] && at > from {
				documents = append(documents, int32(at-from))
			}
			if !want.padding[at] {
				used = at - from + 1
			}
		}
		if row.length != used {
			t.Errorf("sequence %d: length %d, want %d", i, row.length, used)
		}
		if diff := cmp.Diff(documents, row.documents); diff != "" {
			t.Errorf("sequence %d: documents (-want +got)\n%s", i, diff)
		}
	}
}

func TestRecord(t *testing.T) {
	dir := corpusOf(t, 1000, packings[1].change)
	base := t.TempDir()
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			one, two := filepath.Join(base, f.Name, "1"), filepath.Join(base, f.Name, "2")
			var done, total int64
			record, err := Convert(t.Context(), dir, one, Options{Format: f.Name, Progress: func(d, n int64) { done, total = d, n }})
			if err != nil {
				t.Fatal(err)
			}
			if done != total || total == 0 {
				t.Errorf("progress ended at %d of %d", done, total)
			}
			if _, err := Convert(t.Context(), dir, two, Options{Format: f.Name, Split: All}); err != nil {
				t.Fatal(err)
			}
			var written Record
			if err := json.Unmarshal(readFile(t, one, RecordName), &written); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(record, written); diff != "" {
				t.Errorf("convert.json (-returned +written)\n%s", diff)
			}
			files := 1
			for _, s := range record.Splits {
				for _, file := range s.Source {
					checkDigest(t, dir, file)
				}
				for _, file := range s.Files {
					checkDigest(t, one, file)
					checkDigest(t, two, file)
					files++
				}
			}
			if got := countFiles(t, one); got != files {
				t.Errorf("%d files in the folder, %d in the record", got, files)
			}
		})
	}
}

func checkDigest(t *testing.T, dir string, f File) {
	t.Helper()
	b := readFile(t, dir, f.Path)
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(b)) != f.Bytes {
		t.Errorf("%s in %s is not as the record says", f.Path, dir)
	}
}

func countFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}

func TestRefused(t *testing.T) {
	concat := corpusOf(t, 1000, packings[0].change)
	fitted := corpusOf(t, 1000, packings[1].change)
	stream := corpusOf(t, 1000, packings[3].change)
	trainOnly := corpusOf(t, 1000, func(o *shard.Options) { o.Validation = 0 })
	for _, tc := range []struct {
		name, dir string
		o         Options
		key, want string
	}{
		{"unknown format", concat, Options{Format: "bin"}, "format", `unknown format "bin" (known: llmc, nanogpt, npy, megatron, mds, parquet)`},
		{"unknown split", concat, Options{Format: "npy", Split: "test"}, "split", `unknown split "test"`},
		{"length of a format without sequences", concat, Options{Format: "npy", SequenceLength: 8}, "sequence_length", "npy has no sequences"},
		{"length too small", concat, Options{Format: "mds", SequenceLength: 1}, "sequence_length", "1 is not within"},
		{"no length", stream, Options{Format: "mds"}, "", "the shards have no sequences"},
		{"fitted", fitted, Options{Format: "mds", SequenceLength: 32}, "", "fitted into sequences of 64 tokens"},
		{"no such split", trainOnly, Options{Format: "npy", Split: shard.Validation}, "", "no shards"},
		{"no shards", t.TempDir(), Options{Format: "npy"}, "", "no shards"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "a", "b")
			_, err := Convert(t.Context(), tc.dir, out, tc.o)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error %v, want %q", err, tc.want)
			}
			var option *corpus.OptionError
			if errors.As(err, &option) != (tc.key != "") || option != nil && option.Key != tc.key {
				t.Errorf("option %v, want %q", option, tc.key)
			}
			if _, err := os.Stat(filepath.Dir(out)); err == nil {
				t.Error("a folder was left")
			}
		})
	}
}

func TestNothingLeftOfAFailure(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			dir, out := corpusOf(t, 1000, packings[1].change), filepath.Join(t.TempDir(), "out")
			name := filepath.Join(dir, shard.FileName(shard.Validation, 0)) // found when train is written
			b := readFile(t, name)
			b[shard.HeaderSize+1] ^= 1
			if err := os.WriteFile(name, b, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := Convert(t.Context(), dir, out, Options{Format: f.Name}); err == nil || !strings.Contains(err.Error(), "val-00000.bin") {
				t.Errorf("error %v", err)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a folder was left")
			}
		})
	}
}

func TestFolderNotEmpty(t *testing.T) {
	dir, out := corpusOf(t, 1000, packings[0].change), t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "notes"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Convert(t.Context(), dir, out, Options{Format: "npy"}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("error %v", err)
	}
	if n := countFiles(t, out); n != 1 {
		t.Errorf("%d files, want the one of before", n)
	}
}
