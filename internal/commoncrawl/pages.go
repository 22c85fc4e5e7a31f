package commoncrawl

import "io"

// Bounds of pages.
const (
	pageBytes = 64 << 10
	maxPages  = 1024
)

// pages reads a file by aligned pages, which it keeps: the last steps of a search fall into one, and the searches for the
// keys of a host, and of the next host, begin with the same steps. It is for one goroutine.
type pages struct {
	r    io.ReaderAt
	size int64
	kept map[int64][]byte
}

func newPages(r io.ReaderAt, size int64) *pages {
	return &pages{r: r, size: size, kept: make(map[int64][]byte)}
}

// ReadAt implements io.ReaderAt.
func (p *pages) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		if off >= p.size {
			return n, io.EOF
		}
		page, err := p.page(off / pageBytes)
		if err != nil {
			return n, err
		}
		m := copy(b[n:], page[off%pageBytes:])
		n, off = n+m, off+int64(m)
	}
	return n, nil
}

func (p *pages) page(number int64) ([]byte, error) {
	if page, ok := p.kept[number]; ok {
		return page, nil
	}
	page := make([]byte, min(pageBytes, p.size-number*pageBytes))
	if _, err := p.r.ReadAt(page, number*pageBytes); err != nil && err != io.EOF {
		return nil, err
	}
	if len(p.kept) >= maxPages {
		clear(p.kept)
	}
	p.kept[number] = page
	return page, nil
}
