// Package shard packs tokenised documents into sequences and fixed-width token files in one
// global, seeded order, and reads them back.
//
// A folder of shards holds train-00000.bin, train-00001.bin, …, val-00000.bin, …,
// index.parquet, which says for every token which document it came from, and documents.parquet, which says where every document is.
// docs/shards.md is the overview; docs/format/shard.md and docs/format/shard-index.md give the bytes.
//
// Invariants:
//   - The bytes depend on the set of documents and on the options alone: not on the
//     order in which documents were added, on how they were spread over runs, or on
//     the memory bound.
//   - Every token of every shard is covered by exactly one row of the index, or is padding.
//   - A stretch, which is a row's tokens, lies within one document, one sequence and one shard. The shard itself says where stretches begin.
//   - A file appears under its own name only once it is whole and synced; the
//     index is the last to appear.
//
// Packing takes two steps, so that the whole corpus is never in memory:
//
//	w, err := shard.NewRunWriter("unit-0.run", opts) // one for every unit of work, in parallel
//	err = w.Add(shard.TokenizedDocument{Ref: ref, ID: id, Tokens: tokens})
//	info, err := w.Close(ctx)
//	result, err := shard.Pack(ctx, []string{"unit-0.run"}, "shards", opts)
//
// Training reads one split as one long sequence:
//
//	set, err := shard.OpenSet("shards", shard.Train)
//	n, err := set.Read(tokens, position)
//	boundaries, err := set.Boundaries(position, position+n) // where documents begin and end, and padding
package shard
