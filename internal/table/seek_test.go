package table

import (
	"fmt"
	"path/filepath"
	"testing"
)

type numbered struct {
	Index int64  `parquet:"index"`
	Name  string `parquet:"name"`
}

func (r numbered) Size() int { return len(r.Name) }

func TestSeek(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.parquet")
	w, err := Create[numbered](path)
	if err != nil {
		t.Fatal(err)
	}
	const n = 2*RowGroupRows + 77 // three row groups
	for i := range int64(n) {
		if err := w.Write(numbered{3 * i, fmt.Sprintf("name-%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int64{0, 1, 4999, RowGroupRows - 1, RowGroupRows, n - 1} {
		got, found, err := Seek[numbered](path, "index", 3*i)
		if err != nil || !found || got.Name != fmt.Sprintf("name-%d", i) {
			t.Errorf("row %d: got %+v, %v, %v", i, got, found, err)
		}
	}
	for _, absent := range []int64{-1, 1, 3*RowGroupRows - 1, 3 * n} {
		if got, found, err := Seek[numbered](path, "index", absent); err != nil || found {
			t.Errorf("%d: got %+v, %v, %v", absent, got, found, err)
		}
	}
	if _, _, err := Seek[numbered](path, "number", 1); err == nil {
		t.Error("a column that is not there: no error")
	}
	if _, _, err := Seek[numbered](path+".none", "index", 1); err == nil {
		t.Error("a file that is not there: no error")
	}
}
