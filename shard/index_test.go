package shard

import (
	order "cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// Every token is located at the row that covers it.
func TestLocate(t *testing.T) {
	opts := testOptions(300)
	dir, result := packAll(t, testDocuments(1, 80, 300), opts)
	n := 0
	for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%7 != 0 && row.Length > 1 {
			continue // each look-up opens the file
		}
		for _, token := range []int64{row.FirstToken, row.FirstToken + row.Length/2, row.FirstToken + row.Length - 1} {
			got, err := Locate(dir, FileName(row.Split, int(row.Shard)), token)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row, got); diff != "" {
				t.Fatalf("token %d: %s", token, diff)
			}
		}
	}
	last := FileName(Train, result.Train.Shards-1)
	for _, tc := range []struct {
		file  string
		token int64
	}{{"train-00000.bin", 1000}, {"train-00000.bin", -1}, {"train-00099.bin", 0}, {"val-00099.bin", 0}, {last, 1000}, {"test-00000.bin", 0}} {
		if row, err := Locate(dir, tc.file, tc.token); err == nil || !strings.Contains(err.Error(), tc.file) {
			t.Errorf("Locate(%s, %d) = %+v, %v", tc.file, tc.token, row, err)
		}
	}
}

func TestFind(t *testing.T) {
	opts := testOptions(300)
	docs := testDocuments(2, 80, 300)
	docs[10].ID = docs[11].ID // ids of the input may be alike
	dir, _ := packAll(t, docs, opts)
	want := map[string][]DocumentRow{"doc-9999": nil}
	for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
		if err != nil {
			t.Fatal(err)
		}
		want[row.Document] = append(want[row.Document], documentRow(row))
	}
	for _, rows := range want {
		slices.SortFunc(rows, func(a, b DocumentRow) int { return cmpOrder(a, b) })
	}
	if len(want[docs[7].ID]) < 3 {
		t.Errorf("a document of 3,000 tokens has %d rows in shards of 1,000", len(want[docs[7].ID]))
	}
	for id, rows := range want {
		got, err := Find(dir, id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

// documentRow is the row of the table of documents that says what a row of the index does.
func documentRow(r IndexRow) DocumentRow {
	return DocumentRow{
		Document: r.Document, Unit: r.Unit, Index: r.Index, Copy: r.Copy, DocumentToken: r.DocumentToken, Length: r.Length,
		Split: r.Split, Shard: r.Shard, Sequence: r.Sequence, Position: r.Position, FirstToken: r.FirstToken,
	}
}

func cmpOrder(a, b DocumentRow) int {
	return order.Or(strings.Compare(a.Document, b.Document), order.Compare(a.Unit, b.Unit), order.Compare(a.Index, b.Index),
		order.Compare(a.Copy, b.Copy), order.Compare(a.DocumentToken, b.DocumentToken))
}

// An index of several row groups, where a look-up must find the right one.
func TestLargeIndex(t *testing.T) {
	dir := t.TempDir()
	w, err := createIndex(dir, 1<<20, createOnDisk)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 2*rowsPerGroup + 100
	at := func(i int) IndexRow {
		ref := corpus.MakeRef(i/1000, i%1000)
		return IndexRow{
			Document: fmt.Sprintf("id-%d", i), Unit: uint32(ref.Unit()), Index: uint32(ref.Index()),
			Split: Train, Shard: int32(i / 10_000), FirstToken: int64(i%10_000) * 10, Position: int64(i) * 10, Length: 10,
		}
	}
	for i := range rows {
		if err := w.add(at(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 10_000, rowsPerGroup - 1, rowsPerGroup, rows - 1} {
		row := at(i)
		x, err := openIndex(filepath.Join(dir, IndexName))
		if err != nil {
			t.Fatal(err)
		}
		got, err := lastNotAfter(x, Train, row.Position+9)
		x.close()
		if err != nil || got != row {
			t.Errorf("lastNotAfter row %d = %+v, %v", i, got, err)
		}
		found, err := Find(dir, row.Document)
		if err != nil || len(found) != 1 || found[0] != documentRow(row) {
			t.Errorf("Find row %d = %+v, %v", i, found, err)
		}
	}
}

// Not one byte of an index can change without Verify noticing, and no damage makes a
// look-up panic or answer wrongly.
func TestDamagedIndex(t *testing.T) {
	opts := testOptions(300)
	dir, _ := packAll(t, testDocuments(3, 12, 300), opts)
	path := filepath.Join(dir, IndexName)
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Locate(dir, "train-00000.bin", 500)
	if err != nil {
		t.Fatal(err)
	}
	for at := range clean {
		if at%9 != 0 && at > 4 && at < len(clean)-200 {
			continue
		}
		b := append([]byte(nil), clean...)
		b[at] ^= 1 << (at / 9 % 8)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Verify(t.Context(), dir); err == nil || !strings.Contains(err.Error(), IndexName) {
			t.Errorf("byte %d of %d flipped: Verify = %v", at, len(clean), err)
		}
		if row, err := Locate(dir, "train-00000.bin", 500); err == nil && row != want {
			t.Errorf("byte %d of %d flipped: Locate = %+v", at, len(clean), row)
		}
		if rows, err := Find(dir, want.Document); err == nil && !slices.Contains(rows, documentRow(want)) {
			t.Errorf("byte %d of %d flipped: Find = %+v", at, len(clean), rows)
		}
	}
}

// A footer that claims gigabytes is refused before memory is set aside for it.
func TestIndexWithAnAbsurdFooter(t *testing.T) {
	dir, _ := packAll(t, testDocuments(3, 12, 300), testOptions(300))
	path := filepath.Join(dir, IndexName)
	edit(t, path, func(b []byte) []byte { b[len(b)-5] = 0x7F; return b })
	if err := Verify(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "footer of 21") {
		t.Errorf("Verify = %v", err)
	}
}
