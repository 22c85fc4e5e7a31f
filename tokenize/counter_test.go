package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readWords reads a counter's words and checks their order.
func readWords(t *testing.T, c *Counter) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	last := ""
	for w, err := range c.Words(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if word := string(w.Word); word <= last {
			t.Fatalf("word %q comes after %q", word, last)
		} else {
			last = word
		}
		counts[last] = w.Count
	}
	return counts
}

func TestCounterEqualsReference(t *testing.T) {
	texts := []string{"", strings.Repeat("a", 3*maxWord+5), strings.Repeat("-", maxWord), "bytes \xff\xff"}
	for i := range 10 {
		text := testtext.Sample(uint64(i), 30000)
		for k := range 400 {
			text += fmt.Sprintf(" word%dx%dlonger than fifteen bytes: %s", i, k, strings.Repeat(string(rune('a'+k%26)), 16+k))
		}
		texts = append(texts, text)
	}
	want := countWords(pattern(t, "cl100k"), texts...)
	for _, c := range []struct {
		name       string
		memory     int64
		goroutines int
		spills     bool
	}{
		{"in memory", 1 << 30, 1, false},
		{"in memory, 8 at once", 1 << 30, 8, false},
		{"on disk", 0, 1, true},
		{"on disk, 8 at once", 0, 8, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir() + "/spill"
			counter, err := NewCounter("cl100k", dir, c.memory)
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for g := range c.goroutines {
				wg.Go(func() {
					for i := g; i < len(texts); i += c.goroutines {
						if err := counter.Add(texts[i]); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for range 2 { // words can be read again
				if diff := cmp.Diff(want, readWords(t, counter)); diff != "" {
					t.Fatalf("counts (-reference +counter):\n%.2000s", diff)
				}
			}
			if files, _ := os.ReadDir(dir); (len(files) > 0) != c.spills {
				t.Errorf("%d files on disk", len(files))
			}
			if err := counter.Add("more"); err == nil {
				t.Error("text was added after the words were read")
			}
			if err := counter.Close(); err != nil {
				t.Fatal(err)
			}
			if files, _ := os.ReadDir(dir); len(files) > 0 {
				t.Errorf("%s is left behind", files[0].Name())
			}
		})
	}
}

// A text that counts n times counts as n texts do, in memory and on disk.
func TestTextsThatCountSeveralTimes(t *testing.T) {
	texts := []string{testtext.Sample(1, 20000), testtext.Sample(2, 20000) + strings.Repeat("z", maxWord+9), "never"}
	times := []int64{3, 1 << 40, 0}
	want := map[string]int64{}
	for i, text := range texts[:2] {
		for w, n := range countWords(pattern(t, "cl100k"), text) {
			want[w] += n * times[i]
		}
	}
	for _, memory := range []int64{0, 1 << 30} {
		counter, err := NewCounter("cl100k", t.TempDir(), memory)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if err := counter.AddTimes(text, times[i]); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, readWords(t, counter)); diff != "" {
			t.Errorf("counts with %d bytes (-reference +counter):\n%.2000s", memory, diff)
		}
		if err := counter.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCounterClosedEarlyLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	counter, err := NewCounter("gpt2", dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100_000 {
		if err := counter.Add(fmt.Sprintf("w%x w%d", i, i*i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := counter.Close(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("%s is left behind", files[0].Name())
	}
}

func TestCounterErrors(t *testing.T) {
	if _, err := NewCounter("gpt5", t.TempDir(), 0); err == nil || !strings.Contains(err.Error(), "gpt5") {
		t.Errorf("error %v of an unknown pattern", err)
	}
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	counter, err := NewCounter("gpt2", file, 0) // a file where the folder should be
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; err == nil && i < 1_000_000; i++ {
		err = counter.Add(fmt.Sprintf("w%x", i))
	}
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v does not name %s", err, file)
	}
	counter, err = NewCounter("gpt2", t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if err := counter.Add("some words"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err = range counter.Words(ctx) {
		if err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v after cancel", err)
	}
}

// TestKeysOfWords checks the packing of short words at the end of a text and before it.
func TestKeysOfWords(t *testing.T) {
	for n := 1; n <= shortWord; n++ {
		for _, word := range []string{strings.Repeat("\xff", n), strings.Repeat("\x00", n), "0123456789abcde"[:n]} {
			text := "ab" + word + strings.Repeat("\xee", 16)
			middle, end := keyOf(text, 2, 2+n), keyOf(text[:2+n], 2, 2+n)
			if middle != end || string(middle.append(nil)) != word {
				t.Errorf("%q: key %x before other text, %x at the end", word, middle, end)
			}
		}
	}
}
