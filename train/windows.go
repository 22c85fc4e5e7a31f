package train

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"corpus"
	"corpus/shard"
)

// tokenReader is one split as one long sequence; *shard.Set is one. Read fills dst from a
// position on; fewer tokens than asked for come with an error.
type tokenReader interface {
	Tokens() int64
	Read(dst []uint32, from int64) (int, error)
}

// paddedReader is a split whose documents were packed into sequences that are padded; *shard.Set is one
// when its packing is shard.BestFit. Nothing is predicted across the end of a sequence, nor is padding.
type paddedReader interface {
	tokenReader
	Packing() string
	SequenceLength() int
	// Boundaries says where the stretches begin that hold the tokens from one position to before another.
	Boundaries(from, to int64) ([]shard.Boundary, error)
}

// windows cuts a split into windows of length+1 tokens that overlap by one: window w begins
// at token w·length. The tokens behind the last whole window are not used.
//
// A split that is packed by best fit is cut at the ends of its sequences, of which length must be a divisor. The last target of a
// sequence, which lies in the next one, is ignored, and so is padding.
type windows struct {
	source tokenReader
	padded paddedReader // source, or nil when it has no padding
	length int
	vocab  int
	count  int64
	buffer []uint32
}

func newWindows(source tokenReader, length, vocab int) (*windows, error) {
	s := &windows{source: source, length: length, vocab: vocab,
		count: max(0, (source.Tokens()-1)/int64(length)), buffer: make([]uint32, length+1)}
	if p, ok := source.(paddedReader); ok && p.Packing() == shard.BestFit {
		if sequence := p.SequenceLength(); sequence%length != 0 {
			return nil, corpus.BadOption("sequence", "%d is no divisor of %d, the length of the sequences into which the shards were packed by best fit", length, sequence)
		}
		s.padded, s.count = p, source.Tokens()/int64(length)
	}
	return s, nil
}

// read puts window w at place i of the batch.
func (s *windows) read(b *batch, i int, w int64) error {
	at := w * int64(s.length)
	want := s.buffer
	if s.padded != nil && at+int64(len(want)) > s.source.Tokens() {
		want[s.length] = 0 // the last sequence of all has no token behind it
		want = want[:s.length]
	}
	if n, err := s.source.Read(want, at); n < len(want) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("tokens %d to %d: %w", at, at+int64(len(want)), err)
	}
	for j, id := range s.buffer {
		if int64(id) >= int64(s.vocab) {
			return fmt.Errorf("token %d is id %d: the vocabulary has %d", at+int64(j), id, s.vocab)
		}
	}
	copy(b.inputs[i*s.length:], s.buffer[:s.length])
	copy(b.targets[i*s.length:], s.buffer[1:])
	if s.padded == nil {
		return nil
	}
	return s.ignore(b.ignored[i*s.length:][:s.length], at)
}

// ignore says which targets of the window at a position are not predicted: target j is the token at position at+j+1.
func (s *windows) ignore(ignored []bool, at int64) error {
	clear(ignored)
	from, to := at+1, at+1+int64(s.length)
	if sequence := int64(s.padded.SequenceLength()); (at+int64(s.length))%sequence == 0 {
		ignored[s.length-1] = true
		to--
	}
	stretches, err := s.padded.Boundaries(from, to)
	if err != nil {
		return err
	}
	for i, b := range stretches {
		until := to
		if i+1 < len(stretches) {
			until = stretches[i+1].Token
		}
		for t := max(b.Token, from); b.Padding && t < until; t++ {
			ignored[t-from] = true
		}
	}
	return nil
}

// newBatch allocates a batch of n windows.
func (s *windows) newBatch(n int) batch {
	b := batch{inputs: make([]uint32, n*s.length), targets: make([]uint32, n*s.length), length: s.length}
	if s.padded != nil {
		b.ignored = make([]bool, n*s.length)
	}
	return b
}

// shuffled fills the batch with the windows at places from, from+1, … of the endless sequence
// of epochs, each a permutation of all windows of its own.
func (s *windows) shuffled(b *batch, seed uint64, from int64) error {
	for i := range b.sequences() {
		place := from + int64(i)
		epoch := uint64(place / s.count)
		order := newPermutation(seed, shuffleStream+epoch, uint64(s.count))
		if err := s.read(b, i, int64(order.at(uint64(place%s.count)))); err != nil {
			return err
		}
	}
	return nil
}

// spread yields batches of up to size windows out of want, at even distances over the split: the
// same ones every time.
func (s *windows) spread(want int64, size int, do func(batch) error) error {
	want = min(want, s.count)
	all := s.newBatch(size)
	for first := int64(0); first < want; first += int64(size) {
		n := int(min(int64(size), want-first))
		b := batch{inputs: all.inputs[:n*s.length], targets: all.targets[:n*s.length], length: s.length}
		if s.padded != nil {
			b.ignored = all.ignored[:n*s.length]
		}
		for i := range n {
			// The quotient and the rest apart, so that the product stays small.
			j := first + int64(i)
			if err := s.read(&b, i, s.count/want*j+s.count%want*j/want); err != nil {
				return err
			}
		}
		if err := do(b); err != nil {
			return err
		}
	}
	return nil
}

// digest tells one corpus from another: the CRC-32C of up to 64 stretches of 1,024 tokens at even distances.
func digest(source tokenReader) (string, error) {
	const stretches, length = 64, 1024
	tokens, sum := make([]uint32, length), uint32(0)
	total := source.Tokens()
	for i := range int64(stretches) {
		from := total/stretches*i + total%stretches*i/stretches
		n := min(int64(length), total-from)
		if got, err := source.Read(tokens[:n], from); int64(got) < n {
			return "", fmt.Errorf("tokens %d to %d: %w", from, from+n, err)
		}
		var b [4]byte
		for _, id := range tokens[:n] {
			binary.LittleEndian.PutUint32(b[:], id)
			sum = crc32.Update(sum, castagnoli, b[:])
		}
	}
	return fmt.Sprintf("crc32c:%08x", sum), nil
}

// dataset is what a run reads: the training split and, if there is one, the validation split.
type dataset struct {
	train, validation tokenReader // validation is nil when there is none
	vocab             int
	eos               *uint32
	digest            string // of the training split
	close             func() error
}

// openDataset opens a folder of shards.
func openDataset(dir string) (*dataset, error) {
	set, err := shard.OpenSet(dir, "train")
	if err != nil {
		return nil, err
	}
	d := &dataset{train: set, vocab: set.VocabSize(), close: set.Close}
	if id, ok := set.EOS(); ok {
		d.eos = &id
	}
	validation, err := shard.OpenSet(dir, "val")
	switch {
	case errors.Is(err, shard.ErrNoShards):
	case err != nil:
		return nil, errors.Join(err, set.Close())
	default:
		d.validation = validation
		d.close = func() error { return errors.Join(set.Close(), validation.Close()) }
		if validation.VocabSize() != d.vocab {
			return nil, errors.Join(fmt.Errorf("%s: the validation split has %d ids in its vocabulary, the training split %d",
				dir, validation.VocabSize(), d.vocab), d.close())
		}
	}
	if d.digest, err = digest(set); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), d.close())
	}
	return d, nil
}
