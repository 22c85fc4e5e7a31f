package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var near = cmp.Options{cmpopts.EquateApprox(0, 1e-12), cmpopts.EquateNaNs()}

// draw makes samples with many ties.
func draw(seed uint64, n, levels int) []Sample {
	r := rand.New(rand.NewPCG(seed, 0))
	samples := make([]Sample, n)
	for i := range samples {
		positive := r.IntN(3) == 0
		score := float64(r.IntN(levels)) / float64(levels)
		if positive {
			score += float64(r.IntN(levels)) / float64(levels)
		}
		samples[i] = Sample{score, positive}
	}
	return samples
}

// plainAUC asks every pair.
func plainAUC(samples []Sample) float64 {
	wins, pairs := 0.0, 0
	for _, p := range samples {
		for _, n := range samples {
			if !p.Positive || n.Positive {
				continue
			}
			pairs++
			switch {
			case p.Score > n.Score:
				wins++
			case p.Score == n.Score:
				wins += 0.5
			}
		}
	}
	return wins / float64(pairs)
}

// plainAveragePrecision takes every score as a threshold, from the highest down.
func plainAveragePrecision(samples []Sample) float64 {
	sum, recall, threshold := 0.0, 0.0, math.Inf(1)
	for {
		next := math.Inf(-1)
		for _, s := range samples {
			if s.Score < threshold {
				next = max(next, s.Score)
			}
		}
		if math.IsInf(next, -1) {
			return sum
		}
		threshold = next
		c := At(samples, threshold)
		sum += (c.Recall() - recall) * c.Precision()
		recall = c.Recall()
	}
}

func plainBest(samples []Sample) (threshold, f1 float64) {
	f1 = -1
	for _, s := range samples {
		v := At(samples, s.Score).F1()
		if v > f1 || v == f1 && s.Score > threshold {
			threshold, f1 = s.Score, v
		}
	}
	return threshold, f1
}

func TestCurveAgainstThePlainDefinitions(t *testing.T) {
	for seed := range uint64(60) {
		samples := draw(seed, 2+int(seed)*3, 1+int(seed)%9)
		c := NewCurve(samples)
		if diff := cmp.Diff(plainAUC(samples), c.AUC(), near); diff != "" {
			t.Errorf("seed %d: AUC %s", seed, diff)
		}
		want := math.NaN()
		if c.positives > 0 {
			want = plainAveragePrecision(samples)
			threshold, f1 := plainBest(samples)
			at, counts := c.Best()
			if at != threshold || math.Abs(counts.F1()-f1) > 1e-12 {
				t.Errorf("seed %d: best F1 %v at %v, want %v at %v", seed, counts.F1(), at, f1, threshold)
			}
		}
		if diff := cmp.Diff(want, c.AveragePrecision(), near); diff != "" {
			t.Errorf("seed %d: average precision %s", seed, diff)
		}
		for _, threshold := range []float64{-1, 0, 0.25, 0.5, 1, 5} {
			if diff := cmp.Diff(At(samples, threshold), c.At(threshold)); diff != "" {
				t.Errorf("seed %d at %v: %s", seed, threshold, diff)
			}
		}
	}
}

// TestKnownValues holds figures that were worked out by hand, or stand in scikit-learn's documentation (roc_auc_score, average_precision_score).
func TestKnownValues(t *testing.T) {
	sklearn := NewCurve([]Sample{{0.1, false}, {0.4, false}, {0.35, true}, {0.8, true}})
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"scikit-learn's AUC", sklearn.AUC(), 0.75},
		{"scikit-learn's average precision", sklearn.AveragePrecision(), 0.8333333333333333},
		{"all tied", NewCurve([]Sample{{1, true}, {1, false}, {1, false}}).AUC(), 0.5},
		{"all tied, average precision is the base rate", NewCurve([]Sample{{1, true}, {1, false}, {1, false}, {1, false}}).AveragePrecision(), 0.25},
		{"one class", NewCurve([]Sample{{1, true}}).AUC(), math.NaN()},
		{"nothing to find", NewCurve([]Sample{{1, false}}).AveragePrecision(), math.NaN()},
		{"nothing at all", NewCurve(nil).AUC(), math.NaN()},
		{"precision of nothing", Counts{FalseNegatives: 1}.Precision(), math.NaN()},
		{"F1 of a miss", Counts{FalseNegatives: 1}.F1(), 0},
		{"F1", Counts{TruePositives: 2, FalsePositives: 1, FalseNegatives: 1}.F1(), 2.0 / 3},
		{"false positive rate", Counts{FalsePositives: 1, TrueNegatives: 3}.FalsePositiveRate(), 0.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got, near); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestThresholdForARate(t *testing.T) {
	c := NewCurve([]Sample{{0.9, true}, {0.8, false}, {0.7, true}, {0.6, false}, {0.5, false}, {0.4, false}})
	for _, x := range []struct{ rate, want float64 }{{0, 0.9}, {0.24, 0.9}, {0.25, 0.7}, {0.5, 0.6}, {1, 0.4}} {
		if got, at := c.Threshold(x.rate); got != x.want || at.FalsePositiveRate() > x.rate {
			t.Errorf("at most %v: threshold %v with a rate of %v, want %v", x.rate, got, at.FalsePositiveRate(), x.want)
		}
	}
	if got, _ := NewCurve([]Sample{{0.9, false}, {0.1, true}}).Threshold(0.5); !math.IsInf(got, 1) {
		t.Errorf("no threshold will do, got %v", got)
	}
}

