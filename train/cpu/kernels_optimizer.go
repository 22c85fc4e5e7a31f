//go:build cgo

package cpu

// #include "calls.h"
import "C"

// chunk is the number of weights that one job of the optimiser and of the norm takes.
const chunk = 1 << 16

// SumSquares: see Reference. The sums of chunks are added in order.
func (k *Kernels) SumSquares(x []float32) float64 {
	sums := make([]float64, ceilDiv(len(x), chunk))
	parallel(k.threads, len(sums), func(_, job int) {
		sums[job] = sumSquares(x[job*chunk : min(len(x), (job+1)*chunk)])
	})
	var total float64
	for _, s := range sums {
		total += s
	}
	return total
}

// UpdateAdamW: see Reference.
func (k *Kernels) UpdateAdamW(w, g, m, v []float32, o AdamW) {
	correction1, correction2 := o.corrections()
	shape := C.struct_adamw{C.float(o.Rate), C.float(o.Beta1), C.float(o.Beta2), C.float(o.Epsilon), C.float(o.Decay),
		C.float(correction1), C.float(correction2), C.float(o.GradScale)}
	parallel(k.threads, ceilDiv(len(w), chunk), func(_, job int) {
		i := job * chunk
		n := min(chunk, len(w)-i)
		C.corpus_adamw(k.table, in(w[i:], n), in(g[i:], n), in(m[i:], n), in(v[i:], n), C.int64_t(n), shape)
	})
}
