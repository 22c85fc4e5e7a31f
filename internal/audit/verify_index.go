package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"corpus"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/shard"
	"corpus/tokenize"

	"github.com/cespare/xxhash/v2"
)

// unitDocuments is what the shards must hold of a unit. The shards are in another order than the documents, so
// ids and texts are compared by sums of hashes: what a document adds, its tokens take away. That finds
// mistakes and damage, not a forger, who could choose documents of equal sums.
type unitDocuments struct {
	left  []uint64 // a bit per document index: kept with text, and not met in a shard yet
	ids   uint64   // sum of hashes of ref and id
	texts uint64   // sum of hashes of ref and text
	skip  bool     // its documents are not known, or a problem was reported
}

func (u *unitDocuments) add(doc documents.Row) {
	if doc.Text == "" {
		return // text gives one token or more, no text gives none
	}
	for word := int(doc.Index / 64); len(u.left) <= word; {
		u.left = append(u.left, 0)
	}
	u.left[doc.Index/64] |= 1 << (doc.Index % 64)
	u.ids += hashOf(doc.Ref(), doc.ID)
	u.texts += hashOf(doc.Ref(), doc.Text)
}

// take clears a document's bit and says whether it was set.
func (u *unitDocuments) take(index int) bool {
	if index/64 >= len(u.left) {
		return false
	}
	bit := uint64(1) << (index % 64)
	was := u.left[index/64] & bit
	u.left[index/64] &^= bit
	return was != 0
}

// missing counts the documents that were not taken, and names the first.
func (u *unitDocuments) missing() (n, first int) {
	for i, word := range u.left {
		if n == 0 && word != 0 {
			first = 64*i + bits.TrailingZeros64(word)
		}
		n += bits.OnesCount64(word)
	}
	return n, first
}

// hashOf is the sum that hashing gives of a document's ref and text.
func hashOf(ref corpus.Ref, text string) uint64 {
	h := newRefHash(ref)
	_, _ = h.WriteString(text) // never fails
	return h.Sum64()
}

func newRefHash(ref corpus.Ref) *xxhash.Digest {
	h := xxhash.New()
	_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, uint64(ref)))
	return h
}

// shardWalk goes through the index and the tokens that it points at.
type shardWalk struct {
	v     *verifier
	model *tokenize.Model
	eos   int64 // -1: none
	sets  map[string]*shard.Set
	files map[string][]*shard.File
	count map[string]int64 // documents by split

	ref    corpus.Ref // the document being read
	text   *xxhash.Digest
	ended  bool // its end-of-document token was read
	tokens []uint32
	bytes  []byte
}

// openShards opens both splits; a corpus may be without one.
func (v *verifier) openShards(model *tokenize.Model) (*shardWalk, error) {
	w := &shardWalk{v: v, model: model, eos: -1, sets: map[string]*shard.Set{}, files: map[string][]*shard.File{}, count: map[string]int64{}, tokens: make([]uint32, 64<<10)}
	if eos, ok := model.EOS(); ok {
		w.eos = int64(eos)
	}
	for _, split := range []string{shard.Train, shard.Validation} {
		set, err := shard.OpenSet(v.path("shards"), split)
		if errors.Is(err, shard.ErrNoShards) {
			continue
		}
		if err != nil {
			w.close()
			return nil, err
		}
		w.sets[split], w.files[split] = set, set.Files()
	}
	return w, nil
}

func (w *shardWalk) close() {
	for _, set := range w.sets {
		set.Close()
	}
}

// splits compares the shards' heads with the tokenizer and the manifest.
func (w *shardWalk) splits() {
	tokens := map[string]int64{}
	for _, split := range []string{shard.Train, shard.Validation} {
		set := w.sets[split]
		if set == nil {
			continue
		}
		tokens[split] = set.Tokens()
		eos := int64(-1)
		if id, ok := set.EOS(); ok {
			eos = int64(id)
		}
		if set.VocabSize() != w.model.VocabSize() || eos != w.eos {
			w.v.add("shards", "%s has a vocabulary of %d ids, end of document %d; the tokenizer has %d, %d", split, set.VocabSize(), eos, w.model.VocabSize(), w.eos)
		}
	}
	w.v.compare("shards.train_tokens", w.v.m.Shards.TrainTokens, tokens[shard.Train])
	w.v.compare("shards.val_tokens", w.v.m.Shards.ValTokens, tokens[shard.Validation])
}

