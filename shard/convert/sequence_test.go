package convert

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"corpus/shard"
)

// lengthOf is how long sequences are in a test: of shards that have none, something that divides nothing.
func lengthOf(t *testing.T) int {
	if name := t.Name(); bytes.Contains([]byte(name), []byte("no_sequences")) {
		return 37
	}
	return 64
}

// mdsIndex is what a reader of MDS needs of index.json.
type mdsIndex struct {
	Version int
	Shards  []struct {
		Encodings []string `json:"column_encodings"`
		Names     []string `json:"column_names"`
		Sizes     []*int   `json:"column_sizes"`
		Format    string
		Raw       struct {
			Basename string
			Bytes    int
			Hashes   map[string]string
		} `json:"raw_data"`
		Samples   int
		SizeLimit int `json:"size_limit"`
	}
}

// array decodes an ndarray:int32 of one dimension.
func array(t *testing.T, b []byte) []uint32 {
	t.Helper()
	if b[0]>>2 != 1 {
		t.Fatalf("%d dimensions", b[0]>>2)
	}
	width := 1 << (b[0] & 3)
	var n uint64
	for i := range width {
		n |= uint64(b[1+i]) << (8 * i)
	}
	if len(b) != 1+width+4*int(n) {
		t.Fatalf("array of %d in %d bytes", n, len(b))
	}
	return numbers(b[1+width:], 4)
}

func mdsRows(t *testing.T, folder string) (rows []sequence) {
	t.Helper()
	var index mdsIndex
	if err := json.Unmarshal(readFile(t, folder, "index.json"), &index); err != nil {
		t.Fatal(err)
	}
	if index.Version != 2 {
		t.Errorf("version %d, %d shards", index.Version, len(index.Shards))
	}
	for i, s := range index.Shards {
		b := readFile(t, folder, s.Raw.Basename)
		checkDigest(t, folder, File{Path: s.Raw.Basename, Bytes: int64(s.Raw.Bytes), SHA256: s.Raw.Hashes["sha256"]})
		if len(b) > s.SizeLimit || s.Raw.Basename != fmt.Sprintf("shard.%05d.mds", i) || fmt.Sprint(s.Names) != "[documents length tokens]" {
			t.Errorf("shard %+v of %d bytes", s, len(b))
		}
		if n := binary.LittleEndian.Uint32(b); int(n) != s.Samples {
			t.Fatalf("shard %d: %d samples, the index says %d", i, n, s.Samples)
		}
		for k := range s.Samples {
			from, to := binary.LittleEndian.Uint32(b[4+4*k:]), binary.LittleEndian.Uint32(b[8+4*k:])
			sample := b[from:to]
			documents := binary.LittleEndian.Uint32(sample)
			tokens := binary.LittleEndian.Uint32(sample[4:])
			row := sequence{tokens: array(t, sample[8+documents+4:][:tokens]), length: int(binary.LittleEndian.Uint32(sample[8+documents:]))}
			for _, at := range array(t, sample[8:8+documents]) {
				row.documents = append(row.documents, int32(at))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func TestMDS(t *testing.T) {
	each(t, "mds", Options{SequenceLength: 37}, func(t *testing.T, out, split string, vocab int, want expected) {
		checkSequences(t, mdsRows(t, filepath.Join(out, split)), want, lengthOf(t))
		readFile(t, out, split, "shard.00001.mds")
	})
}

func TestParquet(t *testing.T) {
	type row struct {
		IDs       []int32 `parquet:"input_ids,list"`
		Documents []int32 `parquet:"documents,list"`
		Length    int32   `parquet:"length"`
	}
	each(t, "parquet", Options{SequenceLength: 37}, func(t *testing.T, out, split string, vocab int, want expected) {
		var rows []sequence
		names, err := filepath.Glob(filepath.Join(out, split+"-*.parquet"))
		if err != nil || len(names) < 2 {
			t.Fatalf("%d files, %v", len(names), err)
		}
		for i, name := range names {
			if filepath.Base(name) != fmt.Sprintf("%s-%05d.parquet", split, i) {
				t.Errorf("file %d is %s", i, name)
			}
			list, err := parquet.ReadFile[row](name)
			if err != nil {
				t.Fatal(err)
			}
			tokens := 0
			for _, r := range list {
				s := sequence{documents: r.Documents, length: int(r.Length)}
				for _, id := range r.IDs {
					s.tokens = append(s.tokens, uint32(id))
				}
				rows = append(rows, s)
				tokens += len(s.tokens)
			}
			if tokens > 1000 {
				t.Errorf("%s has %d tokens", name, tokens)
			}
		}
		checkSequences(t, rows, want, lengthOf(t))
	})
}

// TestOtherLength cuts what was packed with sequences into others, and across shards.
func TestOtherLength(t *testing.T) {
	dir := corpusOf(t, 1000, func(*shard.Options) {})
	for _, length := range []int{2, 50, 300, 100_000} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			record, err := Convert(t.Context(), dir, out, Options{Format: "mds", Split: shard.Train, SequenceLength: length})
			if err != nil {
				t.Fatal(err)
			}
			if record.SequenceLength != length || len(record.Splits) != 1 {
				t.Errorf("record %+v", record)
			}
			want := expect(t, dir, shard.Train)
			rows := mdsRows(t, filepath.Join(out, shard.Train))
			checkSequences(t, rows, want, length)
		})
	}
}
