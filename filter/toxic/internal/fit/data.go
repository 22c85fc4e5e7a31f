package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// row is a labelled text.
type row struct {
	text  string
	toxic bool
	// weight is what an error on the row costs in training.
	weight float64
}

// The cuts of a set.
const (
	cutTest = iota
	cutDev
	cutTrain
)

// cutOf tells a text's cut by SHA-256 over its letters and digits, so that texts that differ in spaces and case fall together: a fifth
// each is the test and the development cut.
func cutOf(text string) int {
	plain := strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' && r < 'A' }), " "))
	return int(min(digest(plain)%5, cutTrain))
}

// digest is the first four bytes of a text's SHA-256.
func digest(text string) uint32 {
	sum := sha256.Sum256([]byte(text))
	return binary.LittleEndian.Uint32(sum[:])
}

// readSet reads DIR/NAME.tsv.xz, lines of label, tab, text.
func readSet(dir, name string) ([]row, error) {
	path := filepath.Join(dir, name+".tsv.xz")
	data, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []row
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, 1<<26)
	for scanner.Scan() {
		label, text, ok := strings.Cut(scanner.Text(), "\t")
		if !ok || label != "pos" && label != "neg" {
			return nil, fmt.Errorf("%s: line %d: no label pos or neg before a tab", path, len(rows)+1)
		}
		rows = append(rows, row{text: text, toxic: label == "pos", weight: 1})
	}
	return rows, scanner.Err()
}

// cut gives the rows of one cut.
func cut(rows []row, which int) []row {
	var out []row
	for _, r := range rows {
		if cutOf(r.text) == which {
			out = append(out, r)
		}
	}
	return out
}
