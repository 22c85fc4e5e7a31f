package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"

	"github.com/klauspost/compress/gzip"
)

// page is the i-th page of the test crawl: its paragraphs name it, so that its bytes can be recognised.
func page(i int) string {
	var b strings.Builder
	b.WriteString("<html><head><title>Page</title></head><body><nav><a href=/>Home</a></nav><article>")
	for p := range 6 {
		fmt.Fprintf(&b, "<p>Page number %d tells, among other things, how the keeper of the old lighthouse by the harbour counted %d ships before breakfast, and why it mattered to the people of the town.</p>\n", i, i*13+p)
	}
	b.WriteString("</article><footer>Imprint</footer></body></html>")
	return b.String()
}

// writeCrawl writes a WARC file of n pages, the last of which is page 0 again, a gzip member per record.
func writeCrawl(t *testing.T, path string, from, n int) {
	t.Helper()
	var file bytes.Buffer
	for i := from; i < from+n; i++ {
		body := page(i)
		if i == from+n-1 {
			body = page(0) // a duplicate
		}
		block := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		record := fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://harbour.example/%d\r\nWARC-Date: 2025-03-01T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:%08d-0000-0000-0000-000000000000>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
			i, i, len(block), block)
		z := gzip.NewWriter(&file)
		if _, err := z.Write([]byte(record)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// built makes a small corpus and returns its folder and its input file.
func built(t *testing.T) (dir, input string) {
	t.Helper()
	input = filepath.Join(t.TempDir(), "crawl.warc.gz")
	writeCrawl(t, input, 0, 40)
	dir = filepath.Join(t.TempDir(), "out")
	c, err := config.Parse("test", fmt.Appendf(nil, `
sources: [{name: harbour, paths: [%s]}]
filters: [{gopher_quality: {min_doc_words: 20}}, pii]
dedup: {methods: [exact]}
tokenizer: {vocab_size: 400}
shards: {validation: 0.1, tokens_per_shard: 2000}
`, input), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := build.Run(context.Background(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	return dir, input
}

func TestVerifyNamesTheFileThatChanged(t *testing.T) {
	dir, input := built(t)
	if problems, err := Verify(t.Context(), dir, VerifyOptions{Inputs: true}); err != nil || len(problems) > 0 {
		t.Fatalf("fresh build: %v, %v", problems, err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		changed := bytes.Clone(data)
		changed[random.IntN(len(changed))] ^= 1 << random.IntN(8)
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		problems, err := Verify(t.Context(), dir, VerifyOptions{})
		if err != nil || len(problems) != 1 || problems[0].Path != filepath.ToSlash(rel) {
			t.Errorf("%s was changed: got %v, %v", rel, problems, err)
		}
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil || files < 15 {
		t.Fatalf("%d files, %v", files, err)
	}
	t.Run("missing file", func(t *testing.T) {
		path := filepath.Join(dir, "shards", "index.parquet")
		data, _ := os.ReadFile(path)
		defer os.WriteFile(path, data, 0o600)
		os.Remove(path)
		problems, err := Verify(t.Context(), dir, VerifyOptions{})
		if err != nil || len(problems) != 1 || problems[0].String() != "shards/index.parquet: is missing" {
			t.Errorf("got %v, %v", problems, err)
		}
	})
	t.Run("extra file", func(t *testing.T) {
		path := filepath.Join(dir, "documents", "note.txt")
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		problems, err := Verify(t.Context(), dir, VerifyOptions{})
		if err != nil || len(problems) != 1 || problems[0].Path != "documents/note.txt" {
			t.Errorf("got %v, %v", problems, err)
		}
	})
	t.Run("changed input", func(t *testing.T) {
		data, _ := os.ReadFile(input)
		data[100] ^= 1
		if err := os.WriteFile(input, data, 0o600); err != nil {
			t.Fatal(err)
		}
		problems, err := Verify(t.Context(), dir, VerifyOptions{Inputs: true})
		if err != nil || len(problems) != 1 || problems[0].Path != input {
			t.Errorf("got %v, %v", problems, err)
		}
	})
}

func TestTraceLeadsToTheBytesOfThePage(t *testing.T) {
	dir, input := built(t)
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		shard, token := "train-00000.bin", random.Int64N(min(2000, m.Shards.TrainTokens))
		if random.IntN(4) == 0 {
			shard, token = "val-00000.bin", random.Int64N(min(2000, m.Shards.ValTokens))
		}
		got, err := Trace(t.Context(), dir, shard, token, "")
		if err != nil {
			t.Fatal(err)
		}
		if got.Record != "verified" || got.Origin.File != input || got.Origin.Codec != "gzip" || got.Source != "harbour" {
			t.Fatalf("%s %d: %+v", shard, token, got)
		}
		z, err := gzip.NewReader(bytes.NewReader(raw[got.Origin.Offset : got.Origin.Offset+got.Origin.Length]))
		if err != nil {
			t.Fatal(err)
		}
		record, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(record, []byte("WARC-Target-URI: "+got.URL+"\r\n")) {
			t.Errorf("%s %d: the record at %d is not of %s", shard, token, got.Origin.Offset, got.URL)
		}
		words := strings.Fields(strings.ReplaceAll(got.Around, "<|endoftext|>", " "))
		if len(words) > 2 && !bytes.Contains(record, []byte(words[1])) {
			t.Errorf("%s %d: %q is not in the record", shard, token, words[1])
		}
	}
	if _, err := Trace(t.Context(), dir, "train-00000.bin", 1<<40, ""); err == nil {
		t.Error("a token beyond the shard was traced")
	}
	if _, err := Trace(t.Context(), dir, "train-00099.bin", 0, ""); err == nil {
		t.Error("a shard that is not there was traced")
	}
	if err := os.Rename(input, input+".gone"); err != nil {
		t.Fatal(err)
	}
	got, err := Trace(t.Context(), dir, "train-00000.bin", 0, "")
	if err != nil || !strings.HasPrefix(got.Record, "not verified") {
		t.Errorf("without the input: %v, %v", got, err)
	}
}

func TestInspectSamples(t *testing.T) {
	dir, _ := built(t)
	opts := InspectOptions{Samples: 3, Seed: 1, Excerpt: 60}
	groups, err := Inspect(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range groups {
		names = append(names, fmt.Sprintf("%s/%s %d %d", g.Stage, g.Rule, g.Documents, len(g.Samples)))
		for _, s := range g.Samples {
			page := strings.TrimPrefix(s.Row.URL, "https://harbour.example/")
			if g.Stage == "exact" {
				page = "0"
			}
			if !strings.HasPrefix(s.Excerpt, "Page number "+page+" tells") {
				t.Errorf("%s: excerpt %q, note %q", s.Row.URL, s.Excerpt, s.Note)
			}
		}
	}
	if got := strings.Join(names, ", "); got != "exact/duplicate 1 1, kept/ 39 3" {
		t.Errorf("groups: %s", got)
	}
	again, err := Inspect(t.Context(), dir, opts)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(groups) {
		t.Error("the same seed gave another sample")
	}
}

// Records are drawn by their place: that ids repeat makes none likelier than another.
func TestSamplesOfEqualIDs(t *testing.T) {
	drawn := map[int64]bool{}
	for seed := range uint64(40) {
		groups := map[string]*Group{}
		for record := range int64(10) {
			sample(groups, manifest.Row{ID: "same", Record: record, Stage: "url", Rule: "domain"}, InspectOptions{Samples: 2, Seed: seed})
		}
		for _, s := range groups["url/domain"].Samples {
			drawn[s.Row.Record] = true
		}
	}
	if len(drawn) != 10 {
		t.Errorf("only %d of 10 records were ever drawn", len(drawn))
	}
}

func TestStatus(t *testing.T) {
	dir, _ := built(t)
	s, err := ReadStatus(dir)
	if err != nil || !s.Complete || s.Inputs != 1 || s.Phases[0] != (PhaseStatus{"curate", 1, 1}) {
		t.Errorf("got %+v, %v", s, err)
	}
	if err := os.Remove(filepath.Join(dir, manifest.Name)); err != nil {
		t.Fatal(err)
	}
	if s, err = ReadStatus(dir); err != nil || s.Complete || s.Stages[0].In.Documents != 40 {
		t.Errorf("unfinished: got %+v, %v", s, err)
	}
	if _, err := ReadStatus(t.TempDir()); err == nil {
		t.Error("an empty folder has a status")
	}
}

func TestStatusOfRecordsThatDoNotFit(t *testing.T) {
	dir, _ := builtOfTwo(t)
	f := &folder{t, dir}
	f.commit("curate", 1, func(c *manifest.Commit) { c.Stages = append(c.Stages, c.Stages...) })
	if _, err := ReadStatus(dir); err == nil || !strings.Contains(err.Error(), "state/curate/00001.json") {
		t.Errorf("got %v", err)
	}
}
