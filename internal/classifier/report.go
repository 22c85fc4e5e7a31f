package classifier

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"corpus"
	"corpus/filter/evaluate"
)

// Figure is a measurement; NaN, which is one that is not defined, is null in JSON and "-" in text.
type Figure float64

// MarshalJSON implements json.Marshaler.
func (f Figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

func (f Figure) String() string {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return "-"
	}
	return fmt.Sprintf("%.4f", float64(f))
}

// Report is how a model did on a set of texts: Binary for one label, Multi for all of them.
type Report struct {
	Model     string  `json:"model,omitempty"`
	Digest    string  `json:"digest,omitempty"`
	Set       string  `json:"set"`
	Texts     int     `json:"texts"`
	Threshold float64 `json:"threshold"`
	Binary    *Binary `json:"binary,omitempty"`
	Multi     *Multi  `json:"labels,omitempty"`
	Groups    *Groups `json:"groups,omitempty"`
}

// Binary is how one label was told from everything else.
type Binary struct {
	Label            string      `json:"label"`
	Positive         string      `json:"positive"`
	Positives        int         `json:"positives"`
	Negatives        int         `json:"negatives"`
	AUC              Figure      `json:"auc"`
	AUCLow           Figure      `json:"auc_low"` // of the interval that holds 95 % of draws
	AUCHigh          Figure      `json:"auc_high"`
	AveragePrecision Figure      `json:"average_precision"`
	Thresholds       []Threshold `json:"thresholds"`
}

// Threshold is what a threshold gives.
type Threshold struct {
	Name              string  `json:"name"`
	Threshold         float64 `json:"threshold"`
	Precision         Figure  `json:"precision"`
	Recall            Figure  `json:"recall"`
	F1                Figure  `json:"f1"`
	FalsePositiveRate Figure  `json:"false_positive_rate"`
	Accuracy          Figure  `json:"accuracy"`
	evaluate.Counts
}

func newThreshold(name string, threshold float64, c evaluate.Counts) Threshold {
	return Threshold{
		Name: name, Threshold: threshold, Precision: Figure(c.Precision()), Recall: Figure(c.Recall()), F1: Figure(c.F1()),
		FalsePositiveRate: Figure(c.FalsePositiveRate()), Accuracy: Figure(c.Accuracy()), Counts: c,
	}
}

// Multi is how all labels did.
type Multi struct {
	Decision              string               `json:"decision"`
	Accuracy              Figure               `json:"accuracy"` // texts whose best label is one of theirs
	MicroF1               Figure               `json:"micro_f1"`
	MacroF1               Figure               `json:"macro_f1"`
	MacroPrecision        Figure               `json:"macro_precision"`
	MacroRecall           Figure               `json:"macro_recall"`
	MacroAUC              Figure               `json:"macro_auc"`
	MacroAveragePrecision Figure               `json:"macro_average_precision"`
	Labels                []Label              `json:"rows"`
	Confusions            []evaluate.Confusion `json:"confusions"`
}

// Label is how one label did against all others.
type Label struct {
	Label            string `json:"label"`
	Texts            int    `json:"texts"` // that have it
	Precision        Figure `json:"precision"`
	Recall           Figure `json:"recall"`
	F1               Figure `json:"f1"`
	AUC              Figure `json:"auc"`
	AveragePrecision Figure `json:"average_precision"`
}

func newLabel(r evaluate.LabelRow) Label {
	return Label{Label: r.Label, Texts: r.Positives(), Precision: Figure(r.Precision()), Recall: Figure(r.Recall()), F1: Figure(r.F1())}
}

// Groups is how groups of texts did at the threshold.
type Groups struct {
	Rows []Group `json:"rows"`
	// Fields compare the groups of each field.
	Fields []GroupField `json:"fields"`
}

// GroupField compares the rates of those groups of a field that have groupLeast texts for them.
type GroupField struct {
	Field          string `json:"field"`
	FalsePositives Spread `json:"false_positive_rate"`
	TruePositives  Spread `json:"true_positive_rate"`
}

