package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
	"corpus/dedup"
	"corpus/ingest"
	"corpus/internal/jsonl"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
)

// Lines come back by number and by offset, and documents as they were.
func TestLineStore(t *testing.T) {
	folder := t.TempDir()
	s, err := newLineStore(filepath.Join(folder, "lines"), filepath.Join(folder, "ends"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	var want []*corpus.Document
	for i := range 3*endsPage + 7 {
		d := &corpus.Document{ID: fmt.Sprint("d", i), URL: "https://a.example/", Source: "s", Date: "2024-05", Text: strings.Repeat("line\n\"x\" é ", i%90+1)}
		switch i % 3 {
		case 1:
			d.Metadata, d.Declared = []byte(`{"title":"T","n":[1]}`), corpus.Declared{Title: "T"}
			d.Rights = []corpus.Evidence{{Kind: "robots", Where: "http", Value: "noai"}}
		case 2:
			d.HTML, d.Text, d.ContentType = []byte("<p>\xff"), "", "text/html"
		}
		if i == 6 {
			d.Text = strings.Repeat("\x01", 3<<20) // six times as long as a line: over the bound of lines that are read
		}
		want = append(want, d)
		if err := s.add(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.flush(); err != nil {
		t.Fatal(err)
	}
	var got []*corpus.Document
	for d, err := range s.all(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(corpus.Document{}, "Origin", "Type")); diff != "" {
		t.Errorf("all: -want +got:\n%s", diff)
	}
	for _, i := range []int64{0, endsPage, endsPage - 1, 2, 6, 3*endsPage + 6, 1} {
		line, err := jsonl.Append(nil, want[i], jsonl.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if stored, err := s.read(i); err != nil || !bytes.Equal(stored, line) {
			t.Errorf("line %d: %v, -want +got:\n%s", i, err, cmp.Diff(string(line), string(stored)))
		}
		if text, err := s.text(i, "text"); err != nil || text != want[i].Text {
			t.Errorf("text of %d: %v, of %d bytes, want %d", i, err, len(text), len(want[i].Text))
		}
		from, to, err := s.place(i)
		if err != nil {
			t.Fatal(err)
		}
		var copied bytes.Buffer
		if err := s.copy(t.Context(), &copied, from, to); err != nil || !bytes.Equal(copied.Bytes(), line) {
			t.Errorf("copy of %d: %v, %d bytes, want %d", i, err, copied.Len(), len(line))
		}
	}
	if _, err := s.read(3*endsPage + 7); err == nil {
		t.Error("a line behind the last is read")
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := stoppingWriter{stop: cancel}
	if err := s.copy(ctx, &first, 0, s.size); !errors.Is(err, context.Canceled) || first.written >= s.size {
		t.Errorf("an interrupted copy goes on: %v, %d of %d bytes", err, first.written, s.size)
	}
}

// stoppingWriter calls stop when something is written.
type stoppingWriter struct {
	stop    func()
	written int64
}

func (w *stoppingWriter) Write(p []byte) (int, error) {
	w.stop()
	w.written += int64(len(p))
	return len(p), nil
}

// The survivor may come behind what it stands for; its id is known all the same. Workers and the input's compression change nothing.
func TestDedupStreamSurvivors(t *testing.T) {
	const text = "the same text of some words"
	in := `{"id":"old","text":"` + text + `","date":"2020"}
{"id":"page","html":"<p>x"}
{"id":"alone","text":"another text"}
{"id":"new","text":"` + text + `","date":"2024"}
{"id":"middle","text":"` + text + `","date":"2022"}
`
	exact, err := dedup.NewExact(dedup.DefaultExactOptions())
	if err != nil {
		t.Fatal(err)
	}
	newest, err := dedup.NewPriority([]string{"newest"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		survivors corpus.Exchange
		lines     string
		members   string
	}{
		{"first", nil, "old page alone", "old/old/true middle/old/false new/old/false"},
		{"newest", dedup.NewSurvivors(newest), "page alone new", "old/new/false new/new/true middle/new/false"},
	} {
		for name, in := range map[string]string{"plain": in, "zstd": zstdOf(t, in)} {
			workers := len(name) - 3 // 2 and 1
			t.Run(test.name+" of "+name, func(t *testing.T) {
				var out bytes.Buffer
				var members []string
				stats, err := DedupStream(t.Context(), strings.NewReader(in), DedupOptions{
					Exchange: exact, Survivors: test.survivors, Workers: workers, TempDir: t.TempDir(), Out: &out,
					Member: func(id, cluster string, kept bool, _ float64) error {
						members = append(members, fmt.Sprintf("%s/%s/%t", id, cluster, kept))
						return nil
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for line := range strings.Lines(out.String()) {
					id, _ := ingest.TextField([]byte(line), "id")
					ids = append(ids, id)
				}
				if got := strings.Join(ids, " "); got != test.lines || stats.Written != int64(len(ids)) || stats.Raw != 1 {
					t.Errorf("%q are written, want %q; %+v", got, test.lines, stats)
				}
				slicesEqual(t, strings.Fields(test.members), members)
			})
		}
	}
}

func zstdOf(t *testing.T, content string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(content), nil))
}

// slicesEqual compares lists whose order does not matter.
func slicesEqual(t *testing.T, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
