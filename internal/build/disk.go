package build

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync/atomic"
	"syscall"

	"corpus"
	"corpus/dedup/paragraph"
	"corpus/dedup/substring"
	"corpus/internal/config"
)

// Before a build starts it says how much disk it may need, from a sample of its inputs. docs/memory.md has the formula and how it compares with real builds.
const (
	sampleUnits = 8       // units that are looked into, spread over all
	sampleBytes = 1 << 20 // of documents read in each

	// Factors of the formula, all measured.
	tableShare     = 0.6 // of text in a Parquet table of documents, zstd
	rowBytes       = 200 // a document's other columns
	ledgerBytes    = 150 // a record's row in the ledger
	pairBytes      = 13  // a band of a document in a mapped run
	keyBytes       = 40  // a document's pair of url, exact or survivor
	paragraphBytes = 22  // a paragraph that is compared, in a mapped run
	rankBytes      = 9   // a key of dedup.survivor in the pair of a paragraph
	reducedShare   = 0.5 // of the mapped runs, for what Reduce makes of them
	indexShare     = 1.2 // of the mapped runs, for the files of keys of an index
	shingleBytes   = 1.6 // the set of shingles of a document, for each byte of its text
	setShare       = 0.5 // of the documents are in a candidate pair
	anchorShare    = 1.0 // of text, its anchors and matches, while passages of plainWindow bytes or more are looked for
	tokenShare     = 0.3 // tokens for each byte of text
	// With fewer tokens in the vocabulary a text has more: measured .44 a byte of English with 1,000.
	leastVocabulary  = 1 << 13
	vocabularyGrowth = 0.35 // so that the 256 bytes alone give one
	sampleSlack      = 1.25
)

// inputSample is what a look into the inputs has found.
type inputSample struct {
	stored          int64 // bytes of input read
	records         int64
	documents, text int64 // that pass the filters
	paragraphs      int64 // of them that are compared by their hashes on disk
}

// sample reads the beginning of some units and takes it through the stages. An error of reading is left to the build itself.
func (b *build) sample(ctx context.Context) (s inputSample) {
	n := len(b.plan.Units)
	for i := range min(n, sampleUnits) {
		u := b.plan.Units[i*n/min(n, sampleUnits)]
		b.sampleUnit(ctx, u, &s)
	}
	return s
}

func (b *build) sampleUnit(ctx context.Context, u PlannedUnit, s *inputSample) {
	var read atomic.Int64
	in := &input{unit: u, part: u.part(), read: &read, take: b.taken(u.Source)}
	batch := &corpus.Batch{Unit: u.index}
	seen := int64(0)
	for d, err := range in.Documents(ctx) {
		if err != nil {
			break
		}
		s.records++
		seen += d.Size()
		batch.Documents = append(batch.Documents, d)
		if len(batch.Documents) == 16 || seen >= sampleBytes {
			b.sampleBatch(ctx, batch, s)
		}
		if seen >= sampleBytes {
			break
		}
	}
	b.sampleBatch(ctx, batch, s)
	s.stored += min(read.Load(), u.Bytes())
}

// sampleBatch counts what the stages leave of a batch, and empties it.
func (b *build) sampleBatch(ctx context.Context, batch *corpus.Batch, s *inputSample) {
	for _, stage := range b.stages {
		if stage.Process(ctx, batch) != nil {
			break
		}
	}
	h := b.sampledParagraphs()
	for d := range batch.Live() {
		s.documents++
		s.text += int64(len(d.Text))
		if h != nil {
			s.paragraphs += int64(len(h.Paragraphs(d, nil)))
		}
	}
	batch.Documents = batch.Documents[:0]
}

// sampledParagraphs finds the paragraphs that are compared by their hashes on disk; nil where none are.
func (b *build) sampledParagraphs() *paragraph.Hasher {
	d := b.Config.Dedup
	if !d.Has(stageParagraph) || d.Paragraph.Method == paragraph.Bloom {
		return nil
	}
	h, err := paragraph.NewHasher(d.Paragraph)
	if err != nil {
		return nil // the config was checked before
	}
	return h
}

