package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// codecNames are the compressions of the format by their codes (parquet.thrift, CompressionCodec).
var codecNames = [...]string{"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"}

func codecName(codec int64) string {
	if codec < 0 || codec >= int64(len(codecNames)) {
		return fmt.Sprint(codec)
	}
	return codecNames[codec]
}

// supported says whether unfold knows a codec. LZO has no free library, and LZ4 without RAW is framed in several unwritten ways.
func supported(codec int64) bool {
	switch codecName(codec) {
	case "UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4_RAW":
		return true
	}
	return false
}

var errUnfold = errors.New("unfolds to another size than declared")

// unfolder decompresses pages. It is for one goroutine.
type unfolder struct {
	limit  int // most that a page may unfold to
	gzip   gzip.Reader
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

// unfold decompresses a page that declares to be size bytes, and returns exactly that many; size is within the limit. Whatever the
// compressed bytes say, it allocates no more than the limit.
func (u *unfolder) unfold(codec int64, b []byte, size int) (out []byte, err error) {
	// Not all of the libraries below promise to return errors alone.
	defer func() {
		if recover() != nil {
			*u = unfolder{limit: u.limit}
			out, err = nil, errUnfold
		}
	}()
	name := codecName(codec)
	if name != "UNCOMPRESSED" && size == 0 {
		return nil, nil
	}
	switch name {
	case "UNCOMPRESSED":
		if len(b) == size {
			return b, nil
		}
	case "SNAPPY":
		if n, err := snappy.DecodedLen(b); err == nil && n == size {
			return snappy.Decode(make([]byte, size), b)
		}
	case "LZ4_RAW":
		out := make([]byte, size)
		if n, err := lz4.UncompressBlock(b, out); err == nil && n == size {
			return out, nil
		}
	case "GZIP":
		if err := u.gzip.Reset(bytes.NewReader(b)); err != nil {
			return nil, err
		}
		return readExactly(&u.gzip, size)
	case "BROTLI":
		if u.brotli == nil {
			u.brotli = brotli.NewReader(nil)
		}
		if err := u.brotli.Reset(bytes.NewReader(b)); err != nil {
			return nil, err
		}
		return readExactly(u.brotli, size)
	case "ZSTD":
		return u.unzstd(b, size)
	}
	return nil, errUnfold
}

func (u *unfolder) unzstd(b []byte, size int) ([]byte, error) {
	if u.zstd == nil {
		// Without concurrency nothing need be closed.
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(u.limit)))
		if err != nil {
			return nil, err
		}
		u.zstd = z
	}
	var h zstd.Header
	if err := h.Decode(b); err != nil || h.HasFCS && h.FrameContentSize > uint64(size) {
		return nil, errUnfold
	}
	out, err := u.zstd.DecodeAll(b, make([]byte, 0, size))
	if err != nil || len(out) != size {
		return nil, errUnfold
	}
	return out, nil
}

// readExactly reads size bytes, which r must then have no more of.
func readExactly(r io.Reader, size int) ([]byte, error) {
	out := make([]byte, size)
	if _, err := io.ReadFull(r, out); err != nil {
		return nil, errUnfold
	}
	var one [1]byte
	if n, err := io.ReadFull(r, one[:]); n > 0 || err != io.EOF {
		return nil, errUnfold
	}
	return out, nil
}
