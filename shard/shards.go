package shard

import (
	"bytes"
	"encoding/binary"
	"path/filepath"

	"corpus"
)

// shardsWriter writes the stretches of one split after another into shards, and their rows into the index.
type shardsWriter struct {
	dir  string
	opts Options
	open createFunc

	split  string       // the split being written
	counts *SplitCounts // its counts
	shard  *Writer      // nil between shards
	row    IndexRow     // the stretch being written; Length 0 when none was begun
	flags  uint64       // of the boundary of the next stretch
	index  *indexWriter
	files  []string // names of the shards that are done
}

// mark is a special token as it is written: the bytes of one token, or none.
func (o Options) mark(id uint32) []byte {
	if id == NoToken {
		return nil
	}
	return binary.LittleEndian.AppendUint32(nil, id)[:TokenBytes(o.VocabSize)]
}

// begin begins a chunk of a document whose first token is at a position of the document, 0 for its beginning.
func (w *shardsWriter) begin(id []byte, ref corpus.Ref, copy uint32, at int64) {
	w.row = IndexRow{Document: string(id), Unit: uint32(ref.Unit()), Index: uint32(ref.Index()), Copy: copy, Split: w.split, DocumentToken: at}
	if w.flags = 0; at == 0 {
		w.flags = flagBegin
	}
}

// write appends tokens of the chunk. A new stretch begins with every sequence, and a new shard where one is full.
func (w *shardsWriter) write(tokens []byte) error {
	width := int64(TokenBytes(w.opts.VocabSize))
	for len(tokens) > 0 {
		room, err := w.room()
		if err != nil {
			return err
		}
		if w.row.Length == 0 {
			if err := w.beginStretch(); err != nil {
				return err
			}
		}
		n := min(int64(len(tokens))/width, room)
		if err := w.shard.writeBytes(tokens[:n*width]); err != nil {
			return err
		}
		tokens = tokens[n*width:]
		w.row.Length += n
		if w.counts.Tokens += n; w.row.Copy > 0 {
			w.counts.Repeated += n
		}
	}
	return nil
}

// room is how many tokens there is room for in the sequence and the shard. Where either is full it ends the stretch, and
// the shard: not before there is more to write, because the stretch may turn out to end the document.
func (w *shardsWriter) room() (int64, error) {
	full, length := w.opts.shardTokens(), int64(w.opts.SequenceLength)
	if w.shard != nil {
		at := w.shard.Tokens()
		if at == full || length > 0 && at%length == 0 {
			if err := w.endStretch(); err != nil {
				return 0, err
			}
		}
		if at == full {
			if err := w.closeShard(); err != nil {
				return 0, err
			}
		}
	}
	if w.shard == nil {
		if err := w.openShard(); err != nil {
			return 0, err
		}
	}
	at := w.shard.Tokens()
	if length > 0 {
		return length - at%length, nil
	}
	return full - at, nil
}

func (w *shardsWriter) beginStretch() error {
	h := &w.shard.header
	w.row.Shard, w.row.FirstToken, w.row.Position, w.row.Sequence = int32(h.Shard), h.Tokens, h.FirstToken+h.Tokens, -1
	if w.opts.SequenceLength > 0 {
		w.row.Sequence = w.row.Position / int64(w.opts.SequenceLength)
	}
	err := w.shard.begin(w.flags)
	w.flags = 0
	return err
}

// endStretch adds the row of the stretch being written, if there is one.
func (w *shardsWriter) endStretch() error {
	if w.row.Length == 0 {
		return nil
	}
	err := w.index.add(w.row)
	w.row.DocumentToken += w.row.Length
	w.row.Length = 0
	return err
}

// end ends the chunk, and with it the document if it is the last one.
func (w *shardsWriter) end(document bool) error {
	if document {
		w.shard.endDocument()
		w.counts.Copies++
		if w.row.Copy == 0 {
			w.counts.Documents++
		}
	}
	return w.endStretch()
}

// pad fills the sequence up.
func (w *shardsWriter) pad(tokens int64) error {
	if tokens == 0 {
		return nil
	}
	w.counts.Padding += tokens
	w.counts.Tokens += tokens
	if err := w.shard.begin(flagPadding); err != nil {
		return err
	}
	return w.shard.writeBytes(bytes.Repeat(w.opts.mark(w.opts.pad()), int(tokens)))
}

func (w *shardsWriter) openShard() (err error) {
	path := filepath.Join(w.dir, FileName(w.split, w.counts.Shards))
	w.shard, err = create(path, w.opts.header(w.counts.Shards, w.counts.Tokens), w.open)
	return err
}

func (w *shardsWriter) closeShard() error {
	if w.shard == nil {
		return nil
	}
	shard := w.shard
	w.shard = nil
	if err := shard.Close(); err != nil {
		return err
	}
	w.files = append(w.files, FileName(w.split, w.counts.Shards))
	w.counts.Shards++
	return nil
}
