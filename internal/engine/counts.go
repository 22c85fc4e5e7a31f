package engine

import (
	"fmt"

	"corpus"
)

// Count is a number of documents and their bytes (Document.Size: HTML and text).
type Count struct {
	Documents int64 `json:"documents"`
	Bytes     int64 `json:"bytes"`
}

func (c *Count) add(o Count) { c.Documents += o.Documents; c.Bytes += o.Bytes }

// Counts is one stage's conservation account:
//
//	In.Documents = Out.Documents + Σ Dropped.Documents
//	In.Bytes     = Out.Bytes + Σ Dropped.Bytes + Edited
//
// Dropped bytes are a document's size when it entered the stage.
type Counts struct {
	Stage   string           `json:"stage"`
	In      Count            `json:"in"`
	Out     Count            `json:"out"`
	Dropped map[string]Count `json:"dropped"` // by rule
	// Edited is the bytes that the stage took from the documents it kept (markup
	// removed, lines cut); negative when it lengthened them.
	Edited int64 `json:"edited_bytes"`
}

// Add sums the accounts of one stage over batches or units.
func (c *Counts) Add(o Counts) {
	c.In.add(o.In)
	c.Out.add(o.Out)
	c.Edited += o.Edited
	if c.Dropped == nil {
		c.Dropped = map[string]Count{}
	}
	for rule, n := range o.Dropped {
		sum := c.Dropped[rule]
		sum.add(n)
		c.Dropped[rule] = sum
	}
}

// Check verifies the account.
func (c Counts) Check() error {
	sum := c.Out
	for _, n := range c.Dropped {
		sum.add(n)
	}
	sum.Bytes += c.Edited
	if sum != c.In {
		return fmt.Errorf("conservation: stage %s: in %d documents, %d bytes; out and dropped and edited %d documents, %d bytes",
			c.Stage, c.In.Documents, c.In.Bytes, sum.Documents, sum.Bytes)
	}
	return nil
}

// CheckChain verifies each account and that every stage received what the one before let through.
func CheckChain(counts []Counts) error {
	for i, c := range counts {
		if err := c.Check(); err != nil {
			return err
		}
		if i > 0 && counts[i-1].Out != c.In {
			return fmt.Errorf("conservation: stage %s let %d documents, %d bytes through, stage %s received %d, %d",
				counts[i-1].Stage, counts[i-1].Out.Documents, counts[i-1].Out.Bytes, c.Stage, c.In.Documents, c.In.Bytes)
		}
	}
	return nil
}

func (p *Pipeline) newCounts() []Counts {
	counts := make([]Counts, 1+len(p.Stages))
	counts[0] = Counts{Stage: p.SourceName, Dropped: map[string]Count{}}
	for i, s := range p.Stages {
		counts[i+1] = Counts{Stage: s.Name(), Dropped: map[string]Count{}}
	}
	return counts
}

// countSource counts what a source yielded: some documents arrive already rejected.
func (w *work) countSource(name string, keepDropped bool) {
	c := &w.counts[0]
	c.Stage = name
	w.sizes = make([]Sizes, len(w.batch.Documents))
	for i, d := range w.batch.Documents {
		size := d.Size()
		w.sizes[i] = Sizes{Read: size, Last: size}
		n := Count{Documents: 1, Bytes: size}
		c.In.add(n)
		if d.Reason == nil {
			c.Out.add(n)
			continue
		}
		c.drop(d, n, keepDropped)
	}
}

func (c *Counts) drop(d *corpus.Document, n Count, keep bool) {
	sum := c.Dropped[d.Reason.Rule]
	sum.add(n)
	c.Dropped[d.Reason.Rule] = sum
	d.Analysis = nil
	if !keep {
		d.HTML, d.Text, d.Edits = nil, "", nil
	}
}

// enter notes which documents are live and how large they are as they enter a stage.
func (w *work) enter() (live []int) {
	live = make([]int, 0, len(w.batch.Documents))
	for i, d := range w.batch.Documents {
		if d.Reason == nil {
			live = append(live, i)
			w.sizes[i].Last = d.Size()
		}
	}
	return live
}

// leave counts what became of the documents that entered.
func (w *work) leave(stage string, live []int, keepDropped bool) (Counts, error) {
	c := Counts{Stage: stage, Dropped: map[string]Count{}}
	for _, i := range live {
		d, size := w.batch.Documents[i], w.sizes[i].Last
		n := Count{Documents: 1, Bytes: size}
		c.In.add(n)
		if d.Reason != nil {
			if d.Reason.Stage != stage {
				return c, fmt.Errorf("document %s was rejected in the name of stage %q", d.ID, d.Reason.Stage)
			}
			c.drop(d, n, keepDropped)
			continue
		}
		w.sizes[i].Last = d.Size()
		c.Out.add(Count{Documents: 1, Bytes: w.sizes[i].Last})
		c.Edited += size - w.sizes[i].Last
	}
	return c, nil
}
