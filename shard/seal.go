package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// Readers of Parquet trust the footer and the heads of pages, which have no checksum: one
// flipped bit there can make them set aside memory without end, or crash. The index
// therefore carries checksums of its own. Between the last byte that Parquet knows of and the
// footer stands the CRC-32C of every block of the file, and the footer's metadata seals
// that table and the footer itself. Nothing unchecked reaches the Parquet library.
const (
	blockBytes = 64 << 10 // bytes that one checksum covers

	sealKey = "corpus.seal"
	// The value of sealKey in hex digits: bytes before the table (16), CRC-32C of the
	// table (8), CRC-32C of the footer with this value as zeros (8).
	emptySeal = "00000000000000000000000000000000"
	// Strings in Thrift's compact protocol as the next field of a struct: 0x18, the length, the bytes.
	sealField = "\x18\x0b" + sealKey + "\x18\x20"

	parquetTail = 8 // length of the footer and "PAR1"
)

// sealedWriter passes on what is written and sums it up by blocks; once holding is set, it keeps it back for seal.
type sealedWriter struct {
	out     io.Writer
	size    int64  // bytes passed on
	table   []byte // checksums of whole blocks
	crc     uint32 // of the block begun
	holding bool
	held    []byte
}

func (w *sealedWriter) Write(b []byte) (int, error) {
	if w.holding {
		w.held = append(w.held, b...)
		return len(b), nil
	}
	for rest := b; len(rest) > 0; {
		n := min(int64(len(rest)), blockBytes-w.size%blockBytes)
		w.crc = crc32.Update(w.crc, castagnoli, rest[:n])
		w.size += n
		if w.size%blockBytes == 0 {
			w.endBlock()
		}
		rest = rest[n:]
	}
	return w.out.Write(b)
}

func (w *sealedWriter) endBlock() {
	w.table, w.crc = binary.LittleEndian.AppendUint32(w.table, w.crc), 0
}

// seal passes on what was held back, the end of a Parquet file, with the table and the seal put in.
func (w *sealedWriter) seal() error {
	n, err := footerSize(w.held, int64(len(w.held)))
	if err != nil {
		return err
	}
	start := len(w.held) - parquetTail - n
	w.holding = false
	if _, err := w.Write(w.held[:start]); err != nil {
		return err
	}
	if w.size%blockBytes != 0 {
		w.endBlock()
	}
	if err := sealFooter(w.held[start:start+n], w.size, w.table); err != nil {
		return err
	}
	_, err = w.out.Write(append(w.table, w.held[start:]...))
	return err
}

// sealFooter puts the seal into a footer.
func sealFooter(footer []byte, size int64, table []byte) error {
	value, err := findSeal(footer)
	if err != nil {
		return err
	}
	copy(value, emptySeal)
	copy(value, fmt.Sprintf("%016x%08x%08x", size, crc32.Checksum(table, castagnoli), crc32.Checksum(footer, castagnoli)))
	return nil
}

// findSeal returns the place of the seal in a footer. It is the last that looks like
// it: the metadata stands behind the statistics, which hold ids of documents.
func findSeal(footer []byte) ([]byte, error) {
	i := bytes.LastIndex(footer, []byte(sealField))
	if i < 0 || len(footer)-i-len(sealField) < len(emptySeal) {
		return nil, fmt.Errorf("no %q in its metadata: not a file of this program", sealKey)
	}
	return footer[i+len(sealField):][:len(emptySeal)], nil
}

// footerSize reads the length of the footer from the tail that ends a file of a size.
func footerSize(tail []byte, size int64) (int, error) {
	if len(tail) < parquetTail || string(tail[len(tail)-4:]) != "PAR1" {
		return 0, errors.New("not a parquet file, or cut off")
	}
	n := binary.LittleEndian.Uint32(tail[len(tail)-parquetTail:])
	if int64(n) > size-parquetTail {
		return 0, fmt.Errorf("footer of %d bytes does not fit a file of %d", n, size)
	}
	return int(n), nil
}

// sealedReader reads a sealed file and checks each block when it is first read. Not safe for concurrent use.
type sealedReader struct {
	file    io.ReaderAt
	size    int64  // bytes before the table
	table   []byte // their checksums
	checked []bool // by block
	block   []byte // of the file, the one of number held
	held    int64  // -1: none
}

