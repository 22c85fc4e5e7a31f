package shard

import "context"

// concatenation puts documents behind one another.
type concatenation struct {
	shards *shardsWriter
	from   int64 // position where it began
}

func (c *concatenation) add(_ context.Context, d piece) error {
	w := c.shards
	if d.number == 0 {
		w.begin(d.id, d.place.ref(), d.place.copy(), 0)
		c.from = w.counts.Tokens
		if err := w.write(w.opts.mark(w.opts.BOS)); err != nil {
			return err
		}
	}
	if err := w.write(d.tokens); err != nil || !d.last {
		return err
	}
	if err := w.write(w.opts.mark(w.opts.EOS)); err != nil {
		return err
	}
	if length := int64(w.opts.SequenceLength); length > 0 && c.from/length != (w.counts.Tokens-1)/length {
		w.counts.Cut++
		if w.counts.Tokens-c.from <= length {
			w.counts.Truncated++
		}
	}
	return w.end(true)
}

func (*concatenation) end(context.Context) error { return nil }
