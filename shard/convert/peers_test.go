package convert

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"corpus/shard"
)

// TestPeers lets the real readers read: CORPUS_PYTHON names a Python that has numpy, and any of pyarrow, mosaicml-streaming and
// megatron-core.
func TestPeers(t *testing.T) {
	python := os.Getenv("CORPUS_PYTHON")
	if python == "" {
		t.Skip("CORPUS_PYTHON names no Python with the readers")
	}
	type row struct {
		Tokens    []uint32 `json:"tokens"`
		Documents []int32  `json:"documents"`
		Length    int      `json:"length"`
	}
	type want struct {
		VocabSize int        `json:"vocab_size"`
		Text      []uint32   `json:"text"`
		Documents [][]uint32 `json:"documents"`
		Rows      []row      `json:"rows"`
	}
	for _, p := range packings[:3] {
		t.Run(p.name, func(t *testing.T) {
			dir, out := corpusOf(t, 1000, p.change), t.TempDir()
			for _, f := range Formats() {
				if _, err := Convert(t.Context(), dir, filepath.Join(out, f.Name), Options{Format: f.Name}); err != nil {
					t.Fatal(err)
				}
			}
			all := map[string]want{}
			for _, split := range []string{shard.Train, shard.Validation} {
				e := expect(t, dir, split)
				w := want{VocabSize: 1000, Text: e.text, Documents: e.documents}
				for _, s := range mdsRows(t, filepath.Join(out, "mds", split)) { // compared with e by TestMDS
					w.Rows = append(w.Rows, row{s.tokens, s.documents, s.length})
				}
				all[split] = w
			}
			b, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(out, "want.json"), b, 0o644); err != nil {
				t.Fatal(err)
			}
			said, err := exec.Command(python, filepath.Join("testdata", "peers.py"), out).CombinedOutput()
			if err != nil || !strings.Contains(string(said), "numpy agrees") {
				t.Fatalf("%v\n%s", err, said)
			}
			t.Logf("%s", said)
		})
	}
}
