package table

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

type row struct {
	Name    string   `parquet:"name"`
	Signals []Signal `parquet:"signals,list"`
}

func (r row) Size() int { return len(r.Name) }

func write(t testing.TB, path string, rows []row) {
	t.Helper()
	w, err := Create[row](path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func read(path string) (rows []row, err error) {
	for r, err := range Read[row](path) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func TestRoundTrip(t *testing.T) {
	rows := []row{{Name: "a"}, {Name: "", Signals: SortedSignals(map[string]float64{"z": 1, "a": 2.5})}, {Name: "ü\x00"}}
	one, two := filepath.Join(t.TempDir(), "1"), filepath.Join(t.TempDir(), "2")
	write(t, one, rows)
	write(t, two, rows)
	got, err := read(one)
	if err != nil {
		t.Fatal(err)
	}
	rows[0].Signals, rows[2].Signals = got[0].Signals, got[2].Signals // nil or empty: the same to a reader
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Error(diff)
	}
	a, _ := os.ReadFile(one)
	b, _ := os.ReadFile(two)
	if !bytes.Equal(a, b) {
		t.Error("the same rows gave other bytes")
	}
}

func TestRowGroupsAreBoundedByBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big")
	var rows []row
	for range 3 {
		rows = append(rows, row{Name: strings.Repeat("x", RowGroupBytes/2)})
	}
	write(t, path, rows)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pf, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(pf.RowGroups()); n != 2 {
		t.Errorf("%d row groups, want 2", n)
	}
	if len(data) > RowGroupBytes/8 {
		t.Errorf("%d bytes for a few equal letters: statistics hold the texts", len(data))
	}
	if got, err := read(path); err != nil || len(got) != 3 {
		t.Errorf("read %d rows, %v", len(got), err)
	}
}

func TestNotATable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no.parquet")
	for _, content := range []string{"", "PAR1", "PAR1" + strings.Repeat("x", 100) + "PAR1"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: got error %v, want one that names the file", content, err)
		}
	}
	if _, err := read(path + ".missing"); err == nil {
		t.Error("no error for a missing file")
	}
}
