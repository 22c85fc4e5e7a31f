package parquet

import "hash/crc32"

// The types of pages (parquet.thrift, PageType).
const (
	dataPage       = 0
	dictionaryPage = 2
	dataPageV2     = 3
)

// The encodings of values (parquet.thrift, Encoding).
const (
	encPlain           = 0
	encPlainDictionary = 2
	encRLE             = 3
	encDelta           = 5
	encDeltaLength     = 6
	encDeltaStrings    = 7
	encRLEDictionary   = 8
	encSplit           = 9
)

// pageHeader is what stands before each page.
type pageHeader struct {
	kind           int64
	unfolded, size int64 // bytes of the page, unfolded and as stored
	crc            int64
	hasCRC         bool
	values         int64
	rows           int64 // -1 where the header does not say
	encoding       int64
	levelEncoding  int64
	repetitions    int64 // bytes of repetition levels, of a page of version 2
	definitions    int64
	stored         bool // a page of version 2 that is not compressed although the chunk is
}

// maxHeaderBytes bounds a page header. Statistics in it may hold the least and the largest value whole.
const maxHeaderBytes = 32 << 20

// parse reads a header from the beginning of b. It returns its length, or 0 where b does not hold one; short says that more bytes may help.
func (h *pageHeader) parse(b []byte) (n int, short bool) {
	*h = pageHeader{kind: -1, rows: -1}
	t := thrift{b: b}
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 1:
			return t.integer(kind, &h.kind)
		case 2:
			return t.integer(kind, &h.unfolded)
		case 3:
			return t.integer(kind, &h.size)
		case 4:
			h.hasCRC = true
			return t.integer(kind, &h.crc)
		case 5, 7, 8:
			if kind != thriftStruct {
				return false
			}
			t.fields(func(field int, kind byte) bool { return h.field(&t, id, field, kind) })
			return true
		}
		return false
	})
	if t.bad {
		return 0, t.short
	}
	return len(b) - len(t.b), false
}

// field reads a field of the header for one type of pages: 5 data, 7 dictionary, 8 data of version 2.
func (h *pageHeader) field(t *thrift, page, id int, kind byte) bool {
	v := &h.values
	switch {
	case id == 1:
	case id == 2 && page != 8, id == 4 && page == 8:
		v = &h.encoding
	case id == 3 && page == 8:
		v = &h.rows
	case id == 3 && page == 5:
		v = &h.levelEncoding
	case id == 5 && page == 8:
		v = &h.definitions
	case id == 6 && page == 8:
		v = &h.repetitions
	case id == 7 && page == 8:
		h.stored = kind == thriftFalse
		return true
	default:
		return false
	}
	return t.integer(kind, v)
}

// sound says whether the header's numbers are possible.
func (h *pageHeader) sound() bool {
	return h.size >= 0 && h.unfolded >= 0 && h.values >= 0 && h.repetitions >= 0 && h.definitions >= 0 &&
		h.repetitions <= h.unfolded && h.definitions <= h.unfolded-h.repetitions && h.rows <= h.values
}

// intact says whether the stored bytes match the checksum, where there is one.
func (h *pageHeader) intact(b []byte) bool {
	return !h.hasCRC || crc32.ChecksumIEEE(b) == uint32(h.crc)
}

// page is a decoded data page.
type page struct {
	n           int     // values, nulls included
	repetitions []uint8 // nil where the column is not repeated
	definitions []uint8 // nil where the column is required
	values      *vector // those that are not null
}

// decode makes a page of its stored bytes. A fault's cause is returned, empty where all is well.
func (l *leaf) decode(h *pageHeader, b []byte) (*page, string) {
	if !h.intact(b) {
		return nil, "checksum"
	}
	if h.kind == dataPageV2 {
		return l.decodeV2(h, b)
	}
	b, err := l.unfold.unfold(l.chunk.codec, b, int(h.unfolded))
	if err != nil {
		return nil, codecName(l.chunk.codec)
	}
	p := &page{n: int(h.values)}
	present := p.n
	for _, level := range []struct {
		most int
		into *[]uint8
	}{{l.node.Rep, &p.repetitions}, {l.node.Def, &p.definitions}} {
		if level.most == 0 {
			continue
		}
		if h.levelEncoding != encRLE || len(b) < 4 {
			return nil, "levels"
		}
		n := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
		if n > uint64(len(b)-4) {
			return nil, "levels"
		}
		levels, ok := decodeLevels(p.n, b[4:4+n], level.most)
		if !ok {
			return nil, "levels"
		}
		*level.into, b = levels, b[4+n:]
	}
	if p.definitions != nil {
		present = count(p.definitions, l.node.Def)
	}
	return l.values(h, p, present, b)
}

func (l *leaf) decodeV2(h *pageHeader, b []byte) (*page, string) {
	if h.repetitions+h.definitions > int64(len(b)) {
		return nil, "levels"
	}
	p := &page{n: int(h.values)}
	present := p.n
	ok := true
	if l.node.Rep > 0 {
		p.repetitions, ok = decodeLevels(p.n, b[:h.repetitions], l.node.Rep)
	}
	if l.node.Def > 0 && ok {
		p.definitions, ok = decodeLevels(p.n, b[h.repetitions:h.repetitions+h.definitions], l.node.Def)
		present = count(p.definitions, l.node.Def)
	}
	if !ok {
		return nil, "levels"
	}
	b = b[h.repetitions+h.definitions:]
	size := int(h.unfolded - h.repetitions - h.definitions)
	codec := l.chunk.codec
	if h.stored {
		codec = 0
	}
	b, err := l.unfold.unfold(codec, b, size)
	if err != nil {
		return nil, codecName(codec)
	}
	return l.values(h, p, present, b)
}

// decodeLevels decodes n levels of at most most.
func decodeLevels(n int, b []byte, most int) ([]uint8, bool) {
	levels := make([]uint8, n)
	got, ok := hybrid(levels, b, levelWidth(most))
	if !ok || got < n {
		return nil, false
	}
	for _, v := range levels {
		if int(v) > most {
			return nil, false
		}
	}
	return levels, true
}

func count(levels []uint8, level int) int {
	n := 0
	for _, v := range levels {
		if int(v) == level {
			n++
		}
	}
	return n
}

// values decodes the values that are not null.
func (l *leaf) values(h *pageHeader, p *page, n int, b []byte) (*page, string) {
	ok := true
	switch h.encoding {
	case encPlain:
		p.values, ok = plain(l.node, n, b)
	case encPlainDictionary, encRLEDictionary:
		if l.dictionary == nil {
			return nil, "no dictionary"
		}
		p.values, ok = indexes(n, b, l.dictionary)
	case encRLE:
		p.values, ok = runs(l.node, n, b)
	case encDelta:
		p.values, ok = deltaIntegers(l.node, n, b)
	case encDeltaLength:
		ok = l.node.Type == ByteArray
		if ok {
			p.values, ok = deltaLengths(n, b)
		}
	case encDeltaStrings:
		ok = l.node.Type == ByteArray || l.node.Type == FixedByteArray
		if ok {
			p.values, ok = deltaStrings(l.node, n, b, l.limits.PageBytes)
		}
	case encSplit:
		p.values, ok = splitStreams(l.node, n, b)
	default:
		return nil, "encoding"
	}
	if !ok {
		return nil, "values"
	}
	return p, ""
}
