// Package dedup finds documents that the corpus holds more than once: URL by the canonical address, Exact by the
// hash of the normalised text, MinHash by locality-sensitive hashing of shingles.
// All are Exchanges; Resolve joins what their Reduce found into clusters and says which document of each stays.
//
// Invariants:
//   - Exactly one document of a cluster stays: the best by Priority, then by Ref, which is the order of the inputs.
//   - The clusters depend on the documents and the options alone, not on workers or partitions.
//   - MinHash removes no document on the word of the bands, unless its options ask for that: each candidate pair is
//     compared by the whole sets of shingles of the two texts.
//   - Memory is bounded, see Resolve.
//
// A caller runs Map over all kept documents, Reduce over each partition, stores each
// emitted Pair in a spill run with Record, and calls Resolve:
//
//	stats, err := dedup.Resolve(ctx, dedup.Inputs{
//		URL: urlRuns, Exact: exactRuns, Candidates: candidateRuns, Survivors: survivorRuns, MinHash: opts,
//		Documents: documentsOfUnit, Dir: folder,
//	}, func(m dedup.Member) error { return write(m) })
//
// docs/dedup.md describes the methods, their sources and their limits.
package dedup

import (
	"encoding/binary"

	"corpus"
	"corpus/internal/spill"
)

// Record is the form in which Resolve expects an emitted Pair in a run: the pair's
// key, and its Ref as 8 bytes, big-endian, before its value. The slices are the caller's;
// buffer, which may be nil, is used for the value and returned within the record.
func Record(p corpus.Pair, buffer []byte) spill.Record {
	buffer = binary.BigEndian.AppendUint64(buffer[:0], uint64(p.Ref))
	return spill.Record{Key: p.Key, Value: append(buffer, p.Value...)}
}

// refSize is the length of a Ref in keys and values: big-endian, so that bytes order as Refs do.
const refSize = 8

func appendRef(b []byte, r corpus.Ref) []byte { return binary.BigEndian.AppendUint64(b, uint64(r)) }

func readRef(b []byte) corpus.Ref { return corpus.Ref(binary.BigEndian.Uint64(b)) }
