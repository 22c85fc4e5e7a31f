package train

import "time"

// Progress is what Run reports: once before the first step, then after every step.
type Progress struct {
	Step, Steps int     // steps done, and the length of the run
	Epoch       float64 // passes over the training split done
	Tokens      int64   // tokens trained on
	// Loss is the mean loss of the step in nats per token; NaN before the first step.
	Loss float64
	// ValLoss is the validation loss; NaN on steps that did not measure it.
	ValLoss      float64
	LearningRate float64
	GradNorm     float64 // before clipping
	// TokensPerSecond and FLOPsPerSecond are means over the last ten steps or so, without validation and
	// saving; 0 before the first.
	TokensPerSecond, FLOPsPerSecond float64
	Remaining                       time.Duration // until the last step at that speed
	// Checkpoint is the folder that was written after this step; empty when none was.
	Checkpoint string

	Device, DeviceReason string // "cpu: avx512, 2 threads", and why that one
	Parameters           int64  // weights of the model
	Memory               int64  // estimate in bytes; see EstimateMemory
	Resumed              int    // the step that the run went on from; 0 for a new one
}

// Result is how a run ended.
type Result struct {
	Step, Steps int
	Tokens      int64
	Parameters  int64
	Loss        float64 // of the last step, in nats per token
	// ValLoss is the last validation loss; NaN when there is no validation split of at least one window.
	ValLoss float64
	// Checkpoint is the newest checkpoint's folder.
	Checkpoint           string
	Device, DeviceReason string
	Resumed              int // the step that the run went on from; 0 for a new one
}

// meter measures the speed over the last steps.
type meter struct {
	seconds float64 // smoothed seconds per step; 0 before the first
}

// add takes the duration of a step. Old steps fade with a factor of 0.9, so about ten count.
func (m *meter) add(d time.Duration) {
	s := d.Seconds()
	if m.seconds > 0 {
		s = 0.9*m.seconds + 0.1*s
	}
	m.seconds = s
}

// report fills in speed and remaining time.
func (m *meter) report(p *Progress, tokensPerStep int64, flopsPerToken float64) {
	if m.seconds == 0 {
		return
	}
	p.TokensPerSecond = float64(tokensPerStep) / m.seconds
	p.FLOPsPerSecond = p.TokensPerSecond * flopsPerToken
	p.Remaining = time.Duration(float64(p.Steps-p.Step) * m.seconds * float64(time.Second))
}

// flopsPerToken is the usual count for a step: 6 for every weight that multiplies a token, and 6·L·C·T
// for causal attention (Kaplan et al., Scaling Laws, 2020, section 2.1, forward and backward).
func flopsPerToken(o ModelOptions, vocab int, length int) float64 {
	_, weights := layout(o, vocab)
	if o.UntiedOutput {
		weights -= int64(vocab) * int64(o.Width) // looked up, not multiplied
	}
	return 6*float64(weights) + 6*float64(o.Layers)*float64(o.Width)*float64(length)
}
