package filter

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"corpus"
)

// sharedLines reads the lines of an xz file of the data that lies beside the project, or skips the test.
func sharedLines(t testing.TB, path string) []string {
	t.Helper()
	path = "../../shared/data/" + path
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	xz, err := exec.LookPath("xz")
	if err != nil {
		t.Skip("no xz program to unpack the shared data")
	}
	out, err := exec.Command(xz, "-dc", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 1<<28)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	return lines
}

// process runs a stage over documents with the given texts.
func process(t testing.TB, stage corpus.Stage, texts ...string) []*corpus.Document {
	t.Helper()
	batch := &corpus.Batch{}
	for _, text := range texts {
		batch.Documents = append(batch.Documents, &corpus.Document{Text: text})
	}
	if err := stage.Process(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	return batch.Documents
}

// rule is the rule that dropped the document, "" for a kept one.
func rule(doc *corpus.Document) string {
	if doc.Reason == nil {
		return ""
	}
	return doc.Reason.Rule
}

// hostileTexts are inputs that have broken text code: each must pass through every stage without a panic.
func hostileTexts() map[string]string {
	return map[string]string{
		"empty":           "",
		"blank":           " \n\t\r\n ",
		"nul":             "\x00\x00 a\x00b 1\x002",
		"invalid utf-8":   "\xff\xfe\xc3( \xe2\x28\xa1 5\xff5\xff5@\xff.com",
		"truncated rune":  "1.2.3.4\xe2\x80",
		"right to left":   "\u202eשלום עולם\u202c 050-123-4567 مرحبا بالعالم، ١٢٣",
		"combining":       strings.Repeat("e\u0301\u0302\u0303", 500) + " " + strings.Repeat("\u0301", 500),
		"dots":            strings.Repeat(".", 10_000),
		"at signs":        strings.Repeat("a@", 10_000),
		"digits":          strings.Repeat("1234567890", 5_000),
		"digit groups":    strings.Repeat("12 34-", 10_000),
		"open brackets":   strings.Repeat("[", 10_000),
		"parentheses":     strings.Repeat("(1)", 10_000),
		"newlines":        strings.Repeat("\n", 10_000),
		"colons":          strings.Repeat("2:", 10_000),
		"one long word":   strings.Repeat("x", 100_000),
		"ideographs":      strings.Repeat("漢字かなカナ", 5_000),
		"thai":            strings.Repeat("ภาษาไทย", 5_000),
		"emoji":           strings.Repeat("👩‍👩‍👧‍👦🏳️‍🌈", 1_000),
		"quotes":          strings.Repeat("'\"", 10_000) + "s",
		"ends in an at":   "someone@",
		"starts in an at": "@somewhere.org",
		"iban head":       "DE44 5001 0517 5407",
	}
}
