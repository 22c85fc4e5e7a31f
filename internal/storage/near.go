package storage

import "sync"

// Bounds of what near holds, in bytes.
const (
	nearFirst = 256 << 10
	nearMost  = 2 << 20
	nearKept  = 4 // blocks
)

// near turns many small reads that follow each other into few larger ones: the pages of a Parquet column, a file
// that is read through a section. Up to four such runs may be interleaved. It is safe for concurrent use.
type near struct {
	mu     sync.Mutex
	blocks []block // the latest last
	runs   []run
}

// block is a stretch of the object that was read and may be asked for.
type block struct {
	off  int64
	data []byte
}

// run is a sequence of reads of which each begins where the one before ended.
type run struct {
	end  int64
	size int64 // of its last request
}

// copy copies what is at hand of the bytes from off on.
func (c *near) copy(p []byte, off int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for again := true; again && n < len(p); {
		again = false
		for _, b := range c.blocks {
			if at := off + int64(n) - b.off; at >= 0 && at < int64(len(b.data)) {
				n += copy(p[n:], b.data[at:])
				again = true
				break
			}
		}
	}
	return n
}

// size is how much a request should bring where n bytes are needed, for a read that begins at off.
func (c *near) size(off, n int64) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.runs {
		if r := &c.runs[i]; r.end == off {
			r.size = min(max(2*r.size, nearFirst), nearMost)
			return max(n, r.size)
		}
	}
	return n
}

// keep remembers a block.
func (c *near) keep(off int64, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.blocks) == nearKept {
		c.blocks = append(c.blocks[:0], c.blocks[1:]...)
	}
	c.blocks = append(c.blocks, block{off, data})
}

// note remembers a read. It moves the run that the read went on with, if there is one.
func (c *near) note(from, end int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := run{end: end}
	for i, r := range c.runs {
		if r.end == from {
			next.size = r.size
			c.runs = append(c.runs[:i], c.runs[i+1:]...)
			break
		}
	}
	if len(c.runs) == nearKept {
		c.runs = append(c.runs[:0], c.runs[1:]...)
	}
	c.runs = append(c.runs, next)
}
