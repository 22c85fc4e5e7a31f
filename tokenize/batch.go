package tokenize

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// keptIDs is the most ids, 4 bytes each, for which an Encoder keeps the memory of IDs.
const keptIDs = 1 << 20

// IDs returns the ids of a text, as Encode appends them, in memory of their own that is no larger than they are. It is
// for callers who keep the ids of many texts: what Encode grows is larger (BenchmarkIDs).
func (e *Encoder) IDs(text string) []uint32 {
	ids := e.Encode(e.ids[:0], text)
	if cap(ids) <= keptIDs {
		e.ids = ids
	}
	return slices.Clip(append([]uint32(nil), ids...))
}

// EncodeBatch returns the ids of every text, each in memory of its own that belongs to the caller. It works on as many
// texts at once as there are workers, or CPUs if workers is less than 1; the result does not depend on their number. The
// only error is that of ctx.
func (m *Model) EncodeBatch(ctx context.Context, texts []string, workers int) ([][]uint32, error) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	out := make([][]uint32, len(texts))
	var taken atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(workers, len(texts)) {
		g.Go(func() error {
			e, ok := m.lazy.encoders.Get().(*Encoder)
			if !ok {
				e = m.NewEncoder()
			}
			defer m.lazy.encoders.Put(e)
			for {
				if err := ctx.Err(); err != nil {
					return err
				}
				i := taken.Add(1) - 1
				if i >= int64(len(texts)) {
					return nil
				}
				out[i] = e.IDs(texts[i])
			}
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
