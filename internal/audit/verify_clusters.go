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
	if row.Kept {
		cluster, method = manifest.DuplicateRef(corpus.MakeRef(w.unit, int(row.Index))), ""
	}
	switch {
	case m.Unit != row.Unit:
		return fmt.Errorf("document %d is said to be of unit %d", m.Index, m.Unit)
	case m.ID != row.ID:
		return fmt.Errorf("document %d: id is not as in the ledger", m.Index)
	case m.URL != row.URL:
		return fmt.Errorf("document %d: url is not as in the ledger", m.Index)
	case m.Kept != row.Kept || m.Cluster != cluster || m.Method != method:
		return fmt.Errorf("document %d: kept %t, cluster %q, method %q; the ledger says %t, %q, %q",
			m.Index, m.Kept, m.Cluster, m.Method, row.Kept, cluster, method)
	}
	w.members.advance()
	return w.v.clusters.add(m, w.v.damaged)
}

// clusterSizes counts the members of every cluster. A cluster's kept member is its first,
// so the clusters come in the order of their refs.
type clusterSizes struct {
	kept  []corpus.Ref // ascending
	sizes []uint32
}

// add counts a member. With gaps before it, a cluster that is not known may have begun there.
func (c *clusterSizes) add(m build.ClusterRow, gaps bool) error {
	ref, err := parseRef(m.Cluster)
	if err != nil {
		return fmt.Errorf("document %d: cluster %q: %w", m.Index, m.Cluster, err)
	}
	if m.Kept {
		c.kept, c.sizes = append(c.kept, ref), append(c.sizes, 1)
		return nil
	}
	at, ok := slices.BinarySearch(c.kept, ref)
	if ok {
		c.sizes[at]++
	} else if !gaps {
		return fmt.Errorf("document %d: its cluster's kept document %s is no kept document before it", m.Index, m.Cluster)
	}
	return nil
}

// compareClusters recounts what the manifest says of the clusters.
func (v *verifier) compareClusters() {
	found, largest := map[int64]int64{}, int64(0)
	for _, n := range v.clusters.sizes {
		found[int64(n)]++
		largest = max(largest, int64(n))
	}
	v.compare("dedup.clusters", v.m.Dedup.Clusters, int64(len(v.clusters.kept)))
	v.compare("dedup.largest_cluster", v.m.Dedup.LargestCluster, largest)
	if !maps.Equal(v.m.Dedup.ClusterSizes, found) {
		v.add(manifest.Name, "dedup.cluster_sizes are not those of the tables in dedup/")
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
