package dedup

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"corpus"
	"corpus/internal/spill"
)

// Inputs of Resolve. Each run holds pairs that Reduce emitted, stored as Record says; how they are spread over runs does not matter.
type Inputs struct {
	Exact      []*spill.Run // of Exact; empty when it did not run
	Candidates []*spill.Run // of MinHash; empty when it did not run
	// MinHash are the options that made Candidates.
	MinHash MinHashOptions
	// Documents yields the documents of a unit in the order of Refs, with Ref and Text. It is asked for each unit that a candidate
	// pair names, once and in order; nil where nothing is verified.
	Documents func(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error]
	// Dir is an existing folder for working files. Resolve removes those it made.
	Dir string
	// MemoryBytes bounds the sorts, of which one runs at a time; 0 means 64 MiB.
	MemoryBytes int64
}

// Member is a document of a cluster of two or more.
type Member struct {
	Ref      corpus.Ref
	Survivor corpus.Ref // the cluster's smallest Ref, its only document that stays
	// Method is how the document was found: "exact" when an earlier document has its text, else "minhash"; "" for the survivor.
	Method string
	// Similarity is 1 for exact duplicates and the survivor, else the best Jaccard similarity among the
	// document's accepted pairs, rounded to 4 decimals. The pair need not be the one with the survivor. Without Verify it is 0: unknown.
	Similarity float64
}

// Stats counts what Resolve saw.
type Stats struct {
	Clusters       int64 // of two or more documents
	ExactDropped   int64 // members found by Exact
	MinHashDropped int64 // members found by MinHash
	LargestCluster int64 // documents in the largest cluster
	// CandidatePairs counts the pairs that were compared: each pair once, and a document that
	// Exact drops replaced by the one that it copies.
	CandidatePairs int64
	AcceptedPairs  int64 // those with at least the threshold's similarity
}

// Resolve compares the candidate pairs by their sets of shingles, joins the accepted ones and the exact
// duplicates into clusters, and emits every member of every cluster in the order of Refs.
// Of each cluster the smallest Ref stays. An error of emit ends it and is returned.
//
// Memory: 16 bytes for each document that Exact drops, 18 for each document of a cluster, 16 for each document of a candidate pair,
// Inputs.MemoryBytes, and the read buffers of the runs. On disk a candidate pair takes 24 bytes before compression, and the set of a document that
// is in any pair eight bytes for each of its shingles.
func Resolve(ctx context.Context, in Inputs, emit func(Member) error) (Stats, error) {
	r := resolver{ctx: ctx, in: in}
	defer r.clean()
	if err := r.run(emit); err != nil {
		return Stats{}, fmt.Errorf("resolve duplicates: %w", err)
	}
	return r.stats, nil
}

// resolver holds what the steps share.
type resolver struct {
	ctx   context.Context
	in    Inputs
	exact copies
	stats Stats
	runs  []*spill.Run // working files, open
	names []string
}

func (r *resolver) run(emit func(Member) error) error {
	exact, err := readCopies(r.ctx, r.in.Exact)
	if err != nil {
		return fmt.Errorf("exact duplicates: %w", err)
	}
	r.exact = exact
	pairs, err := r.collectPairs()
	if err != nil {
		return fmt.Errorf("candidate pairs: %w", err)
	}
	accepted, err := r.comparePairs(pairs)
	if err != nil {
		return fmt.Errorf("compare pairs: %w", err)
	}
	c, err := r.buildClusters(accepted)
	if err != nil {
		return fmt.Errorf("clusters: %w", err)
	}
	return r.emitMembers(c, emit)
}

// emitMembers walks the members in order and counts them.
func (r *resolver) emitMembers(c *clusters, emit func(Member) error) error {
	sizes := make([]uint32, len(c.refs)) // by root
	for i, ref := range c.refs {
		if i&0xffff == 0 {
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		root := c.find(uint32(i))
		sizes[root]++
		r.stats.LargestCluster = max(r.stats.LargestCluster, int64(sizes[root]))
		m := Member{Ref: ref, Survivor: c.refs[root], Similarity: 1}
		if root == uint32(i) {
			r.stats.Clusters++
		} else if _, ok := r.exact.survivor(ref); ok {
			m.Method = "exact"
			r.stats.ExactDropped++
		} else {
			m.Method, m.Similarity = "minhash", c.similarity(uint32(i))
			r.stats.MinHashDropped++
		}
		if err := emit(m); err != nil {
			return err
		}
	}
	return nil
}

// copies are the documents that Exact drops, in order, each with the one it copies.
type copies struct{ dropped, kept []corpus.Ref }

func readCopies(ctx context.Context, runs []*spill.Run) (copies, error) {
	var c copies
	for rec, err := range records(ctx, runs) {
		if err != nil {
			return c, err
		}
		if len(rec.Key) != refSize || len(rec.Value) != refSize {
			return c, fmt.Errorf("record of %d and %d bytes", len(rec.Key), len(rec.Value))
		}
		d, k := readRef(rec.Key), readRef(rec.Value)
		if n := len(c.dropped); n > 0 && c.dropped[n-1] == d || k >= d {
			return c, fmt.Errorf("document %d cannot be a copy of document %d as well", d, k)
		}
		c.dropped, c.kept = append(c.dropped, d), append(c.kept, k)
	}
	return c, nil
}

// survivor returns the document that ref is a copy of, or ref itself and false.
func (c copies) survivor(ref corpus.Ref) (corpus.Ref, bool) {
	if i, ok := slices.BinarySearch(c.dropped, ref); ok {
		return c.kept[i], true
	}
	return ref, false
}

// records merges runs and ends with the context's error once that is done.
func records(ctx context.Context, runs []*spill.Run) iter.Seq2[spill.Record, error] {
	return func(yield func(spill.Record, error) bool) {
		n := 0
		for rec, err := range spill.Merge(runs, nil, nil) {
			if n++; err == nil && n&0xfff == 0 {
				err = ctx.Err()
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}
