package convert

import (
	"iter"

	"corpus/shard"
)

// sequence is a row of the formats that have sequences.
type sequence struct {
	tokens    []uint32
	documents []int32 // where documents, or pieces of them, begin; the first is 0
	length    int     // tokens before padding
}

// sequences yields the sequences of the split, each good until the next. An error comes last.
func (j *job) sequences() iter.Seq2[sequence, error] {
	return func(yield func(sequence, error) bool) {
		length := int64(j.length)
		block := max(1, j.lim.tokens/length) * length
		buf := make([]uint32, block)
		var s sequence
		for at := int64(0); at < j.set.Tokens(); at += block {
			tokens := buf[:min(block, j.set.Tokens()-at)]
			boundaries, err := j.block(tokens, at)
			if err != nil {
				yield(s, err)
				return
			}
			for from := int64(0); from < int64(len(tokens)); from += length {
				s.tokens = tokens[from:min(from+length, int64(len(tokens)))]
				boundaries = s.place(at+from, boundaries, j.set.Packing() == shard.BestFit)
				j.record.Sequences++
				j.record.Tokens += int64(len(s.tokens))
				j.progress.add(int64(len(s.tokens)))
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

// block reads tokens and their boundaries.
func (j *job) block(tokens []uint32, at int64) ([]shard.Boundary, error) {
	if err := j.ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := j.set.Read(tokens, at); err != nil {
		return nil, err
	}
	return j.set.Boundaries(at, at+int64(len(tokens)))
}

// place fills in documents and length of a sequence that begins at a position, and returns the boundaries behind it. Under Concat a
// boundary at which no document begins is where another sequence or shard did, and the document goes on; under BestFit it
// begins a piece of a document whose beginning is elsewhere.
func (s *sequence) place(at int64, boundaries []shard.Boundary, pieces bool) []shard.Boundary {
	s.documents, s.length = append(s.documents[:0], 0), len(s.tokens)
	for ; len(boundaries) > 0 && boundaries[0].Token < at+int64(len(s.tokens)); boundaries = boundaries[1:] {
		b := boundaries[0]
		switch {
		case b.Token <= at: // padding never begins a sequence
		case b.Padding:
			s.length = int(b.Token - at)
		case b.Begin || pieces:
			s.documents = append(s.documents, int32(b.Token-at))
		}
	}
	return boundaries
}
