package paragraph

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
	"testing"

	"corpus"
)

// options are the defaults but for what edit changes, with short paragraphs compared and short documents kept.
func options(edit func(*Options)) Options {
	o := DefaultOptions()
	o.MinLength, o.MinDocument = 1, 0
	if edit != nil {
		edit(&o)
	}
	return o
}

func documents(texts ...string) []*corpus.Document {
	var docs []*corpus.Document
	for i, text := range texts {
		docs = append(docs, &corpus.Document{Ref: corpus.MakeRef(i/3, i%3), Source: "s", Text: text})
	}
	return docs
}

// exchange runs an Exchange over documents as an engine would, and cuts what it finds.
func exchange(t testing.TB, opts Options, rank func(*corpus.Document) []byte, docs []*corpus.Document) []Removal {
	t.Helper()
	x, err := NewExchange(opts, rank)
	if err != nil {
		t.Fatal(err)
	}
	mapped := make([][]corpus.Pair, x.Partitions())
	for _, d := range docs {
		err := x.Map(d, func(partition int, key, value []byte) {
			mapped[partition] = append(mapped[partition], corpus.Pair{Key: bytes.Clone(key), Ref: d.Ref, Value: bytes.Clone(value)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var reduced []corpus.Pair
	for i, pairs := range mapped {
		slices.SortFunc(pairs, func(a, b corpus.Pair) int {
			return cmp.Or(bytes.Compare(a.Key, b.Key), cmp.Compare(a.Ref, b.Ref), bytes.Compare(a.Value, b.Value))
		})
		err := x.Reduce(context.Background(), i, all(pairs), func(p corpus.Pair) error {
			reduced = append(reduced, corpus.Pair{Key: bytes.Clone(p.Key), Ref: p.Ref, Value: bytes.Clone(p.Value)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(reduced, func(a, b corpus.Pair) int { return bytes.Compare(a.Key, b.Key) })
	repeats := map[corpus.Ref][]Repeat{}
	for _, p := range reduced {
		ref, r, err := ParseRepeat(p)
		if err != nil {
			t.Fatal(err)
		}
		repeats[ref] = append(repeats[ref], r)
	}
	return cut(t, x.Hasher, docs, func(d *corpus.Document) []Repeat { return repeats[d.Ref] })
}

// filter runs a Filter over documents in their order, and cuts what it finds.
func filter(t testing.TB, opts Options, docs []*corpus.Document) []Removal {
	t.Helper()
	opts.Method = Bloom
	f, err := NewFilter(opts)
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHasher(opts)
	if err != nil {
		t.Fatal(err)
	}
	return cut(t, h, docs, func(d *corpus.Document) []Repeat { return f.Repeats(h.Paragraphs(d, nil), nil) })
}

func cut(t testing.TB, h *Hasher, docs []*corpus.Document, repeats func(*corpus.Document) []Repeat) []Removal {
	t.Helper()
	var removals []Removal
	for _, d := range docs {
		r, err := h.Cut(d.Text, repeats(d))
		if err != nil {
			t.Fatal(err)
		}
		removals = append(removals, r)
	}
	return removals
}

func all(pairs []corpus.Pair) iter.Seq2[corpus.Pair, error] {
	return func(yield func(corpus.Pair, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func texts(removals []Removal) []string {
	var list []string
	for _, r := range removals {
		list = append(list, r.Text)
	}
	return list
}
