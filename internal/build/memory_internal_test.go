package build

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"corpus/internal/config"
	"corpus/tokenize"
)

// Training holds all distinct words: a build says so where they are too many for its limit, once, and goes on.
func TestTooManyWordsAreWarnedOf(t *testing.T) {
	for _, tt := range []struct {
		words    int
		memory   int64
		warnings int
	}{{100_000, 224, 0}, {400_000, 224, 1}, {400_000, 512, 0}} {
		t.Run(fmt.Sprintf("%d words in %d MiB", tt.words, tt.memory), func(t *testing.T) {
			var messages bytes.Buffer
			c := config.Default()
			c.MemoryMB = tt.memory
			b := &build{Options: Options{Config: &c, Workers: 1, Log: slog.New(slog.NewTextHandler(&messages, nil))}}
			n := 0
			for range b.watchWords(func(yield func(tokenize.WordCount, error) bool) {
				for i := range tt.words {
					if !yield(tokenize.WordCount{Word: fmt.Appendf(nil, "word%08d", i), Count: 1}, nil) {
						return
					}
				}
			}) {
				n++
			}
			if n != tt.words {
				t.Errorf("%d words came of %d", n, tt.words)
			}
			if got := strings.Count(messages.String(), "level=WARN"); got != tt.warnings {
				t.Errorf("%d warnings, want %d: %s", got, tt.warnings, messages.String())
			}
		})
	}
}
