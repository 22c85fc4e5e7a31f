package build_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/manifest"

	"github.com/google/go-cmp/cmp"
)

// A tokenizer is trained on a sample in which sources have weights, the same whatever the parts and the workers.
func TestTokenizerSample(t *testing.T) {
	in := t.TempDir()
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), lines(0, 600))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), lines(5000, 400))
	train := func(tokenizer, more string) manifest.TokenizerTraining {
		t.Helper()
		dir := t.TempDir()
		text := strings.Replace(sourcesConfig(in, "limits: {}", "limits: {}"), smallTokenizer, "tokenizer: {vocab_size: 300"+tokenizer+"}\n", 1)
		if err := buildText(t, dir, text+more); err != nil {
			t.Fatal(err)
		}
		wantVerified(t, dir)
		m, err := manifest.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if m.Tokenizer.Training == nil || m.Tokenizer.Model != "bpe" {
			t.Fatalf("manifest: %+v", m.Tokenizer)
		}
		return *m.Tokenizer.Training
	}
	all := train("", "")
	if !all.All || all.Documents != 1000 || all.LeftOutWords != 0 || all.LastCount == 0 {
		t.Errorf("all: %+v", all)
	}
	a, b := train(", weights: {b: 0}", ""), train(", weights: {a: 0}", "")
	if a.All || a.Documents != 600 || b.Documents != 400 || a.Bytes+b.Bytes != all.Bytes {
		t.Errorf("a %+v and b %+v of %+v", a, b, all)
	}
	if heavy := train(", weights: {b: 3}", ""); heavy.Documents != 1000 || heavy.Bytes != a.Bytes+3*b.Bytes || heavy.Occurrences != a.Occurrences+3*b.Occurrences {
		t.Errorf("b three times: %+v", heavy)
	}
	const weighted = ", sample: 0.5, weights: {b: 2.5}"
	first := train(weighted, "workers: 1\n")
	// Half of a, and of b all, a quarter of it twice.
	if least, most := a.Bytes/2+b.Bytes*5/4-all.Bytes/10, a.Bytes/2+b.Bytes*5/4+all.Bytes/10; first.Bytes < least || first.Bytes > most || first.Documents >= 1000 {
		t.Errorf("%+v is not of %d to %d bytes", first, least, most)
	}
	if diff := cmp.Diff(first, train(weighted, "workers: 3\n")); diff != "" {
		t.Errorf("with other workers (-first +other):\n%s", diff)
	}
	if other := train(weighted, "seed: 9\n"); other.Bytes == first.Bytes {
		t.Error("the same sample with another seed")
	}
	want := all.Bytes / 3
	if some := train(", sample_bytes: "+fmt.Sprint(want)+", weights: {b: 2}", ""); some.Bytes < want*8/10 || some.Bytes > want*12/10 {
		t.Errorf("%d bytes were asked for: %+v", want, some)
	}
}

// A tokenizer that is loaded gives the shards of the build that trained it.
func TestTokenizerIsLoaded(t *testing.T) {
	in, trained, loaded := t.TempDir(), t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), lines(0, 100))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), lines(5000, 50))
	text := sourcesConfig(in, "limits: {}", "limits: {}")
	if err := buildText(t, trained, text); err != nil {
		t.Fatal(err)
	}
	path := "tokenizer: {path: " + filepath.Join(trained, "tokenizer") + "}\n"
	if err := buildText(t, loaded, strings.Replace(text, smallTokenizer, path, 1)); err != nil {
		t.Fatal(err)
	}
	wantVerified(t, loaded)
	m, err := manifest.Read(loaded)
	if err != nil {
		t.Fatal(err)
	}
	if m.Tokenizer.Trained {
		t.Errorf("manifest: %+v", m.Tokenizer)
	}
	wantSameFile(t, filepath.Join(trained, "shards", "train-00000.bin"), filepath.Join(loaded, "shards", "train-00000.bin"))
}

func wantSameFile(t *testing.T, first, second string) {
	t.Helper()
	a, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Errorf("%s and %s differ", first, second)
	}
}
