package fasttext

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"corpus"
)

func trained(t *testing.T) *Model {
	t.Helper()
	m, err := Train(t.Context(), examples(t), trainOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestQuantize(t *testing.T) {
	m := trained(t)
	var whole bytes.Buffer
	if err := m.Write(&whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		options QuantizeOptions
	}{
		{"all rows", QuantizeOptions{PartWidth: 2, Seed: 1}},
		{"norms apart", QuantizeOptions{PartWidth: 2, Norms: true, Seed: 1}},
		{"parts that do not divide the vectors", QuantizeOptions{PartWidth: 3, Seed: 1}},
		{"cut off", QuantizeOptions{PartWidth: 2, Norms: true, Cutoff: 700, Seed: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			small, err := m.Quantize(t.Context(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			for i, text := range lines(t, "texts.txt")[:5] {
				a, b := m.Predict(text, 1, 0)[0], small.Predict(text, 1, 0)[0]
				if a.Label != b.Label || math.Abs(float64(a.Score-b.Score)) > 0.2 {
					t.Errorf("text %d: %v, quantised %v", i, a, b)
				}
			}
			var written bytes.Buffer
			if err := small.Write(&written); err != nil {
				t.Fatal(err)
			}
			if written.Len() >= whole.Len() {
				t.Errorf("%d bytes quantised, %d whole", written.Len(), whole.Len())
			}
			first := bytes.Clone(written.Bytes())
			read, err := Read(&written)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := small.Score("die Lampe", 0), read.Score("die Lampe", 0); a != b {
				t.Errorf("score %v, %v once written and read", a, b)
			}
			again, err := m.Quantize(t.Context(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			var second bytes.Buffer
			if err := again.Write(&second); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first, second.Bytes()) {
				t.Error("the same model quantised twice gives two files")
			}
		})
	}
}

// TestCutoffKeepsTheLongest compares the rows kept with those by definition.
func TestCutoffKeepsTheLongest(t *testing.T) {
	m := trained(t)
	in := m.input.(*dense)
	const n = 300
	small, kept, err := m.dict.longest(in, n)
	if err != nil {
		t.Fatal(err)
	}
	if kept.rows() != n || small.words+small.pruned.taken != n || small.names[small.words] != m.Labels()[0] {
		t.Fatalf("%d rows, %d words and %d buckets kept of %d", kept.rows(), small.words, small.pruned.taken, n)
	}
	least := float32(math.Inf(1))
	for i := range kept.rows() {
		if i < small.words && small.names[i] == endOfSentence {
			continue
		}
		least = min(least, dot(kept.row(i), kept.row(i)))
	}
	longer := 0
	for i := range in.rows() {
		if dot(in.row(i), in.row(i)) > least {
			longer++
		}
	}
	if longer > n {
		t.Errorf("%d rows are longer than the shortest kept", longer)
	}
}

func TestQuantizeRefuses(t *testing.T) {
	m := trained(t)
	var bad *corpus.OptionError
	for _, o := range []QuantizeOptions{{PartWidth: 0}, {PartWidth: 65}, {PartWidth: 2, Cutoff: 255}, {PartWidth: 2, Cutoff: -1}} {
		if _, err := m.Quantize(t.Context(), o); !errors.As(err, &bad) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	small, err := m.Quantize(t.Context(), DefaultQuantizeOptions())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := small.Quantize(t.Context(), DefaultQuantizeOptions()); err == nil {
		t.Error("quantised twice")
	}
	tiny, err := Train(t.Context(), []Example{{[]string{"a"}, "x"}}, DefaultTrainOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tiny.Quantize(t.Context(), DefaultQuantizeOptions()); err == nil {
		t.Error("two rows quantised by 256 centroids")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Quantize(ctx, DefaultQuantizeOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNearest compares with the definition, for the width with code of its own and another.
func TestNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, width := range []int{1, 2, 3} {
		centroids := make([]float32, centroids256*width)
		for i := range centroids {
			centroids[i] = r.Float32() - 0.5
		}
		near := newNearest(centroids, width)
		for range 500 {
			x := make([]float32, width)
			for k := range x {
				x[k] = r.Float32() - 0.5
			}
			distance := func(c int) (sum float64) {
				for k, v := range x {
					d := float64(v) - float64(centroids[c*width+k])
					sum += d * d
				}
				return sum
			}
			got, best := near.find(x), 0
			for c := range centroids256 {
				if distance(c) < distance(best) {
					best = c
				}
			}
			if distance(got) > distance(best)+1e-6 {
				t.Fatalf("width %d: centroid %d at %v, want %d at %v", width, got, distance(got), best, distance(best))
			}
		}
	}
}
