package build

import (
	"context"
	"fmt"
	"os"

	"corpus/dedup/substring"
	"corpus/internal/spill"
)

// edits runs the methods that take parts out of texts. Each leaves its removals and a commit record.
func (b *build) edits(ctx context.Context) error {
	for _, method := range EditMethods(b.Config.Dedup.Methods) {
		find := b.substring
		if method == stageParagraph {
			find = b.paragraphs
		}
		if err := find(ctx); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
	}
	return nil
}

// substringResult is the result of the phase substring.
type substringResult struct {
	Documents int64 `json:"documents"` // that were searched
	Bytes     int64 `json:"bytes"`     // of their text
	Edited    int64 `json:"edited"`    // documents that lose something and stay
	Dropped   int64 `json:"dropped"`   // documents of which too little is left
	Ranges    int64 `json:"ranges"`    // passages that go, those of dropped documents included
	Removed   int64 `json:"removed"`   // their bytes
}

// substring finds the passages that the surviving texts hold more than once.
func (b *build) substring(ctx context.Context) error {
	todo, err := b.pending(stageSubstring, 1)
	if err != nil {
		return err
	}
	if len(todo) > 0 {
		if err := b.spool(ctx, stageSubstring); err != nil {
			return err
		}
		if err := b.findRepeats(ctx); err != nil {
			return err
		}
	}
	return os.RemoveAll(b.path(spoolDir)) // what was found says all that is needed of it
}

func (b *build) findRepeats(ctx context.Context) error {
	texts, err := b.openTexts(ctx)
	if err != nil {
		return err
	}
	defer texts.close()
	folder := b.path(spoolDir + "/search")
	if err := os.RemoveAll(folder); err != nil { // of a run that was interrupted
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	memory := b.memoryBudget()
	run := removalsPath(stageSubstring)
	out := spill.NewSorter(b.path(run), spill.Options{MemoryBytes: memory / 8})
	defer out.Abort() // without effect once closed
	result := substringResult{Documents: int64(len(texts.places)), Bytes: texts.size()}
	b.expectBytes(result.Bytes)
	err = texts.repeats(ctx, b.Config.Dedup.Substring, folder, memory*7/8, func(n int64) { b.state.read.Add(n) }, func(r substring.Removal) error {
		result.add(r)
		return addRemoval(out, texts.removal(r))
	})
	if err != nil {
		return err
	}
	if _, err := out.Close(ctx); err != nil {
		return err
	}
	return b.commit(record{phase: stageSubstring, name: "passages", outputs: []string{run}, result: result})
}

func (s *substringResult) add(r substring.Removal) {
	s.Ranges += int64(len(r.Ranges))
	for _, x := range r.Ranges {
		s.Removed += x.Length
	}
	if r.Drop {
		s.Dropped++
	} else {
		s.Edited++
	}
}

// removal puts the Refs of documents in the place of their numbers.
func (t *textStore) removal(r substring.Removal) removal {
	out := removal{Ref: t.places[r.Document].ref, Drop: r.Drop, Ranges: make([]removedRange, len(r.Ranges))}
	for i, x := range r.Ranges {
		out.Ranges[i] = removedRange{Offset: x.Offset, Length: x.Length, Partner: t.places[x.Partner].ref, PartnerOffset: x.PartnerOffset}
	}
	return out
}

// expectBytes tells the reporter how many bytes of text there are to read.
func (b *build) expectBytes(total int64) {
	s := b.state
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meters, s.total, s.before, s.bytes = nil, total, 0, true
	s.read.Store(0)
}

// StepPhases are the phases of dedup whose units are steps of the work and leave no tables: their number is the config's affair.
func StepPhases() []string {
	return []string{"earlier", "index", "texts", "reduce", phaseParagraphMap, phaseParagraphReduce, stageParagraph, spoolPhase, stageSubstring}
}
