package parquet

import "encoding/binary"

// The types of Thrift's compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxThriftDepth is deeper than any structure of the format, whose deepest is a time unit within a logical type.
const maxThriftDepth = 16

// thrift reads Thrift's compact protocol (thrift-compact-protocol.md of Apache Thrift) from memory. The first fault makes
// bad true, and ends every loop: values are then zero. Nothing is allocated for a length or a count that the bytes only claim.
type thrift struct {
	b     []byte
	bad   bool
	short bool // bad because the bytes end, so that more of them may help
	depth int
}

func (t *thrift) fail(short bool) {
	t.bad, t.short = true, short && !t.bad || t.short
	t.b = nil
}

func (t *thrift) byte() byte {
	if len(t.b) == 0 {
		t.fail(true)
		return 0
	}
	c := t.b[0]
	t.b = t.b[1:]
	return c
}

func (t *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(t.b)
	if n <= 0 {
		t.fail(n == 0)
		return 0
	}
	t.b = t.b[n:]
	return v
}

// varint is an integer of any width: they are all written in zigzag.
func (t *thrift) varint() int64 {
	u := t.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// binary is a string's bytes; they are part of the input.
func (t *thrift) binary() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)) {
		t.fail(true)
		return nil
	}
	s := t.b[:n]
	t.b = t.b[n:]
	return s
}

// fields calls visit for every field of a structure. Visit reads the value, or returns false to have it skipped.
func (t *thrift) fields(visit func(id int, kind byte) bool) {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(false)
	}
	id := 0
	for !t.bad {
		head := t.byte()
		kind := head & 0xf
		if kind == thriftStop {
			break
		}
		if step := int(head >> 4); step > 0 {
			id += step
		} else {
			id = int(int16(t.varint()))
		}
		if !t.bad && !visit(id, kind) {
			t.skip(kind)
		}
	}
	t.depth--
}

// list calls visit for every item of a list whose items are of the kind wanted, and skips another list.
func (t *thrift) list(want byte, visit func()) {
	kind, n := t.listHead()
	for ; n > 0 && !t.bad; n-- {
		if kind == want {
			visit()
		} else {
			t.skipItem(kind)
		}
	}
}

func (t *thrift) listHead() (kind byte, n uint64) {
	head := t.byte()
	n = uint64(head >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	return head & 0xf, n
}

// skip passes a field's value.
func (t *thrift) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse: // the kind is the value
	default:
		t.skipItem(kind)
	}
}

// skipItem passes a value in a list or a map, where a boolean takes a byte.
func (t *thrift) skipItem(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse, thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		if len(t.b) < 8 {
			t.fail(true)
			return
		}
		t.b = t.b[8:]
	case thriftBinary:
		t.binary()
	case thriftList, thriftSet:
		if t.depth++; t.depth > maxThriftDepth {
			t.fail(false)
			return
		}
		item, n := t.listHead()
		for ; n > 0 && !t.bad; n-- {
			t.skipItem(item)
		}
		t.depth--
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.fields(func(int, byte) bool { return false })
	default:
		t.fail(false)
	}
}

func (t *thrift) skipMap() {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(false)
		return
	}
	n := t.uvarint()
	if n > 0 {
		kinds := t.byte()
		for ; n > 0 && !t.bad; n-- {
			t.skipItem(kinds >> 4)
			t.skipItem(kinds & 0xf)
		}
	}
	t.depth--
}

// isInteger says whether a value of the kind is written as a varint.
func isInteger(kind byte) bool { return kind == thriftI16 || kind == thriftI32 || kind == thriftI64 }

// integer reads an integer field into *v; it is a visit's last step.
func (t *thrift) integer(kind byte, v *int64) bool {
	if !isInteger(kind) {
		return false
	}
	*v = t.varint()
	return true
}
