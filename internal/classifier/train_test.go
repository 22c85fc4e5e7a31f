package classifier

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
	"corpus/filter/fasttext"

	"github.com/google/go-cmp/cmp"
)

// writeTraining writes texts about weather and about cooking.
func writeTraining(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	sky, food := strings.Fields("rain wind cloud sun storm fog"), strings.Fields("flour salt butter oven dough spoon")
	for i := range 300 {
		words, label := sky, "weather"
		if i%2 == 1 {
			words, label = food, "cooking"
		}
		fmt.Fprintf(&b, "{\"text\":\"the %s and the %s number %d\",\"label\":%q}\n", words[i%6], words[i/6%6], i, label)
	}
	path := filepath.Join(dir, "train.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func options(dir, out string) TrainOptions {
	o := TrainOptions{Out: filepath.Join(dir, out), Model: fasttext.DefaultTrainOptions(), Evaluate: EvaluateOptions{Threshold: 0.5, Intervals: 20}}
	o.Model.Buckets, o.Model.WordNgrams = 1000, 2
	return o
}

func TestTrain(t *testing.T) {
	dir := t.TempDir()
	path := writeTraining(t, dir)
	o := options(dir, "topics.bin")
	o.Validation, o.Evaluate.Label = "0.3", "cooking"
	o.License, o.Attribution = "CC0-1.0", "the tests"
	phases := map[string]bool{}
	o.Progress = func(phase string, _, _ float64, _ int) { phases[phase] = true }
	done, err := Train(t.Context(), []string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	b := done.Report.Binary
	if held := done.Report.Texts; held < 50 || held > 130 || done.Texts != 300-held {
		t.Errorf("%d texts held back, %d trained on, of 300", held, done.Texts)
	}
	if float64(b.AUC) < 0.99 || b.Label != "cooking" {
		t.Errorf("%+v", b)
	}
	if !phases["read"] || !phases["train"] || !phases["evaluate"] {
		t.Errorf("phases %v", phases)
	}
	model, err := Load(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	card := model.Card
	if card == nil || card.Name != "topics" || card.License != "CC0-1.0" || len(card.Metrics) == 0 || *card.Options != o.Model {
		t.Fatalf("card %+v", card)
	}
	if want := []fasttext.CardData{{Path: path, Digest: done.Files[0].Digest, Use: "train", Examples: 300}}; !cmp.Equal(want, card.Data) {
		t.Error(cmp.Diff(want, card.Data))
	}

	// The same command gives the same bytes.
	first, err := os.ReadFile(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Train(t.Context(), []string{path}, o); err != nil {
		t.Fatal(err)
	}
	if second, _ := os.ReadFile(o.Out); string(second) != string(first) {
		t.Error("the same command gives another model")
	}
}

func TestTrainWithAValidationFile(t *testing.T) {
	dir := t.TempDir()
	path := writeTraining(t, dir)
	o := options(dir, "topics.ftz")
	o.Validation = path
	quantize := fasttext.DefaultQuantizeOptions()
	o.Quantize = &quantize
	done, err := Train(t.Context(), []string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	m := done.Report.Multi
	if m == nil || float64(m.Accuracy) < 0.99 || len(m.Labels) != 2 || done.Texts != 300 {
		t.Errorf("%+v of %d texts", m, done.Texts)
	}
	if data := done.Card.Data; len(data) != 2 || data[1].Use != "validation" || done.Card.Quantized == nil {
		t.Errorf("card %+v", done.Card)
	}
}

func TestTrainRefuses(t *testing.T) {
	dir := t.TempDir()
	path := writeTraining(t, dir)
	for _, c := range []struct {
		name   string
		change func(*TrainOptions)
	}{
		{"share", func(o *TrainOptions) { o.Validation = "1.5" }},
		{"dim", func(o *TrainOptions) { o.Model.Dim = 0 }},
		{"cutoff", func(o *TrainOptions) { o.Quantize = &fasttext.QuantizeOptions{PartWidth: 2, Cutoff: 3} }},
		{"format", func(o *TrainOptions) { o.Source.Format = "xml" }},
		{"learning rate", func(o *TrainOptions) { o.Model.LearningRate, o.Model.Dim, o.Model.Epochs = 10, 64, 300 }},
		{"the texts as the model", func(o *TrainOptions) { o.Out = path }},
		{"the texts as the card", func(o *TrainOptions) { o.Out = strings.TrimSuffix(path, ".jsonl"); _ = os.Symlink(path, o.Out+".json") }},
		{"label", func(o *TrainOptions) { o.Evaluate.Label, o.Validation = "sports", "0.5" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(dir, "refused.bin")
			c.change(&o)
			var bad *corpus.OptionError
			if _, err := Train(t.Context(), []string{path}, o); !errors.As(err, &bad) {
				t.Errorf("error %v", err)
			}
			if b, err := os.ReadFile(o.Out); err == nil && !strings.HasPrefix(string(b), "{") {
				t.Error("a model was written")
			}
		})
	}
}

// TestLabelsWithWhiteSpace: a label is the same in the texts, in the model and in the options, however it is written.
func TestLabelsWithWhiteSpace(t *testing.T) {
	dir := t.TempDir()
	path := writeTraining(t, dir)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), `"cooking"`, `"good cooking"`)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"good cooking", "__label__good_cooking", ""} {
		o := options(dir, "topics.bin")
		o.Validation, o.Evaluate.Label = "0.3", label
		done, err := Train(t.Context(), []string{path}, o)
		if err != nil {
			t.Fatal(err)
		}
		if b := done.Report.Binary; b != nil && !(b.AUC > 0.99) {
			t.Errorf("%q: %+v", label, b)
		}
		if m := done.Report.Multi; m != nil && (!(m.Accuracy > 0.99) || len(m.Labels) != 2) {
			t.Errorf("%+v", m)
		}
	}
}

// scorer gives each text the scores that it spells out.
type scorer []string

func (s scorer) Labels() []string { return s }
func (s scorer) Scores(dst []float32, text string) []float32 {
	for range s {
		var v float32
		if n, _ := fmt.Sscan(text, &v); n == 1 {
			_, text, _ = strings.Cut(text, " ")
		}
		dst = append(dst, v)
	}
	return dst
}

func TestEvaluation(t *testing.T) {
	e, err := NewEvaluation(scorer{"bad", "good"}, EvaluateOptions{Set: "s", Label: "bad", Positive: "toxic", Threshold: 0.6})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []Text{
		{"0.9 0.1", []string{"toxic"}, []string{"who=x"}}, {"0.7 0.3", []string{"fine"}, []string{"who=x", "test=t"}},
		{"0.4 0.6", []string{"toxic"}, nil}, {"0.2 0.8", []string{"fine"}, []string{"who=x"}},
	} {
		if err := e.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	r := e.Report()
	if r.Binary.AUC != 0.75 || r.Binary.Positives != 2 || r.Binary.Negatives != 2 {
		t.Errorf("%+v", r.Binary)
	}
	nan := Figure(math.NaN())
	want := []Group{{"test=t", 0, 1, 1, nan, nan, 0.5, nan}, {"who=x", 1, 2, 0.5, 1, 1, 0.5, nan}}
	if diff := cmp.Diff(want, r.Groups.Rows, cmp.Comparer(func(a, b Figure) bool { return a == b || a.String() == b.String() })); diff != "" {
		t.Error(diff)
	}
	var fields []string
	for _, f := range r.Groups.Fields {
		fields = append(fields, f.Field)
	}
	if diff := cmp.Diff([]string{"test", "who"}, fields); diff != "" {
		t.Errorf("fields compared: %s", diff)
	}
	var rates []corpus.Metric
	for _, m := range r.Metrics() {
		if m.Group != "" {
			rates = append(rates, m)
		}
	}
	if diff := cmp.Diff([]corpus.Metric{
		{Set: "s", Group: "test=t", Name: "false_positive_rate", Value: 1, Threshold: 0.6, Count: 1},
		{Set: "s", Group: "who=x", Name: "false_positive_rate", Value: 0.5, Threshold: 0.6, Count: 2},
		{Set: "s", Group: "who=x", Name: "true_positive_rate", Value: 1, Threshold: 0.6, Count: 1},
	}, rates); diff != "" {
		t.Error(diff)
	}
}

// TestThresholdsAreOnesThatTheFilterTakes: fastText's scores go beyond 1, bounds of the filter do not.
func TestThresholdsAreOnesThatTheFilterTakes(t *testing.T) {
	e, err := NewEvaluation(scorer{"a"}, EvaluateOptions{Threshold: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for text, label := range map[string]string{"1.00001": "a", "1.000005": "a", "0.1": "b"} {
		if err := e.Add(Text{Text: text, Labels: []string{label}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range e.Report().Binary.Thresholds {
		if row.Threshold > 1 || row.Name == "best F1" && row.TruePositives != 2 {
			t.Errorf("%+v", row)
		}
	}
}

func TestEvaluationOfAllLabels(t *testing.T) {
	add := func(e *Evaluation, texts ...Text) *Multi {
		t.Helper()
		for _, x := range texts {
			if err := e.Add(x); err != nil {
				t.Fatal(err)
			}
		}
		return e.Report().Multi
	}
	fresh := func() *Evaluation {
		e, err := NewEvaluation(scorer{"a", "b"}, EvaluateOptions{Threshold: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	one := add(fresh(), Text{"0.9 0.1", []string{"a"}, nil}, Text{"0.8 0.2", []string{"b"}, nil}, Text{"0.3 0.4", []string{"b"}, nil}, Text{"0.3 0.4", []string{"c"}, nil})
	if one.Accuracy != 0.5 || one.Decision != "best label" || len(one.Labels) != 3 || len(one.Confusions) != 2 {
		t.Errorf("one label a text: %+v", one)
	}
	if l := one.Labels[0]; l.Label != "a" || l.Precision != 0.5 || l.Recall != 1 || l.AUC != 1 {
		t.Errorf("label a: %+v", l)
	}
	several := add(fresh(), Text{"0.9 0.6", []string{"a", "b"}, nil}, Text{"0.8 0.2", []string{"b", "a"}, nil})
	if several.Decision == one.Decision || several.Labels[1].Recall != 0.5 {
		t.Errorf("several labels: %+v", several)
	}
	var out strings.Builder
	if err := fresh().Report().WriteText(&out); err != nil {
		t.Errorf("no texts: %v", err)
	}
	if err := fresh().Report().WriteJSON(&out); err != nil {
		t.Errorf("no texts: %v", err)
	}
}

func TestUpdateCard(t *testing.T) {
	dir := t.TempDir()
	path := writeTraining(t, dir)
	o := options(dir, "topics.bin")
	if _, err := Train(t.Context(), []string{path}, o); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(fasttext.CardPath(o.Out)); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"one", "two", "one"} {
		model, err := Load(o.Out)
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := Evaluate(t.Context(), model, []string{path}, Source{}, EvaluateOptions{Set: set, Label: "cooking", Threshold: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		if err := UpdateCard(model, r); err != nil {
			t.Fatal(err)
		}
	}
	model, err := Load(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]int{}
	for _, m := range model.Card.Metrics {
		if m.Name == "auc" {
			sets[m.Set]++
		}
	}
	if diff := cmp.Diff(map[string]int{"one": 1, "two": 1}, sets); diff != "" {
		t.Error(diff)
	}
}

func TestLoadNamesTheBuiltIn(t *testing.T) {
	if _, err := Load("builtin:nothing"); err == nil {
		t.Error("no such model: no error")
	}
}
