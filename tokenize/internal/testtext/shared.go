package testtext

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Vector returns the path of a published rank file, or of ids that the programs of others gave, in ../shared/data/tokenizer
// beside the module; the test is skipped where it is not there.
func Vector(t testing.TB, name string) string {
	t.Helper()
	return shared(t, filepath.Join("tokenizer", name))
}

// ReadVector reads a file of the vectors, unpacked if its name ends in .xz.
func ReadVector(t testing.TB, name string) []byte {
	t.Helper()
	return read(t, Vector(t, name))
}

// English is the text of English documents, each with a NUL behind it, about 85 MB.
func English(t testing.TB) string {
	t.Helper()
	var english strings.Builder
	for line := range bytes.Lines(read(t, shared(t, "text/docs.jsonl.xz"))) {
		var d struct{ Text string }
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatal(err)
		}
		english.WriteString(d.Text)
		english.WriteByte(0)
	}
	return english.String()
}

// shared returns the path of a file of ../shared/data, which is looked for beside the folder of go.mod.
func shared(t testing.TB, name string) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("no go.mod above the test")
		}
		folder = filepath.Dir(folder)
	}
	path := filepath.Join(folder, "..", "shared", "data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	if !strings.HasSuffix(path, ".xz") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skipf("cannot unpack %s: %v", path, err)
	}
	data, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
