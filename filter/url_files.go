package filter

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"corpus"
)

// urlLists are the lists of a stage while they are read.
type urlLists struct {
	domains, prefixes urlSetBuilder
	files             []corpus.Model
	buf               []byte
}

// maxUnread is the share of the lines of a published list that may be no entries: more, and it is another kind of file.
const maxUnread = 0.01

// urlFile says how a list file is read.
type urlFile struct {
	path string
	// name is what the manifest calls it, beside the path that the config names.
	name, origin string
	// lenient passes over lines that are no entry, as long as they are few; else the first is an error.
	lenient bool
	add     func(entry []byte) error
}

// read reads a list: an entry a line, plain or compressed by gzip; '#' at the start of a line or behind white space begins a comment.
func (l *urlLists) read(f urlFile) error {
	file, err := os.Open(f.path)
	if err != nil {
		return err // names the path
	}
	defer file.Close()
	sum := sha256.New()
	entries, unread, err := readEntries(io.TeeReader(file, sum), f.add, f.lenient)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	if float64(unread) > maxUnread*float64(entries+unread) {
		return fmt.Errorf("%s: %d of %d lines are no entries of such a list", f.path, unread, entries+unread)
	}
	name := fmt.Sprintf("%s, %d entries", f.name, entries)
	if unread > 0 {
		name += fmt.Sprintf(", %d lines passed over", unread)
	}
	l.files = append(l.files, corpus.Model{Name: name, Origin: f.origin, Digest: digestOf(sum)})
	return nil
}

func digestOf(sum hash.Hash) string { return "sha256:" + hex.EncodeToString(sum.Sum(nil)) }

// readEntries calls add with each line that is not blank or a comment. The entry is valid until add returns.
func readEntries(r io.Reader, add func(entry []byte) error, lenient bool) (entries, unread int, err error) {
	raw := bufio.NewReaderSize(r, 1<<20)
	lines := raw
	if magic, _ := raw.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(raw)
		if err != nil {
			return 0, 0, err
		}
		lines = bufio.NewReaderSize(unpacked, 1<<20)
	}
	for line := 1; ; line++ {
		b, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) || len(b) > maxListLine {
			return entries, unread, fmt.Errorf("line %d has more than %d bytes", line, maxListLine)
		}
		if line == 1 {
			b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // the mark that some editors put before UTF-8
		}
		if entry := withoutComment(b); len(entry) > 0 {
			switch fault := add(entry); {
			case fault == nil:
				entries++
			case lenient:
				unread++
			default:
				return entries, unread, fmt.Errorf("line %d: %w", line, fault)
			}
		}
		if err == io.EOF {
			_, err = io.Copy(io.Discard, raw) // the digest is of the whole file
			return entries, unread, err
		}
		if err != nil {
			return entries, unread, fmt.Errorf("after line %d: %w", line-1, err)
		}
	}
}

// withoutComment cuts the comment and the white space around an entry off.
func withoutComment(line []byte) []byte {
	for from := 0; ; {
		at := bytes.IndexByte(line[from:], '#')
		if at < 0 {
			break
		}
		if at += from; at == 0 || line[at-1] == ' ' || line[at-1] == '\t' {
			line = line[:at]
			break
		}
		from = at + 1
	}
	return bytes.TrimSpace(line)
}

// addDomain adds a domain.
func (l *urlLists) addDomain(entry []byte) error {
	if plain, ok := l.plainDomain(entry); ok {
		l.domains.add(plain)
		return nil
	}
	domain, err := normalDomain(string(entry))
	if err != nil {
		return err
	}
	l.domains.add([]byte(domain))
	return nil
}

// plainDomain is normalDomain of a name that holds nothing but ASCII letters, digits, dots, hyphens and underscores, without garbage.
func (l *urlLists) plainDomain(entry []byte) ([]byte, bool) {
	entry = bytes.TrimPrefix(bytes.TrimPrefix(entry, []byte("*")), []byte("."))
	entry = bytes.TrimSuffix(entry, []byte("."))
	l.buf = l.buf[:0]
	for _, c := range entry {
		if !isDomainByte(c) {
			return nil, false
		}
		if class[c]&classUpper != 0 {
			c += 'a' - 'A'
		}
		l.buf = append(l.buf, c)
	}
	return l.buf, len(l.buf) > 0
}

// addPrefix adds the beginning of addresses: a host and a path.
func (l *urlLists) addPrefix(entry []byte) error {
	prefix, err := urlPrefix(string(entry))
	if err != nil {
		return err
	}
	l.prefixes.add([]byte(prefix))
	return nil
}

// addEither adds a domain, or what stands among domains and is the beginning of addresses.
func (l *urlLists) addEither(entry []byte) error {
	if err := l.addDomain(entry); err != nil {
		return l.addPrefix(entry)
	}
	return nil
}

// urlPrefix is an entry of a list of URLs as addresses are looked up: host and path in lower case, without scheme, "www." and final slash.
func urlPrefix(entry string) (string, error) {
	parts := splitURL(entry)
	if parts.host == "" || strings.ContainsAny(parts.host, " \t\x00") || strings.ContainsAny(parts.rest, " \t\x00") {
		return "", fmt.Errorf("%q is not the beginning of an address", entry)
	}
	path, _, _ := strings.Cut(parts.rest, "#")
	return strings.TrimSuffix(strings.TrimPrefix(parts.host, "www.")+strings.ToLower(path), "/"), nil
}

// categoryFiles are the files of a category in the format of the UT1 lists: a folder with a list of domains, a list of URLs, or both, each plain or
// compressed.
func categoryFiles(folder string) (domains, urls []string) {
	there := func(name string) []string {
		for _, end := range []string{"", ".gz"} {
			path := filepath.Join(folder, name+end)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return []string{path}
			}
		}
		return nil
	}
	return there("domains"), there("urls")
}

// readCategory reads the lists of a category.
func (l *urlLists) readCategory(folder string) error {
	domains, urls := categoryFiles(folder)
	if domains == nil && urls == nil {
		return fmt.Errorf("%s: no folder with a file domains or urls", folder)
	}
	read := func(paths []string, add func(entry []byte) error) error {
		for _, path := range paths {
			if err := l.read(urlFile{path: path, name: "block_categories " + path, origin: path, lenient: true, add: add}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := read(domains, l.addEither); err != nil {
		return err
	}
	return read(urls, l.addPrefix)
}
