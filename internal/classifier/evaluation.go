package classifier

import (
	"fmt"
	"math"
	"slices"

	"corpus"
	"corpus/filter/evaluate"
)

// EvaluateOptions say how a model is measured.
type EvaluateOptions struct {
	// Set names the data in metrics.
	Set string
	// Label is the model's label whose score is judged as found or not; empty judges all labels against each other, where there are several.
	Label string
	// Positive is the label of the texts that should be found; empty is Label.
	Positive string
	// Threshold is the score from which a label counts as given, 0 to 1.
	Threshold float64
	// Intervals is the number of draws for the confidence interval of the AUC; 0 for none.
	Intervals int
}

// Validate returns an OptionError for a bad value.
func (o EvaluateOptions) Validate() error {
	switch {
	case !(o.Threshold >= 0 && o.Threshold <= 1):
		return corpus.BadOption("threshold", "%v is not within 0 to 1", o.Threshold)
	case o.Intervals < 0 || o.Intervals > 100_000:
		return corpus.BadOption("intervals", "%d is not within 0 to 100000", o.Intervals)
	}
	return nil
}

// Bounds of what an evaluation keeps.
const (
	maxGroups = 2000
	maxScores = 1 << 26 // beyond, there is no AUC for each label
	maxLabels = 1 << 20
)

// errGroups is for groups without a label whose rates they could have.
var errGroups = corpus.BadOption("groups", "need a label: the rates are those of one label")

// Evaluation collects how a model does on texts: the score and the labels of each text, not the text. It is for one goroutine.
type Evaluation struct {
	opts   EvaluateOptions
	scorer Scorer
	label  int // of opts.Label; -1 without

	canonical func(label string) string // nil where labels are taken as they are

	labels []string // the model's, then those that only texts have
	index  map[string]int32
	row    []float32

	samples []evaluate.Sample // of the label
	groups  [][]string        // of the samples; nil where no text has any
	names   map[string]bool   // of groups

	best, over []evaluate.Outcome // by the best label, by the threshold
	scores     []float32          // of every label of every text, up to maxScores
	texts      int
	several    bool // some text has more than one label
}

// NewEvaluation prepares; the error is about a label that the model does not have.
func NewEvaluation(s Scorer, o EvaluateOptions) (*Evaluation, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	e := &Evaluation{opts: o, scorer: s, label: -1, labels: s.Labels(), index: map[string]int32{}, names: map[string]bool{}}
	for i, l := range e.labels {
		e.index[l] = int32(i)
	}
	if o.Label == "" && len(e.labels) == 1 {
		o.Label = e.labels[0]
		e.opts.Label = o.Label
	}
	if c, ok := s.(canonical); ok {
		e.canonical = c.Canonical
	}
	if o.Label != "" {
		var err error
		if e.label, err = labelIndex(s, o.Label); err != nil {
			return nil, corpus.BadOption("label", "%w", err)
		}
	} else if o.Positive != "" {
		return nil, corpus.BadOption("positive", "needs a label of the model")
	}
	if e.label >= 0 {
		e.opts.Label = e.labels[e.label]
		if e.opts.Positive == "" {
			e.opts.Positive = e.opts.Label
		}
		e.opts.Positive = plainLabel(e.opts.Positive)
	}
	return e, nil
}

// Add scores one text. The error is about more groups or labels than are kept apart.
func (e *Evaluation) Add(t Text) error {
	e.row = e.scorer.Scores(e.row[:0], t.Text)
	e.texts++
	if e.canonical != nil {
		names := make([]string, len(t.Labels))
		for i, l := range t.Labels {
			names[i] = e.canonical(l)
		}
		t.Labels = names
	}
	if e.label >= 0 {
		e.samples = append(e.samples, evaluate.Sample{Score: float64(e.row[e.label]), Positive: slices.Contains(t.Labels, e.opts.Positive)})
		return e.addGroups(t.Groups)
	}
	if len(t.Groups) > 0 {
		return errGroups
	}
	var want []int32
	for _, l := range t.Labels {
		id, ok := e.index[l]
		if !ok {
			if len(e.labels) == maxLabels {
				return fmt.Errorf("more than %d different labels", maxLabels)
			}
			id = int32(len(e.labels))
			e.index[l] = id
			e.labels = append(e.labels, l)
		}
		if !slices.Contains(want, id) {
			want = append(want, id)
		}
	}
	e.several = e.several || len(want) > 1
	best, over := 0, []int32(nil)
	for i, s := range e.row {
		if s > e.row[best] {
			best = i
		}
		if float64(s) >= e.opts.Threshold {
			over = append(over, int32(i))
		}
	}
	got := []int32{int32(best)}
	if e.row[best] <= 0 {
		got = nil // a text without anything that the model knows
	}
	e.best = append(e.best, evaluate.Outcome{Want: want, Got: got})
	e.over = append(e.over, evaluate.Outcome{Want: want, Got: over})
	if e.texts*len(e.row) <= maxScores {
		e.scores = append(e.scores, e.row...)
	} else {
		e.scores = nil
	}
	return nil
}

