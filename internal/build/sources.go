package build

import (
	"context"
	"encoding/binary"

	"corpus"
	"corpus/internal/config"

	"github.com/cespare/xxhash/v2"
)

// sampled says whether a record is within a share of all, by a hash of its place: the same records whatever the workers and the parts.
func sampled(seed uint64, o corpus.Origin, share float64) bool {
	h := xxhash.NewWithSeed(seed)
	_, _ = h.WriteString(o.File) // never fails
	_, _ = h.Write(binary.LittleEndian.AppendUint64([]byte{0}, uint64(o.Offset)))
	return float64(h.Sum64()>>11)/(1<<53) < share
}

// hintedStage is the first stage behind ingest, clean. Where neither the input nor the page that it has read says in which
// language a document is, the hint of its source stands for that.
type hintedStage struct {
	corpus.Stage
	languages map[string]string // by source
}

func withHints(stage corpus.Stage, sources []config.Source) corpus.Stage {
	hints := map[string]string{}
	for _, s := range sources {
		if s.Language != "" {
			hints[s.Name] = s.Language
		}
	}
	if len(hints) == 0 {
		return stage
	}
	return hintedStage{stage, hints}
}

func (s hintedStage) Process(ctx context.Context, batch *corpus.Batch) error {
	if err := s.Stage.Process(ctx, batch); err != nil {
		return err
	}
	for d := range batch.Live() {
		if d.Declared.Language == "" {
			d.Declared.Language = s.languages[d.Source]
		}
	}
	return nil
}
