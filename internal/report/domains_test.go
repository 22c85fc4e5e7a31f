package report

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// domainRows are rows of 1,000 domains with 1 to 5 documents each, of which some are kept; some have no domain, some were dropped by ingest.
func domainRows() []domainRow {
	var rows []domainRow
	for i := range 3000 {
		r := domainRow{Index: -1, Domain: fmt.Sprintf("d%03d.example", (i*7919)%1000), Bytes: int64(10 + i%97), Kept: i < 1500 && i%3 == 0, LastBytes: int64(i % 31), Stage: "c4"}
		switch {
		case i%7 == 3 && !r.Kept: // one domain has many of these
			r.Domain, r.Stage, r.Index = fmt.Sprintf("copies%d.example", (i/7)%2), []string{"exact", "minhash"}[i%2], int64(i)
		case i%50 == 1:
			r.Domain = ""
		case i%50 == 2:
			r.Stage = "ingest"
		}
		rows = append(rows, r)
	}
	return rows
}

// Counting in parts must give what one map of all domains gives, whatever the bound.
func TestDomainsInParts(t *testing.T) {
	rows := domainRows()
	type both struct {
		Domains DomainFacts
		Removed RemovedDomains
	}
	count := func(limit int) (both, int) {
		c, passes := newDomainCounter("ingest", []string{"exact", "minhash"}, limit), 1
		for i := range rows {
			c.row(rows[i])
		}
		f, removed, err := c.facts(0.3, func(part *domainCounter) error {
			passes++
			for i := range rows {
				part.row(rows[i])
			}
			if len(part.counts) > limit {
				t.Errorf("a pass holds %d domains, the bound is %d", len(part.counts), limit)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return both{f, removed}, passes
	}
	whole, passes := count(1 << 20)
	if passes != 1 {
		t.Errorf("few domains took %d passes", passes)
	}
	if d := whole.Domains; d.In.Distinct == 0 || d.NoneIn == 0 || d.In.Distinct <= d.Kept.Distinct {
		t.Fatalf("the rows test nothing: %d and %d domains, %d rows without", d.In.Distinct, d.Kept.Distinct, d.NoneIn)
	}
	if r := whole.Removed; r.Distinct == 0 || len(r.MostBytes) == 0 || len(r.LargestShares) == 0 || r.Warned == 0 {
		t.Fatalf("the rows test nothing of dedup: %+v", r)
	}
	for _, limit := range []int{1, 2, 10, 100} {
		parts, passes := count(limit)
		if passes < int(whole.Domains.In.Distinct)/limit {
			t.Errorf("limit %d: %d passes cannot have counted %d domains", limit, passes, whole.Domains.In.Distinct)
		}
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Errorf("limit %d (-whole +parts):\n%s", limit, diff)
		}
	}
}

func TestDomainsFailedPass(t *testing.T) {
	c := newDomainCounter("ingest", nil, 1)
	for _, domain := range []string{"a.example", "b.example", "c.example"} {
		c.row(domainRow{Domain: domain, Kept: true, LastBytes: 1})
	}
	want := fmt.Errorf("disk error")
	if _, _, err := c.facts(0.5, func(*domainCounter) error { return want }); err != want {
		t.Errorf("error is %v", err)
	}
}

// A list that is cut now and then holds what the whole list would begin with, in bounded memory.
func TestOffer(t *testing.T) {
	for _, n := range []int{0, 1, 3, 11, 12, 13, 1000} {
		var whole, list []RemovalFact
		for i := range n {
			f := lostTo(fmt.Sprintf("d%d", i), 1000, int64(i*7919%331))
			whole, list = append(whole, f), offer(list, f, 3, byBytes)
			if len(list) > 12 {
				t.Fatalf("the list of 3 has %d", len(list))
			}
		}
		if diff := cmp.Diff(first(whole, 3, byBytes), first(list, 3, byBytes)); diff != "" {
			t.Errorf("of %d:\n%s", n, diff)
		}
	}
}

func TestDomainsWithinAMemory(t *testing.T) {
	for memory, want := range map[int64]int{-1: 1 << 16, 0: 1 << 16, 50 << 20: 209_715, 1 << 40: 1 << 20} {
		if got := domainsWithin(memory); got != want {
			t.Errorf("%d domains within %d bytes, want %d", got, memory, want)
		}
	}
}
