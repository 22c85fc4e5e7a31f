package main

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestDualStepSolvesItsEquation tries the one-dimensional step on easy and extreme numbers.
func TestDualStepSolvesItsEquation(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		c := math.Exp(4 * rng.NormFloat64())
		alpha, a, b := c*rng.Float64(), math.Exp(3*rng.NormFloat64()), 10*rng.NormFloat64()
		z := dualStep(alpha, a, b, c)
		if z < 0 || z > c {
			t.Fatalf("alpha %v, a %v, b %v, c %v: %v is outside", alpha, a, b, c, z)
		}
		if z > 1e-9*c && z < c*(1-1e-9) {
			if g := math.Log(z/(c-z)) + a*(z-alpha) + b; math.Abs(g) > 1e-4*(1+math.Abs(b)+a*c) {
				t.Fatalf("alpha %v, a %v, b %v, c %v: %v leaves %v", alpha, a, b, c, z, g)
			}
		}
	}
}

// TestFitIsAMinimum nudges the weights of a small problem: the loss grows in every direction.
func TestFitIsAMinimum(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var examples []example
	for range 60 {
		x := example{features: []uint32{0, 1, 2}, values: []float32{1, float32(rng.NormFloat64()), float32(rng.NormFloat64())}, cost: .5}
		x.toxic = float64(x.values[1])+rng.NormFloat64() > 0
		examples = append(examples, x)
	}
	loss := func(w []float64) float64 {
		sum := 0.0
		for _, v := range w {
			sum += v * v / 2
		}
		for _, x := range examples {
			dot, y := 0.0, -1.0
			if x.toxic {
				y = 1
			}
			for j, f := range x.features {
				dot += w[f] * float64(x.values[j])
			}
			sum += x.cost * math.Log1p(math.Exp(-y*dot))
		}
		return sum
	}
	w := fit(examples, 3, 200, 1)
	best := loss(w)
	for i := range w {
		for _, d := range []float64{-.01, .01} {
			w[i] += d
			if got := loss(w); got <= best {
				t.Errorf("weight %d moved by %v: loss %v, fitted %v", i, d, got, best)
			}
			w[i] -= d
		}
	}
}

// TestCalibrateFindsTheScale draws labels from scores whose log odds were squeezed and shifted.
func TestCalibrateFindsTheScale(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var rows []scored
	for range 20000 {
		x := 2 * rng.NormFloat64()
		rows = append(rows, scored{score: 1 / (1 + math.Exp(-x)), toxic: rng.Float64() < 1/(1+math.Exp(-(3*x-1)))})
	}
	if c := calibrate(rows); math.Abs(c.slope-3) > .2 || math.Abs(c.shift+1) > .1 {
		t.Errorf("slope %v, shift %v, want 3 and -1", c.slope, c.shift)
	}
}

// TestFramesAreSetApart: no sentence is in two cuts, every group gets the same frames, and each cut has both kinds of each.
func TestFramesAreSetApart(t *testing.T) {
	seen := map[string]string{}
	note := func(use, text string) {
		if old, ok := seen[text]; ok && old != use {
			t.Errorf("%q is in %s and %s", text, old, use)
		}
		seen[text] = use
	}
	for _, use := range []string{"train", "dev"} {
		fine, toxic := map[string]int{}, map[string]int{}
		for _, r := range fillFrames(use) {
			note(use, r.text)
			if strings.ContainsAny(r.text, "{}") {
				t.Errorf("%q is not filled", r.text)
			}
			if r.toxic {
				toxic[r.group]++
			} else {
				fine[r.group]++
			}
		}
		for _, g := range groups() {
			if fine[g.name] != fine["women"] || toxic[g.name] != toxic["women"] || fine[g.name] == 0 || toxic[g.name] == 0 {
				t.Errorf("%s: %d fine and %d toxic sentences about %s", use, fine[g.name], toxic[g.name], g.name)
			}
		}
	}
	rows, err := readGroups("../../testdata/groups.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		note("groups.tsv", r.text)
	}
}

// TestTechnicalRows: pieces end at white space where there is some, hold the whole text, and only some are taken.
func TestTechnicalRows(t *testing.T) {
	text := strings.Repeat("The function f takes a list u and gives its length. ", 4000) + strings.Repeat("x", 2000)
	rows := technicalRows(text)
	if len(rows) == 0 || len(rows) > len(text)/technicalPiece/technicalEvery*10 {
		t.Errorf("%d rows of %d bytes", len(rows), len(text))
	}
	for _, r := range rows {
		if r.toxic || r.weight != 1 || len(r.text) > technicalPiece || !strings.Contains(text, r.text) {
			t.Errorf("row %+v", r)
		}
	}
}

// TestModelIsWhatTheDataGive makes the model again from the data that lie beside the project.
func TestModelIsWhatTheDataGive(t *testing.T) {
	const dir, documents = "../../../../../shared/data/toxicity", "../../../../../shared/data/text/docs.jsonl.xz"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	if os.Getenv("CORPUS_FIT") == "" {
		t.Skip("takes 20 CPU-seconds: set CORPUS_FIT=1")
	}
	d, _, err := load(dir, documents)
	if err != nil {
		t.Fatal(err)
	}
	s := chosen()
	rows, _, err := d.crossScore(s)
	if err != nil {
		t.Fatal(err)
	}
	w := train(s, d.rows(s, d.jigsaw))
	calibrate(rows).put(&w)
	want, err := os.ReadFile("../../model.bin")
	if err != nil {
		t.Fatal(err)
	}
	if string(w.Append(nil)) != string(want) {
		t.Error("model.bin differs from what the data give: run the trainer")
	}
}
