package audit

import (
	"context"
	"io"

	"corpus"
	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/storage"
)

// inputFiles reads records again from the files that a folder was built from.
type inputFiles struct {
	root    string                    // where relative paths start
	options map[string]ingest.Options // by source
}

func newInputFiles(c *config.Config, root string) *inputFiles {
	x := &inputFiles{root: root, options: map[string]ingest.Options{}}
	for _, s := range c.Sources {
		x.options[s.Name] = s.Options
	}
	return x
}

// read reads the record at an origin and checks its digest. It ends with the context, also where a
// compressed stream has to be decoded from its beginning.
func (x *inputFiles) read(ctx context.Context, o corpus.Origin, source string) (*corpus.Document, error) {
	options, ok := x.options[source]
	if !ok {
		options = ingest.DefaultOptions()
	}
	f, err := storage.Open(ctx, under(x.root, o.File))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ingest.ReadAt(&contextReaderAt{ctx: ctx, r: f}, f.Size(), o, source, options)
}

// contextReaderAt reads until its context ends.
type contextReaderAt struct {
	ctx context.Context
	r   io.ReaderAt
}

func (c *contextReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.ReadAt(p, off)
}

// buildConfig is the config that a folder was built with.
func buildConfig(dir string) (*config.Config, error) {
	p, err := build.ReadPlan(dir)
	if err != nil {
		return nil, err
	}
	return config.ParseJSON("the build's config", p.Config)
}
