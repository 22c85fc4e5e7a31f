package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"corpus"
	"corpus/clean"
	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/spill"
	"corpus/internal/storage"
)

// spillMemory is what one sorter may hold; a build has one per unit in work and exchange.
const spillMemory = 32 << 20

// curate runs ingest → clean → filters over every input file and maps the dedup exchanges.
func (b *build) curate(ctx context.Context) error {
	todo, err := b.pending("curate", len(b.plan.Units))
	if err != nil || len(todo) == 0 {
		return err
	}
	if b.stages == nil {
		if b.stages, err = Stages(b.Config); err != nil {
			return err
		}
	}
	exchanges, err := b.exchanges()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.path(workDir+"/curate"), 0o755); err != nil {
		return err
	}
	p := &engine.Pipeline{SourceName: "ingest", Stages: b.stages, Exchanges: exchanges, Workers: b.Workers}
	p.Meters = p.NewMeters()
	var units []engine.Unit
	var bytes, done int64
	for _, u := range b.plan.Units {
		bytes += u.Bytes
		done += u.Bytes
	}
	for _, i := range todo {
		done -= b.plan.Units[i].Bytes
		units = append(units, b.curateUnit(b.plan.Units[i], exchanges))
	}
	b.watch(p.Meters, bytes, done)
	return p.Run(ctx, units)
}

// Stages makes clean and the configured filters.
func Stages(c *config.Config) ([]corpus.Stage, error) {
	cleaner, err := clean.New(c.Clean)
	if err != nil {
		return nil, err
	}
	filters, err := c.FilterStages()
	return append([]corpus.Stage{cleaner}, filters...), err
}

// curateUnit is one input file: how it is read and where its documents go.
func (b *build) curateUnit(u PlannedUnit, exchanges []corpus.Exchange) engine.Unit {
	in := &input{unit: u, read: &b.state.read}
	return engine.Unit{
		Index: u.index,
		Name:  u.Path,
		Open:  in.open,
		Sink:  func() (engine.Sink, error) { return b.newCurateSink(u, in, exchanges) },
	}
}

// Size and ReadAt serve formats that are not read from front to back.
func (h *hashingReader) Size() int64 { return h.r.Size() }

func (h *hashingReader) ReadAt(p []byte, offset int64) (int, error) { return h.r.ReadAt(p, offset) }

// input reads a file once, counting and hashing what passes.
type input struct {
	unit PlannedUnit
	read interface{ Add(int64) int64 }
	file manifest.File // set by close
}

func (in *input) open(ctx context.Context) (corpus.Source, func() error, error) {
	f, err := storage.Open(ctx, in.unit.Path)
	if err != nil {
		return nil, nil, err
	}
	h := &hashingReader{r: f, hash: sha256.New(), read: in.read}
	src, err := ingest.Open(in.unit.Path, h, in.unit.Source, in.unit.options)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return src, func() error {
		defer f.Close()
		if ctx.Err() != nil {
			return nil // the run is over; its error is known
		}
		if _, err := io.Copy(io.Discard, h); err != nil { // what the source had no use for
			return fmt.Errorf("%s: %w", in.unit.Path, err)
		}
		if h.n != in.unit.Bytes {
			return fmt.Errorf("%s: had %d bytes when the build began, now %d: inputs must not change", in.unit.Path, in.unit.Bytes, h.n)
		}
		in.file = manifest.File{Path: in.unit.Path, Bytes: h.n, SHA256: hex.EncodeToString(h.hash.Sum(nil))}
		return nil
	}, nil
}

type hashingReader struct {
	r    storage.Reader
	hash hash.Hash
	read interface{ Add(int64) int64 }
	n    int64
}

func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	h.n += int64(n)
	h.read.Add(int64(n))
	return n, err
}

// The intermediate files of a unit.
func curatedPath(unit int) string {
	return fmt.Sprintf("%s/curate/%05d.documents.parquet", workDir, unit)
}
func curatedLedgerPath(unit int) string {
	return fmt.Sprintf("%s/curate/%05d.ledger.parquet", workDir, unit)
}
func mappedPath(unit int, exchange string) string {
	return fmt.Sprintf("%s/curate/%05d.%s.run", workDir, unit, exchange)
}

// newSorter starts a sorted run in the output folder.
func (b *build) newSorter(path string) *spill.Sorter {
	return spill.NewSorter(b.path(path), spill.Options{MemoryBytes: spillMemory})
}
