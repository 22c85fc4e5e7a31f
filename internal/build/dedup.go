package build

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"slices"

	"corpus"
	"corpus/dedup"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/spill"

	"golang.org/x/sync/errgroup"
)

// dedup reduces the exchanges, resolves clusters and writes the surviving documents.
func (b *build) dedup(ctx context.Context) error {
	if err := errors.Join(os.MkdirAll(b.path(workDir+"/dedup"), 0o755), b.makeIndexFolder()); err != nil {
		return err
	}
	if err := b.reduce(ctx); err != nil {
		return err
	}
	if err := b.earlier(ctx); err != nil {
		return err
	}
	if err := b.resolve(ctx); err != nil {
		return err
	}
	if err := b.index(ctx); err != nil {
		return err
	}
	if err := b.edits(ctx); err != nil {
		return err
	}
	return b.survive(ctx)
}

// exchanges makes the configured dedup methods that compare whole documents, in their order of application, and what ranks the documents.
func (b *build) exchanges() ([]corpus.Exchange, error) {
	var list []corpus.Exchange
	if b.Config.Dedup.Has("url") {
		ex, err := dedup.NewURL(b.Config.Dedup.URL)
		if err != nil {
			return nil, err
		}
		list = append(list, ex)
	}
	if b.Config.Dedup.Has("exact") {
		ex, err := dedup.NewExact(b.Config.Dedup.Exact)
		if err != nil {
			return nil, err
		}
		list = append(list, ex)
	}
	if b.Config.Dedup.Has("minhash") {
		ex, err := dedup.NewMinHash(b.Config.Dedup.MinHash)
		if err != nil {
			return nil, err
		}
		list = append(list, ex)
	}
	priority, err := b.priority()
	if err != nil {
		return nil, err
	}
	if len(list) > 0 && priority.Configured() {
		list = append(list, dedup.NewSurvivors(priority))
	}
	return list, nil
}

func reducedPath(exchange string, partition int) string {
	return fmt.Sprintf("%s/dedup/%s-%05d.run", workDir, exchange, partition)
}

// partition is one unit of the reduce phase.
type partition struct {
	exchange corpus.Exchange
	index    int
}

func partitions(exchanges []corpus.Exchange) []partition {
	var list []partition
	for _, ex := range exchanges {
		for i := range ex.Partitions() {
			list = append(list, partition{ex, i})
		}
	}
	return list
}

// reduce runs every partition of every exchange; each ends in a commit record.
func (b *build) reduce(ctx context.Context) error {
	exchanges, err := b.exchanges()
	if err != nil {
		return err
	}
	parts := partitions(exchanges)
	todo, err := b.pending("reduce", len(parts))
	if err != nil || len(todo) == 0 {
		return err
	}
	quotas, err := b.quotas()
	if err != nil {
		return err
	}
	b.expect(len(parts), len(parts)-len(todo))
	later := slices.IndexFunc(todo, func(unit int) bool { return b.leavesOutCopies() && parts[unit].exchange.Name() == "minhash" })
	if later < 0 {
		return b.reduceUnits(ctx, parts, todo, quotas, nil)
	}
	if err := b.reduceUnits(ctx, parts, todo[:later], quotas, nil); err != nil { // exact is among them, or was
		return err
	}
	left, err := b.readCopies(ctx, parts)
	if err != nil {
		return err
	}
	return b.reduceUnits(ctx, parts, todo[later:], quotas, left)
}

// reduceUnits reduces partitions at once. minhash does not see the copies.
func (b *build) reduceUnits(ctx context.Context, parts []partition, todo []int, quotas []int64, left copies) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, unit := range todo {
		g.Go(func() error {
			p := parts[unit]
			path := reducedPath(p.exchange.Name(), p.index)
			shared, release, err := b.newIndexed(p.exchange, p.index)
			if err != nil {
				return err
			}
			defer release()
			var ex corpus.Exchange = shared
			if quotas != nil {
				ex = partly{ex, within(quotas)}
			}
			if left != nil && ex.Name() == "minhash" {
				ex = partly{ex, func(ref corpus.Ref) bool { return !left.has(ref) }}
			}
			if err := b.reducePartition(ctx, ex, p.index, path); err != nil {
				return err
			}
			defer b.stepDone()
			return b.commit(record{phase: "reduce", unit: unit, name: p.exchange.Name(), outputs: append(shared.outputs(), path)})
		})
	}
	return g.Wait()
}

// reducePartition reduces what an exchange mapped to a partition, and writes the run at path.
func (b *build) reducePartition(ctx context.Context, ex corpus.Exchange, index int, path string) error {
	out := b.newSorter(path)
	defer out.Abort() // without effect once closed
	runs, done, err := b.mappedRuns(ctx, ex, index, path)
	if err != nil {
		return err
	}
	defer done()
	if err := engine.ReducePartition(ctx, ex, index, runs, out); err != nil {
		return err
	}
	_, err = out.Close(ctx)
	return err
}

