package train

import (
	"math"
	"slices"
	"strings"

	"corpus"
)

// ModelOptions is the shape of a model. Every number that is 0 comes from the
// preset that Size names.
type ModelOptions struct {
	// Size names a preset: nano, micro, mini or small; see Sizes. Default nano.
	Size string `yaml:"size" json:"size" jsonschema_description:"Preset that fills every number left at 0: nano (0.8M parameters and 128 per vocabulary entry), micro (4.8M and 256), mini (26M and 512), small (85M and 768: 124M with GPT-2's vocabulary). Default nano."`
	// Layers is the number of transformer blocks, 1 to 1024.
	Layers int `yaml:"layers" json:"layers" jsonschema_description:"Number of transformer blocks, 1 to 1024; 0 takes the preset's."`
	// Width is the width of the residual stream, a multiple of Heads.
	Width int `yaml:"width" json:"width" jsonschema_description:"Width of the residual stream, a multiple of heads; 0 takes the preset's."`
	// Heads is the number of attention heads; Width/Heads is even.
	Heads int `yaml:"heads" json:"heads" jsonschema_description:"Number of attention heads; width/heads must be even. 0 takes the preset's."`
	// KVHeads is the number of key and value heads, a divisor of Heads; fewer than Heads is grouped-query attention.
	KVHeads int `yaml:"kv_heads" json:"kv_heads" jsonschema_description:"Number of key and value heads, a divisor of heads (fewer than heads: grouped-query attention); 0 takes the preset's, or heads where heads is set."`
	// Hidden is the width of the feed-forward layer.
	Hidden int `yaml:"hidden" json:"hidden" jsonschema_description:"Width of the feed-forward layer; 0 takes the preset's, or 8/3 of width rounded up to 32 where width is set."`
	// Context is the longest sequence that the model sees, in tokens, 2 to 1,048,576.
	Context int `yaml:"context" json:"context" jsonschema_description:"Longest sequence that the model sees, in tokens, 2 to 1048576; 0 takes the preset's."`
	// UntiedOutput gives the output layer weights of its own instead of the embedding's.
	UntiedOutput bool `yaml:"untied_output" json:"untied_output" jsonschema_description:"Give the output layer weights of its own instead of the embedding's. Default false."`
	// RotaryBase is the base of the rotary frequencies. Default 10000.
	RotaryBase float64 `yaml:"rotary_base" json:"rotary_base" jsonschema_description:"Base of the rotary position frequencies, above 1. Default 10000."`
	// NormEpsilon is added to the mean square in RMSNorm. Default 1e-5.
	NormEpsilon float64 `yaml:"norm_epsilon" json:"norm_epsilon" jsonschema_description:"Number added to the mean square in RMSNorm, above 0. Default 0.00001."`
}

// Sizes lists the presets from small to large.
func Sizes() []ModelOptions {
	return []ModelOptions{
		{Size: "nano", Layers: 4, Width: 128, Heads: 4, KVHeads: 4, Hidden: 352, Context: 128},
		{Size: "micro", Layers: 6, Width: 256, Heads: 8, KVHeads: 8, Hidden: 704, Context: 256},
		{Size: "mini", Layers: 8, Width: 512, Heads: 8, KVHeads: 8, Hidden: 1408, Context: 512},
		{Size: "small", Layers: 12, Width: 768, Heads: 12, KVHeads: 12, Hidden: 2048, Context: 1024},
	}
}

// DefaultModelOptions is the nano preset.
func DefaultModelOptions() ModelOptions {
	return ModelOptions{Size: "nano", RotaryBase: 10000, NormEpsilon: 1e-5}
}

// resolve fills what is 0 from the preset and checks the whole.
func (o ModelOptions) resolve() (ModelOptions, error) {
	sizes := Sizes()
	i := slices.IndexFunc(sizes, func(s ModelOptions) bool { return s.Size == o.Size })
	if i < 0 {
		var names []string
		for _, s := range sizes {
			names = append(names, s.Size)
		}
		return o, corpus.BadOption("model.size", "unknown size %q: want %s", o.Size, strings.Join(names, ", "))
	}
	preset := sizes[i]
	if o.KVHeads == 0 && o.Heads != 0 {
		o.KVHeads = o.Heads
	}
	if o.Hidden == 0 && o.Width != 0 {
		o.Hidden = (o.Width*8/3 + 31) / 32 * 32
	}
	for _, f := range []struct {
		value  *int
		preset int
	}{
		{&o.Layers, preset.Layers}, {&o.Width, preset.Width}, {&o.Heads, preset.Heads}, {&o.KVHeads, preset.KVHeads},
		{&o.Hidden, preset.Hidden}, {&o.Context, preset.Context},
	} {
		if *f.value == 0 {
			*f.value = f.preset
		}
	}
	return o, o.check()
}

// check judges options in which nothing is left to a preset.
func (o ModelOptions) check() error {
	for _, f := range []struct {
		key            string
		value, highest int
	}{
		{"layers", o.Layers, 1024}, {"width", o.Width, 1 << 16}, {"heads", o.Heads, 1024}, {"kv_heads", o.KVHeads, 1024},
		{"hidden", o.Hidden, 1 << 18}, {"context", o.Context, 1 << 20},
	} {
		if f.value < 1 || f.value > f.highest {
			return corpus.BadOption("model."+f.key, "%d is not between 1 and %d", f.value, f.highest)
		}
	}
	switch {
	case o.Width%(2*o.Heads) != 0:
		return corpus.BadOption("model.heads", "width %d over %d heads is not an even number", o.Width, o.Heads)
	case o.Heads%o.KVHeads != 0:
		return corpus.BadOption("model.kv_heads", "%d does not divide %d heads", o.KVHeads, o.Heads)
	case o.Context < 2:
		return corpus.BadOption("model.context", "%d is below 2", o.Context)
	case !(o.RotaryBase > 1) || math.IsInf(o.RotaryBase, 0):
		return corpus.BadOption("model.rotary_base", "%v is not above 1", o.RotaryBase)
	case !(o.NormEpsilon > 0 && o.NormEpsilon < 1):
		return corpus.BadOption("model.norm_epsilon", "%v is not between 0 and 1", o.NormEpsilon)
	}
	return nil
}

// Validate checks the options with the preset filled in.
func (o ModelOptions) Validate() error {
	_, err := o.resolve()
	return err
}

// Parameters is the number of weights of the model with a vocabulary.
func (o ModelOptions) Parameters(vocab int) (int64, error) {
	o, err := o.resolve()
	if err != nil {
		return 0, err
	}
	_, total := layout(o, vocab)
	return total, nil
}
