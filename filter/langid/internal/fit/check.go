package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"

	"corpus/filter/langid/internal/linear"
)

// judge says a text's likeliest label and its probability.
type judge func(text string) (label string, score float64)

// check prints how a model does on the texts of a cut.
func check(w io.Writer, m *linear.Model, d *data, c cut, limit int, table bool) {
	scores := make([]float64, len(m.Labels))
	best := func(text string) (string, float64) {
		s := m.Sum(text, limit)
		m.Probabilities(s, m.Scores(s, scores), nil)
		top := 0
		for l, p := range scores {
			if p > scores[top] {
				top = l
			}
		}
		return m.Labels[top], scores[top]
	}
	documents := joined(d.sentences[c], 2000)
	checkKnown(w, "texts of 2 kB", documents, best)
	checkKnown(w, "sentences", d.sentences[c], best)
	checkKnown(w, "with dirt", soiled(d.sentences[c], rand.New(rand.NewPCG(1, 1))), best)
	checkKnown(w, "short sentences", d.short[c], best)
	checkKnown(w, "the same, 200 B", joined(d.short[c], 200), best)
	checkKnown(w, "word pairs", d.pairs[c], best)
	checkKnown(w, "single words", d.words[c], best)
	checkUnknown(w, "unknown, sentences", d.strangers[c], best)
	checkUnknown(w, "unknown, 200 B", joined(d.strangers[c], 200), best)
	checkUnknown(w, "known as und", d.others[c], best)
	checkUnknown(w, "members", d.members[c], best)
	if table {
		perLanguage(w, best, d.sentences[c], documents)
	}
}

// checkKnown prints accuracy, the mean score and the calibration error: the mean distance of score and accuracy over ten bins of the score (Guo et al. 2017, "On
// Calibration of Modern Neural Networks", section 2).
func checkKnown(w io.Writer, name string, list []example, best judge) {
	right, unknown, sum, seconds := 0, 0, 0.0, cpu()
	bins := [10]struct{ score, right float64 }{}
	for _, e := range list {
		got, p := best(e.text)
		b := &bins[min(9, int(p*10))]
		b.score += p
		sum += p
		if got == e.label {
			right++
			b.right++
		}
		if got == undetermined {
			unknown++
		}
	}
	n := float64(len(list))
	off := 0.0
	for _, b := range bins {
		off += math.Abs(b.score-b.right) / n
	}
	fmt.Fprintf(w, "%-16s %6.0f  accuracy %.4f  und %.4f  mean score %.4f  calibration error %.4f  %.0f texts/CPU-s\n", name, n, float64(right)/n, float64(unknown)/n, sum/n, off, n/(cpu()-seconds))
}

// checkUnknown prints how often texts in languages that the model does not name get a label, and by language how often one above .9.
func checkUnknown(w io.Writer, name string, list []example, best judge) {
	labelled, half, sure := 0, 0, 0
	byCode := map[string][2]int{}
	for _, e := range list {
		got, p := best(e.text)
		n := byCode[e.code]
		n[1]++
		if got != undetermined {
			labelled++
			if p >= 0.65 {
				half++
			}
			if p > 0.9 {
				sure++
				n[0]++
			}
		}
		byCode[e.code] = n
	}
	n := float64(len(list))
	fmt.Fprintf(w, "%-18s %6.0f  labelled %.3f  from .65 %.3f  above .9 %.3f ", name, n, float64(labelled)/n, float64(half)/n, float64(sure)/n)
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		fmt.Fprintf(w, " %s %d/%d", code, byCode[code][0], byCode[code][1])
	}
	fmt.Fprintln(w)
}

// perLanguage prints a table of recall, precision and the commonest mistake.
func perLanguage(w io.Writer, best judge, sentences, documents []example) {
	type row struct {
		n, right, given [2]int
		mistakes        map[string]int
	}
	rows := map[string]*row{}
	at := func(code string) *row {
		if rows[code] == nil {
			rows[code] = &row{mistakes: map[string]int{}}
		}
		return rows[code]
	}
	for i, list := range [][]example{sentences, documents} {
		for _, e := range list {
			got, _ := best(e.text)
			r := at(e.label)
			r.n[i]++
			at(got).given[i]++
			if got == e.label {
				r.right[i]++
			} else if i == 0 {
				r.mistakes[got]++
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(rows)) {
		r := rows[code]
		worst := ""
		for _, got := range slices.Sorted(maps.Keys(r.mistakes)) {
			if n := r.mistakes[got]; n > r.mistakes[worst] {
				worst = got
			}
		}
		if worst != "" {
			worst = fmt.Sprintf("%s %d", worst, r.mistakes[worst])
		}
		share := func(a, b int) string {
			if b == 0 {
				return ""
			}
			return fmt.Sprintf("%.3f", float64(a)/float64(b))
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %d | %s | %s |\n", code, r.n[0], share(r.right[0], r.n[0]), share(r.right[0], r.given[0]), worst, r.n[1], share(r.right[1], r.n[1]), share(r.right[1], r.given[1]))
	}
}

// cpu is the processor time of the process so far, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
