package ingest

import "bytes"

// A dialect is one form of record files: WARC or ARC. It says where a record begins and what its header
// holds; warcReader does the rest.
type dialect struct {
	// line is the most bytes that begins needs to see, and that a search for a record holds back at the end of what is at hand.
	line int
	// ends is how many line ends follow a block.
	ends int
	// begins says whether a record begins with b, at a place where one is due.
	begins func(b []byte) bool
	// plausible says whether b, which may be cut, can begin a record: asked of decoded bytes in the midst of damage.
	plausible func(b []byte) bool
	// find returns the first place in b where a record begins in the midst of other bytes, or -1.
	// AtLine says that b itself begins a line. What is not whole in b is not found.
	find func(b []byte, atLine bool) int
	// last returns the last place in b behind the one that b begins with where a record begins, or one right behind that.
	last func(b []byte) int
	// parse reads the header that b begins with. It returns its length, and whether all of it was there.
	parse func(h *warcHeader, b []byte) (size int, whole bool)
}

// warcDialect is WARC (ISO 28500).
func warcDialect() dialect {
	return dialect{
		line:      maxVersionLine,
		ends:      2,
		begins:    func(b []byte) bool { return versionLine(b) > 0 },
		plausible: func(b []byte) bool { return versionLine(bytes.TrimLeft(b, "\r\n")) > 0 },
		find:      func(b []byte, _ bool) int { return findRecord(b) },
		last:      lastRecord,
		parse:     (*warcHeader).parse,
	}
}

// tail is how many bytes a search holds back: a record's beginning fits in it.
func (d dialect) tail() int { return max(d.line, scanTail) }
