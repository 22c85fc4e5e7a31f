package shard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"corpus/internal/spill"
	"corpus/internal/storage"
)

// Result says what Pack wrote.
type Result struct {
	Train, Validation SplitCounts
	Units             []UnitCounts // of the units that have documents, in order
	Files             []string     // names of all files in the folder: shards in order, then the table of documents and the index
}

// SplitCounts counts one split.
type SplitCounts struct {
	Documents int64 // documents that are in the split, each counted once however often it was written
	Copies    int64 // times that documents were written: Documents, unless Options.Copies says otherwise
	LeftOut   int64 // documents that are in no shard because Options.Copies says 0
	Tokens    int64 // with the tokens that begin and end documents, and padding
	Padding   int64 // tokens that are no document's
	Repeated  int64 // tokens of second and later copies, with those that begin and end documents
	Sequences int64 // whole or not; 0 without sequences
	Cut       int64 // copies of documents that lie in more than one sequence
	Truncated int64 // those among them that are no longer than a sequence; none under BestFit
	Shards    int
}

// Pack merges runs into the shards and the index of a folder, which must exist. What
// an earlier Pack left in the folder is replaced. After an error the folder has no
// shard and no index.
//
// Documents come in the order of a hash of seed and ref, each between the tokens that begin and end documents, as far as there are such.
// Under Concat they follow one another, cut into sequences. Under BestFit the chunks of those longer than a sequence come at
// places of their own, and fill sequences as window says. Shards hold whole sequences. A document is set aside for validation
// when another hash falls into the share; a corpus so small that this leaves a split
// empty has one document change sides, as docs/format/shard.md says.
func Pack(ctx context.Context, runs []string, dir string, opts Options) (Result, error) {
	return pack(ctx, runs, dir, opts, createOnDisk)
}

func pack(ctx context.Context, runs []string, dir string, opts Options, open createFunc) (Result, error) {
	return packWindows(ctx, runs, dir, opts, open, opts.windowSize())
}

// packWindows packs with windows of another size, as tests do.
func packWindows(ctx context.Context, runs []string, dir string, opts Options, open createFunc, window int) (Result, error) {
	if err := opts.validate(); err != nil {
		return Result{}, err
	}
	if err := clearFolder(dir); err != nil {
		return Result{}, err
	}
	p := &packer{dir: dir, opts: opts, window: window, shards: shardsWriter{dir: dir, opts: opts, open: open}}
	if err := p.pack(ctx, runs); err != nil {
		p.abort()
		return Result{}, errors.Join(err, clearFolder(dir))
	}
	return p.result, nil
}

// workFolder holds the merged run while there are more runs than are read at once.
const workFolder = "merge" + storage.TempSuffix

// clearFolder removes what a Pack writes, whole or not, from its folder. The index
// goes first, so that a folder that has an index has all of its shards.
func clearFolder(dir string) error {
	if err := os.Remove(filepath.Join(dir, IndexName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, workFolder)); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.TrimSuffix(strings.TrimSuffix(e.Name(), storage.TempSuffix), boundarySuffix)
		if _, _, err := ParseFileName(name); err != nil && name != IndexName && name != DocumentsName && !strings.HasPrefix(name, documentsWork) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// packer brings the documents of all runs into shards.
type packer struct {
	dir    string
	opts   Options
	window int    // bytes of a window
	bytes  []byte // those of the window of the split before, which the next one takes over
	shards shardsWriter
	result Result
}

// filler puts the chunks of documents into sequences.
type filler interface {
	// add takes the next piece of a chunk. Its slices are valid until add returns.
	add(ctx context.Context, d piece) error
	// end writes what is left at the end of a split.
	end(ctx context.Context) error
}

func (p *packer) pack(ctx context.Context, paths []string) error {
	if err := p.packRuns(ctx, paths); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(p.dir, workFolder)); err != nil {
		return err
	}
	p.result.Files = append(p.shards.files, DocumentsName, IndexName)
	p.result.Units = p.shards.index.counts()
	return p.shards.index.close(ctx)
}

