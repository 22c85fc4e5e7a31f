package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"corpus"
	"corpus/shard"
)

// EvaluateOptions configures Evaluate.
type EvaluateOptions struct {
	// Run is the run folder whose newest checkpoint is judged.
	Run string `yaml:"run" json:"run" jsonschema_description:"Run folder whose newest checkpoint is judged."`
	// Shards is the folder of token shards to judge it on.
	Shards string `yaml:"shards" json:"shards" jsonschema_description:"Folder of the token shards to judge it on."`
	// Split is train or val. Default val.
	Split string `yaml:"split" json:"split" jsonschema_description:"Split to read: train or val. Default val." jsonschema:"enum=train,enum=val"`
	// Batch is the number of windows that are computed at once, 1 to 65,536. Default 16.
	Batch int `yaml:"batch" json:"batch" jsonschema_description:"Windows that are computed at once, 1 to 65536. Default 16."`
	// Windows is the most windows to read, spread evenly over the split; 0 means all. Default 0.
	Windows int64 `yaml:"windows" json:"windows" jsonschema_description:"Most windows to read, spread evenly over the split; 0 means all. Default 0."`
	// Bytes is the number of bytes of text that the split's tokens stand for, for bits per byte; 0 means unknown.
	Bytes int64 `yaml:"bytes" json:"bytes" jsonschema_description:"Bytes of text that the tokens of the whole split stand for, to give bits per byte; 0 means unknown. Default 0."`
	// Threads is the number of processor threads; 0 means all. Default 0.
	Threads int `yaml:"threads" json:"threads" jsonschema_description:"Processor threads to use, 0 to 4096; 0 means all. Default 0."`
}

// DefaultEvaluateOptions are the defaults of EvaluateOptions.
func DefaultEvaluateOptions() EvaluateOptions {
	return EvaluateOptions{Split: shard.Validation, Batch: 16}
}

// Validate checks the options.
func (o EvaluateOptions) Validate() error {
	switch {
	case o.Split != shard.Train && o.Split != shard.Validation:
		return corpus.BadOption("split", "unknown split %q: want %s or %s", o.Split, shard.Train, shard.Validation)
	case o.Batch < 1 || o.Batch > 1<<16:
		return corpus.BadOption("batch", "%d is not between 1 and 65536", o.Batch)
	case o.Windows < 0 || o.Windows > math.MaxInt32:
		return corpus.BadOption("windows", "%d is not between 0 and %d", o.Windows, math.MaxInt32)
	case o.Bytes < 0:
		return corpus.BadOption("bytes", "%d is below 0", o.Bytes)
	case o.Threads < 0 || o.Threads > 4096:
		return corpus.BadOption("threads", "%d is not between 0 and 4096", o.Threads)
	}
	return nil
}

// Evaluation is how well a model predicts a split.
type Evaluation struct {
	Loss       float64 // mean over the tokens, in nats
	Perplexity float64 // e^Loss
	// BitsPerByte is Loss in bits, times the split's tokens per byte; NaN when the bytes are not known.
	BitsPerByte float64
	Tokens      int64 // tokens predicted
	Step        int   // of the checkpoint
}

// Evaluate measures the newest checkpoint of a run on windows as long as those it was trained
// on, each read on its own: the first tokens of a window are predicted from little, so the loss is an upper bound.
func Evaluate(ctx context.Context, opts EvaluateOptions) (Evaluation, error) {
	if err := opts.Validate(); err != nil {
		return Evaluation{}, err
	}
	m, s, err := loadModel(opts.Run, opts.Threads)
	if err != nil {
		return Evaluation{}, err
	}
	set, err := shard.OpenSet(opts.Shards, opts.Split)
	if err != nil {
		return Evaluation{}, err
	}
	result, err := evaluate(ctx, opts, m, s, set, set.VocabSize())
	if err != nil {
		err = fmt.Errorf("%s: %w", opts.Shards, err)
	}
	return result, errors.Join(err, set.Close())
}

func evaluate(ctx context.Context, o EvaluateOptions, m *model[float32], s *state, source tokenReader, vocab int) (Evaluation, error) {
	if vocab != m.vocab {
		return Evaluation{}, fmt.Errorf("a vocabulary of %d ids: the model has %d", vocab, m.vocab)
	}
	w, err := newWindows(source, s.Options.Sequence, m.vocab)
	if err != nil {
		return Evaluation{}, err
	}
	if w.count == 0 {
		return Evaluation{}, fmt.Errorf("%d tokens are less than one window of %d", source.Tokens(), w.length+1)
	}
	want := o.Windows
	if want == 0 {
		want = w.count
	}
	size := int(min(int64(o.Batch), want, max(1, 1<<24/int64(w.length))))
	p := newPasses(m, size*w.length, false)
	var sum float64
	e := Evaluation{Step: s.Step, BitsPerByte: math.NaN()}
	err = w.spread(want, size, func(b batch) error {
		sum += p.loss(b)
		e.Tokens += int64(b.predicted())
		return ctx.Err()
	})
	if err != nil {
		return Evaluation{}, err
	}
	if e.Tokens == 0 {
		return Evaluation{}, errors.New("the windows hold padding alone")
	}
	e.Loss = sum / float64(e.Tokens)
	e.Perplexity = math.Exp(e.Loss)
	if o.Bytes > 0 {
		e.BitsPerByte = e.Loss / math.Ln2 * float64(source.Tokens()) / float64(o.Bytes)
	}
	return e, nil
}
