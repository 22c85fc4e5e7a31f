package commoncrawl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"

	"corpus/internal/storage"

	"github.com/klauspost/compress/gzip"
)

// Bounds of what is taken from an index, whose lists are of the order of 100,000 names of 150 bytes. A line of it may hold a long URL twice.
const (
	maxNames     = 1 << 20
	maxListBytes = 256 << 20
	maxLineBytes = 1 << 20
)

// readList reads a list of names below the base, one a line.
func readList(ctx context.Context, path string) ([]string, error) {
	f, err := storage.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	shown := storage.Redacted(path)
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shown, err)
	}
	var names []string
	limited := &io.LimitedReader{R: z, N: maxListBytes}
	err = eachLine(limited, func(line []byte) error {
		if len(line) == 0 {
			return nil
		}
		if !fs.ValidPath(string(line)) {
			return fmt.Errorf("%q is no name of a file", line[:min(len(line), 100)])
		}
		if len(names) == maxNames {
			return fmt.Errorf("more than %d names", maxNames)
		}
		names = append(names, string(line))
		return nil
	})
	if err == nil && limited.N <= 0 {
		err = fmt.Errorf("more than %d bytes", maxListBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shown, err)
	}
	return names, nil
}

// eachLine yields lines without their ends; they are valid until the next.
func eachLine(r io.Reader, yield func([]byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 16<<10), maxLineBytes)
	for lines.Scan() {
		if err := yield(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}
