package train

import (
	"context"
	"fmt"

	"corpus"
)

// GenerateOptions configures Generate.
type GenerateOptions struct {
	// Run is the run folder whose newest checkpoint speaks.
	Run string `yaml:"run" json:"run" jsonschema_description:"Run folder whose newest checkpoint speaks."`
	// Prompt is the ids to go on from. Empty means the id that ends a document, where the tokenizer has one.
	Prompt []uint32 `yaml:"-" json:"-"`
	// MaxTokens is the most tokens to generate, at least 1. Default 100.
	MaxTokens int `yaml:"max_tokens" json:"max_tokens" jsonschema_description:"Most tokens to generate, at least 1. Default 100."`
	// Temperature divides the logits; 0 always takes the likeliest token. Default 0.8.
	Temperature float64 `yaml:"temperature" json:"temperature" jsonschema_description:"Divisor of the logits, 0 to 100; 0 always takes the likeliest token. Default 0.8."`
	// TopK draws from the likeliest K tokens only; 0 means all. Default 0.
	TopK int `yaml:"top_k" json:"top_k" jsonschema_description:"Draw from the likeliest K tokens only; 0 means all. Default 0."`
	// TopP draws from the fewest tokens that together have this probability; 1 means all. Default 0.95.
	TopP float64 `yaml:"top_p" json:"top_p" jsonschema_description:"Draw from the fewest tokens that together have this probability, above 0; 1 means all. Default 0.95."`
	// Seed decides the draws. Default 1.
	Seed uint64 `yaml:"seed" json:"seed" jsonschema_description:"Seed of the draws. Default 1."`
	// Threads is the number of processor threads; 0 means all. Default 0.
	Threads int `yaml:"threads" json:"threads" jsonschema_description:"Processor threads to use, 0 to 4096; 0 means all. Default 0."`
}

// DefaultGenerateOptions are the defaults of GenerateOptions.
func DefaultGenerateOptions() GenerateOptions {
	return GenerateOptions{MaxTokens: 100, Temperature: 0.8, TopP: 0.95, Seed: 1}
}

// Validate checks the options.
func (o GenerateOptions) Validate() error {
	switch {
	case o.MaxTokens < 1:
		return corpus.BadOption("max_tokens", "%d is below 1", o.MaxTokens)
	case !(o.Temperature >= 0 && o.Temperature <= 100):
		return corpus.BadOption("temperature", "%v is not between 0 and 100", o.Temperature)
	case o.TopK < 0:
		return corpus.BadOption("top_k", "%d is below 0", o.TopK)
	case !(o.TopP > 0 && o.TopP <= 1):
		return corpus.BadOption("top_p", "%v is not above 0 and at most 1", o.TopP)
	case o.Threads < 0 || o.Threads > 4096:
		return corpus.BadOption("threads", "%d is not between 0 and 4096", o.Threads)
	}
	return nil
}

// Generate continues a prompt, one token per call of emit, and returns after the id that ends a document
// (which is not emitted), after MaxTokens, or with the error of emit or ctx. Once the
// sequence fills the model's context, its older half is forgotten and the newer half read again.
func Generate(ctx context.Context, opts GenerateOptions, emit func(id uint32) error) error {
	if err := opts.Validate(); err != nil {
		return err
	}
	m, s, err := loadModel(opts.Run, opts.Threads)
	if err != nil {
		return err
	}
	sequence := append([]uint32(nil), opts.Prompt...)
	if len(sequence) == 0 {
		if s.EOS == nil {
			return fmt.Errorf("an empty prompt: the tokenizer of this model has no id that ends a document to start from")
		}
		sequence = append(sequence, *s.EOS)
	}
	pick := sampler{temperature: opts.Temperature, topK: opts.TopK, topP: opts.TopP, seed: opts.Seed}
	d := newDecoder(m)
	pending := sequence[max(0, len(sequence)-m.Context):] // what the decoder has not seen
	for range opts.MaxTokens {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.length+len(pending) > m.Context {
			d.reset()
			pending = sequence[len(sequence)-max(1, m.Context/2):]
		}
		logits, err := d.extend(pending)
		if err != nil {
			return err
		}
		id, err := pick.pick(logits)
		if err != nil {
			return err
		}
		if s.EOS != nil && id == *s.EOS {
			return nil
		}
		if err := emit(id); err != nil {
			return err
		}
		sequence = append(sequence, id)
		pending = sequence[len(sequence)-1:]
	}
	return nil
}
