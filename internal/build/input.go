package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"iter"

	"corpus"
	"corpus/ingest"
	"corpus/internal/manifest"
	"corpus/internal/storage"
)

// input is the source of a unit's documents. It reads the unit's files one after the other, each byte once, and digests what it reads.
type input struct {
	unit PlannedUnit
	part *ingest.Part // where the unit is a part of a file
	read interface{ Add(int64) int64 }
	take func(*corpus.Document) bool // nil: every record

	// What a reading that came to its end has found out.
	files []manifest.File // one for each piece
	seam  *ingest.Seam    // of a part
}

// Documents implements corpus.Source.
func (in *input) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		in.files = nil
		for _, piece := range in.unit.Pieces {
			file, goOn, err := in.piece(ctx, piece, yield)
			if err != nil {
				yield(nil, err)
			}
			if err != nil || !goOn {
				return
			}
			in.files = append(in.files, file)
		}
	}
}

// piece reads one file, or the unit's part of one.
func (in *input) piece(ctx context.Context, piece Piece, yield func(*corpus.Document, error) bool) (file manifest.File, goOn bool, err error) {
	f, err := storage.Open(ctx, piece.Path)
	if err != nil {
		return file, false, err
	}
	defer f.Close()
	if f.Size() != piece.Bytes && piece.Places == nil {
		return file, false, changed(piece, f.Size())
	}
	h := &hashingReader{Reader: f, file: f, hash: sha256.New(), read: in.read, left: piece.Length()}
	if piece.Places != nil {
		ranges := make([]storage.Range, len(piece.Places))
		for i, p := range piece.Places {
			ranges[i] = storage.Range(p)
		}
		ahead := storage.NewPrefetch(ctx, f, ranges)
		defer ahead.Close()
		h.at = ahead
	}
	source, err := in.open(piece, f, h)
	if err != nil {
		return file, false, err
	}
	for d, err := range source.Documents(ctx) {
		if err != nil {
			return file, false, err
		}
		if in.take != nil && !in.take(d) {
			d.Reject(ingest.Stage, ingest.RuleSample, nil)
		}
		if !yield(d, nil) {
			return file, false, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return file, false, err
	}
	if piece.Places == nil {
		if err := h.drain(in.part == nil); err != nil {
			return file, false, fmt.Errorf("%s: %w", piece.Path, err)
		}
		if h.left != 0 || in.part == nil && h.more > 0 {
			return file, false, changed(piece, piece.Offset()+piece.Length()-h.left+h.more)
		}
	}
	if part, ok := source.(*ingest.PartSource); ok {
		seam := part.Seam()
		in.seam = &seam
	}
	return manifest.File{Path: piece.Path, Offset: piece.Offset(), Bytes: piece.Length(), SHA256: hex.EncodeToString(h.hash.Sum(nil))}, true, nil
}

func changed(piece Piece, bytes int64) error {
	return fmt.Errorf("%s: had %d bytes when the build began, now %d: inputs must not change", piece.Path, piece.Bytes, bytes)
}

// open makes the source of a piece's documents, which reads through h.
func (in *input) open(piece Piece, f storage.Reader, h *hashingReader) (corpus.Source, error) {
	if piece.Places != nil {
		return ingest.OpenPlaces(piece.Path, placesReader{h}, piece.Places, in.unit.Source, in.unit.options)
	}
	if in.part == nil {
		return ingest.Open(piece.Path, h, in.unit.Source, in.unit.options)
	}
	lead := in.part.Lead()
	h.skip = in.part.From - lead
	storage.Expect(f, in.part.To)
	var err error
	if h.Reader, err = ReaderFrom(f, lead); err != nil {
		return nil, err
	}
	return ingest.OpenPart(piece.Path, h, *in.part, in.unit.Source, in.unit.options)
}

// ReaderFrom reads a file of which nothing was read yet from an offset on, and nothing before it.
func ReaderFrom(f storage.Reader, offset int64) (io.Reader, error) {
	if offset == 0 {
		return f, nil
	}
	if s, ok := f.(io.Seeker); ok {
		_, err := s.Seek(offset, io.SeekStart)
		return f, err
	}
	return io.NewSectionReader(f, offset, f.Size()-offset), nil
}

// hashingReader counts and digests the bytes of a piece that pass; what is read before and behind them passes too.
type hashingReader struct {
	io.Reader
	file storage.Reader
	at   io.ReaderAt // of places
	hash hash.Hash
	read interface{ Add(int64) int64 }
	skip int64 // bytes before the piece that are still to come
	left int64 // bytes of it
	more int64 // bytes behind it that came
}

func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	mine := p[min(int64(n), h.skip):n]
	h.skip -= int64(n - len(mine))
	h.more += max(0, int64(len(mine))-h.left)
	mine = mine[:min(int64(len(mine)), h.left)]
	h.hash.Write(mine)
	h.left -= int64(len(mine))
	h.read.Add(int64(len(mine)))
	return n, err
}

// drain reads what the source had no use for, and of a whole file one byte more, which should not be there.
func (h *hashingReader) drain(whole bool) error {
	n := h.skip + h.left
	if whole {
		n++
	}
	_, err := io.CopyN(io.Discard, h, n)
	if err == io.EOF {
		err = nil // left says how much is missing
	}
	return err
}

// Size and ReadAt serve formats that are not read from front to back.
func (h *hashingReader) Size() int64 { return h.file.Size() }

func (h *hashingReader) ReadAt(p []byte, offset int64) (int, error) { return h.file.ReadAt(p, offset) }

// placesReader counts and digests the bytes of places, which are read at their offsets and in their order.
type placesReader struct{ *hashingReader }

func (r placesReader) ReadAt(p []byte, offset int64) (int, error) {
	n, err := r.at.ReadAt(p, offset)
	r.hash.Write(p[:n])
	r.read.Add(int64(n))
	return n, err
}
