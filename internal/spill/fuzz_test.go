package spill

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func FuzzRun(f *testing.F) {
	folder := f.TempDir()
	for i, n := range []int{0, 1, 40, 3000} {
		path := filepath.Join(folder, fmt.Sprint(i))
		write(f, path, 0, sample(n, uint64(i)))
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, true)
		f.Add(b[:len(b)/2], false)
	}
	f.Add([]byte(magic), true)
	f.Fuzz(func(t *testing.T, b []byte, mend bool) {
		if mend {
			mendSums(b)
		}
		r, err := newRun("fuzz", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		var n int64
		var last []byte
		var failed error
		for rec, err := range r.Records(nil, nil) {
			if err != nil {
				failed = err
				break
			}
			if n > 0 && bytes.Compare(last, rec.Key) > 0 {
				t.Fatal("records out of order")
			}
			last = append(last[:0], rec.Key...)
			n++
		}
		if r.Verify() == nil && (failed != nil || n != r.Len()) {
			t.Fatalf("Verify passes, but reading gives %d of %d records and %v", n, r.Len(), failed)
		}
	})
}

// mendSums makes the checksums right again so that the fuzzer gets behind them.
func mendSums(b []byte) {
	if len(b) < headerSize+trailerSize {
		return
	}
	put := binary.LittleEndian.PutUint32
	put(b[12:], crc(b[:12]))
	tail := b[len(b)-trailerSize:]
	at := binary.LittleEndian.Uint64(tail)
	if end := uint64(len(b) - trailerSize); at >= headerSize && at <= end {
		put(tail[32:], crc(b[at:end]))
		put(tail[36:], crc(tail[:36]))
		if t, err := parseTrailer(tail); err == nil {
			if index, err := parseIndex(b[at:end], t); err == nil {
				r := Run{trailer: t, index: index}
				for i, e := range index {
					if block := b[e.offset:r.blockEnd(i)]; len(block) >= blockHeaderSize {
						put(block[12:], blockSum(block))
					}
				}
			}
		}
	}
}

// A block that is larger than its last record demands is refused, whatever its checksums say.
func TestBlocksThatGoOnAreRefused(t *testing.T) {
	for _, first := range []shape{{1, 1}, {8, 8}, {100, 0}} {
		for _, more := range []int{0, 1, 1 << 20 / (first.key + first.value)} {
			t.Run(fmt.Sprint(first, " ", more), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "a.run")
				w, err := newRunWriter(path, nil)
				if err != nil {
					t.Fatal(err)
				}
				size := recordHead + first.key + first.value
				w.records = (blockTarget+size-1)/size + more
				w.index = appendIndexEntry(nil, w.offset, make([]byte, first.key))
				w.first, w.alike = first, true
				w.keys, w.values = make([]byte, w.records*first.key), make([]byte, w.records*first.value)
				if _, err := w.finish(false); err != nil {
					t.Fatal(err)
				}
				if err := open(t, path).Verify(); (err != nil) != (more > 0) {
					t.Errorf("%d records too many: %v", more, err)
				}
			})
		}
	}
}
