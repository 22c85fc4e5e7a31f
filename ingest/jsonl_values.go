package ingest

import (
	"bytes"

	"corpus"
)

// jsonReader reads objects over any number of lines: those of an array, as data sets are exported in one file, or one behind
// the other. The lines and the layout between them do not matter; each object is read as a JSON line is. An object that is no JSON
// ends where the next one begins as the last good one did.
type jsonReader struct {
	jsonlReader
	between []byte // what stood before the object at hand: white space from a line end on, or a comma
	begins  []byte // how the last good object began, with what stood before it; nil before the first
	// broken is the offset up to which braces are known not to pair: there objects end at the next beginning, which is at stop.
	broken, stop int64
}

func newJSONReader(in *input, opts Options) *jsonReader {
	return &jsonReader{jsonlReader: *newJSONLReader(in, opts)}
}

func (j *jsonReader) read(yield func(*corpus.Document) bool) {
	if bytes.HasPrefix(j.in.ensure(len(utf8BOM)), utf8BOM) && j.in.at == 0 {
		j.in.advance(len(utf8BOM))
	}
	for {
		if m, ok := j.in.here(); ok {
			if m.cause == end || j.in.raw.failed != nil {
				return
			}
			j.in.pass()
			if d := damage(m, j.in); d != nil && !yield(d) {
				return
			}
			continue
		}
		b := j.in.ensure(1)
		if len(b) == 0 {
			if _, ok := j.in.here(); ok {
				continue
			}
			return
		}
		if n := len(b) - len(bytes.TrimLeft(b, " \t\r\n,[]")); n > 0 {
			j.apart(b[:n])
			j.in.advance(n)
			continue
		}
		var d *corpus.Document
		if b[0] == '{' {
			d = j.object()
		} else {
			d = j.junk()
		}
		if j.in.raw.failed != nil || !yield(d) {
			return
		}
	}
}

// nesting follows the braces of an object, not those in strings.
type nesting struct {
	depth           int
	quoted, escaped bool
}

// ends passes one byte and says whether the object ends with it.
func (n *nesting) ends(c byte) bool {
	switch {
	case n.escaped:
		n.escaped = false
	case n.quoted:
		n.escaped = c == '\\'
		n.quoted = c != '"'
	case c == '"':
		n.quoted = true
	case c == '{':
		n.depth++
	case c == '}':
		n.depth--
		return n.depth == 0
	}
	return false
}

// maxBeginning is the most of an object's beginning that is looked for, in bytes.
const maxBeginning = 128

// apart notes what stands between two objects.
func (j *jsonReader) apart(b []byte) {
	b = bytes.TrimLeft(b[max(bytes.LastIndexByte(b, '\n'), 0):], "[]")
	if len(b) == 0 || len(b) > maxBeginning {
		b = []byte(",")
	}
	j.between = append(j.between[:0], b...)
}

// remember notes how a good object began, up to its first name.
func (j *jsonReader) remember(b []byte) {
	if colon := bytes.IndexByte(b[:min(len(b), maxBeginning)], ':'); colon > 0 && len(j.between) > 0 {
		j.begins = append(append(j.begins[:0], j.between...), b[:colon+1]...)
	}
}

// next is where in b, behind its first byte, an object begins as the last good one did; 0 for nowhere.
func (j *jsonReader) next(b []byte) int {
	if len(j.begins) == 0 || len(b) == 0 {
		return 0
	}
	return 1 + bytes.Index(b[1:], j.begins)
}

// findStop finds out where an object ends at the latest that is among braces which do not pair.
func (j *jsonReader) findStop() {
	at := j.in.at
	if at >= j.broken || at < j.stop {
		return // each byte is searched once
	}
	b := j.in.ensure(int(min(j.broken-at, j.opts.MaxRecordBytes)))
	if k := j.next(b[:min(int64(len(b)), j.broken-at)]); k > 0 {
		j.stop = at + int64(k)
	} else {
		j.broken = 0
	}
}

// give rejects what is no JSON, up to the next object.
func (j *jsonReader) give(b []byte) *corpus.Document {
	d := j.begin(b)
	d.Reject(Stage, RuleBadJSON, len(b))
	j.in.advance(len(b))
	return d
}

// object reads the object at hand. One over the bound is passed without holding it.
func (j *jsonReader) object() *corpus.Document {
	var braces nesting
	most := int(j.opts.MaxRecordBytes)
	seen, passed := 0, int64(0)
	start := j.in.at
	j.findStop()
	for {
		b := j.in.ensure(min(seen*2, most) + 1)
		for seen < len(b) {
			if seen > 0 && start+int64(seen) == j.stop {
				return j.give(b[:seen])
			}
			seen++
			if !braces.ends(b[seen-1]) {
				continue
			}
			if passed+int64(seen) > int64(most) {
				j.in.advance(seen)
				return j.tooLarge(start)
			}
			d := j.document(b[:seen])
			if d.Reason != nil && d.Reason.Rule == RuleBadJSON {
				if at := j.next(b[:seen]); at > 0 {
					j.broken = start + int64(seen)
					return j.give(b[:at])
				}
			} else {
				j.remember(b[:seen])
			}
			j.in.advance(seen)
			return d
		}
		if at := j.next(b[:seen]); at > 0 && passed == 0 && (j.in.blind || seen > most) {
			j.broken = start + int64(seen)
			return j.give(b[:at])
		}
		switch {
		case j.in.blind && passed > 0:
			j.in.advance(seen)
			return j.tooLarge(start)
		case j.in.blind:
			d := j.cut(b)
			j.in.advance(seen)
			return d
		case seen > most || passed > 0:
			j.in.advance(seen)
			passed, seen = passed+int64(seen), 0
		}
	}
}

func (j *jsonReader) tooLarge(start int64) *corpus.Document {
	d := j.begin(nil)
	d.Origin.Offset, d.Origin.Length = start, j.in.at-start
	d.Reject(Stage, RuleTooLarge, d.Origin.Length)
	return d
}

// cut rejects an object that the end of the input, or damage, cuts.
func (j *jsonReader) cut(b []byte) *corpus.Document {
	d := j.begin(b)
	if m := j.in.marks[len(j.in.marks)-1]; m.cause == end {
		d.Reject(Stage, RuleBadJSON, len(b))
	} else {
		d.Reject(Stage, RuleTruncated, m.next-m.lost)
	}
	return d
}

// junk passes what is no object, up to the next brace, and rejects it as one record.
func (j *jsonReader) junk() *corpus.Document {
	d := j.begin(nil)
	for {
		b := j.in.ensure(1)
		at := bytes.IndexByte(b, '{')
		if at >= 0 {
			j.in.advance(at)
			break
		}
		j.in.advance(len(b))
		if len(b) == 0 {
			break
		}
	}
	d.Origin.Length = j.in.at - d.Origin.Offset
	d.Reject(Stage, RuleBadJSON, 1)
	return d
}
