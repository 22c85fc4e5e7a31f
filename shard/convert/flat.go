package convert

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"

	"corpus/shard"
)

// Here are the formats that are tokens one behind another. They have no place for documents or padding: padding is left out, and
// where sequences began is lost.

// A file of llm.c begins with 256 numbers of 32 bits (karpathy/llm.c, dev/data/data_common.py): magic, version and number of
// tokens, and zeros. Tokens of 16 bits are its "gpt-2" layout, of 32 bits its "llama-3" layout.
const (
	llmcHeaderBytes = 4 * 256
	llmcMagic16     = 20240520
	llmcVersion16   = 1
	llmcMagic32     = 20240801
	llmcVersion32   = 7
	llmcMaxTokens   = math.MaxInt32
)

func llmcHeader(width int, tokens int64) []byte {
	magic, version := uint32(llmcMagic16), uint32(llmcVersion16)
	if width == 4 {
		magic, version = llmcMagic32, llmcVersion32
	}
	b := make([]byte, llmcHeaderBytes)
	binary.LittleEndian.PutUint32(b, magic)
	binary.LittleEndian.PutUint32(b[4:], version)
	binary.LittleEndian.PutUint32(b[8:], uint32(tokens))
	return b
}

// writeLLMC writes train_000000.bin, …: one for each shard, as its loaders take one file at a time.
func (j *job) writeLLMC() error {
	for i, f := range j.set.Files() {
		h := f.Header()
		from, to := h.FirstToken, h.FirstToken+h.Tokens
		tokens, err := j.countText(from, to)
		if err != nil {
			return err
		}
		if tokens > llmcMaxTokens {
			return fmt.Errorf("%s has %d tokens, a file of llm.c holds at most %d: pack with a smaller tokens_per_shard", f.Path(), tokens, llmcMaxTokens)
		}
		_, err = j.writeFile(fmt.Sprintf("%s_%06d.bin", j.split, i), func(out io.Writer) error {
			if _, err := out.Write(llmcHeader(h.TokenBytes, tokens)); err != nil {
				return err
			}
			return j.copyText(out, from, to, h.TokenBytes)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeNanoGPT writes train.bin or val.bin: numbers of 16 bits and nothing else (karpathy/nanoGPT, data/openwebtext/prepare.py).
func (j *job) writeNanoGPT() error {
	if shard.TokenBytes(j.set.VocabSize()) > 2 {
		return fmt.Errorf("ids have 16 bits there, and a vocabulary of %d needs more: llmc and npy hold it", j.set.VocabSize())
	}
	_, err := j.writeFile(j.split+".bin", func(out io.Writer) error { return j.copyText(out, 0, j.set.Tokens(), 2) })
	return err
}

// writeNPY writes train.npy or val.npy, an array of one dimension.
func (j *job) writeNPY() error {
	tokens, err := j.countText(0, j.set.Tokens())
	if err != nil {
		return err
	}
	width := shard.TokenBytes(j.set.VocabSize())
	_, err = j.writeFile(j.split+".npy", func(out io.Writer) error {
		if _, err := out.Write(npyHeader(width, tokens)); err != nil {
			return err
		}
		return j.copyText(out, 0, j.set.Tokens(), width)
	})
	return err
}

// npyHeader is that of version 1.0 (NumPy enhancement proposal 1): what follows it begins at a multiple of 64 bytes.
func npyHeader(width int, tokens int64) []byte {
	const before = 10 // magic, version and the length of the text
	text := fmt.Sprintf("{'descr': '<u%d', 'fortran_order': False, 'shape': (%d,), }", width, tokens)
	pad := 64 - (before+len(text)+1)%64
	text += strings.Repeat(" ", pad%64) + "\n"
	b := append([]byte("\x93NUMPY"), 1, 0)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(text))), text...)
}
