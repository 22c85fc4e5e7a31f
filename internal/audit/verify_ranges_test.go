package audit

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/documents"
	"corpus/internal/manifest"
)

// builtOfRepeats makes a corpus of two input files in which documents 0:1, 1:0 and 1:1 repeat a passage of 0:0, and 1:2 nothing but that.
func builtOfRepeats(t *testing.T) string {
	t.Helper()
	in := t.TempDir()
	own := func(i int) string {
		var b strings.Builder
		for n := range 30 {
			fmt.Fprintf(&b, "%c%d ", 'a'+i, n*(i+3))
		}
		return b.String()
	}
	passage := own(20)
	for name, texts := range map[string][]string{
		"a.jsonl": {own(0) + passage + own(8), own(1) + passage + own(2), own(3)},
		"b.jsonl": {passage + own(4), own(5) + passage + own(6) + passage + own(7), passage},
	} {
		var lines strings.Builder
		for i, text := range texts {
			line, err := json.Marshal(map[string]string{"id": fmt.Sprint(name, i), "text": text})
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(append(line, '\n'))
		}
		if err := os.WriteFile(filepath.Join(in, name), []byte(lines.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Parse("test", fmt.Appendf(nil, `
sources: [{name: a, paths: ["%[1]s/a.jsonl"]}, {name: b, paths: ["%[1]s/b.jsonl"]}]
dedup: {methods: [substring]}
tokenizer: {vocab_size: 400}
`, in), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVerifyComparesTheRanges(t *testing.T) {
	dir := builtOfRepeats(t)
	if problems, err := Verify(t.Context(), dir, VerifyOptions{}); err != nil || len(problems) > 0 {
		t.Fatalf("fresh build: %v, %v", problems, err)
	}
	ranges := build.RangesPath(1)
	edit := func(name, want string, change func(rows []build.RangeRow) []build.RangeRow) tampering {
		return tampering{name, func(f *folder) { f.Helper(); editRows(f, ranges, change) }, ranges + ": " + want}
	}
	one := func(change func(r *build.RangeRow)) func([]build.RangeRow) []build.RangeRow {
		return func(rows []build.RangeRow) []build.RangeRow { change(&rows[1]); return rows } // the first of document 1:1
	}
	runTampering(t, dir, []tampering{
		edit("a part less", "document 1: substring took 145 bytes from it; the ledger's signal says 290", func(rows []build.RangeRow) []build.RangeRow { return append(rows[:1], rows[2:]...) }),
		edit("longer", "document 0: substring took 145 bytes from it; the ledger's signal says 144", func(rows []build.RangeRow) []build.RangeRow { rows[0].Length++; return rows }),
		edit("elsewhere", "document 1: the edit repeat of ", one(func(r *build.RangeRow) { r.Offset-- })),
		edit("outside the text", "document 1: substring took more from it than its ", func(rows []build.RangeRow) []build.RangeRow { rows[2].Offset = 1 << 40; return rows }),
		edit("huge", "document 1: 4611686018427387905 bytes at ", one(func(r *build.RangeRow) { r.Length = 1<<62 + 1 })),
		edit("negative", "document 1: -5 bytes at ", one(func(r *build.RangeRow) { r.Length = -5 })),
		edit("out of order", "document 1: the parts that substring took are not in order", func(rows []build.RangeRow) []build.RangeRow {
			rows[1], rows[2] = rows[2], rows[1]
			return rows
		}),
		edit("unknown method", `document 1: method "paragraph" is none of [substring]`, one(func(r *build.RangeRow) { r.Method = "paragraph" })),
		edit("another id", "document 1: unit or id is not as in the ledger", one(func(r *build.RangeRow) { r.ID = "x" })),
		edit("another unit", "document 1: unit or id is not as in the ledger", one(func(r *build.RangeRow) { r.Unit = 0 })),
		edit("a document that is not there", "document 9 is not in the ledger, or not in order", func(rows []build.RangeRow) []build.RangeRow {
			more := rows[len(rows)-1]
			more.Index = 9
			return append(rows, more)
		}),
		edit("a partner that is not there", "document 1: its partner 7:0 did not come to substring", one(func(r *build.RangeRow) { r.Partner = "7:0" })),
		edit("a later partner", "document 1: its partner 1:2 does not come before it", one(func(r *build.RangeRow) { r.Partner = "1:2" })),
		edit("itself", "document 1: partner offset ", one(func(r *build.RangeRow) { r.Partner, r.PartnerOffset = "1:1", r.Offset })),
		edit("no partner's name", `document 1: partner "first": not of the form unit:index`, one(func(r *build.RangeRow) { r.Partner = "first" })),
		edit("nothing was taken", "document 2 was dropped by substring, which took nothing from it", func(rows []build.RangeRow) []build.RangeRow { return rows[:len(rows)-1] }),
		{"an edit less", func(f *folder) {
			editRows(f, documents.Path(1), func(rows []documents.Row) []documents.Row { rows[0].Edits = nil; return rows })
		}, ranges + ": document 0: substring took 144 bytes at 0, which its edits do not say"},
		{"an edit of another kind", func(f *folder) {
			editRows(f, documents.Path(1), func(rows []documents.Row) []documents.Row { rows[0].Edits[0].Type = "email"; return rows })
		}, ranges + ": document 0: the edit email of 144 bytes at 0 by substring is not among the parts that were taken"},
		{"more left than there was", func(f *folder) {
			editRows(f, manifest.LedgerPath(1), func(rows []manifest.Row) []manifest.Row { rows[2].Value = "100000"; return rows })
		}, ranges + `: document 2: the ledger says that substring left "100000" bytes of 143, of which it took`},
		{"no table", func(f *folder) { f.remove(ranges) }, "corpus.json: outputs: " + ranges + " is not listed"},
		{"no record of the search", func(f *folder) { f.remove("state/substring/00000.json") }, "corpus.json: outputs: state/substring/00000.json is not listed"},
		{"a record of another spool", func(f *folder) {
			f.commit("spool", 1, func(c *manifest.Commit) { c.Build = strings.Repeat("0", 64) })
		}, "state/spool/00001.json: belongs to another build"},
	})
}
