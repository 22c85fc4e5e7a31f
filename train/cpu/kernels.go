//go:build cgo

package cpu

/*
#cgo CFLAGS: -O3 -std=gnu11
#cgo LDFLAGS: -lm
#include "calls.h"
*/
import "C"

import (
	"fmt"
	"runtime"
)

// Options configures New.
type Options struct {
	// Threads is the number of goroutines that compute at once; 0 means one per processor.
	Threads int
	// Level is the highest instruction set to use; nil means the best that the processor has.
	Level *Level
}

// Kernels computes on float32 in C. The methods mean what those of Reference
// mean. It owns scratch memory and is not safe for concurrent use.
type Kernels struct {
	table   *C.struct_kernel_table
	level   Level
	threads int
	scratch [][]float32 // one for every thread
}

// New picks the instruction set. The error says that a level was asked for
// that this processor does not have.
func New(o Options) (*Kernels, error) {
	k := &Kernels{threads: o.Threads}
	if k.threads <= 0 {
		k.threads = runtime.GOMAXPROCS(0)
	}
	k.level = AVX512
	for k.level > Generic && C.corpus_kernels_supported(C.int(k.level)) == 0 {
		k.level--
	}
	if o.Level != nil {
		if *o.Level < Generic || *o.Level > k.level {
			return nil, fmt.Errorf("instruction set %s: this processor goes up to %s", *o.Level, k.level)
		}
		k.level = *o.Level
	}
	k.table = C.corpus_kernels_at(C.int(k.level))
	k.scratch = make([][]float32, k.threads)
	k.reserve(0)
	return k, nil
}

// Available is nil: this binary has kernels.
func Available() error { return nil }

// Level is the instruction set in use.
func (k *Kernels) Level() Level { return k.level }

// Threads is the number of goroutines that compute at once.
func (k *Kernels) Threads() int { return k.threads }

// reserve makes every thread's scratch hold extra floats beyond those of a product.
func (k *Kernels) reserve(extra int) {
	size := int(C.corpus_scratch_floats()) + extra
	if len(k.scratch[0]) >= size {
		return
	}
	for i := range k.scratch {
		k.scratch[i] = make([]float32, size)
	}
}

// in hands the first n floats of a slice to C, after checking that it holds so many.
func in(x []float32, n int) *C.float {
	if n == 0 {
		return nil
	}
	return (*C.float)(&x[:n][0])
}

// MatMul: see Reference.
func (k *Kernels) MatMul(out, a, b []float32, m, n, inner int, form Form, accumulate bool) {
	if m == 0 || n == 0 {
		return
	}
	if inner == 0 {
		if !accumulate {
			clear(out[:m*n])
		}
		return
	}
	out, a, b = out[:m*n], a[:m*inner], b[:inner*n]
	aRow, aCol, bRow, bCol := form.strides(m, n, inner)
	add := C.int(0)
	if accumulate {
		add = 1
	}
	rows, cols := tiles(m, n)
	dots := C.int(0)
	if form == ABt && m <= 4 {
		dots, cols = 1, 128
	}
	down, across := ceilDiv(m, rows), ceilDiv(n, cols)
	parallel(k.threads, down*across, func(worker, job int) {
		i, j := job/across*rows, job%across*cols
		C.corpus_product(k.table, C.int64_t(min(rows, m-i)), C.int64_t(min(cols, n-j)), C.int64_t(inner),
			(*C.float)(&a[i*aRow]), C.int64_t(aRow), C.int64_t(aCol),
			(*C.float)(&b[j*bCol]), C.int64_t(bRow), C.int64_t(bCol),
			(*C.float)(&out[i*n+j]), C.int64_t(n), add, dots, (*C.float)(&k.scratch[worker][0]))
	})
}
