package shard

import (
	"math"

	"corpus"
)

// Options says how documents are packed into shards. The fields that a config does not
// carry come from the build: the seed from its own key, the rest from the tokenizer.
type Options struct {
	// Validation is the share of documents set aside for validation, 0 to 0.5 (default 0.01). Above 0, at least one of two or more documents is set aside.
	Validation float64 `yaml:"validation" jsonschema_description:"Validation is the share of documents set aside for validation, 0 to 0.5 (default 0.01). Above 0, at least one of two or more documents is set aside."`
	// TokensPerShard is the number of tokens in every shard but a split's last, 1 to 2³⁵ (default 67108864).
	TokensPerShard int64 `yaml:"tokens_per_shard" jsonschema_description:"TokensPerShard is the number of tokens in every shard but a split's last, 1 to 2³⁵ (default 67108864)."`
	// MemoryBytes is the memory that sorting may use, in bytes, 1048576 or more (default 67108864). It does not change the output.
	MemoryBytes int64 `yaml:"memory_bytes" jsonschema_description:"MemoryBytes is the memory that sorting may use, in bytes, 1048576 or more (default 67108864). It does not change the output."`

	// Seed decides the order of documents and which are set aside.
	Seed uint64 `yaml:"-" json:"-"`
	// VocabSize is the number of token ids, 1 to 2³¹-1. Up to 65,536 a token takes 2 bytes, beyond 4.
	VocabSize int `yaml:"-" json:"-"`
	// EOS is the id of the token that is put behind every document, or NoEOS.
	EOS uint32 `yaml:"-" json:"-"`
}

// DefaultOptions are the options of a config that names none. VocabSize stays 0: the build must set it.
func DefaultOptions() Options {
	return Options{Validation: 0.01, TokensPerShard: 64 << 20, MemoryBytes: 64 << 20, EOS: NoEOS}
}

// Validate checks what a config can set.
func (o Options) Validate() error {
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
	return o.header(0, 0).validate()
}

// header is the header of a shard that starts at a position of its split.
func (o Options) header(shard int, first int64) Header {
	return Header{TokenBytes: TokenBytes(o.VocabSize), VocabSize: o.VocabSize, EOS: o.EOS, Shard: shard, FirstToken: first}
}
