// Command unicodegen writes the character classes of package pretoken from the Unicode Character Database.
//
//	go run ./tokenize/pretoken/internal/unicodegen -ucd FOLDER -o tokenize/pretoken/unicode16.go
//
// FOLDER holds UnicodeData.txt and PropList.txt as the Unicode Consortium publishes them (UAX #44, for
// version 16.0.0 at www.unicode.org/Public/16.0.0/ucd/). The output depends on these two files alone.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"corpus/internal/storage"
)

func main() {
	folder := flag.String("ucd", "", "folder with UnicodeData.txt and PropList.txt")
	output := flag.String("o", "tokenize/pretoken/unicode16.go", "file to write")
	flag.Parse()
	if err := run(*folder, *output); err != nil {
		fmt.Fprintln(os.Stderr, "unicodegen:", err)
		os.Exit(1)
	}
}

func run(folder, output string) error {
	db, err := readFolder(folder)
	if err != nil {
		return err
	}
	text, err := db.source()
	if err != nil {
		return err
	}
	return storage.WriteFile(output, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// readFolder reads the two files of the database.
func readFolder(folder string) (*database, error) {
	db := new(database)
	for _, f := range []struct {
		name string
		read func(io.Reader) error
	}{
		{"UnicodeData.txt", db.readCategories},
		{"PropList.txt", db.readProperties},
	} {
		if err := readFile(filepath.Join(folder, f.name), f.read); err != nil {
			return nil, err
		}
	}
	return db, nil
}

func readFile(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
