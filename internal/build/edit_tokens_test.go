package build

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"corpus"
	"corpus/dedup/substring"
	"corpus/tokenize"

	"github.com/google/go-cmp/cmp"
)

// substringLines runs SubstringStream and returns what it writes and removes.
func substringLines(t *testing.T, input string, o SubstringOptions) (texts []string, ranges []SubstringRange) {
	t.Helper()
	o.TempDir, o.Workers = t.TempDir(), 1
	o.Write = func(d *corpus.Document) error { texts = append(texts, d.ID+": "+d.Text); return nil }
	o.Range = func(r SubstringRange) error { ranges = append(ranges, r); return nil }
	if _, err := SubstringStream(context.Background(), strings.NewReader(input), o); err != nil {
		t.Fatal(err)
	}
	return texts, ranges
}

// Passages are found by tokens in memory and on disk alike, by both methods, and each holds the bytes of its partner.
func TestSubstringByTokens(t *testing.T) {
	passage := "On the way down to the harbour they met a man who sold clocks – none of them went – and bought the smallest."
	texts := map[string]string{}
	var input strings.Builder
	var words []tokenize.WordCount
	for _, word := range []string{" a", " clocks", " d", " down", " h", " harbour", " m", " man", " none", " o", " of", " the", " them", " way"} {
		words = append(words, tokenize.WordCount{Word: []byte(word), Count: 9})
	}
	for i := range 40 {
		id := fmt.Sprint("d", i)
		texts[id] = fmt.Sprintf("This is letter %d, of %d words. %s That was all %d times.", i, i*i, passage[i%3:], i+7)
		line, err := json.Marshal(map[string]string{"id": id, "text": texts[id]})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&input, "%s\n", line)
	}
	train := tokenize.DefaultTrainOptions()
	train.VocabSize, train.MinFrequency = 280, 1
	model, err := tokenize.Train(context.Background(), func(yield func(tokenize.WordCount, error) bool) {
		for _, w := range words {
			if !yield(w, nil) {
				return
			}
		}
	}, train, nil)
	if err != nil {
		t.Fatal(err)
	}
	tokenizer := filepath.Join(t.TempDir(), "tokenizer")
	if err := model.Save(tokenizer); err != nil {
		t.Fatal(err)
	}
	o := substring.DefaultOptions()
	o.Unit, o.Tokenizer, o.MinLength, o.MinDocument = substring.Tokens, tokenizer, 30, 0
	want, wantRanges := substringLines(t, input.String(), SubstringOptions{Options: o, MemoryBytes: 1 << 30})
	onDisk, diskRanges := substringLines(t, input.String(), SubstringOptions{Options: o, MemoryBytes: 1 << 12})
	if diff := cmp.Diff(want, onDisk); diff != "" {
		t.Errorf("(-in memory, +on disk):\n%s", diff)
	}
	if diff := cmp.Diff(wantRanges, diskRanges); diff != "" {
		t.Errorf("ranges (-in memory, +on disk):\n%s", diff)
	}
	o.Method = substring.SuffixArray
	byArray, _ := substringLines(t, input.String(), SubstringOptions{Options: o, MemoryBytes: 1 << 30})
	if diff := cmp.Diff(want, byArray); diff != "" {
		t.Errorf("(-anchors, +suffix_array):\n%s", diff)
	}
	removed := map[string]int64{}
	for _, r := range wantRanges {
		here, there := texts[r.ID][r.Offset:r.Offset+r.Length], texts[r.Partner][r.PartnerOffset:r.PartnerOffset+r.Length]
		if here != there || !utf8.ValidString(here) {
			t.Errorf("%+v: %q is removed for the sake of %q", r, here, there)
		}
		removed[r.ID] += r.Length
	}
	for i := 1; i < 40; i++ {
		if id := fmt.Sprint("d", i); removed[id] < int64(len(passage)-2) {
			t.Errorf("%s loses %d bytes of a passage of %d that an earlier one has", id, removed[id], len(passage))
		}
	}
}
