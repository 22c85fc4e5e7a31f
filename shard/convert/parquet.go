package convert

import (
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
)

// parquetRow is a sequence in Parquet.
type parquetRow struct {
	InputIDs  []int32 `parquet:"input_ids,list"`
	Documents []int32 `parquet:"documents,list"` // where in input_ids documents, or pieces of them, begin
	Length    int32   `parquet:"length"`         // tokens before padding
}

// groupTokens bounds a row group, and with it the memory of writing and reading one.
const groupTokens = 1 << 20

// writeParquet writes train-00000.parquet, …, each of as many whole sequences as the limit holds.
func (j *job) writeParquet() error {
	next, stop := iter.Pull2(j.sequences())
	defer stop()
	rows := max(1, j.lim.parquetTokens/int64(j.length)) // of a file
	total := (j.set.Tokens() + int64(j.length) - 1) / int64(j.length)
	for file := int64(0); file*rows < total; file++ {
		_, err := j.writeFile(fmt.Sprintf("%s-%05d.parquet", j.split, file), func(out io.Writer) error {
			return writeRows(out, min(rows, total-file*rows), max(1, groupTokens/j.length), next)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes a file of n sequences.
func writeRows(out io.Writer, n int64, group int, next func() (sequence, error, bool)) error {
	w := parquet.NewGenericWriter[parquetRow](out,
		parquet.Compression(&parquet.Zstd),
		parquet.CreatedBy("corpus", "1", "")) // the library's default names its own build
	row := make([]parquetRow, 1)
	for i := range n {
		s, err, ok := next()
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%d sequences, want %d", i, n)
		}
		r := &row[0]
		r.InputIDs = r.InputIDs[:0]
		for _, id := range s.tokens {
			r.InputIDs = append(r.InputIDs, int32(id))
		}
		r.Documents, r.Length = s.documents, int32(s.length)
		if _, err := w.Write(row); err != nil {
			return err
		}
		if (i+1)%int64(group) == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
	}
	return w.Close()
}
