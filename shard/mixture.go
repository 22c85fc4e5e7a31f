package shard

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"corpus"
)

// MixtureOptions say how much of the training split each source makes up. Without sources every document is taken once.
type MixtureOptions struct {
	// Sources has an entry for every source of the config: its weight, or how many tokens of it are wanted. Default {}, every document once.
	Sources map[string]MixtureSource `yaml:"sources" jsonschema_description:"Sources has an entry for every source of the config: its weight, or how many tokens of it are wanted. Default {}, every document once."`
	// TotalTokens is how many tokens the training split shall have; 0 for as many as the sources with a weight have (default 0).
	TotalTokens int64 `yaml:"total_tokens" jsonschema:"minimum=0" jsonschema_description:"TotalTokens is how many tokens the training split shall have; 0 for as many as the sources with a weight have, beside those asked for by number (default 0)."`
	// MaxEpochs is how often a document is repeated at most, above 0 to 1000 (default 4). Up to 4 repeats are almost as good as new text (Muennighoff et al. 2023, "Scaling Data-Constrained Language Models").
	MaxEpochs float64 `yaml:"max_epochs" jsonschema:"exclusiveMinimum=0,maximum=1000" jsonschema_description:"MaxEpochs is how often a source is repeated at most, above 0 to 1000 (default 4). What a source with a weight cannot give under it is taken from the others."`
}

// MixtureSource is what is wanted of a source: a weight or a number of tokens.
type MixtureSource struct {
	// Weight is the source's share among the sources with a weight, above 0.
	Weight float64 `yaml:"weight" jsonschema:"minimum=0" jsonschema_description:"Weight is the source's share among the sources with a weight, above 0."`
	// Tokens is how many tokens of the source are wanted, 1 or more.
	Tokens int64 `yaml:"tokens" jsonschema:"minimum=0" jsonschema_description:"Tokens is how many tokens of the source are wanted, 1 or more."`
}

// mostEpochs bounds MaxEpochs, and mostMixtureTokens numbers of tokens, so that sums of them can be counted exactly.
const (
	mostEpochs        = 1000
	mostMixtureTokens = 1 << 52
	mostWeight        = 1e12
)

// mixtureStream is the stream of hashes that says whether a document is taken once more than its source's whole epochs.
const mixtureStream = 4

// DefaultMixtureOptions take every document once.
func DefaultMixtureOptions() MixtureOptions {
	return MixtureOptions{Sources: map[string]MixtureSource{}, MaxEpochs: 4}
}

// Enabled says whether there is a mixture.
func (o MixtureOptions) Enabled() bool { return len(o.Sources) > 0 }

// Validate checks what a config can set, but for the names of the sources.
func (o MixtureOptions) Validate() error {
	if !(o.MaxEpochs > 0 && o.MaxEpochs <= mostEpochs) { // also refuses NaN
		return corpus.BadOption("max_epochs", "%v is not above 0 and at most %d", o.MaxEpochs, mostEpochs)
	}
	if o.TotalTokens < 0 || o.TotalTokens > mostMixtureTokens {
		return corpus.BadOption("total_tokens", "%d is not 0 to %d", o.TotalTokens, int64(mostMixtureTokens))
	}
	weights, tokens := 0, int64(0)
	for _, name := range slices.Sorted(maps.Keys(o.Sources)) {
		s, key := o.Sources[name], "sources."+name
		switch {
		case !(s.Weight >= 0 && s.Weight <= mostWeight):
			return corpus.BadOption(key+".weight", "%v is not above 0 and at most %v", s.Weight, mostWeight)
		case s.Tokens < 0 || s.Tokens > mostMixtureTokens:
			return corpus.BadOption(key+".tokens", "%d is not 1 to %d", s.Tokens, int64(mostMixtureTokens))
		case s.Weight > 0 && s.Tokens > 0:
			return corpus.BadOption(key, "name a weight or tokens, not both")
		case s.Weight == 0 && s.Tokens == 0:
			return corpus.BadOption(key, "name a weight or tokens above 0; to leave a source out, take it out of the sources of the config")
		case s.Weight > 0:
			weights++
		}
		tokens = min(tokens+s.Tokens, 2*mostMixtureTokens)
	}
	switch {
	case o.TotalTokens > 0 && !o.Enabled():
		return corpus.BadOption("total_tokens", "is of no use without sources")
	case o.TotalTokens > 0 && weights == 0:
		return corpus.BadOption("total_tokens", "is of no use where every source names its tokens")
	case o.TotalTokens > 0 && tokens >= o.TotalTokens:
		return corpus.BadOption("total_tokens", "%d leaves nothing for the sources with a weight: the others name %d", o.TotalTokens, tokens)
	}
	return nil
}

// ValidateSources checks the names: all of the config's sources and no others.
func (o MixtureOptions) ValidateSources(names []string) error {
	if !o.Enabled() {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(o.Sources)) {
		if !slices.Contains(names, name) {
			return corpus.BadOption("sources."+name, "no source has this name; there are %s", strings.Join(names, ", "))
		}
	}
	for _, name := range names {
		if _, ok := o.Sources[name]; !ok {
			return corpus.BadOption("sources", "source %s is missing: a mixture names every source", name)
		}
	}
	return nil
}

