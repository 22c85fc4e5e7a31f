package dedup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func newPriority(t testing.TB, keys ...string) Priority {
	t.Helper()
	p, err := NewPriority(keys, []string{"books", "web"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPriorityOrders lists documents from the best to the worst; those within one entry are equal.
func TestPriorityOrders(t *testing.T) {
	source := func(s string) *corpus.Document { return &corpus.Document{Source: s} }
	signal := func(v float64) *corpus.Document { return &corpus.Document{Signals: map[string]float64{"q": v}} }
	text := func(n int) *corpus.Document { return &corpus.Document{Text: strings.Repeat("x", n)} }
	date := func(s string) *corpus.Document { return &corpus.Document{Date: s} }
	id := func(s string) *corpus.Document { return &corpus.Document{ID: s} }
	none := &corpus.Document{}
	long := strings.Repeat("i", maxIDBytes)
	tests := []struct {
		key  string
		want [][]*corpus.Document
	}{
		{"source", [][]*corpus.Document{{source("books")}, {source("web")}, {source("other"), none}}},
		{"signal:q", [][]*corpus.Document{{signal(math.Inf(1))}, {signal(2)}, {signal(1e-300)}, {signal(0), signal(math.Copysign(0, -1))}, {signal(-1)},
			{signal(math.Inf(-1))}, {signal(math.NaN()), signal(-math.NaN()), none}}},
		{"-signal:q", [][]*corpus.Document{{signal(math.Inf(-1))}, {signal(-3)}, {signal(0)}, {signal(7)}, {signal(math.Inf(1))}, {signal(math.NaN()), none}}},
		{"longest", [][]*corpus.Document{{text(300)}, {text(255)}, {text(1)}, {none}}},
		{"shortest", [][]*corpus.Document{{none}, {text(1)}, {text(255)}, {text(300)}}},
		{"newest", [][]*corpus.Document{{date("2024-05-01T10:00:00.5Z")}, {date("2024-05-01T10:00:00Z"), date("2024-05-01T10"), date("2024-05-01T12:00:00+02:00")},
			{date("2024-05"), date("2024-05-01")}, {date("2024")}, {date("1969-12-31")}, {date("0001")}, {date("yesterday"), date("2024-13"), date("2024-05-0"), none}}},
		{"oldest", [][]*corpus.Document{{date("1969-12-31")}, {date("2024"), date("2024-01-01T00:00:00Z")}, {date("2024-05-01")}, {date("9999-12-31")}, {date(""), date("?")}}},
		{"id", [][]*corpus.Document{{none}, {id("a")}, {id("a\x00")}, {id("a\x00b")}, {id("ab")}, {id("b")}, {id(long)}, {id(long + "x")}, {id(long[1:] + "j")}}},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			p := newPriority(t, tt.key)
			for i, x := range tt.want {
				for j, y := range tt.want {
					for _, d := range x {
						for _, e := range y {
							if got, want := bytes.Compare(p.Key(d), p.Key(e)), cmpInt(i, j); got != want {
								t.Errorf("entry %d against %d: %d, want %d (%+v, %+v)", i, j, got, want, d, e)
							}
						}
					}
				}
			}
		})
	}
}

func cmpInt(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// An id that is the beginning of another must not let the next key decide before the id has.
func TestPriorityKeysDecideInOrder(t *testing.T) {
	p := newPriority(t, "id", "longest")
	short, long := &corpus.Document{ID: "a", Text: "x"}, &corpus.Document{ID: "ab", Text: strings.Repeat("x", 500)}
	if bytes.Compare(p.Key(short), p.Key(long)) >= 0 {
		t.Error("the length decides before the id")
	}
	long.ID = "a"
	if bytes.Compare(p.Key(short), p.Key(long)) <= 0 {
		t.Error("the length does not decide between equal ids")
	}
	if got := (Priority{}).Key(short); got != nil {
		t.Errorf("the key of no keys is %x", got)
	}
	if n := len(p.Key(&corpus.Document{ID: strings.Repeat("\x00", 1<<20)})); n > 274+8 {
		t.Errorf("a key of %d bytes", n)
	}
}

func TestPriorityRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		keys    []string
		sources []string
		want    string
	}{
		{"unknown", []string{"longest", "largest"}, nil, `unknown key "largest"`},
		{"signal without name", []string{"signal:"}, nil, `unknown key "signal:"`},
		{"minus", []string{"-longest"}, nil, `unknown key "-longest"`},
		{"twice", []string{"id", "id"}, nil, "named twice"},
		{"no sources", []string{"source"}, nil, "needs a list of sources"},
		{"too many", make([]string, 17), nil, "more than 16"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewPriority(tt.keys, tt.sources)
			var bad *corpus.OptionError
			if !errors.As(err, &bad) || bad.Key != "survivor" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one at survivor with %q", err, tt.want)
			}
		})
	}
}

