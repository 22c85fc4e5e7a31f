package train

import (
	"fmt"
	"math"
	"testing"

	"corpus/train/cpu"
)

// tinyModel is small enough for finite differences, and odd enough to notice mixed-up shapes.
func tinyModel(untied bool) ModelOptions {
	return ModelOptions{Size: "nano", Layers: 2, Width: 12, Heads: 6, KVHeads: 2, Hidden: 10, Context: 9,
		UntiedOutput: untied, RotaryBase: 100, NormEpsilon: 1e-5}
}

const tinyVocab = 11

// randomTokens are ids below vocab.
func randomTokens(n, vocab int, seed uint64) []uint32 {
	ids := make([]uint32, n)
	for i := range ids {
		ids[i] = uint32(draw(seed, 99, uint64(i)) % uint64(vocab))
	}
	return ids
}

func randomBatch(sequences, length, vocab int) batch {
	ids := randomTokens(sequences*length+1, vocab, 5)
	return batch{inputs: ids[:sequences*length], targets: ids[1:], length: length}
}

// randomWeights spreads the weights more than initialise does, so that every gradient counts.
func randomWeights[T cpu.Float](m *model[T]) {
	for i := range m.flat {
		m.flat[i] = T(0.4 * normal(3, 0, uint64(i)))
	}
	for _, t := range m.tensors {
		if t.kind == normTensor {
			for i := range t.size() {
				m.flat[t.first+i] += 1
			}
		}
	}
}

func TestGradientsMatchFiniteDifferences(t *testing.T) {
	for _, untied := range []bool{false, true} {
		t.Run(fmt.Sprintf("untied=%v", untied), func(t *testing.T) {
			m := newModel(tinyModel(untied), tinyVocab, cpu.Reference[float64]{})
			randomWeights(m)
			b := randomBatch(2, 5, tinyVocab)
			p := newPasses(m, b.rows(), true)
			scale := 1 / float64(b.rows())
			p.accumulate(b, scale)
			const h = 1e-5
			for _, tensor := range m.tensors {
				var diff, norm float64
				for i := tensor.first; i < tensor.first+tensor.size(); i++ {
					keep := m.flat[i]
					m.flat[i] = keep + h
					up := p.loss(b)
					m.flat[i] = keep - h
					down := p.loss(b)
					m.flat[i] = keep
					want := (up - down) / (2 * h) * scale
					diff += (p.grads[i] - want) * (p.grads[i] - want)
					norm += want * want
				}
				if d := math.Sqrt(diff / norm); !(d < 1e-7) {
					t.Errorf("gradient of %s is off by %g", tensor.name, d)
				}
			}
		})
	}
}

func TestGradientsAddUp(t *testing.T) {
	m := newModel(tinyModel(false), tinyVocab, cpu.Reference[float64]{})
	randomWeights(m)
	b := randomBatch(4, 5, tinyVocab)
	whole, halves := newPasses(m, 20, true), newPasses(m, 20, true)
	whole.accumulate(b, 1)
	halves.accumulate(batch{inputs: b.inputs[:10], targets: b.targets[:10], length: 5}, 1)
	halves.accumulate(batch{inputs: b.inputs[10:], targets: b.targets[10:], length: 5}, 1)
	for i, want := range whole.grads {
		if math.Abs(halves.grads[i]-want) > 1e-12 {
			t.Fatalf("gradient %d: %v in one batch, %v in two", i, want, halves.grads[i])
		}
	}
}

// TestKernelsGiveTheReferencesGradients runs the same model in C and in float64.
func TestKernelsGiveTheReferencesGradients(t *testing.T) {
	kernels, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Skip(err)
	}
	o := ModelOptions{Layers: 2, Width: 48, Heads: 4, KVHeads: 2, Hidden: 80, Context: 70, RotaryBase: 10000, NormEpsilon: 1e-5}
	const vocab = 101
	fast := newModel[float32](o, vocab, kernels)
	initialise(fast.flat, fast.tensors, o, 1)
	exact := newModel(o, vocab, cpu.Reference[float64]{})
	for i, w := range fast.flat {
		exact.flat[i] = float64(w)
	}
	b := randomBatch(3, 67, vocab)
	got, want := newPasses(fast, b.rows(), true), newPasses(exact, b.rows(), true)
	gotLoss, wantLoss := got.accumulate(b, 1), want.accumulate(b, 1)
	if d := math.Abs(gotLoss-wantLoss) / wantLoss; !(d < 1e-6) {
		t.Errorf("loss is %v, want %v", gotLoss, wantLoss)
	}
	for _, tensor := range fast.tensors {
		var diff, norm float64
		for i := tensor.first; i < tensor.first+tensor.size(); i++ {
			d := float64(got.grads[i]) - want.grads[i]
			diff += d * d
			norm += want.grads[i] * want.grads[i]
		}
		if d := math.Sqrt(diff / norm); !(d < 1e-5) {
			t.Errorf("gradient of %s is off by %g", tensor.name, d)
		}
	}
}

func TestInitialisationIsSeeded(t *testing.T) {
	o := tinyModel(false)
	tensors, total := layout(o, tinyVocab)
	a, b, c := make([]float32, total), make([]float32, total), make([]float32, total)
	initialise(a, tensors, o, 1)
	initialise(b, tensors, o, 1)
	initialise(c, tensors, o, 2)
	same := 0
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("weight %d differs under one seed", i)
		}
		if a[i] == c[i] {
			same++
		}
	}
	if norms := o.Width * (2*o.Layers + 1); same != norms {
		t.Errorf("%d weights are the same under two seeds, want the %d norms", same, norms)
	}
}

func TestPresetSizes(t *testing.T) {
	for size, want := range map[string]int64{"nano": 1_328_256, "micro": 5_868_800, "mini": 27_795_968, "small": 88_099_584} {
		o := DefaultModelOptions()
		o.Size = size
		got, err := o.Parameters(4096)
		if err != nil || got != want {
			t.Errorf("%s has %d parameters, %v; want %d", size, got, err, want)
		}
	}
	o := DefaultModelOptions()
	o.Size = "small"
	if n, _ := o.Parameters(50257); n/1e6 != 123 {
		t.Errorf("small with GPT-2's vocabulary has %d parameters", n)
	}
}
