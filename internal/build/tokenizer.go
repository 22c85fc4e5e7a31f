package build

import (
	"context"
	"iter"
	"os"

	"corpus"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/tokenize"
)

// tokenizer trains the tokenizer on the surviving text, or loads the one configured, and writes it.
func (b *build) tokenizer(ctx context.Context) error {
	todo, err := b.pending("tokenizer", 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	var model *tokenize.Model
	if path := b.Config.Tokenizer.Path; path != "" {
		model, err = tokenize.Load(path)
	} else {
		model, err = b.trainTokenizer(ctx)
	}
	if err != nil {
		return err
	}
	outputs, err := b.saveTokenizer(model)
	if err != nil {
		return err
	}
	return b.commit(record{
		phase: "tokenizer", name: "tokenizer", outputs: outputs,
		result: manifest.Tokenizer{
			Pattern: model.Pattern().Name, VocabSize: model.VocabSize(), Merges: model.Merges(), Trained: b.Config.Tokenizer.Path == "",
			Languages: map[string]manifest.TextTokens{},
		},
	})
}

// saveTokenizer writes the tokenizer's folder anew and lists its files.
func (b *build) saveTokenizer(model *tokenize.Model) (outputs []string, err error) {
	dir := b.path("tokenizer")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := model.Save(dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		outputs = append(outputs, "tokenizer/"+e.Name())
	}
	return outputs, err
}

func (b *build) trainTokenizer(ctx context.Context) (*tokenize.Model, error) {
	dir := b.path(workDir + "/words")
	if err := os.RemoveAll(dir); err != nil { // counts of an interrupted run are not to be trusted
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	c := b.Config.Tokenizer
	counter, err := tokenize.NewCounter(c.Pattern, dir, min(c.MemoryMB<<20, b.memoryBudget()/2)) // reading the words takes as much again
	if err != nil {
		return nil, err
	}
	defer counter.Close()
	p := &engine.Pipeline{SourceName: "documents", Stages: []corpus.Stage{countWords{counter}}, Workers: b.Workers}
	if err := b.overDocuments(ctx, p, b.plan.Numbers(), func(int) (engine.Sink, error) { return discard{}, nil }); err != nil {
		return nil, err
	}
	return tokenize.Train(ctx, b.watchWords(counter.Words(ctx)), c.TrainOptions, func(merges, total int) { b.merged(merges, total) })
}

// trainMemory is what training takes for each byte of the distinct words: tokenize.Train.
const trainMemory = 20

// watchWords warns once where training on the words takes more than the budget. What it learns does not change with the memory, so that nothing can be left out.
func (b *build) watchWords(words iter.Seq2[tokenize.WordCount, error]) iter.Seq2[tokenize.WordCount, error] {
	return func(yield func(tokenize.WordCount, error) bool) {
		size, warned := int64(0), false
		for w, err := range words {
			size += int64(len(w.Word))
			if !warned && size*trainMemory > b.memoryBudget() {
				warned = true
				b.Log.Warn("so many different words that training the tokenizer goes beyond memory_mb: train it on a part of the corpus and name it as tokenizer.path, or give more memory",
					"memory_mb", b.memoryLimit()>>20)
			}
			if !yield(w, err) {
				return
			}
		}
	}
}

// countWords is the pipeline stage that feeds the word counts; counts do not depend on the order.
type countWords struct{ counter *tokenize.Counter }

func (countWords) Name() string { return "count_words" }

func (s countWords) Process(_ context.Context, batch *corpus.Batch) error {
	for d := range batch.Live() {
		if err := s.counter.Add(d.Text); err != nil {
			return err
		}
	}
	return nil
}

// discard is the sink of a pipeline whose stages keep what they learn.
type discard struct{}

func (discard) Write(context.Context, engine.Output) error    { return nil }
func (discard) Commit(context.Context, []engine.Counts) error { return nil }
func (discard) Abort()                                        {}

// overDocuments runs a pipeline over the surviving documents of some units.
func (b *build) overDocuments(ctx context.Context, p *engine.Pipeline, todo []int, sink func(unit int) (engine.Sink, error)) error {
	p.Meters = p.NewMeters()
	var units []engine.Unit
	for _, u := range todo {
		units = append(units, engine.Unit{
			Index: u,
			Name:  documents.Path(u),
			Open: func(context.Context) (corpus.Source, func() error, error) {
				return documents.Source{Dir: b.Dir, Path: documents.Path(u)}, func() error { b.stepDone(); return nil }, nil
			},
			Sink: func() (engine.Sink, error) { return sink(u) },
		})
	}
	b.watchSteps(p.Meters, len(b.plan.Units), len(b.plan.Units)-len(todo))
	return p.Run(ctx, units)
}
