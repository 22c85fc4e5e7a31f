package parquet

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// AppendJSON appends a node's value in a row as JSON: lists as arrays, maps with text as keys as objects, other maps as
// arrays of pairs, groups as objects with sorted keys, nulls as null. Ok is false, and what was appended of no use, where that
// takes more than limit bytes.
func (n *Node) AppendJSON(b []byte, row *Row, limit int) (out []byte, ok bool) {
	a := assembler{row: row, out: b, limit: len(b) + limit}
	if values := row.valuesOf(n); n.Rep == 0 && len(values) == 1 {
		a.leaf(n, values[0]) // most columns: nothing to put together
	} else {
		a.at = map[*Node]int{}
		a.node(n)
	}
	return a.out, len(a.out) <= a.limit
}

// assembler puts rows together from the levels of their values (Dremel, section 4.3).
type assembler struct {
	row   *Row
	out   []byte
	limit int
	at    map[*Node]int // by leaf, the next value
}

// peek is a leaf's next value; ok is false where there is none, as levels that contradict each other can leave it.
func (a *assembler) peek(leaf *Node) (v Value, ok bool) {
	values := a.row.Values(leaf)
	if i := a.at[leaf]; i < len(values) {
		return values[i], true
	}
	return Value{}, false
}

// skip passes one value of every leaf below a node.
func (a *assembler) skip(n *Node) {
	for _, leaf := range n.Leaves() {
		a.at[leaf]++
	}
}

// guide is a node's first leaf, whose levels stand for those of all. It is nil for a group without columns.
func guide(n *Node) *Node {
	if leaves := n.Leaves(); len(leaves) > 0 {
		return leaves[0]
	}
	return nil
}

func (a *assembler) node(n *Node) {
	if n.Repeated {
		a.repeated(n, n)
		return
	}
	a.single(n)
}

// repeated writes an array of what each repetition of list holds as item: list itself, or its only child.
func (a *assembler) repeated(list, item *Node) {
	lead := guide(list)
	if lead == nil {
		a.out = append(a.out, "[]"...)
		return
	}
	if v, ok := a.peek(lead); !ok || int(v.Def) < list.Def {
		a.skip(list)
		a.out = append(a.out, "[]"...)
		return
	}
	a.out = append(a.out, '[')
	for first := true; ; first = false {
		if !first {
			a.out = append(a.out, ',')
		}
		a.single(item)
		if v, ok := a.peek(lead); !ok || int(v.Rep) != list.Rep || len(a.out) > a.limit {
			break
		}
	}
	a.out = append(a.out, ']')
}

// single writes one occurrence of a node.
func (a *assembler) single(n *Node) {
	lead := guide(n)
	if lead == nil {
		a.out = append(a.out, "{}"...)
		return
	}
	v, ok := a.peek(lead)
	switch {
	case !ok || int(v.Def) < n.Def:
		a.skip(n)
		a.out = append(a.out, "null"...)
	case n.Leaf >= 0:
		a.at[n]++
		a.leaf(n, v)
	case n.Logical == List && len(n.Children) == 1 && n.Children[0].Repeated:
		list := n.Children[0]
		item := list
		// The group in the middle is a list's own, unless it has more than one field or one of the old names (LogicalTypes.md, Lists).
		if list.Leaf < 0 && len(list.Children) == 1 && list.Name != "array" && !strings.HasSuffix(list.Name, "_tuple") && !list.Children[0].Repeated {
			item = list.Children[0]
		}
		a.repeated(list, item)
	case n.Logical == Map && len(n.Children) == 1 && n.Children[0].Repeated && len(n.Children[0].Children) == 2 && n.Children[0].Children[0].IsText():
		a.pairs(n.Children[0])
	default:
		a.group(n)
	}
}

// group writes an object with its keys sorted; of children with one name, the first.
func (a *assembler) group(n *Node) {
	children := slices.Clone(n.Children)
	slices.SortStableFunc(children, func(x, y *Node) int { return strings.Compare(x.Name, y.Name) })
	a.out = append(a.out, '{')
	start := len(a.out)
	for i, c := range children {
		if i > 0 && c.Name == children[i-1].Name {
			a.skipAll(c)
			continue
		}
		if len(a.out) > start {
			a.out = append(a.out, ',')
		}
		a.out = appendString(a.out, c.Name)
		a.out = append(a.out, ':')
		a.node(c)
	}
	a.out = append(a.out, '}')
}

// skipAll passes all of a node's values up to the next occurrence of what holds it.
func (a *assembler) skipAll(n *Node) {
	before := len(a.out)
	a.node(n)
	a.out = a.out[:min(before, len(a.out))]
}

// pairs writes a map with text as keys as an object in the order of the file.
func (a *assembler) pairs(entries *Node) {
	key, value := entries.Children[0], entries.Children[1]
	v, ok := a.peek(key)
	if !ok || int(v.Def) < entries.Def {
		a.skip(entries)
		a.out = append(a.out, "{}"...)
		return
	}
	seen := map[string]bool{}
	a.out = append(a.out, '{')
	start := len(a.out)
	for {
		v, _ := a.peek(key)
		a.at[key]++
		name, ok := key.Format(v)
		if !ok || seen[name] {
			a.skipAll(value)
		} else {
			seen[name] = true
			if len(a.out) > start {
				a.out = append(a.out, ',')
			}
			a.out = appendString(a.out, name)
			a.out = append(a.out, ':')
			a.node(value)
		}
		if v, ok := a.peek(key); !ok || int(v.Rep) != entries.Rep || len(a.out) > a.limit {
			break
		}
	}
	a.out = append(a.out, '}')
}

// leaf writes one value, null where there is none. JSON in a column of JSON stays JSON.
func (a *assembler) leaf(n *Node, v Value) {
	if len(v.Bytes) > a.limit {
		a.out = append(a.out, make([]byte, a.limit+1)...) // it cannot fit: what comes out is of no use
		return
	}
	s, ok := n.Format(v)
	switch {
	case !ok:
		a.out = append(a.out, "null"...)
	case n.isNumber() || n.Type == Boolean:
		a.out = append(a.out, s...)
	case n.Logical == JSON && json.Valid([]byte(s)):
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(s)) == nil {
			a.out = append(a.out, compact.Bytes()...)
		}
	default:
		a.out = appendString(a.out, s)
	}
}

// Quote writes a string in JSON's notation, without escapes for HTML.
func Quote(s string) []byte { return appendString(nil, s) }

// appendString appends a string in JSON's notation, without escapes for HTML.
func appendString(b []byte, s string) []byte {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		return append(append(append(b, '"'), s...), '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return append(b, `""`...)
	}
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
}
