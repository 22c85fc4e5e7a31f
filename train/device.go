package train

import (
	"errors"
	"fmt"
	"io"
	"math"

	"corpus"
	"corpus/train/cpu"
)

// stepper computes training steps of one model on one kind of hardware, which holds
// weights, gradients and moments. It is used by one goroutine.
type stepper interface {
	// Accumulate adds scale times the gradient of the batch's summed loss to the gradient and returns
	// that sum. The batch is the caller's again on return.
	Accumulate(b batch, scale float64) (float64, error)
	// Loss is the batch's summed loss; it touches no gradient.
	Loss(b batch) (float64, error)
	// Update clips the gradient, moves the weights and clears the gradient. It returns the
	// gradient's norm before clipping. When that is not finite it changes nothing.
	Update(u update) (norm float64, err error)
}

// store moves weights and moments between a device and the host's memory.
type store interface {
	// Snapshot returns weights and moments in host memory, valid until the next Update.
	Snapshot() (snapshot, error)
	// Restore sets them. The slices may be those that Snapshot returned.
	Restore(s snapshot) error
}

// device is a place to train on.
type device interface {
	stepper
	store
	io.Closer
}

// snapshot is weights and AdamW's moments, each flat and in the order of layout.
type snapshot struct {
	weights, moment1, moment2 []float32
}

// update is what one step of the optimiser needs to know.
type update struct {
	step int // from 1
	rate float64
	opts *Options
}

// choice is the device that a run got.
type choice struct {
	device
	name   string // "cpu: avx512, 2 threads"
	reason string
}

// openDevice makes room for a model on the device that the options ask for.
func openDevice(o *Options, vocab int) (choice, error) {
	const noCUDA = "this build has no CUDA trainer"
	reason := "device: cpu was asked for"
	switch o.Device {
	case "cuda":
		return choice{}, corpus.BadOption("device", "%s: use cpu or auto", noCUDA)
	case "auto":
		reason = noCUDA
	}
	kernels, err := cpu.New(cpu.Options{Threads: o.Threads})
	if err != nil {
		return choice{}, fmt.Errorf("cpu: %w", err)
	}
	m := newModel[float32](o.Model, vocab, kernels)
	d := &cpuDevice{passes: newPasses(m, o.Batch*o.Sequence, true),
		moment1: make([]float32, len(m.flat)), moment2: make([]float32, len(m.flat))}
	return choice{device: d, name: describe(kernels), reason: reason}, nil
}

func describe(k *cpu.Kernels) string {
	plural := "s"
	if k.Threads() == 1 {
		plural = ""
	}
	return fmt.Sprintf("cpu: %s, %d thread%s", k.Level(), k.Threads(), plural)
}

// cpuDevice trains in the host's memory.
type cpuDevice struct {
	passes           *passes[float32]
	moment1, moment2 []float32
}

func (d *cpuDevice) Accumulate(b batch, scale float64) (float64, error) {
	return d.passes.accumulate(b, scale), nil
}

func (d *cpuDevice) Loss(b batch) (float64, error) { return d.passes.loss(b), nil }

func (d *cpuDevice) Update(u update) (float64, error) {
	p := d.passes
	norm := math.Sqrt(p.ops.SumSquares(p.grads))
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, nil
	}
	scale := 1.0
	if u.opts.ClipNorm > 0 && norm > u.opts.ClipNorm {
		scale = u.opts.ClipNorm / norm
	}
	for _, t := range p.tensors {
		first, last := t.first, t.first+t.size()
		decay := 0.0
		if t.kind.decays() {
			decay = u.opts.WeightDecay
		}
		p.ops.UpdateAdamW(p.flat[first:last], p.grads[first:last], d.moment1[first:last], d.moment2[first:last], cpu.AdamW{
			Rate: u.rate, Beta1: u.opts.Beta1, Beta2: u.opts.Beta2, Epsilon: u.opts.Epsilon, Decay: decay, Step: u.step, GradScale: scale})
	}
	clear(p.grads)
	return norm, nil
}

func (d *cpuDevice) Snapshot() (snapshot, error) {
	return snapshot{weights: d.passes.flat, moment1: d.moment1, moment2: d.moment2}, nil
}

func (d *cpuDevice) Restore(s snapshot) error {
	if len(s.weights) != len(d.passes.flat) || len(s.moment1) != len(d.moment1) || len(s.moment2) != len(d.moment2) {
		return errors.New("the snapshot is of another model")
	}
	copy(d.passes.flat, s.weights)
	copy(d.moment1, s.moment1)
	copy(d.moment2, s.moment2)
	return nil
}

func (d *cpuDevice) Close() error { return nil }

// EstimateMemory is the host memory in bytes that Run needs on a CPU: weights, gradients, moments, and
// the activations of one batch.
func EstimateMemory(opts Options, vocab int) (int64, error) {
	o, err := opts.resolve()
	if err != nil {
		return 0, err
	}
	m := o.Model
	_, parameters := layout(m, vocab)
	c, f, kv := int64(m.Width), int64(m.Hidden), int64(m.Width/m.Heads*m.KVHeads)
	qkv := c + 2*kv
	perBlock := 4*c + qkv + 3*f + 2 + int64(m.Heads)                 // block
	perRow := int64(m.Layers)*(perBlock+c) + c + 4*c + qkv + 3*f + 2 // stream, then the rest of passes
	rows := int64(o.Batch) * int64(o.Sequence)
	logits := min(rows, int64(headRows(vocab))) * int64(vocab)
	threads := int64(max(1, o.Threads))
	scratch := threads * (1<<18 + 128*int64(o.Sequence+16))
	return 4 * (4*parameters + rows*perRow + logits + scratch), nil
}
