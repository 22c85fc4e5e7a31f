package manifest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/engine"

	"github.com/google/go-cmp/cmp"
)

func example() *Manifest {
	return &Manifest{
		Tool: Tool{"corpus", "1", "go"}, Config: json.RawMessage(`{"seed":1}`), Seed: 1,
		Stages: []engine.Counts{{Stage: "ingest", In: engine.Count{Documents: 2, Bytes: 9}, Out: engine.Count{Documents: 1, Bytes: 4},
			Dropped: map[string]engine.Count{"z": {Documents: 1, Bytes: 5}}}},
		Sources: []Source{{Name: "<web> & more"}},
		Outputs: []File{{Path: "documents/00000.parquet", Bytes: 3, SHA256: digest([]byte("abc"))}},
	}
}

func TestManifestRoundTrip(t *testing.T) {
	m := example()
	data, err := m.Seal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	got.Config = json.RawMessage(compact(t, got.Config))
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

func compact(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every bit of corpus.json counts, also those that JSON does not care about.
func TestEveryChangedBitIsFound(t *testing.T) {
	data, err := example().Seal()
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			if _, err := Parse(changed); err == nil {
				t.Errorf("bit %d of byte %d (%q) was changed and nobody noticed", bit, i, data[i])
			}
		}
	}
}

func TestUnknownFormatIsRefusedByName(t *testing.T) {
	_, err := Parse([]byte(`{"format": "corpus-manifest/9"}`))
	if err == nil || !strings.Contains(err.Error(), `"corpus-manifest/9"`) {
		t.Errorf("got %v", err)
	}
}

func TestCommitIsWrittenAndReadBack(t *testing.T) {
	dir := t.TempDir()
	if c, err := ReadCommit(dir, "curate", 3); c != nil || err != nil {
		t.Errorf("no record: got %v, %v", c, err)
	}
	want := &Commit{Phase: "curate", Unit: 3, Name: "a.warc.gz", Build: "b", Inputs: []File{}, Outputs: []File{}, Stages: []engine.Counts{}}
	if err := WriteCommit(dir, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCommit(dir, "curate", 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	path := filepath.Join(dir, "state", "curate", "00003.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadCommit(dir, "curate", 3); err == nil || !strings.Contains(err.Error(), "state/curate/00003.json") {
		t.Errorf("half a record: got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	data, err := example().Seal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(`{"format": "corpus-manifest/5"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Marshal(m)
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("accepted bytes that are not canonical: %q", data)
		}
	})
}

func FuzzParseCommit(f *testing.F) {
	c := Commit{Format: CommitFormat, Phase: "dedup", Result: json.RawMessage("null")}
	data, err := Marshal(c)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format": "corpus-commit/2", "unit": 1e99}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCommit(data)
		if err != nil {
			return
		}
		again, err := Marshal(c)
		if err != nil || !bytes.Equal(data, again) {
			t.Errorf("accepted bytes that are not canonical: %q", data)
		}
	})
}
