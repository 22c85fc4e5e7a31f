package train

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus/shard"
	"corpus/train/cpu"
)

// TestCacheChangesNoLogits compares a decoder, fed piece by piece, with the training pass over the whole.
func TestCacheChangesNoLogits(t *testing.T) {
	needKernels(t)
	kernels, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	o := ModelOptions{Layers: 2, Width: 48, Heads: 6, KVHeads: 2, Hidden: 80, Context: 150, RotaryBase: 10000, NormEpsilon: 1e-5}
	const vocab = 67
	m := newModel[float32](o, vocab, kernels)
	initialise(m.flat, m.tensors, o, 1)
	ids := randomTokens(150, vocab, 1)
	p := newPasses(m, len(ids), false)
	p.forward(batch{inputs: ids, targets: ids, length: len(ids)})
	want := make([]float32, len(ids)*vocab)
	cpu.Reference[float32]{}.MatMul(want, p.normed, m.weights.output, len(ids), vocab, o.Width, cpu.ABt, false)

	d := newDecoder(m)
	for _, pieces := range [][]int{{150}, {1, 1, 1}, {70, 1, 1, 66, 12}} {
		d.reset()
		seen := 0
		for _, n := range pieces {
			got, err := d.extend(ids[seen : seen+n])
			if err != nil {
				t.Fatal(err)
			}
			seen += n
			for i, w := range want[(seen-1)*vocab : seen*vocab] {
				if math.Abs(float64(got[i]-w)) > 1e-5 {
					t.Fatalf("pieces %v, behind token %d: logit %d is %v, want %v", pieces, seen, i, got[i], w)
				}
			}
		}
	}
	d.reset()
	if _, err := d.extend(make([]uint32, 151)); err == nil {
		t.Error("more than the context went through")
	}
	if _, err := d.extend([]uint32{vocab}); err == nil {
		t.Error("an id outside of the vocabulary went through")
	}
}

func TestSampler(t *testing.T) {
	logits := []float32{0, 2, 1, 2, -1}
	share := func(s sampler) []float64 {
		counts := make([]float64, len(logits))
		for range 20_000 {
			id, err := s.pick(logits)
			if err != nil {
				t.Fatal(err)
			}
			counts[id] += 1.0 / 20_000
		}
		return counts
	}
	e := math.Exp
	for name, c := range map[string]struct {
		s    sampler
		want []float64 // not normalised
	}{
		"greedy":      {sampler{topP: 1}, []float64{0, 1, 0, 0, 0}},
		"all":         {sampler{temperature: 1, topP: 1, seed: 3}, []float64{1, e(2), e(1), e(2), e(-1)}},
		"cool":        {sampler{temperature: 0.5, topP: 1, seed: 3}, []float64{1, e(4), e(2), e(4), e(-2)}},
		"the best 3":  {sampler{temperature: 1, topP: 1, topK: 3, seed: 3}, []float64{0, e(2), e(1), e(2), 0}},
		"the best .7": {sampler{temperature: 1, topP: 0.7, seed: 3}, []float64{0, 1, 0, 1, 0}},
	} {
		var sum float64
		for _, w := range c.want {
			sum += w
		}
		for i, got := range share(c.s) {
			if math.Abs(got-c.want[i]/sum) > 0.015 || c.want[i] == 0 && got > 0 {
				t.Errorf("%s: id %d is drawn %v of the time, want %v", name, i, got, c.want[i]/sum)
			}
		}
	}
	if _, err := (&sampler{temperature: 1}).pick([]float32{float32(math.NaN())}); err == nil {
		t.Error("NaN went through")
	}
}

// writeShards writes one split of a folder of shards.
func writeShards(t *testing.T, dir, split string, ids []uint32, vocab int, eos uint32) {
	t.Helper()
	w, err := shard.Create(filepath.Join(dir, shard.FileName(split, 0)), shard.Header{VocabSize: vocab, EOS: eos})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(ids); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestShardsToText trains on real shard files, evaluates and generates.
func TestShardsToText(t *testing.T) {
	needKernels(t)
	data := slices.Repeat([]uint32{7, 1, 2, 3, 4}, 100) // 7 ends a document
	dir := t.TempDir()
	writeShards(t, dir, shard.Train, data, 8, 7)
	writeShards(t, dir, shard.Validation, data[:101], 8, 7)
	o := tinyOptions(t, t.TempDir())
	o.Shards, o.Steps, o.LearningRate = dir, 60, 0.01
	r, err := Run(context.Background(), o, nil)
	if err != nil || !(r.ValLoss < 0.1) {
		t.Fatalf("result is %+v, %v", r, err)
	}

	e := DefaultEvaluateOptions()
	e.Run, e.Shards, e.Bytes = o.Out, dir, 303
	got, err := Evaluate(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Loss-r.ValLoss) > 1e-6 || got.Tokens != 96 || got.Step != 60 || // six windows of 16
		math.Abs(got.Perplexity-math.Exp(got.Loss)) > 1e-9 || math.Abs(got.BitsPerByte-got.Loss/math.Ln2/3) > 1e-9 {
		t.Errorf("evaluation is %+v, the run ended with %v", got, r.ValLoss)
	}

	g := DefaultGenerateOptions()
	g.Run, g.Temperature = o.Out, 0
	var ids []uint32
	emit := func(id uint32) error { ids = append(ids, id); return nil }
	if err := Generate(context.Background(), g, emit); err != nil || !slices.Equal(ids, []uint32{1, 2, 3, 4}) {
		t.Errorf("generated %v, %v; want 1 2 3 4 and no end of document", ids, err)
	}
	for range 2 { // the same seed draws the same
		g.Temperature, g.Seed, g.MaxTokens, g.Prompt = 5, 4, 40, []uint32{1}
		before := slices.Clone(ids)
		ids = nil
		if err := Generate(context.Background(), g, emit); err != nil {
			t.Fatal(err)
		}
		if len(before) > 4 && !slices.Equal(before, ids) {
			t.Errorf("one seed gave %v and %v", before, ids)
		}
	}
}

func TestInferenceErrors(t *testing.T) {
	needKernels(t)
	g := DefaultGenerateOptions()
	g.Run = t.TempDir()
	if err := Generate(context.Background(), g, nil); err == nil || !bytes.Contains([]byte(err.Error()), []byte(g.Run)) {
		t.Errorf("an empty run folder: %v", err)
	}
	for _, change := range []func(*GenerateOptions){
		func(o *GenerateOptions) { o.MaxTokens = 0 }, func(o *GenerateOptions) { o.Temperature = -1 },
		func(o *GenerateOptions) { o.TopP = 0 }, func(o *GenerateOptions) { o.TopK = -1 },
	} {
		o := DefaultGenerateOptions()
		change(&o)
		if o.Validate() == nil {
			t.Errorf("%+v went through", o)
		}
	}
}

// TestStateOfAGiantModelIsRefused has a state.json, checksum and all, of a model that fits no memory.
func TestStateOfAGiantModelIsRefused(t *testing.T) {
	needKernels(t)
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	o.Steps = 1
	r, err := run(context.Background(), o, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.Checkpoint, stateFileName)
	s, err := readState(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Options.Model.Layers, s.Options.Model.Width, s.Options.Model.Hidden, s.Vocab = 1024, 1<<16, 1<<18, 1<<31
	text, err := s.encode()
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, string(text))
	err = Generate(context.Background(), GenerateOptions{Run: o.Out, Prompt: []uint32{1}, MaxTokens: 1, TopP: 1}, func(uint32) error { return nil })
	if err == nil || !strings.Contains(err.Error(), modelFile) {
		t.Errorf("error is %v", err)
	}
}