// walk reads every row of the index and its tokens, and names the units whose documents are others than those in the shards.
func (w *shardWalk) walk() {
	for row, err := range shard.IndexRows(w.v.path(indexFile)) {
		if err == nil {
			err = w.v.ctx.Err()
		}
		if err == nil {
			err = w.row(row)
		}
		if err != nil {
			w.v.check(indexFile, err)
			return
		}
	}
	w.endDocument()
	w.v.compare("shards.train_documents", w.v.m.Shards.TrainDocuments, w.count[shard.Train])
	w.v.compare("shards.val_documents", w.v.m.Shards.ValDocuments, w.count[shard.Validation])
	for _, unit := range w.v.plan.Numbers() {
		u := &w.v.units[w.v.place(unit)]
		if u.skip {
			continue
		}
		n, first := u.missing()
		switch {
		case n > 0:
			w.v.add(indexFile, "%d documents of %s are in no shard, the first is %d", n, documents.Path(unit), first)
		case u.ids != 0:
			w.v.add(indexFile, "ids of documents are not those of %s", documents.Path(unit))
		case u.texts != 0:
			w.v.add("shards", "tokens of documents do not give the texts of %s", documents.Path(unit))
		}
	}
}

// row takes one stretch of a document. That stretches follow each other as they should was checked before.
func (w *shardWalk) row(row shard.IndexRow) error {
	if row.DocumentToken == 0 {
		w.endDocument()
		w.count[row.Split]++
		if err := w.begin(row); err != nil {
			return err
		}
	}
	files := w.files[row.Split]
	if row.Shard < 0 || int(row.Shard) >= len(files) {
		return fmt.Errorf("names shard %d of split %q, which is not there", row.Shard, row.Split)
	}
	return w.read(files[row.Shard], row)
}

func (w *shardWalk) begin(row shard.IndexRow) error {
	w.ref, w.text, w.ended = row.Ref(), nil, false
	place := w.v.place(int(row.Unit))
	if place < 0 || place >= len(w.v.units) {
		return fmt.Errorf("document %q is of unit %d, of which there are %d from %d on", row.Document, row.Unit, len(w.v.units), w.v.plan.FirstUnit)
	}
	u := &w.v.units[place]
	if u.skip {
		return nil
	}
	if !u.take(w.ref.Index()) {
		w.v.add(indexFile, "document %q is %s, which is not in %s, or comes twice", row.Document, manifest.DuplicateRef(w.ref), documents.Path(int(row.Unit)))
		u.skip = true
		return nil
	}
	u.ids -= hashOf(w.ref, row.Document)
	w.text = newRefHash(w.ref)
	return nil
}

// read hashes the text of a stretch of tokens.
func (w *shardWalk) read(f *shard.File, row shard.IndexRow) error {
	if w.text == nil {
		return nil
	}
	for at, end := row.FirstToken, row.FirstToken+row.Length; at < end; {
		if err := w.v.ctx.Err(); err != nil {
			return err
		}
		part := w.tokens[:min(int64(len(w.tokens)), end-at)]
		if n, err := f.Read(part, at); n < len(part) {
			return err
		}
		at += int64(len(part))
		w.bytes = w.bytes[:0]
		for _, id := range part {
			token, ok := w.model.Token(id)
			if !ok || w.ended {
				return fmt.Errorf("document %q: token %d is not in the vocabulary, or behind the document's end", row.Document, id)
			}
			if w.ended = int64(id) == w.eos; !w.ended {
				w.bytes = append(w.bytes, token...)
			}
		}
		_, _ = w.text.Write(w.bytes)
	}
	return nil
}

// endDocument takes the document that was read from its unit's sum.
func (w *shardWalk) endDocument() {
	if w.text != nil {
		w.v.units[w.v.place(w.ref.Unit())].texts -= w.text.Sum64()
	}
	w.text = nil
}
