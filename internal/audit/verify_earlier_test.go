package audit

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"
)

// builtAgainst makes a corpus and one against it, of which a newer document has the text of an older one.
func builtAgainst(t *testing.T) (before, dir string) {
	t.Helper()
	in := t.TempDir()
	before, dir = filepath.Join(in, "before"), filepath.Join(in, "out")
	for i, c := range []struct{ out, against, lines string }{
		{before, "", `{"id":"a","date":"2020-01-01","text":"The harbour is quiet in winter."}` + "\n" + `{"id":"b","date":"2020-01-01","text":"Boats lie on the beach."}` + "\n"},
		{dir, before, `{"id":"c","date":"2024-01-01","text":"The harbour is quiet in winter."}` + "\n" + `{"id":"d","date":"2010-01-01","text":"Boats lie on the beach."}` + "\n"},
	} {
		path := filepath.Join(in, fmt.Sprint(i, ".jsonl"))
		if err := os.WriteFile(path, []byte(c.lines), 0o600); err != nil {
			t.Fatal(err)
		}
		conf, err := config.Parse("test", fmt.Appendf(nil, `
sources: [{name: s%d, paths: [%q]}]
dedup: {methods: [exact], survivor: [newest], index: true, against: [%s]}
tokenizer: {vocab_size: 300}
shards: {validation: 0}
`, i, path, c.against), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := build.Run(t.Context(), build.Options{Config: conf, Dir: c.out, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Fatal(err)
		}
	}
	return before, dir
}

func TestVerifyOfABuildAgainstAnother(t *testing.T) {
	before, dir := builtAgainst(t)
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := (manifest.EarlierChanges{Met: 2, Changed: 2, Dropped: 1}); *m.Dedup.Earlier != want {
		t.Errorf("dedup.earlier is %+v, want %+v", *m.Dedup.Earlier, want)
	}
	edit := func(change func(rows []build.EarlierRow)) func(f *folder) {
		return func(f *folder) {
			editRows(f, build.EarlierPath, func(rows []build.EarlierRow) []build.EarlierRow { change(rows); return rows })
		}
	}
	runTampering(t, dir, []tampering{
		lie("another build before", "earlier is not that of the plan", func(m *manifest.Manifest) { m.Earlier[0].Digest = strings.Repeat("0", 64) }),
		lie("no build before", "earlier is not that of the plan", func(m *manifest.Manifest) { m.Earlier = nil }),
		lie("nothing said of earlier documents", "dedup.earlier and earlier do not go together", func(m *manifest.Manifest) { m.Dedup.Earlier = nil }),
		lie("fewer changes", "dedup.earlier is not that of the commit record", func(m *manifest.Manifest) { m.Dedup.Earlier.Changed-- }),
		{"an earlier document was not kept", edit(func(rows []build.EarlierRow) { rows[0].WasKept = false }), "dedup.earlier.dropped is 1, found 0"},
		{"an earlier document is this build's", edit(func(rows []build.EarlierRow) { rows[0].Unit = 1 }), "document 1:0 is none of an earlier build"},
		{"kept in another's place", edit(func(rows []build.EarlierRow) { rows[0].Kept = true }), "do not go together"},
		{"no table of earlier documents", func(f *folder) { f.remove(build.EarlierPath) }, "outputs: dedup/earlier.parquet is not listed"},
		{"a file of keys is another", func(f *folder) {
			f.must(os.WriteFile(filepath.Join(f.dir, "index/exact-00000.keys"), []byte("none"), 0o600))
			f.reseal()
		}, "index/exact-00000.keys: open file of keys"},
		{"a run of the index is another", func(f *folder) {
			f.must(os.WriteFile(filepath.Join(f.dir, "index/pairs.run"), []byte("none"), 0o600))
			f.reseal()
		}, "index/pairs.run: open run"},
	})
	unchecked := func() string {
		list, err := Unchecked(dir, ".")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, "\n")
	}
	if got := unchecked(); got != "" {
		t.Errorf("all is there, but: %s", got)
	}
	f := &folder{t, before}
	f.manifest(func(m *manifest.Manifest) { m.Declared.Title = "another" })
	if got := unchecked(); !strings.Contains(got, "is another build") {
		t.Errorf("another build before: %q", got)
	}
	f.must(os.RemoveAll(before))
	if got := unchecked(); !strings.Contains(got, before+", an earlier build, is not there") {
		t.Errorf("no build before: %q", got)
	}
	if got := (&folder{t, dir}).problems(VerifyOptions{}); got != "" {
		t.Errorf("without the build before:\n%s", got)
	}
}