func (e *Evaluation) addGroups(groups []string) error {
	for _, g := range groups {
		if e.names[g] = true; len(e.names) > maxGroups {
			return fmt.Errorf("more than %d different groups: the field is not one of groups", maxGroups)
		}
	}
	e.groups = append(e.groups, groups)
	return nil
}

// Report works out the figures of all texts so far.
func (e *Evaluation) Report() *Report {
	r := &Report{Set: e.opts.Set, Texts: e.texts, Threshold: e.opts.Threshold}
	if e.label >= 0 {
		e.binary(r)
	} else {
		e.multi(r)
	}
	return r
}

func (e *Evaluation) binary(r *Report) {
	curve := evaluate.NewCurve(e.samples)
	low, high := evaluate.Interval(e.samples, evaluate.Curve.AUC, e.opts.Intervals, 0.95, 1)
	b := &Binary{
		Label: e.opts.Label, Positive: e.opts.Positive,
		AUC: Figure(curve.AUC()), AUCLow: Figure(low), AUCHigh: Figure(high), AveragePrecision: Figure(curve.AveragePrecision()),
	}
	all := curve.At(math.Inf(-1))
	b.Positives, b.Negatives = all.Positives(), all.Negatives()
	// A threshold is at most 1, where the filter cuts scores: fastText's go up to 1.00001. Ranks need no cut.
	cut := slices.Clone(e.samples)
	for i := range cut {
		cut[i].Score = min(1, cut[i].Score)
	}
	curve = evaluate.NewCurve(cut)
	at := func(name string, threshold float64) {
		b.Thresholds = append(b.Thresholds, newThreshold(name, threshold, curve.At(threshold)))
	}
	at("0.5", 0.5)
	if e.opts.Threshold != 0.5 {
		at("chosen", e.opts.Threshold)
	}
	if t, _ := curve.Best(); !math.IsNaN(t) {
		at("best F1", t)
	}
	for _, rate := range []float64{0.01, 0.05} {
		if t, _ := curve.Threshold(rate); !math.IsInf(t, 0) && b.Negatives > 0 {
			at(fmt.Sprintf("%g %% false", 100*rate), t)
		}
	}
	r.Binary = b
	if len(e.names) > 0 {
		rows := evaluate.ByGroup(e.samples, e.groups, e.opts.Threshold)
		r.Groups = newGroups(rows)
	}
}

func (e *Evaluation) multi(r *Report) {
	m := &Multi{Decision: "best label"}
	right := 0
	for _, o := range e.best {
		if len(o.Got) > 0 && slices.Contains(o.Want, o.Got[0]) {
			right++
		}
	}
	m.Accuracy = Figure(float64(right) / float64(e.texts))
	outcomes := e.best
	if e.several {
		m.Decision, outcomes = "every label from the threshold on", e.over
	}
	rows := evaluate.ByLabel(outcomes, e.labels)
	micro := evaluate.Micro(rows)
	m.MicroF1, m.MacroF1 = Figure(micro.F1()), Figure(evaluate.Macro(rows, evaluate.Counts.F1))
	m.MacroPrecision, m.MacroRecall = Figure(evaluate.Macro(rows, evaluate.Counts.Precision)), Figure(evaluate.Macro(rows, evaluate.Counts.Recall))
	m.Confusions = evaluate.Confusions(outcomes, e.labels, 10)
	for i, row := range rows {
		if row.Positives() == 0 && row.FalsePositives == 0 {
			continue
		}
		l := newLabel(row)
		l.AUC, l.AveragePrecision = Figure(math.NaN()), Figure(math.NaN())
		if curve, ok := e.curve(int32(i)); ok {
			l.AUC, l.AveragePrecision = Figure(curve.AUC()), Figure(curve.AveragePrecision())
		}
		m.Labels = append(m.Labels, l)
	}
	m.MacroAUC = macro(m.Labels, func(l Label) Figure { return l.AUC })
	m.MacroAveragePrecision = macro(m.Labels, func(l Label) Figure { return l.AveragePrecision })
	r.Multi = m
}

// curve is that of one label against all others, where the scores were kept.
func (e *Evaluation) curve(label int32) (evaluate.Curve, bool) {
	n := len(e.row)
	if e.scores == nil || int(label) >= n {
		return evaluate.Curve{}, false
	}
	samples := make([]evaluate.Sample, e.texts)
	for i, o := range e.best {
		samples[i] = evaluate.Sample{Score: float64(e.scores[i*n+int(label)]), Positive: slices.Contains(o.Want, label)}
	}
	return evaluate.NewCurve(samples), true
}

// macro is the mean of a figure over the labels that it is defined for and that some text has.
func macro(labels []Label, figure func(Label) Figure) Figure {
	sum, n := 0.0, 0
	for _, l := range labels {
		if v := float64(figure(l)); l.Texts > 0 && !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return Figure(sum / float64(n))
}
