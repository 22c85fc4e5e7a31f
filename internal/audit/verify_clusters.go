package audit

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/manifest"
)

// member compares a ledger row with the document's row in the table of clusters, if it has one.
func (w *unitWalk) member(row manifest.Row) error {
	m := w.members.row
	if w.members.err != nil {
		return w.members.err
	}
	if !w.members.ok || row.Index < 0 || m.Index != row.Index {
		if row.DuplicateOf != "" {
			return fmt.Errorf("document %d, a duplicate of %s in the ledger, is missing", row.Index, row.DuplicateOf)
		}
		return nil
	}
	cluster, method := row.DuplicateOf, row.Stage
	stays := row.Kept || w.edits != nil && slices.Contains(w.edits.methods, row.Stage) // in its cluster
	if stays {
		cluster, method = manifest.DuplicateRef(corpus.MakeRef(w.unit, int(row.Index))), ""
	}
	switch {
	case m.Unit != row.Unit:
		return fmt.Errorf("document %d is said to be of unit %d", m.Index, m.Unit)
	case m.ID != row.ID:
		return fmt.Errorf("document %d: id is not as in the ledger", m.Index)
	case m.URL != row.URL:
		return fmt.Errorf("document %d: url is not as in the ledger", m.Index)
	case m.Kept != stays || m.Cluster != cluster || m.Method != method:
		return fmt.Errorf("document %d: kept %t, cluster %q, method %q; the ledger says %t, %q, %q",
			m.Index, m.Kept, m.Cluster, m.Method, stays, cluster, method)
	}
	w.members.advance()
	return w.v.clusters.add(m, w.v.damaged)
}

// clusterSizes counts the members of every cluster. The members that are kept come in the order of refs, and others of a cluster may come before its kept one.
type clusterSizes struct {
	kept   []corpus.Ref // ascending
	sizes  []uint32
	before map[corpus.Ref]uint32 // members of clusters whose kept member has not come yet

	first   corpus.Ref            // of this build's documents
	earlier map[corpus.Ref]uint32 // members of clusters whose kept member is an earlier build's, by that one
}

// add counts a member. With gaps before it, a cluster that is not known may have begun there.
func (c *clusterSizes) add(m build.ClusterRow, gaps bool) error {
	ref, err := parseRef(m.Cluster)
	if err != nil {
		return fmt.Errorf("document %d: cluster %q: %w", m.Index, m.Cluster, err)
	}
	if m.Kept {
		c.kept, c.sizes = append(c.kept, ref), append(c.sizes, 1+c.before[ref])
		delete(c.before, ref)
		return nil
	}
	at, ok := slices.BinarySearch(c.kept, ref)
	switch {
	case ok:
		c.sizes[at]++
	case ref < c.first:
		if c.earlier == nil {
			c.earlier = map[corpus.Ref]uint32{}
		}
		c.earlier[ref]++
	case ref > corpus.MakeRef(int(m.Unit), int(m.Index)):
		if c.before == nil {
			c.before = map[corpus.Ref]uint32{}
		}
		c.before[ref]++
	case !gaps:
		return fmt.Errorf("document %d: its cluster's kept document %s is no kept document before it", m.Index, m.Cluster)
	}
	return nil
}

// compareClusters recounts what the manifest says of the clusters.
func (v *verifier) compareClusters() {
	if len(v.clusters.before) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(v.clusters.before)))
		v.add(build.ClustersPath(first.Unit()), "the kept document %s of a cluster is missing", manifest.DuplicateRef(first))
	}
	found, largest := map[int64]int64{}, int64(0)
	for _, n := range v.clusters.sizes {
		found[int64(n)]++
		largest = max(largest, int64(n))
	}
	for _, n := range v.clusters.earlier {
		found[int64(n)+1]++
		largest = max(largest, int64(n)+1)
	}
	v.compare("dedup.clusters", v.m.Dedup.Clusters, int64(len(v.clusters.kept)+len(v.clusters.earlier)))
	v.compare("dedup.largest_cluster", v.m.Dedup.LargestCluster, largest)
	if !maps.Equal(v.m.Dedup.ClusterSizes, found) {
		v.add(manifest.Name, "dedup.cluster_sizes are not those of the tables in dedup/")
	}
}

// comparePairs holds what the manifest says of methods, pairs and hot keys against the commit record that it was made from.
func (v *verifier) comparePairs(c *manifest.Commit) {
	says := v.m.Dedup
	found, err := build.DedupFacts(c, says.Methods)
	if err != nil {
		v.check(manifest.CommitPath(c.Phase, c.Unit), err)
		return
	}
	for _, x := range []struct {
		name string
		same bool
	}{
		{"dropped", maps.Equal(says.Dropped, found.Dropped)},
		{"similarities", slices.Equal(says.Similarities, found.Similarities)},
		{"samples", slices.Equal(says.Samples, found.Samples)},
		{"hot", slices.Equal(says.Hot, found.Hot)},
		{"hot_keys", says.HotKeys == found.HotKeys},
		{"hot_documents", says.HotDocuments == found.HotDocuments},
	} {
		if !x.same {
			v.add(manifest.Name, "dedup.%s is not that of %s", x.name, manifest.CommitPath(c.Phase, c.Unit))
		}
	}
}

// parseRef reads what manifest.DuplicateRef wrote.
func parseRef(s string) (corpus.Ref, error) {
	u, i, _ := strings.Cut(s, ":")
	unit, err1 := strconv.ParseUint(u, 10, 32)
	index, err2 := strconv.ParseUint(i, 10, 32)
	ref := corpus.MakeRef(int(unit), int(index))
	if err1 != nil || err2 != nil || manifest.DuplicateRef(ref) != s {
		return 0, errors.New("not of the form unit:index")
	}
	return ref, nil
}
