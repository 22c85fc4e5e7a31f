package dedup

import (
	"context"
	"fmt"
	"iter"

	"corpus"
	"corpus/internal/spill"
)

// Inputs of Resolve. Each run holds pairs that Reduce emitted, stored as Record says; how they are spread over runs does not matter.
type Inputs struct {
	URL        []*spill.Run // of URL; empty when it did not run
	Exact      []*spill.Run // of Exact; empty when it did not run
	Candidates []*spill.Run // of MinHash; empty when it did not run
	// Survivors are of the exchange of that name; where they are empty the smallest Ref of a cluster stays.
	Survivors []*spill.Run
	// MinHash are the options that made Candidates.
	MinHash MinHashOptions
	// Documents yields the documents of a unit in the order of Refs, with Ref and Text. It is asked for each unit that a candidate
	// pair names, once and in order; nil where nothing is verified.
	Documents func(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error]
	// Dir is an existing folder for working files. Resolve removes those it made.
	Dir string
	// MemoryBytes bounds the sorts, of which one runs at a time; 0 means 64 MiB. A quarter as much is taken besides for sets of shingles; further ones are on disk.
	MemoryBytes int64
}

// Member is a document of a cluster of two or more.
type Member struct {
	Ref      corpus.Ref
	Survivor corpus.Ref // the cluster's only document that stays: the best by Priority, then by Ref
	// Method is the first at whose level the document did not stay: "url" when a better document has its address, "exact" when a better one that url
	// leaves has its text, else "minhash"; "" for the survivor.
	Method string
	// Similarity is 1 for exact duplicates and the survivor, and 0 for those of url, whose texts are not compared. For those of minhash it is the best
	// Jaccard similarity among the document's accepted pairs, rounded to 4 decimals. The pair need not be the one with the survivor. Without Verify it is 0: unknown.
	Similarity float64
}

// Resolve joins the documents by url, by exact and by the candidate pairs whose sets of shingles are similar enough, in this order, and
// emits every member of every cluster in the order of Refs. Of each cluster the best by Priority stays. An error of emit ends it and is returned.
//
// What an earlier method drops takes no part in the later ones: a document dropped by url links nothing by its text, and an exact copy is
// compared with nothing, its best copy being compared in its place.
//
// Memory: 15 bytes for each document of any pair that Reduce emitted (19 at the end, when clusters are counted and no texts are compared), 4 more where there are Survivors, 8 more where both URL and Exact are given, and 16 for each document of a
// pair that is compared, five quarters of Inputs.MemoryBytes, and the read buffers of the runs. On disk a candidate pair takes 24 bytes before compression, and the set of a document that
// is compared eight bytes for each of its shingles.
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
	stats Stats
	runs  []*spill.Run // working files, open
	names []string
}

func (r *resolver) run(emit func(Member) error) error {
	c, err := r.collectDocuments()
	if err != nil {
		return fmt.Errorf("documents in pairs: %w", err)
	}
	if err := r.readRanks(c); err != nil {
		return fmt.Errorf("priorities: %w", err)
	}
	if err := r.joinCopies(c); err != nil {
		return fmt.Errorf("copies: %w", err)
	}
	pairs, err := r.collectPairs(c)
	if err != nil {
		return fmt.Errorf("candidate pairs: %w", err)
	}
	accepted, err := r.comparePairs(pairs)
	if err != nil {
		return fmt.Errorf("compare pairs: %w", err)
	}
	if err := r.joinPairs(c, accepted); err != nil {
		return fmt.Errorf("clusters: %w", err)
	}
	return r.emitMembers(c, emit)
}

// emitMembers walks the members in order and counts them.
func (r *resolver) emitMembers(c *clusters, emit func(Member) error) error {
	sizes := make([]uint32, len(c.refs)) // by root
	for i := range c.refs {
		sizes[c.find(uint32(i))]++
	}
	for i, ref := range c.refs {
		if i&0xffff == 0 {
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		root := c.find(uint32(i))
		if sizes[root] < 2 {
			continue
		}
		m := Member{Ref: ref, Survivor: c.refs[root], Similarity: 1}
		switch {
		case root == uint32(i):
			r.stats.Clusters++
			r.stats.LargestCluster = max(r.stats.LargestCluster, int64(sizes[root]))
		case c.method[i] == byURL:
			m.Method, m.Similarity = byURL.String(), 0
		case c.method[i] == byExact:
			m.Method = byExact.String()
		default:
			m.Method, m.Similarity = byMinHash.String(), c.similarity(uint32(i))
		}
		if m.Method != "" {
			r.stats.drop(m.Method)
		}
		if err := emit(m); err != nil {
			return err
		}
	}
	return nil
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
