package spill

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestColumnsAndRows(t *testing.T) {
	rows := []byte("ab1cd2ef3")
	columns := appendColumns([]byte("x"), rows, 3, 3)
	if string(columns) != "xacebdf123" {
		t.Errorf("columns are %q", columns)
	}
	back := make([]byte, len(rows))
	rowsOf(back, columns[1:], 3, 3)
	if !bytes.Equal(back, rows) {
		t.Errorf("rows are %q, want %q", back, rows)
	}
}

// What MinHash maps for a unit of 20,000 documents: partition, band and hash, and a ref.
func bands(seed uint64) (records []Record) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for document := range 20_000 {
		for band := range 32 {
			h := rng.Uint64()
			key := binary.BigEndian.AppendUint16(nil, uint16(h%16))
			key = binary.BigEndian.AppendUint64(append(key, byte(band)), h)
			records = append(records, Record{key, binary.BigEndian.AppendUint64(nil, 7<<32|uint64(document))})
		}
	}
	return records
}

func TestABandTakesAtMostThirteenBytes(t *testing.T) {
	records := bands(4)
	info := write(t, filepath.Join(t.TempDir(), "a.run"), 0, records)
	if each := float64(info.Bytes) / float64(info.Records); each > 13 {
		t.Errorf("%.2f bytes a record, want at most 13", each)
	}
}

// The shapes of records change within a run, within a block and within what a sorter holds.
func TestRecordsOfSeveralShapes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	tests := []struct {
		name  string
		shape func(i int) (key, value int)
	}{
		{"one shape", func(int) (int, int) { return 11, 8 }},
		{"no values", func(int) (int, int) { return 16, 0 }},
		{"no keys", func(int) (int, int) { return 0, 8 }},
		{"nothing at all", func(int) (int, int) { return 0, 0 }},
		{"the largest in columns", func(int) (int, int) { return maxColumns - 1, 1 }},
		{"one byte more", func(int) (int, int) { return maxColumns, 1 }},
		{"large", func(int) (int, int) { return 8, 3000 }},
		{"another at the end", func(i int) (int, int) { return 11, 8 + i/9_999 }},
		{"another at the start", func(i int) (int, int) { return 11, 8 + (i+9_999)/10_000 }},
		{"turns", func(i int) (int, int) { return 8, i / 1000 % 2 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var records []Record
			for i := range 10_000 {
				k, v := tt.shape(i)
				records = append(records, Record{random(k), random(v)})
			}
			var first []byte
			for _, memory := range []int64{0, 100_000} {
				path := filepath.Join(t.TempDir(), "a.run")
				write(t, path, memory, records)
				r := open(t, path)
				same(t, sorted(records), collect(t, r.Records(nil, nil)))
				if err := r.Verify(); err != nil {
					t.Error(err)
				}
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = b
				} else if !bytes.Equal(first, b) {
					t.Error("another file under another memory")
				}
			}
		})
	}
}
