package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
)

// dedupOptions are the options of the resolved config that the datasheet speaks of.
type dedupOptions struct {
	warnRemoved float64  // share of removed documents or text above which a warning stands
	threshold   float64  // of near-duplicates
	shingle     string   // what sets of near-duplicates are made of: "word" or "character"
	verify      bool     // pairs are compared before they count
	survivor    []string // what decides who stays; empty: the order of the inputs
}

// readDedupOptions reads the resolved config. Where it has another form than this version's, the options have their defaults.
func readDedupOptions(config json.RawMessage) dedupOptions {
	var c struct {
		Dedup struct {
			WarnRemoved float64  `json:"warn_removed"`
			Survivor    []string `json:"survivor"`
			MinHash     struct {
				Threshold float64 `json:"threshold"`
				Shingle   string  `json:"shingle"`
				Verify    *bool   `json:"verify"`
			} `json:"minhash"`
		} `json:"dedup"`
	}
	o := dedupOptions{warnRemoved: 0.5, verify: true}
	if json.Unmarshal(config, &c) != nil {
		return o
	}
	d := c.Dedup
	o.threshold, o.survivor, o.shingle = d.MinHash.Threshold, d.Survivor, d.MinHash.Shingle
	if d.WarnRemoved > 0 {
		o.warnRemoved = d.WarnRemoved
	}
	if d.MinHash.Verify != nil {
		o.verify = *d.MinHash.Verify
	}
	return o
}

// duplicates puts in order what the manifest says; domains, and the documents of pairs and hot keys, are left to gather.
func (c *counter) duplicates() DuplicateFacts {
	d := c.m.Dedup
	f := DuplicateFacts{
		Methods: append([]string{}, d.Methods...), Clusters: d.Clusters, Largest: d.LargestCluster,
		CandidatePairs: d.CandidatePairs, AcceptedPairs: d.AcceptedPairs, Sizes: []ClusterFact{},
		Sources: c.removedSources(), Languages: c.removedLanguages(), Similarities: []SimilarityFact{}, Pairs: []PairFact{},
		Survivor: append([]string{}, c.options.survivor...), HotKeys: d.HotKeys, HotDocuments: d.HotDocuments, Hot: []HotFact{}, Earlier: d.Earlier,
	}
	if slices.Contains(d.Methods, methodMinHash) {
		f.Threshold, f.Verified, f.Shingle = c.options.threshold, c.options.verify, c.options.shingle
	}
	for _, size := range slices.Sorted(maps.Keys(d.ClusterSizes)) {
		f.Sizes = append(f.Sizes, ClusterFact{size, d.ClusterSizes[size]})
	}
	for i, n := range d.Similarities {
		parts := float64(len(d.Similarities))
		f.Similarities = append(f.Similarities, SimilarityFact{From: float64(i) / parts, To: float64(i+1) / parts, Pairs: n})
	}
	return f
}

// The names of the dedup methods that more than a name is said of.
const (
	methodExact   = "exact"
	methodMinHash = "minhash"
)

// nearestFirst orders the pairs by how near their similarity is to the threshold: those that another threshold would judge in another way come first.
func (d *DuplicateFacts) nearestFirst() {
	slices.SortStableFunc(d.Pairs, func(a, b PairFact) int {
		return cmp.Or(cmp.Compare(math.Abs(a.Similarity-d.Threshold), math.Abs(b.Similarity-d.Threshold)), cmp.Compare(b.Similarity, a.Similarity))
	})
}
