// Package audit reads a finished output folder: verify rechecks it, trace
// follows a token back to its source record, inspect samples what was kept and dropped. It writes nothing.
package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
	"corpus/shard"
)

// VerifyOptions choose how much is rechecked.
type VerifyOptions struct {
	// Inputs also digests the input files, under Root where their paths are relative.
	Inputs bool
	Root   string
}

// Problem is one thing that is not as the manifest says.
type Problem struct {
	Path string // file, relative to the output folder
	What string
}

func (p Problem) String() string { return p.Path + ": " + p.What }

// Verify rechecks digests, commit records, conservation, the ledger against the accounts, the documents against the ledger, and
// the shards. The error is for what kept it from checking; what it found wrong is in the list.
func Verify(ctx context.Context, dir string, opts VerifyOptions) ([]Problem, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		if _, statErr := os.Stat(filepath.Join(dir, manifest.Name)); statErr != nil {
			return nil, err
		}
		return []Problem{{manifest.Name, err.Error()}}, nil
	}
	v := &verifier{dir: dir, m: m}
	if err := v.outputs(ctx); err != nil {
		return nil, err
	}
	if len(v.problems) > 0 {
		return v.problems, nil // a damaged file would only repeat itself below
	}
	v.check(manifest.Name, engine.CheckChain(m.Stages))
	if err := v.tables(ctx); err != nil {
		return nil, err
	}
	v.shards()
	if opts.Inputs {
		v.inputs(ctx, opts.Root)
	}
	return v.problems, ctx.Err()
}

type verifier struct {
	dir      string
	m        *manifest.Manifest
	problems []Problem
}

func (v *verifier) add(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (v *verifier) check(path string, err error) {
	if err != nil {
		v.add(path, "%v", err)
	}
}

// outputs compares the folder with the manifest's list, file by file.
func (v *verifier) outputs(ctx context.Context) error {
	found, err := build.ListOutputs(v.dir)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, want := range v.m.Outputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		listed[want.Path] = true
		got, err := manifest.DigestFile(v.dir, want.Path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			v.add(want.Path, "is missing")
		case err != nil:
			v.check(want.Path, err)
		case got.Bytes != want.Bytes:
			v.add(want.Path, "has %d bytes, the manifest says %d", got.Bytes, want.Bytes)
		case got.SHA256 != want.SHA256:
			v.add(want.Path, "digest differs from the manifest's: the file was changed")
		}
	}
	for _, path := range found {
		if !listed[path] {
			v.add(path, "is not in the manifest")
		}
	}
	return nil
}

// tables compares ledger, documents and accounts.
func (v *verifier) tables(ctx context.Context) error {
	t := tally{dropped: map[string]map[string]engine.Count{}}
	for unit := range v.m.Inputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := t.kept
		if err := t.ledger(filepath.Join(v.dir, filepath.FromSlash(manifest.LedgerPath(unit)))); err != nil {
			v.check(manifest.LedgerPath(unit), err)
			continue
		}
		want := engine.Count{Documents: t.kept.Documents - before.Documents, Bytes: t.kept.Bytes - before.Bytes}
		got, err := countDocuments(filepath.Join(v.dir, filepath.FromSlash(documents.Path(unit))))
		if err != nil {
			v.check(documents.Path(unit), err)
		} else if got != want {
			v.add(documents.Path(unit), "holds %d documents, %d bytes of text; the ledger kept %d, %d", got.Documents, got.Bytes, want.Documents, want.Bytes)
		}
	}
	v.accounts(t)
	return nil
}

// tally counts the ledger's rows anew.
type tally struct {
	read, kept engine.Count
	dropped    map[string]map[string]engine.Count // by stage and rule
}

