package build

import (
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"corpus"
	"corpus/dedup"
	"corpus/internal/config"
	"corpus/internal/manifest"

	"github.com/google/go-cmp/cmp"
)

// TestReduceOfIncrements holds the pairs that an exchange finds crawl by crawl, through indexes, against those that it finds in all crawls at once.
func TestReduceOfIncrements(t *testing.T) {
	minhash, err := dedup.NewMinHash(dedup.DefaultMinHashOptions())
	if err != nil {
		t.Fatal(err)
	}
	exact, err := dedup.NewExact(dedup.DefaultExactOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ex       corpus.Exchange
		keyBytes int
	}{{minhash, 9}, {exact, 16}} {
		for _, cuts := range [][]int{{1, 1, 1, 1}, {3, 1}, {1, 3}, {2, 0, 2}} {
			t.Run(fmt.Sprint(c.ex.Name(), cuts), func(t *testing.T) {
				pairs := randomPairs(rand.New(rand.NewPCG(1, 9)), c.keyBytes, 4)
				want, buckets := found(t, c.ex, inUnits(pairs, 0, 4))
				got, reported := incrementally(t, c.ex, pairs, cuts)
				if len(want) == 0 {
					t.Fatal("no pairs: the test is worth nothing")
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("pairs (-at once +by increments):\n%.2000s", diff)
				}
				if diff := cmp.Diff(buckets, reported); diff != "" {
					t.Errorf("documents of large buckets (-at once +by increments):\n%.2000s", diff)
				}
			})
		}
	}
}

// randomPairs gives keys to documents of some units, sorted; some keys have more documents than all pairs of are compared.
func randomPairs(rng *rand.Rand, keyBytes, units int) []corpus.Pair {
	var pairs []corpus.Pair
	for k := range 60 {
		key := make([]byte, keyBytes)
		binary.BigEndian.PutUint64(key, uint64(k)*977)
		for unit := range units {
			for i := range rng.IntN(1 + rng.IntN(1+k)/2) {
				pairs = append(pairs, corpus.Pair{Key: key, Ref: corpus.MakeRef(unit, 3*i+rng.IntN(3))})
			}
		}
	}
	return pairs
}

func inUnits(pairs []corpus.Pair, from, to int) iter.Seq2[corpus.Pair, error] {
	return func(yield func(corpus.Pair, error) bool) {
		for _, p := range pairs {
			if u := p.Ref.Unit(); u >= from && u < to && !yield(p, nil) {
				return
			}
		}
	}
}

// found are the distinct pairs that Reduce emits, and the documents of the large buckets that it reports.
func found(t *testing.T, ex corpus.Exchange, pairs iter.Seq2[corpus.Pair, error]) (list []string, buckets map[string]uint64) {
	t.Helper()
	buckets = map[string]uint64{}
	err := ex.Reduce(t.Context(), 0, pairs, func(p corpus.Pair) error {
		if _, ok := laterOf(p.Key); ok {
			list = append(list, fmt.Sprintf("%x %d", p.Key, p.Ref))
		} else {
			buckets[fmt.Sprintf("%x from %d", p.Key, p.Ref)] = binary.BigEndian.Uint64(p.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return slices.Compact(list), buckets
}

// incrementally reduces some units after the other, each against the indexes of those before it. Of a bucket the last report counts.
func incrementally(t *testing.T, ex corpus.Exchange, pairs []corpus.Pair, cuts []int) ([]string, map[string]uint64) {
	t.Helper()
	plan := &Plan{}
	var all []string
	reported := map[string]uint64{}
	for i, n := range cuts {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := os.MkdirAll(filepath.Join(dir, indexDir), 0o755); err != nil {
			t.Fatal(err)
		}
		c := config.Default()
		c.Dedup.Index = true
		b := &build{Options: Options{Config: &c, Dir: dir}, plan: plan}
		x, done, err := b.newIndexed(ex, 0)
		if err != nil {
			t.Fatal(err)
		}
		list, buckets := found(t, x, inUnits(pairs, plan.FirstUnit, plan.FirstUnit+n))
		done()
		all = append(all, list...)
		maps.Copy(reported, buckets)
		plan.Earlier = append(plan.Earlier, manifest.Earlier{Path: dir, FirstUnit: plan.FirstUnit, Units: n})
		plan.FirstUnit += n
	}
	slices.Sort(all)
	return slices.Compact(all), reported
}
