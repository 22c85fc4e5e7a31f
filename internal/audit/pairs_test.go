package audit

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"corpus/internal/build"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

func TestPairExcerpts(t *testing.T) {
	long := strings.Repeat("the same words ", 40) // 600 bytes
	tests := []struct {
		name          string
		first, second string
		excerpt       int
		same          int64
		equal         bool
		wantFirst     string
		wantSecond    string
	}{
		{"different from the start", "apples", "pears", 100, 0, false, "apples", "pears"},
		{"equal", "apples", "apples", 100, 6, true, "apples", "apples"},
		{"one begins the other", "apples", "apples and pears", 100, 6, false, "apples", "apples and pears"},
		{"one is not known", "", "pears", 100, 0, false, "", "pears"},
		{"within a character", "caf\u00e9", "caf\u00e8", 100, 3, false, "caf\u00e9", "caf\u00e8"},
		{"no word between", strings.Repeat("x", 100) + "a", strings.Repeat("x", 100) + "b", 10, 100, false, "…xxxxxa", "…xxxxxb"},
		{"far into the text", long + "apples", long + "pears", 40, 600, false, "…the same words apples", "…the same words pears"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Pair{First: PairDocument{text: tt.first}, Second: PairDocument{text: tt.second}}
			p.cut(tt.excerpt)
			if p.Same != tt.same || p.Equal != tt.equal {
				t.Errorf("same %d, equal %t; want %d, %t", p.Same, p.Equal, tt.same, tt.equal)
			}
			if p.First.Excerpt != tt.wantFirst || p.Second.Excerpt != tt.wantSecond {
				t.Errorf("excerpts %q and %q, want %q and %q", p.First.Excerpt, p.Second.Excerpt, tt.wantFirst, tt.wantSecond)
			}
		})
	}
}

// Excerpts are whole characters, wherever texts part.
func TestPairExcerptsAreText(t *testing.T) {
	text := strings.Repeat("漢字 кириллица é 🙂", 30)
	for at := range text {
		for _, excerpt := range []int{1, 7, 200} {
			p := Pair{First: PairDocument{text: text}, Second: PairDocument{text: text[:at] + "x" + text[at:]}}
			p.cut(excerpt)
			if !utf8.ValidString(p.First.Excerpt) || !utf8.ValidString(p.Second.Excerpt) {
				t.Fatalf("parted at %d, %d bytes: %q, %q", at, excerpt, p.First.Excerpt, p.Second.Excerpt)
			}
		}
	}
}

// A text that the stages make in another length than the ledger says is not the one that was compared, and is not shown.
func TestPairTextIsTheOneCompared(t *testing.T) {
	dir, _ := built(t)
	c, err := buildConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := &excerpter{dir: dir, inputs: newInputFiles(c, ".")}
	if x.stages, err = build.Stages(c); err != nil {
		t.Fatal(err)
	}
	for row, err := range rows[manifest.Row](t.Context(), filepath.Join(dir, "ledger", "00000.parquet")) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Index < 0 {
			continue
		}
		text, note := x.text(t.Context(), row)
		if text == "" || note != "" {
			t.Fatalf("document %d: %q, %s", row.Index, text, note)
		}
		row.LastBytes -= 10
		row.Signals = append(row.Signals, table.Signal{Name: build.CutSignal("substring"), Value: 10})
		if again, note := x.text(t.Context(), row); again != text {
			t.Errorf("document %d with a part cut out of it: %q, %s", row.Index, again, note)
		}
		row.LastBytes++
		if again, note := x.text(t.Context(), row); again != "" || !strings.Contains(note, "is not what it was") {
			t.Errorf("document %d of another length: %q, %s", row.Index, again, note)
		}
		return
	}
	t.Error("no document came to dedup")
}

// A document of an earlier build is not in this ledger: the folder to look in is named.
func TestPairOfAnEarlierBuild(t *testing.T) {
	m := &manifest.Manifest{
		Earlier: []manifest.Earlier{{Path: "out/one", Units: 2}, {Path: "out/two", FirstUnit: 2, Units: 1}},
		Inputs:  []manifest.Input{{Unit: 3}},
	}
	list := []Pair{{First: PairDocument{Ref: "1:7"}, Second: PairDocument{Ref: "2:0"}}}
	if err := findRows(t.Context(), t.TempDir(), m, list); err != nil {
		t.Fatal(err)
	}
	if first, second := list[0].First.Note, list[0].Second.Note; !strings.Contains(first, "out/one") || !strings.Contains(second, "out/two") {
		t.Errorf("notes are %q and %q, want the folders", first, second)
	}
}
