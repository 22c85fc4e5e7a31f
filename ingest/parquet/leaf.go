package parquet

import (
	"bytes"
	"unsafe"
)

// Value is one value of a column, or a null in its place.
type Value struct {
	// Rep and Def are its levels; it is null where Def is below the column's.
	Rep, Def uint8
	// Bytes are as in a page of plain values: little-endian numbers, a boolean in a byte. Nil for a null.
	Bytes []byte
}

// maxRowValues is how many values of one column a row may have; a row's further ones are passed over.
const maxRowValues = 64 << 10

// readAhead is how much is read at once for a page header, in bytes.
const readAhead = 64 << 10

// maxExpansion is how many times as large as a column is stored its values may be, beyond a GiB: a few bytes can ask for a long
// value of the dictionary any number of times.
const maxExpansion = 4096

// leaf reads one column of one row group.
type leaf struct {
	file   *File
	limits Limits
	unfold *unfolder
	held   *int // bytes that the pages of all columns hold
	mine   int  // this column's part of them
	node   *Node
	chunk  chunk

	at, end    int64 // where the next page header begins, where the chunk ends
	window     []byte
	windowAt   int64
	dictionary *vector
	expanded   int64 // bytes of the dictionary's values that pages refer to, each time that they do

	page  *page
	value int // the next value of page
	given int // those before it that are not null
	// row is the index in the row group of the row that the next value belongs to or begins.
	row int64
	out []Value
}

// open prepares a chunk for reading.
func (l *leaf) open() error {
	c := &l.chunk
	switch {
	case c.encrypted:
		return l.fault(Encrypted, "encrypted")
	case c.external:
		return l.fault(Unsupported, "in another file")
	case !supported(c.codec):
		return l.fault(Unsupported, "codec "+codecName(c.codec))
	case c.start < 4 || c.length < 0 || c.start > l.file.size || c.length > l.file.size-c.start:
		return l.fault(Malformed, "place of the column")
	}
	l.at, l.end = c.start, c.start+c.length
	return nil
}

func (l *leaf) fault(kind Kind, cause string) error {
	return &Fault{Kind: kind, Column: l.node.Path, Cause: cause}
}

// stored returns n bytes at a place within the chunk, valid until the next call. It reads ahead.
func (l *leaf) stored(at int64, n int) ([]byte, error) {
	from := at - l.windowAt
	if from < 0 || from+int64(n) > int64(len(l.window)) {
		size := max(int64(n), min(readAhead, l.end-at))
		if c := int64(cap(l.window)); c < size || c > 64*readAhead {
			l.window = make([]byte, size)
		}
		l.window = l.window[:size]
		l.windowAt = at
		if err := l.file.read(l.window, at); err != nil {
			l.window = nil
			return nil, err
		}
		from = 0
	}
	return l.window[from : from+int64(n) : from+int64(n)], nil
}

// header reads the page header at hand and passes it. More is false at the chunk's end.
func (l *leaf) header(h *pageHeader) (more bool, err error) {
	if l.at >= l.end {
		return false, nil
	}
	for want := int64(256); ; want *= 8 {
		want = min(want, l.end-l.at)
		b, err := l.stored(l.at, int(want))
		if err != nil {
			return false, err
		}
		n, short := h.parse(b)
		if n > 0 && h.sound() && h.size <= l.end-l.at-int64(n) {
			l.at += int64(n)
			return true, nil
		}
		if n > 0 || !short || want == l.end-l.at || want > maxHeaderBytes {
			l.at = l.end
			return false, l.fault(Malformed, "page header")
		}
	}
}

// next makes page the next data page. At the chunk's end page is nil. Lost is how many rows a page that cannot be read holds, -1
// where that is unknown and the rest of the chunk is lost.
func (l *leaf) next(skip int64) (skipped, lost int64, err error) {
	l.page, l.value, l.given = nil, 0, 0
	for {
		var h pageHeader
		more, err := l.header(&h)
		if err != nil || !more {
			return skipped, -1, err
		}
		at := l.at
		l.at += h.size
		switch h.kind {
		case dictionaryPage:
			if err := l.readDictionary(&h, at); err != nil {
				return skipped, -1, err
			}
			continue
		case dataPage, dataPageV2:
		default:
			continue // an index page, or a kind of later versions
		}
		rows := h.rows
		if l.node.Rep == 0 {
			rows = h.values
		}
		if rows >= 0 && skip-skipped >= rows {
			skipped += rows
			continue
		}
		if err := l.load(&h, at); err != nil {
			if l.at == l.end {
				rows = -1
			}
			return skipped, rows, err
		}
		return skipped, 0, nil
	}
}

