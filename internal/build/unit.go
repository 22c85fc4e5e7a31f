package build

import (
	"context"
	"errors"
	"fmt"

	"corpus/ingest"
	"corpus/internal/storage"

	"golang.org/x/sync/errgroup"
)

// PlannedUnit is what is read, written and committed at once: an input file, a part of a large one, or several small
// ones of one source. Units are in the order of the inputs. They depend on the inputs and the config alone, never on the workers.
type PlannedUnit struct {
	Source string  `json:"source"`
	Pieces []Piece `json:"pieces"`

	index   int
	options ingest.Options
}

// Piece is an input file or, where Part is set, a part of one, which then is a unit of its own.
type Piece struct {
	Path string `json:"path"`
	// Bytes is the size of the whole file; with Places the sum of their lengths.
	Bytes int64 `json:"bytes"`
	Part  *Part `json:"part,omitempty"`
	// Places are the records that are read of the file, where not all are.
	Places []ingest.Place `json:"places,omitempty"`
}

// Part is a range of a file's bytes; to it belongs every record that begins in it: ingest.Part.
type Part struct {
	Layout string `json:"layout"`
	From   int64  `json:"from"`
	To     int64  `json:"to"`
}

// Bounds of units of several files: those of at most smallBytes go together, until a unit would have more than groupFiles or groupBytes.
// A unit costs some ten files that are synced, which takes as long as reading about 1 MiB.
const (
	smallBytes = 1 << 20
	groupFiles = 1000
	groupBytes = 64 << 20
)

// Length is the number of bytes of the file that are the piece's.
func (p Piece) Length() int64 {
	if p.Part == nil {
		return p.Bytes
	}
	return p.Part.To - p.Part.From
}

// Offset is where the piece begins in its file.
func (p Piece) Offset() int64 {
	if p.Part == nil {
		return 0
	}
	return p.Part.From
}

// first says whether the piece is the only or the first one of its file.
func (p Piece) first() bool { return p.Offset() == 0 }

// Name says which piece it is.
func (p Piece) Name() string {
	if p.Part == nil {
		return p.Path
	}
	return fmt.Sprintf("%s, bytes %d to %d", p.Path, p.Part.From, p.Part.To)
}

// Name says which unit it is, in commit records and errors.
func (u PlannedUnit) Name() string {
	switch n := len(u.Pieces); n {
	case 0:
		return ""
	case 1:
		return u.Pieces[0].Name()
	default:
		return fmt.Sprintf("%s and %d more", u.Pieces[0].Path, n-1)
	}
}

// Bytes is the number of bytes of input.
func (u PlannedUnit) Bytes() (n int64) {
	for _, p := range u.Pieces {
		n += p.Length()
	}
	return n
}

// part is the range of a unit that is a part of a file, else nil.
func (u PlannedUnit) part() *ingest.Part {
	if len(u.Pieces) != 1 || u.Pieces[0].Part == nil {
		return nil
	}
	p := u.Pieces[0].Part
	return &ingest.Part{Layout: p.Layout, From: p.From, To: p.To}
}

// Inputs counts the input files and their bytes.
func (p *Plan) Inputs() (files int, bytes int64) {
	for _, u := range p.Units {
		for _, piece := range u.Pieces {
			if piece.first() {
				files++
			}
			bytes += piece.Length()
		}
	}
	return files, bytes
}

// addUnits makes units of a source's files: parts of large ones, one each of others, groups of small ones.
func (p *Plan) addUnits(ctx context.Context, source string, options ingest.Options, inputs []ingest.Input, splitBytes int64) error {
	layouts, err := splitLayouts(ctx, inputs, options, splitBytes)
	if err != nil {
		return err
	}
	open, bytes := false, int64(0) // the last unit takes more files, and has so many bytes
	add := func(pieces ...Piece) {
		p.Units = append(p.Units, PlannedUnit{Source: source, Pieces: pieces, index: p.FirstUnit + len(p.Units), options: options})
	}
	for i, in := range inputs {
		whole := Piece{Path: in.Path, Bytes: in.Bytes, Places: in.Places}
		if in.Bytes <= smallBytes && (splitBytes == 0 || in.Bytes <= splitBytes) {
			last := len(p.Units) - 1
			if open && len(p.Units[last].Pieces) < groupFiles && bytes+in.Bytes <= groupBytes {
				p.Units[last].Pieces = append(p.Units[last].Pieces, whole)
			} else {
				add(whole)
				bytes = 0
			}
			open, bytes = true, bytes+in.Bytes
			continue
		}
		open = false
		if layouts[i] == "" {
			add(whole)
			continue
		}
		for _, part := range split(in.Bytes, splitBytes) {
			part.Layout = layouts[i]
			add(Piece{Path: in.Path, Bytes: in.Bytes, Part: &part})
		}
	}
	return nil
}

// lookers is how many files are looked into at once. In an object store each takes a tenth of a second of waiting, and a crawl has 100,000 files.
const lookers = 32

// splitLayouts looks into the large ones among files; the layout is empty where a file is not to be read in parts.
func splitLayouts(ctx context.Context, inputs []ingest.Input, options ingest.Options, splitBytes int64) ([]string, error) {
	layouts := make([]string, len(inputs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookers)
	for i, in := range inputs {
		if splitBytes == 0 || in.Bytes <= splitBytes || in.Places != nil {
			continue
		}
		g.Go(func() (err error) {
			layouts[i], err = splitLayout(ctx, in.Path, options)
			return err
		})
	}
	return layouts, g.Wait()
}

// splitLayout looks into one file.
func splitLayout(ctx context.Context, path string, options ingest.Options) (string, error) {
	f, err := storage.Open(ctx, path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	layout, err := ingest.CanSplit(ctx, path, f, f.Size(), options)
	if errors.Is(err, storage.ErrNoRanges) {
		return "", nil // a server that sends whole files only
	}
	return layout, err
}

// split cuts a file into as few parts of at most most bytes as there can be, all as long as each other or a byte shorter.
func split(size, most int64) (parts []Part) {
	n := (size-1)/most + 1
	for i := range n {
		// i*size/n without its overflow
		parts = append(parts, Part{From: size/n*i + size%n*i/n, To: size/n*(i+1) + size%n*(i+1)/n})
	}
	return parts
}
