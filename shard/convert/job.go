package convert

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"corpus/shard"
)

// job is the conversion of one split.
type job struct {
	ctx      context.Context
	set      *shard.Set
	split    string
	length   int // tokens of a sequence, 0 in a format without
	lim      limits
	folder   *folder
	progress *progress
	record   Split
	tokens   []uint32 // what read reads into
}

// run checks and converts the split.
func (j *job) run(f Format) error {
	j.record.Split = j.split
	for _, file := range j.set.Files() {
		source, err := j.check(file)
		if err != nil {
			return err
		}
		j.record.Source = append(j.record.Source, source)
	}
	if err := f.write(j); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// check reads a shard whole: damage would be nowhere to be seen in formats without checksums.
func (j *job) check(f *shard.File) (File, error) {
	if err := j.ctx.Err(); err != nil {
		return File{}, err
	}
	if err := f.Verify(); err != nil {
		return File{}, err
	}
	in, err := os.Open(f.Path())
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, in)
	if err != nil {
		return File{}, err
	}
	j.progress.add(f.Header().Tokens)
	return File{Path: filepath.Base(f.Path()), Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// stretch is a boundary and where the next one is.
type stretch struct {
	shard.Boundary
	end int64
}

// stretches yields the stretches of the tokens from position from to before to, both of them ends of shards. An error comes last.
func (j *job) stretches(from, to int64) iter.Seq2[stretch, error] {
	return func(yield func(stretch, error) bool) {
		var last stretch
		begun := false
		for at := from; at < to; at += j.lim.tokens {
			list, err := j.set.Boundaries(at, min(at+j.lim.tokens, to))
			if err == nil {
				err = j.ctx.Err()
			}
			if err != nil {
				yield(stretch{}, err)
				return
			}
			for _, b := range list {
				if begun && b.Token <= last.Token { // that of the step before
					continue
				}
				last.end = b.Token
				if begun && !yield(last, nil) {
					return
				}
				last, begun = stretch{Boundary: b}, true
			}
		}
		if last.end = to; begun {
			yield(last, nil)
		}
	}
}

// text yields the ranges of tokens that are no padding, neighbours as one. An error comes last.
func (j *job) text(from, to int64) iter.Seq2[[2]int64, error] {
	return func(yield func([2]int64, error) bool) {
		if j.set.Packing() == shard.Concat { // has no padding
			if from < to {
				yield([2]int64{from, to}, nil)
			}
			return
		}
		run := [2]int64{from, from}
		for s, err := range j.stretches(from, to) {
			if err != nil {
				yield(run, err)
				return
			}
			if !s.Padding {
				run[1] = s.end
				continue
			}
			if run[0] < run[1] && !yield(run, nil) {
				return
			}
			run = [2]int64{s.end, s.end}
		}
		if run[0] < run[1] {
			yield(run, nil)
		}
	}
}

// countText is how many tokens text yields.
func (j *job) countText(from, to int64) (n int64, err error) {
	for run, err := range j.text(from, to) {
		if err != nil {
			return 0, err
		}
		n += run[1] - run[0]
	}
	return n, nil
}

// copyText writes the tokens that are no padding as numbers of width bytes, and counts them and what it leaves out.
func (j *job) copyText(out io.Writer, from, to int64, width int) error {
	w := tokenWriter{out: out, width: width}
	var written int64
	for run, err := range j.text(from, to) {
		if err != nil {
			return err
		}
		if err := j.read(run[0], run[1], w.write); err != nil {
			return err
		}
		written += run[1] - run[0]
	}
	j.record.Tokens += written
	j.record.PaddingLeftOut += to - from - written
	j.progress.add(to - from - written)
	return nil
}

// read hands the tokens of a range on, a piece at a time; a piece is good until use returns.
func (j *job) read(from, to int64, use func([]uint32) error) error {
	if j.tokens == nil {
		j.tokens = make([]uint32, j.lim.tokens) // kept: padding makes for many ranges
	}
	for from < to {
		if err := j.ctx.Err(); err != nil {
			return err
		}
		part := j.tokens[:min(int64(len(j.tokens)), to-from)]
		if _, err := j.set.Read(part, from); err != nil {
			return err
		}
		if err := use(part); err != nil {
			return err
		}
		from += int64(len(part))
		j.progress.add(int64(len(part)))
	}
	return nil
}

// tokenWriter writes tokens as little-endian numbers of width bytes, which hold them.
type tokenWriter struct {
	out   io.Writer
	width int
	buf   []byte
}

func (w *tokenWriter) write(tokens []uint32) error {
	w.buf = slices.Grow(w.buf[:0], len(tokens)*w.width) // BenchmarkConvert measures the loops
	b := w.buf[:len(tokens)*w.width]
	if w.width == 2 {
		for i, id := range tokens {
			binary.LittleEndian.PutUint16(b[2*i:], uint16(id))
		}
	} else {
		for i, id := range tokens {
			binary.LittleEndian.PutUint32(b[4*i:], id)
		}
	}
	_, err := w.out.Write(b)
	return err
}

// progress counts tokens checked and written.
type progress struct {
	done, total int64
	tell        func(done, total int64)
}

func newProgress(sets []splitSet, tell func(done, total int64)) *progress {
	p := &progress{tell: tell}
	for _, s := range sets {
		p.total += 2 * s.set.Tokens()
	}
	return p
}

func (p *progress) add(tokens int64) {
	if p.done += tokens; p.tell != nil {
		p.tell(p.done, p.total)
	}
}
