package parquet

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// LostRows is the error for rows that cannot be read. Reading goes on behind them.
type LostRows struct {
	// First is the index in the file of the first of them, Count how many there are.
	First, Count int64
	Fault        *Fault
}

func (e *LostRows) Error() string {
	return fmt.Sprintf("rows %d to %d: %v", e.First, e.First+e.Count-1, e.Fault)
}

func (e *LostRows) Unwrap() error { return e.Fault }

// Row is the values of one row in the columns that a Reader reads. It is valid until the next one.
type Row struct {
	// Index is the row's index in the file.
	Index  int64
	leaves []*leaf
	slots  []int // by a column's index in the file: its place in leaves, from 1
}

// Values are a column's values in the row; nil where the reader does not read it.
func (r *Row) Values(column *Node) []Value {
	if slot := r.slots[column.Leaf]; slot > 0 {
		return r.leaves[slot-1].out
	}
	return nil
}

// valuesOf are the values of a node that is a column, nil of a group.
func (r *Row) valuesOf(n *Node) []Value {
	if n.Leaf < 0 {
		return nil
	}
	return r.Values(n)
}

// Reader reads rows in order. It is for one goroutine.
type Reader struct {
	f       *File
	columns []*Node
	unfold  unfolder
	held    int
	row     Row
	next    int64
	group   int // the row group that is open, -1 for none
}

// Reader returns a reader of some columns, which stands before the first row.
func (f *File) Reader(columns []*Node) *Reader {
	r := &Reader{f: f, columns: columns, group: -1, unfold: unfolder{limit: f.limits.PageBytes}}
	r.row.slots = make([]int, len(f.leaves))
	for i, c := range columns {
		r.row.slots[c.Leaf] = i + 1
	}
	return r
}

// SeekRow makes a row, from 0, the next one.
func (r *Reader) SeekRow(row int64) {
	r.next, r.group = row, -1
}

// Next reads a row. The error is io.EOF behind the last, a *LostRows where reading goes on behind what cannot be read, or one of the
// underlying reader, which ends it.
func (r *Reader) Next() (*Row, error) {
	for {
		if r.group < 0 || r.next >= r.end() {
			if r.next < 0 || r.next >= r.f.rows {
				return nil, io.EOF
			}
			if err := r.open(); err != nil {
				return nil, r.lose(err, -1, nil)
			}
		}
		row := r.next - r.f.groups[r.group].first
		again := false
		for _, l := range r.row.leaves {
			if l.row > row {
				continue // read already, before a column behind it was at fault
			}
			lost, err := l.seek(row)
			if err == nil {
				_, lost, err = l.read()
			}
			if err == nil {
				continue
			}
			if err = r.lose(err, lost, l); err != nil {
				return nil, err
			}
			again = true
			break
		}
		if again {
			continue
		}
		r.row.Index = r.next
		r.next++
		return &r.row, nil
	}
}

// end is the index of the first row behind the group that is open.
func (r *Reader) end() int64 {
	g := &r.f.groups[r.group]
	return g.first + g.rows
}

// open opens the columns of the group that the next row is in.
func (r *Reader) open() error {
	at, found := slices.BinarySearchFunc(r.f.groups, r.next, func(g rowGroup, row int64) int {
		switch {
		case g.first+g.rows <= row:
			return -1
		case g.first > row:
			return 1
		}
		return 0
	})
	if !found {
		return io.EOF
	}
	r.group, r.held = at, 0
	r.row.leaves = r.row.leaves[:0]
	for _, c := range r.columns {
		l := &leaf{file: r.f, limits: r.f.limits, unfold: &r.unfold, held: &r.held, node: c, chunk: r.f.groups[at].chunks[c.Leaf]}
		if err := l.open(); err != nil {
			return err
		}
		r.row.leaves = append(r.row.leaves, l)
	}
	return nil
}

// lose passes rows that a fault cost: lost of them from where the column stands, or all to the group's end where lost is negative.
// It returns nil where those were all before the next row.
func (r *Reader) lose(err error, lost int64, l *leaf) error {
	var fault *Fault
	if !errors.As(err, &fault) {
		return err
	}
	next := r.end()
	if l != nil && lost >= 0 {
		l.row += lost
		next = min(next, r.f.groups[r.group].first+l.row)
	}
	if next <= r.next {
		return nil
	}
	e := &LostRows{First: r.next, Count: next - r.next, Fault: fault}
	r.next = next
	return e
}
