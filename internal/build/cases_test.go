package build_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/audit"
	"corpus/internal/build"
	"corpus/internal/config"

	"github.com/google/go-cmp/cmp"
)

// writeFile makes a file and its folders.
func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// buildText builds a config given as text.
func buildText(t *testing.T, dir, text string) error {
	t.Helper()
	c, err := config.Parse("test", []byte(text), nil)
	if err != nil {
		return err
	}
	_, err = build.Run(t.Context(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)})
	return err
}

// wantError checks that an error says what it should.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got error %v, want one with %q", err, part)
		}
	}
}

// wantVerified checks that a folder is whole.
func wantVerified(t *testing.T, dir string) {
	t.Helper()
	problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{})
	if err != nil || len(problems) > 0 {
		t.Errorf("verify %s: %v, %v", dir, problems, err)
	}
}

const oneLine = `{"id":"a","text":"One document with some words in it."}` + "\n"

const smallTokenizer = "tokenizer: {vocab_size: 300}\n"

func TestRefusals(t *testing.T) {
	inputs := filepath.Join(t.TempDir(), "in.jsonl")
	writeFile(t, inputs, oneLine)
	good := fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", inputs) + smallTokenizer

	t.Run("missing input", func(t *testing.T) {
		wantError(t, buildText(t, t.TempDir(), "sources: [{name: s, paths: [/no/such/file]}]"), "/no/such/file", "source s")
	})
	t.Run("foreign folder", func(t *testing.T) {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "state", "precious.txt"), "mine")
		wantError(t, buildText(t, dir, good), "not empty")
		if diff := cmp.Diff(map[string]string{"state/precious.txt": "mine"}, folder(t, dir)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("another config", func(t *testing.T) {
		dir := t.TempDir()
		if err := buildText(t, dir, good); err != nil {
			t.Fatal(err)
		}
		if err := buildText(t, dir, good); err != nil {
			t.Errorf("the same config again: %v", err)
		}
		wantError(t, buildText(t, dir, good+"seed: 2\n"), "another config")
	})
	t.Run("an output is gone", func(t *testing.T) {
		dir := t.TempDir()
		if err := buildText(t, dir, good); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, "shards", "index.parquet")); err != nil {
			t.Fatal(err)
		}
		wantError(t, buildText(t, dir, good), "shards/index.parquet")
	})
	t.Run("one file by two names", func(t *testing.T) {
		other := filepath.Join(filepath.Dir(inputs), "..", filepath.Base(filepath.Dir(inputs)), "in.jsonl")
		twice := strings.Replace(good, "]}]", "]}, {name: t, paths: ["+filepath.ToSlash(filepath.Dir(other))+"/../"+filepath.Base(filepath.Dir(inputs))+"/in.jsonl]}]", 1)
		wantError(t, buildText(t, t.TempDir(), twice), "already read by source s")
	})
	t.Run("a name that is not UTF-8", func(t *testing.T) {
		dir := t.TempDir()
		bad := filepath.Join(dir, "bad\xff.jsonl")
		if err := os.WriteFile(bad, []byte(oneLine), 0o600); err != nil {
			t.Skip("the file system refuses the name")
		}
		wantError(t, buildText(t, t.TempDir(), fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", dir)), "not UTF-8")
	})
	t.Run("input changed", func(t *testing.T) {
		dir := t.TempDir()
		if err := buildText(t, dir, good); err != nil {
			t.Fatal(err)
		}
		writeFile(t, inputs, `{"id":"a","text":"Another document."}`+"\n")
		wantError(t, buildText(t, dir, good), "other inputs")
	})
}

func TestWordListIsPartOfTheBuild(t *testing.T) {
	in, terms, dir := filepath.Join(t.TempDir(), "in.jsonl"), filepath.Join(t.TempDir(), "terms.txt"), t.TempDir()
	writeFile(t, in, oneLine)
	writeFile(t, terms, "frobnicate\n")
	text := fmt.Sprintf("sources: [{name: s, paths: [%s]}]\nfilters: [{toxicity: {files: [%s]}}]\n", in, terms) + smallTokenizer
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	if err := buildText(t, dir, text); err != nil {
		t.Errorf("the same again: %v", err)
	}
	writeFile(t, terms, "frobnicated\n")
	wantError(t, buildText(t, dir, text), "begun with", terms)
}

func TestOddPlaces(t *testing.T) {
	t.Run("output is the current folder", func(t *testing.T) {
		in := filepath.Join(t.TempDir(), "in.jsonl")
		writeFile(t, in, oneLine)
		t.Chdir(filepath.Join(t.TempDir()))
		if err := buildText(t, ".", fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", in)+smallTokenizer); err != nil {
			t.Fatal(err)
		}
		wantVerified(t, ".")
	})
	t.Run("output within the input", func(t *testing.T) {
		t.Chdir(t.TempDir())
		writeFile(t, "in.jsonl", oneLine)
		text := "sources: [{name: s, paths: [.]}]\n" + smallTokenizer
		for range 2 {
			if err := buildText(t, "out", text); err != nil {
				t.Fatal(err)
			}
		}
		wantVerified(t, "out")
	})
	t.Run("names with spaces and line breaks", func(t *testing.T) {
		in := t.TempDir()
		writeFile(t, filepath.Join(in, "a b", "ü\nx.jsonl"), oneLine)
		dir := t.TempDir()
		if err := buildText(t, dir, fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", in)+smallTokenizer); err != nil {
			t.Fatal(err)
		}
		wantVerified(t, dir)
	})
}

func TestOddInputs(t *testing.T) {
	for name, content := range map[string]string{
		"nothing kept":       oneLine,
		"empty file":         "",
		"no line is JSON":    "x\ny\n",
		"ids are equal":      oneLine + `{"id":"a","text":"Another document that has the id of the first."}` + "\n",
		"an id of 70000":     oneLine + `{"id":"` + strings.Repeat("x", 70_000) + `","text":"t t t"}` + "\n",
		"text without token": oneLine + `{"id":"b","text":"\u200b"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			in, dir := filepath.Join(t.TempDir(), "in.jsonl"), t.TempDir()
			writeFile(t, in, content)
			text := fmt.Sprintf("sources: [{name: s, paths: [%s], format: jsonl}]\n", in) + smallTokenizer
			if name == "nothing kept" {
				text += "filters: [{gopher_quality: {min_doc_words: 1000}}]\n"
			}
			if err := buildText(t, dir, text); err != nil {
				t.Fatal(err)
			}
			wantVerified(t, dir)
		})
	}
}

// A build whose last phase was interrupted must not need the intermediates of phases that are done.
func TestLostWorkAfterPack(t *testing.T) {
	in, dir := filepath.Join(t.TempDir(), "in.jsonl"), t.TempDir()
	writeFile(t, in, oneLine)
	text := fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", in) + smallTokenizer
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	want := folder(t, dir)
	if err := os.Remove(filepath.Join(dir, "corpus.json")); err != nil {
		t.Fatal(err)
	}
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	sameFolder(t, want, folder(t, dir))
}
