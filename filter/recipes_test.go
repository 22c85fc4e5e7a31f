package filter

import (
	"strings"
	"sync"
	"testing"
	"time"

	"corpus"
)

// recipeStages are the stages of the other published rule sets, with their defaults.
func recipeStages(t testing.TB) []corpus.Stage {
	t.Helper()
	collect := func(stage corpus.Stage, err error) corpus.Stage {
		if err != nil {
			t.Fatal(err)
		}
		return stage
	}
	length, err := NewLength(LengthOptions{MinCharacters: 150, MaxCharacters: 190_000, MinLongLines: 3, LongLineLength: 200})
	list := []corpus.Stage{collect(length, err)}
	text, err := NewRefinedWebText(DefaultRefinedWebTextOptions())
	list = append(list, collect(text, err))
	lines, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
	list = append(list, collect(lines, err))
	dolma, err := NewDolmaGopher(DefaultDolmaGopherOptions())
	list = append(list, collect(dolma, err))
	dclm, err := NewDCLMGopher(DefaultDCLMGopherOptions())
	list = append(list, collect(dclm, err))
	curator, err := NewCurator(DefaultCuratorOptions())
	return append(list, collect(curator, err))
}

func TestRecipeStagesKeepGoodText(t *testing.T) {
	const paragraphs = 3
	for _, stage := range recipeStages(t) {
		if stage.Name() == "length" || stage.Name() == "curator" {
			continue // article has no lines of 200 characters each, and more spaces and signs than Curator's .25 allow
		}
		doc := process(t, stage, article(paragraphs))[0]
		checkReason(t, doc, corpus.Reason{})
		if want := strings.TrimSpace(article(paragraphs)); strings.TrimSpace(doc.Text) != want {
			t.Errorf("%s changed the text", stage.Name())
		}
	}
}

func TestRecipeStagesHostileTexts(t *testing.T) {
	for _, stage := range recipeStages(t) {
		for name, text := range hostileTexts() {
			t.Run(stage.Name()+"/"+name, func(t *testing.T) {
				doc := process(t, stage, text)[0]
				if doc.Reason != nil && (doc.Reason.Stage != stage.Name() || doc.Reason.Rule == "") {
					t.Errorf("reason %+v", *doc.Reason)
				}
				if doc.Reason != nil && doc.Text != text {
					t.Error("a rejected text was changed")
				}
			})
		}
	}
}

// TestRecipeStagesGiantLine sends single lines, and lines by the million, through every stage: -large makes them 100 MB.
func TestRecipeStagesGiantLine(t *testing.T) {
	size := 1 << 20
	if *large {
		size = 100 << 20
	}
	kinds := map[string]string{
		"words": "the cat and a dog ", "one word": "x", "digits": "7", "cart": "items in cart", "reads": "read more", "hashes": "#", "addresses": "http://a", "domains": "a.com ", "dots": "a.", "numbers": "1.2.3,",
		"short lines": "a\n", "newlines": "\n", "marks": "\u0301",
	}
	for _, name := range sortedKeys(kinds) {
		text := strings.Repeat(kinds[name], size/len(kinds[name]))
		for _, stage := range recipeStages(t) {
			start := time.Now()
			process(t, stage, text)
			t.Logf("%-11s %-16s %v", name, stage.Name(), time.Since(start).Round(time.Millisecond))
		}
	}
}

// TestRecipeStagesAreConcurrent runs each stage from several goroutines at once: the verdicts and texts are those of one.
func TestRecipeStagesAreConcurrent(t *testing.T) {
	var texts []string
	for seed := range 60 {
		texts = append(texts, textOfPieces(seed), article(1+seed%7)+textOfPieces(seed))
	}
	for _, stage := range recipeStages(t) {
		want := process(t, stage, texts...)
		got := make([][]*corpus.Document, 4)
		var wait sync.WaitGroup
		for i := range got {
			wait.Go(func() { got[i] = process(t, stage, texts...) })
		}
		wait.Wait()
		for _, docs := range got {
			for i, doc := range docs {
				if doc.Text != want[i].Text || rule(doc) != rule(want[i]) {
					t.Fatalf("%s: text %d: rule %q, want %q", stage.Name(), i, rule(doc), rule(want[i]))
				}
			}
		}
	}
}

// againstPlain holds a stage against its plain algorithm on random and on hostile texts: with its own limits, and with loose ones that let short texts
// reach the later rules, which must drop by at least so many different ones.
func againstPlain(t *testing.T, least int, strict func(text string), loose func(text string) (rule string)) {
	t.Helper()
	rules := map[string]int{}
	for seed := range 400 {
		text := textOfPieces(seed)
		strict(text)
		rules[loose(text)]++
	}
	for _, text := range hostileTexts() {
		strict(text[:min(len(text), 5000)])
	}
	if len(rules) < least {
		t.Errorf("the texts meet few rules: %v", rules)
	}
}