func TestLabels(t *testing.T) {
	labels := []string{"a", "b", "c", "d"}
	outcomes := []Outcome{
		{[]int32{0}, []int32{0}}, {[]int32{0}, []int32{1}}, {[]int32{0}, []int32{1}}, {[]int32{1}, []int32{1}},
		{[]int32{1, 2}, []int32{1}}, {[]int32{2}, nil}, {[]int32{2}, []int32{0}},
	}
	rows := ByLabel(outcomes, labels)
	want := []LabelRow{
		{"a", Counts{1, 1, 3, 2}}, {"b", Counts{2, 2, 3, 0}}, {"c", Counts{0, 0, 4, 3}}, {"d", Counts{0, 0, 7, 0}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if got := Micro(rows); got.Total() != len(labels)*len(outcomes) || got.TruePositives != 3 {
		t.Errorf("micro %+v", got)
	}
	// a has F1 2/5, b 4/6, c 0; d is nowhere wanted.
	if diff := cmp.Diff((0.4+2.0/3)/3, Macro(rows, Counts.F1), near); diff != "" {
		t.Errorf("macro F1: %s", diff)
	}
	if diff := cmp.Diff([]Confusion{{"a", "b", 2}, {"c", "a", 1}}, Confusions(outcomes, labels, 5)); diff != "" {
		t.Error(diff)
	}
	if got := Confusions(outcomes, labels, 1); len(got) != 1 {
		t.Errorf("one at most: %v", got)
	}
}

func TestGroups(t *testing.T) {
	samples := []Sample{{0.9, true}, {0.8, false}, {0.2, false}, {0.1, true}, {0.7, false}, {0.3, false}}
	groups := [][]string{{"x"}, {"x", "x"}, {"x", "y"}, {"y"}, nil, nil}
	rows := ByGroup(samples, groups, 0.5)
	want := []GroupRow{
		// x: positives .9, negatives .8 and .2; outside: positive .1, negatives .7 and .3.
		{"x", Counts{1, 1, 1, 0}, 1, 0, 1},
		// y: positive .1, negative .2; outside: positive .9, negatives .8, .7, .3.
		{"y", Counts{0, 0, 1, 1}, 0, 1, 0},
	}
	if diff := cmp.Diff(want, rows, near); diff != "" {
		t.Error(diff)
	}
	s := FalsePositiveSpread(rows, 1)
	if diff := cmp.Diff(Spread{0, 0.5, "y", "x"}, s); diff != "" || s.Gap() != 0.5 {
		t.Error(diff)
	}
	if diff := cmp.Diff(Spread{0, 1, "y", "x"}, TruePositiveSpread(rows, 0)); diff != "" {
		t.Error(diff)
	}
	if got := FalsePositiveSpread(rows, 3); !math.IsNaN(got.Gap()) {
		t.Errorf("no group is large enough, gap %v", got.Gap())
	}
}

func TestInterval(t *testing.T) {
	samples := draw(7, 400, 50)
	auc := NewCurve(samples).AUC()
	low, high := Interval(samples, Curve.AUC, 200, 0.95, 1)
	if !(low < auc && auc < high) || high-low > 0.2 {
		t.Errorf("AUC %v has the interval %v to %v", auc, low, high)
	}
	again, _ := Interval(samples, Curve.AUC, 200, 0.95, 1)
	other, _ := Interval(samples, Curve.AUC, 200, 0.95, 2)
	if again != low || other == low {
		t.Errorf("low ends %v, %v with the same seed, %v with another", low, again, other)
	}
	narrow, wide := Interval(samples, Curve.AUC, 200, 0.5, 1)
	if wide-narrow >= high-low {
		t.Error("half of the values take as much room as 95 %")
	}
	if low, _ := Interval(nil, Curve.AUC, 10, 0.95, 1); !math.IsNaN(low) {
		t.Errorf("nothing measured has a low end of %v", low)
	}
}

func TestRowsLeaveOutWhatIsNotDefined(t *testing.T) {
	got := Rows("set", "group", 0.5, 3, Value{"auc", math.NaN()}, Value{"f1", 0})
	if diff := cmp.Diff([]corpus.Metric{{Set: "set", Group: "group", Name: "f1", Threshold: 0.5, Count: 3}}, got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkCurve(b *testing.B) {
	samples := draw(1, 100_000, 1<<20)
	b.SetBytes(int64(len(samples)) * 16)
	for b.Loop() {
		NewCurve(samples).AUC()
	}
}
