package build

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"corpus"
	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/storage"
	"corpus/tokenize"
)

// TokenizerOptions describe the command `corpus tokenizer train`.
type TokenizerOptions struct {
	Train   tokenize.TrainOptions
	Sample  config.TokenizerSample
	Seed    uint64 // of the sample
	Out     string // folder
	Memory  int64  // bytes for word counts
	Workers int    // 0: one per core
	// Watch, if not nil, is called now and then; never with Final set.
	Watch func(Progress)
}

// TrainedTokenizer is what TrainTokenizer made and of what.
type TrainedTokenizer struct {
	Model   string `json:"model"`
	Pattern string `json:"pattern"`
	Tokens  int    `json:"vocab_size"`
	Merges  int    `json:"merges"`
	manifest.TokenizerTraining
}

// TrainTokenizer trains on the text of files and writes the tokenizer's folder, in which words that exceed the memory lie while it runs.
func TrainTokenizer(ctx context.Context, patterns []string, o TokenizerOptions) (trained TrainedTokenizer, err error) {
	inputs, err := ingest.Expand(ctx, patterns)
	if err != nil {
		return trained, err
	}
	_, before := os.Stat(o.Out)
	if err := os.MkdirAll(filepath.Clean(o.Out), 0o755); err != nil {
		return trained, err
	}
	work, err := os.MkdirTemp(o.Out, ".words-*") // tells of a folder that cannot be written before there is anything to write
	if err != nil {
		return trained, err
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(work))
		if err != nil && errors.Is(before, fs.ErrNotExist) {
			os.Remove(o.Out) // fails where it is not empty
		}
	}()
	f := &tokenizerFiles{inputs: inputs, workers: o.Workers, watch: o.Watch}
	if f.workers <= 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	model, documents, err := f.train(ctx, o, work)
	if err != nil {
		return trained, err
	}
	if err := model.Save(o.Out); err != nil {
		return trained, err
	}
	return TrainedTokenizer{
		Model: model.Kind(), Pattern: model.Pattern().Name, Tokens: model.VocabSize(), Merges: mergesOf(model),
		TokenizerTraining: *trainingOf(model, documents, o.Sample.IsAll()),
	}, nil
}

// tokenizerFiles goes through the documents of files.
type tokenizerFiles struct {
	inputs  []ingest.Input
	workers int
	watch   func(Progress)
}

func (f *tokenizerFiles) train(ctx context.Context, o TokenizerOptions, work string) (*tokenize.Model, int64, error) {
	counter, err := tokenize.NewCounter(o.Train.Pattern, work, o.Memory)
	if err != nil {
		return nil, 0, err
	}
	defer counter.Close()
	sample, err := newTextSample(o.Sample, o.Seed, originPlace, func(s corpus.Stage) error { return f.run(ctx, "measure", s) })
	if err != nil {
		return nil, 0, err
	}
	count := &countWords{counter: counter, sample: sample}
	if err := f.run(ctx, "count", count); err != nil {
		return nil, 0, err
	}
	s := &progressState{phase: "train", start: time.Now()}
	stop := s.report(f.watch)
	defer stop()
	model, err := tokenize.Train(ctx, counter.Words(ctx), o.Train, func(done, total int) {
		s.mu.Lock()
		s.total = int64(total)
		s.mu.Unlock()
		s.steps.Store(int64(done))
	})
	return model, count.documents.Load(), err
}

// run goes once through all documents with a stage.
func (f *tokenizerFiles) run(ctx context.Context, phase string, stage corpus.Stage) error {
	p := &engine.Pipeline{SourceName: "ingest", Stages: []corpus.Stage{stage}, Workers: f.workers}
	p.Meters = p.NewMeters()
	s := &progressState{phase: phase, start: time.Now(), meters: p.Meters, bytes: true}
	var units []engine.Unit
	for i, in := range f.inputs {
		s.total += in.Bytes
		units = append(units, engine.Unit{
			Index: i, Name: in.Path,
			Open: func(ctx context.Context) (corpus.Source, func() error, error) { return openText(ctx, in.Path, &s.read) },
			Sink: func() (engine.Sink, error) { return discard{}, nil },
		})
	}
	stop := s.report(f.watch)
	defer stop()
	return p.Run(ctx, units)
}

func openText(ctx context.Context, path string, read *atomic.Int64) (corpus.Source, func() error, error) {
	f, err := storage.Open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	src, err := ingest.Open(path, meteredReader{f, read}, "", ingest.DefaultOptions())
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return src, f.Close, nil
}

// meteredReader counts the bytes that are read.
type meteredReader struct {
	storage.Reader
	read *atomic.Int64
}

func (r meteredReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read.Add(int64(n))
	return n, err
}

func (r meteredReader) ReadAt(p []byte, offset int64) (int, error) {
	n, err := r.Reader.ReadAt(p, offset)
	r.read.Add(int64(n))
	return n, err
}

// report calls watch now and then until stop is called.
func (s *progressState) report(watch func(Progress)) (stop func()) {
	if watch == nil {
		return func() {}
	}
	s.stop = make(chan struct{})
	s.ended.Add(1)
	go func() {
		defer s.ended.Done()
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				watch(s.snapshot())
			case <-s.stop:
				return
			}
		}
	}()
	return func() {
		close(s.stop)
		s.ended.Wait()
	}
}
