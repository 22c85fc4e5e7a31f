// Package cpu holds the arithmetic of training on a processor: matrix products,
// attention, norms, activations, the loss and the optimiser, each forward and backward.
//
// There are two implementations with the same methods. Kernels works on float32
// in C, vectorised for the instruction set found at run time and spread over goroutines.
// Reference is plain generic Go for float32 and float64: it says what every
// operation means, it is what Kernels is tested against, and in float64 it is what gradients are checked with.
//
// Invariants:
//   - Results depend on the shapes, the values and the instruction set (Level), never on
//     the number of threads: work is cut by shape alone, and every sum has one order.
//   - NaN and infinities pass through; nothing here hides them.
//   - A slice that is too short for its shape panics before any memory is touched outside of it.
//
// Shapes are written with the usual letters: B sequences of T tokens, width C,
// vocabulary V. All arrays are row-major.
//
// Without cgo the package compiles, Reference works, and New returns ErrNoCgo.
//
//	k, err := cpu.New(cpu.Options{Threads: 8})
//	k.MatMul(out, x, w, rows, outputs, inputs, cpu.ABt, false) // out[rows, outputs] = x·wᵀ
package cpu
