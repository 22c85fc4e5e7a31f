package main

import (
	"fmt"

	"corpus/filter/evaluate"
	"corpus/filter/toxic"
)

// compare prints what masking, the frames and the technical texts do, on the folds, the development frames and the development documents, at
// each one's own calibration and threshold.
func compare(d data) error {
	for _, change := range []struct {
		mask         bool
		frames, code float64
	}{{false, 0, 1}, {false, .03, 1}, {true, 0, 1}, {true, .03, 0}, {true, .03, .1}, {true, .03, 1}, {true, .03, 4}, {true, .3, 1}} {
		s := chosen()
		s.mask, s.frames, s.code = change.mask, change.frames, change.code
		rows, frames, err := d.crossScore(s)
		if err != nil {
			return err
		}
		c := calibrate(rows)
		c.apply(rows)
		c.apply(frames)
		t := threshold(rows, frames)
		w := train(s, d.rows(s, d.jigsaw))
		c.put(&w)
		m, err := toxic.New(w)
		if err != nil {
			return err
		}
		curve, f := evaluate.NewCurve(samples(rows)), evaluate.At(samples(frames), t)
		atHalf, r := evaluate.At(samples(frames), .5), curve.At(t)
		fmt.Printf("mask %-5v frames %.2f code %.1f: auc %.4f; at .50 worst group %.2f, frames found %.2f; at %.2f F1 %.3f, fpr %.4f, worst group %.2f, frames found %.2f, "+
			"technical documents %d of %d\n", s.mask, s.frames, s.code, curve.AUC(), worstGroup(frames, .5), atHalf.Recall(), t, r.F1(), r.FalsePositiveRate(),
			worstGroup(frames, t), f.Recall(), atOrAbove(m, d.technical.dev, t), len(d.technical.dev))
	}
	return nil
}