// mappedRuns opens what an exchange mapped, one run per unit. Where these are too many to be read at once, the partition's share of them is merged first, into
// files beside path: a merge that is killed loses one partition, and the disk holds no second copy of more partitions than there are workers.
func (b *build) mappedRuns(ctx context.Context, ex corpus.Exchange, index int, path string) (runs []*spill.Run, done func(), err error) {
	var paths []string
	for _, u := range b.plan.Numbers() {
		paths = append(paths, b.path(mappedPath(u, ex.Name())))
	}
	from, to := engine.PartitionKeys(index)
	paths, remove, err := spill.Narrow(ctx, paths, from, to, b.runsAtOnce(b.Workers), b.path(path)+".mapped")
	if err != nil {
		return nil, nil, err
	}
	if runs, err = openRuns(paths); err != nil {
		remove()
		return nil, nil, err
	}
	return runs, func() { closeRuns(runs); remove() }, nil
}

func openRuns(paths []string) ([]*spill.Run, error) {
	var runs []*spill.Run
	for _, path := range paths {
		r, err := spill.Open(path)
		if err != nil {
			closeRuns(runs)
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func closeRuns(runs []*spill.Run) {
	for _, r := range runs {
		r.Close()
	}
}

// membersPath holds the resolved clusters: key = ref, value = encodeMember, both as spill records.
const membersPath = workDir + "/dedup/members.run"

// resolution is the result of the resolve step, kept in its commit record.
type resolution struct {
	Stats        dedup.Stats     `json:"stats"`
	ClusterSizes map[int64]int64 `json:"cluster_sizes"`
	// Earlier counts documents of earlier builds; nil where there are none.
	Earlier *manifest.EarlierChanges `json:"earlier,omitempty"`
}

// resolve turns the reduced pairs into clusters.
func (b *build) resolve(ctx context.Context) error {
	todo, err := b.pending("resolve", 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	exchanges, err := b.exchanges()
	if err != nil {
		return err
	}
	in := dedup.Inputs{MinHash: b.Config.Dedup.MinHash, Documents: b.curated, Dir: b.path(workDir + "/dedup"), MemoryBytes: b.sortMemory(2)}
	defer func() { closeInputs(in) }()
	for _, p := range partitions(exchanges) {
		run, err := spill.Open(b.path(reducedPath(p.exchange.Name(), p.index)))
		if err != nil {
			return err
		}
		addInput(&in, p, run)
	}
	if err := b.addEarlier(&in, exchanges); err != nil {
		return err
	}
	members := b.newOwnMembers()
	defer members.abort() // without effect once closed
	stats, err := dedup.Resolve(ctx, in, members.add)
	if err != nil {
		return err
	}
	for _, key := range stats.Undecided {
		b.Log.Warn("no document has a value for a key of dedup.survivor, so that it decides nothing", "key", key)
	}
	if err := members.close(ctx); err != nil {
		return err
	}
	members.count(&stats)
	result := resolution{Stats: stats, ClusterSizes: map[int64]int64{}}
	for _, n := range members.sizes {
		result.ClusterSizes[n]++
	}
	outputs := []string{membersPath}
	if len(b.plan.Earlier) > 0 {
		if result.Earlier, err = b.earlierChanges(ctx); err != nil {
			return err
		}
		outputs = append(outputs, earlierMembersPath, EarlierPath)
	}
	return b.commit(record{phase: "resolve", name: "clusters", outputs: outputs, result: result})
}

// curated reads the documents that curate kept from a unit.
func (b *build) curated(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error] {
	return documents.Source{Dir: b.Dir, Path: curatedPath(unit)}.Documents(ctx)
}

// addInput puts a reduced partition where Resolve looks for it.
func addInput(in *dedup.Inputs, p partition, run *spill.Run) {
	list := map[string]*[]*spill.Run{
		"url": &in.URL, "exact": &in.Exact, "minhash": &in.Candidates, "survivors": &in.Survivors,
	}[p.exchange.Name()]
	*list = append(*list, run)
}

func closeInputs(in dedup.Inputs) {
	for _, list := range [][]*spill.Run{in.URL, in.Exact, in.Candidates, in.Survivors} {
		closeRuns(list)
	}
}

func refKey(r corpus.Ref) []byte { return binary.BigEndian.AppendUint64(nil, uint64(r)) }

// encodeMember is survivor (8 bytes, big-endian), similarity (8 bytes, IEEE 754 bits, big-endian), method.
func encodeMember(m dedup.Member) []byte {
	v := refKey(m.Survivor)
	v = binary.BigEndian.AppendUint64(v, math.Float64bits(m.Similarity))
	return append(v, m.Method...)
}

func decodeMember(key, value []byte) (dedup.Member, error) {
	if len(key) != 8 || len(value) < 16 {
		return dedup.Member{}, errors.New("bad cluster record")
	}
	return dedup.Member{
		Ref:        corpus.Ref(binary.BigEndian.Uint64(key)),
		Survivor:   corpus.Ref(binary.BigEndian.Uint64(value)),
		Similarity: math.Float64frombits(binary.BigEndian.Uint64(value[8:])),
		Method:     string(value[16:]),
	}, nil
}
