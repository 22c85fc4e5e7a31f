package convert

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"

	"corpus/shard"
)

// An indexed dataset of Megatron-LM (NVIDIA/Megatron-LM, megatron/core/datasets/indexed_dataset.py) is tokens in .bin and an
// index in .idx: magic, version, code of the tokens' type, number of sequences, number of document indices, and then the length
// of every sequence (int32), its offset in bytes (int64), and the number of the first sequence of every document with their
// count as the last (int64). Each document here is one sequence, as its preprocess_data.py writes them.
const (
	megatronMagic   = "MMIDIDX\x00\x00"
	megatronVersion = 1
	megatronInt32   = 4
	megatronUint16  = 8
)

// megatronType is the type that Megatron-LM itself takes for a vocabulary (DType.optimal_dtype).
func megatronType(vocab int) (code byte, width int) {
	if vocab < 65500 {
		return megatronUint16, 2
	}
	return megatronInt32, 4
}

// writeMegatron writes train.bin and train.idx, or val.bin and val.idx.
func (j *job) writeMegatron() error {
	var documents int64
	for d, err := range j.documents() {
		if err != nil {
			return err
		}
		if n := d[1] - d[0]; n > math.MaxInt32 {
			return fmt.Errorf("the document at token %d of split %s has %d tokens: Megatron-LM holds at most %d", d[0], j.split, n, math.MaxInt32)
		}
		documents++
	}
	code, width := megatronType(j.set.VocabSize())
	_, err := j.writeFile(j.split+".bin", func(out io.Writer) error { return j.copyText(out, 0, j.set.Tokens(), width) })
	if err != nil {
		return err
	}
	_, err = j.writeFile(j.split+".idx", func(out io.Writer) error { return j.writeMegatronIndex(out, code, width, documents) })
	j.record.Documents = documents
	return err
}

func (j *job) writeMegatronIndex(out io.Writer, code byte, width int, documents int64) error {
	b := binary.LittleEndian.AppendUint64([]byte(megatronMagic), megatronVersion)
	b = append(b, code)
	b = binary.LittleEndian.AppendUint64(b, uint64(documents))
	b = binary.LittleEndian.AppendUint64(b, uint64(documents+1))
	if _, err := out.Write(b); err != nil {
		return err
	}
	for d, err := range j.documents() {
		if err == nil {
			_, err = out.Write(binary.LittleEndian.AppendUint32(b[:0], uint32(d[1]-d[0])))
		}
		if err != nil {
			return err
		}
	}
	var at uint64
	for d, err := range j.documents() {
		if err == nil {
			_, err = out.Write(binary.LittleEndian.AppendUint64(b[:0], at))
		}
		if err != nil {
			return err
		}
		at += uint64(d[1]-d[0]) * uint64(width)
	}
	for i := range documents + 1 {
		if _, err := out.Write(binary.LittleEndian.AppendUint64(b[:0], uint64(i))); err != nil {
			return err
		}
	}
	return nil
}

// documents yields where documents lie in the split. Under BestFit the pieces of a document that was longer than a sequence are
// apart from each other: each counts as one. An error comes last.
func (j *job) documents() iter.Seq2[[2]int64, error] {
	return func(yield func([2]int64, error) bool) {
		whole := j.set.Packing() == shard.Concat
		var d [2]int64
		for s, err := range j.stretches(0, j.set.Tokens()) {
			if err != nil {
				yield(d, err)
				return
			}
			if s.Padding {
				continue
			}
			if s.Begin || !whole {
				if d[0] < d[1] && !yield(d, nil) {
					return
				}
				d[0] = s.Token
			}
			d[1] = s.end
		}
		if d[0] < d[1] {
			yield(d, nil)
		}
	}
}
