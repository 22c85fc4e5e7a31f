package shard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"corpus"
	"corpus/internal/spill"
	"corpus/internal/storage"
)

// DocumentsName is the name of the table of documents in a folder of shards.
const DocumentsName = "documents.parquet"

// Why a document that was kept is in no shard.
const (
	LeftOutEmpty   = "empty"   // the tokenizer made no token of it
	LeftOutMixture = "mixture" // the mixture takes a part of its source, and not this document
)

var documentsFormat = tableFormat{what: "table of documents", key: "corpus.shard-documents", version: "1", sorted: "document"}

// DocumentRow is a row of the table of documents: where a stretch of a document is, or why the document is in no shard. Rows are
// sorted by document, unit, index, copy and document token. Every kept document has one row or more.
type DocumentRow struct {
	Document      string `parquet:"document"`            // the document's id
	Unit          uint32 `parquet:"unit"`                // index of the unit that it came from
	Index         uint32 `parquet:"index"`               // its index among the documents kept from that unit
	Copy          uint32 `parquet:"copy,dict"`           // which of its copies, 0 for the first
	DocumentToken int64  `parquet:"document_token,dict"` // position of the stretch in the document
	Length        int64  `parquet:"length,delta"`        // tokens of the stretch; 0 where the document is in no shard
	Split         string `parquet:"split,dict"`          // Train or Validation; "" where the document is in no shard
	Shard         int32  `parquet:"shard,delta"`         // this and the next three as in the index; -1 where the document is in no shard
	Sequence      int64  `parquet:"sequence,delta"`      //
	Position      int64  `parquet:"position,delta"`      //
	FirstToken    int64  `parquet:"first_token,delta"`   //
	LeftOut       string `parquet:"left_out,dict"`       // "", or why the document is in no shard: LeftOutEmpty or LeftOutMixture
}

// Ref is the document's ref.
func (r DocumentRow) Ref() corpus.Ref { return corpus.MakeRef(int(r.Unit), int(r.Index)) }

// IndexRow is the row of the index that says the same; of a document in no shard there is none.
func (r DocumentRow) IndexRow() IndexRow {
	return IndexRow{
		Document: r.Document, Unit: r.Unit, Index: r.Index, Copy: r.Copy, Split: r.Split, Shard: r.Shard, Sequence: r.Sequence,
		Position: r.Position, FirstToken: r.FirstToken, Length: r.Length, DocumentToken: r.DocumentToken,
	}
}

// documentsWork begins the names of the partial runs that rows are spilled to.
const documentsWork = "documents.run" + storage.TempSuffix

// documentsWriter sorts rows that come in any order and writes the table.
type documentsWriter struct {
	dir    string
	open   createFunc
	sorter *spill.Sorter
	key    []byte
	value  []byte
}

func newDocumentsWriter(dir string, memory int64, open createFunc) *documentsWriter {
	opts := spill.Options{MemoryBytes: memory, Store: true} // what is spilled is read back once, and soon
	return &documentsWriter{dir: dir, open: open, sorter: spill.NewSorter(filepath.Join(dir, documentsWork), opts)}
}

func (w *documentsWriter) add(r DocumentRow) error {
	w.key, w.value = r.appendRecord(w.key[:0], w.value[:0])
	return w.sorter.Add(w.key, w.value)
}

// close sorts, writes the table, and removes what was spilled.
func (w *documentsWriter) close(ctx context.Context) error {
	out, err := createTable[DocumentRow](filepath.Join(w.dir, DocumentsName), documentsFormat, w.open)
	if err != nil {
		return err
	}
	for record, err := range w.sorter.Sorted(ctx) {
		var row DocumentRow
		if err == nil {
			row, err = parseDocumentRecord(record)
		}
		if err == nil {
			err = out.add(row)
		}
		if err != nil {
			out.abort()
			return err
		}
	}
	if err := out.close(); err != nil {
		out.abort()
		return err
	}
	return nil
}

// abort removes whatever was written; the sorter's files among it.
func (w *documentsWriter) abort() { w.sorter.Abort() }

// maxSortKey is how much of a row's bytes is the key of its record; the value goes on where a key this long ends, so that
// records are in the order of the bytes, however long the id.
const maxSortKey = 60_000

// documentTail is the bytes of a record behind the id.
const documentTail = 4 + 4 + 4 + 8 + 8 + 1 + 4 + 8 + 8 + 8

