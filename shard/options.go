package shard

import (
	"math"

	"corpus"
)

// The ways in which documents fill sequences.
const (
	// Concat puts documents behind one another and cuts that stream into sequences.
	Concat = "concat"
	// BestFit puts whole documents, and pieces of those longer than a sequence, where they fill a sequence best.
	BestFit = "best_fit"
)

const (
	// maxSequence bounds the memory of packing: a window holds 16 sequences or more.
	maxSequence = 1 << 20
	// minBestFit leaves room for a document's tokens between the one before and the one behind it.
	minBestFit = 16
	// maxCopies is how often a document may be written.
	maxCopies = 1 << 16
)

// Options says how documents are packed into shards. The fields that a config does not
// carry come from the build: the seed from its own key, the rest from the tokenizer.
type Options struct {
	// Packing is how documents fill sequences: concat (one behind another, cut everywhere) or best_fit (no document that fits a sequence is cut; the rest of a sequence is padding). Default concat.
	Packing string `yaml:"packing" jsonschema:"enum=concat,enum=best_fit" jsonschema_description:"Packing is how documents fill sequences: concat (one behind another, cut everywhere) or best_fit (no document that fits a sequence is cut; the rest of a sequence is padding). Default concat."`
	// SequenceLength is the number of tokens of a sequence, 2 to 1048576, for best_fit 16 or more; 0 means no sequences, which concat alone allows (default 2048).
	SequenceLength int `yaml:"sequence_length" jsonschema_description:"SequenceLength is the number of tokens of a sequence, 2 to 1048576, for best_fit 16 or more; 0 means no sequences, which concat alone allows (default 2048)."`
	// AddBOS says whether the tokenizer's beginning-of-document token is put before every document (default false).
	AddBOS bool `yaml:"bos" jsonschema_description:"AddBOS says whether the tokenizer's beginning-of-document token is put before every document (default false)."`
	// AddEOS says whether the tokenizer's end-of-document token is put behind every document (default true).
	AddEOS bool `yaml:"eos" jsonschema_description:"AddEOS says whether the tokenizer's end-of-document token is put behind every document (default true)."`
	// Validation is the share of documents set aside for validation, 0 to 0.5 (default 0.01). Above 0, at least one of two or more documents is set aside.
	Validation float64 `yaml:"validation" jsonschema_description:"Validation is the share of documents set aside for validation, 0 to 0.5 (default 0.01). Above 0, at least one of two or more documents is set aside."`
	// TokensPerShard is the number of tokens in every shard but a split's last, 1 to 2³⁵ (default 67108864): as many whole sequences as fit, and at least one.
	TokensPerShard int64 `yaml:"tokens_per_shard" jsonschema_description:"TokensPerShard is the number of tokens in every shard but a split's last, 1 to 2³⁵ (default 67108864): as many whole sequences as fit, and at least one."`
	// MemoryBytes is the memory that sorting may use, in bytes, 1048576 or more (default 67108864). It does not change the output.
	MemoryBytes int64 `yaml:"memory_bytes" jsonschema_description:"MemoryBytes is the memory that sorting may use, in bytes, 1048576 or more (default 67108864). It does not change the output."`

	// Seed decides the order of documents and which are set aside.
	Seed uint64 `yaml:"-" json:"-"`
	// VocabSize is the number of token ids, 1 to 2³¹-1. Up to 65,536 a token takes 2 bytes, beyond 4.
	VocabSize int `yaml:"-" json:"-"`
	// EOS is the id of the token that is put behind every document, or NoToken. AddEOS is only the config's wish.
	EOS uint32 `yaml:"-" json:"-"`
	// BOS is the id of the token that is put before every document, or NoToken. AddBOS is only the config's wish.
	BOS uint32 `yaml:"-" json:"-"`
	// Pad is the id of the token that fills sequences up under BestFit; NoToken means EOS, or else BOS.
	Pad uint32 `yaml:"-" json:"-"`
	// LineEnds says by id which tokens end in a newline: BestFit cuts long documents behind them. Nil means that none does.
	LineEnds []bool `yaml:"-" json:"-"`
	// Copies is how many times, 0 to 65,536, a document that is set aside for training is written; nil means once.
	// Documents for validation are always written once. It must be a function of the ref alone.
	Copies func(corpus.Ref) int `yaml:"-" json:"-"`
}

// DefaultOptions are the options of a config that names none. VocabSize stays 0: the build must set it.
func DefaultOptions() Options {
	return Options{Packing: Concat, SequenceLength: 2048, AddEOS: true, Validation: 0.01, TokensPerShard: 64 << 20, MemoryBytes: 64 << 20,
		EOS: NoToken, BOS: NoToken, Pad: NoToken}
}

// Validate checks what a config can set.
func (o Options) Validate() error {
	if o.Packing != Concat && o.Packing != BestFit {
		return corpus.BadOption("packing", "%q is not %s or %s", o.Packing, Concat, BestFit)
	}
	if o.SequenceLength != 0 && (o.SequenceLength < 2 || o.SequenceLength > maxSequence) {
		return corpus.BadOption("sequence_length", "%d is not 0, nor 2 to %d", o.SequenceLength, maxSequence)
	}
	if o.SequenceLength < minBestFit && o.Packing == BestFit {
		return corpus.BadOption("sequence_length", "%d is less than %d, the least for packing %s", o.SequenceLength, minBestFit, BestFit)
	}
	if math.IsNaN(o.Validation) || o.Validation < 0 || o.Validation > 0.5 {
		return corpus.BadOption("validation", "%v is not a share from 0 to 0.5", o.Validation)
	}
	if o.TokensPerShard < 1 || o.TokensPerShard > 1<<35 {
		return corpus.BadOption("tokens_per_shard", "%d is not 1 to %d", o.TokensPerShard, int64(1)<<35)
	}
	if o.MemoryBytes < 1<<20 {
		return corpus.BadOption("memory_bytes", "%d is less than %d", o.MemoryBytes, 1<<20)
	}
	return nil
}

// validate also checks what the build sets.
func (o Options) validate() error {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Packing == BestFit && o.pad() == NoToken {
		return corpus.BadOption("packing", "%s needs a token to pad with, and the tokenizer has none that ends or begins a document", BestFit)
	}
	return o.header(0, 0).validate()
}

// PadToken is the id of the token that fills sequences up, or NoToken when none is padded.
func (o Options) PadToken() uint32 { return o.pad() }

// pad is the token that fills sequences up, or NoToken under Concat.
func (o Options) pad() uint32 {
	switch {
	case o.Packing != BestFit:
		return NoToken
	case o.Pad != NoToken:
		return o.Pad
	case o.EOS != NoToken:
		return o.EOS
	}
	return o.BOS
}

// shardTokens is the number of tokens in every shard but a split's last.
func (o Options) shardTokens() int64 {
	length := int64(o.SequenceLength)
	if length == 0 {
		return o.TokensPerShard
	}
	return max(1, o.TokensPerShard/length) * length
}

// header is the header of a shard that starts at a position of its split.
func (o Options) header(shard int, first int64) Header {
	return Header{TokenBytes: TokenBytes(o.VocabSize), VocabSize: o.VocabSize, EOS: o.EOS, BOS: o.BOS, Pad: o.pad(),
		SequenceLength: o.SequenceLength, Packing: o.Packing, Shard: shard, FirstToken: first}
}
