package shard

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"corpus"
)

// The size of a window is a part of the format of BestFit: another one gives other shards. It depends on no option but the
// sequence's length and the width of a token, and not on the memory that sorting may use.
const (
	windowBytes     = 16 << 20 // tokens and ids
	windowSequences = 16       // a window holds as many, even when they take more bytes
	windowItems     = 1 << 17
)

// window collects chunks in the shuffled order of the corpus, and when it is full packs them into sequences by best fit
// decreasing. Sequences that are not full stay for the next window, the emptiest of them, up to half a window. Those that
// are written come in the order of a hash, and the chunks in a sequence in the order of the corpus, so that length
// does not decide where a document lies.
type window struct {
	shards *shardsWriter
	limit  int // bytes
	bytes  []byte
	items  []windowItem
	rooms  []int32 // in the sequences that stayed
	fitter fitter

	bins  []bin
	queue []int32 // bins in the order in which they are written
	next  []int32 // by item, the next one in its bin, or -1
}

// windowItem is a chunk in a window.
type windowItem struct {
	ref     corpus.Ref
	at      int64 // position of its first token in the document
	from    int   // where its bytes begin: the id, then the tokens
	id      int32 // bytes of the id
	tokens  int32
	copy    uint32
	chunk   uint32
	bin     int32 // the sequence that it is in; -1: none yet
	endsDoc bool
}

// bin is a sequence in the making.
type bin struct {
	room        int32
	first, last int32 // its items, -1 for none
	hash        uint64
	stays       bool
}

// windowSize is how many bytes a window takes before it is packed.
func (o Options) windowSize() int {
	return max(windowBytes, windowSequences*o.SequenceLength*TokenBytes(max(1, o.VocabSize)))
}

func (w *window) add(ctx context.Context, d piece) error {
	opts := &w.shards.opts
	if w.bytes == nil {
		w.bytes = make([]byte, 0, w.limit+opts.SequenceLength*TokenBytes(opts.VocabSize)) // growing would copy it all
	}
	if d.number == 0 {
		item := windowItem{ref: d.place.ref(), from: len(w.bytes), id: int32(len(d.id)),
			copy: d.place.copy(), chunk: d.place.chunk(), at: d.start, bin: -1, endsDoc: d.endsDocument}
		w.bytes = append(w.bytes, d.id...)
		if opts.BOS != NoToken && item.chunk == 0 {
			w.bytes = append(w.bytes, opts.mark(opts.BOS)...)
		} else if opts.BOS != NoToken {
			item.at++
		}
		w.items = append(w.items, item)
	}
	w.bytes = append(w.bytes, d.tokens...)
	if !d.last {
		return nil
	}
	if d.endsDocument {
		w.bytes = append(w.bytes, opts.mark(opts.EOS)...)
	}
	item := &w.items[len(w.items)-1]
	tokens := (len(w.bytes) - item.from - int(item.id)) / TokenBytes(opts.VocabSize)
	if tokens > opts.SequenceLength {
		return fmt.Errorf("document %x: chunk %d has %d tokens with those that begin and end documents, a sequence has %d: "+
			"the run was written under other options", uint64(item.ref), item.chunk, tokens, opts.SequenceLength)
	}
	item.tokens = int32(tokens)
	if item.chunk == 0 && !item.endsDoc {
		w.shards.counts.Cut++
	}
	if len(w.bytes) < w.limit && len(w.items) < windowItems {
		return nil
	}
	return w.pack(ctx, false)
}

func (w *window) end(ctx context.Context) error { return w.pack(ctx, true) }

// pack packs what the window holds, and writes all sequences, or those that need not stay.
func (w *window) pack(ctx context.Context, all bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var lengths []int32
	fresh := len(w.items)
	for fresh > 0 && w.items[fresh-1].bin < 0 { // what stayed lies before what is new
		fresh--
	}
	for _, item := range w.items[fresh:] {
		lengths = append(lengths, item.tokens)
	}
	bins, rooms := w.fitter.fit(lengths, w.rooms, w.shards.opts.SequenceLength)
	for i, b := range bins {
		w.items[fresh+i].bin = b
	}
	w.group(rooms)
	if !all {
		w.choose()
	}
	if err := w.write(); err != nil {
		return err
	}
	w.keep()
	return nil
}

// group makes the bins, with their items in order, and the queue of all of them.
func (w *window) group(rooms []int32) {
	w.bins, w.queue = w.bins[:0], w.queue[:0]
	for i, room := range rooms {
		w.bins = append(w.bins, bin{room: room, first: -1, last: -1})
		w.queue = append(w.queue, int32(i))
	}
	w.next = slices.Grow(w.next[:0], len(w.items))[:len(w.items)]
	for i, item := range w.items {
		w.next[i] = -1
		b := &w.bins[item.bin]
		if b.last >= 0 {
			w.next[b.last] = int32(i)
		} else {
			b.first = int32(i)
			b.hash = placed(w.shards.opts.Seed, sequenceStream, item.ref, item.copy, item.chunk)
		}
		b.last = int32(i)
	}
	slices.SortFunc(w.queue, func(a, b int32) int {
		return cmp.Or(cmp.Compare(w.bins[a].hash, w.bins[b].hash), cmp.Compare(a, b))
	})
}

// choose says which bins stay: the emptiest, up to half a window, and none that lacks less than one token in 512.
func (w *window) choose() {
	var open []int32
	for i, b := range w.bins {
		if int(b.room) > w.shards.opts.SequenceLength/512 {
			open = append(open, int32(i))
		}
	}
	slices.SortFunc(open, func(a, b int32) int {
		return cmp.Or(cmp.Compare(w.bins[b].room, w.bins[a].room), cmp.Compare(a, b))
	})
	size, items := 0, 0
	for _, i := range open {
		b := &w.bins[i]
		for item := b.first; item >= 0; item = w.next[item] {
			size += w.size(w.items[item])
			items++
		}
		if size > w.limit/2 || items > windowItems/2 {
			return
		}
		b.stays = true
	}
}

// size is how many bytes an item has.
func (w *window) size(item windowItem) int {
	return int(item.id) + int(item.tokens)*TokenBytes(w.shards.opts.VocabSize)
}

// write writes the bins that do not stay.
func (w *window) write() error {
	for _, i := range w.queue {
		b := w.bins[i]
		if b.stays {
			continue
		}
		for at := b.first; at >= 0; at = w.next[at] {
			item := w.items[at]
			all := w.bytes[item.from:][:w.size(item)]
			w.shards.begin(all[:item.id], item.ref, item.copy, item.at)
			if err := w.shards.write(all[item.id:]); err != nil {
				return err
			}
			if err := w.shards.end(item.endsDoc); err != nil {
				return err
			}
		}
		if err := w.shards.pad(int64(b.room)); err != nil {
			return err
		}
	}
	return nil
}

// keep moves what stays to the front, and forgets the rest.
func (w *window) keep() {
	number := make([]int32, len(w.bins))
	w.rooms = w.rooms[:0]
	for i, b := range w.bins {
		if b.stays {
			number[i] = int32(len(w.rooms))
			w.rooms = append(w.rooms, b.room)
		}
	}
	items, size := 0, 0
	for _, item := range w.items {
		if !w.bins[item.bin].stays {
			continue
		}
		n := copy(w.bytes[size:], w.bytes[item.from:][:w.size(item)])
		item.from, item.bin = size, number[item.bin]
		size += n
		w.items[items] = item
		items++
	}
	w.items, w.bytes = w.items[:items], w.bytes[:size]
}
