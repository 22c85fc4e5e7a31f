package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/train"
	"corpus/train/cpu"
)

// Shards of another build are refused, and the run keeps the tokenizer that its model was trained with.
func TestRefusedShardsLeaveTheTokenizer(t *testing.T) {
	if err := cpu.Available(); err != nil {
		t.Skip(err)
	}
	var dirs []string
	for i, word := range []string{"harbour", "mountain"} {
		in, dir := filepath.Join(t.TempDir(), "in.jsonl"), t.TempDir()
		var lines strings.Builder
		for n := range 40 {
			fmt.Fprintf(&lines, `{"id":"%d","text":"Document %d of the %s tells of %d boats and %d clouds."}`+"\n", n, n, word, n*3, n*7)
		}
		writeFile(t, in, lines.String())
		if err := buildText(t, dir, fmt.Sprintf("seed: %d\nsources: [{name: s, paths: [%s]}]\n", i, in)+smallTokenizer); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	o := train.DefaultOptions()
	o.Model.Layers, o.Model.Width, o.Model.Heads, o.Model.KVHeads, o.Model.Hidden, o.Model.Context = 1, 16, 2, 2, 32, 16
	o.Batch, o.Steps, o.EvalBatches, o.Out = 2, 2, 0, filepath.Join(t.TempDir(), "run")
	observe := func(train.Progress) {}
	o.Shards = filepath.Join(dirs[0], "shards")
	if _, err := build.Train(t.Context(), o, observe); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(dirs[0], "tokenizer", "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	o.Shards, o.Steps = filepath.Join(dirs[1], "shards"), 4
	if _, err := build.Train(t.Context(), o, observe); err == nil {
		t.Error("a run went on with the shards of another build")
	}
	got, err := os.ReadFile(filepath.Join(o.Out, "tokenizer", "tokenizer.json"))
	if err != nil || string(got) != string(want) {
		t.Errorf("the run's tokenizer was replaced (%v)", err)
	}
}
