package shard

// cutLength is the sequence length that documents are cut for as they are added to runs; 0 under Concat, which cuts later.
func (o Options) cutLength() uint32 {
	if o.Packing == BestFit {
		return uint32(o.SequenceLength)
	}
	return 0
}

// lineEndShare bounds what ends of lines cost: of the tokens that a document's chunks have room for, no more than one in so many is left
// free so that a chunk ends with a line. Short sequences would else be padded by several percent.
const lineEndShare = 128

// cutter cuts a document into chunks that fit a sequence with the tokens that begin and end documents.
type cutter struct {
	opts   *Options
	chunks int
	free   int // tokens that lie free because chunks end with a line
}

// next is how many of the tokens that are left make up the next chunk: all, when they fit.
//
// A longer document is cut behind the last token of the sequence's last quarter that ends a line, unless the document
// then leaves more than lineEndShare free, and else where the sequence is full. At least one token is left, so that no sequence
// has the end of a document without any of it.
func (c *cutter) next(rest []uint32) int {
	o := c.opts
	if o.Packing != BestFit {
		return len(rest)
	}
	room, need := o.SequenceLength, len(rest)
	if c.chunks++; c.chunks == 1 && o.BOS != NoToken {
		room--
	}
	if o.EOS != NoToken {
		need++
	}
	if need <= room {
		return len(rest)
	}
	full := min(room, len(rest)-1)
	most := min(o.SequenceLength/4, c.chunks*o.SequenceLength/lineEndShare-c.free)
	for gap := 0; gap <= most && gap < full; gap++ {
		if id := rest[full-gap-1]; int(id) < len(o.LineEnds) && o.LineEnds[id] {
			c.free += gap
			return full - gap
		}
	}
	return full
}
