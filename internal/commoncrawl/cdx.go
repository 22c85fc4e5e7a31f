package commoncrawl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"corpus/internal/storage"

	"github.com/klauspost/compress/gzip"
)

// Bounds of a block of the index: 3,000 lines of up to some KiB.
const (
	maxBlockBytes   = 64 << 20
	maxDecodedBytes = 256 << 20
)

// block is a line of cluster.idx: where some lines of the index lie.
type block struct {
	key            string // of its first line
	file           string
	offset, length int64
}

// readCDX finds the records by the sorted index: for each prefix of a key, cluster.idx is searched for the blocks, and those are read.
func (q *query) readCDX(ctx context.Context, o Options) error {
	folder := "cc-index/collections/" + o.Crawl + "/indexes/"
	path := storage.Join(o.Base, folder+"cluster.idx")
	cluster, err := storage.Open(ctx, path)
	if err != nil {
		return err
	}
	defer cluster.Close()
	lines := newPages(cluster, cluster.Size())
	x := &index{ctx: ctx, base: o.Base, folder: folder}
	defer x.close()
	read := map[block]bool{} // neighbouring prefixes share blocks
	for _, prefix := range q.prefixes {
		start, err := search(lines, prefix)
		if err != nil {
			return fmt.Errorf("%s: %w", storage.Redacted(path), err)
		}
		err = eachLine(io.NewSectionReader(lines, start, lines.size-start), func(line []byte) error {
			b, err := parseBlock(string(line))
			if err != nil {
				return err
			}
			if b.key > prefix && !strings.HasPrefix(b.key, prefix) {
				return errDone
			}
			if read[b] {
				return nil
			}
			read[b] = true
			return x.records(b, q)
		})
		if err != nil && !errors.Is(err, errDone) {
			return fmt.Errorf("%s: %w", storage.Redacted(path), err)
		}
	}
	return nil
}

var errDone = errors.New("done")

// search returns the offset of the last line of cluster.idx whose key is below a prefix, or 0: the records with the prefix
// begin in its block or at the one behind it.
func search(r *pages, prefix string) (int64, error) {
	lo, hi, before := int64(0), r.size, int64(0)
	for lo < hi {
		mid := lo + (hi-lo)/2
		line, start, err := lineAt(r, mid)
		if err != nil {
			return 0, err
		}
		if line == nil || start >= hi || string(line) >= prefix {
			hi = mid
			continue
		}
		before, lo = start, start+int64(len(line))+1
	}
	return before, nil
}

// lineAt reads the first line that begins at an offset or behind it; nil where none does.
func lineAt(r *pages, off int64) (line []byte, start int64, err error) {
	from := max(off-1, 0)
	br := bufio.NewReaderSize(io.NewSectionReader(r, from, r.size-from), 4<<10)
	start = from
	if off > 0 {
		skipped, err := readLine(br)
		if err != nil {
			return nil, 0, err
		}
		start += int64(len(skipped)) + 1
	}
	if start >= r.size {
		return nil, r.size, nil
	}
	line, err = readLine(br)
	return line, start, err
}

// readLine reads up to a line's end or the input's.
func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLineBytes:
			return nil, fmt.Errorf("a line of more than %d bytes", maxLineBytes)
		case err == nil, err == io.EOF:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// parseBlock reads "key timestamp\tfile\toffset\tlength\tnumber".
func parseBlock(line string) (block, error) {
	f := strings.Split(line, "\t")
	if len(f) < 4 {
		return block{}, fmt.Errorf("not a line of an index: %q", line[:min(len(line), 100)])
	}
	offset, errOffset := strconv.ParseInt(f[2], 10, 64)
	length, errLength := strconv.ParseInt(f[3], 10, 64)
	if errOffset != nil || errLength != nil || offset < 0 || length <= 0 || length > maxBlockBytes || !fs.ValidPath(f[1]) {
		return block{}, fmt.Errorf("not a line of an index: %q", line[:min(len(line), 100)])
	}
	return block{f[0], f[1], offset, length}, nil
}

// index reads blocks. It keeps the file of the last one open.
type index struct {
	ctx          context.Context
	base, folder string
	name         string
	file         storage.Reader
}

func (x *index) close() {
	if x.file != nil {
		x.file.Close()
	}
}

// records adds the records of a block that a query asks for.
func (x *index) records(b block, q *query) error {
	path := storage.Join(x.base, x.folder+b.file)
	if x.name != b.file {
		x.close()
		var err error
		if x.file, err = storage.Open(x.ctx, path); err != nil {
			x.file = nil
			return err
		}
		x.name = b.file
	}
	data := make([]byte, b.length)
	if _, err := x.file.ReadAt(data, b.offset); err != nil && err != io.EOF {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		limited := &io.LimitedReader{R: z, N: maxDecodedBytes}
		if err = eachLine(limited, q.addLine); err == nil && limited.N <= 0 {
			err = fmt.Errorf("more than %d bytes", maxDecodedBytes)
		}
	}
	if err != nil {
		return fmt.Errorf("%s, block at %d: %w", storage.Redacted(path), b.offset, err)
	}
	return nil
}

// cdxFields are what is used of a line's JSON. Numbers are strings in it.
type cdxFields struct {
	Filename  string `json:"filename"`
	Offset    string `json:"offset"`
	Length    string `json:"length"`
	Languages string `json:"languages"`
}

// addLine takes "key timestamp {json}".
func (q *query) addLine(line []byte) error {
	key, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok || !q.matches(string(key)) {
		return nil
	}
	_, data, _ := bytes.Cut(rest, []byte(" "))
	var f cdxFields
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("not a line of an index: %q: %w", line[:min(len(line), 100)], err)
	}
	offset, errOffset := strconv.ParseInt(f.Offset, 10, 64)
	length, errLength := strconv.ParseInt(f.Length, 10, 64)
	if errOffset != nil || errLength != nil || !fs.ValidPath(f.Filename) {
		return fmt.Errorf("not a line of an index: %q", line[:min(len(line), 100)])
	}
	return q.add(f.Filename, f.Languages, Place{Offset: offset, Length: length})
}