// hold accounts for what the column now keeps in memory.
func (l *leaf) hold(bytes int64) bool {
	*l.held += int(bytes) - l.mine
	l.mine = int(bytes)
	return *l.held <= l.limits.HeldBytes
}

func (l *leaf) checkSize(h *pageHeader, keep int64) error {
	most := int64(l.limits.PageBytes)
	// A value takes up to eight bytes of levels and index, also where it takes none in the file. A row may have many of a repeated column.
	if h.size > most || h.unfolded > most || h.values > most/8 {
		l.hold(keep)
		return l.fault(TooLarge, "page")
	}
	row := int64(0)
	if l.node.Rep > 0 {
		row = min(h.values, maxRowValues) * int64(unsafe.Sizeof(Value{}))
	}
	if !l.hold(keep + h.size + h.unfolded + 8*h.values + row) {
		l.hold(keep)
		return l.fault(TooLarge, "pages of all columns together")
	}
	return nil
}

// keep is what the dictionary takes.
func (l *leaf) keep() int64 {
	if l.dictionary == nil {
		return 0
	}
	return int64(l.dictionary.held())
}

func (l *leaf) load(h *pageHeader, at int64) error {
	if err := l.checkSize(h, l.keep()); err != nil {
		return err
	}
	b, err := l.stored(at, int(h.size))
	if err != nil {
		return err
	}
	if l.chunk.codec == 0 || h.stored {
		b = bytes.Clone(b) // the values are part of it
	}
	p, cause := l.decode(h, b)
	if cause != "" {
		kind := Malformed
		if cause == "encoding" {
			kind = Unsupported
		}
		return l.fault(kind, cause)
	}
	if v := p.values; v.dict != nil {
		for _, i := range v.index {
			l.expanded += int64(len(l.dictionary.at(int(i))))
		}
		if l.expanded > 1<<30+maxExpansion*l.chunk.length {
			l.at = l.end
			return l.fault(TooLarge, "expansion of its dictionary")
		}
	}
	l.page = p
	return nil
}

func (l *leaf) readDictionary(h *pageHeader, at int64) error {
	if err := l.checkSize(h, 0); err != nil {
		return err
	}
	raw, err := l.stored(at, int(h.size))
	if err != nil {
		return err
	}
	if l.chunk.codec == 0 {
		raw = bytes.Clone(raw)
	}
	if !h.intact(raw) {
		return l.fault(Malformed, "checksum")
	}
	b, err := l.unfold.unfold(l.chunk.codec, raw, int(h.unfolded))
	if err != nil {
		return l.fault(Malformed, "dictionary")
	}
	dictionary, ok := plain(l.node, int(h.values), b)
	if !ok || h.encoding != encPlain && h.encoding != encPlainDictionary {
		return l.fault(Malformed, "dictionary")
	}
	l.dictionary = dictionary
	return nil
}

// read returns the values of the next row, valid until the next call. Lost is as for next.
func (l *leaf) read() (values []Value, lost int64, err error) {
	l.out = l.out[:0]
	for {
		if l.page == nil || l.value == l.page.n {
			if len(l.out) > 0 && (l.node.Rep == 0 || l.at >= l.end) {
				break
			}
			if _, lost, err := l.next(0); err != nil {
				if len(l.out) > 0 && lost >= 0 {
					lost++ // the row at hand, too
				}
				return nil, lost, err
			}
			if l.page == nil {
				if len(l.out) > 0 {
					break
				}
				return nil, -1, l.fault(Malformed, "ends early")
			}
			continue
		}
		if len(l.out) > 0 && (l.page.repetitions == nil || l.page.repetitions[l.value] == 0) {
			break
		}
		v := l.take()
		if len(l.out) < maxRowValues {
			l.out = append(l.out, v)
		}
	}
	l.row++
	return l.out, 0, nil
}

// take passes one value of the page.
func (l *leaf) take() Value {
	p := l.page
	v := Value{Def: uint8(l.node.Def)}
	if p.repetitions != nil {
		v.Rep = p.repetitions[l.value]
	}
	if p.definitions != nil {
		v.Def = p.definitions[l.value]
	}
	l.value++
	if int(v.Def) == l.node.Def {
		v.Bytes = p.values.at(l.given)
		l.given++
	}
	return v
}

// seek passes rows up to a row of the group. Lost is as for next.
func (l *leaf) seek(row int64) (lost int64, err error) {
	for l.row < row {
		if l.page == nil || l.value == l.page.n {
			skipped, lost, err := l.next(row - l.row)
			l.row += skipped
			if err != nil {
				return lost, err
			}
			if l.page == nil && l.row < row {
				return -1, l.fault(Malformed, "ends early")
			}
			continue
		}
		if _, lost, err := l.read(); err != nil {
			return lost, err
		}
	}
	return 0, nil
}