// Group is one of them; AUC, BPSN and BNSP are explained at evaluate.GroupRow.
type Group struct {
	Group             string `json:"group"`
	Positives         int    `json:"positives"`
	Negatives         int    `json:"negatives"`
	FalsePositiveRate Figure `json:"false_positive_rate"`
	TruePositiveRate  Figure `json:"true_positive_rate"`
	AUC               Figure `json:"auc"`
	BPSN              Figure `json:"bpsn_auc"`
	BNSP              Figure `json:"bnsp_auc"`
}

// Spread is the lowest and the highest rate and the groups that have them.
type Spread struct {
	Lowest       Figure `json:"lowest"`
	LowestGroup  string `json:"lowest_group"`
	Highest      Figure `json:"highest"`
	HighestGroup string `json:"highest_group"`
	Gap          Figure `json:"gap"`
}

// groupLeast is the number of texts from which a group's rate is compared with others'.
const groupLeast = 10

func newGroups(rows []evaluate.GroupRow) *Groups {
	g := &Groups{}
	for _, r := range rows {
		g.Rows = append(g.Rows, Group{
			Group: r.Group, Positives: r.Positives(), Negatives: r.Negatives(), FalsePositiveRate: Figure(r.FalsePositiveRate()),
			TruePositiveRate: Figure(r.Recall()), AUC: Figure(r.AUC), BPSN: Figure(r.BPSN), BNSP: Figure(r.BNSP),
		})
	}
	byField := map[string][]evaluate.GroupRow{}
	for _, r := range rows {
		field, _, _ := strings.Cut(r.Group, "=")
		byField[field] = append(byField[field], r)
	}
	for _, field := range slices.Sorted(maps.Keys(byField)) {
		g.Fields = append(g.Fields, GroupField{
			Field:          field,
			FalsePositives: newSpread(evaluate.FalsePositiveSpread(byField[field], groupLeast)),
			TruePositives:  newSpread(evaluate.TruePositiveSpread(byField[field], groupLeast)),
		})
	}
	return g
}

func newSpread(s evaluate.Spread) Spread {
	return Spread{Figure(s.Lowest), s.LowestGroup, Figure(s.Highest), s.HighestGroup, Figure(s.Gap())}
}

// Metrics are the report's figures for a model card.
func (r *Report) Metrics() []corpus.Metric {
	var rows []corpus.Metric
	value := func(name string, f Figure) evaluate.Value { return evaluate.Value{Name: name, Value: float64(f)} }
	if b := r.Binary; b != nil {
		rows = append(rows, evaluate.Rows(r.Set, "", 0, r.Texts, value("auc", b.AUC), value("auc_low", b.AUCLow), value("auc_high", b.AUCHigh),
			value("average_precision", b.AveragePrecision))...)
		for _, t := range b.Thresholds {
			rows = append(rows, evaluate.Rows(r.Set, "", t.Threshold, r.Texts, value("precision", t.Precision), value("recall", t.Recall),
				value("f1", t.F1), value("false_positive_rate", t.FalsePositiveRate))...)
		}
	}
	if m := r.Multi; m != nil {
		rows = append(rows, evaluate.Rows(r.Set, "", 0, r.Texts, value("accuracy", m.Accuracy), value("micro_f1", m.MicroF1),
			value("macro_f1", m.MacroF1), value("macro_auc", m.MacroAUC), value("macro_average_precision", m.MacroAveragePrecision))...)
		for _, l := range m.Labels {
			rows = append(rows, evaluate.Rows(r.Set, "label="+l.Label, 0, l.Texts, value("f1", l.F1))...)
		}
	}
	if r.Groups != nil {
		for _, g := range r.Groups.Rows {
			rows = append(rows, evaluate.Rows(r.Set, g.Group, r.Threshold, g.Negatives, value("false_positive_rate", g.FalsePositiveRate))...)
			rows = append(rows, evaluate.Rows(r.Set, g.Group, r.Threshold, g.Positives, value("true_positive_rate", g.TruePositiveRate))...)
		}
	}
	return rows
}

// WriteJSON writes the report as indented JSON.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
