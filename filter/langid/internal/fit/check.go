package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sort"
	"syscall"

	"corpus/filter/langid/internal/linear"
)

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
	for _, set := range []struct {
		name string
		list []example
	}{{"texts of 2 kB", documents}, {"sentences", d.sentences[c]}, {"with dirt", soiled(d.sentences[c], rand.New(rand.NewPCG(1, 1)))}, {"short sentences", d.short[c]}, {"word pairs", d.pairs[c]}, {"single words", d.words[c]}} {
		right, unknown, sum, sq, seconds := 0, 0, 0.0, 0.0, cpu()
		bins := [10][3]float64{}
		for _, e := range set.list {
			got, p := best(e.text)
			ok := 0.0
			if got == e.label {
				right++
				ok = 1
			}
			if got == undetermined {
				unknown++
			}
			sum += p
			sq += (p - ok) * (p - ok)
			b := &bins[min(9, int(p*10))]
			b[0], b[1], b[2] = b[0]+1, b[1]+p, b[2]+ok
		}
		n := float64(len(set.list))
		ece := 0.0
		for _, b := range bins {
			if b[0] > 0 {
				ece += max(b[1]-b[2], b[2]-b[1]) / n
			}
		}
		fmt.Fprintf(w, "%-16s %6.0f  accuracy %.4f  und %.4f  mean score %.4f  calibration error %.4f  %.0f texts/CPU-s\n", set.name, n, float64(right)/n, float64(unknown)/n, sum/n, ece, n/(cpu()-seconds))
	}
	strangers := d.strangers[c]
	for _, set := range []struct {
		name string
		list []example
	}{{"unknown, sentences", strangers}, {"unknown, 200 B", joined(strangers, 200)}, {"known as und", d.others[c]}, {"members", d.members[c]}} {
		labelled, half, sure := 0, 0, 0
		byCode := map[string][2]int{}
		for _, e := range set.list {
			got, p := best(e.text)
			n := byCode[e.code]
			n[0]++
			if got != undetermined {
				labelled++
				if p >= 0.65 {
					half++
				}
				if p > 0.9 {
					sure++
					n[1]++
				}
			}
			byCode[e.code] = n
		}
		n := float64(len(set.list))
		fmt.Fprintf(w, "%-18s %6.0f  labelled %.3f  from .65 %.3f  above .9 %.3f ", set.name, n, float64(labelled)/n, float64(half)/n, float64(sure)/n)
		var codes []string
		for code := range byCode {
			codes = append(codes, code)
		}
		sort.Strings(codes)
		for _, code := range codes {
			fmt.Fprintf(w, " %s %d/%d", code, byCode[code][1], byCode[code][0])
		}
		fmt.Fprintln(w)
	}
	if table {
		perLanguage(w, best, d.sentences[c], documents)
	}
}

// perLanguage prints a table of recall, precision and the commonest mistake.
func perLanguage(w io.Writer, best func(string) (string, float64), sentences, documents []example) {
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
	var codes []string
	for code := range rows {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		r := rows[code]
		worst := ""
		for got, n := range r.mistakes {
			if worst == "" || n > r.mistakes[worst] || n == r.mistakes[worst] && got < worst {
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
