package train

import (
	"errors"
	"math"
	"testing"

	"corpus"
)

func TestBadOptionsAreNamed(t *testing.T) {
	for key, change := range map[string]func(*Options){
		"batch":             func(o *Options) { o.Batch = 0 },
		"sequence":          func(o *Options) { o.Sequence = 129 },
		"accumulate":        func(o *Options) { o.Accumulate = -1 },
		"learning_rate":     func(o *Options) { o.LearningRate = 0 },
		"min_learning_rate": func(o *Options) { o.MinLearningRate = 1.5 },
		"beta2":             func(o *Options) { o.Beta2 = 1 },
		"clip_norm":         func(o *Options) { o.ClipNorm = math.NaN() },
		"steps":             func(o *Options) { o.Steps, o.Epochs = 1, 1 },
		"epochs":            func(o *Options) { o.Epochs = -1 },
		"keep_checkpoints":  func(o *Options) { o.KeepCheckpoints = 0 },
		"device":            func(o *Options) { o.Device = "tpu" },
		"model.size":        func(o *Options) { o.Model.Size = "huge" },
		"model.heads":       func(o *Options) { o.Model.Heads = 3 },
		"model.kv_heads":    func(o *Options) { o.Model.KVHeads = 3 },
		"model.layers":      func(o *Options) { o.Model.Layers = -2 },
		"model.rotary_base": func(o *Options) { o.Model.RotaryBase = 0 },
	} {
		o := DefaultOptions()
		if err := o.Validate(); err != nil {
			t.Fatalf("the defaults: %v", err)
		}
		change(&o)
		var bad *corpus.OptionError
		if err := o.Validate(); !errors.As(err, &bad) || bad.Key != key {
			t.Errorf("%s: error is %v", key, err)
		}
	}
}

func TestModelPresetsGiveWay(t *testing.T) {
	o := DefaultModelOptions()
	o.Size, o.Width, o.Heads, o.KVHeads = "micro", 320, 10, 5
	got, err := o.resolve()
	if err != nil {
		t.Fatal(err)
	}
	want := ModelOptions{Size: "micro", Layers: 6, Width: 320, Heads: 10, KVHeads: 5, Hidden: 864, Context: 256, RotaryBase: 10000, NormEpsilon: 1e-5}
	if got != want {
		t.Errorf("resolved to %+v, want %+v", got, want)
	}
}

func TestRunLength(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		want   int
	}{
		"default": {func(*Options) {}, DefaultSteps},
		"steps":   {func(o *Options) { o.Steps = 7 }, 7},
		"tokens":  {func(o *Options) { o.Tokens = 4097 }, 3},
		"epochs":  {func(o *Options) { o.Epochs = 1.5 }, 10}, // 1.5 · 100 windows over 16
	} {
		o := DefaultOptions()
		c.change(&o)
		o, err := o.resolve()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := o.steps(100); got != c.want || err != nil {
			t.Errorf("%s: %d steps, %v; want %d", name, got, err, c.want)
		}
	}
}

func TestLearningRate(t *testing.T) {
	o := Options{LearningRate: 1, MinLearningRate: 0.1, Warmup: 10}
	for step, want := range map[int]float64{1: 0.1, 5: 0.5, 10: 1, 60: 0.55, 110: 0.1, 200: 0.1} {
		if got := o.learningRate(step, 110); math.Abs(got-want) > 1e-12 {
			t.Errorf("step %d: %v, want %v", step, got, want)
		}
	}
	if got := (Options{LearningRate: 1}).learningRate(1, 1); got != 0 {
		t.Errorf("the only step without warm-up: %v, want the floor", got)
	}
}
