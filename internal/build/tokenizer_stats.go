package build

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"corpus"
	"corpus/ingest"
	"corpus/tokenize"
)

// TokenizerStatsOptions describe the command `corpus tokenizer stats`.
type TokenizerStatsOptions struct {
	Model   *tokenize.Model
	Top     int // number of tokens to name in each list
	Workers int // 0: one per core
	// Watch, if not nil, is called now and then; never with Final set.
	Watch func(Progress)
}

// TokenizerStats is how a tokenizer does on the text of files. It depends on the tokenizer and the documents alone.
type TokenizerStats struct {
	Model      string          `json:"model"`
	Pattern    string          `json:"pattern"`
	Dropped    int64           `json:"dropped_records"` // that are no documents
	NoText     int64           `json:"documents_without_text"`
	Total      TextStats       `json:"total"`
	Sources    []TextStats     `json:"sources"`   // most bytes first
	Languages  []TextStats     `json:"languages"` // as the documents say, most bytes first
	Vocabulary VocabularyStats `json:"vocabulary"`
}

// TextStats is an amount of text in several units. A word is a run of characters that are not white space.
type TextStats struct {
	Name               string  `json:"name,omitempty"` // "unknown" where documents say none, "others" for the rest of more than 1,000
	Documents          int64   `json:"documents"`
	Bytes              int64   `json:"bytes"`
	Characters         int64   `json:"characters"`
	Words              int64   `json:"words"`
	Tokens             int64   `json:"tokens"`
	BytesPerToken      float64 `json:"bytes_per_token"` // this and the next two are 0 without tokens, or words
	CharactersPerToken float64 `json:"characters_per_token"`
	TokensPerWord      float64 `json:"tokens_per_word"`
}

// VocabularyStats is how much of a vocabulary a text uses. Special tokens take no part.
type VocabularyStats struct {
	Size     int        `json:"size"`
	Special  int        `json:"special_tokens"` // not in Size
	Used     int        `json:"used"`
	Unused   int        `json:"unused"`
	Once     int        `json:"used_once"`
	Coverage []Coverage `json:"coverage"`
	Top      []TokenUse `json:"top"`     // those that cover most bytes
	Longest  []TokenUse `json:"longest"` // of the whole vocabulary, used or not
}

// Coverage is the share of the text's bytes, 0 to 1, that the tokens with most bytes cover.
type Coverage struct {
	Tokens int     `json:"tokens"`
	Share  float64 `json:"share"`
}

// TokenUse is a token and how often the text has it.
type TokenUse struct {
	ID    uint32  `json:"id"`
	Text  string  `json:"text"` // bytes that are no UTF-8 as U+FFFD
	Bytes int     `json:"bytes"`
	Count int64   `json:"count"`
	Share float64 `json:"share"` // of the text's bytes
}

// MeasureTokenizer encodes the text of files and adds up what it found. Memory is bounded: a few MiB and eight bytes per
// token of the vocabulary for each worker.
func MeasureTokenizer(ctx context.Context, patterns []string, o TokenizerStatsOptions) (*TokenizerStats, error) {
	inputs, err := ingest.Expand(ctx, patterns)
	if err != nil {
		return nil, err
	}
	f := &tokenizerFiles{inputs: inputs, workers: o.Workers, watch: o.Watch}
	if f.workers <= 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	stage := newMeasureTokens(o.Model, f.workers)
	if err := f.run(ctx, "encode", stage); err != nil {
		return nil, err
	}
	sum := stage.sum()
	return &TokenizerStats{
		Model: o.Model.Kind(), Pattern: o.Model.Pattern().Name,
		Dropped: sum.dropped, NoText: sum.noText,
		Total: sum.total.finished(""), Sources: sum.sources.list(), Languages: sum.languages.list(),
		Vocabulary: vocabularyStats(o.Model, sum.counts, o.Top),
	}, nil
}

// measureTokens is the pipeline stage that encodes and counts. Sums do not depend on who adds them.
type measureTokens struct {
	workers chan *tokenTally
}

func newMeasureTokens(m *tokenize.Model, workers int) *measureTokens {
	s := &measureTokens{workers: make(chan *tokenTally, workers)}
	for range workers {
		s.workers <- &tokenTally{
			encoder: m.NewEncoder(), counts: make([]int64, m.VocabSize()),
			sources: newTextGroups(), languages: newTextGroups(),
		}
	}
	return s
}

func (*measureTokens) Name() string { return "encode" }

func (s *measureTokens) Process(ctx context.Context, batch *corpus.Batch) error {
	t := <-s.workers
	defer func() { s.workers <- t }()
	for _, d := range batch.Documents {
		t.add(d)
	}
	return ctx.Err()
}

// sum adds up what the workers counted; none must be at work any more.
func (s *measureTokens) sum() *tokenTally {
	sum := <-s.workers
	for range cap(s.workers) - 1 {
		sum.merge(<-s.workers)
	}
	return sum
}

// coverageSteps are the numbers of tokens whose share of the text is told.
var coverageSteps = []int{10, 100, 1_000, 10_000, 100_000}

func vocabularyStats(m *tokenize.Model, counts []int64, top int) VocabularyStats {
	var s VocabularyStats
	var all []TokenUse
	bytes := int64(0)
	special := map[uint32]bool{}
	for _, t := range m.SpecialTokens() {
		special[t.ID] = true
	}
	s.Special = len(special)
	for id, n := range counts {
		token, ok := m.Token(uint32(id))
		if !ok || special[uint32(id)] {
			continue
		}
		all = append(all, TokenUse{ID: uint32(id), Bytes: len(token), Count: n})
		bytes += n * int64(len(token))
		switch n {
		case 0:
			s.Unused++
		case 1:
			s.Once++
		}
	}
	s.Size, s.Used = len(all), len(all)-s.Unused
	for i := range all {
		all[i].Share = share(all[i].Count*int64(all[i].Bytes), bytes)
	}
	name := func(list []TokenUse) []TokenUse {
		list = slices.Clone(list[:min(top, len(list))])
		for i := range list {
			token, _ := m.Token(list[i].ID)
			list[i].Text = string([]rune(string(token))) // what is no UTF-8 becomes U+FFFD
		}
		return list
	}
	slices.SortFunc(all, func(a, b TokenUse) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.ID, b.ID))
	})
	s.Longest = name(all)
	slices.SortFunc(all, func(a, b TokenUse) int {
		return cmp.Or(cmp.Compare(b.Count*int64(b.Bytes), a.Count*int64(a.Bytes)), cmp.Compare(a.ID, b.ID))
	})
	s.Top = name(all[:s.Used])
	covered, n := int64(0), 0
	for _, step := range coverageSteps {
		if step >= s.Used {
			break
		}
		for ; n < step; n++ {
			covered += all[n].Count * int64(all[n].Bytes)
		}
		s.Coverage = append(s.Coverage, Coverage{step, share(covered, bytes)})
	}
	return s
}

// share is a part of a whole, 0 where there is nothing.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
