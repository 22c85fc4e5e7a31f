package build

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"corpus/dedup/substring"
	"corpus/tokenize"
)

// repeatsInTokens is repeats for passages that are compared by tokens.
func (t *textStore) repeatsInTokens(ctx context.Context, opts substring.Options, folder string, memory int64, added func(int64), use func(substring.Removal) error) (err error) {
	model, err := tokenize.Load(opts.Tokenizer)
	if err != nil {
		return fmt.Errorf("tokenizer: %w", err)
	}
	tokens, err := t.encode(ctx, model, filepath.Join(folder, "tokens"), added)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tokens.close()) }()
	switch {
	case tokens.fits(opts, memory):
		return t.tokensInMemory(ctx, opts, tokens, use)
	case opts.Method == substring.SuffixArray:
		return fmt.Errorf("a suffix array of %d tokens needs %d bytes of memory, %d are left: choose the method anchors, or give more memory",
			tokens.size, searchMemory(opts, idBytes*tokens.size), memory)
	}
	return t.tokensOnDisk(ctx, opts, tokens, folder, memory, use)
}

// checkSubstring reads the tokenizer that the method substring needs, so that a missing one is known before any work.
func (b *build) checkSubstring() error {
	o := b.Config.Dedup.Substring
	if !b.Config.Dedup.Has(stageSubstring) || o.Unit != substring.Tokens {
		return nil
	}
	if _, err := tokenize.Load(o.Tokenizer); err != nil {
		return fmt.Errorf("dedup.substring.tokenizer: %w", err)
	}
	return nil
}

// vocabulary is the bytes of each token.
func vocabulary(model *tokenize.Model) [][]byte {
	tokens := make([][]byte, model.VocabSize())
	for id := range tokens {
		tokens[id], _ = model.Token(uint32(id)) // ids have no gaps
	}
	return tokens
}

const idBytes = 4 // of a token in substring.AppendTokens

// A tokenFile holds texts as tokens, one behind the other, and 8 bytes for each text in memory. It implements substring.TextReader.
type tokenFile struct {
	file       *os.File
	starts     []int64 // the first token of each text
	size       int64   // tokens
	vocabulary [][]byte
}

// encode writes the tokens of all texts to a file.
func (t *textStore) encode(ctx context.Context, model *tokenize.Model, path string, added func(int64)) (*tokenFile, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	f := &tokenFile{file: file, starts: make([]int64, 0, len(t.places)), vocabulary: vocabulary(model)}
	w := bufio.NewWriterSize(file, 1<<18)
	encoder := model.NewEncoder()
	var ids []uint32
	var encoded []byte
	err = t.each(ctx, added, func(text []byte) error {
		ids = encoder.Encode(ids[:0], string(text))
		f.starts = append(f.starts, f.size)
		f.size += int64(len(ids))
		encoded = substring.AppendTokens(encoded[:0], ids)
		_, err := w.Write(encoded)
		return err
	})
	if err = errors.Join(err, w.Flush()); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// close removes the file.
func (f *tokenFile) close() error { return errors.Join(f.file.Close(), os.Remove(f.file.Name())) }

func (f *tokenFile) end(document int) int64 {
	if document+1 < len(f.starts) {
		return f.starts[document+1]
	}
	return f.size
}

// fits says whether the tokens may be searched in memory.
func (f *tokenFile) fits(opts substring.Options, memory int64) bool {
	return f.size <= math.MaxUint32 && searchMemory(opts, idBytes*f.size)+64*int64(len(f.starts)) <= memory
}

// ReadText implements substring.TextReader.
func (f *tokenFile) ReadText(document int, offset int64, buffer []byte) error {
	size := idBytes * (f.end(document) - f.starts[document])
	if offset < 0 || offset > size || int64(len(buffer)) > size-offset {
		return fmt.Errorf("document %d has no %d bytes of tokens at offset %d", document, len(buffer), offset)
	}
	if len(buffer) == 0 {
		return nil
	}
	_, err := f.file.ReadAt(buffer, idBytes*f.starts[document]+offset)
	return err
}

// each reads the tokens of all texts in order; they are valid until use returns.
func (f *tokenFile) each(ctx context.Context, use func(ids []uint32) error) error {
	var ids []uint32
	var buffer []byte
	for i, start := range f.starts {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := int(idBytes * (f.end(i) - start))
		if cap(buffer) < n {
			buffer = make([]byte, n)
		}
		if err := f.ReadText(i, 0, buffer[:n]); err != nil {
			return err
		}
		ids = ids[:0]
		for at := 0; at < n; at += idBytes {
			ids = append(ids, binary.BigEndian.Uint32(buffer[at:]))
		}
		if err := use(ids); err != nil {
			return err
		}
	}
	return nil
}

func (t *textStore) tokensInMemory(ctx context.Context, opts substring.Options, tokens *tokenFile, use func(substring.Removal) error) error {
	texts := substring.NewTokenTexts(tokens.vocabulary, int(tokens.size), len(tokens.starts))
	if err := tokens.each(ctx, texts.AddTokens); err != nil {
		return err
	}
	return t.removalsIn(ctx, opts, texts, use)
}

func (t *textStore) tokensOnDisk(ctx context.Context, opts substring.Options, tokens *tokenFile, folder string, memory int64, use func(substring.Removal) error) (err error) {
	search, err := substring.NewTokenSearch(opts, tokens.vocabulary, folder, memory/2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, search.Close()) }()
	if err := tokens.each(ctx, search.AddTokens); err != nil {
		return err
	}
	return t.removalsOf(ctx, search, tokens, use)
}
