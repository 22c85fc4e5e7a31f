// Package train trains a decoder-only language model on the shards of a corpus, and runs it.
//
// The model is Llama's: token embedding (tied to the output by default), RMSNorm,
// rotary positions, causal attention with grouped queries, SwiGLU, no biases
// (Touvron et al., LLaMA, 2023). Forward and backward passes are written by hand once, for
// any Float, over the operations that package cpu implements: float32 in C for training, float64
// in Go for checking gradients.
//
// Invariants:
//   - The weights after a step depend on the shards, the options, the seed and the
//     instruction set alone: not on the number of threads, and not on where a run was stopped and resumed.
//   - A checkpoint is whole or it is not there; the newest is named by a file that is written last.
//   - Nothing but progress reports carries wall-clock time.
//
// A run folder:
//
//	run/
//	  latest                         the name of the newest checkpoint
//	  metrics.jsonl                  a line per step
//	  checkpoints/step-000400/       model.safetensors, optimizer.safetensors, state.json
//
// Without cgo the package compiles, and Run, Evaluate and Generate return cpu.ErrNoCgo.
//
//	opts := train.DefaultOptions()
//	opts.Shards, opts.Out = "out/shards", "run"
//	result, err := train.Run(ctx, opts, func(p train.Progress) { fmt.Println(p.Step, p.Loss) })
package train
