// Package corpus holds the nouns that every other package shares: Document,
// Batch, Origin, Reason, and the three contracts Source, Stage and Exchange.
//
// A Source turns the bytes of input files into documents. Stages transform
// or drop documents, one batch at a time. An Exchange is the one shape for work
// that needs the whole corpus at once. internal/engine connects them by
// channels and owns every goroutine; the packages that implement them know
// nothing of each other.
//
// Invariants:
//   - A dropped document is data, not an error: it carries a Reason and travels
//     on to the ledger. An error means that the stage itself failed.
//   - Everything is deterministic: the same documents in give the same documents
//     and the same reasons out, whatever the number of workers.
//
// The package imports the standard library alone.
package corpus

import (
	"context"
	"iter"
)

// A Source yields the records of an input file, of a part of one or of several, in their order.
//
// Every record is yielded, also one that is not a page: it then comes already
// rejected (Document.Reason set) so that the ledger has a row for it. Damage in the
// input costs one rejected record that says what was skipped; the sequence goes on
// behind it. A non-nil error is yielded last and means that the input could not
// be read at all (a disk error, not bad bytes).
//
// A document belongs to the receiver once yielded. A Source is read once, by one goroutine.
type Source interface {
	Documents(ctx context.Context) iter.Seq2[*Document, error]
}

// A Stage transforms the documents of a batch in place or rejects them.
//
// Process looks at batch.Live() only. It is called by several goroutines at once
// with different batches, starts no goroutine of its own, and must give the same result for the same
// document whatever came before. It owns the batch until it returns. The error is
// for the stage's own failure (a missing model, a full disk), never for bad text.
type Stage interface {
	// Name is the stage's name in the ledger, the config and the datasheet: lower-case words joined by '_'.
	Name() string
	Process(ctx context.Context, batch *Batch) error
}

// Model describes a classifier or a list of words that a stage judges by, for the manifest and the datasheet. A Stage that
// has some says so by a method Models() []Model, whose result depends on its options and files alone.
type Model struct {
	// Name is unique within the stage.
	Name string `json:"name"`
	// Origin is the path that the config names, or "built in".
	Origin string `json:"origin"`
	// Digest is "sha256:" and 64 hex digits over its bytes.
	Digest string `json:"digest"`
	// License and Attribution are those of the model and the data behind it; empty when unknown.
	License     string `json:"license,omitempty"`
	Attribution string `json:"attribution,omitempty"`
	// Metrics are how it was measured, in an order of its own; empty when unknown.
	Metrics []Metric `json:"metrics,omitempty"`
}

// Metric is one measurement of a model.
type Metric struct {
	// Set names the data that it was measured on.
	Set string `json:"set"`
	// Group is the part of the set, such as an identity group or a functional test; empty for all of it.
	Group string `json:"group,omitempty"`
	// Name is "auc", "f1", "false_positive_rate", …
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Threshold is the score from which a text counts as found, for metrics that depend on one.
	Threshold float64 `json:"threshold,omitempty"`
	// Count is the number of texts measured.
	Count int `json:"count"`
}

// An Exchange is work that needs the whole corpus: Map sends pairs of key and
// value to partitions, and Reduce sees one partition's pairs sorted. Anything that
// can sort and group can run it: internal/engine on local files, or another system's shuffle.
type Exchange interface {
	// Name is the exchange's name in the ledger: lower-case words joined by '_'.
	Name() string
	// Partitions is the number of partitions, fixed for the life of the exchange, 1 to 65,535.
	Partitions() int
	// Map emits the pairs of one kept document. Key and value are copied by emit.
	// Safe for concurrent use and deterministic.
	Map(doc *Document, emit func(partition int, key, value []byte)) error
	// Reduce reads the pairs of one partition, sorted by key (bytewise), then Ref, then value,
	// and emits pairs of its own in any order. The slices of a pair are valid until the next one.
	// Reduce of different partitions may run at once.
	Reduce(ctx context.Context, partition int, pairs iter.Seq2[Pair, error], emit func(Pair) error) error
}

// Pair is one row of an Exchange.
type Pair struct {
	Key   []byte
	Ref   Ref // the document that emitted the pair
	Value []byte
}

// Ref names a kept document within a build: the index of its unit of work (an
// input file, a part of a large one, or several small ones) in the high 32 bits,
// the document's index among the documents that curate kept from that unit in
// the low 32. Refs order documents as the inputs do.
type Ref uint64

// MakeRef joins the index of a unit and of a kept document in it, both from 0.
func MakeRef(unit, index int) Ref { return Ref(uint64(uint32(unit))<<32 | uint64(uint32(index))) }

// Unit is the index of the unit.
func (r Ref) Unit() int { return int(r >> 32) }

// Index is the index of the document among those kept from its unit.
func (r Ref) Index() int { return int(uint32(r)) }
