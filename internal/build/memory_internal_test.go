package build

import (
	"fmt"
	"strings"
	"testing"

	"corpus/internal/config"
	"corpus/tokenize"
)

// Training holds all distinct words up to max_word_bytes: a build refuses to go beyond its limit and says which limit would do.
func TestTooManyWordsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		words  int
		memory int64
		most   int64
		want   string
	}{
		{words: 100_000, memory: 224, most: 1 << 30},
		{words: 400_000, memory: 224, most: 1 << 30, want: "5200000 bytes of distinct words"},
		{words: 400_000, memory: 512, most: 1 << 30},
		{words: 400_000, memory: 224, most: 1 << 20},
	} {
		t.Run(fmt.Sprintf("%d words in %d MiB, %d", tt.words, tt.memory, tt.most), func(t *testing.T) {
			c := config.Default()
			c.MemoryMB = tt.memory
			c.Tokenizer.MaxWordBytes = tt.most
			words := func(yield func(tokenize.WordCount, error) bool) {
				for i := range tt.words {
					if !yield(tokenize.WordCount{Word: fmt.Appendf(nil, "word%08d", i), Count: 1}, nil) {
						return
					}
				}
			}
			b := &build{Options: Options{Config: &c, Workers: 1}}
			n, message := 0, ""
			for _, err := range b.checkWords(words) {
				n++
				if err != nil {
					message = err.Error()
				}
			}
			if tt.want == "" && (n != tt.words || message != "") {
				t.Errorf("%d words came of %d, error %q", n, tt.words, message)
			}
			if tt.want == "" {
				return
			}
			if !strings.Contains(message, tt.want) {
				t.Fatalf("error %q is not of %q", message, tt.want)
			}
			if _, err := fmt.Sscanf(message[strings.Index(message, "memory_mb at"):], "memory_mb at %d", &c.MemoryMB); err != nil {
				t.Fatal(err)
			}
			for _, err := range b.checkWords(words) {
				if err != nil {
					t.Fatalf("with the memory that it asked for: %v", err)
				}
			}
		})
	}
}
