package build_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"corpus/internal/audit"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"
	"corpus/shard"
)

// writeDocuments writes documents of made words as JSON Lines, every tenth long, the last without text.
func writeDocuments(t *testing.T, path, source string, n int, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	var b bytes.Buffer
	for i := range n {
		words := 20 + random.IntN(150)
		if i%10 == 0 {
			words += 600
		}
		var text strings.Builder
		for w := range words {
			fmt.Fprintf(&text, "%s%d ", source, random.IntN(500))
			if w%12 == 11 {
				text.WriteString("end.\n")
			}
		}
		line, err := json.Marshal(map[string]string{"id": fmt.Sprintf("%s-%03d", source, i), "text": strings.TrimSpace(text.String())})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mixed is a config of three sources: one is repeated, one cut down, one capped.
func mixed(t *testing.T) string {
	t.Helper()
	in := t.TempDir()
	writeDocuments(t, filepath.Join(in, "wiki.jsonl"), "wiki", 120, 1)
	writeDocuments(t, filepath.Join(in, "web.jsonl"), "web", 400, 2)
	writeDocuments(t, filepath.Join(in, "code.jsonl"), "code", 30, 3)
	return fmt.Sprintf(`
sources:
  - {name: wiki, paths: [%[1]s/wiki.jsonl]}
  - {name: web, paths: [%[1]s/web.jsonl]}
  - {name: code, paths: [%[1]s/code.jsonl]}
dedup: {methods: [exact]}
tokenizer: {vocab_size: 600}
shards:
  packing: best_fit
  sequence_length: 256
  tokens_per_shard: 20000
  validation: 0.05
  mixture:
    sources:
      wiki: {weight: 5}
      web: {weight: 3}
      code: {weight: 4}
    max_epochs: 2.5
`, in)
}

func TestMixture(t *testing.T) {
	long(t)
	text := mixed(t)
	dir := filepath.Join(t.TempDir(), "out")
	c, err := config.Parse("mixed", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	m, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{Inputs: true}); err != nil || len(problems) > 0 {
		t.Fatalf("verify: %v, %v", problems, err)
	}
	if !strings.Contains(log.String(), "source=code") || !strings.Contains(log.String(), "capped=true") {
		t.Errorf("the build does not say what the mixture came to: %s", log.String())
	}
	shares := map[string]manifest.MixtureSource{}
	for _, s := range m.Shards.Mixture {
		shares[s.Source] = s
		// 30 documents of lengths from 20 to 770 words are few: the sum is near the plan.
		if near := math.Abs(float64(s.GotTokens)/float64(s.PlannedTokens) - 1); near > 0.12 {
			t.Errorf("%s: planned %d tokens, got %d", s.Source, s.PlannedTokens, s.GotTokens)
		}
	}
	if x := shares["code"]; !x.Capped || x.Epochs < 2.49 || x.Epochs > 2.5 || x.Repeated == 0 || x.LeftOut != 0 {
		t.Errorf("code: %+v", x)
	}
	if x := shares["web"]; x.Capped || x.Epochs >= 1 || x.LeftOut == 0 || x.Repeated != 0 {
		t.Errorf("web: %+v", x)
	}
	if s := m.Shards; s.TrainPadding == 0 || s.CutDocuments == 0 || s.TrainSequences == 0 || s.LeftOutDocuments != shares["web"].LeftOut {
		t.Errorf("shards: %+v", s)
	}
	sheet, err := os.ReadFile(filepath.Join(dir, "datasheet", "tables", "mixture.csv"))
	if err != nil || !strings.Contains(string(sheet), "\ncode,") {
		t.Errorf("datasheet: %q, %v", sheet, err)
	}
	traceMixed(t, dir, []string{"wiki", "web", "code"})
	t.Run("workers", func(t *testing.T) {
		other := filepath.Join(t.TempDir(), "out")
		if err := runConfig(other, text, 3); err != nil {
			t.Fatal(err)
		}
		sameFolder(t, folder(t, dir), folder(t, other))
	})
	t.Run("kills", func(t *testing.T) { killMixed(t, text, folder(t, dir)) })
}

// traceMixed follows documents of every source into the shards, and from there back.
func traceMixed(t *testing.T, dir string, sources []string) {
	t.Helper()
	left := 0
	for _, source := range sources {
		copies := 0
		for i := range 30 {
			id := fmt.Sprintf("%s-%03d", source, i)
			list, err := audit.TraceDocument(t.Context(), dir, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if p.LeftOut == shard.LeftOutMixture {
					left++
				}
				if p.Stretch == nil {
					continue
				}
				copies = max(copies, int(p.Copy)+1)
				got, err := audit.Trace(t.Context(), dir, p.Shard, p.FirstToken+p.Length-1, "")
				if err != nil || got.DocID != id || got.Source != source || got.Sequence != p.Sequence || got.Copy != p.Copy ||
					got.Position != p.DocumentToken+p.Length-1 || got.Record != "verified" {
					t.Errorf("%s: %+v leads back to %+v, %v", id, *p.Stretch, got, err)
				}
			}
		}
		if want := map[string]int{"wiki": 3, "web": 1, "code": 3}[source]; copies > want || copies == 0 {
			t.Errorf("%s: up to %d copies", source, copies)
		}
	}
	if left == 0 {
		t.Error("no document was left out by the mixture")
	}
	if _, err := audit.TraceDocument(t.Context(), dir, "nobody"); err == nil {
		t.Error("a document that is not there was traced")
	}
}

// killMixed kills builds at random times, goes on, and compares.
func killMixed(t *testing.T, text string, want map[string]string) {
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	random := rand.New(rand.NewPCG(7, 8))
	dir := filepath.Join(t.TempDir(), "out")
	run := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "CORPUS_TEST_BUILD="+dir, "CORPUS_TEST_CONFIG="+text)
		return cmd
	}
	start := time.Now()
	if out, err := run().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	for range 4 {
		dir = filepath.Join(t.TempDir(), "out")
		for range 3 {
			if _, err := killAfter(run(), time.Duration((0.3+0.7*random.Float64())*float64(whole))); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := run().CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		sameFolder(t, want, folder(t, dir))
	}
}

// A config without the tokens that it asks for is refused before anything is written, and a bad mixture at its key.
func TestShardRefusals(t *testing.T) {
	dir := t.TempDir()
	writeDocuments(t, filepath.Join(dir, "a.jsonl"), "a", 20, 1)
	head := fmt.Sprintf("sources: [{name: a, paths: [%s/a.jsonl]}]\ntokenizer: {vocab_size: 300}\n", dir)
	for _, tc := range []struct{ name, shards, want string }{
		{"no beginning", "{bos: true}", "shards.bos: the tokenizer names no token that begins a document"},
		{"unknown source", "{mixture: {sources: {a: {weight: 1}, b: {weight: 1}}}}", "shards.mixture.sources.b: no source has this name; there are a"},
		{"weight and tokens", "{mixture: {sources: {a: {weight: 1, tokens: 5}}}}", "shards.mixture.sources.a: name a weight or tokens, not both"},
		{"negative weight", "{mixture: {sources: {a: {weight: -1}}}}", "shards.mixture.sources.a.weight: -1 is not above 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := runConfig(filepath.Join(t.TempDir(), "out"), head+"shards: "+tc.shards+"\n", 1)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// Without the token that ends documents best_fit pads with it all the same; without any special token it is refused at its key.
func TestPaddingWithoutMarks(t *testing.T) {
	in := t.TempDir()
	writeDocuments(t, filepath.Join(in, "a.jsonl"), "a", 20, 1)
	config := func(tokenizer string) string {
		return fmt.Sprintf("sources: [{name: a, paths: [%s/a.jsonl]}]\ntokenizer: {vocab_size: 300%s}\nshards: {packing: best_fit, sequence_length: 64, eos: false}\n", in, tokenizer)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := runConfig(dir, config(""), 1); err != nil {
		t.Fatal(err)
	}
	if problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{}); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	m, err := manifest.Read(dir)
	if err != nil || m.Shards.TrainPadding == 0 || m.Shards.Pad != 0 || m.Shards.EndOfDocument != -1 {
		t.Errorf("shards: %+v, %v", m.Shards, err)
	}
	err = runConfig(filepath.Join(t.TempDir(), "out"), config(", special_tokens: []"), 1)
	if want := "shards.packing: best_fit needs a token to pad with"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// A mixture that takes nothing of any source is built and verified, and is not passed over in silence.
func TestMixtureOfNothing(t *testing.T) {
	in := t.TempDir()
	writeDocuments(t, filepath.Join(in, "a.jsonl"), "a", 20, 1)
	c, err := config.Parse("nothing", fmt.Appendf(nil, `
sources: [{name: a, paths: [%s/a.jsonl]}]
tokenizer: {vocab_size: 300}
shards: {mixture: {sources: {a: {weight: 1}}, total_tokens: 1}}
`, in), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	dir := filepath.Join(t.TempDir(), "out")
	m, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil || m.Shards.TrainTokens != 0 || m.Shards.LeftOutDocuments == 0 {
		t.Fatalf("%+v, %v", m.Shards, err)
	}
	if problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{}); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	if !strings.Contains(log.String(), "level=WARN msg=mixture source=a") {
		t.Errorf("no warning: %s", log.String())
	}
}
