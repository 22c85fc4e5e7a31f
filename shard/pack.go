package shard

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"corpus/internal/spill"
	"corpus/internal/storage"
)

// Result says what Pack wrote.
type Result struct {
	Train, Validation SplitCounts
	Files             []string // names of all files in the folder: shards in order, then the index
}

// SplitCounts counts one split.
type SplitCounts struct {
	Documents int64
	Tokens    int64 // with end-of-document tokens
	Shards    int
}

// Pack merges runs into the shards and the index of a folder, which must exist. What
// an earlier Pack left in the folder is replaced. After an error the folder has no
// shard and no index.
//
// Documents are concatenated in the order of a hash of seed and ref, each followed by
// the end-of-document token when there is one, and cut into shards of TokensPerShard
// tokens; a document may go on in the next shard. A document is set aside for validation
// when another hash falls into the share; a corpus so small that this leaves a split
// empty has one document change sides, as docs/format/shard.md says.
func Pack(ctx context.Context, runs []string, dir string, opts Options) (Result, error) {
	return pack(ctx, runs, dir, opts, createOnDisk)
}

func pack(ctx context.Context, runs []string, dir string, opts Options, open createFunc) (Result, error) {
	if err := opts.validate(); err != nil {
		return Result{}, err
	}
	if err := clearFolder(dir); err != nil {
		return Result{}, err
	}
	p := &packer{dir: dir, opts: opts, open: open}
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
		name := strings.TrimSuffix(e.Name(), storage.TempSuffix)
		if _, _, err := ParseFileName(name); err != nil && name != IndexName {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// packer writes documents one after another into shards.
type packer struct {
	dir  string
	opts Options
	open createFunc

	split  string       // the split being written
	counts *SplitCounts // its counts
	shard  *Writer      // nil between shards
	row    IndexRow     // the piece of a document being written; Length 0 when none was written yet
	index  *indexWriter
	result Result
}

func (p *packer) pack(ctx context.Context, paths []string) error {
	if err := p.packRuns(ctx, paths); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(p.dir, workFolder)); err != nil {
		return err
	}
	p.result.Files = append(p.result.Files, IndexName)
	return p.index.close()
}

// packRuns writes all shards, and the rows of the index.
func (p *packer) packRuns(ctx context.Context, paths []string) error {
	runs, err := p.openRuns(ctx, paths)
	defer closeRuns(runs)
	if err != nil {
		return err
	}
	order := sequence{opts: p.opts, runs: runs}
	moved, err := order.moved(ctx)
	if err != nil {
		return err
	}
	if p.index, err = createIndex(filepath.Join(p.dir, IndexName), p.open); err != nil {
		return err
	}
	for split, counts := range []*SplitCounts{&p.result.Train, &p.result.Validation} {
		p.split, p.counts = []string{Train, Validation}[split], counts
		for piece, err := range order.split(ctx, byte(split), moved) {
			if err == nil {
				err = p.add(piece)
			}
			if err != nil {
				return err
			}
		}
		if err := p.closeShard(); err != nil {
			return err
		}
	}
	return nil
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
	if err := os.Mkdir(filepath.Join(p.dir, workFolder), 0o755); err != nil {
		return "", err
	}
	merged := filepath.Join(p.dir, workFolder, "all.run")
	_, err := spill.MergeFiles(ctx, paths, merged)
	return merged, err
}

// closeRuns closes runs that were only read: nothing is lost by an error here.
func closeRuns(runs []*spill.Run) {
	for _, r := range runs {
		r.Close()
	}
}

// add writes a document or a piece of one.
func (p *packer) add(d piece) error {
	if d.number == 0 {
		ref := d.place.ref()
		p.row = IndexRow{Document: string(d.id), Unit: uint32(ref.Unit()), Index: uint32(ref.Index()), Split: p.split}
	}
	if err := p.write(d.tokens); err != nil || !d.last {
		return err
	}
	if p.opts.EOS != NoEOS {
		eos := binary.LittleEndian.AppendUint32(nil, p.opts.EOS)
		if err := p.write(eos[:TokenBytes(p.opts.VocabSize)]); err != nil {
			return err
		}
	}
	p.counts.Documents++
	return p.endRow()
}

// write appends tokens of the current document and starts new shards where they are full.
func (p *packer) write(tokens []byte) error {
	width := int64(TokenBytes(p.opts.VocabSize))
	for len(tokens) > 0 {
		if err := p.openShard(); err != nil {
			return err
		}
		n := min(int64(len(tokens))/width, p.opts.TokensPerShard-p.shard.Tokens())
		if p.row.Length == 0 {
			p.row.Shard, p.row.FirstToken = int32(p.shard.header.Shard), p.shard.Tokens()
		}
		if err := p.shard.writeBytes(tokens[:n*width]); err != nil {
			return err
		}
		tokens = tokens[n*width:]
		p.row.Length += n
		p.counts.Tokens += n
		if p.shard.Tokens() == p.opts.TokensPerShard {
			if err := errors.Join(p.endRow(), p.closeShard()); err != nil {
				return err
			}
		}
	}
	return nil
}

// endRow adds the row of what was written of the current document since the last row.
func (p *packer) endRow() error {
	if p.row.Length == 0 {
		return nil
	}
	err := p.index.add(p.row)
	p.row.DocumentToken += p.row.Length
	p.row.Length = 0
	return err
}

// openShard makes sure that there is a shard to write to.
func (p *packer) openShard() (err error) {
	if p.shard != nil {
		return nil
	}
	path := filepath.Join(p.dir, FileName(p.split, p.counts.Shards))
	p.shard, err = create(path, p.opts.header(p.counts.Shards, p.counts.Tokens), p.open)
	return err
}

func (p *packer) closeShard() error {
	if p.shard == nil {
		return nil
	}
	w := p.shard
	p.shard = nil
	if err := w.Close(); err != nil {
		return err
	}
	p.result.Files = append(p.result.Files, FileName(p.split, p.counts.Shards))
	p.counts.Shards++
	return nil
}

func (p *packer) abort() {
	if p.shard != nil {
		p.shard.Abort()
	}
	if p.index != nil {
		p.index.abort()
	}
}
