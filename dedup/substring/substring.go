// Package substring finds passages of at least MinLength bytes or tokens that a corpus holds more than once, exactly, and says which bytes of which
// documents to remove so that the first copies stay.
//
// A window is MinLength bytes (or tokens) within one document. Two methods find the windows that occur at least twice. Anchors, the default, lets each window choose
// one place by what it holds, sorts these places by the hash of what stands there, and compares windows whose places
// look alike, byte by byte. SuffixArray sorts all suffixes and compares neighbours; it is the slower reference. Search is the first method
// for a corpus larger than memory.
//
// Invariants:
//   - Nothing is missed and nothing is taken for equal that is not: both methods find the same windows as a comparison of each with each.
//   - The result depends on the texts, their order, their ranks and the options alone, not on partitions or memory.
//   - A passage never reaches across the end of a document.
//   - Each removed byte has an equal partner. Unless all copies are removed (Keep 0), the partner comes earlier in the order of ranks (Texts.Rank;
//     without ranks, of documents), and at the end of the chain of partners one stays.
//   - Time grows with the length of the texts however often they repeat themselves: see docs/dedup-substring.md for the worst cases.
//
// For example:
//
//	finder, err := substring.New(substring.DefaultOptions())
//	…
//	texts := substring.NewTexts(size, len(documents))
//	for _, d := range documents {
//		if err := texts.Add(d.Text); err != nil {
//			return err
//		}
//	}
//	result, err := finder.Find(ctx, texts)
//	…
//	for r := range result.Removals() {
//		documents[r.Document].Text = substring.Apply(documents[r.Document].Text, r.Ranges)
//	}
package substring

import (
	"context"
	"fmt"
)

// A Finder finds repeated passages. It is safe for concurrent use.
type Finder struct{ opts Options }

// New returns a Finder, or the error of opts.Validate.
func New(opts Options) (*Finder, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	return &Finder{opts}, nil
}

// Find finds the repeated passages of texts in memory and says what to remove. The only errors are those of the context, and
// texts that are not of the unit that the options name or have ranks that are not theirs.
func (f *Finder) Find(ctx context.Context, texts *Texts) (*Result, error) {
	if err := texts.ranks.check(texts.Len()); err != nil {
		return nil, fmt.Errorf("repeated passages: %w", err)
	}
	if texts.shift != f.opts.shift() {
		return nil, fmt.Errorf("repeated passages: the texts are not of %s", f.opts.Unit)
	}
	search := searchAnchors
	if f.opts.Method == SuffixArray {
		search = searchSuffixes
	}
	found, matches, err := search(ctx, texts, f.opts)
	if err != nil {
		return nil, fmt.Errorf("repeated passages: %w", err)
	}
	return &Result{Repeated: found, opts: f.opts, texts: texts, matches: matches}, nil
}
