package filter

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
)

func TestToxicity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "terms")
	if err := os.WriteFile(file, []byte("# made up\nsnork\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := ToxicityOptions{Terms: []string{"blorp", "Grue", "total blorp head", "don't vex", "ÄRGER", "坏话", "cafe\u0301"}, Files: []string{file}, MaxRatio: 0.25}
	for _, test := range []struct {
		name, text   string
		terms, ratio float64
		rule         string
	}{
		{"empty", "", 0, 0, ""},
		{"none", "a kind word", 0, 0, ""},
		{"whole words only", "blorps unblorp grueling", 0, 0, ""},
		{"any case, beside punctuation", "one two three four (BLORP!)", 1, 0.2, ""},
		{"at the limit", "one two three blorp", 1, 0.25, ""},
		{"just above the limit", "blorp one two three four five six grue nine ten snork", 3, 3.0 / 11, "ratio"},
		{"longest phrase first", "a total blorp head and so on and on and on and on", 1, 3.0 / 13, ""},
		{"phrase cut short", "total blorp and more of it all", 1, 1.0 / 7, ""},
		{"curly apostrophe", "don’t vex me or him or her again", 1, 2.0 / 8, ""},
		{"beyond ASCII", "kein Ärger hier heute", 1, 0.25, ""},
		{"a term with combining marks", "ein café hier heute", 1, 0.25, ""},
		{"script without spaces", "他说坏话了吗我不知道", 1, 0.2, ""},
		{"from a file", "snork is a word here", 1, 0.2, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewToxicity(options)
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			if got := doc.Signals["toxicity_terms"]; got != test.terms {
				t.Errorf("toxicity_terms %v, want %v", got, test.terms)
			}
			if got := doc.Signals["toxicity_ratio"]; got != test.ratio {
				t.Errorf("toxicity_ratio %v, want %v", got, test.ratio)
			}
			if got := rule(doc); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
}

func TestToxicityTagsByDefault(t *testing.T) {
	options := DefaultToxicityOptions()
	options.Terms = []string{"blorp"}
	stage, err := NewToxicity(options)
	if err != nil {
		t.Fatal(err)
	}
	doc := process(t, stage, "blorp blorp")[0]
	checkReason(t, doc, corpus.Reason{})
	if doc.Signals["toxicity_ratio"] != 1 {
		t.Errorf("toxicity_ratio %v, want 1", doc.Signals["toxicity_ratio"])
	}
}

func TestToxicityBadOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("# nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		key     string
		options ToxicityOptions
	}{
		{"terms", DefaultToxicityOptions()},
		{"terms", ToxicityOptions{Terms: []string{"?!"}, MaxRatio: 1}},
		{"terms", ToxicityOptions{Terms: []string{rep(17, "word")}, MaxRatio: 1}},
		{"max_ratio", ToxicityOptions{Terms: []string{"a"}, MaxRatio: 2}},
		{"files", ToxicityOptions{Files: []string{empty}, MaxRatio: 1}},
		{"files", ToxicityOptions{Files: []string{"nowhere"}, MaxRatio: 1}},
	} {
		_, err := NewToxicity(test.options)
		checkBadOption(t, err, test.key)
	}
}

// TestToxicityIsThePlainSearch compares the look-up by first word with a search for every term at every word.
func TestToxicityIsThePlainSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	word := func() string { return fmt.Sprintf("w%d", rng.IntN(6)) }
	phrase := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = word()
		}
		return strings.Join(list, " ")
	}
	for range 300 {
		options := ToxicityOptions{MaxRatio: 1}
		for range 1 + rng.IntN(5) {
			options.Terms = append(options.Terms, phrase(1+rng.IntN(4)))
		}
		text := phrase(1 + rng.IntN(40))
		stage, err := NewToxicity(options)
		if err != nil {
			t.Fatal(err)
		}
		list, terms, listed := strings.Fields(text), 0, 0
		for i := 0; i < len(list); {
			best := 0
			for _, term := range options.Terms {
				tail := strings.Fields(term)
				if n := len(tail); n > best && i+n <= len(list) && strings.Join(list[i:i+n], " ") == term {
					best = n
				}
			}
			if best > 0 {
				terms++
				listed += best
				i += best
			} else {
				i++
			}
		}
		gotTerms, gotRatio := stage.measure(text)
		if gotTerms != terms || gotRatio != ratio(listed, len(list)) {
			t.Fatalf("%d terms, share %v, want %d, %v for %q in %q", gotTerms, gotRatio, terms, ratio(listed, len(list)), options.Terms, text)
		}
	}
}
