package report

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// Facts are what the datasheet says, counted from the manifest and the ledger. tables/*.csv and datasheet.json carry them too.
type Facts struct {
	Manifest *manifest.Manifest `json:"-"`

	Records   int64          `json:"records"`   // rows of the ledger
	Kept      engine.Count   `json:"kept"`      // documents and bytes of text
	Stages    []StageFacts   `json:"stages"`    // the funnel
	Languages []LanguageFact `json:"languages"` // of kept documents
	DomainsIn []DomainFact   `json:"domains_in"`
	Domains   []DomainFact   `json:"domains_out"`
	DomainsN  [2]int64       `json:"domain_counts"` // distinct domains in and out
	Years     []YearFact     `json:"years"`         // of kept documents
	Lengths   []LengthFact   `json:"lengths"`       // of kept documents
	Types     []TypeFact     `json:"types"`         // of input records
	Sources   []SourceFact   `json:"sources"`
	PII       []SignalFact   `json:"pii"`
	Toxicity  []SignalFact   `json:"toxicity"`
	Clusters  []ClusterFact  `json:"clusters"`
	Damage    []DamageFact   `json:"damage"` // records of the input that could not be read
}

// StageFacts is one step of the funnel.
type StageFacts struct {
	Stage  string       `json:"stage"`
	In     engine.Count `json:"in"`
	Out    engine.Count `json:"out"`
	Edited int64        `json:"edited_bytes"`
	Rules  []RuleFact   `json:"rules"` // by documents dropped, most first
}

// Dropped is the number of documents that the stage dropped.
func (s StageFacts) Dropped() int64 { return s.In.Documents - s.Out.Documents }

// RuleFact counts what a rule dropped.
type RuleFact struct {
	Rule      string `json:"rule"`
	Documents int64  `json:"documents"`
	Bytes     int64  `json:"bytes"`
}

// LanguageFact counts kept text of a language; tokens are without end-of-document tokens.
type LanguageFact struct {
	Language  string `json:"language"`
	Documents int64  `json:"documents"`
	Bytes     int64  `json:"bytes"`
	Tokens    int64  `json:"tokens"`
}

// DomainFact counts a registrable domain's records and content bytes.
type DomainFact struct {
	Domain    string `json:"domain"`
	Documents int64  `json:"documents"`
	Bytes     int64  `json:"bytes"`
}

// YearFact counts kept documents by year of capture; "" is unknown.
type YearFact struct {
	Year      string `json:"year"`
	Documents int64  `json:"documents"`
}

// LengthFact counts kept documents of From to below To bytes of text.
type LengthFact struct {
	From      int64 `json:"from"`
	To        int64 `json:"to"`
	Documents int64 `json:"documents"`
}

// TypeFact counts input records by record type.
type TypeFact struct {
	Type    string `json:"type"`
	Records int64  `json:"records"`
	Bytes   int64  `json:"bytes"`
}

// SourceFact counts a source's records and what is left of them.
type SourceFact struct {
	Source     string       `json:"source"`
	License    string       `json:"license"`
	Records    int64        `json:"records"`
	Bytes      int64        `json:"bytes"`
	Curated    int64        `json:"curated"` // documents that reached dedup
	Duplicates int64        `json:"duplicates"`
	Kept       engine.Count `json:"kept"`
}

// LossToDuplicates is the share of a source's curated documents that dedup removed.
func (s SourceFact) LossToDuplicates() float64 {
	if s.Curated == 0 {
		return 0
	}
	return float64(s.Duplicates) / float64(s.Curated)
}

// SignalFact sums a signal over kept documents and over all that carry it.
type SignalFact struct {
	Name         string  `json:"name"`
	Documents    int64   `json:"documents"` // kept documents with a value above 0
	Sum          float64 `json:"sum"`
	AllDocuments int64   `json:"all_documents"` // kept or dropped
	AllSum       float64 `json:"all_sum"`
}

// ClusterFact counts duplicate clusters by size.
type ClusterFact struct {
	Size     int64 `json:"size"`
	Clusters int64 `json:"clusters"`
}

// DamageFact is a record that the input's reader could not make sense of.
type DamageFact struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Rule   string `json:"rule"`
	Value  string `json:"value"`
}

// maxDomains and maxDamage bound the tables of the page; the counts cover all.
const (
	maxDomains = 50
	maxDamage  = 200
)

// damageRules are the ingest rules that mean a broken record or file.
var damageRules = []string{"malformed", "truncated", "undecodable", "bad_json", "unsupported_format"}

// gather reads the ledger once.
func gather(ctx context.Context, dir string, m *manifest.Manifest) (*Facts, error) {
	c := newCounter(m)
	for unit := range m.Inputs {
		path := filepath.Join(dir, filepath.FromSlash(manifest.LedgerPath(unit)))
		for row, err := range table.Read[manifest.Row](path) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			c.row(&row)
		}
	}
	return c.facts(), nil
}

// counter sums over ledger rows. Its maps grow with the number of distinct domains,
// languages and years, not with the number of rows.
type counter struct {
	f         *Facts
	languages map[string]*LanguageFact
	domainsIn map[string]*DomainFact
	domains   map[string]*DomainFact
	years     map[string]int64
	lengths   map[int]int64 // by power of two
	types     map[string]*TypeFact
	sources   map[string]*SourceFact
	signals   map[string]*SignalFact
}

