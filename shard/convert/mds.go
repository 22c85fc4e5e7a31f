package convert

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// A folder of MosaicML Streaming (mosaicml/streaming, streaming/base/format/mds) is shards and an index.json. A shard is the number
// of its samples, the offset of each and of the end (all uint32), its configuration as JSON, and the samples. A sample is the
// sizes of its columns without a fixed one (uint32), and the columns in the order of their names. The JSON is spaced as Python's
// json.dumps does, so that the bytes are those of MosaicML's own writer.
//
// An array of a known type and one dimension is a byte that says so, its length in as few bytes as hold it, and its values.
const mdsConfig = `"column_encodings": ["ndarray:int32", "int32", "ndarray:int32"], "column_names": ["documents", "length", "tokens"], ` +
	`"column_sizes": [null, 4, null], "compression": null, "format": "mds", "hashes": ["sha256"], `

// mdsWriter collects the samples of a shard.
type mdsWriter struct {
	job     *job
	config  string
	samples []byte
	ends    []uint32 // of the samples
	size    int64    // as MosaicML counts it
	index   []string // entries of the shards written
}

// writeMDS writes train/index.json, train/shard.00000.mds, …
func (j *job) writeMDS() error {
	if j.lim.mdsBytes > math.MaxUint32 {
		return fmt.Errorf("shards of %d bytes: offsets have 32 bits", j.lim.mdsBytes)
	}
	most := min(j.lim.mdsBytes, 8*j.set.Tokens()+1<<10) // a position and an id for each token, at most
	w := &mdsWriter{job: j, samples: make([]byte, 0, most), config: fmt.Sprintf(`{%s"size_limit": %d, "version": 2}`, mdsConfig, j.lim.mdsBytes)}
	for s, err := range j.sequences() {
		if err != nil {
			return err
		}
		if err := w.add(s); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	_, err := j.writeFile(j.split+"/index.json", func(out io.Writer) error {
		_, err := fmt.Fprintf(out, `{"shards": [%s], "version": 2}`, strings.Join(w.index, ", "))
		return err
	})
	return err
}

// arraySize is how many bytes an array of n numbers takes.
func arraySize(n int) (size int, lengthBytes int) {
	lengthBytes = 4
	if n < 1<<8 {
		lengthBytes = 1
	} else if n < 1<<16 {
		lengthBytes = 2
	}
	return 1 + lengthBytes + 4*n, lengthBytes
}

// appendArray appends an array of int32; its values are added by the caller.
func appendArray(b []byte, n int) []byte {
	_, width := arraySize(n)
	switch width {
	case 1:
		return append(b, 1<<2, byte(n))
	case 2:
		return binary.LittleEndian.AppendUint16(append(b, 1<<2|1), uint16(n))
	}
	return binary.LittleEndian.AppendUint32(append(b, 1<<2|2), uint32(n))
}

func (w *mdsWriter) add(s sequence) error {
	documents, _ := arraySize(len(s.documents))
	tokens, _ := arraySize(len(s.tokens))
	const offset = 4
	size := int64(4+4) + int64(documents) + 4 + int64(tokens) + offset
	if w.size+size > w.job.lim.mdsBytes {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.ends) == 0 {
		w.size = 4 + 4 + int64(len(w.config))
	}
	w.size += size
	b := binary.LittleEndian.AppendUint32(w.samples, uint32(documents))
	b = binary.LittleEndian.AppendUint32(b, uint32(tokens))
	b = appendArray(b, len(s.documents))
	for _, at := range s.documents {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(s.length))
	b = appendArray(b, len(s.tokens))
	for _, id := range s.tokens {
		b = binary.LittleEndian.AppendUint32(b, id)
	}
	w.samples = b
	w.ends = append(w.ends, uint32(len(b)))
	return nil
}

// flush writes the shard, unless it is empty.
func (w *mdsWriter) flush() error {
	if len(w.ends) == 0 {
		return nil
	}
	name := fmt.Sprintf("shard.%05d.mds", len(w.index))
	file, err := w.job.writeFile(w.job.split+"/"+name, func(out io.Writer) error {
		first := uint32(4 + 4*(len(w.ends)+1) + len(w.config))
		head := binary.LittleEndian.AppendUint32(nil, uint32(len(w.ends)))
		head = binary.LittleEndian.AppendUint32(head, first)
		for _, end := range w.ends {
			head = binary.LittleEndian.AppendUint32(head, first+end)
		}
		for _, part := range [][]byte{head, []byte(w.config), w.samples} {
			if _, err := out.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.index = append(w.index, fmt.Sprintf(`{%s"raw_data": {"basename": "%s", "bytes": %d, "hashes": {"sha256": "%s"}}, "samples": %d, "size_limit": %d, "version": 2, "zip_data": null}`,
		mdsConfig, name, file.Bytes, file.SHA256, len(w.ends), w.job.lim.mdsBytes))
	w.samples, w.ends = w.samples[:0], w.ends[:0]
	return nil
}
