package classifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"corpus"
)

// Source says how labelled texts are read.
type Source struct {
	// Format is "fasttext", "jsonl", "tsv" or "csv"; empty tells by the first line of each file.
	Format string
	// TextField and LabelField name the fields of JSON objects ("metadata.label" reaches into an object) and columns of tables: a number
	// from 1, or a name of the table's first line. Empty: "text" and "label" (or "labels") in JSON and in tables with a first line of
	// names, the second and the first column in tables without.
	TextField, LabelField string
	// GroupFields are further fields, whose values are groups; a value may be a list in JSON.
	GroupFields []string
	// Stdin is what the path "-" stands for.
	Stdin io.Reader
}

// Formats are the values of Source.Format.
func Formats() []string { return []string{"fasttext", "jsonl", "tsv", "csv"} }

// File is what was found out about a file while reading it.
type File struct {
	Path string
	// Digest is "sha256:" and 64 hex digits over the file as it is stored.
	Digest string
	// Texts is the number of labelled texts, Skipped that of lines that were none, blank ones apart; First says what was wrong with the first.
	Texts, Skipped int
	First          error
}

// Validate returns an OptionError for a bad field.
func (s Source) Validate() error {
	if s.Format != "" && !slices.Contains(Formats(), s.Format) {
		return corpus.BadOption("format", "%q is none of %s", s.Format, strings.Join(Formats(), ", "))
	}
	if s.Format == "fasttext" && (len(s.GroupFields) > 0 || s.TextField != "" || s.LabelField != "") {
		return corpus.BadOption("format", "fastText lines have no fields")
	}
	return nil
}

// parser makes texts of lines. more says that the record goes on with the next line; none that the line is no record (a table's first).
type parser interface {
	parse(line []byte) (t Text, kind lineKind, err error)
}

type lineKind int

const (
	record lineKind = iota
	more
	none
)

// maxLabel bounds a label in bytes: what is longer is a text in the place of a label.
const maxLabel = 1024

// errBlank marks a line of white space.
var errBlank = errors.New("blank")

// openError is one of storage, which names the path.
type openError struct{ error }

// Read hands every labelled text of a file to add, in order. path is a file, plain or in gzip or zstd, an object's address, or "-". The
// error names the path; a file without any labelled text is an error.
func (s Source) Read(ctx context.Context, path string, add func(Text) error) (File, error) {
	file, err := s.read(ctx, path, add)
	if opening := (openError{}); errors.As(err, &opening) { // names the path itself
		return file, opening.error
	}
	name := path
	if path == "-" {
		name = "standard input"
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return file, err
}

func (s Source) read(ctx context.Context, path string, add func(Text) error) (File, error) {
	file := File{Path: path}
	if err := s.Validate(); err != nil {
		return file, err
	}
	l, err := openLines(ctx, path, s.Stdin)
	if err != nil {
		return file, err
	}
	defer l.Close()
	var p parser
	for {
		if l.line%1024 == 0 && ctx.Err() != nil {
			return file, ctx.Err()
		}
		line, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return file, err
		}
		if err == nil && p == nil && len(bytes.TrimSpace(line)) > 0 {
			if p, err = s.parser(path, line); err != nil {
				return file, err
			}
		}
		if err = s.take(p, line, err, add, &file); err != nil {
			if skipped := (skip{}); !errors.As(err, &skipped) {
				return file, err
			}
			file.skip(fmt.Errorf("line %d: %w", l.line, err))
		}
	}
	if c, ok := p.(*columns); ok && len(c.rest) > 0 {
		file.skip(fmt.Errorf("line %d: quotes that do not end", l.line))
	}
	if file.Digest, err = l.digest(); err != nil {
		return file, err
	}
	if file.Texts == 0 && file.First != nil {
		return file, fmt.Errorf("no labelled text: %w", file.First)
	}
	if file.Texts == 0 {
		return file, errors.New("no labelled text")
	}
	return file, nil
}

func (f *File) skip(err error) {
	f.Skipped++
	if f.First == nil {
		f.First = err
	}
}

// skip is the fault of one line.
type skip struct{ error }

func (s skip) Unwrap() error { return s.error }

// take parses one line, or notes why it cannot be.
func (s Source) take(p parser, line []byte, err error, add func(Text) error, file *File) error {
	if err != nil {
		return skip{err}
	}
	if p == nil {
		return nil // blank lines at the beginning
	}
	t, kind, err := p.parse(line)
	switch {
	case errors.Is(err, errBlank):
		return nil
	case errors.Is(err, errColumns):
		return err
	case err != nil:
		return skip{err}
	case kind != record:
		return nil
	case len(t.Labels) == 0:
		return skip{errors.New("no label")}
	}
	for _, l := range t.Labels {
		if len(l) > maxLabel {
			return skip{fmt.Errorf("a label of more than %d bytes", maxLabel)}
		}
	}
	file.Texts++
	return add(t)
}

// parser chooses by the format, or by the first line.
func (s Source) parser(path string, first []byte) (parser, error) {
	format := s.Format
	if format == "" {
		switch trimmed := bytes.TrimSpace(first); {
		case trimmed[0] == '{':
			format = "jsonl"
		case bytes.HasPrefix(trimmed, []byte("__label__")):
			format = "fasttext"
		case strings.Contains(path, ".csv"):
			format = "csv"
		case bytes.IndexByte(first, '\t') >= 0:
			format = "tsv"
		default:
			return nil, fmt.Errorf("the first line is neither of fastText (__label__x text) nor of JSON Lines nor of a table: name the format (%s)",
				strings.Join(Formats(), ", "))
		}
	}
	switch format {
	case "jsonl":
		return &objects{s}, nil
	case "fasttext":
		if len(s.GroupFields) > 0 {
			return nil, errors.New("fastText lines have no fields for groups")
		}
		return fastTextLines{}, nil
	}
	return newColumns(s, format == "csv")
}
