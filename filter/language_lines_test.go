package filter

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func languageText(list ...string) string { return strings.Join(list, "\n") }

func TestLanguageLines(t *testing.T) {
	all := func(o *LanguageOptions) { o.Mode = languageLines }
	only := func(o *LanguageOptions) {
		o.Mode, o.Languages, o.Lines.Keep = languageLines, []string{"en"}, linesConfigured
	}
	share := func(limit float64) func(*LanguageOptions) {
		return func(o *LanguageOptions) { only(o); o.Lines.MinShare = limit }
	}
	for _, test := range []struct {
		name     string
		change   func(*LanguageOptions)
		text     string
		language string
		want     string // text; "=" for the same
		reason   corpus.Reason
	}{
		{"the language with the most bytes", all, languageText(germanLine, englishLine, englishLine), "en", "=", corpus.Reason{}},
		{"nothing long enough by itself", all, languageText("the house", "and the", "river"), "en", "=", corpus.Reason{}},
		{"nothing at all", all, "", "und", "=", corpus.Reason{}},
		{"other languages go", only, languageText(englishLine, germanLine, englishLine), "en", languageText(englishLine, englishLine), corpus.Reason{}},
		{"short lines go with the line before", only, languageText(englishLine, "1,200", germanLine, "Seite 7", "", englishLine, "(7)"), "en", languageText(englishLine, "1,200", englishLine, "(7)"), corpus.Reason{}},
		{"short lines at the beginning go with the first", only, languageText("Seite 7", germanLine, englishLine), "en", englishLine, corpus.Reason{}},
		{"what is in no language stays", only, languageText(englishLine, englishLine, englishLine, "ሰላም ለዓለም። ዛሬ ጥሩ ቀን ነው። ሰላም ለዓለም።", englishLine), "en", "=", corpus.Reason{}},
		{"nothing configured at all", only, languageText(germanLine, frenchLine), "fr", "=", corpus.Reason{Stage: "language", Rule: "language", Value: "fr"}},
		{"a line feed at the end", only, languageText(englishLine, germanLine) + "\n", "en", englishLine + "\n", corpus.Reason{}},
		{"carriage returns", only, englishLine + "\r\n" + germanLine + "\r\n", "en", englishLine + "\r\n", corpus.Reason{}},
		{"share at the limit", share(0.4944), languageText(englishLine, germanLine), "en", englishLine + "\n", corpus.Reason{}},
		{"share below the limit", share(0.4945), languageText(englishLine, germanLine), "de", "=", corpus.Reason{Stage: "language", Rule: "lines", Value: "0.4944"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := process(t, languageStage(t, test.change), test.text)[0]
			want := test.want
			if want == "=" {
				want = test.text
			}
			if doc.Language != test.language || doc.LanguageScore < 0 || doc.LanguageScore > 1 {
				t.Errorf("language %q (%v), want %q", doc.Language, doc.LanguageScore, test.language)
			}
			if diff := cmp.Diff(want, doc.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			checkReason(t, doc, test.reason)
		})
	}
}

func TestLanguageLinesLeaveAccounts(t *testing.T) {
	stage := languageStage(t, func(o *LanguageOptions) {
		o.Mode, o.Languages, o.Lines.Keep = languageLines, []string{"en"}, linesConfigured
	})
	text := languageText(englishLine, germanLine, germanLine, englishLine, frenchLine)
	doc := process(t, stage, text)[0]
	english, german := len(englishLine)+1, len(germanLine)+1
	want := []corpus.Edit{
		{Stage: "language", Type: "de", Offset: int64(english), Length: int64(2 * german)},
		{Stage: "language", Type: "fr", Offset: int64(2*english + 2*german), Length: int64(len(frenchLine))},
	}
	if diff := cmp.Diff(want, doc.Edits); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	share := func(n int) float64 { return roundScore(float64(n) / float64(len(text))) }
	signals := map[string]float64{"language_share": 1, "language_configured": share(2 * english), "language_removed": share(2*german + len(frenchLine)), "language_undecided": 0}
	if diff := cmp.Diff(signals, doc.Signals); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
}

// plainLines is the plain form of runs: a label for every line, then the labels of short lines, then runs.
func plainLines(l *Language, text string) (labels []string) {
	list := strings.SplitAfter(text, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	labels = make([]string, len(list))
	any := false
	for i, line := range list {
		if guess, ok := l.classifier.Line(line, l.options.MaxRunes, l.options.Lines.MinLetters); ok {
			labels[i], any = guess.Language, true
		}
	}
	if !any {
		return nil
	}
	for i := range labels {
		if labels[i] == "" && i > 0 {
			labels[i] = labels[i-1]
		}
	}
	for i := len(labels) - 2; i >= 0; i-- {
		if labels[i] == "" {
			labels[i] = labels[i+1]
		}
	}
	return labels
}

func FuzzLanguageLines(f *testing.F) {
	stage := languageStage(f, func(o *LanguageOptions) { o.Mode = languageLines; o.Lines.MinLetters = 5 })
	for _, text := range hostileTexts() {
		f.Add(text)
	}
	f.Add(languageText("Seite 7", germanLine, "12", "", englishLine, "a", frenchLine, ""))
	f.Fuzz(func(t *testing.T, text string) {
		var got []string
		at := 0
		for _, r := range stage.runs(text) {
			if r.from != at {
				t.Fatalf("a run begins at %d, the one before it ends at %d", r.from, at)
			}
			at = r.to
			n := strings.Count(text[r.from:r.to], "\n")
			if !strings.HasSuffix(text[r.from:r.to], "\n") {
				n++
			}
			for range n {
				got = append(got, r.language)
			}
		}
		if diff := cmp.Diff(plainLines(stage, text), got); diff != "" {
			t.Errorf("labels (-plain +runs):\n%s", diff)
		}
	})
}
