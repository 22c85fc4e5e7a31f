//go:build cgo

package cpu

// #include "calls.h"
import "C"

// rowsPerJob is the number of rows that the layers below hand to C at once.
const rowsPerJob = 64

// RMSNorm: see Reference.
func (k *Kernels) RMSNorm(out, inv, x, weight []float32, rows, width int, epsilon float64) {
	parallel(k.threads, ceilDiv(rows, rowsPerJob), func(_, job int) {
		r := job * rowsPerJob
		n := min(rowsPerJob, rows-r)
		C.corpus_rmsnorm(k.table, in(out[r*width:], n*width), in(inv[r:], n), in(x[r*width:], n*width), in(weight, width),
			C.int64_t(n), C.int64_t(width), C.float(epsilon))
	})
}

// RMSNormBackward: see Reference. Every job sums its share of dweight apart; the shares are then added in order.
func (k *Kernels) RMSNormBackward(dx, dweight, dout, x, weight, inv []float32, rows, width int) {
	jobs := ceilDiv(rows, rowsPerJob)
	shares := make([]float32, jobs*width)
	parallel(k.threads, jobs, func(_, job int) {
		r := job * rowsPerJob
		n := min(rowsPerJob, rows-r)
		C.corpus_rmsnorm_backward(k.table, in(dx[r*width:], n*width), in(shares[job*width:], width), in(dout[r*width:], n*width),
			in(x[r*width:], n*width), in(weight, width), in(inv[r:], n), C.int64_t(n), C.int64_t(width))
	})
	for ; len(shares) > 0; shares = shares[width:] {
		for i, v := range shares[:width] {
			dweight[i] += v
		}
	}
}

// SwiGLU: see Reference.
func (k *Kernels) SwiGLU(out, gateUp []float32, rows, hidden int) {
	parallel(k.threads, ceilDiv(rows, rowsPerJob), func(_, job int) {
		r := job * rowsPerJob
		n := min(rowsPerJob, rows-r)
		C.corpus_swiglu(k.table, in(out[r*hidden:], n*hidden), in(gateUp[2*r*hidden:], 2*n*hidden), C.int64_t(n), C.int64_t(hidden))
	})
}

// SwiGLUBackward: see Reference.
func (k *Kernels) SwiGLUBackward(dgateUp, dout, gateUp []float32, rows, hidden int) {
	parallel(k.threads, ceilDiv(rows, rowsPerJob), func(_, job int) {
		r := job * rowsPerJob
		n := min(rowsPerJob, rows-r)
		C.corpus_swiglu_backward(k.table, in(dgateUp[2*r*hidden:], 2*n*hidden), in(dout[r*hidden:], n*hidden),
			in(gateUp[2*r*hidden:], 2*n*hidden), C.int64_t(n), C.int64_t(hidden))
	})
}

// CrossEntropy: see Reference.
func (k *Kernels) CrossEntropy(losses, logits []float32, targets []uint32, vocab int, scale float64, gradient bool) {
	rows := len(targets)
	for _, t := range targets {
		_ = logits[:vocab][t]
	}
	wanted := C.int(0)
	if gradient {
		wanted = 1
	}
	parallel(k.threads, ceilDiv(rows, rowsPerJob), func(_, job int) {
		r := job * rowsPerJob
		n := min(rowsPerJob, rows-r)
		C.corpus_cross_entropy(k.table, in(losses[r:], n), in(logits[r*vocab:], n*vocab), (*C.uint32_t)(&targets[r]),
			C.int64_t(n), C.int64_t(vocab), C.float(scale), wanted)
	})
}

// Rotary: see Reference. It is Go: it moves far fewer numbers than the products around it.
func (k *Kernels) Rotary(x, cos, sin []float32, s RotaryShape) {
	parallel(k.threads, ceilDiv(s.Rows, rowsPerJob), func(_, job int) {
		rotary(x, cos, sin, s, job*rowsPerJob, min(s.Rows, (job+1)*rowsPerJob))
	})
}

// Embed: see Reference.
func (k *Kernels) Embed(out, table []float32, ids []uint32, width int) {
	Reference[float32]{}.Embed(out, table, ids, width)
}

// EmbedBackward: see Reference. A job takes some columns of all rows, so that no two
// jobs write to one place and the order of the sums is that of the tokens.
func (k *Kernels) EmbedBackward(dtable, dout []float32, ids []uint32, width int) {
	parallel(k.threads, ceilDiv(width, rowsPerJob), func(_, job int) {
		embedBackward(dtable, dout, ids, width, job*rowsPerJob, min(width, (job+1)*rowsPerJob))
	})
}
