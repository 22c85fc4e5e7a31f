// Package convert writes packed shards in the formats of other trainers: llm.c, nanoGPT, NumPy, Megatron-LM, MosaicML MDS and
// Parquet.
//
// Invariants:
//   - The bytes depend on the shards and the options alone.
//   - Every shard is checked whole, as shard.File's Verify does, before a token of it is written.
//   - No format is given what its readers would take for something else: ids that do not fit are refused, and padding goes only
//     where a reader can tell it from text.
//   - A file appears under its own name only once it is whole and synced, convert.json last of all. After an error nothing is left.
//
// One call converts a folder of shards:
//
//	record, err := convert.Convert(ctx, "out/shards", "megatron", convert.Options{Format: "megatron"})
package convert

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"corpus"
	"corpus/shard"
)

// All stands for both splits.
const All = "all"

// Options say what is written.
type Options struct {
	// Format is the name of one of Formats.
	Format string
	// Split is shard.Train, shard.Validation or All; "" means All, with what there is of the two.
	Split string
	// SequenceLength is the number of tokens of a sequence in a format that has sequences, 2 to 1048576; 0 means that of the
	// shards. Another than theirs can be had only of shards packed by shard.Concat.
	SequenceLength int
	// Progress, if not nil, is called now and then with the tokens done: each is checked, and then written.
	Progress func(done, total int64)
}

// Format is a way to write shards.
type Format struct {
	Name string
	Text string // what it is, for people

	sequences bool // rows are the sequences of the shards, or of another length
	write     func(*job) error
}

// Formats lists what Options.Format may be.
func Formats() []Format {
	return []Format{
		{Name: "llmc", Text: "llm.c, a file for each shard", write: (*job).writeLLMC},
		{Name: "nanogpt", Text: "nanoGPT, 16-bit ids and nothing else", write: (*job).writeNanoGPT},
		{Name: "npy", Text: "NumPy, one array for each split", write: (*job).writeNPY},
		{Name: "megatron", Text: "Megatron-LM, .bin and .idx with documents", write: (*job).writeMegatron},
		{Name: "mds", Text: "MosaicML Streaming, a sample for each sequence", sequences: true, write: (*job).writeMDS},
		{Name: "parquet", Text: "Parquet, a row for each sequence with input_ids", sequences: true, write: (*job).writeParquet},
	}
}

// limits bound files and memory.
type limits struct {
	mdsBytes      int64 // of an MDS shard, which is held in memory
	parquetTokens int64 // of a Parquet file
	tokens        int64 // read at once, and those whose boundaries are read at once
}

// defaultLimits: 64 MiB is what MosaicML's own writer has.
var defaultLimits = limits{mdsBytes: 1 << 26, parquetTokens: 1 << 26, tokens: 64 << 10}

// maxSequence is the longest sequence, as in a config.
const maxSequence = 1 << 20

// Convert writes the shards of a folder into the folder out, which is made, or is empty. The error wraps shard.ErrNoShards when
// there is nothing to convert, and is a corpus.OptionError for an option that cannot be.
func Convert(ctx context.Context, dir, out string, o Options) (Record, error) {
	return convert(ctx, dir, out, o, defaultLimits)
}

func convert(ctx context.Context, dir, out string, o Options, lim limits) (record Record, err error) {
	format, splits, err := o.check()
	if err != nil {
		return Record{}, err
	}
	sets, err := openSets(dir, splits)
	defer func() {
		for _, s := range sets {
			s.set.Close()
		}
	}()
	if err != nil {
		return Record{}, err
	}
	length, err := o.length(format, sets[0].set)
	if err != nil {
		return Record{}, fmt.Errorf("%s: %w", dir, err)
	}
	folder, err := openFolder(out)
	if err != nil {
		return Record{}, err
	}
	defer func() {
		if err != nil {
			folder.remove()
		}
	}()
	p := newProgress(sets, o.Progress)
	record = newRecord(format.Name, sets[0].set, length)
	for _, s := range sets {
		j := &job{ctx: ctx, set: s.set, split: s.split, length: length, lim: lim, folder: folder, progress: p}
		if err := j.run(format); err != nil {
			return Record{}, err
		}
		record.Splits = append(record.Splits, j.record)
	}
	return record, folder.writeRecord(record)
}

// check finds the format and the splits.
func (o Options) check() (Format, []string, error) {
	splits := []string{o.Split}
	switch o.Split {
	case "", All:
		splits = []string{shard.Train, shard.Validation}
	case shard.Train, shard.Validation:
	default:
		return Format{}, nil, corpus.BadOption("split", "unknown split %q (known: %s, %s, %s)", o.Split, shard.Train, shard.Validation, All)
	}
	if o.SequenceLength != 0 && (o.SequenceLength < 2 || o.SequenceLength > maxSequence) {
		return Format{}, nil, corpus.BadOption("sequence_length", "%d is not within 2 to %d", o.SequenceLength, maxSequence)
	}
	var names []string
	for _, f := range Formats() {
		if f.Name != o.Format {
			names = append(names, f.Name)
			continue
		}
		if o.SequenceLength != 0 && !f.sequences {
			return Format{}, nil, corpus.BadOption("sequence_length", "%s has no sequences", f.Name)
		}
		return f, splits, nil
	}
	return Format{}, nil, corpus.BadOption("format", "unknown format %q (known: %s)", o.Format, strings.Join(names, ", "))
}

// length is that of the sequences to write; 0 in a format without.
func (o Options) length(f Format, s *shard.Set) (int, error) {
	own := s.SequenceLength()
	switch {
	case !f.sequences:
		return 0, nil
	case o.SequenceLength == 0 && own == 0:
		return 0, errors.New("the shards have no sequences: say how long those in the output shall be (sequence length)")
	case o.SequenceLength == 0 || o.SequenceLength == own:
		return own, nil
	case s.Packing() != shard.Concat:
		return 0, fmt.Errorf("documents were fitted into sequences of %d tokens: they cannot be cut into others of %d", own, o.SequenceLength)
	}
	return o.SequenceLength, nil
}

// splitSet is the shards of a split.
type splitSet struct {
	split string
	set   *shard.Set
}

// openSets opens the splits that there are; one at least. What it returns is open, after an error too.
func openSets(dir string, splits []string) (sets []splitSet, err error) {
	for _, split := range splits {
		s, err := shard.OpenSet(dir, split)
		if errors.Is(err, shard.ErrNoShards) && len(splits) > 1 {
			continue
		}
		if err != nil {
			return sets, err
		}
		sets = append(sets, splitSet{split, s})
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("%w in %s", shard.ErrNoShards, dir)
	}
	if len(sets) == 2 {
		return sets, agree(dir, sets[0].set, sets[1].set)
	}
	return sets, nil
}

// agree says whether two splits have one vocabulary and one packing. Their headers differ in what is of the file alone.
func agree(dir string, a, b *shard.Set) error {
	of := func(s *shard.Set) shard.Header {
		h := s.Files()[0].Header()
		return shard.Header{TokenBytes: h.TokenBytes, Packing: h.Packing, VocabSize: h.VocabSize, EOS: h.EOS, BOS: h.BOS, Pad: h.Pad, SequenceLength: h.SequenceLength}
	}
	if of(a) != of(b) {
		return fmt.Errorf("%s: the splits differ in vocabulary or packing: they are not of one build", filepath.Clean(dir))
	}
	return nil
}
