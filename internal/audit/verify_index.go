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

// unitDocuments is what the shards must hold of a unit. The shards have another order than the documents, so
// ids and texts are compared by sums of hashes: what a document adds, its tokens take away. That finds
// mistakes and damage, not a forger, who could choose documents of equal sums.
type unitDocuments struct {
	left    []uint64    // a bit per document index: kept, and not met in the table of documents yet
	empty   documentSet // kept without text
	leftOut documentSet // that the mixture left out, by the table of documents
	ids     uint64      // sum of hashes of ref and id
	texts   uint64      // sum of hashes of ref and text, of those that the shards must have
	skip    bool        // its documents are not known, or a problem was reported
}

// add adds a kept document. Normalize is what the tokenizer does to a text first.
func (u *unitDocuments) add(doc documents.Row, normalize func(string) string) {
	for word := int(doc.Index / 64); len(u.left) <= word; {
		u.left = append(u.left, 0)
	}
	u.left[doc.Index/64] |= 1 << (doc.Index % 64)
	u.ids += hashOf(doc.Ref(), doc.ID)
	switch {
	case doc.Text == "": // text gives one token or more, no text gives none
		u.empty.add(doc.Index)
	case !u.leftOut.has(doc.Index):
		u.texts += hashOf(doc.Ref(), normalize(doc.Text))
	}
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

// shardWalk goes through the table of documents and the tokens that it points at.
type shardWalk struct {
	v        *verifier
	model    *tokenize.Model
	eos, bos int64 // -1: none
	sets     map[string]*shard.Set
	files    map[string][]*shard.File
	copies   func(corpus.Ref) int  // by the mixture; nil: without one
	training func(corpus.Ref) bool // by its hash; nil: how often documents should be there is not known

	found   manifest.Shards          // what was counted
	sources map[string]*mixtureFound // by source
	lengths map[string]int64         // tokens of stretches by split

	last   shard.DocumentRow // the row before; a zero row when there is none
	met    bool              // there is a row before
	cut    bool              // the copy being read has more than one stretch
	number int               // copies of the document so far
	moved  int               // documents in another split than their hash says
	ref    corpus.Ref        // of the document being read
	known  bool              // it is among the kept ones, so that its text can be compared
	text   *xxhash.Digest
	first  uint64 // the sum of the first copy's text
	ended  bool   // the end-of-document token was read
	tokens []uint32
	bytes  []byte
}

// mixtureFound counts what the table of documents has of a source's training documents.
type mixtureFound struct{ tokens, taken, repeated, leftOut int64 }

// openShards opens both splits; a corpus may be without one.
func (v *verifier) openShards(model *tokenize.Model) (*shardWalk, error) {
	w := &shardWalk{
		v: v, model: model, sets: map[string]*shard.Set{}, files: map[string][]*shard.File{},
		sources: map[string]*mixtureFound{}, lengths: map[string]int64{}, tokens: make([]uint32, 64<<10),
	}
	w.bos, w.eos = v.marks()
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
	says := w.v.m.Shards
	tokens, sequences := map[string]int64{}, map[string]int64{}
	for _, split := range []string{shard.Train, shard.Validation} {
		set := w.sets[split]
		if set == nil {
			continue
		}
		tokens[split] = set.Tokens()
		eos, bos, pad := tokenOr(set.EOS()), tokenOr(set.BOS()), tokenOr(set.Pad())
		if set.VocabSize() != w.model.VocabSize() || eos != w.eos || bos != w.bos || pad != says.Pad {
			w.v.add("shards", "%s has a vocabulary of %d ids, beginning of document %d, end %d, padding %d; the tokenizer has %d ids, %d, %d, the manifest padding %d", split,
				set.VocabSize(), bos, eos, pad, w.model.VocabSize(), w.bos, w.eos, says.Pad)
		}
		length := int64(set.SequenceLength())
		if set.Packing() != says.Packing || length != says.SequenceLength {
			w.v.add("shards", "%s has packing %s and sequences of %d tokens; the manifest says %s, %d", split, set.Packing(), length, says.Packing, says.SequenceLength)
		}
		if length > 0 {
			sequences[split] = (set.Tokens() + length - 1) / length
		}
	}
	w.v.compare("shards.train_tokens", says.TrainTokens, tokens[shard.Train])
	w.v.compare("shards.val_tokens", says.ValTokens, tokens[shard.Validation])
	w.v.compare("shards.train_sequences", says.TrainSequences, sequences[shard.Train])
	w.v.compare("shards.val_sequences", says.ValSequences, sequences[shard.Validation])
}

// tokenOr is a token's id, -1 for none.
func tokenOr(id uint32, ok bool) int64 {
	if !ok {
		return -1
	}
	return int64(id)
}

// sameTables sees that the index and the table of documents have the same stretches: their rows are in another order, so
// that they are compared by number and by sums of hashes.
func (w *shardWalk) sameTables() error {
	rows, sum := int64(0), uint64(0)
	for row, err := range shard.IndexRows(w.v.path(indexFile)) {
		if err == nil {
			err = w.v.ctx.Err()
		}
		if err != nil {
			return err
		}
		rows, sum = rows+1, sum+hashOfRow(row)
	}
	for row, err := range shard.DocumentRows(w.v.path(documentsFile)) {
		if err == nil {
			err = w.v.ctx.Err()
		}
		if err != nil {
			return err
		}
		if row.LeftOut == "" {
			rows, sum = rows-1, sum-hashOfRow(row.IndexRow())
		}
	}
	if rows != 0 || sum != 0 {
		return fmt.Errorf("its stretches are not those of %s", indexFile)
	}
	return nil
}

func hashOfRow(r shard.IndexRow) uint64 {
	h := newRefHash(r.Ref())
	b := binary.LittleEndian.AppendUint32(nil, r.Copy)
	b = binary.LittleEndian.AppendUint32(b, uint32(r.Shard))
	for _, n := range []int64{r.Sequence, r.Position, r.FirstToken, r.Length, r.DocumentToken} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	_, _ = h.Write(b) // never fails
	_, _ = h.WriteString(r.Split + " " + r.Document)
	return h.Sum64()
}

// walk reads every row of the table of documents and its tokens, and names the units whose documents are others than those in the shards.
func (w *shardWalk) walk() {
	err := w.sameTables()
	if err == nil {
		err = w.rows()
	}
	if err != nil {
		w.v.check(documentsFile, err)
		return
	}
	w.counts()
	for _, unit := range w.v.plan.Numbers() {
		u := &w.v.units[w.v.place(unit)]
		if u.skip {
			continue
		}
		n, first := u.missing()
		switch {
		case n > 0:
			w.v.add(documentsFile, "%d documents of %s are not in it, the first is %d", n, documents.Path(unit), first)
		case u.ids != 0:
			w.v.add(documentsFile, "ids of documents are not those of %s", documents.Path(unit))
		case u.texts != 0:
			w.v.add("shards", "tokens of documents do not give the texts of %s", documents.Path(unit))
		}
	}
}

func (w *shardWalk) rows() error {
	for row, err := range shard.DocumentRows(w.v.path(documentsFile)) {
		if err == nil {
			err = w.v.ctx.Err()
		}
		if err == nil {
			err = w.row(row)
		}
		if err != nil {
			return err
		}
	}
	return w.endDocument()
}

// row takes one row, and checks how it follows the one before it. That rows are in order was checked before.
func (w *shardWalk) row(row shard.DocumentRow) error {
	last := w.last
	same := w.met && row.Ref() == last.Ref() && row.Document == last.Document
	switch {
	case same && (last.LeftOut != "" || row.LeftOut != "" || row.Split != last.Split):
		return fmt.Errorf("document %q is in two splits, or in a shard and left out", row.Document)
	case same && row.Copy == last.Copy && row.DocumentToken == last.DocumentToken+last.Length:
		w.cut = true
	case same && row.Copy == last.Copy+1 && row.DocumentToken == 0 && row.Split == shard.Train:
		w.endCopy()
		w.beginCopy()
	case same:
		return fmt.Errorf("document %q: token %d of copy %d comes behind %d tokens of copy %d", row.Document, row.DocumentToken, row.Copy, last.DocumentToken+last.Length, last.Copy)
	case row.Copy != 0 || row.DocumentToken != 0:
		return fmt.Errorf("document %q has no beginning", row.Document)
	default:
		if err := w.endDocument(); err != nil {
			return err
		}
		if err := w.begin(row); err != nil {
			return err
		}
	}
	w.last, w.met = row, true
	if row.LeftOut != "" {
		return nil
	}
	w.count(row)
	files := w.files[row.Split]
	if row.Shard < 0 || int(row.Shard) >= len(files) {
		return fmt.Errorf("names shard %d of split %q, which is not there", row.Shard, row.Split)
	}
	return w.read(files[row.Shard], row)
}

// begin begins a document.
func (w *shardWalk) begin(row shard.DocumentRow) error {
	w.ref, w.known, w.number = row.Ref(), false, 0
	place := w.v.place(int(row.Unit))
	if place < 0 || place >= len(w.v.units) {
		return fmt.Errorf("document %q is of unit %d, of which there are %d from %d on", row.Document, row.Unit, len(w.v.units), w.v.plan.FirstUnit)
	}
	u := &w.v.units[place]
	if !u.skip {
		if !u.take(w.ref.Index()) {
			w.v.add(documentsFile, "document %q is %s, which is not in %s, or comes twice", row.Document, manifest.DuplicateRef(w.ref), documents.Path(int(row.Unit)))
			u.skip = true
		} else if empty := u.empty.has(int64(w.ref.Index())); empty != (row.LeftOut == shard.LeftOutEmpty) {
			return fmt.Errorf("document %q: left out is %q, but that it has no text is %v", row.Document, row.LeftOut, empty)
		} else {
			u.ids -= hashOf(w.ref, row.Document)
			w.known = true
		}
	}
	if row.LeftOut == "" {
		w.beginCopy()
	}
	return nil
}

func (w *shardWalk) beginCopy() {
	w.text, w.ended, w.cut = nil, false, false
	if w.known {
		w.text = newRefHash(w.ref)
	}
}

// read hashes the text of a stretch of tokens.
func (w *shardWalk) read(f *shard.File, row shard.DocumentRow) error {
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
		begin := at == row.FirstToken && row.DocumentToken == 0
		at += int64(len(part))
		if begin && w.bos >= 0 {
			if int64(part[0]) != w.bos {
				return fmt.Errorf("document %q begins with token %d, not %d", row.Document, part[0], w.bos)
			}
			part = part[1:]
		}
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

// endCopy takes the text that was read from its unit's sum or, of a later copy, compares it with the first.
func (w *shardWalk) endCopy() {
	if w.last.LeftOut != "" || !w.met {
		return
	}
	w.number++
	if w.cut {
		w.found.CutDocuments++
	}
	if w.text == nil {
		return
	}
	sum := w.text.Sum64()
	switch {
	case w.eos >= 0 && !w.ended:
		w.v.add("shards", "copy %d of document %q does not end in token %d", w.last.Copy, w.last.Document, w.eos)
	case w.number == 1:
		w.v.units[w.v.place(w.ref.Unit())].texts -= sum
		w.first = sum
	case sum != w.first:
		w.v.add("shards", "copy %d of document %q is not the same as the first", w.last.Copy, w.last.Document)
	}
	w.text = nil
}

// endDocument also sees that a document is there as often as the mixture says, and in the split that the seed says.
func (w *shardWalk) endDocument() error {
	w.endCopy()
	if !w.met {
		return nil
	}
	want := 1
	switch {
	case w.last.LeftOut == shard.LeftOutEmpty:
		w.found.EmptyDocuments++
		return nil
	case w.last.LeftOut != "":
		w.found.LeftOutDocuments++
		w.source().leftOut++
	}
	if w.training == nil {
		return nil
	}
	// In a corpus so small that a split would be empty, one document is on the other side than its hash says. It is there once.
	training, inTraining := w.training(w.ref), w.last.Split != shard.Validation
	switch {
	case training && inTraining && w.copies != nil:
		want = w.copies(w.ref)
	case training != inTraining && w.last.LeftOut == "":
		if w.moved++; w.moved > 1 {
			return fmt.Errorf("document %q is in split %q, and is not the only one that the seed puts into the other", w.last.Document, w.last.Split)
		}
	}
	if w.number != want {
		return fmt.Errorf("document %q is there %d times; by the mixture it should be %d", w.last.Document, w.number, want)
	}
	return nil
}
