package train

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/train/cpu"
)

// memoryTokens is a split in memory.
type memoryTokens []uint32

func (m memoryTokens) Tokens() int64 { return int64(len(m)) }

func (m memoryTokens) Read(dst []uint32, from int64) (int, error) {
	n := copy(dst, m[min(from, int64(len(m))):])
	if n < len(dst) {
		return n, io.EOF
	}
	return n, nil
}

// needKernels skips a test where there is nothing to train with.
func needKernels(t testing.TB) {
	if _, err := cpu.New(cpu.Options{}); err != nil {
		t.Skip(err)
	}
}

// tinyData is a corpus in which every id is followed by one of two.
func tinyData(t testing.TB, tokens int) *dataset {
	ids := make([]uint32, tokens)
	for i := 1; i < tokens; i++ {
		ids[i] = (ids[i-1]*3 + 1 + uint32(draw(1, 98, uint64(i))%2)) % 31
	}
	eos := uint32(31)
	data := &dataset{train: memoryTokens(ids[:tokens*9/10]), validation: memoryTokens(ids[tokens*9/10:]), vocab: 32, eos: &eos}
	var err error
	if data.digest, err = digest(data.train); err != nil {
		t.Fatal(err)
	}
	return data
}

func tinyOptions(t testing.TB, out string) Options {
	o := DefaultOptions()
	o.Out, o.Shards = out, "memory"
	o.Model = ModelOptions{Size: "nano", Layers: 2, Width: 32, Heads: 4, KVHeads: 2, Hidden: 48, Context: 16, RotaryBase: 10000, NormEpsilon: 1e-5}
	o.Batch, o.Accumulate, o.Steps, o.Warmup = 4, 2, 12, 3
	o.EvalEvery, o.EvalBatches, o.SaveEvery, o.KeepCheckpoints, o.Threads = 5, 2, 4, 2, 1
	o, err := o.resolve()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// contents reads the named files of a checkpoint or run folder.
func contents(t *testing.T, dir string, names ...string) [][]byte {
	t.Helper()
	var all [][]byte
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// sameRun fails unless two runs ended with the same bytes.
func sameRun(t *testing.T, a, b Result, outA, outB string) {
	t.Helper()
	names := []string{modelFile, optimizerFile, stateFileName}
	for i, x := range contents(t, a.Checkpoint, names...) {
		if !bytes.Equal(x, contents(t, b.Checkpoint, names...)[i]) {
			t.Errorf("%s differs", names[i])
		}
	}
	if x, y := contents(t, outA, metricsFile)[0], contents(t, outB, metricsFile)[0]; !bytes.Equal(x, y) {
		t.Errorf("%s differs:\n%s\n%s", metricsFile, x, y)
	}
}

func TestRunLearns(t *testing.T) {
	needKernels(t)
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	o.Steps, o.LearningRate = 60, 0.01
	var reports []Progress
	r, err := run(context.Background(), o, data, func(p Progress) { reports = append(reports, p) })
	if err != nil {
		t.Fatal(err)
	}
	// Two equally likely successors: no model does better than ln 2 = 0.69.
	if r.ValLoss > 0.9 || r.ValLoss < 0.6 || r.Step != 60 || r.Tokens != 60*8*16 {
		t.Errorf("result is %+v", r)
	}
	if len(reports) != 61 || !math.IsNaN(reports[0].Loss) || reports[0].ValLoss < 3 || reports[60].TokensPerSecond <= 0 {
		t.Errorf("%d reports, the first %+v", len(reports), reports[0])
	}
	if r.Device == "" || r.DeviceReason == "" {
		t.Errorf("the result does not say what it trained on, or not why: %+v", r)
	}
	s, err := readState(filepath.Join(r.Checkpoint, stateFileName))
	if err != nil || s.Windows != 60*8 { // every step has windows of its own, accumulated ones too
		t.Errorf("state is %+v, %v", s, err)
	}
	folders, err := filepath.Glob(filepath.Join(o.Out, checkpointsFolder, "*"))
	if err != nil || len(folders) != 2 {
		t.Errorf("checkpoints %v are left, %v; want 2", folders, err)
	}
	again, err := run(context.Background(), o, data, nil)
	if err != nil || again.Step != 60 || again.Loss != r.Loss || again.ValLoss != r.ValLoss {
		t.Errorf("a run that has ended, run again: %+v, %v", again, err)
	}
}

func TestOverfitsARepeatingSequence(t *testing.T) {
	needKernels(t)
	ids := make(memoryTokens, 400)
	for i := range ids {
		ids[i] = []uint32{3, 1, 4, 1, 5, 9, 2, 6}[i%8]
	}
	o := tinyOptions(t, t.TempDir())
	o.Steps, o.LearningRate, o.EvalBatches = 120, 0.01, 0
	r, err := run(context.Background(), o, &dataset{train: ids, vocab: 10, digest: "x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Loss > 0.1 { // the first token of a window can follow either 1
		t.Errorf("loss is %v after %d steps", r.Loss, r.Step)
	}
	var got []uint32
	err = Generate(context.Background(), GenerateOptions{Run: o.Out, Prompt: []uint32{3, 1, 4}, MaxTokens: 21, TopP: 1}, func(id uint32) error {
		got = append(got, id)
		return nil
	})
	if err != nil || !slices.Equal(got, ids[3:24]) { // beyond the context of 16
		t.Errorf("generated %v, %v; want %v", got, err, ids[3:24])
	}
}

// TestResumeIsBitEqual stops runs at every kind of moment, with other threads after each stop.
func TestResumeIsBitEqual(t *testing.T) {
	needKernels(t)
	data, whole := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	want, err := run(context.Background(), whole, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, stops := range map[string][]int{"once": {5}, "before the first step": {0}, "at a saved step": {4}, "three times": {1, 2, 11}} {
		t.Run(name, func(t *testing.T) {
			o := tinyOptions(t, t.TempDir())
			for i, stop := range stops {
				o.Threads = 1 + i%3
				ctx, cancel := context.WithCancel(context.Background())
				r, err := run(ctx, o, data, func(p Progress) {
					if p.Step == stop {
						cancel()
					}
				})
				if !errors.Is(err, context.Canceled) || r.Step != stop || !strings.Contains(err.Error(), r.Checkpoint) {
					t.Fatalf("stopped at %d: %+v, %v", stop, r, err)
				}
			}
			o.Threads = 3
			got, err := run(context.Background(), o, data, nil)
			if err != nil || got.Resumed != stops[len(stops)-1] {
				t.Fatal(got, err)
			}
			sameRun(t, want, got, whole.Out, o.Out)
		})
	}
}

// TestResumeAfterAKill puts a run folder into the states that a kill leaves behind.
func TestResumeAfterAKill(t *testing.T) {
	needKernels(t)
	data, whole := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	want, err := run(context.Background(), whole, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	leftovers := map[string]func(t *testing.T, out string){
		"in the middle of a checkpoint": func(t *testing.T, out string) {
			put(t, filepath.Join(out, checkpointsFolder, "step-000008.tmp", modelFile), "half")
		},
		"between a checkpoint and the file latest": func(t *testing.T, out string) {
			put(t, filepath.Join(out, checkpointsFolder, "step-000008", modelFile), "never named")
			put(t, filepath.Join(out, "latest.tmp"), "step-0")
		},
		"in the middle of a line of metrics": func(t *testing.T, out string) {
			f, err := os.OpenFile(filepath.Join(out, metricsFile), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteString(`{"step":5,"loss":1,"tokens":640}` + "\n" + `{"step":6,"lo`); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, leave := range leftovers {
		t.Run(name, func(t *testing.T) {
			o := tinyOptions(t, t.TempDir())
			ctx, cancel := context.WithCancel(context.Background())
			_, err := run(ctx, o, data, func(p Progress) {
				if p.Step == 4 {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			leave(t, o.Out)
			got, err := run(context.Background(), o, data, nil)
			if err != nil {
				t.Fatal(err)
			}
			sameRun(t, want, got, whole.Out, o.Out)
			if left, _ := filepath.Glob(filepath.Join(o.Out, checkpointsFolder, "*.tmp")); len(left) > 0 {
				t.Errorf("%v is still there", left)
			}
		})
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestResumeRefusesAnotherRun(t *testing.T) {
	needKernels(t)
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	o.Steps = 2
	if _, err := run(context.Background(), o, data, nil); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*Options){
		"learning_rate": func(o *Options) { o.LearningRate = 0.5 },
		"model.layers":  func(o *Options) { o.Model.Layers = 3 },
		"seed":          func(o *Options) { o.Seed = 9 },
		"batch":         func(o *Options) { o.Batch = 5 },
		"beta1":         func(o *Options) { o.Beta1 = 0.8 },
		"warmup":        func(o *Options) { o.Warmup = 4 },
	} {
		other := o
		change(&other)
		_, err := run(context.Background(), other, data, nil)
		var bad *corpus.OptionError
		if !errors.As(err, &bad) || bad.Key != key {
			t.Errorf("another %s: %v", key, err)
		}
	}
	if _, err := run(context.Background(), o, tinyData(t, 3100), nil); err == nil || !strings.Contains(err.Error(), "memory holds") {
		t.Errorf("other data: %v", err)
	}
	longer := o
	longer.Steps, longer.Threads, longer.SaveEvery, longer.KeepCheckpoints = 3, 2, 1, 1
	if r, err := run(context.Background(), longer, data, nil); err != nil || r.Step != 3 || r.Resumed != 2 {
		t.Errorf("a longer run: %+v, %v", r, err)
	}
}

func TestCorruptCheckpointIsRefused(t *testing.T) {
	needKernels(t)
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	o.Steps = 1
	r, err := run(context.Background(), o, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		filepath.Join(r.Checkpoint, modelFile), filepath.Join(r.Checkpoint, optimizerFile),
		filepath.Join(r.Checkpoint, stateFileName), filepath.Join(o.Out, latestFile),
	} {
		whole := contents(t, path, "")[0]
		for name, broken := range map[string][]byte{"a flipped bit": slices.Clone(whole), "a cut file": whole[:len(whole)*2/3], "an empty file": nil} {
			if name == "a flipped bit" {
				broken[len(broken)/2] ^= 1
			}
			put(t, path, string(broken))
			if _, err := run(context.Background(), o, data, nil); err == nil || !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), "step-") {
				t.Errorf("%s with %s: %v", path, name, err)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		again, err := run(context.Background(), o, data, nil)
		if filepath.Base(path) == latestFile { // then the highest step counts
			if err != nil || again.Resumed != 1 {
				t.Errorf("%s is missing: %+v, %v", path, again, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s is missing: %v", path, err)
		}
		put(t, path, string(whole))
	}
}

func TestDivergenceNamesTheLastGoodCheckpoint(t *testing.T) {
	needKernels(t)
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	o.Steps = 2
	r, err := run(context.Background(), o, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A checkpoint with a NaN among its weights, as a bad memory chip would make it.
	s, err := readState(filepath.Join(r.Checkpoint, stateFileName))
	if err != nil {
		t.Fatal(err)
	}
	tensors, total := layout(o.Model, data.vocab)
	bad := snapshot{make([]float32, total), make([]float32, total), make([]float32, total)}
	bad.weights[len(bad.weights)-1] = float32(math.NaN())
	folder, err := saveCheckpoint(o.Out, s, tensors, bad)
	if err != nil {
		t.Fatal(err)
	}
	o.Steps = 3
	_, err = run(context.Background(), o, data, nil)
	if !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "step 3") || !strings.Contains(err.Error(), folder) {
		t.Errorf("error is %v", err)
	}
}

func TestRunRefusesWhatCannotWork(t *testing.T) {
	needKernels(t)
	good := tinyOptions(t, t.TempDir())
	for name, c := range map[string]struct {
		data   *dataset
		change func(*Options)
		want   string
	}{
		"too few tokens":    {&dataset{train: make(memoryTokens, 16), vocab: 3}, func(*Options) {}, "less than one window of 17"},
		"an id too high":    {&dataset{train: slices.Repeat(memoryTokens{7}, 100), vocab: 7}, func(*Options) {}, "is id 7: the vocabulary has 7"},
		"a graphics card":   {&dataset{train: make(memoryTokens, 100), vocab: 3}, func(o *Options) { o.Device = "cuda" }, "device: this build has no CUDA trainer"},
		"a run in a file":   {&dataset{train: make(memoryTokens, 100), vocab: 3}, func(o *Options) { o.Out = "run_test.go" }, "run_test.go"},
		"an endless budget": {&dataset{train: make(memoryTokens, 100), vocab: 3}, func(o *Options) { o.Steps, o.Tokens = 0, 1<<53 }, "steps: the run would be"},
	} {
		o := good
		c.change(&o)
		if _, err := run(context.Background(), o, c.data, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Run(context.Background(), Options{}, nil); err == nil {
		t.Error("no options at all went through")
	}
	o := DefaultOptions()
	o.Out, o.Shards = t.TempDir(), t.TempDir()
	if _, err := Run(context.Background(), o, nil); err == nil || !strings.Contains(err.Error(), o.Shards) {
		t.Errorf("an empty folder of shards: %v", err)
	}
}

// TestOnlyMatricesDecay takes a step without a gradient: what moves is what decays.
func TestOnlyMatricesDecay(t *testing.T) {
	needKernels(t)
	o := tinyOptions(t, t.TempDir())
	o.Model.UntiedOutput = true
	c, err := openDevice(&o, 32)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	tensors, _ := layout(o.Model, 32)
	initialise(s.weights, tensors, o.Model, 1)
	before := slices.Clone(s.weights)
	if _, err := c.Update(update{step: 1, rate: 0.5, opts: &o}); err != nil {
		t.Fatal(err)
	}
	for _, x := range tensors {
		still := slices.Equal(before[x.first:x.first+x.size()], s.weights[x.first:x.first+x.size()])
		if want := strings.Contains(x.name, "norm") || strings.Contains(x.name, "embed"); still != want {
			t.Errorf("%s stays the same: %v, want %v", x.name, still, want)
		}
	}
}

// TestMemoryEstimate compares the estimate with the slices of a device.
func TestMemoryEstimate(t *testing.T) {
	needKernels(t)
	o := tinyOptions(t, t.TempDir())
	c, err := openDevice(&o, 32)
	if err != nil {
		t.Fatal(err)
	}
	d := c.device.(*cpuDevice)
	p := d.passes
	floats := len(p.flat) + len(p.grads) + len(d.moment1) + len(d.moment2)
	for _, s := range append(p.stream, p.normed, p.inv, p.losses, p.logits, p.dstream, p.dnormed, p.dqkv, p.dattended, p.dgateUp, p.dhidden) {
		floats += len(s)
	}
	for _, b := range p.blocks {
		for _, s := range [][]float32{b.normed, b.inv, b.qkv, b.attended, b.lse, b.middle, b.normed2, b.inv2, b.gateUp, b.activated} {
			floats += len(s)
		}
	}
	estimate, err := EstimateMemory(o, 32)
	scratch := int64(1<<18+128*(16+16)) * 4
	if err != nil || math.Abs(float64(estimate-scratch)/float64(4*floats)-1) > 0.02 {
		t.Errorf("estimate is %d bytes without scratch, %v; the slices have %d", estimate-scratch, err, 4*floats)
	}
}

func BenchmarkTrainStep(b *testing.B) {
	needKernels(b)
	o, err := DefaultOptions().resolve()
	if err != nil {
		b.Fatal(err)
	}
	const vocab = 4096
	c, err := openDevice(&o, vocab)
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.Snapshot()
	if err != nil {
		b.Fatal(err)
	}
	tensors, _ := layout(o.Model, vocab)
	initialise(s.weights, tensors, o.Model, 1)
	batch := randomBatch(o.Batch, o.Sequence, vocab)
	b.SetBytes(int64(4 * batch.rows()))
	step := 0
	for b.Loop() {
		step++
		if _, err := c.Accumulate(batch, 1/float64(batch.rows())); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Update(update{step: step, rate: 1e-3, opts: &o}); err != nil {
			b.Fatal(err)
		}
	}
	rate := float64(batch.rows()*b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "tokens/s")
	b.ReportMetric(rate*flopsPerToken(o.Model, vocab, o.Sequence)/1e9, "GFLOP/s")
}
