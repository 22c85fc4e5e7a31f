package build

import (
	"encoding/json"
	"fmt"
	"maps"

	"corpus/internal/manifest"
)

// DedupFacts are what a manifest says of the dedup phase: the result of the commit record resolve, and the methods in their order of application.
func DedupFacts(c *manifest.Commit, methods []string) (manifest.Dedup, error) {
	d := manifest.Dedup{
		Methods: append([]string{}, methods...), ClusterSizes: map[int64]int64{}, Dropped: map[string]int64{},
		Similarities: []int64{}, Samples: []manifest.DuplicatePair{}, Hot: []manifest.HotKey{},
	}
	var r resolution
	if err := json.Unmarshal(c.Result, &r); err != nil {
		return d, fmt.Errorf("%s: %w", manifest.CommitPath(c.Phase, c.Unit), err)
	}
	s := r.Stats
	d.Earlier = r.Earlier
	d.Clusters, d.LargestCluster, d.CandidatePairs, d.AcceptedPairs = s.Clusters, s.LargestCluster, s.CandidatePairs, s.AcceptedPairs
	d.HotKeys, d.HotDocuments = s.HotKeys, s.HotDocuments
	maps.Copy(d.ClusterSizes, r.ClusterSizes)
	maps.Copy(d.Dropped, s.Dropped)
	if s.Similarities != [manifest.SimilarityParts]int64{} {
		d.Similarities = s.Similarities[:]
	}
	for _, p := range s.Samples {
		d.Samples = append(d.Samples, manifest.DuplicatePair{
			First: manifest.DuplicateRef(p.First), Second: manifest.DuplicateRef(p.Second), Similarity: p.Similarity, Accepted: p.Accepted,
		})
	}
	for _, h := range s.Hot {
		d.Hot = append(d.Hot, manifest.HotKey{Method: h.Method, Documents: h.Documents, First: manifest.DuplicateRef(h.First)})
	}
	return d, nil
}
