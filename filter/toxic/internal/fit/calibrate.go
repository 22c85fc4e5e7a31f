package main

import (
	"math"

	"corpus/filter/evaluate"
	"corpus/filter/toxic"
)

// folds is the number of parts that the training rows are cut into to choose and to calibrate.
const folds = 4

// data are the rows that a model may be made from.
type data struct {
	jigsaw, cat []row
	frames, dev []groupRow
	technical   technical
}

// rows puts the training rows together at their weights.
func (d data) rows(s settings, jigsaw []row) []row {
	out := append([]row(nil), jigsaw...)
	for _, r := range d.cat {
		r.weight = s.cat
		out = append(out, r)
	}
	if s.code > 0 {
		for _, r := range d.technical.train {
			r.weight = s.code
			out = append(out, r)
		}
	}
	if s.frames > 0 {
		for _, r := range d.frames {
			r.weight *= s.frames
			out = append(out, r.row)
		}
	}
	return out
}

// crossScore scores each part of the Jigsaw rows by a model made without it, and the development frames by all of these models.
func (d data) crossScore(s settings) (rows, frames []scored, err error) {
	for k := range folds {
		var in, out []row
		for i, r := range d.jigsaw {
			if i%folds == k {
				out = append(out, r)
			} else {
				in = append(in, r)
			}
		}
		m, err := toxic.New(train(s, d.rows(s, in)))
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, scoreRows(m, out)...)
		frames = append(frames, scoreGroups(m, d.dev)...)
	}
	return rows, frames, nil
}

// calibration maps the log odds of a score to slope·x + shift, so that scores are shares of toxic rows (Platt 1999).
type calibration struct{ slope, shift float64 }

func logit(p float64) float64 {
	p = min(max(p, 1e-9), 1-1e-9)
	return math.Log(p / (1 - p))
}

// calibrate finds the slope and shift of the highest likelihood by Newton's method.
func calibrate(rows []scored) calibration {
	c := calibration{1, 0}
	for range 50 {
		var g0, g1, h00, h01, h11 float64
		for _, r := range rows {
			x, y := logit(r.score), 0.0
			if r.toxic {
				y = 1
			}
			p := 1 / (1 + math.Exp(-(c.slope*x + c.shift)))
			g0, g1 = g0+(p-y)*x, g1+(p-y)
			v := p * (1 - p)
			h00, h01, h11 = h00+v*x*x, h01+v*x, h11+v
		}
		det := h00*h11 - h01*h01
		if det < 1e-12 {
			break
		}
		c.slope -= (h11*g0 - h01*g1) / det
		c.shift -= (h00*g1 - h01*g0) / det
	}
	return c
}

func (c calibration) score(p float64) float64 {
	return 1 / (1 + math.Exp(-(c.slope*logit(p) + c.shift)))
}

func (c calibration) apply(rows []scored) {
	for i := range rows {
		rows[i].score = c.score(rows[i].score)
	}
}

// put puts the calibration into a model's weights.
func (c calibration) put(w *toxic.Weights) {
	w.Bias = float32(float64(w.Bias)*c.slope + c.shift)
	w.WordUnit *= float32(c.slope)
	w.PairUnit *= float32(c.slope)
	w.GramUnit *= float32(c.slope)
}

// maxGroupRate is the largest false-positive rate of any group on the development frames at the shipped threshold.
const maxGroupRate = .2

// threshold is the smallest hundredth from the one of the best F1 on, at which no group's false-positive rate on the
// development frames is above maxGroupRate.
func threshold(rows, frames []scored) float64 {
	best, _ := evaluate.NewCurve(samples(rows)).Best()
	for t := math.Ceil(best*100) / 100; t < 1; t = math.Round(t*100+1) / 100 {
		if worstGroup(frames, t) <= maxGroupRate {
			return t
		}
	}
	return 1
}

// worstGroup is the largest false-positive rate of a group.
func worstGroup(rows []scored, t float64) (worst float64) {
	for _, m := range groupMetrics("", rows, t, byGroup) {
		if m.Name == "false_positive_rate" {
			worst = max(worst, m.Value)
		}
	}
	return worst
}