// appendRecord spells a row so that the bytes sort as rows do: the id, in which 00 becomes 00 01, 00 00 behind it, then
// numbers, big-endian. Those below the document token are not sorted by.
func (r DocumentRow) appendRecord(key, value []byte) ([]byte, []byte) {
	rest := r.Document
	for i := strings.IndexByte(rest, 0); i >= 0; i = strings.IndexByte(rest, 0) {
		key = append(append(key, rest[:i]...), 0, 1)
		rest = rest[i+1:]
	}
	key = append(key, rest...)
	key = append(key, 0, 0)
	key = binary.BigEndian.AppendUint32(key, r.Unit)
	key = binary.BigEndian.AppendUint32(key, r.Index)
	key = binary.BigEndian.AppendUint32(key, r.Copy)
	key = binary.BigEndian.AppendUint64(key, uint64(r.DocumentToken))
	key = binary.BigEndian.AppendUint64(key, uint64(r.Length))
	key = append(key, r.fate())
	key = binary.BigEndian.AppendUint32(key, uint32(r.Shard))
	for _, n := range []int64{r.Sequence, r.Position, r.FirstToken} {
		key = binary.BigEndian.AppendUint64(key, uint64(n))
	}
	n := min(len(key), maxSortKey)
	return key[:n], append(value, key[n:]...)
}

// fates are the split, or why there is none, in one byte.
func fates() []string { return []string{Train, Validation, LeftOutEmpty, LeftOutMixture} }

func (r DocumentRow) fate() byte {
	for i, name := range fates() {
		if name == r.Split+r.LeftOut {
			return byte(i)
		}
	}
	return 0xFF // parseDocumentRecord refuses it
}

func parseDocumentRecord(record spill.Record) (DocumentRow, error) {
	b := record.Key
	if len(record.Value) > 0 {
		b = slices.Concat(record.Key, record.Value)
	}
	n := len(b) - documentTail - 2
	if n < 0 || !bytes.Equal(b[n:n+2], []byte{0, 0}) {
		return DocumentRow{}, fmt.Errorf("record of %d bytes is not a row of the table of documents", len(b))
	}
	tail := b[n+2:]
	r := DocumentRow{
		Document: unescape(b[:n]),
		Unit:     binary.BigEndian.Uint32(tail), Index: binary.BigEndian.Uint32(tail[4:]), Copy: binary.BigEndian.Uint32(tail[8:]),
		DocumentToken: int64(binary.BigEndian.Uint64(tail[12:])), Length: int64(binary.BigEndian.Uint64(tail[20:])),
		Shard:    int32(binary.BigEndian.Uint32(tail[29:])),
		Sequence: int64(binary.BigEndian.Uint64(tail[33:])), Position: int64(binary.BigEndian.Uint64(tail[41:])), FirstToken: int64(binary.BigEndian.Uint64(tail[49:])),
	}
	fate := int(tail[28])
	if fate >= len(fates()) {
		return DocumentRow{}, fmt.Errorf("document %q is in no known split and left out for no known reason", r.Document)
	}
	if name := fates()[fate]; fate < 2 {
		r.Split = name
	} else {
		r.LeftOut = name
	}
	return r, nil
}

// unescape takes the 01 behind every 00 of an id away.
func unescape(id []byte) string {
	if bytes.IndexByte(id, 0) < 0 {
		return string(id)
	}
	return string(bytes.ReplaceAll(id, []byte{0, 1}, []byte{0}))
}

// verifyDocuments checks the table of documents: every byte, the order, and that it has as many stretches as the index.
func verifyDocuments(ctx context.Context, dir string, stretches int64) error {
	t, err := openTable[DocumentRow](filepath.Join(dir, DocumentsName), documentsFormat)
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.sealed.checkAll(); err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	var last DocumentRow
	n, found := int64(0), int64(0)
	for row, err := range t.all() {
		if n%rowBatch == 0 {
			err = errors.Join(err, ctx.Err())
		}
		if err != nil {
			return err
		}
		if n > 0 && !last.before(row) {
			return fmt.Errorf("%s: row %d: document %q, token %d of copy %d is not in order", t.path, n, row.Document, row.DocumentToken, row.Copy)
		}
		if (row.Split == "") == (row.LeftOut == "") {
			return fmt.Errorf("%s: row %d: document %q is of split %q and left out for %q", t.path, n, row.Document, row.Split, row.LeftOut)
		}
		if row.LeftOut == "" {
			found++
		}
		last, n = row, n+1
	}
	if found != stretches {
		return fmt.Errorf("%s has %d stretches, %s has %d", t.path, found, IndexName, stretches)
	}
	return nil
}

// before orders rows as the table does.
func (r DocumentRow) before(other DocumentRow) bool {
	return cmp.Or(strings.Compare(r.Document, other.Document), cmp.Compare(r.Unit, other.Unit), cmp.Compare(r.Index, other.Index),
		cmp.Compare(r.Copy, other.Copy), cmp.Compare(r.DocumentToken, other.DocumentToken)) < 0
}

// DocumentRows yields the rows of a table of documents in order. A non-nil error comes last.
func DocumentRows(path string) iter.Seq2[DocumentRow, error] {
	return func(yield func(DocumentRow, error) bool) {
		t, err := openTable[DocumentRow](path, documentsFormat)
		if err != nil {
			yield(DocumentRow{}, err)
			return
		}
		defer t.close()
		t.all()(yield)
	}
}
