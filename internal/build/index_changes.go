package build

import (
	"context"
	"errors"
	"os"

	"corpus"
	"corpus/dedup"
	"corpus/internal/manifest"
	"corpus/internal/spill"
	"corpus/internal/table"
)

// EarlierPath is the table of documents of earlier builds of which one build over all would say something else than these builds did.
const EarlierPath = "dedup/earlier.parquet"

// EarlierRow is a document of an earlier build: dedup/earlier.parquet. docs/format/clusters.md has the meaning of the columns.
type EarlierRow struct {
	Unit  int32  `parquet:"unit"`
	Index int64  `parquet:"index"`
	ID    string `parquet:"id"`
	// What one build over all would say. Cluster is "" for a document that would be in none.
	Cluster    string  `parquet:"cluster"`
	Kept       bool    `parquet:"kept"`
	Method     string  `parquet:"method,dict"`
	Similarity float64 `parquet:"similarity"`
	// WasKept says that the document was kept, as far as these methods go, by what was known before this build.
	WasKept bool `parquet:"was_kept"`
}

// Size is what bounds a row group: table.Sized.
func (r EarlierRow) Size() int { return len(r.ID) }

// earlierChanges writes the table and counts it.
func (b *build) earlierChanges(ctx context.Context) (counts *manifest.EarlierChanges, err error) {
	counts = &manifest.EarlierChanges{}
	now, err := spill.Open(b.path(earlierMembersPath))
	if err != nil {
		return counts, err
	}
	defer now.Close()
	runs, err := b.openEarlier(indexMembersPath)
	if err != nil {
		return counts, err
	}
	defer closeRuns(runs)
	if err := os.MkdirAll(b.path("dedup"), 0o755); err != nil {
		return counts, err
	}
	w, err := table.Create[EarlierRow](b.path(EarlierPath))
	if err != nil {
		return counts, err
	}
	defer w.Abort() // without effect once committed
	c := changes{b: b, w: w, counts: counts, now: newSeeker(now, 1<<30)}
	for _, run := range runs {
		c.was = append(c.was, newSeeker(run, 4096))
	}
	defer c.close()
	if err := b.eachRecord(ctx, earlierRefsPath, func(r spill.Record) error { return c.add(readRef(r.Key)) }); err != nil {
		return counts, err
	}
	if err := w.Commit(); err != nil {
		return counts, err
	}
	b.Log.Info("one build over all would say something else of documents of earlier builds: see "+EarlierPath, "documents", counts.Changed,
		"kept there, and would be dropped", counts.Dropped, "dropped there, and would be kept", counts.Kept)
	return counts, nil
}

type changes struct {
	b      *build
	w      *table.Writer[EarlierRow]
	counts *manifest.EarlierChanges
	now    *seeker
	was    []*seeker // oldest first
	texts  *earlierTexts
	unit   int // of texts
}

func (c *changes) close() {
	c.now.stop()
	for _, s := range c.was {
		s.stop()
	}
	if c.texts != nil {
		c.texts.close()
	}
}

// memberAt is what a run says of a document: nil where that is in no cluster; false where the run says nothing.
func memberAt(s *seeker, ref corpus.Ref) (m *dedup.Member, says bool, err error) {
	key := refKey(ref)
	r, ok, err := s.at(key)
	if err != nil || !ok || string(r.Key) != string(key) {
		return nil, false, err
	}
	if len(r.Value) == 0 {
		return nil, true, nil
	}
	found, err := decodeMember(r.Key, r.Value)
	return &found, true, err
}

// add compares a document with what the last build that met it said.
func (c *changes) add(ref corpus.Ref) error {
	c.counts.Met++
	now, _, err := memberAt(c.now, ref)
	if err != nil {
		return err
	}
	var was *dedup.Member
	for _, s := range c.was { // the last one that says something is right
		m, says, err := memberAt(s, ref)
		if err != nil {
			return err
		}
		if says {
			was = m
		}
	}
	if now == nil && was == nil || now != nil && was != nil && *now == *was {
		return nil
	}
	row := EarlierRow{Unit: int32(ref.Unit()), Index: int64(ref.Index()), Kept: true, WasKept: was == nil || was.Method == ""}
	if now != nil {
		row.Cluster, row.Kept, row.Method, row.Similarity = manifest.DuplicateRef(now.Survivor), now.Method == "", now.Method, now.Similarity
	}
	c.counts.Changed++
	switch {
	case row.WasKept && !row.Kept:
		c.counts.Dropped++
	case !row.WasKept && row.Kept:
		c.counts.Kept++
	}
	if row.ID, err = c.id(ref); err != nil {
		return err
	}
	return c.w.Write(row)
}

func (c *changes) id(ref corpus.Ref) (string, error) {
	if c.texts == nil || c.unit != ref.Unit() {
		if c.texts != nil {
			c.texts.close()
			c.texts = nil
		}
		var err error
		if c.texts, err = c.b.openEarlierTexts(ref.Unit()); err != nil {
			return "", err
		}
		c.unit = ref.Unit()
	}
	d, err := c.texts.document(ref)
	if err != nil {
		return "", err
	}
	return d.ID, nil
}

// ownMembers shares out the members that Resolve emits, and counts those of this build: its tables hold no others.
type ownMembers struct {
	first        corpus.Ref // of this build's documents
	own, earlier *spill.Sorter
	// sizes are by survivor: this build's documents, and the survivor where it is an earlier one's. One entry per cluster, as Resolve itself holds.
	sizes   map[corpus.Ref]int64
	dropped map[string]int64
}

func (b *build) newOwnMembers() *ownMembers {
	o := &ownMembers{
		first: corpus.MakeRef(b.plan.FirstUnit, 0), own: b.newSorter(membersPath),
		sizes: map[corpus.Ref]int64{}, dropped: map[string]int64{},
	}
	if len(b.plan.Earlier) > 0 {
		o.earlier = b.newSorter(earlierMembersPath)
	}
	return o
}

func (o *ownMembers) abort() {
	o.own.Abort()
	if o.earlier != nil {
		o.earlier.Abort()
	}
}

func (o *ownMembers) add(m dedup.Member) error {
	if m.Ref < o.first {
		return o.earlier.Add(refKey(m.Ref), encodeMember(m))
	}
	if m.Survivor < o.first && o.sizes[m.Survivor] == 0 {
		o.sizes[m.Survivor] = 1 // the survivor, which is none of this build's
	}
	o.sizes[m.Survivor]++
	if m.Method != "" {
		o.dropped[m.Method]++
	}
	return o.own.Add(refKey(m.Ref), encodeMember(m))
}

// close finishes the runs.
func (o *ownMembers) close(ctx context.Context) error {
	_, err := o.own.Close(ctx)
	if o.earlier != nil {
		_, also := o.earlier.Close(ctx)
		err = errors.Join(err, also)
	}
	return err
}

// count makes what Resolve counted over all documents a count of this build's. Pairs and buckets stay as they were looked at.
func (o *ownMembers) count(s *dedup.Stats) {
	if o.first == 0 {
		return
	}
	s.Clusters, s.LargestCluster, s.Dropped = int64(len(o.sizes)), 0, o.dropped
	for _, n := range o.sizes {
		s.LargestCluster = max(s.LargestCluster, n)
	}
}
