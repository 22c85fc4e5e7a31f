package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Limits bound what reading a file may take.
type Limits struct {
	// PageBytes is the largest page that is read, unfolded, in bytes.
	PageBytes int
	// HeldBytes is the most that the pages and dictionaries at hand may hold together, over all columns, in bytes.
	HeldBytes int
}

// DefaultLimits hold pages of 256 MiB, 1 GiB together. Writers make pages of about 1 MiB; some write a whole column of a row group as one.
func DefaultLimits() Limits { return Limits{PageBytes: 256 << 20, HeldBytes: 1 << 30} }

const (
	maxFooterBytes = 64 << 20
	maxRowGroups   = 1 << 20
	maxChunks      = 1 << 22
)

// Kind says what sort of fault it is.
type Kind int

// The kinds of faults.
const (
	// Malformed: the bytes are not what the format says.
	Malformed Kind = iota
	// TooLarge: over one of the limits.
	TooLarge
	// Unsupported: a codec or an encoding that is not read.
	Unsupported
	// Encrypted: the file's footer or the column is encrypted.
	Encrypted
)

// Fault is an error of the file's bytes, not of reading them.
type Fault struct {
	Kind Kind
	// Column is the path of the column, empty where the whole file is at fault.
	Column string
	// Cause says in a few words what is wrong ("checksum", "page header", "codec LZO").
	Cause string
}

func (f *Fault) Error() string {
	if f.Column == "" {
		return f.Cause
	}
	return f.Column + ": " + f.Cause
}

// chunk is one column's part of a row group.
type chunk struct {
	codec     int64
	start     int64 // offset of the first page
	length    int64 // of the pages, in bytes, as stored
	encrypted bool
	external  bool // the bytes are in another file
}

type rowGroup struct {
	first  int64 // index of the first row in the file
	rows   int64
	chunks []chunk
}

// File is an open file: its schema and where its pages lie.
type File struct {
	r      io.ReaderAt
	size   int64
	limits Limits
	root   *Node
	leaves []*Node
	groups []rowGroup
	rows   int64
}

// Root is the schema; its children are the columns that the file has at its top.
func (f *File) Root() *Node { return f.root }

// NumRows is the number of rows that the file says it has.
func (f *File) NumRows() int64 { return f.rows }

// Open reads the footer of a file of size bytes. The error is a *Fault where the bytes are no Parquet file that
// can be read, else one of r.
func Open(r io.ReaderAt, size int64, limits Limits) (*File, error) {
	f := &File{r: r, size: size, limits: limits}
	footer, err := f.footer()
	if err != nil {
		return nil, err
	}
	m := metadata{t: thrift{b: footer}}
	m.read()
	if m.fault != "" {
		return nil, &Fault{Kind: TooLarge, Cause: m.fault}
	}
	if m.t.bad {
		return nil, &Fault{Cause: "footer"}
	}
	root, leaves, cause := buildSchema(m.elements)
	if cause == "" && len(leaves) == 0 {
		cause = "no columns"
	}
	if cause != "" {
		return nil, &Fault{Cause: cause}
	}
	f.root, f.leaves = root, leaves
	return f, f.setGroups(m.groups)
}

