package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// steps trains to the end, or until ctx ends.
func (l *loop) steps(ctx context.Context) error {
	if l.state.Step == 0 && l.saved < 0 {
		if err := l.measureStart(); err != nil {
			return err
		}
	} else {
		l.report(math.NaN(), math.NaN(), 0, 0)
	}
	for l.state.Step < l.state.Steps {
		err := l.step(ctx)
		if ctx.Err() != nil && l.state.Step < l.state.Steps {
			return l.stop(ctx, err)
		}
		if err != nil {
			return err
		}
	}
	if l.saved == l.state.Step {
		return nil
	}
	return l.save()
}

// stop saves what is done when ctx has ended.
func (l *loop) stop(ctx context.Context, err error) error {
	if err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	if l.saved != l.state.Step {
		if err := l.save(); err != nil {
			return fmt.Errorf("stopped after step %d, but it could not be saved: %w", l.state.Step, err)
		}
	}
	return fmt.Errorf("stopped after step %d, saved in %s: %w", l.state.Step, l.checkpoint, ctx.Err())
}

// measureStart reports the validation loss before the first step, where there is any.
func (l *loop) measureStart() error {
	value, err := l.validate()
	if err != nil {
		return err
	}
	if l.state.ValLoss != nil {
		if err := l.metrics.write(metric{ValLoss: l.state.ValLoss}); err != nil {
			return err
		}
	}
	l.report(math.NaN(), value, 0, 0)
	return nil
}

// step does one step, and what is due after it. When ctx ends on the way the step is as if never begun.
func (l *loop) step(ctx context.Context) error {
	o, step, began := &l.opts, l.state.Step+1, time.Now()
	var sum float64
	var predicted int
	for i := range o.Accumulate {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := l.train.shuffled(&l.batch, o.Seed, l.state.Windows+int64(i*o.Batch)); err != nil {
			return fmt.Errorf("%s: %w", o.Shards, err)
		}
		loss, err := l.device.Accumulate(l.batch, 1/float64(o.tokensPerStep()))
		if err != nil {
			return err
		}
		sum += loss
		predicted += l.batch.predicted()
	}
	loss := sum / float64(max(1, predicted))
	if !finite(loss) {
		return l.diverged(step, "loss", loss)
	}
	rate := o.learningRate(step, l.state.Steps)
	norm, err := l.device.Update(update{step: step, rate: rate, opts: o})
	if err != nil {
		return err
	}
	if !finite(norm) {
		return l.diverged(step, "norm of the gradient", norm)
	}
	l.meter.add(time.Since(began))
	l.state.Step, l.state.Loss = step, &loss
	l.state.Tokens += o.tokensPerStep()
	l.state.Windows += int64(o.Batch * o.Accumulate)
	return l.finish(loss, rate, norm)
}

// finish validates, writes the metrics, saves and reports after a step, as far as each is due.
func (l *loop) finish(loss, rate, norm float64) error {
	o, s := &l.opts, &l.state
	m := metric{Step: s.Step, Loss: &loss, LearningRate: &rate, GradNorm: &norm, Tokens: s.Tokens}
	value := math.NaN()
	if s.Step == s.Steps || o.EvalEvery > 0 && s.Step%o.EvalEvery == 0 {
		var err error
		if value, err = l.validate(); err != nil {
			return err
		}
		if !math.IsNaN(value) {
			m.ValLoss = &value
		}
	}
	if err := l.metrics.write(m); err != nil {
		return err
	}
	written := ""
	if o.SaveEvery > 0 && s.Step%o.SaveEvery == 0 || s.Step == s.Steps {
		if err := l.save(); err != nil {
			return err
		}
		written = l.checkpoint
	}
	l.progress.Checkpoint = written
	l.report(loss, value, rate, norm)
	return nil
}

// validate is the mean loss over the fixed windows of the validation split; NaN when there is none.
func (l *loop) validate() (float64, error) {
	if l.validation == nil {
		return math.NaN(), nil
	}
	var sum float64
	var tokens int
	err := l.validation.spread(int64(l.opts.EvalBatches)*int64(l.opts.Batch), l.opts.Batch, func(b batch) error {
		loss, err := l.device.Loss(b)
		sum += loss
		tokens += b.predicted()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: validation split: %w", l.opts.Shards, err)
	}
	value := sum / float64(max(1, tokens))
	if !finite(value) {
		return 0, l.diverged(l.state.Step, "validation loss", value)
	}
	l.state.ValLoss = &value
	return value, nil
}

func (l *loop) save() error {
	if err := l.metrics.sync(); err != nil {
		return err
	}
	s, err := l.device.Snapshot()
	if err != nil {
		return err
	}
	folder, err := saveCheckpoint(l.opts.Out, &l.state, l.tensors, s)
	if err != nil {
		return fmt.Errorf("checkpoint of step %d: %w", l.state.Step, err)
	}
	l.checkpoint, l.saved = folder, l.state.Step
	return nil
}

func (l *loop) diverged(step int, what string, value float64) error {
	good := "there is no checkpoint yet"
	if l.saved >= 0 {
		good = "the last good checkpoint is " + l.checkpoint
	}
	return fmt.Errorf("%w: step %d: the %s is %v; %s", ErrDiverged, step, what, value, good)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// report tells the observer.
func (l *loop) report(loss, validation, rate, norm float64) {
	if l.observe == nil {
		return
	}
	p, s := l.progress, &l.state
	p.Step, p.Steps, p.Tokens = s.Step, s.Steps, s.Tokens
	p.Epoch = float64(s.Windows) / float64(l.train.count)
	p.Loss, p.ValLoss, p.LearningRate, p.GradNorm = loss, validation, rate, norm
	l.meter.report(&p, l.opts.tokensPerStep(), flopsPerToken(l.opts.Model, s.Vocab, l.opts.Sequence))
	l.observe(p)
}

func (l *loop) result() Result {
	r := Result{Step: l.state.Step, Steps: l.state.Steps, Tokens: l.state.Tokens, Parameters: l.progress.Parameters,
		Loss: math.NaN(), ValLoss: math.NaN(), Device: l.device.name, DeviceReason: l.device.reason, Resumed: l.resumed}
	if l.state.Loss != nil {
		r.Loss = *l.state.Loss
	}
	if l.state.ValLoss != nil {
		r.ValLoss = *l.state.ValLoss
	}
	if l.saved >= 0 {
		r.Checkpoint = l.checkpoint
	}
	return r
}
