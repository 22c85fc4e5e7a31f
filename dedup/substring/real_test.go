package substring

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// realText is 89 MB of English documents beside the checkout, in JSON Lines.
var realText = filepath.Join("..", "..", "..", "shared", "data", "text", "docs.jsonl.xz")

// readTexts returns the first documents, up to limit bytes of text. It skips the test where the file or xz is missing.
func readTexts(t testing.TB, limit int) []string {
	t.Helper()
	if _, err := os.Stat(realText); err != nil {
		t.Skip("needs a file that is not part of the repository: ", err)
	}
	command := exec.Command("xz", "-dc", realText)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Skip("needs xz: ", err)
	}
	defer command.Wait()
	defer out.Close()
	var texts []string
	size := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() && size < limit {
		var doc struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, doc.Text)
		size += len(doc.Text)
	}
	return texts
}

// join makes Texts without room to spare.
func join(t testing.TB, texts []string) *Texts {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	joined := NewTexts(size, len(texts))
	for _, text := range texts {
		if err := joined.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	return joined
}