// strewn makes documents of a few addresses and texts, so that the methods meet: copies in another case, near copies, and texts of their own.
func strewn(seed uint64, n int) []*corpus.Document {
	rng := rand.New(rand.NewPCG(seed, 21))
	bases := make([][]string, 8)
	for i := range bases {
		bases[i] = words(rng, 200)
	}
	var docs []*corpus.Document
	for i := range n {
		base := slices.Clone(bases[rng.IntN(len(bases))])
		for range rng.IntN(3) * rng.IntN(2) { // none in most, one or two in others: 200 words with two changed are near .91
			base[rng.IntN(3)*60+30] = fmt.Sprint("changed", rng.IntN(2))
		}
		text := strings.Join(base, " ")
		if rng.IntN(4) == 0 {
			text = strings.ToUpper(text)
		}
		d := &corpus.Document{
			ID: fmt.Sprint("id", i), Text: text, Source: []string{"books", "web"}[rng.IntN(2)],
			Date: fmt.Sprintf("20%02d", rng.IntN(4)), Signals: map[string]float64{"q": float64(rng.IntN(3))},
		}
		if rng.IntN(2) == 0 {
			d.URL = fmt.Sprintf("http://example.com/%d", rng.IntN(n/2))
		}
		docs = append(docs, d)
	}
	return docs
}

// plainClusters is the rule of Resolve word by word, over all pairs.
func plainClusters(s setup, docs []*corpus.Document) []Member {
	better := func(a, b int) bool {
		c := bytes.Compare(s.priority.Key(docs[a]), s.priority.Key(docs[b]))
		return c < 0 || c == 0 && a < b
	}
	loser := map[int]int{}     // a document that does not stay: the one for which it goes
	by := map[int]string{}     // and the method
	size := map[int]int{}      // of a cluster
	final := func(i int) int { // the one that stays in the end
		for {
			next, ok := loser[i]
			if !ok {
				return i
			}
			i = next
		}
	}
	level := func(name string, together func(a, b int) bool) {
		var left []int
		for i := range docs {
			if _, out := loser[i]; !out {
				left = append(left, i)
			}
		}
		part := map[int]int{}
		for _, i := range left {
			part[i] = i
		}
		for x, i := range left {
			for _, j := range left[:x] {
				if a, b := part[i], part[j]; a != b && together(i, j) {
					for k := range part {
						if part[k] == b {
							part[k] = a
						}
					}
				}
			}
		}
		best := map[int]int{}
		for _, i := range left {
			if b, ok := best[part[i]]; !ok || better(i, b) {
				best[part[i]] = i
			}
		}
		for _, i := range left {
			if b := best[part[i]]; b != i {
				loser[i], by[i] = b, name
			}
		}
	}
	if s.url != nil {
		level("url", func(a, b int) bool { x := s.url.address(docs[a]); return x != "" && x == s.url.address(docs[b]) })
	}
	if s.exact != nil {
		keys := make([][16]byte, len(docs))
		for i, d := range docs {
			keys[i] = plainTextKey(d.Text)
		}
		level("exact", func(a, b int) bool { return keys[a] == keys[b] })
	}
	if s.minhash != nil {
		sets := make([]map[string]bool, len(docs))
		for i, d := range docs {
			sets[i] = shingleSet(d.Text, 5)
		}
		level("minhash", func(a, b int) bool { return setJaccard(sets[a], sets[b]) >= .7 })
	}
	for i := range docs {
		size[final(i)]++
	}
	var members []Member
	for i := range docs {
		if f := final(i); size[f] > 1 {
			members = append(members, Member{Ref: corpus.Ref(i), Survivor: corpus.Ref(f), Method: by[i]})
		}
	}
	return members
}

func withoutSimilarity(members []Member) []Member {
	for i := range members {
		members[i].Similarity = 0
	}
	return members
}

