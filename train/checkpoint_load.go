package train

import (
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// loadTensors checks a file of a checkpoint against its checksum and reads from it: read fills
// what it wants from the opened file.
func loadTensors(dir, name string, s *state, read func(*tensorFile) error) error {
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	crc := crc32.New(castagnoli)
	size, err := io.Copy(crc, f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if want, got := s.Files[name], (fileSum{size, fmt.Sprintf("%08x", crc.Sum32())}); want != got {
		return fmt.Errorf("%s: corrupt: %d bytes with CRC-32C %s, but %s says %d and %s", path, got.Bytes, got.CRC, stateFileName, want.Bytes, want.CRC)
	}
	tensors, err := openTensors(f, size)
	if err == nil {
		err = read(tensors)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// loadWeights fills the weights from a checkpoint.
func loadWeights(dir string, s *state, tensors []tensor, weights []float32) error {
	return loadTensors(dir, modelFile, s, func(f *tensorFile) error {
		for _, t := range tensors {
			if err := f.readFloat32(t.name, t.shape, weights[t.first:t.first+t.size()]); err != nil {
				return err
			}
		}
		return nil
	})
}

// loadMoments fills the moments from a checkpoint.
func loadMoments(dir string, s *state, tensors []tensor, data snapshot) error {
	return loadTensors(dir, optimizerFile, s, func(f *tensorFile) error {
		for _, t := range tensors {
			first, last := t.first, t.first+t.size()
			if err := f.readFloat32(moment1Name(t), t.shape, data.moment1[first:last]); err != nil {
				return err
			}
			if err := f.readFloat32(moment2Name(t), t.shape, data.moment2[first:last]); err != nil {
				return err
			}
		}
		return nil
	})
}
