package tokenize

import (
	"bytes"
	"corpus/tokenize/internal/testtext"
	"corpus/tokenize/pretoken"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// peerWords cuts texts with Hugging Face's tokenizers: from a list of texts and a description of the pre-tokeniser it
// makes the lengths in bytes of each text's words.
const peerWords = `
import json, sys
from tokenizers import Regex, pre_tokenizers as pt
task = json.load(sys.stdin)
steps = [pt.Split(Regex(r), "isolated") for r in task["splits"] or []]
cut = pt.Sequence(steps) if steps else pt.ByteLevel(add_prefix_space=False, use_regex=task["byte_level"])
json.dump([[len(t[a:b].encode()) for _, (a, b) in cut.pre_tokenize_str(t)] for t in task["texts"]], sys.stdout)
`

// TestWordsEqualHuggingFace compares with Hugging Face's own pre-tokenisers where CORPUS_PYTHON names a Python that has the
// package tokenizers.
func TestWordsEqualHuggingFace(t *testing.T) {
	python := os.Getenv("CORPUS_PYTHON")
	if python == "" {
		t.Skip("CORPUS_PYTHON names no Python with Hugging Face's tokenizers")
	}
	var texts []string
	for _, s := range testtext.Seeds {
		if utf8.ValidString(s) && s != "" { // it takes nothing else
			texts = append(texts, s)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		picks := make([]byte, 1+random.IntN(30))
		for i := range picks {
			picks[i] = byte(random.Uint32())
		}
		texts = append(texts, testtext.OfPicks(picks))
	}
	for _, name := range pretoken.Names() {
		p := pattern(t, name)
		splits, byteLevel := p.Splits()
		var want [][]int
		askPeer(t, python, peerWords, map[string]any{"splits": splits, "byte_level": byteLevel, "texts": texts}, &want)
		if len(want) != len(texts) {
			t.Fatalf("%d answers of %d", len(want), len(texts))
		}
		for i, text := range texts {
			var got []int
			for w := range p.Words(text) {
				got = append(got, len(w))
			}
			if !slices.Equal(want[i], got) {
				t.Errorf("%s, %q (-peer +scanner):\n%s", p.Name, text, cmp.Diff(want[i], got))
			}
		}
	}
}

// askPeer runs a program of Python on a task and reads its answer, both as JSON.
func askPeer(t *testing.T, python, program string, task, answer any) {
	t.Helper()
	in, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", program)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}
