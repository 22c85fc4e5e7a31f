package build

import (
	"bytes"
	"context"
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
	opts, err := b.shardOptions(model)
	if err != nil {
		return err
	}
	opts.MemoryBytes = min(opts.MemoryBytes, b.sortMemory(b.unitsAtOnce()))
	if err := b.encode(ctx, model, opts); err != nil {
		return err
	}
	mixture, err := b.planMixture(opts)
	if err != nil {
		return err
	}
	if mixture != nil {
		opts.Copies = mixture.Copies(opts.Seed, b.unitSource())
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
	counts := shardCounts(result, opts)
	counts.Mixture = b.mixtureSources(mixture, result.Units)
	b.logMixture(counts.Mixture)
	return b.commit(record{phase: "pack", name: "shards", outputs: outputs, result: counts})
}

// shardOptions are the config's with what the tokenizer decides. It refuses marks of documents that the tokenizer does not have.
func (b *build) shardOptions(model *tokenize.Model) (shard.Options, error) {
	opts := b.Config.Shards.Options
	opts.Seed, opts.VocabSize = b.Config.Seed, model.VocabSize()
	opts.BOS, opts.EOS, opts.Pad = shard.NoToken, shard.NoToken, shard.NoToken
	if opts.AddBOS {
		bos, ok := model.BOS()
		if !ok {
			return opts, corpus.BadOption("shards.bos", "the tokenizer names no token that begins a document")
		}
		opts.BOS = bos
	}
	if opts.AddEOS {
		eos, ok := model.EOS()
		if !ok {
			return opts, corpus.BadOption("shards.eos", "the tokenizer names no token that ends a document: set this to false to build without")
		}
		opts.EOS = eos
	}
	if opts.Packing == shard.BestFit {
		pad, ok := padding(model)
		if !ok {
			return opts, corpus.BadOption("shards.packing", "%s needs a token to pad with: the tokenizer names none, nor one that ends or begins documents", shard.BestFit)
		}
		opts.Pad, opts.LineEnds = pad, lineEnds(model)
	}
	return opts, nil
}

// padding is the token that fills sequences up. One that ends or begins documents will do, whether or not documents have it: the boundaries
// tell it from theirs.
func padding(model *tokenize.Model) (id uint32, ok bool) {
	for _, token := range []func() (uint32, bool){model.Pad, model.EOS, model.BOS} {
		if id, ok := token(); ok {
			return id, true
		}
	}
	return 0, false
}

// lineEnds says by id which tokens end in a newline.
func lineEnds(model *tokenize.Model) []bool {
	ends := make([]bool, model.VocabSize())
	for id := range ends {
		token, _ := model.Token(uint32(id))
		ends[id] = bytes.HasSuffix(token, []byte("\n"))
	}
	return ends
}

func shardCounts(r shard.Result, opts shard.Options) manifest.Shards {
	s := manifest.Shards{
		Documents:      r.Train.Documents + r.Validation.Documents,
		TrainDocuments: r.Train.Documents, ValDocuments: r.Validation.Documents,
		TrainTokens: r.Train.Tokens, ValTokens: r.Validation.Tokens,
		TokenBytes: shard.TokenBytes(opts.VocabSize), EndOfDocument: tokenID(opts.EOS), BeginOfDocument: tokenID(opts.BOS), Pad: tokenID(opts.PadToken()),
		Packing: opts.Packing, SequenceLength: int64(opts.SequenceLength), TrainSequences: r.Train.Sequences, ValSequences: r.Validation.Sequences,
		TrainPadding: r.Train.Padding, ValPadding: r.Validation.Padding, CutDocuments: r.Train.Cut + r.Validation.Cut,
	}
	for _, u := range r.Units {
		s.RepeatedDocuments += u.RepeatedDocuments
		s.RepeatedTokens += u.RepeatedTokens
		s.LeftOutDocuments += u.LeftOut
	}
	return s
}

// tokenID is a token's id as the manifest has it: -1 for none.
func tokenID(id uint32) int64 {
	if id == shard.NoToken {
		return -1
	}
	return int64(id)
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
		return &encodeSink{b: b, unit: unit, opts: opts, run: run, languages: map[string]manifest.TextTokens{}}, nil
	})
}

// encodeStage sets Document.Tokens.
type encodeStage struct{ encoders sync.Pool }

func (*encodeStage) Name() string { return "tokenize" }

func (s *encodeStage) Process(_ context.Context, batch *corpus.Batch) error {
	enc := s.encoders.Get().(*tokenize.Encoder)
	defer s.encoders.Put(enc)
	for d := range batch.Live() {
		d.Tokens = enc.IDs(d.Text)
	}
	return nil
}

// encodeSink collects one unit's token runs.
type encodeSink struct {
	b         *build
	unit      int
	opts      shard.Options
	run       *shard.RunWriter
	languages map[string]manifest.TextTokens
	train     trainTokens
}

func (s *encodeSink) Write(_ context.Context, out engine.Output) error {
	for d := range out.Batch.Live() {
		if err := s.run.Add(shard.TokenizedDocument{Ref: d.Ref, ID: d.ID, Tokens: d.Tokens}); err != nil {
			return err
		}
		if len(d.Tokens) > 0 && s.opts.ForTraining(d.Ref) {
			s.train.Documents++
			s.train.Tokens += int64(len(d.Tokens))
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
		outputs: []string{encodedPath(s.unit)}, result: encoded{s.languages, info.Empty, s.train},
	})
}

func (s *encodeSink) Abort() { s.run.Abort() }

// encoded is the result of a unit in the encode phase.
type encoded struct {
	Languages map[string]manifest.TextTokens `json:"languages"`
	Empty     int64                          `json:"empty_documents"` // documents without a token
	Train     trainTokens                    `json:"train"`
}

// trainTokens counts the documents with tokens that are not set aside for validation; tokens are without those that mark documents.
type trainTokens struct {
	Documents int64 `json:"documents"`
	Tokens    int64 `json:"tokens"`
}

// addEncoded sums the tokenised text of all units.
func (b *build) addEncoded(m *manifest.Manifest) error {
	m.Tokenizer.Languages = map[string]manifest.TextTokens{}
	for _, u := range b.plan.Numbers() {
		one, err := b.readEncoded(u)
		if err != nil {
			return err
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

// checkShards carries conservation on from the last stage into the shards. Tokens are compared where every document is in the shards: what
// those had that the mixture left out is not counted.
func checkShards(m *manifest.Manifest) error {
	kept, s := m.Stages[len(m.Stages)-1].Out, m.Shards
	if kept.Documents != s.Documents+s.EmptyDocuments+s.LeftOutDocuments || kept.Bytes != m.Tokenizer.TextBytes {
		return fmt.Errorf("conservation: %d documents, %d bytes were kept; %d are in shards, %d have no token, %d the mixture left out, %d bytes were tokenised",
			kept.Documents, kept.Bytes, s.Documents, s.EmptyDocuments, s.LeftOutDocuments, m.Tokenizer.TextBytes)
	}
	if got, want := s.FirstCopies(), m.Tokenizer.Tokens+s.Marks(); s.LeftOutDocuments == 0 && got != want {
		return fmt.Errorf("conservation: the tokenizer made %d tokens with those that mark documents; the shards hold %d without padding and repeats", want, got)
	}
	return nil
}
