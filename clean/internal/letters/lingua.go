package main

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
)

// readNgrams reads one of lingua's language models, a zip with one protocol buffer (serialization/model.proto in lingua-go):
// field 4 of the message is a set of n-grams that share a probability, in which field 1 is the probability and each field 2 an n-gram.
func readNgrams(dir, language, file string) (map[string]float64, error) {
	path := filepath.Join(dir, "language-models", language, file+".pb.bin.zip")
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if len(z.File) != 1 {
		return nil, fmt.Errorf("%s: %d files, not one", path, len(z.File))
	}
	r, err := z.File[0].Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := make(map[string]float64)
	err = eachField(b, func(field uint64, value []byte) error {
		if field != 4 {
			return nil
		}
		p := 0.0
		return eachField(value, func(field uint64, value []byte) error {
			switch {
			case field == 1 && len(value) == 8:
				p = math.Float64frombits(binary.LittleEndian.Uint64(value))
			case field == 2:
				out[string(value)] = p
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

// eachField calls do for the fields of a protocol buffer message. The value of a varint is empty.
func eachField(b []byte, do func(field uint64, value []byte) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return errors.New("broken tag")
		}
		b = b[n:]
		size := uint64(0)
		switch tag & 7 {
		case 0:
			_, n := binary.Uvarint(b)
			if n <= 0 {
				return errors.New("broken number")
			}
			b = b[n:]
		case 1:
			size = 8
		case 2:
			var n int
			if size, n = binary.Uvarint(b); n <= 0 {
				return errors.New("broken length")
			}
			b = b[n:]
		default:
			return fmt.Errorf("wire type %d", tag&7)
		}
		if size > uint64(len(b)) {
			return io.ErrUnexpectedEOF
		}
		if err := do(tag>>3, b[:size]); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}
