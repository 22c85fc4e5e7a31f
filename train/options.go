package train

import (
	"math"

	"corpus"
)

// Options configures Run. Decode YAML into DefaultOptions(), so that what is not named keeps its default.
type Options struct {
	// Shards is the folder that holds train-00000.bin … and, if there is one, the validation split.
	Shards string `yaml:"shards" json:"shards" jsonschema_description:"Folder of the token shards to train on."`
	// Out is the run folder. A run that finds a checkpoint there goes on from it.
	Out string `yaml:"out" json:"out" jsonschema_description:"Run folder for checkpoints and metrics. A run that finds a checkpoint there goes on from it."`
	// Model is the shape of the model.
	Model ModelOptions `yaml:"model" json:"model" jsonschema_description:"Shape of the model."`
	// Batch is the number of windows that are computed at once, 1 to 65,536. Default 16.
	Batch int `yaml:"batch" json:"batch" jsonschema_description:"Windows that are computed at once, 1 to 65536. Default 16."`
	// Sequence is the length of a window in tokens, 1 to the model's context; 0 means the context. Default 0.
	Sequence int `yaml:"sequence" json:"sequence" jsonschema_description:"Length of a window in tokens, 1 to the model's context; 0 means the context. Default 0."`
	// Accumulate is the number of batches whose gradients make one step, 1 to 65,536. Default 1.
	Accumulate int `yaml:"accumulate" json:"accumulate" jsonschema_description:"Batches whose gradients make one step, 1 to 65536. Default 1."`
	// Steps is the length of the run. At most one of Steps, Tokens and Epochs is set; with none it is DefaultSteps.
	Steps int `yaml:"steps" json:"steps" jsonschema_description:"Length of the run in steps. Set at most one of steps, tokens and epochs; with none of them the run is 400 steps."`
	// Tokens is the length of the run in tokens, rounded up to a whole step.
	Tokens int64 `yaml:"tokens" json:"tokens" jsonschema_description:"Length of the run in tokens, rounded up to a whole step; 0 means not set."`
	// Epochs is the length of the run in passes over the training split, rounded up to a whole step.
	Epochs float64 `yaml:"epochs" json:"epochs" jsonschema_description:"Length of the run in passes over the training split, rounded up to a whole step; 0 means not set."`
	// LearningRate is the highest learning rate, above 0. Default 0.003.
	LearningRate float64 `yaml:"learning_rate" json:"learning_rate" jsonschema_description:"Highest learning rate, above 0, at most 1. Default 0.003, which suits nano; larger models want less (small: 0.0006)."`
	// MinLearningRate is the learning rate at the end, as a share of LearningRate, 0 to 1. Default 0.1.
	MinLearningRate float64 `yaml:"min_learning_rate" json:"min_learning_rate" jsonschema_description:"Learning rate at the end of the cosine, as a share of learning_rate, 0 to 1. Default 0.1."`
	// Warmup is the number of steps over which the learning rate rises from 0. Default 20.
	Warmup int `yaml:"warmup" json:"warmup" jsonschema_description:"Steps over which the learning rate rises linearly from 0. Default 20."`
	// WeightDecay is AdamW's decoupled decay of matrices; norms and embeddings have none. Default 0.1.
	WeightDecay float64 `yaml:"weight_decay" json:"weight_decay" jsonschema_description:"AdamW's decoupled weight decay of matrices, 0 to 10; norms and embeddings have none. Default 0.1."`
	// Beta1 is the decay of AdamW's first moment. Default 0.9.
	Beta1 float64 `yaml:"beta1" json:"beta1" jsonschema_description:"Decay of AdamW's first moment, 0 to below 1. Default 0.9."`
	// Beta2 is the decay of AdamW's second moment. Default 0.95.
	Beta2 float64 `yaml:"beta2" json:"beta2" jsonschema_description:"Decay of AdamW's second moment, 0 to below 1. Default 0.95."`
	// Epsilon is added to the root of AdamW's second moment. Default 1e-8.
	Epsilon float64 `yaml:"epsilon" json:"epsilon" jsonschema_description:"Number added to the root of AdamW's second moment, above 0. Default 0.00000001."`
	// ClipNorm bounds the global norm of the gradient; 0 leaves it unbounded. Default 1.
	ClipNorm float64 `yaml:"clip_norm" json:"clip_norm" jsonschema_description:"Bound on the global norm of the gradient; 0 leaves it unbounded. Default 1."`
	// Seed decides the first weights and the order of the windows. Default 1.
	Seed uint64 `yaml:"seed" json:"seed" jsonschema_description:"Seed of the first weights and of the order of the windows. Default 1."`
	// EvalEvery is the number of steps between validation losses; 0 means only at the end. Default 50.
	EvalEvery int `yaml:"eval_every" json:"eval_every" jsonschema_description:"Steps between two validation losses; 0 means only at the end. Default 50."`
	// EvalBatches is the number of batches of a validation loss, spread evenly over the split. Default 8.
	EvalBatches int `yaml:"eval_batches" json:"eval_batches" jsonschema_description:"Batches that one validation loss takes, the same ones every time, spread evenly over the validation split; 0 turns validation off. Default 8."`
	// SaveEvery is the number of steps between checkpoints; 0 means only at the end. Default 100.
	SaveEvery int `yaml:"save_every" json:"save_every" jsonschema_description:"Steps between two checkpoints; 0 means only at the end and when stopped. Default 100."`
	// KeepCheckpoints is how many checkpoints stay, at least 1. Default 2.
	KeepCheckpoints int `yaml:"keep_checkpoints" json:"keep_checkpoints" jsonschema_description:"Newest checkpoints that are kept, at least 1. Default 2."`
	// Threads is the number of processor threads; 0 means all. It changes no result. Default 0.
	Threads int `yaml:"threads" json:"threads" jsonschema_description:"Processor threads to use, 0 to 4096; 0 means all. It changes no result. Default 0."`
	// Device is what to train on: auto, cpu or cuda. Default auto.
	Device string `yaml:"device" json:"device" jsonschema_description:"What to train on: auto, cpu or cuda. Default auto." jsonschema:"enum=auto,enum=cpu,enum=cuda"`
}

