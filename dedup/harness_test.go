package dedup

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/spill"
)

// setup says how resolve runs the exchanges.
type setup struct {
	url      *URL
	exact    *Exact
	minhash  *MinHash
	priority Priority
	memory   int64 // of the sorts
	oneRun   bool  // all candidates in one run instead of one a partition
	shuffle  uint64
}

// resolve runs Map, Reduce and Resolve over texts, as a build does; a text's Ref is its index.
func resolve(t testing.TB, s setup, texts []string) ([]Member, Stats) {
	t.Helper()
	var docs []*corpus.Document
	for _, text := range texts {
		docs = append(docs, &corpus.Document{Text: text})
	}
	return resolveDocuments(t, s, docs)
}

// resolveDocuments is resolve for whole documents, which get their index as Ref.
func resolveDocuments(t testing.TB, s setup, docs []*corpus.Document) ([]Member, Stats) {
	t.Helper()
	ctx, folder := context.Background(), t.TempDir()
	in := Inputs{Dir: folder, MemoryBytes: s.memory}
	run := func(x corpus.Exchange) (runs []*spill.Run) {
		partitions := reduceAll(t, ctx, x, s.shuffle, docs)
		if s.oneRun {
			partitions = [][]corpus.Pair{slices.Concat(partitions...)}
		}
		for i, pairs := range partitions {
			runs = append(runs, writePairs(t, filepath.Join(folder, fmt.Sprint(x.Name(), i)), pairs))
		}
		return runs
	}
	if s.url != nil {
		in.URL = run(s.url)
	}
	if s.exact != nil {
		in.Exact = run(s.exact)
	}
	if s.minhash != nil {
		in.MinHash, in.Documents = s.minhash.opts, yielding(docs)
		in.Candidates = run(s.minhash)
	}
	if s.priority.Configured() {
		in.Survivors = run(NewSurvivors(s.priority))
	}
	before, _ := filepath.Glob(filepath.Join(folder, "*"))
	var members []Member
	stats, err := Resolve(ctx, in, func(m Member) error {
		members = append(members, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := filepath.Glob(filepath.Join(folder, "*")); len(after) != len(before) {
		t.Errorf("Resolve leaves files: %v", after)
	}
	return members, stats
}

// documentsOf yields texts as the documents of unit 0.
func documentsOf(texts []string) func(context.Context, int) iter.Seq2[*corpus.Document, error] {
	var docs []*corpus.Document
	for i, text := range texts {
		docs = append(docs, &corpus.Document{Ref: corpus.Ref(i), Text: text})
	}
	return yielding(docs)
}

func yielding(docs []*corpus.Document) func(context.Context, int) iter.Seq2[*corpus.Document, error] {
	return func(context.Context, int) iter.Seq2[*corpus.Document, error] {
		return func(yield func(*corpus.Document, error) bool) {
			for _, d := range docs {
				if !yield(d, nil) {
					return
				}
			}
		}
	}
}

// reduceAll maps the documents, sorts each partition and reduces it; it returns what each partition emitted.
func reduceAll(t testing.TB, ctx context.Context, x corpus.Exchange, shuffle uint64, docs []*corpus.Document) [][]corpus.Pair {
	t.Helper()
	mapped := make([][]corpus.Pair, x.Partitions())
	for i, d := range docs {
		d.Ref = corpus.Ref(i)
		err := x.Map(d, func(partition int, key, value []byte) {
			mapped[partition] = append(mapped[partition], corpus.Pair{Key: slices.Clone(key), Ref: d.Ref, Value: slices.Clone(value)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	reduced := make([][]corpus.Pair, len(mapped))
	for partition, pairs := range mapped {
		slices.SortFunc(pairs, func(a, b corpus.Pair) int {
			if c := strings.Compare(string(a.Key), string(b.Key)); c != 0 {
				return c
			}
			return int(a.Ref) - int(b.Ref)
		})
		err := x.Reduce(ctx, partition, reusing(pairs), func(p corpus.Pair) error {
			reduced[partition] = append(reduced[partition], corpus.Pair{Key: slices.Clone(p.Key), Ref: p.Ref, Value: slices.Clone(p.Value)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(shuffle, uint64(partition)))
		rng.Shuffle(len(reduced[partition]), func(i, j int) {
			reduced[partition][i], reduced[partition][j] = reduced[partition][j], reduced[partition][i]
		})
	}
	return reduced
}

// reusing yields the pairs in buffers that the next pair overwrites, as the contract allows.
func reusing(pairs []corpus.Pair) iter.Seq2[corpus.Pair, error] {
	return func(yield func(corpus.Pair, error) bool) {
		var key, value []byte
		for _, p := range pairs {
			key, value = append(key[:0], p.Key...), append(value[:0], p.Value...)
			if !yield(corpus.Pair{Key: key, Ref: p.Ref, Value: value}, nil) {
				return
			}
		}
	}
}

// writePairs stores pairs as a run.
func writePairs(t testing.TB, path string, pairs []corpus.Pair) *spill.Run {
	t.Helper()
	s := spill.NewSorter(path, spill.Options{})
	defer s.Abort()
	var buffer []byte
	for _, p := range pairs {
		rec := Record(p, buffer)
		if err := s.Add(rec.Key, rec.Value); err != nil {
			t.Fatal(err)
		}
		buffer = rec.Value
	}
	if _, err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	run, err := spill.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	return run
}

// words makes n random words that hardly ever repeat.
func words(rng *rand.Rand, n int) []string {
	w := make([]string, n)
	for i := range w {
		w[i] = fmt.Sprintf("w%07x", rng.Uint32()>>4)
	}
	return w
}

// alike makes two texts of n words whose sets of 5-word shingles have a Jaccard similarity near s: they share a beginning.
func alike(rng *rand.Rand, n int, s float64) (a, b string) {
	shared := int(2*s/(1+s)*float64(n-4)+0.5) + 4
	head := words(rng, shared)
	return strings.Join(append(slices.Clone(head), words(rng, n-shared)...), " "),
		strings.Join(append(slices.Clone(head), words(rng, n-shared)...), " ")
}

// jaccard is the similarity of the sets of n-word shingles, by brute force.
func jaccard(a, b string, n int) float64 { return setJaccard(shingleSet(a, n), shingleSet(b, n)) }

func setJaccard(x, y map[string]bool) float64 {
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

func shingleSet(text string, n int) map[string]bool {
	w, set := plainWords(text), map[string]bool{}
	for i := 0; i < len(w) && (i == 0 || i+n <= len(w)); i++ {
		set[strings.Join(w[i:min(i+n, len(w))], " ")] = true
	}
	return set
}

// benchText is 1 MB of words in the lengths and with the repetition of English.
func benchText() string {
	rng := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		letters := make([]byte, 1+rng.IntN(9))
		for j := range letters {
			letters[j] = 'a' + byte(rng.IntN(26))
		}
		vocabulary[i] = string(letters)
	}
	var b strings.Builder
	for b.Len() < 1<<20 {
		b.WriteString(vocabulary[int(float64(len(vocabulary))*rng.Float64()*rng.Float64())])
		b.WriteByte("   \n.,"[rng.IntN(6)])
		b.WriteByte(' ')
	}
	return b.String()
}