// diskNeed is the most disk, in bytes, that the build is expected to take at once, for so many bytes of input.
func (b *build) diskNeed(s inputSample, input int64) int64 {
	if s.stored == 0 {
		return 0
	}
	scale := float64(input) / float64(s.stored) * sampleSlack
	text, documents := float64(s.text)*scale, float64(s.documents)*scale
	table := text*tableShare + documents*rowBytes
	ledger := float64(s.records) * scale * ledgerBytes
	d := b.Config.Dedup
	mapped, sets, spool := 0.0, 0.0, 0.0
	for _, method := range d.Methods {
		switch method {
		case "minhash":
			mapped += documents * float64(d.MinHash.Bands) * pairBytes
			if d.MinHash.Verify {
				sets = text * shingleBytes * setShare
			}
		case stageParagraph:
			mapped += float64(s.paragraphs) * scale * float64(paragraphBytes+rankBytes*len(d.Survivor))
		case stageSubstring:
			spool = text * spoolShare(d.Substring)
		default:
			mapped += documents * keyBytes
		}
	}
	kept := table + ledger + mapped*(1+reducedShare) // under work/ until the end
	if d.Index {
		kept += mapped*indexShare + table // keys with their filters, and texts
	}
	tokens := text * tokenBytes(b.Config.Tokenizer)
	shards := table + ledger + 2*tokens // documents and ledger, the runs of tokens, the shards
	if len(b.plan.Units) > leastRuns {
		shards += tokens // the runs merged
	}
	return int64(kept + max(sets, spool, shards))
}

// tokenBytes is what the tokens of a byte of text take. A trained vocabulary of fewer than leastVocabulary makes more of them, up to one for each byte when it has the bytes alone.
func tokenBytes(c config.Tokenizer) float64 {
	switch {
	case c.Path != "" || c.VocabSize > 1<<16:
		return 4 * tokenShare
	case c.VocabSize >= leastVocabulary:
		return 2 * tokenShare
	}
	return 2 * min(1, tokenShare*math.Pow(leastVocabulary/float64(c.VocabSize), vocabularyGrowth))
}

// spoolShare is the disk for each byte of text while passages are looked for: a copy of the text, its tokens where these are compared, anchors and matches.
func spoolShare(opts substring.Options) float64 {
	share := 1.0
	if opts.Unit == substring.Tokens {
		share += idBytes * tokenShare
	}
	return share + anchorShare*moreAnchors(opts)
}

// checkDisk refuses to begin a build where a third of the disk that it may need is not there, and returns the function that says how much
// it may need and how much there is. A build that goes on was told.
func (b *build) checkDisk(ctx context.Context) (announce func(), err error) {
	if _, err := os.Stat(b.path(planPath)); err == nil {
		return func() {}, nil
	}
	_, input := b.plan.Inputs()
	need := b.diskNeed(b.sample(ctx), input)
	free, known := freeDisk(b.Dir)
	switch {
	case !known:
		return func() { b.Log.Info("disk needed at most", "needed_mb", mebibytes(need)) }, nil
	case need/3 > free && !b.LowDisk:
		return nil, fmt.Errorf("the build may need %d MiB of disk and %s has %d: make room, choose another folder with -o, or give --low-disk to build all the same",
			mebibytes(need), b.Dir, free>>20)
	case need > free:
		return func() {
			b.Log.Warn("the disk may be too small", "needed_mb", mebibytes(need), "free_mb", free>>20, "folder", b.Dir)
		}, nil
	}
	return func() { b.Log.Info("disk needed at most", "needed_mb", mebibytes(need), "free_mb", free>>20) }, nil
}

// mebibytes rounds up.
func mebibytes(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

// outOfDisk says what to do about a full disk.
func outOfDisk(dir string, err error) error {
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return fmt.Errorf("%w: make room for %s and give the same command again, and the build goes on where it stopped", err, dir)
}