func (t *tally) ledger(path string) error {
	next := int64(0)
	for row, err := range table.Read[manifest.Row](path) {
		if err != nil {
			return err
		}
		if row.Record != next {
			return fmt.Errorf("row %d is of record %d", next, row.Record)
		}
		next++
		t.read.Documents++
		t.read.Bytes += row.Bytes
		if row.Kept {
			t.kept.Documents++
			t.kept.Bytes += row.LastBytes
			continue
		}
		rules := t.dropped[row.Stage]
		if rules == nil {
			rules = map[string]engine.Count{}
			t.dropped[row.Stage] = rules
		}
		n := rules[row.Rule]
		n.Documents++
		n.Bytes += row.LastBytes
		rules[row.Rule] = n
	}
	return nil
}

func countDocuments(path string) (n engine.Count, err error) {
	for row, err := range documents.Read(path) {
		if err != nil {
			return n, err
		}
		n.Documents++
		n.Bytes += int64(len(row.Text))
	}
	return n, nil
}

// accounts compares the recount with the manifest's conservation accounts.
func (v *verifier) accounts(t tally) {
	first, last := v.m.Stages[0], v.m.Stages[len(v.m.Stages)-1]
	if t.read != first.In {
		v.add("ledger", "has %d records, %d bytes; %s read %d, %d", t.read.Documents, t.read.Bytes, first.Stage, first.In.Documents, first.In.Bytes)
	}
	if t.kept != last.Out {
		v.add("ledger", "keeps %d documents, %d bytes; %s let %d, %d through", t.kept.Documents, t.kept.Bytes, last.Stage, last.Out.Documents, last.Out.Bytes)
	}
	known := map[string]bool{}
	for _, s := range v.m.Stages {
		known[s.Stage] = true
		for _, rule := range rulesOf(s.Dropped, t.dropped[s.Stage]) {
			if got, want := t.dropped[s.Stage][rule], s.Dropped[rule]; got != want {
				v.add("ledger", "%s/%s has %d documents, %d bytes; the account says %d, %d", s.Stage, rule, got.Documents, got.Bytes, want.Documents, want.Bytes)
			}
		}
	}
	for stage := range t.dropped {
		if !known[stage] {
			v.add("ledger", "names the unknown stage %q", stage)
		}
	}
}

func rulesOf(a, b map[string]engine.Count) []string {
	names := map[string]bool{}
	for r := range a {
		names[r] = true
	}
	for r := range b {
		names[r] = true
	}
	var list []string
	for r := range names {
		list = append(list, r)
	}
	sort.Strings(list)
	return list
}

// shards checks every shard and that the token counts agree.
func (v *verifier) shards() {
	dir := filepath.Join(v.dir, "shards")
	if err := shard.Verify(dir); err != nil {
		v.add("shards", "%s", strings.TrimPrefix(err.Error(), v.dir+string(filepath.Separator)))
		return
	}
	for split, want := range map[string]int64{shard.Train: v.m.Shards.TrainTokens, shard.Validation: v.m.Shards.ValTokens} {
		set, err := shard.OpenSet(dir, split)
		if err != nil {
			if want != 0 {
				v.check("shards", err)
			}
			continue
		}
		if got := set.Tokens(); got != want {
			v.add("shards", "%s has %d tokens, the manifest says %d", split, got, want)
		}
		set.Close()
	}
	sum := v.m.Tokenizer.Tokens
	if v.m.Shards.EndOfDocument >= 0 {
		sum += v.m.Shards.Documents
	}
	if got := v.m.Shards.TrainTokens + v.m.Shards.ValTokens; got != sum {
		v.add("shards", "hold %d tokens, the tokenizer made %d with ends of documents", got, sum)
	}
}

// inputs digests the input files again.
func (v *verifier) inputs(ctx context.Context, root string) {
	for _, in := range v.m.Inputs {
		if ctx.Err() != nil {
			return
		}
		base := root
		if filepath.IsAbs(in.Path) {
			base = ""
		}
		got, err := manifest.DigestFile(base, in.Path)
		if err != nil {
			v.check(in.Path, err)
		} else if got.SHA256 != in.SHA256 {
			v.add(in.Path, "input changed since the build")
		}
	}
}
