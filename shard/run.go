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

// A document without tokens is one record behind all others: its key is noTokens, zeros, the ref, zeros; its value is the id.
const noTokens = 2

// Any other document is one chunk, or several when it is longer than a sequence and BestFit cuts it, and a chunk is one record of
// a run or several. The key is the split (0 train, 1 validation), the order hash, the ref, the number of the copy (0 in runs), the
// number of the chunk, and the number of the piece within the chunk, all big-endian: runs merge into
// shuffled order, all of train first. The value is the token width in one byte, flags in the next, the length of the
// id and the sequence length that the document was cut for (0 under Concat) in four each, the position of the chunk in
// the document's tokens in eight, the id, the tokens.
const (
	placeSize     = 1 + 8 + 8 + 4 + 4
	keySize       = placeSize + 4
	valueOverhead = 1 + 1 + 4 + 4 + 8

	pieceEndsChunk    = 1
	chunkEndsDocument = 2
)

// place is where a chunk comes in the corpus: its key without the number of the piece.
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
	return &RunWriter{path: path, opts: opts, sorter: spill.NewSorter(path, spill.Options{MemoryBytes: opts.MemoryBytes, Store: true})}, nil
}

// Add adds a document; order does not matter, but a ref may come only once in all runs.
// A document without tokens is counted and, in Pack, left out. A document that cannot be held (an id of
// more than 65,536 bytes, a token outside the vocabulary) is an error, and then nothing is added.
func (w *RunWriter) Add(d TokenizedDocument) error {
	if w.err != nil {
		return w.err
	}
	if len(d.ID) > maxID {
		return fmt.Errorf("document %q…: id is %d bytes, more than %d", d.ID[:64], len(d.ID), maxID)
	}
	if len(d.Tokens) == 0 {
		w.info.Empty++
		var at place
		at[0] = noTokens
		binary.BigEndian.PutUint64(at[9:], uint64(d.Ref))
		w.key = append(w.key[:0], at[:]...)
		w.key = append(w.key, 0, 0, 0, 0) // no piece
		w.err = w.sorter.Add(w.key, []byte(d.ID))
		return w.err
	}
	if err := checkTokens(d.Tokens, w.opts.VocabSize); err != nil {
		return fmt.Errorf("document %q: %w", d.ID, err)
	}
	var start int
	cut := cutter{opts: &w.opts}
	for chunk := uint32(0); start < len(d.Tokens); chunk++ {
		n := cut.next(d.Tokens[start:])
		if err := w.addChunk(d, chunk, start, start+n); err != nil {
			return err
		}
		start += n
	}
	w.info.Documents++
	w.info.Tokens += int64(len(d.Tokens))
	return nil
}

// addChunk adds the tokens from start to before end of a document as records of at most maxPieceBytes.
func (w *RunWriter) addChunk(d TokenizedDocument, chunk uint32, start, end int) error {
	width := TokenBytes(w.opts.VocabSize)
	at := w.opts.place(d.Ref, 0, chunk)
	w.key = append(w.key[:0], at[:]...)
	var flags byte
	if end == len(d.Tokens) {
		flags = chunkEndsDocument
	}
	for piece, rest := uint32(0), d.Tokens[start:end]; len(rest) > 0; piece++ {
		n := min(len(rest), maxPieceBytes/width)
		if n == len(rest) {
			flags |= pieceEndsChunk
		}
		w.value = append(w.value[:0], byte(width), flags)
		w.value = binary.LittleEndian.AppendUint32(w.value, uint32(len(d.ID)))
		w.value = binary.LittleEndian.AppendUint32(w.value, w.opts.cutLength())
		w.value = binary.LittleEndian.AppendUint64(w.value, uint64(start))
		w.value = append(w.value, d.ID...)
		w.value = appendTokens(w.value, rest[:n], width)
		w.key = binary.BigEndian.AppendUint32(w.key[:placeSize], piece)
		if w.err = w.sorter.Add(w.key, w.value); w.err != nil {
			return w.err
		}
		rest = rest[n:]
	}
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

// place is the place of a chunk of a copy of a document in the corpus.
func (o Options) place(ref corpus.Ref, copy, chunk uint32) (at place) {
	if o.isValidation(ref) {
		at[0] = 1
	}
	binary.BigEndian.PutUint64(at[1:], placed(o.Seed, orderStream, ref, copy, chunk))
	binary.BigEndian.PutUint64(at[9:], uint64(ref))
	binary.BigEndian.PutUint32(at[17:], copy)
	binary.BigEndian.PutUint32(at[21:], chunk)
	return at
}

func (at place) split() byte { return at[0] }

func (at place) ref() corpus.Ref { return corpus.Ref(binary.BigEndian.Uint64(at[9:])) }

func (at place) copy() uint32 { return binary.BigEndian.Uint32(at[17:]) }

func (at place) chunk() uint32 { return binary.BigEndian.Uint32(at[21:]) }

// piece is a chunk of a document, or a part of a long one, as a run holds it. Its slices are the run's.
type piece struct {
	place        place
	number       uint32
	last         bool  // the chunk ends here
	endsDocument bool  // the document ends with the chunk
	start        int64 // position of the chunk in the document's tokens, without the one that begins documents
	id           []byte
	tokens       []byte // little-endian, TokenBytes(VocabSize) bytes each
}

// parse takes a run's record apart. It refuses one that was written under other options.
func (o Options) parse(r spill.Record) (piece, error) {
	if len(r.Key) != keySize || len(r.Value) < valueOverhead {
		return piece{}, fmt.Errorf("record of %d and %d bytes is not a document", len(r.Key), len(r.Value))
	}
	p := piece{place: place(r.Key), number: binary.BigEndian.Uint32(r.Key[placeSize:]),
		last: r.Value[1]&pieceEndsChunk != 0, endsDocument: r.Value[1]&chunkEndsDocument != 0}
	ref := uint64(p.place.ref())
	if p.place != o.place(p.place.ref(), p.place.copy(), p.place.chunk()) {
		return piece{}, fmt.Errorf("document %x was placed under another seed or share for validation", ref)
	}
	width := TokenBytes(o.VocabSize)
	if int(r.Value[0]) != width {
		return piece{}, fmt.Errorf("document %x has %d bytes per token, want %d", ref, r.Value[0], width)
	}
	if cut := binary.LittleEndian.Uint32(r.Value[6:]); cut != o.cutLength() {
		return piece{}, fmt.Errorf("document %x was cut for sequences of %d tokens, want %d (0: not cut)", ref, cut, o.cutLength())
	}
	start := binary.LittleEndian.Uint64(r.Value[10:])
	if start > maxTokens || (start == 0) != (p.place.chunk() == 0) {
		return piece{}, fmt.Errorf("document %x: chunk %d begins at token %d", ref, p.place.chunk(), start)
	}
	p.start = int64(start)
	size, rest := binary.LittleEndian.Uint32(r.Value[2:]), r.Value[valueOverhead:]
	if uint64(size) >= uint64(len(rest)) || (len(rest)-int(size))%width != 0 {
		return piece{}, fmt.Errorf("document %x: %d bytes do not hold an id of %d bytes and whole tokens", ref, len(rest), size)
	}
	p.id, p.tokens = rest[:size], rest[size:]
	return p, nil
}