// openSealed checks the footer and the table of a file of fileSize bytes.
func openSealed(file io.ReaderAt, fileSize int64) (*sealedReader, error) {
	tail := make([]byte, min(fileSize, parquetTail))
	if _, err := file.ReadAt(tail, fileSize-int64(len(tail))); err != nil {
		return nil, err
	}
	n, err := footerSize(tail, fileSize)
	if err != nil {
		return nil, err
	}
	start := fileSize - parquetTail - int64(n)
	footer := make([]byte, n)
	if _, err := file.ReadAt(footer, start); err != nil {
		return nil, err
	}
	size, tableSum, err := checkFooter(footer)
	if err != nil {
		return nil, err
	}
	blocks := size/blockBytes + min(1, size%blockBytes)
	if size > start || size+4*blocks != start {
		return nil, fmt.Errorf("footer starts at %d, not behind %d bytes and their checksums", start, size)
	}
	r := &sealedReader{file: file, size: size, table: make([]byte, 4*blocks), checked: make([]bool, blocks), block: make([]byte, blockBytes), held: -1}
	if _, err := file.ReadAt(r.table, size); err != nil {
		return nil, err
	}
	if got := crc32.Checksum(r.table, castagnoli); got != tableSum {
		return nil, fmt.Errorf("checksum of the table of checksums is %08x, the footer says %08x", got, tableSum)
	}
	return r, nil
}

// checkFooter checks the checksum of a footer, and returns what its seal says of the table. It changes footer.
func checkFooter(footer []byte) (size int64, table uint32, err error) {
	value, err := findSeal(footer)
	if err != nil {
		return 0, 0, err
	}
	bytes, err1 := strconv.ParseUint(string(value[:16]), 16, 63)
	sums, err2 := strconv.ParseUint(string(value[16:]), 16, 64)
	if err1 != nil || err2 != nil || fmt.Sprintf("%016x%016x", bytes, sums) != string(value) {
		return 0, 0, fmt.Errorf("%q in its metadata is %q, not 32 hex digits", sealKey, value)
	}
	copy(value, emptySeal)
	if got := crc32.Checksum(footer, castagnoli); got != uint32(sums) {
		return 0, 0, fmt.Errorf("checksum of the footer is %08x, the footer says %08x", got, uint32(sums))
	}
	return int64(bytes), uint32(sums >> 32), nil
}

// ReadAt reads from the file. What lies before the table is checked; of a block that is read for the first time the checked bytes are returned.
func (r *sealedReader) ReadAt(b []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, fmt.Errorf("negative offset %d", offset)
	}
	end := min(offset+int64(len(b)), r.size)
	for i := offset / blockBytes; i*blockBytes < end; i++ {
		if err := r.check(i); err != nil {
			return 0, err
		}
	}
	if i := offset / blockBytes; len(b) > 0 && i == r.held && offset+int64(len(b)) <= min((i+1)*blockBytes, r.size) {
		return copy(b, r.block[offset%blockBytes:]), nil
	}
	return r.file.ReadAt(b, offset)
}

// check checks a block unless that was done before.
func (r *sealedReader) check(i int64) error {
	if r.checked[i] {
		return nil
	}
	b := r.block[:min(blockBytes, r.size-i*blockBytes)]
	r.held = -1
	if n, err := r.file.ReadAt(b, i*blockBytes); n < len(b) {
		return fmt.Errorf("bytes at offset %d: %w", i*blockBytes, unexpected(err))
	}
	if got, want := crc32.Checksum(b, castagnoli), binary.LittleEndian.Uint32(r.table[4*i:]); got != want {
		return fmt.Errorf("checksum of the bytes at offset %d to %d is %08x, the file says %08x",
			i*blockBytes, i*blockBytes+int64(len(b)), got, want)
	}
	r.checked[i], r.held = true, i
	return nil
}

// checkAll checks every block.
func (r *sealedReader) checkAll() error {
	for i := range r.checked {
		if err := r.check(int64(i)); err != nil {
			return err
		}
	}
	return nil
}
