package fasttext

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

func TestCard(t *testing.T) {
	data, err := os.ReadFile("testdata/words.bin")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "words.bin")
	if err := os.WriteFile(path, append(data, "behind the model"...), 0o644); err != nil {
		t.Fatal(err)
	}
	_, digest, card, err := OpenCard(path)
	if err != nil || card != nil {
		t.Fatalf("without a card: %v %v", card, err)
	}
	if want := corpus.PayloadDigest(append(data, "behind the model"...)); digest != want {
		t.Errorf("digest %s, want that of the whole file, %s", digest, want)
	}
	options := DefaultTrainOptions()
	want := &Card{
		Model:   corpus.Model{Name: "words", Origin: "words.bin", Digest: digest, License: "CC0-1.0", Metrics: []corpus.Metric{{Set: "s", Name: "f1", Value: 0.5, Count: 2}}},
		Options: &options, Data: []CardData{{"train.txt", "sha256:00", "train", 3}},
	}
	var b strings.Builder
	if err := want.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, card, want string }{
		{"as written", b.String(), ""},
		{"of another model", strings.Replace(b.String(), "sha256:", "sha256:0", 1), "the card is for a model of digest"},
		{"no JSON", "{", "no model card"},
		{"huge", strings.Repeat(" ", maxCard+1), "no model card"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(CardPath(path), []byte(c.card), 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, got, err := OpenCard(path)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), CardPath(path)) {
					t.Errorf("error %v, want one with %q and the path", err, c.want)
				}
				return
			}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
		})
	}
}
