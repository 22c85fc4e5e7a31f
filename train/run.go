package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"corpus"
	"corpus/train/cpu"
)

// ErrDiverged says that a loss or a gradient was not finite. The weights of the last checkpoint are good.
var ErrDiverged = errors.New("training diverged")

// Run trains a model on a folder of shards, or goes on with the newest checkpoint in
// opts.Out. A run that was stopped and resumed ends with the same weights, bit for bit, as one that was not.
//
// On Linux, a second Run in the same folder is an error, and so is a run that needs more than the machine's memory.
//
// When ctx ends, Run saves a checkpoint and returns an error that wraps ctx's. Observe may be nil; it is
// called from Run's goroutine.
func Run(ctx context.Context, opts Options, observe func(Progress)) (Result, error) {
	if err := cpu.Available(); err != nil {
		return Result{}, err
	}
	o, err := opts.resolve()
	if err != nil {
		return Result{}, err
	}
	if o.Shards == "" {
		return Result{}, corpus.BadOption("shards", "no folder of shards given")
	}
	if o.Out == "" {
		return Result{}, corpus.BadOption("out", "no run folder given")
	}
	data, err := openDataset(o.Shards)
	if err != nil {
		return Result{}, err
	}
	result, err := run(ctx, o, data, observe)
	return result, errors.Join(err, data.close())
}

// run trains on an open dataset. The options are resolved.
func run(ctx context.Context, o Options, data *dataset, observe func(Progress)) (Result, error) {
	memory, err := EstimateMemory(o, data.vocab)
	if err != nil {
		return Result{}, err
	}
	if has := machineMemory(); memory > has {
		return Result{}, corpus.BadOption("batch", "a batch of %d with this model and a vocabulary of %d takes about %d MiB of memory, the machine has %d: "+
			"take a smaller model, or a smaller batch and accumulate", o.Batch, data.vocab, memory>>20, has>>20)
	}
	device, err := openDevice(&o, data.vocab)
	if err != nil {
		return Result{}, err
	}
	defer device.Close()
	l := &loop{opts: o, device: device, data: data, observe: observe, saved: -1, progress: Progress{Memory: memory}}
	defer func() {
		if l.lock != nil {
			l.lock.Close() // read only: nothing is lost by an error here
		}
	}()
	if err := l.start(); err != nil {
		return Result{}, err
	}
	defer l.metrics.close()
	err = l.steps(ctx)
	return l.result(), err
}

// loop is a run in progress.
type loop struct {
	opts    Options
	device  choice
	data    *dataset
	observe func(Progress)

	state             state
	tensors           []tensor
	train, validation *windows // validation is nil when there is none
	batch             batch
	metrics           *metricsLog
	meter             meter
	progress          Progress // what stays the same in every report
	resumed           int
	saved             int    // the step that was saved last; -1 for none
	checkpoint        string // its folder
	lock              *os.File
}

// start makes a new model or loads the newest checkpoint.
func (l *loop) start() error {
	o := &l.opts
	var err error
	if l.train, err = newWindows(l.data.train, o.Sequence, l.data.vocab); err != nil {
		return err
	}
	if l.train.count == 0 {
		return fmt.Errorf("%s: %d tokens are less than one window of %d", o.Shards, l.data.train.Tokens(), o.Sequence+1)
	}
	if l.data.validation != nil && o.EvalBatches > 0 {
		v, err := newWindows(l.data.validation, o.Sequence, l.data.vocab)
		if err != nil {
			return err
		}
		if v.count > 0 {
			l.validation = v
		}
	}
	l.batch = l.train.newBatch(o.Batch)
	var total int64
	l.tensors, total = layout(o.Model, l.data.vocab)
	if err := os.MkdirAll(filepath.Join(o.Out, checkpointsFolder), 0o777); err != nil {
		return err
	}
	if l.lock, err = lockFolder(o.Out); err != nil {
		return err
	}
	if err := removeUnfinished(o.Out); err != nil {
		return err
	}
	l.checkpoint, err = latestCheckpoint(o.Out)
	switch {
	case errors.Is(err, ErrNoCheckpoint):
		err = l.begin()
	case err == nil:
		err = l.resume()
	}
	if err != nil {
		return err
	}
	// What changes no result stays out of the checkpoint, so that equal runs have equal bytes.
	l.state.Options = *o
	l.state.Options.Out, l.state.Options.Threads, l.state.Options.Device = "", 0, "auto"
	if l.state.Steps, err = o.steps(l.train.count); err != nil {
		return err
	}
	l.progress = Progress{Device: l.device.name, DeviceReason: l.device.reason, Parameters: total, Memory: l.progress.Memory, Resumed: l.resumed}
	at := l.saved // -1 for a new run
	l.metrics, err = openMetrics(o.Out, at)
	return err
}

// begin initialises a new model.
func (l *loop) begin() error {
	s, err := l.device.Snapshot()
	if err != nil {
		return err
	}
	initialise(s.weights, l.tensors, l.opts.Model, l.opts.Seed)
	l.state = state{Vocab: l.data.vocab, EOS: l.data.eos}
	l.state.Data.Tokens, l.state.Data.Digest = l.data.train.Tokens(), l.data.digest
	return l.device.Restore(s)
}

// resume loads the checkpoint after making sure that it belongs to the same run.
func (l *loop) resume() error {
	old, err := readState(filepath.Join(l.checkpoint, stateFileName))
	if err != nil {
		return err
	}
	if err := old.checkResume(l.opts); err != nil {
		return err
	}
	if old.Vocab != l.data.vocab || old.Data.Tokens != l.data.train.Tokens() || old.Data.Digest != l.data.digest {
		return fmt.Errorf("%s holds %d tokens with a vocabulary of %d and digest %s, but the run in %s was started on %d, %d and %s",
			l.opts.Shards, l.data.train.Tokens(), l.data.vocab, l.data.digest, l.opts.Out, old.Data.Tokens, old.Vocab, old.Data.Digest)
	}
	s, err := l.device.Snapshot()
	if err != nil {
		return err
	}
	if err := loadWeights(l.checkpoint, old, l.tensors, s.weights); err != nil {
		return err
	}
	if err := loadMoments(l.checkpoint, old, l.tensors, s); err != nil {
		return err
	}
	l.state, l.resumed, l.saved = *old, old.Step, old.Step
	if err := l.device.Restore(s); err != nil {
		return err
	}
	// A kill behind the rename of the folder left this undone, and perhaps no step is left that would do it.
	return concludeCheckpoint(l.opts.Out, l.checkpoint, old.Step, l.opts.KeepCheckpoints)
}
