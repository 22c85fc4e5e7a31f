// Package index keeps the keys of a deduplicated corpus, so that a later crawl is compared with it without reading it again.
//
// A file holds, for each key of an exchange, the documents that emitted it, in the order of keys, with filters in front: a
// Writer makes one while the sorted pairs stream by, a Reader opens it, and a Lookup answers ascending keys, reading only
// the blocks that hold one that was asked for.
//
// Invariants:
//   - The bytes of a file depend on its pairs and options alone.
//   - A Writer holds one filter's keys (2^18 and what else is in the last block, about 9 MiB with what building takes), one block and the places of all blocks;
//     a Reader the places and the first keys of all blocks; a Lookup one filter (about 300 KB) and one block.
//   - A key that is there is always found. One that is not is looked for in a block in about 1 of 256 cases, and not found.
//   - A file that was damaged or cut short is an error that names the file and the offset, never a wrong answer.
//
// Of a key that many documents emitted, only the first and the last ones are kept, see Options.Keep: no more are needed to pair
// later documents as one run over all of them would (dedup.MinHash.Reduce).
//
// The file format is described in docs/format/dedup-index.md. For example:
//
//	r, err := index.Open("index/minhash-00003.keys")
//	...
//	defer r.Close()
//	l := r.Lookup()
//	for _, key := range sortedKeys {
//		bucket, err := l.Find(key)
//		...
//	}
package index

import (
	"corpus"
)

// Options of a Writer.
type Options struct {
	// KeyBytes is the length of every key, 1 to 64.
	KeyBytes int
	// Keep is how many documents of a key are kept, 1 to 255: the first ones, and, where that leaves some out and Keep is above 1, the last one instead
	// of the last of these.
	Keep int
}

// Bucket is what a file says of a key.
type Bucket struct {
	// Documents is the number of documents that emitted the key; 0 when the key is not there.
	Documents int64
	// Refs are those kept, ascending: the first ones and the last. They are valid until the next call.
	Refs []corpus.Ref
}

const (
	maxKeyBytes = 64
	maxKeep     = 255
)
