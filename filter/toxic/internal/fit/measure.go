package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"corpus"
	"corpus/filter/evaluate"
	"corpus/filter/toxic"
)

// scored is a labelled text with its score.
type scored struct {
	score        float64
	toxic        bool
	group, about string
}

func scoreRows(m *toxic.Model, rows []row) []scored {
	out := make([]scored, len(rows))
	for i, r := range rows {
		out[i] = scored{score: m.Score(r.text).Max, toxic: r.toxic}
	}
	return out
}

func scoreGroups(m *toxic.Model, rows []groupRow) []scored {
	out := make([]scored, len(rows))
	for i, r := range rows {
		out[i] = scored{m.Score(r.text).Max, r.toxic, r.group, r.about}
	}
	return out
}

// samples are the rows without their groups.
func samples(rows []scored) []evaluate.Sample {
	out := make([]evaluate.Sample, len(rows))
	for i, x := range rows {
		out[i] = evaluate.Sample{Score: x.score, Positive: x.toxic}
	}
	return out
}

// metrics describe a set as a whole. The interval of the AUC holds 95 % of 1,000 draws with replacement.
func metrics(set string, rows []scored, threshold float64) []corpus.Metric {
	list := samples(rows)
	curve := evaluate.NewCurve(list)
	low, high := evaluate.Interval(list, evaluate.Curve.AUC, 1000, .95, 1)
	c := curve.At(threshold)
	out := evaluate.Rows(set, "", 0, len(rows), evaluate.Value{Name: "auc", Value: round(curve.AUC())},
		evaluate.Value{Name: "auc_low", Value: round(low)}, evaluate.Value{Name: "auc_high", Value: round(high)},
		evaluate.Value{Name: "average_precision", Value: round(curve.AveragePrecision())})
	return append(out, evaluate.Rows(set, "", threshold, len(rows), evaluate.Value{Name: "f1", Value: round(c.F1())},
		evaluate.Value{Name: "precision", Value: round(c.Precision())}, evaluate.Value{Name: "true_positive_rate", Value: round(c.Recall())},
		evaluate.Value{Name: "false_positive_rate", Value: round(c.FalsePositiveRate())})...)
}

// groupMetrics are the rates of each group and of each test; a part is named by key.
func groupMetrics(set string, rows []scored, threshold float64, key func(scored) string) []corpus.Metric {
	names := make([][]string, len(rows))
	for i, x := range rows {
		if name := key(x); name != "" {
			names[i] = []string{name}
		}
	}
	var out []corpus.Metric
	for _, g := range evaluate.ByGroup(samples(rows), names, threshold) {
		c := g.Counts
		out = append(out, evaluate.Rows(set, g.Group, threshold, c.Negatives(), evaluate.Value{Name: "false_positive_rate", Value: round(c.FalsePositiveRate())})...)
		out = append(out, evaluate.Rows(set, g.Group, threshold, c.Positives(), evaluate.Value{Name: "true_positive_rate", Value: round(c.Recall())})...)
	}
	return out
}

// documentMetrics are the shares of the documents of other projects that are found. They carry no labels.
func documentMetrics(m *toxic.Model, t technical, threshold float64) []corpus.Metric {
	var out []corpus.Metric
	for _, set := range append([]documentSet{{technicalPrefix + ", development", t.dev}}, t.tests...) {
		share := float64(atOrAbove(m, set.texts, threshold)) / float64(len(set.texts))
		out = append(out, evaluate.Rows("documents: "+set.name, "", threshold, len(set.texts), evaluate.Value{Name: "share_found", Value: round(share)})...)
	}
	return out
}

// atOrAbove counts the texts that score a threshold or more.
func atOrAbove(m *toxic.Model, texts []string, threshold float64) (n int) {
	for _, text := range texts {
		if m.Score(text).Max >= threshold {
			n++
		}
	}
	return n
}

func byGroup(x scored) string { return x.group }
func byTest(x scored) string  { return x.about }

// round keeps four digits, which is more than the sets can tell apart.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// readHateCheck reads test_suite_cases.csv of HateCheck (Röttger et al. 2021). It is measured on and never trained on.
func readHateCheck(path string) ([]groupRow, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	column := func(name string) int { return slices.Index(lines[0], name) }
	test, text, label, group := column("functionality"), column("test_case"), column("label_gold"), column("target_ident")
	if min(test, text, label, group) < 0 {
		return nil, fmt.Errorf("%s: not the columns of HateCheck", path)
	}
	var rows []groupRow
	for _, l := range lines[1:] {
		rows = append(rows, groupRow{row{l[text], l[label] == "hateful", 1}, l[group], l[test]})
	}
	return rows, nil
}

// readGroups reads the sentences of filter/toxic/testdata/groups.tsv: test, group, label and text, with tabs between.
func readGroups(path string) ([]groupRow, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []groupRow
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("%s: line %d: %d fields, not 4", path, i+1, len(f))
		}
		rows = append(rows, groupRow{row{f[3], f[2] == "toxic", 1}, f[1], f[0]})
	}
	return rows, nil
}
