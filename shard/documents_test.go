package shard

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus/internal/spill"
)

// oddRows are rows in the order of the table of documents.
func oddRows() []DocumentRow {
	long := strings.Repeat("x\x00", 31_000)
	left := DocumentRow{Document: "", LeftOut: LeftOutEmpty, Shard: -1, Sequence: -1, Position: -1, FirstToken: -1}
	rows := []DocumentRow{left}
	for _, id := range []string{"\x00", "\x00\x00", "\x00\x01", "\x01", "a", "a\x00", "a\x00\x00b", "a\x01", "aa", long, long + "\x00", long + "\x00a", long + "b", "\xff\xff"} {
		rows = append(rows,
			DocumentRow{Document: id, Unit: 1, Index: 7, Length: 3, Split: Train, Shard: 9, Sequence: -1, Position: 1 << 40, FirstToken: 5},
			DocumentRow{Document: id, Unit: 1, Index: 7, DocumentToken: 3, Length: 300, Split: Train, Shard: 2, Sequence: 8, Position: 4, FirstToken: 4},
			DocumentRow{Document: id, Unit: 1, Index: 7, Copy: 1, Length: math.MaxInt64, Split: Train, Shard: math.MaxInt32, FirstToken: math.MaxInt64},
			DocumentRow{Document: id, Unit: 1, Index: 256, Length: 1, Split: Validation},
			DocumentRow{Document: id, Unit: math.MaxUint32, Index: 0, LeftOut: LeftOutMixture, Shard: -1, Sequence: -1, Position: -1, FirstToken: -1},
		)
	}
	return rows
}

// Whatever the ids, records come back as the rows they were, and sort as rows do.
func TestDocumentRecords(t *testing.T) {
	var last spill.Record
	for i, want := range oddRows() {
		key, value := want.appendRecord(nil, nil)
		record := spill.Record{Key: key, Value: value}
		got, err := parseDocumentRecord(record)
		if err != nil || got != want {
			t.Errorf("row %d: got %.200v, %v", i, got, err)
		}
		if i > 0 && spill.Compare(last, record) >= 0 {
			t.Errorf("row %d does not sort behind the one before it", i)
		}
		last = record
	}
}

func TestDocumentsTable(t *testing.T) {
	dir := t.TempDir()
	rows := oddRows()
	w := newDocumentsWriter(dir, 1<<20, createOnDisk)
	for i := range rows {
		if err := w.add(rows[(i*37+11)%len(rows)]); err != nil { // in another order
			t.Fatal(err)
		}
	}
	if err := w.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []DocumentRow
	for row, err := range DocumentRows(filepath.Join(dir, DocumentsName)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Errorf("%.2000s", diff)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
	found, err := Find(dir, "a\x00")
	if err != nil || len(found) != 5 || found[0].Document != "a\x00" {
		t.Errorf("Find = %v, %v", found, err)
	}
}

// counter counts the reads of a file.
type counter struct {
	io.ReaderAt
	reads, bytes int
}

func (c *counter) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, off)
	c.reads, c.bytes = c.reads+1, c.bytes+n
	return n, err
}

// counted opens a table through a counter, and starts counting once the footer was read.
func counted[T any](t *testing.T, path string, format tableFormat) (*table[T], *counter) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{ReaderAt: bytes.NewReader(data)}
	x := &table[T]{path: path}
	if err := x.parse(c, int64(len(data)), format); err != nil {
		t.Fatal(err)
	}
	c.reads, c.bytes = 0, 0
	return x, c
}

