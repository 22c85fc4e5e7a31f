package audit

import (
	"context"
	"errors"
	"os"
	"testing"

	"corpus"
	"corpus/shard"
)

func TestVerifyComparesTheShardsWithTheDocuments(t *testing.T) {
	dir, _ := builtOfTwo(t)
	type docs = []shard.TokenizedDocument
	of := func(list docs, ref corpus.Ref) *shard.TokenizedDocument {
		for i := range list {
			if list[i].Ref == ref {
				return &list[i]
			}
		}
		return nil
	}
	inShards := func(name, want string, edit func(list docs) docs) tampering {
		return tampering{name, func(f *folder) { f.Helper(); f.editShards(edit) }, want}
	}
	same := copyOf(t, dir) // the tampering below is what verify sees, and not that the shards were packed again
	same.editShards(func(list docs) docs { return list })
	if got := same.problems(VerifyOptions{}); got != "" {
		t.Fatalf("packed again without a change: %s", got)
	}
	runTampering(t, dir, []tampering{
		{"the table of documents of other shards", func(f *folder) {
			index, err := os.ReadFile(f.dir + "/" + indexFile)
			f.must(err)
			f.editShards(func(l docs) docs { of(l, corpus.MakeRef(1, 3)).ID = "x"; return l })
			f.must(os.WriteFile(f.dir+"/"+indexFile, index, 0o600))
			f.reseal()
		}, documentsFile + ": its stretches are not those of " + indexFile},
		{"documents set aside by another seed", func(f *folder) { f.packAgain(2, func(l docs) docs { return l }) }, "is not the only one that the seed puts into the other"},
		inShards("id", documentsFile+": ids of documents are not those of documents/00001.parquet", func(l docs) docs { of(l, corpus.MakeRef(1, 3)).ID = "x"; return l }),
		inShards("ids swapped", documentsFile+": ids of documents are not those of documents/00000.parquet", func(l docs) docs {
			a, b := of(l, corpus.MakeRef(0, 3)), of(l, corpus.MakeRef(0, 4))
			a.ID, b.ID = b.ID, a.ID
			return l
		}),
		inShards("a document that was dropped", "which is not in documents/00001.parquet, or comes twice", func(l docs) docs { of(l, corpus.MakeRef(1, 3)).Ref = corpus.MakeRef(1, 19); return l }),
		inShards("a document of no input", " is of unit 7, of which there are 2", func(l docs) docs { of(l, corpus.MakeRef(1, 3)).Ref = corpus.MakeRef(7, 3); return l }),
		inShards("a document far away", "which is not in documents/00001.parquet, or comes twice", func(l docs) docs { of(l, corpus.MakeRef(1, 3)).Ref = corpus.MakeRef(1, 1<<31); return l }),
		inShards("a document is missing", documentsFile+": 1 documents of documents/00000.parquet are not in it, the first is 0", func(l docs) docs {
			*of(l, corpus.MakeRef(0, 0)) = l[len(l)-1]
			return l[:len(l)-1]
		}),
		inShards("texts swapped", "shards: tokens of documents do not give the texts of documents/00000.parquet", func(l docs) docs {
			a, b := of(l, corpus.MakeRef(0, 3)), of(l, corpus.MakeRef(0, 4))
			a.Tokens, b.Tokens = b.Tokens, a.Tokens
			return l
		}),
	})
}

func TestVerifyConfigFiles(t *testing.T) {
	dir, words := builtOfTwo(t)
	f := &folder{t, dir}
	if got := f.problems(VerifyOptions{Inputs: true}); got != "" {
		t.Fatalf("fresh build: %s", got)
	}
	f.must(os.WriteFile(words, []byte("frobnicated\n"), 0o600))
	if got := f.problems(VerifyOptions{}); got != "" {
		t.Errorf("without --inputs: %s", got)
	}
	if got := f.problems(VerifyOptions{Inputs: true}); got != words+": input changed since the build\n" {
		t.Errorf("got %s", got)
	}
}

// expiring is a context that ends after it was asked a number of times.
type expiring struct {
	context.Context
	left int
}

func (e *expiring) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever the context ends, the command ends with its error; never with a finding that is none.
func TestContextEndsEveryWalk(t *testing.T) {
	dir, _ := builtOfTwo(t)
	for name, run := range map[string]func(ctx context.Context) error{
		"verify": func(ctx context.Context) error {
			problems, err := Verify(ctx, dir, VerifyOptions{Inputs: true})
			if len(problems) > 0 {
				t.Errorf("verify: %v", problems)
			}
			return err
		},
		"inspect": func(ctx context.Context) error {
			_, err := Inspect(ctx, dir, InspectOptions{Samples: 3, Excerpt: 100})
			return err
		},
		"trace": func(ctx context.Context) error {
			_, err := Trace(ctx, dir, "train-00000.bin", 300, "")
			return err
		},
	} {
		asked := &expiring{context.Background(), 1 << 30}
		if err := run(asked); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		total := 1<<30 - asked.left
		if total < 3 {
			t.Errorf("%s asked its context %d times", name, total)
		}
		for n := 0; n < total; n += 1 + total/40 {
			if err := run(&expiring{context.Background(), n}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, ended at %d of %d: got %v", name, n, total, err)
			}
		}
	}
}
