package classifier

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errColumns is a fault of the whole table.
var errColumns = errors.New("the table's columns")

// columns are lines of a table, parted by tabs, or by commas with fields in quotes, which may hold line ends.
type columns struct {
	Source
	commas bool
	names  bool // a first line of names is yet to come
	whole  bool // the text is everything behind the first column

	text, label int
	groups      []int
	rest        []byte // of a record that goes on
}

// newColumns finds the columns, unless they are named: then the first line says where they are. A table with commas has such a line unless all
// columns are numbers.
func newColumns(s Source, commas bool) (*columns, error) {
	c := &columns{Source: s, commas: commas}
	fields := append([]string{s.TextField, s.LabelField}, s.GroupFields...)
	numbers, named := 0, 0
	for _, f := range fields {
		if n, err := strconv.Atoi(f); err == nil && n > 0 {
			numbers++
		} else if f != "" {
			named++
		}
	}
	if numbers > 0 && named > 0 {
		return nil, errors.New("columns are either all names or all numbers")
	}
	if named > 0 || commas && numbers == 0 {
		c.names = true
		return c, nil
	}
	column := func(f string, otherwise int) int {
		if n, err := strconv.Atoi(f); err == nil {
			return n - 1
		}
		return otherwise
	}
	c.text, c.label = column(s.TextField, 1), column(s.LabelField, 0)
	for _, g := range s.GroupFields {
		c.groups = append(c.groups, column(g, 0))
	}
	c.whole = numbers == 0 && !commas
	return c, nil
}

func (c *columns) parse(line []byte) (Text, lineKind, error) {
	var t Text
	if len(c.rest) == 0 && len(bytes.TrimSpace(line)) == 0 {
		return t, none, errBlank
	}
	cells, kind, err := c.cells(line)
	if err != nil || kind != record {
		return t, kind, err
	}
	if c.names {
		c.names = false
		return t, none, c.find(cells)
	}
	for _, i := range append([]int{c.text, c.label}, c.groups...) {
		if i >= len(cells) {
			return t, none, fmt.Errorf("%d columns, of which number %d is needed", len(cells), i+1)
		}
	}
	t.Text = cells[c.text]
	if label := strings.TrimSpace(cells[c.label]); label != "" {
		t.Labels = []string{plainLabel(label)}
	}
	for k, i := range c.groups {
		if v := strings.TrimSpace(cells[i]); v != "" {
			t.Groups = append(t.Groups, c.GroupFields[k]+"="+v)
		}
	}
	return t, record, nil
}

// cells parts a line, or waits for the lines that belong to its last field.
func (c *columns) cells(line []byte) ([]string, lineKind, error) {
	if !c.commas {
		if c.whole {
			label, text, _ := strings.Cut(string(line), "\t")
			return []string{label, text}, record, nil
		}
		return strings.Split(string(line), "\t"), record, nil
	}
	if len(c.rest)+len(line) > maxLine {
		c.rest = nil
		return nil, none, errLongLine
	}
	begun := len(c.rest) > 0
	open := openQuotes(line, begun)
	if begun || open {
		c.rest = append(append(c.rest, line...), '\n')
		if open {
			return nil, more, nil
		}
		line, c.rest = c.rest, nil
	}
	r := csv.NewReader(bytes.NewReader(line))
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	return cells, record, err
}

// openQuotes says whether a field in quotes goes on behind a line; open says whether the line begins within one. As in RFC 4180, quotes
// open a field only at its beginning: one within a field without quotes, as of 5" disks, must not swallow the lines behind it.
func openQuotes(line []byte, open bool) bool {
	start := !open
	for i, b := range line {
		switch {
		case open:
			// A doubled quote closes and opens again.
			if b == '"' {
				open = false
				start = i+1 < len(line) && line[i+1] == '"'
			}
		case b == '"' && start:
			open = true
		default:
			start = b == ','
		}
	}
	return open
}

// find takes the columns' places from the first line.
func (c *columns) find(names []string) error {
	place := func(name, otherwise string) (int, error) {
		if name == "" {
			name = otherwise
		}
		for i, n := range names {
			if strings.TrimSpace(n) == name {
				return i, nil
			}
		}
		return 0, fmt.Errorf("%w: no %q among %q", errColumns, name, names)
	}
	var err error
	if c.text, err = place(c.TextField, "text"); err != nil {
		return err
	}
	if c.label, err = place(c.LabelField, "label"); err != nil {
		return err
	}
	for _, g := range c.GroupFields {
		i, err := place(g, g)
		if err != nil {
			return err
		}
		c.groups = append(c.groups, i)
	}
	return nil
}
