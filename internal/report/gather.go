package report

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// maxListed bounds the rows of each table that grows with the input: what has most comes first, and statements count all of it.
// maxTypes bounds the record types told apart: a file may invent a type for every record.
const (
	maxListed = 10_000
	maxTypes  = 100
)

// otherTypes stands for the record types beyond maxTypes.
const otherTypes = "(other types)"

// gather reads the ledger and compares it with the accounts of the manifest: a datasheet is written only if both agree. It holds at most maxDomains domains at once.
func gather(ctx context.Context, dir string, m *manifest.Manifest, maxDomains int) (*Facts, error) {
	if len(m.Stages) == 0 {
		return nil, errors.New("datasheet: the manifest has no stages")
	}
	if err := engine.CheckChain(m.Stages); err != nil {
		return nil, fmt.Errorf("datasheet: %w", err)
	}
	c := newCounter(m, maxDomains)
	if err := eachRow(ctx, dir, m.FirstUnit(), m.Units(), c.row); err != nil {
		return nil, err
	}
	if err := c.reconcile(); err != nil {
		return nil, fmt.Errorf("datasheet: ledger and manifest disagree: %w", err)
	}
	f := c.facts()
	if err := f.addDocuments(ctx, dir); err != nil {
		return nil, fmt.Errorf("datasheet: ledger and manifest disagree: %w", err)
	}
	f.Duplicates.nearestFirst()
	var err error
	f.Domains, f.Duplicates.Domains, err = c.domains.facts(c.options.warnRemoved, func(part *domainCounter) error {
		return eachRow(ctx, dir, m.FirstUnit(), m.Units(), func(_ int, r *domainRow) error {
			part.row(*r)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	f.Warnings = duplicateWarnings(f, c.options.warnRemoved)
	return f, nil
}

// counter sums over ledger rows. Its maps grow with the number of distinct sources, rules, languages and years; domains and types are bounded.
type counter struct {
	m         *manifest.Manifest
	records   engine.Count
	kept      engine.Count
	dropped   map[stageRule]engine.Count
	types     map[string]engine.Count
	sources   map[string]*SourceFact
	languages map[string]*LanguageFact
	years     map[string]int64
	lengths   map[int]int64 // by power of two; -1: no bytes
	signals   map[string]*SignalFact
	scores    [scoreParts][2]int64 // documents by toxicity_score: kept, dropped
	rights    map[table.Evidence]*RightsFact
	speaking  engine.Count    // records with a statement; bytes of content
	heads     int64           // records whose HTTP head was read for statements
	parsed    int64           // records whose page was
	damaging  map[string]bool // the ingest rules for damage
	broken    []BrokenFact
	unread    []UnreadFact
	domains   *domainCounter
	sizes     map[string]int64 // of the input files
	options   dedupOptions
	// What dedup took, by source and by language.
	lostSources, lostLanguages map[string]*lost
	cut                        map[string]int64 // bytes that dedup methods cut out of texts, by the signals that say so
	copies                     map[string]int64 // documents that name another as the one that stays, by the stage that dropped them
}

type stageRule struct{ stage, rule string }

func newCounter(m *manifest.Manifest, maxDomains int) *counter {
	c := &counter{
		m: m, dropped: map[stageRule]engine.Count{}, types: map[string]engine.Count{}, sources: map[string]*SourceFact{},
		languages: map[string]*LanguageFact{}, years: map[string]int64{}, lengths: map[int]int64{}, signals: map[string]*SignalFact{}, rights: map[table.Evidence]*RightsFact{},
		damaging: map[string]bool{}, broken: []BrokenFact{}, unread: []UnreadFact{},
		domains: newDomainCounter(m.Stages[0].Stage, m.Dedup.Methods, maxDomains), sizes: map[string]int64{},
		options: readDedupOptions(m.Config), lostSources: map[string]*lost{}, lostLanguages: map[string]*lost{}, cut: map[string]int64{}, copies: map[string]int64{},
	}
	for _, in := range m.Inputs {
		c.sizes[in.Path] += in.Bytes
	}
	for _, s := range m.Sources {
		c.sources[s.Name] = &SourceFact{Source: s.Name}
	}
	for _, d := range damageRules() {
		c.damaging[d.rule] = true
	}
	return c
}

// ingest is the name of the first stage.
func (c *counter) ingest() string { return c.m.Stages[0].Stage }

func (c *counter) row(unit int, r *row) error {
	source := c.sources[r.Source]
	if source == nil {
		return fmt.Errorf("source %q is not in the manifest", r.Source)
	}
	count(&c.records, r.Bytes)
	count(&source.Records, r.Bytes)
	if r.Index >= 0 && r.Stage != manifest.StageLimit {
		source.Curated++
	}
	if err := c.countDuplicate(unit, r, source); err != nil {
		return err
	}
	c.countType(r)
	for _, s := range r.Signals {
		switch s.Name {
		case signalHeads:
			c.heads++
		case signalPages:
			c.parsed++
		case signalWorst:
			c.score(s.Value, r.Kept)
		}
		at(c.signals, s.Name).add(s, r.Kept)
		c.countCut(s)
	}
	c.countRights(r)
	if r.Language != "" {
		at(c.languages, r.Language).Identified++
	}
	c.domains.row(domainRow{Index: r.Index, Domain: r.Domain, Bytes: r.Bytes, Kept: r.Kept, Stage: r.Stage, LastBytes: r.LastBytes, Signals: r.Signals})
	if r.Kept {
		count(&source.Kept, r.LastBytes)
		c.keep(r)
		return nil
	}
	n := c.dropped[stageRule{r.Stage, r.Rule}]
	count(&n, r.LastBytes)
	c.dropped[stageRule{r.Stage, r.Rule}] = n
	if r.Stage == c.ingest() {
		c.damage(r)
	}
	return nil
}

func (c *counter) keep(r *row) {
	count(&c.kept, r.LastBytes)
	count(&at(c.languages, r.Language).Kept, r.LastBytes)
	c.years[year(r.Date)]++
	c.lengths[power(r.LastBytes)]++
}

func (c *counter) countType(r *row) {
	key := r.Type
	n, known := c.types[key]
	if !known && len(c.types) >= maxTypes {
		key = otherTypes
		n = c.types[key]
	}
	count(&n, r.Bytes)
	c.types[key] = n
}

// damage lists a record that could not be read, or a file of a kind that is not read.
func (c *counter) damage(r *row) {
	switch {
	case !c.damaging[r.Rule]:
	case r.Rule == ruleUnread && len(c.unread) < maxListed:
		c.unread = append(c.unread, UnreadFact{File: r.File, Kind: r.Value, Bytes: c.sizes[r.File]})
	case r.Rule != ruleUnread && len(c.broken) < maxListed:
		c.broken = append(c.broken, BrokenFact{File: r.File, Offset: r.Offset, Length: r.Length, Codec: r.Codec, Rule: r.Rule, Value: r.Value})
	}
}

// add sums a value above 0; what is no number counts as nothing.
func (f *SignalFact) add(s table.Signal, kept bool) {
	if !(s.Value > 0) || math.IsInf(s.Value, 0) {
		return
	}
	f.AllDocuments++
	f.AllSum += s.Value
	if kept {
		f.Documents++
		f.Sum += s.Value
	}
}

// scoreParts is the number of parts that scores from 0 to 1 are counted in.
const scoreParts = 10

// score counts a document by its score; what is no number from 0 to 1 is not counted.
func (c *counter) score(value float64, kept bool) {
	if !(value >= 0 && value <= 1) {
		return
	}
	n := &c.scores[min(int(value*scoreParts), scoreParts-1)]
	if kept {
		n[0]++
	} else {
		n[1]++
	}
}

func count(c *engine.Count, bytes int64) {
	c.Documents++
	c.Bytes += bytes
}

// maxStatements bounds the statements told apart: a licence's address may be another on every page.
const maxStatements = 100_000

// otherStatements stands for the values beyond maxStatements.
const otherStatements = "(other values)"

// countRights counts each statement once for a record that repeats it.
func (c *counter) countRights(r *row) {
	if len(r.Rights) > 0 {
		count(&c.speaking, r.Bytes)
	}
	for i, e := range r.Rights {
		if slices.Contains(r.Rights[:i], e) {
			continue
		}
		if c.rights[e] == nil && len(c.rights) >= maxStatements {
			e.Value = otherStatements
		}
		f := c.rights[e]
		if f == nil {
			f = &RightsFact{Kind: e.Kind, Where: e.Where, Value: e.Value}
			c.rights[e] = f
		}
		f.Records++
		switch {
		case r.Kept:
			f.Kept++
		case r.Stage == stageRights:
			f.Dropped++
		}
	}
}

// at is the entry of a map, made where there is none.
func at[T any](m map[string]*T, key string) *T {
	v := m[key]
	if v == nil {
		v = new(T)
		m[key] = v
	}
	return v
}

// countDuplicate counts what dedup did to a document.
func (c *counter) countDuplicate(unit int, r *row, source *SourceFact) error {
	if r.DuplicateOf != "" {
		refUnit, refIndex, ok := parseRef(r.DuplicateOf)
		before := refUnit < unit || refUnit == unit && refIndex < r.Index
		switch {
		case !ok || refUnit == unit && refIndex == r.Index:
			return fmt.Errorf("document %d:%d is a duplicate of %q, which is no other document", unit, r.Index, r.DuplicateOf)
		case !before && len(c.options.survivor) == 0:
			return fmt.Errorf("document %d:%d is a duplicate of %q, which is no earlier document", unit, r.Index, r.DuplicateOf)
		}
		source.Duplicates++
		c.copies[r.Stage]++
	}
	if l, ok := lossOf(c.m.Dedup.Methods, r.Kept, r.Stage, r.Index, r.LastBytes, r.Signals); ok {
		at(c.lostSources, r.Source).add(l)
		at(c.lostLanguages, r.Language).add(l)
	}
	return nil
}

// year is the year of a date of the form YYYY…, "" for any other.
func year(date string) string {
	if len(date) < 4 || len(date) > 4 && date[4] != '-' {
		return ""
	}
	for _, b := range []byte(date[:4]) {
		if b < '0' || b > '9' {
			return ""
		}
	}
	return date[:4]
}

// power is the largest p with 2^p ≤ n, or -1 where n is below 1.
func power(n int64) int {
	p := -1
	for ; n > 0; n /= 2 {
		p++
	}
	return p
}