// packRuns writes all shards, and the rows of the index.
func (p *packer) packRuns(ctx context.Context, paths []string) error {
	runs, err := p.openRuns(ctx, paths)
	defer func() { closeRuns(runs) }()
	if err != nil {
		return err
	}
	order := sequence{opts: p.opts, runs: runs}
	moved, err := order.moved(ctx)
	if err != nil {
		return err
	}
	more, err := p.writeCopies(ctx, runs, moved)
	if err != nil {
		return err
	}
	if more != "" {
		r, err := spill.Open(more)
		if err != nil {
			return err
		}
		runs = append(runs, r)
		order.runs = runs
	}
	if p.shards.index, err = createIndex(p.dir, p.opts.MemoryBytes, p.shards.open); err != nil {
		return err
	}
	for split, counts := range []*SplitCounts{&p.result.Train, &p.result.Validation} {
		p.shards.split, p.shards.counts = []string{Train, Validation}[split], counts
		if err := p.packSplit(ctx, order.split(ctx, byte(split), moved), copies{count: p.opts.Copies, moved: moved}); err != nil {
			return err
		}
		if length := int64(p.opts.SequenceLength); length > 0 {
			counts.Sequences = (counts.Tokens + length - 1) / length
		}
	}
	for d, err := range order.empty(ctx) {
		if err == nil {
			err = p.shards.index.leaveOut(d.id, d.place.ref(), LeftOutEmpty)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// packSplit writes the shards of one split.
func (p *packer) packSplit(ctx context.Context, pieces iter.Seq2[piece, error], count copies) error {
	var fill filler = &concatenation{shards: &p.shards}
	if p.opts.Packing == BestFit {
		w := &window{shards: &p.shards, limit: p.window, bytes: p.bytes[:0]}
		defer func() { p.bytes = w.bytes }()
		fill = w
	}
	var lengths, ends int64 // of all chunks, and of documents by their last ones: equal when no chunk is missing
	for d, err := range pieces {
		times := 0
		if err == nil {
			times, err = count.of(d.place)
		}
		if err == nil && times == 0 {
			if d.number == 0 && d.place.chunk() == 0 {
				p.shards.counts.LeftOut++
				err = p.shards.index.leaveOut(d.id, d.place.ref(), LeftOutMixture)
			}
		} else if err == nil {
			n := int64(len(d.tokens))
			lengths += n
			if d.endsDocument {
				if ends += n; d.number == 0 {
					ends += d.start * int64(TokenBytes(p.opts.VocabSize))
				}
			}
			err = fill.add(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	if lengths != ends {
		return fmt.Errorf("runs hold %d bytes of tokens of documents of %d bytes: chunks are missing", lengths, ends)
	}
	return errors.Join(fill.end(ctx), p.shards.closeShard())
}

// openRuns opens the runs, or one run of them all when they are too many to read at once.
func (p *packer) openRuns(ctx context.Context, paths []string) ([]*spill.Run, error) {
	// A run that is read takes about 200 KiB, and twice a record of maxPieceBytes at worst.
	if int64(len(paths)) > max(8, p.opts.MemoryBytes/(512<<10)) {
		merged, err := p.mergeRuns(ctx, paths)
		if err != nil {
			return nil, err
		}
		paths = []string{merged}
	}
	var runs []*spill.Run
	for _, path := range paths {
		r, err := spill.Open(path)
		if err != nil {
			return runs, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func (p *packer) mergeRuns(ctx context.Context, paths []string) (string, error) {
	if err := os.MkdirAll(filepath.Join(p.dir, workFolder), 0o755); err != nil {
		return "", err
	}
	merged := filepath.Join(p.dir, workFolder, "all.run")
	_, err := spill.StoreFiles(ctx, paths, merged)
	return merged, err
}

// closeRuns closes runs that were only read: nothing is lost by an error here.
func closeRuns(runs []*spill.Run) {
	for _, r := range runs {
		r.Close()
	}
}

func (p *packer) abort() {
	if p.shards.shard != nil {
		p.shards.shard.Abort()
	}
	if p.shards.index != nil {
		p.shards.index.abort()
	}
}
