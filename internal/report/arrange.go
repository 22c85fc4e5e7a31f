package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// facts puts what was counted in order; domains are left to gather.
func (c *counter) facts() *Facts {
	f := &Facts{
		Manifest: c.m, Records: c.records, Pages: c.m.Stages[0].Out, Kept: c.kept, Tokenizer: c.m.Tokenizer, Shards: c.m.Shards,
		Types: c.sortedTypes(), Languages: c.sortedLanguages(), Years: c.sortedYears(), Lengths: c.sortedLengths(),
		Duplicates: c.duplicates(), Signals: c.sortedSignals(), Scores: c.toxicityScores(), PII: c.pii(), Damage: c.damageCounts(), Broken: c.broken, Unread: c.unread,
		Rights: c.sortedRights(), Speaking: c.speaking, Heads: c.heads, Parsed: c.parsed, Models: append([]manifest.Model{}, c.m.Models...),
		Stages: []StageFact{}, Sources: []SourceFact{},
	}
	f.Shards.Mixture = append([]manifest.MixtureSource{}, f.Shards.Mixture...)
	for _, bytes := range c.sizes {
		count(&f.Inputs, bytes)
	}
	names := []string{}
	for _, s := range c.m.Stages {
		f.Stages = append(f.Stages, stageFact(s))
		names = append(names, s.Stage)
	}
	for i, label := range StageLabels(names) {
		f.Stages[i].Label = label
	}
	for _, s := range c.m.Sources {
		f.Sources = append(f.Sources, *c.sources[s.Name])
	}
	return f
}

// StageLabels are the names of stages in pipeline order as people read them: where a filter and a dedup method have one name, such as url, each
// says which it is. Dedup comes behind all filters.
func StageLabels(names []string) []string {
	labels := slices.Clone(names)
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			labels[i] += " (dedup)"
		case slices.Contains(names[i+1:], name):
			labels[i] += " (filter)"
		}
	}
	return labels
}

func stageFact(s engine.Counts) StageFact {
	out := StageFact{Stage: s.Stage, In: s.In, Out: s.Out, Edited: s.Edited, Rules: []RuleFact{}}
	for rule, n := range s.Dropped {
		out.Rules = append(out.Rules, RuleFact{rule, n})
		out.Dropped.Documents += n.Documents
		out.Dropped.Bytes += n.Bytes
	}
	slices.SortFunc(out.Rules, func(a, b RuleFact) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

func (c *counter) sortedTypes() []TypeFact {
	list := []TypeFact{}
	for name, n := range c.types {
		list = append(list, TypeFact{name, n})
	}
	slices.SortFunc(list, func(a, b TypeFact) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Type, b.Type))
	})
	return list
}

func (c *counter) sortedLanguages() []LanguageFact {
	list := []LanguageFact{}
	for name, l := range c.languages {
		list = append(list, LanguageFact{Language: name, Identified: l.Identified, Kept: l.Kept, Tokens: c.m.Tokenizer.Languages[name].Tokens})
	}
	slices.SortFunc(list, func(a, b LanguageFact) int {
		return cmp.Or(cmp.Compare(b.Kept.Bytes, a.Kept.Bytes), cmp.Compare(b.Identified, a.Identified), cmp.Compare(a.Language, b.Language))
	})
	return list
}

func (c *counter) sortedYears() []YearFact {
	list := []YearFact{}
	for _, y := range slices.Sorted(maps.Keys(c.years)) {
		if y != "" {
			list = append(list, YearFact{y, c.years[y]})
		}
	}
	if n := c.years[""]; n > 0 {
		list = append(list, YearFact{"", n})
	}
	return list
}

// sortedLengths has every power of two between the shortest and the longest document.
func (c *counter) sortedLengths() []LengthFact {
	list := []LengthFact{}
	if len(c.lengths) == 0 {
		return list
	}
	powers := slices.Sorted(maps.Keys(c.lengths))
	for p := powers[0]; p <= powers[len(powers)-1]; p++ {
		l := LengthFact{From: 0, To: 1, Documents: c.lengths[p]}
		if p >= 0 {
			l.From, l.To = 1<<p, 2<<p
		}
		list = append(list, l)
	}
	return list
}

func (c *counter) sortedSignals() []SignalFact {
	list := []SignalFact{}
	for _, name := range slices.Sorted(maps.Keys(c.signals)) {
		s := *c.signals[name]
		s.Name = name
		list = append(list, s)
	}
	return list
}

// toxicityScores has all parts, or none where no document was scored.
func (c *counter) toxicityScores() []ScoreFact {
	list := []ScoreFact{}
	if c.signals[signalWorst] == nil {
		return list
	}
	for i, n := range c.scores {
		list = append(list, ScoreFact{From: float64(i) / scoreParts, To: float64(i+1) / scoreParts, Documents: n[0], AllDocuments: n[0] + n[1]})
	}
	return list
}

// sortedRights has the statements by kind and place, the most frequent first.
func (c *counter) sortedRights() []RightsFact {
	list := []RightsFact{}
	for _, f := range c.rights {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b RightsFact) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Records, a.Records), cmp.Compare(a.Where, b.Where), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(len(list), maxListed)]
}

// damageCounts has every rule for damage that rejected something.
func (c *counter) damageCounts() []DamageFact {
	list := []DamageFact{}
	for _, d := range damageRules() {
		if n := c.dropped[stageRule{c.ingest(), d.rule}].Documents; n > 0 {
			list = append(list, DamageFact{d.rule, d.meaning, n})
		}
	}
	return list
}

// piiPrefix begins the names of the signals that count finds of personal data.
const piiPrefix = "pii_"

// pii has every type that the config or a signal names, where the filter ran.
func (c *counter) pii() []PIIFact {
	list := []PIIFact{}
	if !slices.ContainsFunc(c.m.Stages, func(s engine.Counts) bool { return s.Stage == "pii" }) {
		return list
	}
	actions := piiActions(c.m.Config)
	types := map[string]bool{}
	for t := range actions {
		types[t] = true
	}
	for name := range c.signals {
		if t, ok := strings.CutPrefix(name, piiPrefix); ok {
			types[t] = true
		}
	}
	for _, t := range slices.Sorted(maps.Keys(types)) {
		p := PIIFact{Type: t, Action: actions[t]}
		if s := c.signals[piiPrefix+t]; s != nil {
			p.Documents, p.Found, p.AllDocuments, p.AllFound = s.Documents, int64(s.Sum), s.AllDocuments, int64(s.AllSum)
		}
		list = append(list, p)
	}
	return list
}

// piiActions reads from the resolved config what the filter pii was to do, by type. It returns
// nil where the config has another form than this version's; the types then come from the signals.
func piiActions(config json.RawMessage) map[string]string {
	var c struct {
		Filters []map[string]map[string]json.RawMessage `json:"filters"`
	}
	if json.Unmarshal(config, &c) != nil {
		return nil
	}
	actions := map[string]string{}
	for _, f := range c.Filters {
		for name, option := range f["pii"] {
			var rule struct {
				Action string `json:"action"`
			}
			if json.Unmarshal(option, &rule) == nil && rule.Action != "" {
				actions[name] = rule.Action
			}
		}
	}
	return actions
}