// footer returns the bytes of the metadata, which stand at the end of the file before their length and the magic number.
func (f *File) footer() ([]byte, error) {
	if f.size < 12 {
		return nil, &Fault{Cause: "too short"}
	}
	var tail [8]byte
	if err := f.read(tail[:], f.size-8); err != nil {
		return nil, err
	}
	switch string(tail[4:]) {
	case "PAR1":
	case "PARE":
		return nil, &Fault{Kind: Encrypted, Cause: "encrypted footer"}
	default:
		return nil, &Fault{Cause: "no magic number at the end"}
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > f.size-12 {
		return nil, &Fault{Cause: "footer length"}
	}
	if n > maxFooterBytes {
		return nil, &Fault{Kind: TooLarge, Cause: fmt.Sprintf("footer of %d bytes", n)}
	}
	b := make([]byte, n)
	return b, f.read(b, f.size-8-n)
}

// read fills p. A file that ends before its size is an error of reading.
func (f *File) read(p []byte, at int64) error {
	n, err := f.r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%d bytes at %d: %w", len(p), at, err)
}

// setGroups checks that row groups add up, and that each has one chunk for each column.
func (f *File) setGroups(groups []rowGroup) error {
	for i := range groups {
		g := &groups[i]
		if g.rows < 0 || g.rows > math.MaxInt64/2-f.rows {
			return &Fault{Cause: "number of rows"}
		}
		if len(g.chunks) != len(f.leaves) {
			return &Fault{Cause: "columns of a row group"}
		}
		g.first = f.rows
		f.rows += g.rows
	}
	if f.rows > 1<<20 && (f.rows>>6 > f.size || f.rows>>10*int64(len(f.leaves)) > f.size+1<<20) {
		return &Fault{Kind: TooLarge, Cause: "number of rows"} // nulls in long runs take next to nothing
	}
	f.groups = groups
	return nil
}

// metadata decodes FileMetaData (parquet.thrift), those fields of it that reading needs.
type metadata struct {
	t        thrift
	elements []element
	groups   []rowGroup
	chunks   int
	fault    string
}

func (m *metadata) read() {
	t := &m.t
	t.fields(func(id int, kind byte) bool {
		switch {
		case id == 2 && kind == thriftList:
			t.list(thriftStruct, m.element)
		case id == 4 && kind == thriftList:
			t.list(thriftStruct, m.rowGroup)
		default:
			return false
		}
		return true
	})
}

func (m *metadata) stop(fault string) {
	m.fault = fault
	m.t.b = nil
}

func (m *metadata) element() {
	if len(m.elements) > 2*maxColumns {
		m.stop("too many columns")
	}
	var e element
	t := &m.t
	t.fields(func(id int, kind byte) bool {
		switch id {
		case 1:
			e.hasKind = true
			return t.integer(kind, &e.kind)
		case 2:
			return t.integer(kind, &e.length)
		case 3:
			return t.integer(kind, &e.repetition)
		case 4:
			if kind != thriftBinary {
				return false
			}
			e.name = string(t.binary())
			return true
		case 5:
			return t.integer(kind, &e.children)
		case 6:
			e.hasConvert = true
			return t.integer(kind, &e.converted)
		case 7:
			return t.integer(kind, &e.scale)
		case 10:
			if kind != thriftStruct {
				return false
			}
			m.logical(&e)
			return true
		}
		return false
	})
	m.elements = append(m.elements, e)
}

// logical decodes the union LogicalType.
func (m *metadata) logical(e *element) {
	t := &m.t
	t.fields(func(id int, kind byte) bool {
		e.hasLogical = true
		if kind != thriftStruct {
			return false
		}
		switch id {
		case 1, 4:
			e.logical = String
		case 2:
			e.logical = Map
		case 3:
			e.logical = List
		case 5:
			e.logical = Decimal
			t.fields(func(id int, kind byte) bool { return id == 1 && t.integer(kind, &e.logicalScale) })
			return true
		case 6:
			e.logical = Date
		case 7, 8:
			e.logical = Time
			if id == 8 {
				e.logical = Timestamp
			}
			m.unit(e)
			return true
		case 10:
			signed := true
			t.fields(func(id int, kind byte) bool {
				if id == 2 {
					signed = kind == thriftTrue
				}
				return false
			})
			if !signed {
				e.logical = Unsigned
			}
			return true
		case 12:
			e.logical = JSON
		case 14:
			e.logical = UUID
		case 15:
			e.logical = Float16
		}
		return false
	})
}

// unit decodes the unit of a time: an empty structure whose id says which.
func (m *metadata) unit(e *element) {
	t := &m.t
	e.unit = 1e3
	t.fields(func(id int, kind byte) bool {
		if id != 2 || kind != thriftStruct {
			return false
		}
		t.fields(func(id int, _ byte) bool {
			switch id {
			case 2:
				e.unit = 1e6
			case 3:
				e.unit = 1e9
			}
			return false
		})
		return true
	})
}

func (m *metadata) rowGroup() {
	if len(m.groups) >= maxRowGroups {
		m.stop("too many row groups")
	}
	var g rowGroup
	t := &m.t
	t.fields(func(id int, kind byte) bool {
		switch {
		case id == 1 && kind == thriftList:
			t.list(thriftStruct, func() { m.chunk(&g) })
			return true
		case id == 3:
			return t.integer(kind, &g.rows)
		}
		return false
	})
	m.groups = append(m.groups, g)
}

func (m *metadata) chunk(g *rowGroup) {
	if m.chunks++; m.chunks > maxChunks || len(g.chunks) >= maxColumns {
		m.stop("too many columns")
	}
	var c chunk
	var data, dictionary int64
	t := &m.t
	t.fields(func(id int, kind byte) bool {
		switch {
		case id == 1 && kind == thriftBinary:
			c.external = len(t.binary()) > 0
			return true
		case id == 3 && kind == thriftStruct:
			t.fields(func(id int, kind byte) bool {
				switch id {
				case 4:
					return t.integer(kind, &c.codec)
				case 7:
					return t.integer(kind, &c.length)
				case 9:
					return t.integer(kind, &data)
				case 11:
					return t.integer(kind, &dictionary)
				}
				return false
			})
			return true
		case id == 8 || id == 9:
			c.encrypted = true
		}
		return false
	})
	c.start = data
	// Some writers set 0 for no dictionary, some a dictionary behind the data, which is then no dictionary page.
	if dictionary > 0 && dictionary < data {
		c.start = dictionary
	}
	g.chunks = append(g.chunks, c)
}