// everySetup is every choice of methods with several priorities.
func everySetup(t *testing.T) map[string]setup {
	all := map[string]setup{}
	for choice := range 8 {
		for _, keys := range [][]string{nil, {"signal:q"}, {"source", "newest", "shortest"}, {"-signal:q", "id"}} {
			s, name := setup{priority: newPriority(t, keys...), oneRun: true}, fmt.Sprint(keys)
			if choice&1 != 0 {
				s.url, _ = NewURL(DefaultURLOptions())
				name = "url " + name
			}
			if choice&2 != 0 {
				s.exact, _ = NewExact(DefaultExactOptions())
				name = "exact " + name
			}
			if choice&4 != 0 {
				s.minhash = newMinHash(t, nil)
				name = "minhash " + name
			}
			all[name] = s
		}
	}
	return all
}

func TestLevelsEqualPlain(t *testing.T) {
	for name, s := range everySetup(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dropped := map[string]int64{}
			// Of 16 documents all pairs of a bucket are compared; of 60 those that are not are joined over others.
			for seed, n := range []int{16, 16, 60} {
				docs := strewn(uint64(seed), n)
				got, stats := resolveDocuments(t, s, docs)
				if diff := cmp.Diff(plainClusters(s, docs), withoutSimilarity(got)); diff != "" {
					t.Fatalf("seed %d: -plain +got:\n%s", seed, diff)
				}
				for method, n := range stats.Dropped {
					dropped[method] += n
				}
			}
			for method, ran := range map[string]bool{"url": s.url != nil, "exact": s.exact != nil, "minhash": s.minhash != nil} {
				if ran != (dropped[method] > 0) {
					t.Errorf("%s dropped %d: the documents do not test it", method, dropped[method])
				}
			}
		})
	}
}

// TestOrderOfInputsDoesNotMatter holds where the keys leave no tie: the same ids stay, and for the same reasons.
func TestOrderOfInputsDoesNotMatter(t *testing.T) {
	byID := func(docs []*corpus.Document, members []Member) map[string]string {
		m := map[string]string{}
		for _, x := range members {
			m[docs[x.Ref].ID] = fmt.Sprint(docs[x.Survivor].ID, " ", x.Method, " ", x.Similarity)
		}
		return m
	}
	s := setup{priority: newPriority(t, "signal:q", "id"), minhash: newMinHash(t, nil)}
	s.url, _ = NewURL(DefaultURLOptions())
	s.exact, _ = NewExact(DefaultExactOptions())
	docs := strewn(9, 16)
	members, _ := resolveDocuments(t, s, docs)
	want := byID(docs, members)
	if len(want) < 10 {
		t.Fatalf("only %d members", len(want))
	}
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(seed, 5))
		rng.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		members, _ := resolveDocuments(t, s, docs)
		if diff := cmp.Diff(want, byID(docs, members)); diff != "" {
			t.Errorf("order %d: -want +got:\n%s", seed, diff)
		}
	}
}

// A key that never decides is a mistake in the config more often than not.
func TestKeysThatDecideNothing(t *testing.T) {
	text := strings.Join(words(rand.New(rand.NewPCG(2, 2)), 50), " ")
	docs := []*corpus.Document{{ID: "\x00a", Text: text}, {ID: strings.Repeat("b", 300), Text: text, Signals: map[string]float64{"quality": 1}}, {Text: "other"}}
	s := setup{priority: newPriority(t, "source", "id", "signal:qualty", "-signal:quality", "newest", "longest")}
	s.exact, _ = NewExact(DefaultExactOptions())
	_, stats := resolveDocuments(t, s, docs)
	if diff := cmp.Diff([]string{"source", "signal:qualty", "newest"}, stats.Undecided); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.priority = newPriority(t, "id", "longest")
	if _, stats := resolveDocuments(t, s, docs); stats.Undecided != nil {
		t.Errorf("undecided: %q", stats.Undecided)
	}
}

func TestSurvivorsRefuseGaps(t *testing.T) {
	in := Inputs{
		Exact:     pairsRun(t, corpus.Pair{Key: appendRef(nil, 5), Ref: 2}),
		Survivors: pairsRun(t, corpus.Pair{Key: appendRef(nil, 2), Ref: 2}, corpus.Pair{Key: appendRef(nil, 6), Ref: 6}),
		Dir:       t.TempDir(),
	}
	_, err := Resolve(context.Background(), in, func(Member) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "document 5 has none") {
		t.Errorf("error %v", err)
	}
}
