package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"corpus"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/shard"
	"corpus/tokenize"
)

// shard encodes the surviving documents, one run per unit, and packs the runs into token shards.
func (b *build) shard(ctx context.Context) error {
	todo, err := b.pending("pack", 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	model, err := tokenize.Load(b.path("tokenizer"))
	if err != nil {
		return err
	}
	opts := b.shardOptions(model)
	if err := b.encode(ctx, model, opts); err != nil {
		return err
	}
	var runs []string
	for _, u := range b.plan.Numbers() {
		runs = append(runs, b.path(encodedPath(u)))
	}
	if err := os.MkdirAll(b.path("shards"), 0o755); err != nil {
		return err
	}
	result, err := shard.Pack(ctx, runs, b.path("shards"), opts)
	if err != nil {
		return err
	}
	var outputs []string
	for _, name := range result.Files {
		outputs = append(outputs, "shards/"+name)
	}
	return b.commit(record{phase: "pack", name: "shards", outputs: outputs, result: shardCounts(result, opts)})
}

func (b *build) shardOptions(model *tokenize.Model) shard.Options {
	opts := b.Config.Shards
	opts.MemoryBytes = min(opts.MemoryBytes, b.sortMemory(b.unitsAtOnce()))
	opts.Seed, opts.VocabSize, opts.EOS = b.Config.Seed, model.VocabSize(), shard.NoEOS
	if eos, ok := model.EOS(); ok {
		opts.EOS = eos
	}
	return opts
}

func shardCounts(r shard.Result, opts shard.Options) manifest.Shards {
	s := manifest.Shards{
		Documents:      r.Train.Documents + r.Validation.Documents,
		TrainDocuments: r.Train.Documents, ValDocuments: r.Validation.Documents,
		TrainTokens: r.Train.Tokens, ValTokens: r.Validation.Tokens,
		TokenBytes: shard.TokenBytes(opts.VocabSize), EndOfDocument: -1,
	}
	if opts.EOS != shard.NoEOS {
		s.EndOfDocument = int64(opts.EOS)
	}
	return s
}

func encodedPath(unit int) string { return fmt.Sprintf("%s/encode/%05d.run", workDir, unit) }

func (b *build) encode(ctx context.Context, model *tokenize.Model, opts shard.Options) error {
	todo, err := b.pendingUnits("encode")
	if err != nil || len(todo) == 0 {
		return err
	}
	if err := os.MkdirAll(b.path(workDir+"/encode"), 0o755); err != nil {
		return err
	}
	stage := &encodeStage{encoders: sync.Pool{New: func() any { return model.NewEncoder() }}}
	p := &engine.Pipeline{SourceName: "documents", Stages: []corpus.Stage{stage}, Workers: b.Workers}
	return b.overDocuments(ctx, p, todo, func(unit int) (engine.Sink, error) {
		run, err := shard.NewRunWriter(b.path(encodedPath(unit)), opts)
		if err != nil {
			return nil, err
		}
		return &encodeSink{b: b, unit: unit, run: run, languages: map[string]manifest.TextTokens{}}, nil
	})
}

// encodeStage sets Document.Tokens.
type encodeStage struct{ encoders sync.Pool }

func (*encodeStage) Name() string { return "tokenize" }

func (s *encodeStage) Process(_ context.Context, batch *corpus.Batch) error {
	enc := s.encoders.Get().(*tokenize.Encoder)
	defer s.encoders.Put(enc)
	for d := range batch.Live() {
		d.Tokens = enc.Encode(nil, d.Text)
	}
	return nil
}

// encodeSink collects one unit's token runs.
type encodeSink struct {
	b         *build
	unit      int
	run       *shard.RunWriter
	languages map[string]manifest.TextTokens
}

func (s *encodeSink) Write(_ context.Context, out engine.Output) error {
	for d := range out.Batch.Live() {
		if err := s.run.Add(shard.TokenizedDocument{Ref: d.Ref, ID: d.ID, Tokens: d.Tokens}); err != nil {
			return err
		}
		sum := s.languages[d.Language]
		sum.Documents++
		sum.Bytes += int64(len(d.Text))
		sum.Tokens += int64(len(d.Tokens))
		s.languages[d.Language] = sum
	}
	return nil
}

func (s *encodeSink) Commit(ctx context.Context, _ []engine.Counts) error {
	info, err := s.run.Close(ctx)
	if err != nil {
		return err
	}
	return s.b.commit(record{
		phase: "encode", unit: s.unit, name: s.b.planned(s.unit).Name(),
		outputs: []string{encodedPath(s.unit)}, result: encoded{s.languages, info.Empty},
	})
}

func (s *encodeSink) Abort() { s.run.Abort() }

// encoded is the result of a unit in the encode phase.
type encoded struct {
	Languages map[string]manifest.TextTokens `json:"languages"`
	Empty     int64                          `json:"empty_documents"` // documents without a token
}

// addEncoded sums the tokenised text of all units.
func (b *build) addEncoded(m *manifest.Manifest) error {
	m.Tokenizer.Languages = map[string]manifest.TextTokens{}
	for _, u := range b.plan.Numbers() {
		c, err := manifest.ReadCommit(b.Dir, "encode", u) // its outputs may be gone: they are no longer needed
		if err != nil {
			return err
		}
		if c == nil {
			return fmt.Errorf("%s is missing", manifest.CommitPath("encode", u))
		}
		var one encoded
		if err := json.Unmarshal(c.Result, &one); err != nil {
			return fmt.Errorf("%s: %w", manifest.CommitPath("encode", u), err)
		}
		m.Shards.EmptyDocuments += one.Empty
		for lang, n := range one.Languages {
			sum := m.Tokenizer.Languages[lang]
			sum.Documents += n.Documents
			sum.Bytes += n.Bytes
			sum.Tokens += n.Tokens
			m.Tokenizer.Languages[lang] = sum
			m.Tokenizer.TextBytes += n.Bytes
			m.Tokenizer.Tokens += n.Tokens
		}
	}
	return nil
}

// checkShards carries conservation on from the last stage into the shards.
func checkShards(m *manifest.Manifest) error {
	kept, s := m.Stages[len(m.Stages)-1].Out, m.Shards
	if kept.Documents != s.Documents+s.EmptyDocuments || kept.Bytes != m.Tokenizer.TextBytes {
		return fmt.Errorf("conservation: %d documents, %d bytes were kept; %d are in shards, %d have no token, %d bytes were tokenised",
			kept.Documents, kept.Bytes, s.Documents, s.EmptyDocuments, m.Tokenizer.TextBytes)
	}
	tokens := m.Tokenizer.Tokens
	if s.EndOfDocument >= 0 {
		tokens += s.Documents
	}
	if s.TrainTokens+s.ValTokens != tokens {
		return fmt.Errorf("conservation: the tokenizer made %d tokens with ends of documents; the shards hold %d", tokens, s.TrainTokens+s.ValTokens)
	}
	return nil
}
