package shard

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"corpus"
)

const (
	// IndexName is the name of the index in a folder of shards.
	IndexName = "index.parquet"

	indexVersionKey = "corpus.shard-index" // key of the format's version in the Parquet file's metadata
	indexVersion    = "1"
	rowsPerGroup    = 64 << 10 // bounds the memory of writing, and of finding a document
	rowBatch        = 512
)

// IndexRow says that a stretch of a shard is a stretch of a document. Rows are sorted by split, shard and first token.
type IndexRow struct {
	Document      string `parquet:"document"`            // the document's id
	Unit          uint32 `parquet:"unit"`                // index of the unit that it came from
	Index         uint32 `parquet:"index"`               // its index among the documents kept from that unit
	Split         string `parquet:"split,dict"`          // Train or Validation
	Shard         int32  `parquet:"shard,delta"`         // index of the shard within the split
	FirstToken    int64  `parquet:"first_token,delta"`   // position of the piece in the shard
	Length        int64  `parquet:"length,delta"`        // tokens of the piece, with the end-of-document token
	DocumentToken int64  `parquet:"document_token,dict"` // position of the piece in the document
}

// Ref is the document's ref.
func (r IndexRow) Ref() corpus.Ref { return corpus.MakeRef(int(r.Unit), int(r.Index)) }

// before orders rows as the index does.
func (r IndexRow) before(split string, shard int32, token int64) bool {
	if c := strings.Compare(r.Split, split); c != 0 {
		return c < 0
	}
	if r.Shard != shard {
		return r.Shard < shard
	}
	return r.FirstToken < token
}

// indexWriter writes index.parquet.
type indexWriter struct {
	path   string
	file   outputFile
	sealed *sealedWriter
	out    *parquet.GenericWriter[IndexRow]
	rows   []IndexRow
}

func createIndex(path string, open createFunc) (*indexWriter, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	sealed := &sealedWriter{out: f}
	out := parquet.NewGenericWriter[IndexRow](sealed,
		parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.BloomFilters(parquet.SplitBlockFilter(10, "document")),
		parquet.CreatedBy("corpus", indexVersion, ""), // the library's default names its own build
		parquet.KeyValueMetadata(indexVersionKey, indexVersion),
		parquet.KeyValueMetadata(sealKey, emptySeal),
	)
	return &indexWriter{path: path, file: f, sealed: sealed, out: out, rows: make([]IndexRow, 0, rowBatch)}, nil
}

func (w *indexWriter) add(r IndexRow) error {
	w.rows = append(w.rows, r)
	if len(w.rows) < cap(w.rows) {
		return nil
	}
	return w.flush()
}

func (w *indexWriter) flush() error {
	if _, err := w.out.Write(w.rows); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	w.rows = w.rows[:0]
	return nil
}

func (w *indexWriter) close() error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil { // what is left is small enough to be held back
		return fmt.Errorf("%s: %w", w.path, err)
	}
	w.sealed.holding = true
	if err := errors.Join(w.out.Close(), w.sealed.seal()); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return w.file.Commit()
}

func (w *indexWriter) abort() { w.file.Abort() }

// index is an index open for reading.
type index struct {
	path   string
	file   *os.File
	sealed *sealedReader
	pq     *parquet.File
}

func openIndex(path string) (*index, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &index{path: path, file: f}
	if err := x.parse(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return x, nil
}

func (x *index) parse() (err error) {
	defer recoverDamage(&err)
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	if x.sealed, err = openSealed(x.file, info.Size()); err != nil {
		return err
	}
	if x.pq, err = parquet.OpenFile(x.sealed, info.Size()); err != nil {
		return err
	}
	if v, ok := x.pq.Lookup(indexVersionKey); !ok {
		return fmt.Errorf("not a shard index: no %q in its metadata", indexVersionKey)
	} else if v != indexVersion {
		return fmt.Errorf("unknown shard index version %q: this program reads version %q", v, indexVersion)
	}
	if want := parquet.SchemaOf(IndexRow{}); !parquet.EqualNodes(want, x.pq.Schema()) {
		return fmt.Errorf("not a shard index: its columns are not those of version %s", indexVersion)
	}
	return nil
}

func (x *index) close() error { return x.file.Close() }

// rows yields the rows of some row groups in order.
func (x *index) rows(groups []parquet.RowGroup) iter.Seq2[IndexRow, error] {
	return func(yield func(IndexRow, error) bool) {
		batch := make([]IndexRow, rowBatch)
		for _, g := range groups {
			r := parquet.NewGenericRowGroupReader[IndexRow](g)
			for {
				n, err := readRows(r, batch)
				for _, row := range batch[:n] {
					if !yield(row, nil) {
						r.Close()
						return
					}
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					r.Close()
					yield(IndexRow{}, fmt.Errorf("%s: %w", x.path, err))
					return
				}
			}
			r.Close()
		}
	}
}

func readRows(r *parquet.GenericReader[IndexRow], batch []IndexRow) (n int, err error) {
	defer recoverDamage(&err)
	n, err = r.Read(batch)
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

// recoverDamage turns a panic of the Parquet library, which trusts some of what a file says, into an error.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged parquet file: %v", r)
	}
}

// IndexRows yields the rows of an index in order. A non-nil error comes last.
func IndexRows(path string) iter.Seq2[IndexRow, error] {
	return func(yield func(IndexRow, error) bool) {
		x, err := openIndex(path)
		if err != nil {
			yield(IndexRow{}, err)
			return
		}
		defer x.close()
		x.rows(x.pq.RowGroups())(yield)
	}
}

// Find returns the rows of a document, in order; none when no shard holds it. Ids
// that the input brought need not be unique: then the rows are of several documents.
// It reads the row groups whose Bloom filter has the id.
func Find(dir, document string) ([]IndexRow, error) {
	x, err := openIndex(filepath.Join(dir, IndexName))
	if err != nil {
		return nil, err
	}
	defer x.close()
	groups, err := x.mayHold(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", x.path, err)
	}
	var found []IndexRow
	for row, err := range x.rows(groups) {
		if err != nil {
			return nil, err
		}
		if row.Document == document {
			found = append(found, row)
		}
	}
	return found, nil
}

func (x *index) mayHold(document string) (groups []parquet.RowGroup, err error) {
	defer recoverDamage(&err)
	for _, g := range x.pq.RowGroups() {
		may := true
		if filter := g.ColumnChunks()[0].BloomFilter(); filter != nil {
			if may, err = filter.Check(parquet.ByteArrayValue([]byte(document))); err != nil {
				return nil, err
			}
		}
		if may {
			groups = append(groups, g)
		}
	}
	return groups, nil
}
