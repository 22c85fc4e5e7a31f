package filter

import (
	"slices"
	"strings"

	"corpus"
)

// languageRun is some lines on end with one label.
type languageRun struct {
	language string
	score    float64 // of its judged lines, by bytes
	from, to int     // bytes of the text, line feeds included
	judged   int     // bytes of the judged lines
	remove   bool
}

// byLines labels each line, removes lines where that is configured, and gives the document the language with the most bytes of what is left. The score is
// the sum over the lines in that language of their score, weighted by their share of all bytes.
func (l *Language) byLines(doc *corpus.Document) {
	runs := l.runs(doc.Text)
	if len(runs) == 0 {
		// No line is long enough by itself.
		doc.Language, doc.LanguageScore = l.detect(doc.Text)
		return
	}
	languageLabel(doc, runs)
	if len(l.options.Languages) == 0 {
		return
	}
	kept, removed := l.decide(runs)
	share := func(n int) float64 { return roundScore(float64(n) / float64(len(doc.Text))) }
	doc.SetSignal("language_configured", share(kept))
	doc.SetSignal("language_removed", share(removed))
	doc.SetSignal("language_undecided", share(len(doc.Text)-kept-removed))
	switch {
	case share(kept) < l.options.Lines.MinShare:
		doc.Reject(l.Name(), "lines", share(kept))
	case kept > 0 && removed > 0:
		languageLabel(doc, l.removeRuns(doc, runs))
	}
}

// decide says which runs are to be removed, and returns the bytes in languages that are configured and those to be removed.
func (l *Language) decide(runs []languageRun) (kept, removed int) {
	for i := range runs {
		r := &runs[i]
		switch {
		case slices.Contains(l.options.Languages, r.language):
			kept += r.to - r.from
		case l.options.Lines.Keep == linesConfigured && r.language != undetermined && r.score >= l.minScore(r.language):
			r.remove = true
			removed += r.to - r.from
		}
	}
	return kept, removed
}

// languageLabel gives a document the language with the most bytes, of several the lowest code.
func languageLabel(doc *corpus.Document, runs []languageRun) {
	bytes, scores, total := map[string]int{}, map[string]float64{}, 0
	for _, r := range runs {
		n := r.to - r.from
		bytes[r.language] += n
		scores[r.language] += float64(float64(n) * r.score) // the conversion forbids fused multiply-add
		total += n
	}
	most := 0
	for _, code := range sortedKeys(bytes) {
		if bytes[code] > most {
			most = bytes[code]
			doc.Language, doc.LanguageScore = code, roundScore(scores[code]/float64(total))
		}
	}
	doc.SetSignal("language_share", roundScore(float64(most)/float64(total)))
}

// runs cuts a text into runs of lines. A line with too few letters, such as an empty one, belongs to the run before it, at the beginning of the text to
// the first. There are none if no line has enough.
func (l *Language) runs(text string) (runs []languageRun) {
	for at := 0; at < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		guess, judged := l.classifier.Line(text[at:end], l.options.MaxRunes, l.options.Lines.MinLetters)
		last := len(runs) - 1
		switch {
		case !judged && last < 0:
		case !judged:
			runs[last].to = end
		case last >= 0 && runs[last].language == guess.Language:
			runs[last].to = end
			runs[last].add(end-at, guess.Score)
		default:
			from := at
			if last < 0 {
				from = 0
			}
			r := languageRun{language: guess.Language, from: from, to: end}
			r.add(end-at, guess.Score)
			runs = append(runs, r)
		}
		at = end
	}
	return runs
}

// add takes a judged line of n bytes into the run's score.
func (r *languageRun) add(n int, score float64) {
	sum := float64(r.score*float64(r.judged)) + float64(score*float64(n)) // the conversions forbid fused multiply-add
	r.judged += n
	r.score = sum / float64(r.judged)
}

// removeRuns takes the runs to remove out of the text, notes each as an edit whose type is its language, and returns the others.
func (l *Language) removeRuns(doc *corpus.Document, runs []languageRun) (left []languageRun) {
	var b strings.Builder
	for _, r := range runs {
		if r.remove {
			doc.Edits = append(doc.Edits, corpus.Edit{Stage: l.Name(), Type: r.language, Offset: int64(r.from), Length: int64(r.to - r.from)})
			continue
		}
		left = append(left, r)
		b.WriteString(doc.Text[r.from:r.to])
	}
	doc.Text = b.String()
	return left
}
