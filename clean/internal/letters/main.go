// Command letters writes clean/letters.bin: how likely one letter follows another in each language, and how frequent the
// characters of Chinese, Japanese and Korean are. Package clean tells charsets apart by it.
//
// Everything is derived from the language models of lingua-go (https://github.com/pemistahl/lingua-go, Apache License 2.0, Copyright 2021-present
// Peter M. Stahl), at the version in go.mod, whose n-gram frequencies were counted in news texts of the Wortschatz corpora of Leipzig
// University (CC BY). The alphabets in this package are plain facts about spelling: what a language writes is taken from its model, what
// only stands there because pages were decoded wrongly is left out.
//
// The same version of lingua-go gives the same file. From the folder of the module:
//
//	go run ./clean/internal/letters -o clean/letters.bin
//
// docs/format/letters.md describes the format.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	out := flag.String("o", "letters.bin", "file to write")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "letters:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pemistahl/lingua-go").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	b, err := makeTable(strings.TrimSpace(string(dir)))
	if err != nil {
		return err
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Clean(path))
}
