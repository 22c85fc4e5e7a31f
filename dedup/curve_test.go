package dedup

import (
	"errors"
	"math"
	"testing"

	"corpus"
)

func TestCaught(t *testing.T) {
	for _, tt := range []struct {
		s           float64
		bands, rows int
		want        float64
	}{
		{0, 32, 8, 0}, {1, 32, 8, 1}, {.7, 32, 8, .8504}, {.8, 14, 8, .924}, {.5, 1, 1, .5}, {.5, 2, 1, .75}, {.1, 1, 64, 1e-64},
	} {
		if got := Caught(tt.s, tt.bands, tt.rows); math.Abs(got-tt.want) > .0005*tt.want {
			t.Errorf("%v with %d × %d: %v, want %v", tt.s, tt.bands, tt.rows, got, tt.want)
		}
	}
}

func TestBandsAreChosen(t *testing.T) {
	for _, tt := range []struct {
		threshold, recall float64
		bands, rows       int
	}{
		{.7, .95, 51, 8}, {.8, .95, 17, 8}, {.9, .95, 6, 8}, {1, .99, 1, 8}, {.5, .95, 95, 5}, {.3, .95, 110, 3}, {.1, .95, 29, 1},
	} {
		o := DefaultMinHashOptions()
		o.Bands, o.Rows, o.Threshold, o.Recall = 0, 0, tt.threshold, tt.recall
		m, err := NewMinHash(o)
		if err != nil {
			t.Fatal(err)
		}
		b, r := m.opts.Bands, m.opts.Rows
		if b != tt.bands || r != tt.rows {
			t.Errorf("threshold %v: %d × %d, want %d × %d", tt.threshold, b, r, tt.bands, tt.rows)
		}
		if Caught(tt.threshold, b, r) < tt.recall || b > 1 && Caught(tt.threshold, b-1, r) >= tt.recall {
			t.Errorf("threshold %v: %d × %d catches %v, one band less %v", tt.threshold, b, r, Caught(tt.threshold, b, r), Caught(tt.threshold, b-1, r))
		}
	}
}

func TestMinHashRefuses(t *testing.T) {
	for _, tt := range []struct {
		key    string
		change func(*MinHashOptions)
	}{
		{"shingle", func(o *MinHashOptions) { o.Shingle = "letter" }},
		{"characters", func(o *MinHashOptions) { o.Characters = 0 }},
		{"bands", func(o *MinHashOptions) { o.Bands = 0 }},
		{"rows", func(o *MinHashOptions) { o.Rows = 0 }},
		{"recall", func(o *MinHashOptions) { o.Recall = math.NaN() }},
		{"recall", func(o *MinHashOptions) { o.Recall = 1 }},
		{"recall", func(o *MinHashOptions) { o.Bands, o.Rows, o.Threshold = 0, 0, 0 }},
		{"family", func(o *MinHashOptions) { o.Family = "numpy" }},
		{"hash", func(o *MinHashOptions) { o.Hash = "md5" }},
		{"precision", func(o *MinHashOptions) { o.Precision = 16 }},
		{"shingle", func(o *MinHashOptions) { o.Family, o.Shingle = familyDatatrove, shingleCharacter }},
		{"seed", func(o *MinHashOptions) { o.Family, o.Seed = familyDatatrove, 1<<32 }},
	} {
		o := DefaultMinHashOptions()
		tt.change(&o)
		_, err := NewMinHash(o)
		var bad *corpus.OptionError
		if !errors.As(err, &bad) || bad.Key != tt.key {
			t.Errorf("%+v: error %v, want one at %s", o, err, tt.key)
		}
	}
}
