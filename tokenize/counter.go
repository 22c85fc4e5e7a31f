package tokenize

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"corpus/internal/spill"
	"corpus/tokenize/pretoken"
)

// maxWord is the longest word, in bytes, that is counted as one. A longer one is counted in pieces
// of this length, which bounds what a text without spaces can cost in training; it is encoded whole.
const maxWord = 16 << 10

const (
	minCounterMemory = 1 << 20   // least memory, in bytes, that a Counter works with
	minTableMemory   = 128 << 10 // and that each of its tables does, of which there is one for each processor
)

// A Counter counts the words of texts, with as much memory as it was given; what is more goes to disk in
// sorted runs. The counts do not depend on the number of goroutines or the memory.
type Counter struct {
	pattern *pretoken.Pattern
	path    string
	tables  chan *wordTable // those that no Add is using

	mu      sync.Mutex
	sorter  *spill.Sorter // nil until the first table was full
	sorting int64         // memory of the sorter, in bytes
	spilled bool          // the sorter was closed and its run is at path
	ended   bool
}

var errCounterEnded = errors.New("words were already read from the counter")

// NewCounter returns a Counter for the words that the named pattern cuts. Spilled runs go to dir, which
// is created then; memory is in bytes, at least 1 MiB and 128 KiB for each processor. Reading words that never left
// memory takes up to half as much again.
func NewCounter(pattern, dir string, memory int64) (*Counter, error) {
	p, err := pretoken.Find(pattern)
	if err != nil {
		return nil, err
	}
	memory = max(memory, minCounterMemory)
	n := runtime.GOMAXPROCS(0)
	c := &Counter{pattern: p, path: filepath.Join(dir, "words.run"), tables: make(chan *wordTable, n), sorting: memory / 4}
	for range n {
		c.tables <- &wordTable{memory: max((memory-c.sorting)/int64(n), minTableMemory)}
	}
	return c, nil
}

// Add counts the words of one text. It is safe for concurrent use; an error means that a run could
// not be written, or that Words was called before.
func (c *Counter) Add(text string) error { return c.AddTimes(text, 1) }

// AddTimes is Add of a text that counts as so many; for 0 and less, none of its words count.
func (c *Counter) AddTimes(text string, times int64) error {
	if times <= 0 {
		return nil
	}
	t := <-c.tables
	defer func() { c.tables <- t }()
	if c.isEnded() {
		return errCounterEnded
	}
	for i := 0; i < len(text); {
		n := c.pattern.Cut(t.ends[:], text, i)
		if err := c.makeRoom(t, n); err != nil {
			return err
		}
		if n = t.addAll(text, i, t.ends[:n], times); n > 0 {
			i += int(t.ends[n-1])
			continue
		}
		end := c.pattern.Next(text, i)
		for i < end {
			j := min(end, i+maxWord)
			if err := c.makeRoom(t, 1); err != nil {
				return err
			}
			t.add(text, i, j, times)
			i = j
		}
	}
	return nil
}

// makeRoom empties a table that n more words might not fit.
func (c *Counter) makeRoom(t *wordTable, n int) error {
	if t.full(n) {
		return c.flush(t)
	}
	return nil
}

func (c *Counter) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// flush moves a table's words to the sorter.
func (c *Counter) flush(t *wordTable) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sorter == nil {
		if err := os.MkdirAll(filepath.Dir(c.path), 0o777); err != nil {
			return fmt.Errorf("count words: %w", err)
		}
		c.sorter = spill.NewSorter(c.path, spill.Options{MemoryBytes: c.sorting})
	}
	var value [8]byte
	for word, count := range t.all {
		binary.LittleEndian.PutUint64(value[:], uint64(count))
		if err := c.sorter.Add(word, value[:]); err != nil {
			return fmt.Errorf("count words: %w", err)
		}
	}
	t.clear()
	return nil
}

// Words yields every word once with its count, sorted by the words' bytes. It may be read more than once, by one
// goroutine at a time; no text can be added after the first time.
func (c *Counter) Words(ctx context.Context) iter.Seq2[WordCount, error] {
	return func(yield func(WordCount, error) bool) {
		words, done, err := c.end(ctx)
		if err != nil {
			yield(WordCount{}, err)
			return
		}
		defer done()
		n := 0
		for w, err := range sumWords(words) {
			if n%4096 == 0 && err == nil {
				err = ctx.Err()
			}
			n++
			if err != nil {
				yield(WordCount{}, err)
				return
			}
			if !yield(w, nil) {
				return
			}
		}
	}
}

// end stops counting and returns the counts sorted, a word perhaps several times in a row. done must be
// called when they are no longer read.
func (c *Counter) end(ctx context.Context) (words iter.Seq2[WordCount, error], done func(), err error) {
	tables := make([]*wordTable, cap(c.tables))
	for i := range tables {
		tables[i] = <-c.tables // waits for every Add
	}
	defer func() {
		for _, t := range tables {
			c.tables <- t
		}
	}()
	c.mu.Lock()
	c.ended = true
	spilling := c.sorter != nil
	c.mu.Unlock()
	if !spilling {
		return heldWords(tables), func() {}, nil
	}
	if !c.spilled {
		for _, t := range tables {
			if err := c.flush(t); err != nil {
				return nil, nil, err
			}
			t.slots, t.long = nil, nil
		}
		if _, err := c.sorter.Close(ctx); err != nil {
			return nil, nil, fmt.Errorf("count words: %w", err)
		}
		c.spilled = true
	}
	run, err := spill.Open(c.path)
	if err != nil {
		return nil, nil, fmt.Errorf("count words: %w", err)
	}
	return spilledWords(run), func() { run.Close() }, nil
}

// spilledWords yields the words of a run.
func spilledWords(run *spill.Run) iter.Seq2[WordCount, error] {
	return func(yield func(WordCount, error) bool) {
		for r, err := range run.Records(nil, nil) {
			if err == nil && len(r.Value) != 8 {
				err = fmt.Errorf("word count of %d bytes", len(r.Value))
			}
			if err != nil {
				yield(WordCount{}, fmt.Errorf("count words: %w", err))
				return
			}
			if !yield(WordCount{r.Key, int64(binary.LittleEndian.Uint64(r.Value))}, nil) {
				return
			}
		}
	}
}

// sumWords adds up the counts of equal words, which stand in a row.
func sumWords(words iter.Seq2[WordCount, error]) iter.Seq2[WordCount, error] {
	return func(yield func(WordCount, error) bool) {
		var word []byte
		var count int64
		for w, err := range words {
			if err != nil {
				yield(WordCount{}, err)
				return
			}
			if count > 0 && string(w.Word) == string(word) {
				count += w.Count
				continue
			}
			if count > 0 && !yield(WordCount{word, count}, nil) {
				return
			}
			word, count = append(word[:0], w.Word...), w.Count
		}
		if count > 0 {
			yield(WordCount{word, count}, nil)
		}
	}
}

// Close removes the spilled runs. Nothing may be added or read afterwards.
func (c *Counter) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.sorter == nil {
		return nil
	}
	if !c.spilled {
		c.sorter.Abort()
		return nil
	}
	if err := os.Remove(c.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("count words: %w", err)
	}
	return nil
}