// SourceTokens is what the training split has of a source before the mixture.
type SourceTokens struct {
	Source    string
	Documents int64
	Tokens    int64 // with the tokens that mark beginnings and ends of documents
}

// MixtureShare is the plan for a source.
type MixtureShare struct {
	Source    string  `json:"source"`
	Documents int64   `json:"documents"`      // found for training
	Found     int64   `json:"found_tokens"`   // their tokens
	Wanted    int64   `json:"wanted_tokens"`  // by weight or number, before any source is capped
	Planned   int64   `json:"planned_tokens"` // with the caps
	Epochs    float64 `json:"epochs"`         // planned tokens by found ones: how often a document is taken, on average
	Capped    bool    `json:"capped"`         // more was wanted than max_epochs allows
}

// Mixture is how often the documents of each source are taken.
type Mixture struct {
	Shares []MixtureShare // in the order of the sources
}

// PlanMixture says how often each source is taken. Found has every source once, in the order of the config.
//
// Sources that name tokens get these. The others share by weight what TotalTokens leaves, or, without it, as many
// tokens as they have together: the mixture then changes the shares and not the size. A source that would be taken
// more than MaxEpochs times is capped there. What a capped source with a weight cannot give is shared again among the others with a weight,
// until none goes over or all are capped; what one that names tokens cannot give is missing. A source without tokens is taken once,
// whatever was wanted.
func PlanMixture(o MixtureOptions, found []SourceTokens) (Mixture, error) {
	if err := o.Validate(); err != nil {
		return Mixture{}, err
	}
	var m Mixture
	total, named, weights := int64(0), int64(0), 0.0
	for _, f := range found {
		s, ok := o.Sources[f.Source]
		if !ok || f.Tokens < 0 || f.Tokens > mostMixtureTokens {
			return Mixture{}, fmt.Errorf("source %s with %d tokens is not in the mixture", f.Source, f.Tokens)
		}
		m.Shares = append(m.Shares, MixtureShare{Source: f.Source, Documents: f.Documents, Found: f.Tokens, Wanted: s.Tokens})
		named += s.Tokens
		if s.Weight > 0 {
			total += f.Tokens
			weights += s.Weight
		}
	}
	if o.TotalTokens > 0 {
		total = o.TotalTokens - named
	}
	for i := range m.Shares {
		share := &m.Shares[i]
		if w := o.Sources[share.Source].Weight; w > 0 {
			share.Wanted = part(total, w, weights)
		}
		share.cap(o.MaxEpochs, share.Wanted)
	}
	m.spread(o, total)
	for i := range m.Shares {
		share := &m.Shares[i]
		share.Epochs = 1
		if share.Found > 0 {
			share.Epochs = float64(share.Planned) / float64(share.Found)
		}
	}
	return m, nil
}

// part is a share of a number by weight. The conversions keep a compiler from fusing operations, which would round otherwise.
func part(total int64, weight, weights float64) int64 {
	return int64(float64(float64(total)*float64(weight/weights)) + 0.5)
}

// cap sets what is planned to what is wanted or, where that is too much, to what the epochs allow. It says whether it was too much.
func (s *MixtureShare) cap(epochs float64, wanted int64) bool {
	most := int64(float64(s.Found) * epochs)
	s.Planned = min(wanted, most)
	over := wanted > most
	s.Capped = s.Capped || over
	return over
}

// spread gives what capped sources with a weight cannot give to the others with a weight.
func (m *Mixture) spread(o MixtureOptions, total int64) {
	for again := true; again; {
		rest, weights := total, 0.0
		for _, s := range m.Shares {
			if w := o.Sources[s.Source].Weight; w > 0 && s.Capped {
				rest -= s.Planned
			} else {
				weights += w
			}
		}
		again = false
		for i := range m.Shares {
			s := &m.Shares[i]
			if w := o.Sources[s.Source].Weight; w > 0 && !s.Capped && s.cap(o.MaxEpochs, part(rest, w, weights)) {
				again = true
			}
		}
	}
}

// ForTraining says whether a document counts as one of the training split: the mixture takes no part in validation. In a corpus
// so small that one document changes sides it may be wrong of that one.
func (o Options) ForTraining(ref corpus.Ref) bool { return !o.isValidation(ref) }

// Copies says how often each document of the training split is taken: as often as its source has whole epochs, and once more
// when a hash of seed and ref falls into the rest. Source is the place of a unit's source in Shares.
func (m Mixture) Copies(seed uint64, source func(unit int) int) func(corpus.Ref) int {
	type rate struct {
		whole int
		rest  uint64 // share of the documents that are taken once more, times 2⁶⁴; it is never the whole
	}
	rates := make([]rate, len(m.Shares))
	for i, s := range m.Shares {
		whole := math.Floor(s.Epochs)
		rates[i] = rate{int(whole), uint64(math.Ldexp(s.Epochs-whole, 64))}
	}
	return func(ref corpus.Ref) int {
		r := rates[source(ref.Unit())]
		if r.rest > 0 && hash(seed, mixtureStream, ref) < r.rest {
			return r.whole + 1
		}
		return r.whole
	}
}