func newCounter(m *manifest.Manifest) *counter {
	c := &counter{
		f: &Facts{Manifest: m}, languages: map[string]*LanguageFact{}, domainsIn: map[string]*DomainFact{},
		domains: map[string]*DomainFact{}, years: map[string]int64{}, lengths: map[int]int64{},
		types: map[string]*TypeFact{}, sources: map[string]*SourceFact{}, signals: map[string]*SignalFact{},
	}
	for _, s := range m.Sources {
		c.sources[s.Name] = &SourceFact{Source: s.Name, License: s.License}
	}
	return c
}

func (c *counter) row(r *manifest.Row) {
	c.f.Records++
	add(c.types, r.Type, func(t *TypeFact) { t.Type = r.Type; t.Records++; t.Bytes += r.Bytes })
	add(c.sources, r.Source, func(s *SourceFact) {
		s.Source = r.Source
		s.Records++
		s.Bytes += r.Bytes
		if r.Index >= 0 {
			s.Curated++
		}
		if r.DuplicateOf != "" {
			s.Duplicates++
		}
	})
	if r.Bytes > 0 && r.Domain != "" {
		add(c.domainsIn, r.Domain, func(d *DomainFact) { d.Domain = r.Domain; d.Documents++; d.Bytes += r.Bytes })
	}
	for _, s := range r.Signals {
		add(c.signals, s.Name, func(f *SignalFact) { f.add(s, r.Kept) })
	}
	if r.Stage == c.f.Manifest.Stages[0].Stage && slices.Contains(damageRules, r.Rule) && len(c.f.Damage) < maxDamage {
		c.f.Damage = append(c.f.Damage, DamageFact{File: r.File, Offset: r.Offset, Rule: r.Rule, Value: r.Value})
	}
	if r.Kept {
		c.kept(r)
	}
}

func (c *counter) kept(r *manifest.Row) {
	c.f.Kept.Documents++
	c.f.Kept.Bytes += r.LastBytes
	s := c.sources[r.Source]
	s.Kept.Documents++
	s.Kept.Bytes += r.LastBytes
	add(c.languages, r.Language, func(l *LanguageFact) { l.Language = r.Language; l.Documents++; l.Bytes += r.LastBytes })
	if r.Domain != "" {
		add(c.domains, r.Domain, func(d *DomainFact) { d.Domain = r.Domain; d.Documents++; d.Bytes += r.LastBytes })
	}
	c.years[r.Date[:min(4, len(r.Date))]]++
	power := 0
	for n := r.LastBytes; n > 1; n /= 2 {
		power++
	}
	c.lengths[power]++
}

func (f *SignalFact) add(s table.Signal, kept bool) {
	f.Name = s.Name
	if s.Value <= 0 {
		return
	}
	f.AllDocuments++
	f.AllSum += s.Value
	if kept {
		f.Documents++
		f.Sum += s.Value
	}
}

func add[T any](m map[string]*T, key string, update func(*T)) {
	v := m[key]
	if v == nil {
		v = new(T)
		m[key] = v
	}
	update(v)
}

// facts sorts what was counted.
func (c *counter) facts() *Facts {
	f, m := c.f, c.f.Manifest
	for _, s := range m.Stages {
		f.Stages = append(f.Stages, stageFacts(s))
	}
	for lang, l := range c.languages {
		l.Tokens = m.Tokenizer.Languages[lang].Tokens
	}
	f.Languages = sorted(c.languages, func(a, b LanguageFact) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Language, b.Language))
	})
	byBytes := func(a, b DomainFact) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Domain, b.Domain))
	}
	f.DomainsN = [2]int64{int64(len(c.domainsIn)), int64(len(c.domains))}
	f.DomainsIn, f.Domains = sorted(c.domainsIn, byBytes), sorted(c.domains, byBytes)
	f.Types = sorted(c.types, func(a, b TypeFact) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Type, b.Type))
	})
	for _, s := range m.Sources {
		f.Sources = append(f.Sources, *c.sources[s.Name])
	}
	for year, n := range c.years {
		f.Years = append(f.Years, YearFact{year, n})
	}
	slices.SortFunc(f.Years, func(a, b YearFact) int { return cmp.Compare(a.Year, b.Year) })
	for power, n := range c.lengths {
		f.Lengths = append(f.Lengths, LengthFact{From: 1 << power, To: 2 << power, Documents: n})
	}
	slices.SortFunc(f.Lengths, func(a, b LengthFact) int { return cmp.Compare(a.From, b.From) })
	for size, n := range m.Dedup.ClusterSizes {
		f.Clusters = append(f.Clusters, ClusterFact{size, n})
	}
	slices.SortFunc(f.Clusters, func(a, b ClusterFact) int { return cmp.Compare(a.Size, b.Size) })
	f.PII, f.Toxicity = c.signalGroup("pii_"), c.signalGroup("toxicity_")
	return f
}

func (c *counter) signalGroup(prefix string) []SignalFact {
	group := map[string]*SignalFact{}
	for name, s := range c.signals {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			group[name] = s
		}
	}
	return sorted(group, func(a, b SignalFact) int { return cmp.Compare(a.Name, b.Name) })
}

func stageFacts(s engine.Counts) StageFacts {
	out := StageFacts{Stage: s.Stage, In: s.In, Out: s.Out, Edited: s.Edited}
	for rule, n := range s.Dropped {
		out.Rules = append(out.Rules, RuleFact{rule, n.Documents, n.Bytes})
	}
	slices.SortFunc(out.Rules, func(a, b RuleFact) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

func sorted[T any](m map[string]*T, order func(a, b T) int) []T {
	list := make([]T, 0, len(m))
	for _, v := range m {
		list = append(list, *v)
	}
	slices.SortFunc(list, order)
	return list
}
