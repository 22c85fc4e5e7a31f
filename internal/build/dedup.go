package build

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"

	"corpus"
	"corpus/dedup"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/spill"

	"golang.org/x/sync/errgroup"
)

// dedup reduces the exchanges, resolves clusters and writes the surviving documents.
func (b *build) dedup(ctx context.Context) error {
	if err := os.MkdirAll(b.path(workDir+"/dedup"), 0o755); err != nil {
		return err
	}
	if err := b.reduce(ctx); err != nil {
		return err
	}
	if err := b.resolve(ctx); err != nil {
		return err
	}
	return b.survive(ctx)
}

// exchanges makes the configured dedup methods, in their order of application.
func (b *build) exchanges() ([]corpus.Exchange, error) {
	var list []corpus.Exchange
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
	runs := map[string][]*spill.Run{}
	defer func() {
		for _, list := range runs {
			closeRuns(list)
		}
	}()
	for _, ex := range exchanges {
		if runs[ex.Name()], err = b.mappedRuns(ctx, ex.Name()); err != nil {
			return err
		}
	}
	quotas, err := b.quotas()
	if err != nil {
		return err
	}
	b.expect(len(parts), len(parts)-len(todo))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, unit := range todo {
		g.Go(func() error {
			p := parts[unit]
			path := reducedPath(p.exchange.Name(), p.index)
			out := b.newSorter(path)
			defer out.Abort() // without effect once closed
			ex := p.exchange
			if quotas != nil {
				ex = within{ex, quotas}
			}
			if err := engine.ReducePartition(ctx, ex, p.index, runs[ex.Name()], out); err != nil {
				return err
			}
			if _, err := out.Close(); err != nil {
				return err
			}
			defer b.stepDone()
			return b.commit(record{phase: "reduce", unit: unit, name: p.exchange.Name(), outputs: []string{path}})
		})
	}
	return g.Wait()
}

// maxOpenRuns bounds the files that are open, and the read buffers held, while partitions are merged.
const maxOpenRuns = 64

// mappedRuns opens what an exchange mapped, one run per unit, or, where these
// are too many to be open at once, one merged run of them all.
func (b *build) mappedRuns(ctx context.Context, exchange string) ([]*spill.Run, error) {
	var paths []string
	for u := range b.plan.Units {
		paths = append(paths, b.path(mappedPath(u, exchange)))
	}
	if len(paths) > maxOpenRuns {
		merged := b.path(fmt.Sprintf("%s/dedup/%s-merged.run", workDir, exchange))
		if _, err := spill.MergeFiles(ctx, paths, merged); err != nil {
			return nil, err
		}
		paths = []string{merged}
	}
	return openRuns(paths)
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
	in := dedup.Inputs{MinHash: b.Config.Dedup.MinHash, Documents: b.curated, Dir: b.path(workDir + "/dedup"), MemoryBytes: spillMemory}
	defer func() { closeInputs(in) }()
	for _, p := range partitions(exchanges) {
		run, err := spill.Open(b.path(reducedPath(p.exchange.Name(), p.index)))
		if err != nil {
			return err
		}
		addInput(&in, p, run)
	}
	members := b.newSorter(membersPath)
	defer members.Abort()           // without effect once closed
	sizes := map[corpus.Ref]int64{} // one entry per cluster, as Resolve itself holds
	stats, err := dedup.Resolve(ctx, in, func(m dedup.Member) error {
		sizes[m.Survivor]++
		return members.Add(refKey(m.Ref), encodeMember(m))
	})
	if err != nil {
		return err
	}
	if _, err := members.Close(); err != nil {
		return err
	}
	result := resolution{Stats: stats, ClusterSizes: map[int64]int64{}}
	for _, n := range sizes {
		result.ClusterSizes[n]++
	}
	return b.commit(record{phase: "resolve", name: "clusters", outputs: []string{membersPath}, result: result})
}

// curated reads the documents that curate kept from a unit.
func (b *build) curated(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error] {
	return documents.Source{Dir: b.Dir, Path: curatedPath(unit)}.Documents(ctx)
}

// addInput puts a reduced partition where Resolve looks for it.
func addInput(in *dedup.Inputs, p partition, run *spill.Run) {
	if p.exchange.Name() == "exact" {
		in.Exact = append(in.Exact, run)
	} else {
		in.Candidates = append(in.Candidates, run)
	}
}

func closeInputs(in dedup.Inputs) {
	closeRuns(in.Exact)
	closeRuns(in.Candidates)
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
