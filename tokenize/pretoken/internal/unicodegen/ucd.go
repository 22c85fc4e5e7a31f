package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// database holds what the patterns ask about each code point.
type database struct {
	version  string                       // "16.0.0"
	category [unicode.MaxRune + 1][2]byte // General_Category, as "Lu"; zero: unassigned
	white    [unicode.MaxRune + 1]bool    // White_Space
}

// eachLine calls f for the fields of each line that holds data. Fields are separated by semicolons, and
// a comment starts with # (UAX #44, section 4.2).
func eachLine(r io.Reader, comment func(string), f func(fields []string) error) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		data, note, _ := strings.Cut(lines.Text(), "#")
		if comment != nil {
			comment(strings.TrimSpace(note))
		}
		if strings.TrimSpace(data) == "" {
			continue
		}
		fields := strings.Split(data, ";")
		for i, s := range fields {
			fields[i] = strings.TrimSpace(s)
		}
		if err := f(fields); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func codePoint(s string) (rune, error) {
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || n > unicode.MaxRune {
		return 0, fmt.Errorf("%q is not a code point", s)
	}
	return rune(n), nil
}

// readCategories reads UnicodeData.txt: the code point, its name, its General_Category and more. Two lines whose names
// end in "First>" and "Last>" stand for all from the one to the other (UAX #44, section 4.2.3).
func (db *database) readCategories(r io.Reader) error {
	first := rune(-1)
	err := eachLine(r, nil, func(fields []string) error {
		if len(fields) < 3 || len(fields[2]) != 2 {
			return errors.New("not code point; name; category of two letters")
		}
		at, err := codePoint(fields[0])
		if err != nil {
			return err
		}
		if strings.HasSuffix(fields[1], ", First>") {
			first = at
			return nil
		}
		from := at
		if strings.HasSuffix(fields[1], ", Last>") {
			if first < 0 || first > at {
				return errors.New("end of a range that has no beginning")
			}
			from, first = first, -1
		} else if first >= 0 {
			return errors.New("a range has no end")
		}
		for c := from; c <= at; c++ {
			db.category[c] = [2]byte{fields[2][0], fields[2][1]}
		}
		return nil
	})
	if err == nil && first >= 0 {
		return errors.New("the last range has no end")
	}
	return err
}

// readProperties reads PropList.txt: a code point or a range, and the name of a property that it has. The
// version is in the file's first line.
func (db *database) readProperties(r io.Reader) error {
	comment := func(s string) {
		if name, ok := strings.CutPrefix(s, "PropList-"); ok && db.version == "" {
			db.version = strings.TrimSuffix(name, ".txt")
		}
	}
	err := eachLine(r, comment, func(fields []string) error {
		if len(fields) < 2 {
			return errors.New("not code points; property")
		}
		if fields[1] != "White_Space" {
			return nil
		}
		lo, hi, ok := strings.Cut(fields[0], "..")
		if !ok {
			hi = lo
		}
		from, err := codePoint(lo)
		if err != nil {
			return err
		}
		to, err := codePoint(hi)
		if err != nil {
			return err
		}
		for c := from; c <= to; c++ {
			db.white[c] = true
		}
		return nil
	})
	if err == nil && db.version == "" {
		return errors.New("no line says the version, as # PropList-16.0.0.txt does")
	}
	return err
}