// A look-up in either direction reads a page of each column and the page index, however many rows there are.
func TestLookUpReadsFewPages(t *testing.T) {
	for _, rows := range []int{10_000, 3 * rowsPerGroup} {
		dir := t.TempDir()
		w, err := createIndex(dir, 8<<20, createOnDisk)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			r := IndexRow{Document: fmt.Sprintf("<urn:uuid:%016x>", mix(uint64(i))), Unit: uint32(i / 1000), Index: uint32(i % 1000), Split: Train,
				Shard: int32(i / 50_000), Sequence: int64(i / 3), Position: int64(i) * 700, FirstToken: int64(i%50_000) * 700, Length: 700}
			if err := w.add(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.close(t.Context()); err != nil {
			t.Fatal(err)
		}
		const columns = 12
		at := rows * 2 / 3
		x, c := counted[IndexRow](t, filepath.Join(dir, IndexName), indexFormat)
		row, err := lastNotAfter(x, Train, int64(at)*700+5)
		if err != nil || row.Position != int64(at)*700 {
			t.Fatalf("got %+v, %v", row, err)
		}
		// A page is read by its head and its body at worst, a checksum covers a block of 64 KiB.
		if c.reads > 3*columns || c.bytes > 3*columns*blockBytes {
			t.Errorf("%d rows: by token, %d reads of %d bytes", rows, c.reads, c.bytes)
		}
		y, c := counted[DocumentRow](t, filepath.Join(dir, DocumentsName), documentsFormat)
		found, err := find(y, row.Document)
		if err != nil || len(found) != 1 || found[0].IndexRow() != row {
			t.Fatalf("got %+v, %v", found, err)
		}
		if c.reads > 3*columns || c.bytes > 3*columns*blockBytes {
			t.Errorf("%d rows: by document, %d reads of %d bytes", rows, c.reads, c.bytes)
		}
	}
}

// A document without tokens has a row that says so.
func TestEmptyDocumentsAreLeftOut(t *testing.T) {
	docs := testDocuments(4, 20, 300)
	docs[3].Tokens, docs[9].Tokens = nil, nil
	dir, result := packAll(t, docs, testOptions(300))
	for _, i := range []int{3, 9} {
		found, err := Find(dir, docs[i].ID)
		want := []DocumentRow{{Document: docs[i].ID, Unit: uint32(docs[i].Ref.Unit()), Index: uint32(docs[i].Ref.Index()), LeftOut: LeftOutEmpty,
			Shard: -1, Sequence: -1, Position: -1, FirstToken: -1}}
		if diff := cmp.Diff(want, found); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
	var empty int64
	for _, u := range result.Units {
		empty += u.Empty
	}
	if empty != 2 {
		t.Errorf("%d documents are counted as empty", empty)
	}
}

// Not one byte of the table of documents can change without Verify noticing, and no damage makes a look-up panic or answer wrongly.
func TestDamagedDocuments(t *testing.T) {
	docs := testDocuments(3, 12, 300)
	dir, _ := packAll(t, docs, testOptions(300))
	path := filepath.Join(dir, DocumentsName)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Find(dir, docs[5].ID)
	if err != nil || len(want) == 0 {
		t.Fatal(want, err)
	}
	for at := 0; at < len(clean); at += 13 {
		b := slices.Clone(clean)
		b[at] ^= 1 << (at / 13 % 8)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Verify(t.Context(), dir); err == nil || !strings.Contains(err.Error(), DocumentsName) {
			t.Errorf("byte %d of %d flipped: Verify = %v", at, len(clean), err)
		}
		if got, err := Find(dir, docs[5].ID); err == nil && !slices.Equal(got, want) {
			t.Errorf("byte %d of %d flipped: Find = %+v", at, len(clean), got)
		}
	}
}

// FuzzDocumentRecord: what is accepted as a row of the table of documents is the row that was written, and rows sort as their records do.
func FuzzDocumentRecord(f *testing.F) {
	f.Add([]byte("a"), []byte("a\x00"), uint32(1), uint32(2), int64(3), []byte{})
	f.Add([]byte("\x00\x01"), []byte("\x00"), uint32(0), uint32(0), int64(-1), []byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte, unit, index uint32, token int64, raw []byte) {
		row, err := parseDocumentRecord(spill.Record{Key: raw[:len(raw)/2], Value: raw[len(raw)/2:]})
		if err == nil && !row.before(row) && row.Split+row.LeftOut == "" {
			t.Errorf("%x is accepted as a row without a fate", raw)
		}
		first := DocumentRow{Document: string(a), Unit: unit, Index: index, DocumentToken: max(token, 0), Split: Train}
		second := first
		second.Document = string(b)
		var records [2]spill.Record
		for i, want := range []DocumentRow{first, second} {
			records[i].Key, records[i].Value = want.appendRecord(nil, nil)
			if got, err := parseDocumentRecord(records[i]); err != nil || got != want {
				t.Fatalf("got %+v, %v, want %+v", got, err, want)
			}
		}
		if first.before(second) != (spill.Compare(records[0], records[1]) < 0) {
			t.Errorf("%q and %q sort otherwise as records", a, b)
		}
	})
}

func BenchmarkDocumentsTable(b *testing.B) {
	dir := b.TempDir()
	const rows = 100_000
	b.SetBytes(rows)
	for b.Loop() {
		w, err := createIndex(dir, 16<<20, createOnDisk)
		if err != nil {
			b.Fatal(err)
		}
		for i := range rows {
			err := w.add(IndexRow{Document: fmt.Sprintf("<urn:uuid:%016x>", mix(uint64(i))), Unit: uint32(i / 1000), Index: uint32(i % 1000), Split: Train,
				Sequence: int64(i / 3), Position: int64(i) * 700, FirstToken: int64(i) * 700, Length: 700})
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := w.close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