// DefaultSteps is the length of a run for which no other is asked.
const DefaultSteps = 400

// DefaultOptions suit a corpus of about a million tokens on a few processor cores.
func DefaultOptions() Options {
	return Options{
		Model: DefaultModelOptions(), Batch: 16, Accumulate: 1,
		LearningRate: 0.003, MinLearningRate: 0.1, Warmup: 20,
		WeightDecay: 0.1, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, ClipNorm: 1,
		Seed: 1, EvalEvery: 50, EvalBatches: 8, SaveEvery: 100, KeepCheckpoints: 2, Device: "auto",
	}
}

// Validate checks every option but the folders, which Run checks.
func (o Options) Validate() error {
	_, err := o.resolve()
	return err
}

// resolve fills the model's numbers and the length of a window, and checks the whole.
func (o Options) resolve() (Options, error) {
	var err error
	if o.Model, err = o.Model.resolve(); err != nil {
		return o, err
	}
	if o.Sequence == 0 {
		o.Sequence = o.Model.Context
	}
	for _, f := range []struct {
		key                    string
		value, lowest, highest int
	}{
		{"batch", o.Batch, 1, 1 << 16}, {"sequence", o.Sequence, 1, o.Model.Context}, {"accumulate", o.Accumulate, 1, 1 << 16},
		{"steps", o.Steps, 0, math.MaxInt32}, {"warmup", o.Warmup, 0, math.MaxInt32},
		{"eval_every", o.EvalEvery, 0, math.MaxInt32}, {"eval_batches", o.EvalBatches, 0, 1 << 16},
		{"save_every", o.SaveEvery, 0, math.MaxInt32}, {"keep_checkpoints", o.KeepCheckpoints, 1, math.MaxInt32},
		{"threads", o.Threads, 0, 4096},
	} {
		if f.value < f.lowest || f.value > f.highest {
			return o, corpus.BadOption(f.key, "%d is not between %d and %d", f.value, f.lowest, f.highest)
		}
	}
	if err := o.checkReals(); err != nil {
		return o, err
	}
	if o.Batch*o.Sequence > 1<<24 {
		return o, corpus.BadOption("batch", "%d windows of %d tokens are more than %d tokens at once: use accumulate", o.Batch, o.Sequence, 1<<24)
	}
	set := 0
	for _, is := range []bool{o.Steps != 0, o.Tokens != 0, o.Epochs != 0} {
		if is {
			set++
		}
	}
	if set > 1 {
		return o, corpus.BadOption("steps", "set only one of steps, tokens and epochs")
	}
	switch o.Device {
	case "auto", "cpu", "cuda":
	default:
		return o, corpus.BadOption("device", "unknown device %q: want auto, cpu or cuda", o.Device)
	}
	return o, nil
}

func (o Options) checkReals() error {
	for _, f := range []struct {
		key             string
		value           float64
		lowest, highest float64
		open            bool // the lowest itself is out
	}{
		{"tokens", float64(o.Tokens), 0, 1 << 53, false}, {"epochs", o.Epochs, 0, 1e6, false},
		{"learning_rate", o.LearningRate, 0, 1, true}, {"min_learning_rate", o.MinLearningRate, 0, 1, false},
		{"weight_decay", o.WeightDecay, 0, 10, false}, {"epsilon", o.Epsilon, 0, 1, true},
		{"beta1", o.Beta1, 0, 0.9999999, false}, {"beta2", o.Beta2, 0, 0.9999999, false}, {"clip_norm", o.ClipNorm, 0, math.MaxFloat64, false},
	} {
		if !(f.value >= f.lowest && f.value <= f.highest) || f.open && f.value == f.lowest {
			return corpus.BadOption(f.key, "%v is not between %v and %v", f.value, f.lowest, f.highest)
		}
	}
	return nil
}

// tokensPerStep is what one step reads.
func (o Options) tokensPerStep() int64 {
	return int64(o.Batch) * int64(o.Sequence) * int64(o.Accumulate)
}

// steps is the length of the run, given the number of windows in the training split.
func (o Options) steps(windows int64) (int, error) {
	var steps float64
	switch {
	case o.Steps > 0:
		return o.Steps, nil
	case o.Tokens > 0:
		steps = math.Ceil(float64(o.Tokens) / float64(o.tokensPerStep()))
	case o.Epochs > 0:
		steps = math.Ceil(o.Epochs * float64(windows) / float64(o.Batch*o.Accumulate))
	default:
		return DefaultSteps, nil
	}
	if steps > math.MaxInt32 {
		return 0, corpus.BadOption("steps", "the run would be %g steps, more than %d", steps, math.MaxInt32)
	}
	return int(steps), nil
}

// learningRate is the rate of a step, counted from 1: linear up to Warmup, then half a cosine
// down to the floor at the last step (Loshchilov and Hutter, SGDR, 2017, eq. 5, without restarts).
func (o Options) learningRate(step, steps int) float64 {
	if step <= o.Warmup {
		return o.LearningRate * float64(step) / float64(o.Warmup)
	}
	floor := o.LearningRate * o.MinLearningRate
	done := float64(step-o.Warmup) / float64(max(1, steps-o.Warmup))
	return floor + (o.LearningRate-floor)*0.5*(1+math.Cos(math.Pi*min(1, done)))
}
