package shard

import (
	"context"
	"errors"
	"iter"
	"maps"
	"path/filepath"
	"slices"

	"corpus"
)

// IndexName is the name of the index in a folder of shards.
const IndexName = "index.parquet"

var indexFormat = tableFormat{what: "shard index", key: "corpus.shard-index", version: "2", sorted: "position"}

// IndexRow says that a stretch of a shard is a stretch of a copy of a document. Rows are sorted by split and position,
// which is by split, shard and first token too. A stretch never crosses the end of a sequence; padding has no row.
type IndexRow struct {
	Document      string `parquet:"document"`            // the document's id
	Unit          uint32 `parquet:"unit"`                // index of the unit that it came from
	Index         uint32 `parquet:"index"`               // its index among the documents kept from that unit
	Copy          uint32 `parquet:"copy,dict"`           // which of its copies, 0 for the first
	Split         string `parquet:"split,dict"`          // Train or Validation
	Shard         int32  `parquet:"shard,delta"`         // index of the shard within the split
	Sequence      int64  `parquet:"sequence,delta"`      // number of the sequence within the split, from 0; -1 without sequences
	Position      int64  `parquet:"position,delta"`      // position of the stretch in the split: the shard's first token and FirstToken
	FirstToken    int64  `parquet:"first_token,delta"`   // position of the stretch in the shard
	Length        int64  `parquet:"length,delta"`        // tokens of the stretch, with the tokens that mark the document's beginning and end
	DocumentToken int64  `parquet:"document_token,dict"` // position of the stretch in the document
}

// Ref is the document's ref.
func (r IndexRow) Ref() corpus.Ref { return corpus.MakeRef(int(r.Unit), int(r.Index)) }

// indexWriter writes index.parquet from rows in its order, and documents.parquet from the same rows and
// from the documents that are in no shard.
type indexWriter struct {
	index     *tableWriter[IndexRow]
	documents *documentsWriter
	split     string // of the row before
	units     map[int]*UnitCounts
}

// UnitCounts counts what the shards have of a unit.
type UnitCounts struct {
	Unit                              int
	TrainDocuments, TrainTokens       int64 // of the first copies; tokens with those that mark beginnings and ends
	RepeatedDocuments, RepeatedTokens int64 // of all other copies
	ValDocuments, ValTokens           int64
	Empty, LeftOut                    int64 // documents in no shard: without tokens, and left out by the mixture
}

func (w *indexWriter) unit(number uint32) *UnitCounts {
	u := w.units[int(number)]
	if u == nil {
		u = &UnitCounts{Unit: int(number)}
		w.units[int(number)] = u
	}
	return u
}

// counts are those of all units with documents, in the order of their numbers.
func (w *indexWriter) counts() []UnitCounts {
	list := make([]UnitCounts, 0, len(w.units))
	for _, number := range slices.Sorted(maps.Keys(w.units)) {
		list = append(list, *w.units[number])
	}
	return list
}

func (u *UnitCounts) add(r IndexRow) {
	documents, tokens := &u.TrainDocuments, &u.TrainTokens
	switch {
	case r.Split == Validation:
		documents, tokens = &u.ValDocuments, &u.ValTokens
	case r.Copy > 0:
		documents, tokens = &u.RepeatedDocuments, &u.RepeatedTokens
	}
	if r.DocumentToken == 0 {
		*documents++
	}
	*tokens += r.Length
}

// createIndex starts both files in a folder of shards.
func createIndex(dir string, memory int64, open createFunc) (*indexWriter, error) {
	index, err := createTable[IndexRow](filepath.Join(dir, IndexName), indexFormat, open)
	if err != nil {
		return nil, err
	}
	return &indexWriter{index: index, documents: newDocumentsWriter(dir, memory, open), units: map[int]*UnitCounts{}}, nil
}

func (w *indexWriter) add(r IndexRow) error {
	if r.Split != w.split { // so that positions ascend within a row group
		if err := w.index.endGroup(); err != nil {
			return err
		}
		w.split = r.Split
	}
	w.unit(r.Unit).add(r)
	return errors.Join(w.index.add(r), w.documents.add(DocumentRow{
		Document: r.Document, Unit: r.Unit, Index: r.Index, Copy: r.Copy, DocumentToken: r.DocumentToken, Length: r.Length,
		Split: r.Split, Shard: r.Shard, Sequence: r.Sequence, Position: r.Position, FirstToken: r.FirstToken,
	}))
}

// leaveOut notes a document that is in no shard, and why: LeftOutEmpty or LeftOutMixture.
func (w *indexWriter) leaveOut(id []byte, ref corpus.Ref, why string) error {
	if u := w.unit(uint32(ref.Unit())); why == LeftOutEmpty {
		u.Empty++
	} else {
		u.LeftOut++
	}
	return w.documents.add(DocumentRow{
		Document: string(id), Unit: uint32(ref.Unit()), Index: uint32(ref.Index()), LeftOut: why,
		Shard: -1, Sequence: -1, Position: -1, FirstToken: -1,
	})
}

// close gives both files their names, the index last.
func (w *indexWriter) close(ctx context.Context) error {
	if err := w.documents.close(ctx); err != nil {
		return err
	}
	return w.index.close()
}

func (w *indexWriter) abort() {
	w.documents.abort()
	w.index.abort()
}

func openIndex(path string) (*table[IndexRow], error) { return openTable[IndexRow](path, indexFormat) }

// IndexRows yields the rows of an index in order. A non-nil error comes last.
func IndexRows(path string) iter.Seq2[IndexRow, error] {
	return func(yield func(IndexRow, error) bool) {
		x, err := openIndex(path)
		if err != nil {
			yield(IndexRow{}, err)
			return
		}
		defer x.close()
		x.all()(yield)
	}
}
