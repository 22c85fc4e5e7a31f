package shard

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"corpus"
	"corpus/internal/spill"
)

// TokenizedDocument is a document on its way into a shard.
type TokenizedDocument struct {
	Ref    corpus.Ref
	ID     string
	Tokens []uint32 // without the end-of-document token, which Pack adds
}

const (
	maxID         = 64 << 10  // bytes of a document's id
	maxPieceBytes = 256 << 10 // token bytes of one record of a run: bounds the memory of a merge
)

// A document is one record of a run or several. The key is the split (0 train, 1
// validation), the order hash, the ref, and the number of the piece, all big-endian: runs
// merge into shuffled order, all of train first. The value is the token width in one byte, 1 for a
// document's last piece or 0 in the next, the length of the id in four, the id, the tokens.
const (
	placeSize     = 1 + 8 + 8
	keySize       = placeSize + 4
	valueOverhead = 1 + 1 + 4
)

// place is where a document comes in the corpus: its key without the number of the piece.
type place [placeSize]byte

// RunWriter collects the tokenised documents of a part of the corpus, usually one
// unit of work, and writes them as one sorted run for Pack. Not safe for concurrent use.
type RunWriter struct {
	path   string
	opts   Options
	sorter *spill.Sorter
	info   RunInfo
	key    []byte
	value  []byte
	err    error // the first failure of the sorter
}

// RunInfo counts what a run holds.
type RunInfo struct {
	Documents int64 // documents in the run
	Tokens    int64 // their tokens, without end-of-document tokens
	Empty     int64 // documents left out because they had no token
	Bytes     int64 // size of the run file
}

// NewRunWriter starts a run that will lie at path. All runs of one Pack, and Pack itself, take the same options.
func NewRunWriter(path string, opts Options) (*RunWriter, error) {
	if err := opts.validate(); err != nil {
		return nil, err
	}
	return &RunWriter{path: path, opts: opts, sorter: spill.NewSorter(path, spill.Options{MemoryBytes: opts.MemoryBytes})}, nil
}

// Add adds a document; order does not matter, but a ref may come only once in all runs.
// A document without tokens is counted and left out. A document that cannot be held (an id of
// more than 65,536 bytes, a token outside the vocabulary) is an error, and then nothing is added.
func (w *RunWriter) Add(d TokenizedDocument) error {
	if w.err != nil {
		return w.err
	}
	if len(d.Tokens) == 0 {
		w.info.Empty++
		return nil
	}
	if len(d.ID) > maxID {
		return fmt.Errorf("document %q…: id is %d bytes, more than %d", d.ID[:64], len(d.ID), maxID)
	}
	if err := checkTokens(d.Tokens, w.opts.VocabSize); err != nil {
		return fmt.Errorf("document %q: %w", d.ID, err)
	}
	width := TokenBytes(w.opts.VocabSize)
	at := w.opts.place(d.Ref)
	w.key = append(w.key[:0], at[:]...)
	for piece, rest := uint32(0), d.Tokens; len(rest) > 0; piece++ {
		n := min(len(rest), maxPieceBytes/width)
		w.value = append(w.value[:0], byte(width), 0)
		if n == len(rest) {
			w.value[1] = 1
		}
		w.value = binary.LittleEndian.AppendUint32(w.value, uint32(len(d.ID)))
		w.value = append(w.value, d.ID...)
		w.value = appendTokens(w.value, rest[:n], width)
		w.key = binary.BigEndian.AppendUint32(w.key[:placeSize], piece)
		if w.err = w.sorter.Add(w.key, w.value); w.err != nil {
			return w.err
		}
		rest = rest[n:]
	}
	w.info.Documents++
	w.info.Tokens += int64(len(d.Tokens))
	return nil
}

// Close sorts what was added and writes the run; after an error, that of the context among them, none is left.
func (w *RunWriter) Close(ctx context.Context) (RunInfo, error) {
	if w.err != nil {
		w.sorter.Abort()
		return RunInfo{}, w.err
	}
	w.err = errors.New("run writer is closed")
	info, err := w.sorter.Close(ctx)
	if err != nil {
		w.sorter.Abort()
		return RunInfo{}, err
	}
	w.info.Bytes = info.Bytes
	return w.info, nil
}

// Abort removes whatever was written.
func (w *RunWriter) Abort() {
	w.sorter.Abort()
	w.err = errors.New("run writer is closed")
}

// place is the place of a document in the corpus.
func (o Options) place(ref corpus.Ref) (at place) {
	if o.isValidation(ref) {
		at[0] = 1
	}
	binary.BigEndian.PutUint64(at[1:], hash(o.Seed, orderStream, ref))
	binary.BigEndian.PutUint64(at[9:], uint64(ref))
	return at
}

func (at place) split() byte { return at[0] }

func (at place) ref() corpus.Ref { return corpus.Ref(binary.BigEndian.Uint64(at[9:])) }

// end is the first key behind the document's pieces.
func (at place) end() []byte { return append(at[:], 0xFF, 0xFF, 0xFF, 0xFF, 0) }

// piece is a document, or a part of a long one, as a run holds it. Its slices are the run's.
type piece struct {
	place  place
	number uint32
	last   bool // the document ends here
	id     []byte
	tokens []byte // little-endian, TokenBytes(VocabSize) bytes each
}

// parse takes a run's record apart. It refuses one that was written under other options.
func (o Options) parse(r spill.Record) (piece, error) {
	if len(r.Key) != keySize || len(r.Value) < valueOverhead {
		return piece{}, fmt.Errorf("record of %d and %d bytes is not a document", len(r.Key), len(r.Value))
	}
	p := piece{place: place(r.Key), number: binary.BigEndian.Uint32(r.Key[placeSize:]), last: r.Value[1] == 1}
	ref := uint64(p.place.ref())
	if p.place != o.place(p.place.ref()) {
		return piece{}, fmt.Errorf("document %x was placed under another seed or share for validation", ref)
	}
	width := TokenBytes(o.VocabSize)
	if int(r.Value[0]) != width {
		return piece{}, fmt.Errorf("document %x has %d bytes per token, want %d", ref, r.Value[0], width)
	}
	size, rest := binary.LittleEndian.Uint32(r.Value[2:]), r.Value[valueOverhead:]
	if uint64(size) >= uint64(len(rest)) || (len(rest)-int(size))%width != 0 {
		return piece{}, fmt.Errorf("document %x: %d bytes do not hold an id of %d bytes and whole tokens", ref, len(rest), size)
	}
	p.id, p.tokens = rest[:size], rest[size:]
	return p, nil
}
