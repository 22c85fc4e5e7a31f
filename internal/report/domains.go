package report

import (
	"cmp"
	"math"
	"slices"

	"corpus/internal/engine"

	"github.com/cespare/xxhash/v2"
)

// DomainFacts say where text comes from, by registrable domain (the host where there is none).
type DomainFacts struct {
	In       DomainList `json:"in"`   // pages and texts that ingest let through, in content bytes
	Kept     DomainList `json:"kept"` // kept documents, in text bytes
	NoneIn   int64      `json:"in_without_domain"`
	NoneKept int64      `json:"kept_without_domain"`
}

// DomainList is the domains with most bytes, and how many there are.
type DomainList struct {
	Distinct int64        `json:"distinct"`
	Top      []DomainFact `json:"top"` // at most maxListed
}

// DomainFact counts a domain's documents.
type DomainFact struct {
	Domain string `json:"domain"`
	engine.Count
}

// Distinct domains that are held at once: each takes about 150 bytes, and 100 more where documents of it came to dedup.
const (
	domainBytes  = 250
	leastDomains = 1 << 16
	mostDomains  = 1 << 20
)

// domainsWithin is how many domains may be held in so many bytes of memory.
func domainsWithin(memory int64) int {
	return int(min(max(memory/domainBytes, leastDomains), mostDomains))
}

// domainCounter counts by domain, exactly and in bounded memory: it holds the domains whose hash ends in the bits part.
// When they become too many it keeps one half of them, which it has counted from the beginning, and
// leaves the other half to a further pass over the ledger.
type domainCounter struct {
	ingest     string   // the stage whose drops are no pages
	methods    []string // of dedup, in order of application
	limit      int
	mask, part uint64
	later      []domainCounter // what is left to further passes
	counts     map[string]*domainCount
	noneIn     int64
	noneKept   int64
}

type domainCount struct {
	in, kept engine.Count
	lost     *lost // to dedup; nil where no document came to it
}

func newDomainCounter(ingest string, methods []string, limit int) *domainCounter {
	return &domainCounter{ingest: ingest, methods: methods, limit: limit, counts: map[string]*domainCount{}}
}

func (c *domainCounter) row(r domainRow) {
	if !r.Kept && r.Stage == c.ingest {
		return
	}
	if r.Domain == "" {
		c.noneIn++
		if r.Kept {
			c.noneKept++
		}
		return
	}
	if c.mask != 0 && xxhash.Sum64String(r.Domain)&c.mask != c.part {
		return
	}
	d := at(c.counts, r.Domain)
	count(&d.in, r.Bytes)
	if r.Kept {
		count(&d.kept, r.LastBytes)
	}
	if l, ok := lossOf(c.methods, r.Kept, r.Stage, r.Index, r.LastBytes, r.Signals); ok {
		if d.lost == nil {
			d.lost = &lost{}
		}
		d.lost.add(l)
	}
	for len(c.counts) > c.limit && c.mask != math.MaxUint64 {
		c.split()
	}
}

// split looks at one more bit of the hashes and keeps the domains where it is 0.
func (c *domainCounter) split() {
	bit := c.mask + 1
	c.mask |= bit
	c.later = append(c.later, domainCounter{ingest: c.ingest, methods: c.methods, limit: c.limit, mask: c.mask, part: c.part | bit})
	for domain := range c.counts {
		if xxhash.Sum64String(domain)&bit != 0 {
			delete(c.counts, domain)
		}
	}
}

// facts makes as many further passes as it takes; again feeds all rows to a counter. Domains that lost a larger share than warn are warned of.
func (c *domainCounter) facts(warn float64, again func(*domainCounter) error) (DomainFacts, RemovedDomains, error) {
	f := DomainFacts{NoneIn: c.noneIn, NoneKept: c.noneKept}
	removed := RemovedDomains{MostBytes: []RemovalFact{}, LargestShares: []RemovalFact{}, Worst: []RemovalFact{}}
	todo := []domainCounter{*c}
	for first := true; len(todo) > 0; first = false {
		part := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !first {
			part.counts = map[string]*domainCount{}
			if err := again(&part); err != nil {
				return f, removed, err
			}
		}
		todo = append(todo, part.later...)
		f.In.add(part.counts, func(d *domainCount) engine.Count { return d.in })
		f.Kept.add(part.counts, func(d *domainCount) engine.Count { return d.kept })
		removed.addDomains(part.counts, c.methods, warn)
	}
	return f, removed, nil
}

// add merges the counts of one part.
func (l *DomainList) add(counts map[string]*domainCount, side func(*domainCount) engine.Count) {
	if l.Top == nil {
		l.Top = []DomainFact{}
	}
	for domain, d := range counts {
		if n := side(d); n.Documents > 0 {
			l.Distinct++
			l.Top = offer(l.Top, DomainFact{domain, n}, maxListed, DomainFact.compare)
		}
	}
	l.Top = first(l.Top, maxListed, DomainFact.compare)
}

// compare has what has most bytes first.
func (d DomainFact) compare(o DomainFact) int {
	return cmp.Or(cmp.Compare(o.Bytes, d.Bytes), cmp.Compare(o.Documents, d.Documents), cmp.Compare(d.Domain, o.Domain))
}

// offer appends to a list of which only the first most are wanted, and lets go of the others now and then.
func offer[T any](list []T, x T, most int, compare func(a, b T) int) []T {
	if len(list) >= 4*most {
		list = append(make([]T, 0, 4*most), first(list, most, compare)...)
	}
	return append(list, x)
}

// first is the beginning of the sorted list, in memory of its own.
func first[T any](list []T, most int, compare func(a, b T) int) []T {
	slices.SortFunc(list, compare)
	return slices.Clone(list[:min(len(list), most)])
}
