package build

import (
	"context"
	"encoding/binary"
	"os"
	"slices"

	"corpus"
	"corpus/internal/manifest"
	"corpus/internal/spill"

	"golang.org/x/sync/errgroup"
)

// index writes the index but for its files of keys, which reduce has written.
func (b *build) index(ctx context.Context) error {
	if !b.Config.Dedup.Index {
		return nil
	}
	if err := b.indexTexts(ctx); err != nil {
		return err
	}
	todo, err := b.pending("index", 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	exchanges, err := b.exchanges()
	if err != nil {
		return err
	}
	head := indexHead{Format: indexFormat, FirstUnit: b.plan.FirstUnit, Units: len(b.plan.Units), Partitions: map[string]int{}}
	outputs := []string{indexMembersPath, indexPairsPath, indexHeadPath}
	for _, ex := range exchanges {
		if indexedExchange(ex.Name()) {
			head.Partitions[ex.Name()] = ex.Partitions()
			continue
		}
		head.Survivors = true
		outputs = append(outputs, indexSurvivorsPath)
		if _, err := spill.MergeFiles(ctx, []string{b.path(reducedPath(ex.Name(), 0))}, b.path(indexSurvivorsPath)); err != nil {
			return err
		}
	}
	if err := b.indexMembers(ctx); err != nil {
		return err
	}
	if err := b.indexPairs(ctx, exchanges); err != nil {
		return err
	}
	data, err := manifest.Marshal(head)
	if err != nil {
		return err
	}
	if err := manifest.WriteFile(b.Dir, indexHeadPath, data); err != nil {
		return err
	}
	return b.commit(record{phase: "index", name: indexDir, outputs: outputs})
}

// makeIndexFolder is for all that writes into it.
func (b *build) makeIndexFolder() error {
	if !b.Config.Dedup.Index {
		return nil
	}
	return os.MkdirAll(b.path(indexDir), 0o755)
}

// indexMembers writes what Resolve said of this build's documents and of the earlier ones that it was asked about: as members.run, with an empty value
// for an earlier document that is in no cluster.
func (b *build) indexMembers(ctx context.Context) error {
	out := b.newSorter(indexMembersPath)
	defer out.Abort() // without effect once closed
	add := func(r spill.Record) error { return out.Add(r.Key, r.Value) }
	if len(b.plan.Earlier) > 0 {
		members, err := spill.Open(b.path(earlierMembersPath))
		if err != nil {
			return err
		}
		defer members.Close()
		s := newSeeker(members, 1<<30)
		defer s.stop()
		err = b.eachRecord(ctx, earlierRefsPath, func(r spill.Record) error {
			m, ok, err := s.at(r.Key)
			if err != nil {
				return err
			}
			if ok && string(m.Key) == string(r.Key) {
				return add(m)
			}
			return out.Add(r.Key, nil)
		})
		if err != nil {
			return err
		}
	}
	if err := b.eachRecord(ctx, membersPath, add); err != nil {
		return err
	}
	_, err := out.Close(ctx)
	return err
}

// eachRecord reads a run of the output folder.
func (b *build) eachRecord(ctx context.Context, path string, use func(spill.Record) error) error {
	run, err := spill.Open(b.path(path))
	if err != nil {
		return err
	}
	defer run.Close()
	for r, err := range run.Records(nil, nil) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = use(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// indexPairs writes the pairs that this build found, from both sides. A candidate pair whose documents are not in one cluster was not similar enough, which does
// not change when documents are added, so that it need not be looked at again. One of a document that url has put out was not compared by that document's text, or
// not at all: it stays, for a later document may have the text, and then speaks for this one (dedup.Resolve).
func (b *build) indexPairs(ctx context.Context, exchanges []corpus.Exchange) error {
	clusters, err := b.readClusters(ctx)
	if err != nil {
		return err
	}
	out := b.newSorter(indexPairsPath)
	defer out.Abort() // without effect once closed
	for _, p := range partitions(exchanges) {
		name := p.exchange.Name()
		if !indexedExchange(name) {
			continue
		}
		kind := pairKind(name)
		var last []byte
		err := b.eachRecord(ctx, reducedPath(name, p.index), func(r spill.Record) error {
			x, y, ok := pairOf(r)
			if !ok || kind == pairMinHash && (string(last) == string(r.Key) || !clusters.mayLink(x, y)) {
				return nil
			}
			last = append(last[:0], r.Key...)
			if err := out.Add(appendPair(nil, x, kind, y), nil); err != nil {
				return err
			}
			return out.Add(appendPair(nil, y, kind-otherSide, x), nil)
		})
		if err != nil {
			return err
		}
	}
	_, err = out.Close(ctx)
	return err
}

func appendPair(b []byte, ref corpus.Ref, kind byte, other corpus.Ref) []byte {
	b = append(binary.BigEndian.AppendUint64(b, uint64(ref)), kind)
	return binary.BigEndian.AppendUint64(b, uint64(other))
}

// clusterOf has the survivor of each document of a cluster, and whether url dropped it: 17 bytes a document.
type clusterOf struct {
	refs, survivors []corpus.Ref
	out             []bool
}

func (b *build) readClusters(ctx context.Context) (c clusterOf, err error) {
	err = b.eachRecord(ctx, indexMembersPath, func(r spill.Record) error {
		if len(r.Value) == 0 {
			return nil
		}
		m, err := decodeMember(r.Key, r.Value)
		c.refs, c.survivors, c.out = append(c.refs, m.Ref), append(c.survivors, m.Survivor), append(c.out, m.Method == "url")
		return err
	})
	return c, err
}

// mayLink says whether a candidate pair links documents now, or may do so once there are more.
func (c clusterOf) mayLink(x, y corpus.Ref) bool {
	i, ok := slices.BinarySearch(c.refs, x)
	j, also := slices.BinarySearch(c.refs, y)
	return ok && c.out[i] || also && c.out[j] || ok && also && c.survivors[i] == c.survivors[j]
}

// indexTexts writes the texts of this build's documents, a file for each unit.
func (b *build) indexTexts(ctx context.Context) error {
	todo, err := b.pendingUnits("texts")
	if err != nil || len(todo) == 0 {
		return err
	}
	quotas, err := b.quotas()
	if err != nil {
		return err
	}
	b.expect(len(b.plan.Units), len(b.plan.Units)-len(todo))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, unit := range todo {
		g.Go(func() error {
			quota := int64(1<<63 - 1)
			if quotas != nil {
				quota = quotas[unit]
			}
			defer b.stepDone()
			return b.indexUnitTexts(ctx, unit, quota)
		})
	}
	return g.Wait()
}

// textPart is how much of a text one record holds: spill.MaxValue is the most that it could.
const textPart = 16 << 20

func (b *build) indexUnitTexts(ctx context.Context, unit int, quota int64) error {
	out := b.newSorter(indexTextsPath(unit))
	defer out.Abort() // without effect once closed
	var value []byte
	for d, err := range b.curated(ctx, unit) {
		if err != nil {
			return err
		}
		if int64(d.Ref.Index()) >= quota {
			break
		}
		value = binary.AppendUvarint(value[:0], uint64(len(d.ID)))
		value = append(append(value, d.ID...), d.Text...)
		part := 0
		for piece := range slices.Chunk(value, textPart) {
			if err := out.Add(binary.BigEndian.AppendUint32(refKey(d.Ref), uint32(part)), piece); err != nil {
				return err
			}
			part++
		}
	}
	if _, err := out.Close(ctx); err != nil {
		return err
	}
	return b.commit(record{phase: "texts", unit: unit, name: b.planned(unit).Name(), outputs: []string{indexTextsPath(unit)}})
}
