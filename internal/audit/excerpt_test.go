package audit

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
)

// No excerpt shows an address that the build masks or drops documents for, whichever stage dropped the document, and before or after the filter pii.
func TestExcerptsHoldNoPersonalData(t *testing.T) {
	const words = "the quick brown fox that jumps over a lazy dog and the seven bright stars that shine with the cold rivers of old stone bridges"
	tests := []struct {
		name, action string
		shown        []string
	}{
		{"masked", "mask", []string{"clean/binary: |binary letter <EMAIL>", "gopher_quality/gopher_short_doc: |<EMAIL>", "minhash/near_duplicate: |" + words + " <EMAIL> a copy", "kept/: |" + words + " <EMAIL>"}},
		{"dropped", "drop", []string{"clean/binary: not shown", "gopher_quality/gopher_short_doc: not shown", "pii/email: not shown"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			var lines []byte
			for i, text := range []string{strings.Repeat("\x01\x02", 200) + "binary letter jane@letters.org", "jane@letters.org", words + " jane@letters.org", words + " jane@letters.org a copy"} {
				line, err := json.Marshal(map[string]string{"id": fmt.Sprint(i), "text": text})
				if err != nil {
					t.Fatal(err)
				}
				lines = append(append(lines, line...), '\n')
			}
			input, dir := filepath.Join(folder, "in.jsonl"), filepath.Join(folder, "out")
			if err := os.WriteFile(input, lines, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := config.Parse("test", fmt.Appendf(nil, `
sources: [{name: s, paths: [%s]}]
filters: [{gopher_quality: {min_doc_words: 5}}, {pii: {email: {action: %s}}}]
dedup: {minhash: {ngram: 2, bands: 64, rows: 2}}
tokenizer: {vocab_size: 300}
`, input, tt.action), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
				t.Fatal(err)
			}
			groups, err := Inspect(t.Context(), dir, InspectOptions{Samples: 9, Excerpt: 1000})
			if err != nil {
				t.Fatal(err)
			}
			var shown []string
			for _, g := range groups {
				for _, s := range g.Samples {
					note := s.Note
					if strings.HasPrefix(note, "not shown: it holds personal data") {
						note = "not shown"
					}
					shown = append(shown, fmt.Sprintf("%s/%s: %s", g.Stage, g.Rule, note+mark(s.Excerpt)))
				}
			}
			pairs, err := Pairs(t.Context(), dir, PairOptions{Samples: 9, Excerpt: 1000})
			if err != nil {
				t.Fatal(err)
			}
			all := fmt.Sprint(shown)
			for _, p := range pairs {
				all += p.First.Excerpt + p.Second.Excerpt
			}
			if strings.Contains(all, "letters.org") {
				t.Errorf("an address is shown: %s", all)
			}
			for _, want := range tt.shown {
				if !strings.Contains(all, want) {
					t.Errorf("is not shown: %s\n%q", want, shown)
				}
			}
		})
	}
}

// mark sets an excerpt apart from a note.
func mark(excerpt string) string {
	if excerpt == "" {
		return ""
	}
	return "|" + excerpt
}
