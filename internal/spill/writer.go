package spill

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// runWriter writes records, which must come in order, into a run file.
type runWriter struct {
	path    string // where the file goes when it is complete
	file    *os.File
	encoder compressor

	heads, keys, values []byte // the records of the block being filled; no heads while they are alike
	records             int    // in that block
	first               shape  // of the block's first record
	alike               bool   // all others are of its shape
	raw, block          []byte // buffers of flush

	offset int64
	index  []byte
	total  trailer
}

// newEncoder makes an encoder whose output is the same on every machine.
func newEncoder() (*zstd.Encoder, error) {
	encoder, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(2*blockTarget), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("start compression: %w", err)
	}
	return encoder, nil
}

// newRunWriter starts a file at path + ".tmp". A run that is to last has an encoder of
// its own: its bytes then depend on nothing that was compressed before. Nil makes one.
func newRunWriter(path string, encoder compressor) (*runWriter, error) {
	if encoder == nil {
		var err error
		if encoder, err = newEncoder(); err != nil {
			return nil, err
		}
	}
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return nil, fmt.Errorf("create run: %w", err)
	}
	w := &runWriter{path: path, file: file, encoder: encoder}
	if err := w.write(appendHeader(nil)); err != nil {
		w.abort()
		return nil, err
	}
	return w, nil
}

func (w *runWriter) write(b []byte) error {
	n, err := w.file.Write(b)
	w.offset += int64(n)
	if err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	return nil
}

// add appends a record; the caller keeps the order and the size limits.
func (w *runWriter) add(key, value []byte) error {
	now := shape{len(key), len(value)}
	if w.records == 0 {
		w.index = appendIndexEntry(w.index, w.offset, key)
		w.first, w.alike = now, true
	}
	if w.alike && w.first != now {
		w.alike = false
		for range w.records {
			w.heads = appendHead(w.heads, w.first)
		}
	}
	if !w.alike {
		w.heads = appendHead(w.heads, now)
	}
	w.keys = append(w.keys, key...)
	w.values = append(w.values, value...)
	w.records++
	if w.records*recordHead+len(w.keys)+len(w.values) < blockTarget {
		return nil
	}
	return w.flush()
}

func appendHead(b []byte, s shape) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(s.key))
	return binary.LittleEndian.AppendUint32(b, uint32(s.value))
}

// flush writes the block in the layout that suits its records.
func (w *runWriter) flush() error {
	if size := w.first.key + w.first.value; w.alike && size > 0 && size <= maxColumns {
		w.raw = append(w.raw[:0], layoutColumns, byte(w.first.key), byte(w.first.value))
		w.raw = appendColumns(w.raw, w.keys, w.first.key, w.records)
		w.raw = appendColumns(w.raw, w.values, w.first.value, w.records)
	} else {
		for w.alike && len(w.heads) < w.records*recordHead {
			w.heads = appendHead(w.heads, w.first)
		}
		w.raw = append(w.raw[:0], layoutGroups)
		w.raw = append(append(append(w.raw, w.heads...), w.keys...), w.values...)
	}
	w.block = append(w.block[:0], make([]byte, blockHeaderSize)...)
	w.block = w.encoder.EncodeAll(w.raw, w.block)
	sealBlock(w.block, len(w.raw), w.records)
	w.total.blocks++
	w.total.records += uint64(w.records)
	w.total.raw += uint64(len(w.raw))
	w.heads, w.keys, w.values, w.records = w.heads[:0], w.keys[:0], w.values[:0], 0
	if cap(w.raw) > 4*blockTarget { // do not hold on to the memory of a giant record
		w.raw, w.values = nil, nil
		defer func() { w.block = nil }()
	}
	return w.write(w.block)
}

// finish completes the file, brings it to the disk when sync is set, and gives it its name.
func (w *runWriter) finish(sync bool) (Info, error) {
	info, err := w.complete(sync)
	if err != nil {
		w.abort()
		return Info{}, err
	}
	return info, nil
}

func (w *runWriter) complete(sync bool) (Info, error) {
	if w.records > 0 {
		if err := w.flush(); err != nil {
			return Info{}, err
		}
	}
	w.total.indexOffset, w.total.indexSum = uint64(w.offset), crc(w.index)
	if err := w.write(w.total.append(w.index)); err != nil {
		return Info{}, err
	}
	if sync {
		if err := w.file.Sync(); err != nil {
			return Info{}, fmt.Errorf("sync run: %w", err)
		}
	}
	if err := w.file.Close(); err != nil {
		return Info{}, fmt.Errorf("close run: %w", err)
	}
	if err := os.Rename(w.path+".tmp", w.path); err != nil {
		return Info{}, fmt.Errorf("name run: %w", err)
	}
	if sync {
		if err := syncFolder(filepath.Dir(w.path)); err != nil {
			os.Remove(w.path) // after an error there is no run
			return Info{}, err
		}
	}
	return Info{Records: int64(w.total.records), Bytes: w.offset}, nil
}

// abort removes the unfinished file.
func (w *runWriter) abort() {
	w.file.Close() // the file goes: nothing is lost by an error here
	os.Remove(w.path + ".tmp")
}

// syncFolder makes a rename in the folder last.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
