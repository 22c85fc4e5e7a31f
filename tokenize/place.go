package tokenize

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// atOffset is an error at a place of a file that is being read.
type atOffset struct {
	offset int
	err    error
}

func (e *atOffset) Error() string { return e.err.Error() }
func (e *atOffset) Unwrap() error { return e.err }

// ofToken is an error of the vocabulary that begins with a token, and ofMerge one that begins with a merge. Who read them from
// a file knows where they stand.
type ofToken struct {
	id  uint32
	err error
}

func (e *ofToken) Error() string { return e.err.Error() }
func (e *ofToken) Unwrap() error { return e.err }

type ofMerge struct {
	index int
	err   error
}

func (e *ofMerge) Error() string { return e.err.Error() }
func (e *ofMerge) Unwrap() error { return e.err }

// ofEntry is an error of a vocabulary that begins with an entry, in the order of the file.
type ofEntry struct {
	index int
	err   error
}

func (e *ofEntry) Error() string { return e.err.Error() }
func (e *ofEntry) Unwrap() error { return e.err }

// places are the offsets at which the tokens, by id, and the merges stand in a file; -1 where one does not.
type places struct {
	tokens []int32
	merges []int32
}

const nowhere = -1

func (p *places) setToken(id, offset int) {
	for len(p.tokens) <= id {
		p.tokens = append(p.tokens, nowhere)
	}
	p.tokens[id] = int32(offset)
}

// find returns the offset that an error is about.
func (p *places) find(err error) int {
	var at *atOffset
	var token *ofToken
	var merge *ofMerge
	switch {
	case errors.As(err, &at):
		return at.offset
	case errors.As(err, &token) && int(token.id) < len(p.tokens):
		return int(p.tokens[token.id])
	case errors.As(err, &merge) && merge.index < len(p.merges):
		return int(p.merges[merge.index])
	}
	return nowhere
}

// locate adds the line of a file to an error about it, and the column where columns is set. Both count from 1; a column
// is a character.
func (p *places) locate(data []byte, columns bool, err error) error {
	offset := p.find(err)
	if err == nil || offset < 0 || offset > len(data) {
		return err
	}
	line := 1 + bytes.Count(data[:offset], []byte{'\n'})
	if !columns {
		return fmt.Errorf("line %d: %w", line, err)
	}
	start := 1 + bytes.LastIndexByte(data[:offset], '\n')
	return fmt.Errorf("line %d, column %d: %w", line, 1+utf8.RuneCount(data[start:offset]), err)
}
