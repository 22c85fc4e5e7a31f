package filter

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"corpus"
)

// allStages are the stages with their defaults, and rules that the test documents meet.
func allStages(t testing.TB) []corpus.Stage {
	t.Helper()
	collect := func(stage corpus.Stage, err error) corpus.Stage {
		if err != nil {
			t.Fatal(err)
		}
		return stage
	}
	urls := DefaultURLOptions()
	urls.BlockDomains = []string{"bad.example"}
	toxic := DefaultToxicityOptions()
	toxic.Terms = []string{"blorp", "x x"}
	url, err := NewURL(urls)
	list := []corpus.Stage{collect(url, err)}
	quality, err := NewGopherQuality(DefaultGopherQualityOptions())
	list = append(list, collect(quality, err))
	repetition, err := NewGopherRepetition(DefaultGopherRepetitionOptions())
	list = append(list, collect(repetition, err))
	c4, err := NewC4(DefaultC4Options())
	list = append(list, collect(c4, err))
	fineweb, err := NewFineWeb(DefaultFineWebOptions())
	list = append(list, collect(fineweb, err))
	toxicity, err := NewToxicity(toxic)
	list = append(list, collect(toxicity, err))
	pii, err := NewPII(DefaultPIIOptions())
	list = append(list, collect(pii, err))
	return append(list, detector(t))
}

func TestStageNames(t *testing.T) {
	var names []string
	for _, stage := range allStages(t) {
		names = append(names, stage.Name())
	}
	want := []string{"url", "gopher_quality", "gopher_repetition", "c4", "fineweb", "toxicity", "pii", "language"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// article is prose of English shape that passes every filter, with n paragraphs. It is the same for the same n.
func article(n int) string {
	random := rng(n)
	nouns := strings.Fields("river farmer council bridge harbour winter teacher market engine letter garden station doctor island village paper stone window child story")
	verbs := strings.Fields("crossed remembered repaired followed described measured painted carried opened watched answered forgot reached counted borrowed")
	places := strings.Fields("valley mountain city coast border forest capital north quarter school")
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	// A word that hardly ever comes again, as names and rare words do in real text.
	rare := func() string {
		b := make([]byte, 4+random.IntN(6))
		for i := range b {
			b[i] = "abcdefghijklmnoprstuvwz"[random.IntN(23)]
		}
		return string(b)
	}
	var b strings.Builder
	for range n {
		for range 2 + random.IntN(3) {
			switch random.IntN(4) {
			case 0:
				fmt.Fprintf(&b, "The %s %s of the %s %s a %s, and many others did so with %s. ", rare(), pick(nouns), pick(places), pick(verbs), rare(), rare())
			case 1:
				fmt.Fprintf(&b, "\"We have %s to be %s,\" said %s of %s when the %s %s that %s. ", rare(), rare(), rare(), rare(), pick(nouns), pick(verbs), pick(nouns))
			case 2:
				fmt.Fprintf(&b, "When %s %s the %s, no well-known %s could %s it in %d. ", pick(nouns), pick(verbs), rare(), pick(nouns), rare(), 1800+random.IntN(200))
			default:
				fmt.Fprintf(&b, "Near %s the %s and his %s %s their %s because it wasn't %s. ", rare(), pick(nouns), pick(nouns), pick(verbs), pick(nouns), rare())
			}
		}
		b.WriteString("\n")
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

func TestGoodTextPassesAll(t *testing.T) {
	doc := process(t, allStages(t)[1], article(12))[0]
	for _, stage := range allStages(t) {
		if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
			t.Fatal(err)
		}
	}
	checkReason(t, doc, corpus.Reason{})
	if want := strings.TrimSpace(article(12)); doc.Text != want {
		t.Errorf("text changed:\n%s", cmp.Diff(want, doc.Text))
	}
	if doc.Language != "en" {
		t.Errorf("language %q, want en", doc.Language)
	}
}

func TestHostileTextsPassThroughAllStages(t *testing.T) {
	for _, stage := range allStages(t) {
		for name, text := range hostileTexts() {
			t.Run(stage.Name()+"/"+name, func(t *testing.T) {
				doc := &corpus.Document{Text: text, URL: text}
				if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
					t.Fatal(err)
				}
				if doc.Reason != nil && (doc.Reason.Stage != stage.Name() || doc.Reason.Rule == "") {
					t.Errorf("reason %+v", *doc.Reason)
				}
				for key, value := range doc.Signals {
					if value != value || value < 0 {
						t.Errorf("signal %s is %v", key, value)
					}
				}
			})
		}
	}
}

func TestDroppedDocumentsAreLeftAlone(t *testing.T) {
	for _, stage := range allStages(t) {
		doc := &corpus.Document{Text: "blorp jo@a.com {", URL: "ftp://bad.example/"}
		doc.Reject("other", "before", nil)
		want := *doc
		if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, *doc); diff != "" {
			t.Errorf("%s touched a dropped document (-want +got):\n%s", stage.Name(), diff)
		}
	}
}

// TestOrderAndWorkersDoNotMatter runs the same documents in order, and reversed by several goroutines at once.
func TestOrderAndWorkersDoNotMatter(t *testing.T) {
	var texts []string
	for i := range 24 {
		texts = append(texts, article(i), babble(rng(i), i*9), article(i%5)+"Call 212-555-2368 or blorp@a.com at 81.2.69.142.")
	}
	make1 := func() *corpus.Batch {
		batch := &corpus.Batch{}
		for i, text := range texts {
			batch.Documents = append(batch.Documents, &corpus.Document{Text: text, URL: fmt.Sprintf("https://site%d.example/", i)})
		}
		return batch
	}
	stages := allStages(t)
	want := make1()
	for _, stage := range stages {
		if err := stage.Process(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	got := make([]*corpus.Batch, 4)
	for i := range got {
		got[i] = make1()
		slices.Reverse(got[i].Documents)
		wait.Go(func() {
			for _, stage := range stages {
				if err := stage.Process(t.Context(), got[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for i := range got {
		slices.Reverse(got[i].Documents)
		if diff := cmp.Diff(want.Documents, got[i].Documents, cmpopts.IgnoreFields(corpus.Document{}, "Analysis")); diff != "" {
			t.Fatalf("worker %d (-want +got):\n%s", i, diff)
		}
	}
}

var large = flag.Bool("large", false, "TestGiantLine: lines of 100 MB instead of 4 MB")

// TestGiantLine sends single lines, of kinds that tempt code into quadratic time, through every stage.
func TestGiantLine(t *testing.T) {
	size := 4 << 20
	if *large {
		size = 100 << 20
	}
	kinds := map[string]string{"words": "the cat and a dog ", "one word": "x", "dots": ".", "at signs": "a@", "digits": "7", "groups": "12 345-", "brackets": "["}
	stages := allStages(t)
	for _, name := range sortedKeys(kinds) {
		text := strings.Repeat(kinds[name], size/len(kinds[name]))
		for _, stage := range stages {
			doc := &corpus.Document{Text: text}
			start := time.Now()
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Errorf("%s, %s: %v", name, stage.Name(), err)
			}
			t.Logf("%-9s %-17s %v", name, stage.Name(), time.Since(start).Round(time.Millisecond))
		}
	}
}
