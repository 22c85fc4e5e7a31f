package build

import (
	"context"
	"fmt"
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
	var training *manifest.TokenizerTraining
	if path := b.Config.Tokenizer.Path; path != "" {
		model, err = tokenize.Load(path)
	} else {
		model, training, err = b.trainTokenizer(ctx)
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
			Pattern: model.Pattern().Name, VocabSize: model.VocabSize(), Merges: mergesOf(model), Trained: b.Config.Tokenizer.Path == "",
			Model: model.Kind(), Training: training,
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

func (b *build) trainTokenizer(ctx context.Context) (*tokenize.Model, *manifest.TokenizerTraining, error) {
	dir := b.path(workDir + "/words")
	if err := os.RemoveAll(dir); err != nil { // counts of an interrupted run are not to be trusted
		return nil, nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	c := b.Config.Tokenizer
	counter, err := tokenize.NewCounter(c.Pattern, dir, b.wordMemory())
	if err != nil {
		return nil, nil, err
	}
	defer counter.Close()
	run := func(stage corpus.Stage) error {
		p := &engine.Pipeline{SourceName: "documents", Stages: []corpus.Stage{stage}, Workers: b.Workers}
		return b.overDocuments(ctx, p, b.plan.Numbers(), func(int) (engine.Sink, error) { return discard{}, nil })
	}
	sample, err := newTextSample(c.TokenizerSample, b.Config.Seed, refPlace, run)
	if err != nil {
		return nil, nil, err
	}
	count := &countWords{counter: counter, sample: sample}
	if err := run(count); err != nil {
		return nil, nil, err
	}
	model, err := tokenize.Train(ctx, b.checkWords(counter.Words(ctx)), c.TrainOptions, func(merges, total int) { b.merged(merges, total) })
	if err != nil {
		return nil, nil, err
	}
	return model, trainingOf(model, count.documents.Load(), c.IsAll()), nil
}

// mergesOf is the number of merges of a model. A WordPiece model keeps none, but training it counts them.
func mergesOf(m *tokenize.Model) int {
	if m.Kind() == tokenize.KindWordPiece {
		return m.Stats().Merges
	}
	return m.Merges()
}

// trainingOf is what the manifest says about a training.
func trainingOf(m *tokenize.Model, documents int64, all bool) *manifest.TokenizerTraining {
	s := m.Stats()
	if m.Kind() == tokenize.KindUnigram { // which merges nothing: there, these are pieces
		s.Wanted = 0
	}
	return &manifest.TokenizerTraining{
		All: all, Documents: documents, Bytes: s.Bytes, Words: s.Words, Occurrences: s.Occurrences,
		LeftOutWords: s.LeftOutWords, LeftOutOccurrences: s.LeftOutOccurrences, Wanted: s.Wanted, LastCount: s.LastCount,
	}
}

// wordMemory is what word counts may take, in bytes; reading the words takes half as much again, and training comes on top.
func (b *build) wordMemory() int64 { return min(b.Config.Tokenizer.MemoryMB<<20, b.memoryBudget()/2) }

// checkWords refuses to train on the words where that takes more memory than the budget: what is learnt does not change with the memory, so that nothing can
// be left out for want of it.
func (b *build) checkWords(words iter.Seq2[tokenize.WordCount, error]) iter.Seq2[tokenize.WordCount, error] {
	most := b.Config.Tokenizer.MaxWordBytes
	return func(yield func(tokenize.WordCount, error) bool) {
		size := int64(0)
		for w, err := range words {
			size = min(most, size+int64(len(w.Word))+1)
			if need := tokenize.TrainMemory(size); err == nil && need > b.memoryBudget()-b.wordMemory() {
				yield(tokenize.WordCount{}, b.wordsError(words, most))
				return
			}
			if !yield(w, err) {
				return
			}
		}
	}
}

// wordsError says how much memory training on the words takes, and what to do.
func (b *build) wordsError(words iter.Seq2[tokenize.WordCount, error], most int64) error {
	size := int64(0)
	for w, err := range words {
		if err != nil {
			return err
		}
		if size = min(most, size+int64(len(w.Word))+1); size == most {
			break
		}
	}
	need := tokenize.TrainMemory(size)
	need += min(need, b.Config.Tokenizer.MemoryMB<<20)
	limit := b.memoryLimit() + (need-b.memoryBudget())*4/3
	return fmt.Errorf("%d bytes of distinct words take more memory to train on than memory_mb leaves: go on with memory_mb at %d, or begin again with a smaller tokenizer.sample or tokenizer.max_word_bytes",
		size, limit>>20+1)
}

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
