package shard

import (
	"context"
	"fmt"
	"iter"

	"corpus/internal/spill"
)

// sequence is the documents of all runs in the order of the corpus.
type sequence struct {
	opts Options
	runs []*spill.Run
}

// pieces yields the pieces with from <= key < to, and checks that the chunks are
// whole and their refs unique. An error is yielded last.
func (s sequence) pieces(ctx context.Context, from, to []byte) iter.Seq2[piece, error] {
	return func(yield func(piece, error) bool) {
		var last piece
		begun := false
		for record, err := range spill.Merge(s.runs, from, to) {
			if err == nil {
				err = ctx.Err()
			}
			var p piece
			if err == nil {
				p, err = s.opts.parse(record)
			}
			if err == nil && begun {
				err = last.checkNext(p)
			}
			if err == nil && !begun && p.number != 0 {
				err = fmt.Errorf("document %q: chunk %d has no beginning", p.id, p.place.chunk())
			}
			if err != nil {
				yield(piece{}, err)
				return
			}
			if !yield(p, nil) {
				return
			}
			last.place, last.number, last.last, begun = p.place, p.number, p.last, true
		}
		if begun && !last.last {
			yield(piece{}, fmt.Errorf("document %x: chunk %d has no end", uint64(last.place.ref()), last.place.chunk()))
		}
	}
}

// checkNext says why a piece cannot come after p.
func (p piece) checkNext(next piece) error {
	if p.place == next.place && (p.last || next.number != p.number+1) {
		return fmt.Errorf("document %q: its ref %x comes twice", next.id, uint64(next.place.ref()))
	}
	if p.place != next.place && (!p.last || next.number != 0) {
		return fmt.Errorf("document %q comes before document %x has ended, or without its beginning", next.id, uint64(p.place.ref()))
	}
	return nil
}

// split yields the pieces of one split, moved being a place of the document that changed sides, nil when none did.
func (s sequence) split(ctx context.Context, split byte, moved *place) iter.Seq2[piece, error] {
	from := split
	if moved != nil && moved.split() != split {
		from = moved.split() // the document is alone in its new split
	}
	return func(yield func(piece, error) bool) {
		for p, err := range s.pieces(ctx, []byte{from}, []byte{from + 1}) {
			if err == nil && moved != nil && (p.place.ref() == moved.ref()) == (from == split) {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// empty yields the refs and ids of the documents without tokens. An error is yielded last.
func (s sequence) empty(ctx context.Context) iter.Seq2[piece, error] {
	return func(yield func(piece, error) bool) {
		for record, err := range spill.Merge(s.runs, []byte{noTokens}, nil) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && len(record.Key) != keySize {
				err = fmt.Errorf("record of %d and %d bytes is not a document", len(record.Key), len(record.Value))
			}
			if err != nil {
				yield(piece{}, err)
				return
			}
			if !yield(piece{place: place(record.Key[:placeSize]), last: true, id: record.Value}, nil) {
				return
			}
		}
	}
}

// moved finds the document that changes sides so that no split is left empty, or nil.
//
// Its rule: when a share is set aside and there are two documents or more, but none is in
// the share, the document with the smallest validation hash goes to validation.
// When all are in the share, the one with the largest goes to train. So
// validation is in every case the documents with the smallest hashes, however many. A
// single document is for training.
//
// It reads all keys, but only when a split is empty, which a large corpus never has.
func (s sequence) moved(ctx context.Context) (*place, error) {
	var any [2]bool
	for split := range any {
		for _, err := range s.pieces(ctx, []byte{byte(split)}, []byte{byte(split) + 1}) {
			if err != nil {
				return nil, err
			}
			any[split] = true
			break
		}
	}
	switch {
	case any[0] == any[1], !any[1] && s.opts.Validation == 0:
		return nil, nil
	case any[1]:
		at, _, err := s.extreme(ctx, func(a, b uint64) bool { return a > b })
		return at, err
	}
	at, documents, err := s.extreme(ctx, func(a, b uint64) bool { return a < b })
	if documents < 2 {
		return nil, err
	}
	return at, err
}

// extreme finds the document whose validation hash comes first by a strict order, and counts documents.
func (s sequence) extreme(ctx context.Context, before func(a, b uint64) bool) (*place, int64, error) {
	var best *place
	var bestHash uint64
	var documents int64
	for p, err := range s.pieces(ctx, nil, []byte{noTokens}) {
		if err != nil {
			return nil, 0, err
		}
		if p.number != 0 || p.place.chunk() != 0 {
			continue
		}
		documents++
		if h := hash(s.opts.Seed, validationStream, p.place.ref()); best == nil || before(h, bestHash) {
			at := p.place
			best, bestHash = &at, h
		}
	}
	return best, documents, nil
}
