package filter

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"corpus"
)

// maxListLine bounds a line of a list file.
const maxListLine = 64 << 10

// readLists reads text files with one entry a line; '#' starts a comment, blank lines are skipped. Errors name the option, the file
// and the line.
func readLists(key string, paths []string, add func(entry string) error) error {
	for _, path := range paths {
		if err := readList(path, add); err != nil {
			return corpus.BadOption(key, "%w", err)
		}
	}
	return nil
}

func readList(path string, add func(entry string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err // names the path
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, maxListLine)
	line := 0
	for scanner.Scan() {
		line++
		entry, _, _ := strings.Cut(scanner.Text(), "#")
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		if err := add(entry); err != nil {
			return fmt.Errorf("%s: line %d: %w", path, line, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("%s: after line %d: %w", path, line, err)
	}
	return nil
}
