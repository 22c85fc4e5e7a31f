package audit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"
	"corpus/internal/table"
	"corpus/shard"
	"corpus/tokenize"
)

// builtOfTwo makes a corpus of two input files, with a cluster of duplicates over both, and a word list.
func builtOfTwo(t *testing.T) (dir, words string) {
	t.Helper()
	in := t.TempDir()
	writeCrawl(t, filepath.Join(in, "a.warc.gz"), 0, 20)
	writeCrawl(t, filepath.Join(in, "b.warc.gz"), 20, 20)
	words = filepath.Join(in, "words.txt")
	if err := os.WriteFile(words, []byte("frobnicate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "out")
	c, err := config.Parse("test", fmt.Appendf(nil, `
corpus: {title: Harbour, version: "1.10", date: 2025-03-01}
sources: [{name: harbour, license: CC0-1.0, paths: ["%[1]s/a.warc.gz"]}, {name: pier, paths: ["%[1]s/b.warc.gz"]}]
filters: [url, {toxicity: {files: [%[2]s]}}]
dedup: {methods: [exact]}
tokenizer: {vocab_size: 400}
shards: {validation: 0.1, tokens_per_shard: 2000}
`, in, words), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := build.Run(context.Background(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	return dir, words
}

// folder is a copy of a build that a test may spoil.
type folder struct {
	*testing.T
	dir string
}

func copyOf(t *testing.T, dir string) *folder {
	t.Helper()
	f := &folder{t, filepath.Join(t.TempDir(), "out")}
	f.must(os.CopyFS(f.dir, os.DirFS(dir)))
	return f
}

func (f *folder) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// manifest changes corpus.json and seals it again.
func (f *folder) manifest(edit func(m *manifest.Manifest)) {
	f.Helper()
	m, err := manifest.Read(f.dir)
	f.must(err)
	edit(m)
	data, err := m.Seal()
	f.must(err)
	f.must(manifest.WriteFile(f.dir, manifest.Name, data))
}

// reseal gives the manifest, and the commit records, the digests of the files as they are now.
func (f *folder) reseal() {
	f.Helper()
	now := func(want manifest.File) manifest.File {
		got, err := manifest.DigestFile(f.dir, want.Path)
		f.must(err)
		return got
	}
	m, err := manifest.Read(f.dir)
	f.must(err)
	for _, out := range m.Outputs {
		if !strings.HasPrefix(out.Path, "state/") || out.Path == planFile {
			continue
		}
		data, err := os.ReadFile(filepath.Join(f.dir, out.Path))
		f.must(err)
		c, err := manifest.ParseCommit(data)
		if err != nil {
			continue // spoilt by the test
		}
		for i, written := range c.Outputs {
			if !strings.HasPrefix(written.Path, "work/") {
				c.Outputs[i] = now(written)
			}
		}
		data, err = manifest.Marshal(c)
		f.must(err)
		f.must(os.WriteFile(filepath.Join(f.dir, out.Path), data, 0o600))
	}
	f.manifest(func(m *manifest.Manifest) {
		for i, out := range m.Outputs {
			m.Outputs[i] = now(out)
		}
	})
}

// commit changes a commit record; the manifest gets its new digest.
func (f *folder) commit(phase string, unit int, edit func(c *manifest.Commit)) {
	f.Helper()
	path := manifest.CommitPath(phase, unit)
	c, err := manifest.ReadCommit(f.dir, phase, unit)
	f.must(err)
	edit(c)
	data, err := manifest.Marshal(c)
	f.must(err)
	f.must(os.WriteFile(filepath.Join(f.dir, path), data, 0o600))
	f.manifest(func(m *manifest.Manifest) {
		for i, out := range m.Outputs {
			if out.Path == path {
				m.Outputs[i], err = manifest.DigestFile(f.dir, path)
				f.must(err)
			}
		}
	})
}

// remove takes a file away, and out of the manifest.
func (f *folder) remove(path string) {
	f.Helper()
	f.must(os.Remove(filepath.Join(f.dir, path)))
	f.manifest(func(m *manifest.Manifest) {
		var rest []manifest.File
		for _, out := range m.Outputs {
			if out.Path != path {
				rest = append(rest, out)
			}
		}
		m.Outputs = rest
	})
}

// editRows changes the rows of a table.
func editRows[T table.Sized](f *folder, path string, edit func([]T) []T) {
	f.Helper()
	var list []T
	for row, err := range table.Read[T](filepath.Join(f.dir, path)) {
		f.must(err)
		list = append(list, row)
	}
	w, err := table.Create[T](filepath.Join(f.dir, path))
	f.must(err)
	for _, row := range edit(list) {
		f.must(w.Write(row))
	}
	f.must(w.Commit())
	f.reseal()
}

// editShards changes the documents in the shards, which are packed anew: they and their index are sound by
// themselves, and the manifest's numbers fit.
func (f *folder) editShards(edit func([]shard.TokenizedDocument) []shard.TokenizedDocument) {
	f.Helper()
	f.packAgain(1, edit)
}

// packAgain is editShards with a seed that may be another than the config's.
func (f *folder) packAgain(seed uint64, edit func([]shard.TokenizedDocument) []shard.TokenizedDocument) {
	f.Helper()
	dir := filepath.Join(f.dir, "shards")
	model, err := tokenize.Load(filepath.Join(f.dir, "tokenizer"))
	f.must(err)
	opts := shard.DefaultOptions()
	opts.Validation, opts.TokensPerShard, opts.Seed, opts.VocabSize, opts.EOS = 0.1, 2000, seed, model.VocabSize(), shard.NoToken
	if eos, ok := model.EOS(); ok {
		opts.EOS = eos
	}
	run := filepath.Join(f.TempDir(), "run")
	w, err := shard.NewRunWriter(run, opts)
	f.must(err)
	for _, d := range edit(f.readShards(dir, opts.EOS)) {
		f.must(w.Add(d))
	}
	_, err = w.Close(f.Context())
	f.must(err)
	result, err := shard.Pack(f.Context(), []string{run}, dir, opts)
	f.must(err)
	f.must(shard.Verify(context.Background(), dir))
	f.reseal()
	f.manifest(func(m *manifest.Manifest) {
		m.Shards.TrainDocuments, m.Shards.TrainTokens = result.Train.Documents, result.Train.Tokens
		m.Shards.ValDocuments, m.Shards.ValTokens = result.Validation.Documents, result.Validation.Tokens
		m.Shards.TrainSequences, m.Shards.ValSequences = result.Train.Sequences, result.Validation.Sequences
		m.Shards.CutDocuments = result.Train.Cut + result.Validation.Cut
	})
}

func (f *folder) readShards(dir string, eos uint32) (list []shard.TokenizedDocument) {
	f.Helper()
	for row, err := range shard.IndexRows(filepath.Join(dir, shard.IndexName)) {
		f.must(err)
		file, err := shard.OpenFile(filepath.Join(dir, shard.FileName(row.Split, int(row.Shard))))
		f.must(err)
		tokens := make([]uint32, row.Length)
		_, err = file.Read(tokens, row.FirstToken)
		f.must(err)
		f.must(file.Close())
		if row.DocumentToken == 0 {
			list = append(list, shard.TokenizedDocument{Ref: row.Ref(), ID: row.Document})
		}
		d := &list[len(list)-1]
		d.Tokens = append(d.Tokens, tokens...)
	}
	for i := range list {
		if n := len(list[i].Tokens); list[i].Tokens[n-1] == eos {
			list[i].Tokens = list[i].Tokens[:n-1]
		}
	}
	return list
}

// problems is what Verify finds, a line each.
func (f *folder) problems(opts VerifyOptions) string {
	f.Helper()
	list, err := Verify(f.Context(), f.dir, opts)
	f.must(err)
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}
