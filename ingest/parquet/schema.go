package parquet

import "strings"

// Physical is how the values of a leaf are stored (format.thrift, Type).
type Physical int

// The physical types, by their codes in the format.
const (
	Boolean Physical = iota
	Int32
	Int64
	Int96
	Float
	Double
	ByteArray
	FixedByteArray
)

// Logical is what the values of a node mean.
type Logical int

// The meanings that are told apart; all others are Plain.
const (
	Plain Logical = iota
	String
	JSON
	Unsigned
	Date
	Time
	Timestamp
	Decimal
	UUID
	Float16
	List
	Map
)

// Node is a column or a group of columns.
type Node struct {
	Name     string
	Path     string // names from below the root, joined by '.'
	Children []*Node
	// Leaf is the column's index in the file, -1 for a group.
	Leaf     int
	leaves   []*Node // see Leaves
	Repeated bool
	// Def and Rep are the levels at which the node is present (Dremel, section 4.1).
	Def, Rep int

	Type    Physical
	Length  int // of FixedByteArray, in bytes
	Logical Logical
	Scale   int // of Decimal
	// Unit is the number of a Time's or a Timestamp's units in a second.
	Unit int64
}

// Child finds a child by name; of two with one name, the first.
func (n *Node) Child(name string) *Node {
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Find finds a node by its path from here: a child's own name, dots and all, or names joined by dots.
// Nothing is found inside a repeated node.
func (n *Node) Find(path string) *Node {
	if c := n.Child(path); c != nil {
		return c
	}
	for i := range len(path) {
		if path[i] != '.' {
			continue
		}
		if c := n.Child(path[:i]); c != nil && !c.Repeated && c.Leaf < 0 {
			if found := c.Find(path[i+1:]); found != nil {
				return found
			}
		}
	}
	return nil
}

// Leaves are the columns below a node, or the node itself, in the file's order. The slice is not to be changed.
func (n *Node) Leaves() []*Node { return n.leaves }

// element is an entry of the schema, which the footer lists depth first.
type element struct {
	name                            string
	kind, length, repetition        int64
	children                        int64
	converted, scale                int64
	logical                         Logical
	logicalScale                    int64
	unit                            int64
	hasKind, hasLogical, hasConvert bool
}

const (
	optional = 1
	repeated = 2

	maxColumns     = 16 << 10
	maxSchemaDepth = 64
	maxNameBytes   = 1 << 10
)

// tree makes the nodes of a schema, or says what is wrong with it.
type tree struct {
	elements []element
	next     int
	leaves   []*Node
	fault    string
}

// buildSchema returns the root, and the leaves in order.
func buildSchema(elements []element) (root *Node, leaves []*Node, fault string) {
	if len(elements) == 0 {
		return nil, nil, "no schema"
	}
	t := &tree{elements: elements, next: 1}
	root = &Node{Leaf: -1}
	t.children(root, elements[0].children, 1)
	root.leaves = t.leaves
	if t.fault == "" && t.next != len(elements) {
		t.fault = "schema"
	}
	return root, t.leaves, t.fault
}

func (t *tree) children(parent *Node, n int64, depth int) {
	if depth > maxSchemaDepth {
		t.fault = "schema is nested too deep"
	}
	for ; n > 0 && t.fault == ""; n-- {
		if t.next >= len(t.elements) {
			t.fault = "schema"
			return
		}
		e := &t.elements[t.next]
		t.next++
		parent.Children = append(parent.Children, t.node(parent, e, depth))
	}
}

func (t *tree) node(parent *Node, e *element, depth int) *Node {
	c := &Node{Name: strings.ToValidUTF8(e.name, "\ufffd"), Leaf: -1, Def: parent.Def, Rep: parent.Rep, Repeated: e.repetition == repeated}
	c.Path = c.Name
	if parent.Path != "" {
		c.Path = parent.Path + "." + c.Name
	}
	if len(c.Path) > maxNameBytes {
		t.fault = "column name too long"
	}
	if e.repetition == optional || e.repetition == repeated {
		c.Def++
	}
	if c.Repeated {
		c.Rep++
	}
	c.Logical, c.Scale, c.Unit = e.meaning()
	if e.hasKind && e.children == 0 {
		if e.kind < int64(Boolean) || e.kind > int64(FixedByteArray) {
			t.fault = "column type"
		}
		c.Type, c.Length = Physical(e.kind), int(e.length)
		if c.Type == FixedByteArray && (e.length < 1 || e.length > 1<<20) {
			t.fault = "column length"
		}
		c.Leaf = len(t.leaves)
		t.leaves = append(t.leaves, c)
		c.leaves = []*Node{c}
		return c
	}
	first := len(t.leaves)
	t.children(c, e.children, depth+1)
	c.leaves = t.leaves[first:len(t.leaves):len(t.leaves)]
	return c
}

// meaning is the logical type, or what its predecessor, the converted type, says (LogicalTypes.md of the format).
func (e *element) meaning() (l Logical, scale int, unit int64) {
	if e.hasLogical {
		return e.logical, int(clampScale(e.logicalScale)), e.unit
	}
	if !e.hasConvert {
		return Plain, 0, 0
	}
	switch e.converted {
	case 0, 4:
		return String, 0, 0
	case 1, 2:
		return Map, 0, 0
	case 3:
		return List, 0, 0
	case 5:
		return Decimal, int(clampScale(e.scale)), 0
	case 6:
		return Date, 0, 0
	case 7:
		return Time, 0, 1e3
	case 8:
		return Time, 0, 1e6
	case 9:
		return Timestamp, 0, 1e3
	case 10:
		return Timestamp, 0, 1e6
	case 11, 12, 13, 14:
		return Unsigned, 0, 0
	case 19:
		return JSON, 0, 0
	}
	return Plain, 0, 0
}

func clampScale(scale int64) int64 { return min(max(scale, 0), 100) }
