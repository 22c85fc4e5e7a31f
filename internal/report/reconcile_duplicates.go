package report

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"corpus/internal/manifest"
)

// ruleTooShort drops a document of which a dedup method left too little: no copy of another one as a whole.
const ruleTooShort = "too_short"

// reconcileDuplicates compares the clusters with the ledger: of each cluster all documents but one are rows that name a duplicate.
func (c *counter) reconcileDuplicates() error {
	d := c.m.Dedup
	var clusters, largest, removed, rows int64
	for size, n := range d.ClusterSizes {
		clusters += n
		largest = max(largest, size)
		removed += (size - 1) * n
	}
	for _, s := range c.sources {
		rows += s.Duplicates
	}
	var dropped int64
	for _, s := range c.m.Stages[max(len(c.m.Stages)-len(d.Methods), 0):] { // a filter may have the name of a method
		for rule, n := range s.Dropped {
			if rule != ruleTooShort {
				dropped += n.Documents
			}
		}
	}
	if clusters != d.Clusters || largest != d.LargestCluster {
		return fmt.Errorf("%d clusters of at most %d documents; their sizes: %d of at most %d", d.Clusters, d.LargestCluster, clusters, largest)
	}
	if removed != rows || removed != dropped {
		return fmt.Errorf("clusters lost %d documents, %d rows of the ledger name a duplicate, the dedup methods dropped %d", removed, rows, dropped)
	}
	if err := c.reconcileMethods(); err != nil {
		return err
	}
	return c.reconcilePairs()
}

// reconcileMethods compares the methods with the last stages, what each dropped, and what it cut out of texts.
func (c *counter) reconcileMethods() error {
	d := c.m.Dedup
	for i, name := range d.Methods {
		if at := len(c.m.Stages) - len(d.Methods) + i; at < 1 || c.m.Stages[at].Stage != name {
			return fmt.Errorf("dedup method %q has no stage in its place", name)
		}
	}
	names := map[string]bool{}
	for name := range d.Dropped {
		names[name] = true
	}
	for name := range c.copies {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		n, rows := d.Dropped[name], c.copies[name]
		if n != rows || !slices.Contains(d.Methods, name) {
			return fmt.Errorf("dedup method %q dropped %d copies; rows of the ledger: %d", name, n, rows)
		}
	}
	for _, s := range c.m.Stages {
		if slices.Contains(d.Methods, s.Stage) && s.Edited != c.cut[s.Stage] {
			return fmt.Errorf("dedup method %q cut %d bytes out of texts; rows of the ledger: %d", s.Stage, s.Edited, c.cut[s.Stage])
		}
	}
	return nil
}

// rounded is half of the last decimal of a similarity in the manifest.
const rounded = 0.5e-4

// reconcilePairs compares what the manifest says of pairs with each other, and with the threshold of the config.
func (c *counter) reconcilePairs() error {
	d := c.m.Dedup
	judged := slices.Contains(d.Methods, methodMinHash) && c.options.verify && c.options.threshold > 0
	// The least and the most pairs that can count. A similarity is rounded to 4 decimals before it is counted: one that counts is not below the rounded threshold, any
	// other not above it.
	var all, least, most int64
	const part = 10_000 / manifest.SimilarityParts
	threshold := int(math.Round(c.options.threshold * 10_000))
	for i, n := range d.Similarities {
		all += n
		if i*part > threshold {
			least += n
		}
		if (i+1)*part > threshold || i == manifest.SimilarityParts-1 {
			most += n
		}
	}
	switch {
	case d.AcceptedPairs < 0 || d.AcceptedPairs > d.CandidatePairs:
		return fmt.Errorf("%d of %d pairs count", d.AcceptedPairs, d.CandidatePairs)
	case len(d.Similarities) != 0 && (len(d.Similarities) != manifest.SimilarityParts || all != d.CandidatePairs):
		return fmt.Errorf("%d pairs by similarity, %d pairs compared", all, d.CandidatePairs)
	case len(d.Similarities) == 0 && judged && d.CandidatePairs > 0:
		return fmt.Errorf("%d pairs compared, none of known similarity", d.CandidatePairs)
	case len(d.Similarities) != 0 && judged && (d.AcceptedPairs < least || d.AcceptedPairs > most):
		return fmt.Errorf("%d pairs count; by their similarities it must be %d to %d", d.AcceptedPairs, least, most)
	}
	if err := c.reconcileSamples(judged); err != nil {
		return err
	}
	return c.reconcileHot()
}

// reconcileSamples compares the sampled pairs with the counts that they are drawn from: none twice, and of no similarity more than there are.
func (c *counter) reconcileSamples(judged bool) error {
	d := c.m.Dedup
	var parts [manifest.SimilarityParts]int64
	var accepted int64
	seen := map[[2]string]bool{}
	for _, p := range d.Samples {
		if !(p.Similarity >= 0 && p.Similarity <= 1) {
			return fmt.Errorf("documents %s and %s have a similarity of %v", p.First, p.Second, p.Similarity)
		}
		above, below := p.Similarity >= c.options.threshold+rounded, p.Similarity < c.options.threshold-rounded
		if judged && (above && !p.Accepted || below && p.Accepted) {
			return fmt.Errorf("documents %s and %s: similarity %v, threshold %v, accepted %t", p.First, p.Second, p.Similarity, c.options.threshold, p.Accepted)
		}
		if pair := [2]string{p.First, p.Second}; seen[pair] || p.First == p.Second {
			return fmt.Errorf("documents %s and %s are one pair twice, or one document", p.First, p.Second)
		} else {
			seen[pair] = true
		}
		if p.Accepted {
			accepted++
		}
		parts[min(int(p.Similarity*manifest.SimilarityParts+rounded), manifest.SimilarityParts-1)]++
	}
	if accepted > d.AcceptedPairs || int64(len(d.Samples)) > d.CandidatePairs {
		return fmt.Errorf("%d pairs are named, %d of them duplicates; there are %d and %d", len(d.Samples), accepted, d.CandidatePairs, d.AcceptedPairs)
	}
	for i, n := range d.Similarities {
		if parts[i] > n {
			return fmt.Errorf("%d pairs of a similarity from %v are named, there are %d", parts[i], float64(i)/manifest.SimilarityParts, n)
		}
	}
	return nil
}

// reconcileHot compares the hot keys that are named with their sums.
func (c *counter) reconcileHot() error {
	d := c.m.Dedup
	var documents, last, most int64
	for i, h := range d.Hot {
		if h.Documents < 2 || i > 0 && h.Documents > last || !slices.Contains(d.Methods, h.Method) {
			return fmt.Errorf("hot key %d: %d documents by method %q", i, h.Documents, h.Method)
		}
		last = h.Documents
		documents += h.Documents
		most = max(most, h.Documents)
	}
	// A key has two documents at least. Of the keys that are not named none has more documents than the largest that is: of keys that begin with one document only the largest is named.
	if rest := d.HotKeys - int64(len(d.Hot)); rest < 0 || documents > d.HotDocuments || rest == 0 && documents != d.HotDocuments ||
		rest > 0 && ((d.HotDocuments-documents)/rest > most || (d.HotDocuments-documents)/rest < 2) {
		return fmt.Errorf("%d hot keys with %d documents; named are %d with %d", d.HotKeys, d.HotDocuments, len(d.Hot), documents)
	}
	return nil
}
