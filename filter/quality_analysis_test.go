package filter

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"corpus"
)

func TestAnalysisIsShared(t *testing.T) {
	text := strings.ReplaceAll(prose(20), "\n\n", "\n") // c4 takes blank lines out
	doc := &corpus.Document{Text: text}
	stages := fineWebStages(t)
	var first any
	for _, stage := range stages[:3] {
		if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = doc.Analysis
		}
		if doc.Reason != nil || doc.Analysis == nil || doc.Analysis != first {
			t.Fatalf("%s left another analysis, or dropped the document: %v", stage.Name(), doc.Reason)
		}
	}
	if !sameString(doc.Text, text) {
		t.Error("c4 removed nothing, but the text is another string, so that its analysis is void")
	}
}

func TestAnalysisOfAnotherTextIsVoid(t *testing.T) {
	long, short := prose(20), "Too short a text."
	for name, change := range map[string]func(*corpus.Document){
		"other text":           func(d *corpus.Document) { d.Text = short },
		"cut off at the end":   func(d *corpus.Document) { d.Text = d.Text[:17] },
		"cut off at the start": func(d *corpus.Document) { d.Text = d.Text[len(d.Text)-17:] },
		"empty":                func(d *corpus.Document) { d.Text = "" },
		"foreign analysis":     func(d *corpus.Document) { d.Text, d.Analysis = short, 1 },
	} {
		t.Run(name, func(t *testing.T) {
			doc := &corpus.Document{Text: long}
			before := analyse(doc)
			before.words(WordsPunctuation)
			before.runes()
			change(doc)
			quality := fineWebStages(t)[1]
			if err := quality.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			if got := rule(doc); got != "gopher_short_doc" {
				t.Errorf("rule %q: the words of the text before were counted", got)
			}
		})
	}
}

func TestAnalysisKeepsModesApart(t *testing.T) {
	a := newAnalysis("One, two.")
	for mode, want := range map[string]int{WordsPunctuation: 4, WordsWhitespace: 2, WordsUnicode: 4} {
		for range 2 {
			if got := a.words(mode).words; got != want {
				t.Errorf("%s: %d words, want %d", mode, got, want)
			}
		}
	}
}

// TestWordTableIsBounded makes a table of more words than one holds: all are counted, the first are kept.
func TestWordTableIsBounded(t *testing.T) {
	const n = maxTableWords + 1000
	for _, mode := range allModes {
		table := makeWordTable(strings.Repeat("ab ", n), mode)
		if table.words != n || table.alpha != n || table.length != 2*n || len(table.hashes) != maxTableWords || table.whole() {
			t.Errorf("%s: %d words, %d alphabetic, %d characters, %d kept", mode, table.words, table.alpha, table.length, len(table.hashes))
		}
	}
}

// TestGiantTextsSeeOnlyTheirStart checks that a text of more words than a table holds is judged by its first max_words.
func TestGiantTextsSeeOnlyTheirStart(t *testing.T) {
	options := GopherRepetitionOptions{TopNGrams: []NGramLimit{{2, 0.5}}, MaxWords: 1000, Words: WordsWhitespace}
	start := distinct(0, 1000)
	for _, test := range []struct{ name, text, rule string }{
		{"repetition behind the start", start + strings.Repeat(" same", maxTableWords), ""},
		{"repetition at the start", strings.Repeat("same ", maxTableWords) + start, "top_2_gram"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewGopherRepetition(options)
			if err != nil {
				t.Fatal(err)
			}
			if got := rule(process(t, stage, test.text)[0]); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
}

// TestQualityOfAGiantLine sends lines of 100 MB through the four stages: they must come back, with memory that does not grow with the text.
func TestQualityOfAGiantLine(t *testing.T) {
	if testing.Short() {
		t.Skip("a line of 100 MB")
	}
	const most = 150 << 20
	for name, piece := range map[string]string{"words": "the cat and a dog ", "one word": "x"} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(piece, 100<<20/len(piece))
			var before, after runtime.MemStats
			for _, stage := range fineWebStages(t) {
				doc := &corpus.Document{Text: text}
				runtime.ReadMemStats(&before)
				if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				if used := after.TotalAlloc - before.TotalAlloc; used > most {
					t.Errorf("%s allocated %d MB for a line of 100 MB", stage.Name(), used>>20)
				}
			}
		})
	}
}

// TestGopherRepetitionThresholds puts a text at every limit for n-grams, and one character below and above it.
func TestGopherRepetitionThresholds(t *testing.T) {
	published := DefaultGopherRepetitionOptions()
	// An n-gram of different words of so many letters in all.
	gram := func(n, letters int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Repeat(string(rune('a'+i)), letters/n)
		}
		list[n-1] += strings.Repeat("z", letters%n)
		return strings.Join(list, " ")
	}
	check := func(name string, options GopherRepetitionOptions, twice string, counted int) {
		// The share is exactly the limit at 100 characters.
		for size, want := range map[int]string{99: name, 100: "", 101: ""} {
			t.Run(fmt.Sprintf("%s, %d characters", name, size), func(t *testing.T) {
				stage, err := NewGopherRepetition(options)
				if err != nil {
					t.Fatal(err)
				}
				text := twice + " " + strings.Repeat("x", size-len(twice)-1)
				value := fmt.Sprintf("%.4g", float64(counted)/float64(size))
				checkReason(t, process(t, stage, text)[0], corpus.Reason{Stage: "gopher_repetition", Rule: want, Value: value})
			})
		}
	}
	for _, limit := range published.TopNGrams {
		counted := int(limit.Max*100 + 0.5) // characters of both occurrences, with spaces
		once := gram(limit.N, counted/2-limit.N+1)
		options := GopherRepetitionOptions{TopNGrams: []NGramLimit{limit}, MaxWords: 1000, Words: WordsWhitespace}
		check(fmt.Sprintf("top_%d_gram", limit.N), options, once+" y "+once, counted)
	}
	for _, limit := range published.DupNGrams {
		counted := int(limit.Max*100 + 0.5) // characters of the second occurrence, without spaces
		once := gram(limit.N, counted)
		options := GopherRepetitionOptions{DupNGrams: []NGramLimit{limit}, MaxWords: 1000, Words: WordsWhitespace}
		check(fmt.Sprintf("duplicated_%d_n_grams", limit.N), options, once+" y "+once, counted)
	}
}
