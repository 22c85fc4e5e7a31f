//go:build cgo

package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// operation runs one operation on random arrays of either type and returns everything
// that it wrote. The same seed gives the same numbers to both.
type operation struct {
	name string
	c    func(k *Kernels, r *source) [][]float32
	ref  func(r *source) [][]float64
}

// source makes random arrays.
type source struct{ *rand.Rand }

func (s source) floats(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(s.NormFloat64())
	}
	return x
}

func (s source) ids(n, below int) []uint32 {
	x := make([]uint32, n)
	for i := range x {
		x[i] = uint32(s.IntN(below))
	}
	return x
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// ops is what Kernels and Reference have in common.
type ops[T Float] interface {
	MatMul(out, a, b []T, m, n, k int, form Form, accumulate bool)
	Embed(out, table []T, ids []uint32, width int)
	EmbedBackward(dtable, dout []T, ids []uint32, width int)
	RMSNorm(out, inv, x, weight []T, rows, width int, epsilon float64)
	RMSNormBackward(dx, dweight, dout, x, weight, inv []T, rows, width int)
	Rotary(x, cos, sin []T, s RotaryShape)
	Attention(out, lse, q, k, v []T, s AttentionShape)
	AttentionBackward(dq, dk, dv, dout, out, lse, q, k, v []T, s AttentionShape)
	SwiGLU(out, gateUp []T, rows, hidden int)
	SwiGLUBackward(dgateUp, dout, gateUp []T, rows, hidden int)
	CrossEntropy(losses, logits []T, targets []uint32, vocab int, scale float64, gradient bool)
	SumSquares(x []T) float64
	UpdateAdamW(w, g, m, v []T, o AdamW)
}

// run is one case: it takes arrays from get and returns what it wrote.
type run[T Float] func(o ops[T], get func(n int) []T, s source) [][]T

// both makes an operation of one generic case written twice by the compiler.
func both(name string, narrow run[float32], wide run[float64]) operation {
	return operation{
		name: name,
		c: func(k *Kernels, s *source) [][]float32 {
			return narrow(k, func(n int) []float32 { return s.floats(n) }, *s)
		},
		ref: func(s *source) [][]float64 {
			return wide(Reference[float64]{}, func(n int) []float64 { return widen(s.floats(n)) }, *s)
		},
	}
}

func operations() []operation {
	var all []operation
	shapes := [][3]int{{1, 1, 1}, {1, 37, 19}, {3, 130, 64}, {5, 7, 3}, {14, 32, 16}, {64, 48, 300}, {97, 65, 33}, {230, 70, 513}, {460, 530, 20}}
	for _, s := range shapes {
		for form := ABt; form <= AtB; form++ {
			for _, accumulate := range []bool{false, true} {
				all = append(all, both(fmt.Sprintf("product/%v/form=%d/accumulate=%v", s, form, accumulate),
					product[float32](s, form, accumulate), product[float64](s, form, accumulate)))
			}
		}
	}
	for _, s := range [][2]int{{1, 1}, {3, 16}, {70, 33}, {130, 128}} {
		all = append(all,
			both(fmt.Sprintf("rmsnorm/%v", s), norm[float32](s), norm[float64](s)),
			both(fmt.Sprintf("swiglu/%v", s), gated[float32](s), gated[float64](s)),
			both(fmt.Sprintf("loss/%v", s), loss[float32](s), loss[float64](s)),
			both(fmt.Sprintf("embed/%v", s), embedding[float32](s), embedding[float64](s)))
	}
	for _, s := range []AttentionShape{
		{Batch: 1, Queries: 1, Keys: 1, Heads: 1, KVHeads: 1, HeadDim: 2, QStride: 2, KVStride: 2},
		{Batch: 2, Queries: 7, Keys: 7, Heads: 4, KVHeads: 2, HeadDim: 6, QStride: 48, KVStride: 48},
		{Batch: 2, Queries: 150, Keys: 150, Heads: 2, KVHeads: 1, HeadDim: 32, QStride: 70, KVStride: 33},
		{Batch: 1, Queries: 1, Keys: 90, Heads: 3, KVHeads: 3, HeadDim: 16, QStride: 48, KVStride: 48},
		{Batch: 1, Queries: 70, Keys: 200, Heads: 2, KVHeads: 2, HeadDim: 8, QStride: 16, KVStride: 16},
	} {
		all = append(all, both(fmt.Sprintf("attention/%+v", s), attend[float32](s), attend[float64](s)))
	}
	all = append(all,
		both("rotary", rotate[float32], rotate[float64]),
		both("adamw", update[float32](1000), update[float64](1000)),
		both("adamw/several jobs", update[float32](chunk+5), update[float64](chunk+5)))
	return all
}

func product[T Float](s [3]int, form Form, accumulate bool) run[T] {
	return func(o ops[T], get func(int) []T, _ source) [][]T {
		m, n, k := s[0], s[1], s[2]
		out, a, b := get(m*n), get(m*k), get(n*k)
		o.MatMul(out, a, b, m, n, k, form, accumulate)
		return [][]T{out}
	}
}

func norm[T Float](s [2]int) run[T] {
	return func(o ops[T], get func(int) []T, _ source) [][]T {
		n := s[0] * s[1]
		out, inv, x, w := get(n), get(s[0]), get(n), get(s[1])
		o.RMSNorm(out, inv, x, w, s[0], s[1], 1e-5)
		dx, dw, dout := get(n), get(s[1]), get(n)
		o.RMSNormBackward(dx, dw, dout, x, w, inv, s[0], s[1])
		return [][]T{out, inv, dx, dw}
	}
}

func gated[T Float](s [2]int) run[T] {
	return func(o ops[T], get func(int) []T, _ source) [][]T {
		n := s[0] * s[1]
		out, x, dx, dout := get(n), get(2*n), get(2*n), get(n)
		for i := range x {
			x[i] *= 8 // saturates the sigmoid now and then
		}
		o.SwiGLU(out, x, s[0], s[1])
		o.SwiGLUBackward(dx, dout, x, s[0], s[1])
		return [][]T{out, dx}
	}
}

func loss[T Float](s [2]int) run[T] {
	return func(o ops[T], get func(int) []T, src source) [][]T {
		losses, only, logits := get(s[0]), get(s[0]), get(s[0]*s[1])
		targets := src.ids(s[0], s[1])
		for i := range logits {
			logits[i] *= 20
		}
		o.CrossEntropy(only, slices.Clone(logits), targets, s[1], 0.25, false)
		o.CrossEntropy(losses, logits, targets, s[1], 0.25, true)
		return [][]T{losses, only, logits}
	}
}

func embedding[T Float](s [2]int) run[T] {
	return func(o ops[T], get func(int) []T, src source) [][]T {
		const vocab = 5
		table, dtable, out, dout, ids := get(vocab*s[1]), get(vocab*s[1]), get(s[0]*s[1]), get(s[0]*s[1]), src.ids(s[0], vocab)
		o.Embed(out, table, ids, s[1])
		o.EmbedBackward(dtable, dout, ids, s[1])
		sum := get(1)
		sum[0] = T(o.SumSquares(dout))
		return [][]T{out, dtable, sum}
	}
}

func attend[T Float](s AttentionShape) run[T] {
	return func(o ops[T], get func(int) []T, _ source) [][]T {
		queries, keys, outs := s.Batch*s.Queries*s.QStride, s.Batch*s.Keys*s.KVStride, s.Batch*s.Queries*s.width()
		q, k, v, out, lse := get(queries), get(keys), get(keys), get(outs), get(s.Batch*s.Heads*s.Queries)
		o.Attention(out, lse, q, k, v, s)
		dq, dk, dv, dout := get(queries), get(keys), get(keys), get(outs)
		o.AttentionBackward(dq, dk, dv, dout, out, lse, q, k, v, s)
		return [][]T{out, lse, dq, dk, dv}
	}
}

func rotate[T Float](o ops[T], get func(int) []T, _ source) [][]T {
	x, cos, sin := get(130*20), get(80*3), get(80*3)
	s := RotaryShape{Rows: 130, Period: 65, Start: 4, Stride: 20, Heads: 3, HeadDim: 6}
	o.Rotary(x, cos, sin, s)
	turned := slices.Clone(x)
	s.Inverse = true
	o.Rotary(x, cos, sin, s)
	return [][]T{turned, x}
}

func update[T Float](n int) run[T] {
	return func(o ops[T], get func(int) []T, _ source) [][]T {
		w, g, m, v := get(n), get(n), get(n), get(n)
		for i := range v {
			v[i] *= v[i]
		}
		o.UpdateAdamW(w, g, m, v, AdamW{Rate: 0.01, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Decay: 0.1, Step: 3, GradScale: 0.5})
		return [][]T{w, m, v}
	}
}

// distance is ‖got-want‖/‖want‖.
func distance(got []float32, want []float64) float64 {
	var diff, norm float64
	for i, w := range want {
		d := float64(got[i]) - w
		diff += d * d
		norm += w * w
	}
	if diff == 0 {
		return 0
	}
	return math.Sqrt(diff / norm)
}

// levels are the instruction sets of this processor.
func levels(t testing.TB) []Level {
	best, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all []Level
	for l := Generic; l <= best.Level(); l++ {
		all = append(all, l)
	}
	return all
}

func TestKernelsMatchTheReference(t *testing.T) {
	all := operations()
	want := make([][][]float64, len(all))
	for i, op := range all {
		want[i] = op.ref(&source{rand.New(rand.NewPCG(1, uint64(i)))})
	}
	for _, level := range levels(t) {
		k, err := New(Options{Threads: 2, Level: &level})
		if err != nil {
			t.Fatal(err)
		}
		for i, op := range all {
			t.Run(level.String()+"/"+op.name, func(t *testing.T) {
				got := op.c(k, &source{rand.New(rand.NewPCG(1, uint64(i)))})
				for j := range got {
					if d := distance(got[j], want[i][j]); !(d < 1e-5) {
						t.Errorf("output %d is off by %g", j, d)
					}
				}
			})
		}
	}
}

func TestThreadsDoNotChangeABit(t *testing.T) {
	for _, level := range levels(t) {
		one, err := New(Options{Threads: 1, Level: &level})
		if err != nil {
			t.Fatal(err)
		}
		five, err := New(Options{Threads: 5, Level: &level})
		if err != nil {
			t.Fatal(err)
		}
		for i, op := range operations() {
			a := op.c(one, &source{rand.New(rand.NewPCG(2, uint64(i)))})
			b := op.c(five, &source{rand.New(rand.NewPCG(2, uint64(i)))})
			for j := range a {
				if !slices.Equal(a[j], b[j]) {
					t.Errorf("%s/%s: output %d differs between one thread and five", level, op.name, j)
				}
			}
		}
	}
}

func TestNotANumberComesThrough(t *testing.T) {
	nan := float32(math.NaN())
	for _, level := range levels(t) {
		k, err := New(Options{Level: &level})
		if err != nil {
			t.Fatal(err)
		}
		out, losses := make([]float32, 40), make([]float32, 2)
		k.SwiGLU(out, append([]float32{nan}, make([]float32, 79)...), 1, 40)
		if out[0] == out[0] || out[1] != out[1] {
			t.Errorf("%s: swiglu gives %v, %v for NaN, 0", level, out[0], out[1])
		}
		logits := make([]float32, 80)
		logits[3] = nan
		k.CrossEntropy(losses, logits, []uint32{3, 3}, 40, 1, false)
		if losses[0] == losses[0] || losses[1] != losses[1] {
			t.Errorf("%s: losses are %v", level, losses)
		}
	}
}

func TestShortSlicesAreRefused(t *testing.T) {
	k, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a product with too short an operand went through")
		}
	}()
	k.MatMul(make([]float32, 6), make([]float32, 8), make([]float32, 11), 2, 3, 4, ABt, false)
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{2048, 384, 128}, {2048, 4096, 128}, {1024, 2304, 768}, {1024, 768, 3072}} {
		for form, name := range []string{"ABt", "AB", "AtB"} {
			b.Run(fmt.Sprintf("%v/%s", s, name), func(b *testing.B) {
				k, err := New(Options{})
				if err != nil {
					b.Fatal(err)
				}
				r := source{rand.New(rand.NewPCG(1, 1))}
				m, n, inner := s[0], s[1], s[2]
				if Form(form) == AtB {
					m, inner = inner, m
				}
				out, x, y := r.floats(m*n), r.floats(m*inner), r.floats(n*inner)
				b.SetBytes(int64(4 * (m*n + m*inner + n*inner)))
				for b.Loop() {
					k.MatMul(out, x, y, m, n, inner, Form(form), false)
				}
				b.ReportMetric(2*float64(m)*float64(n)*float64(inner)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
