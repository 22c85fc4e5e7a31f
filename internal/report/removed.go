package report

import (
	"cmp"
	"maps"
	"slices"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// RemovalFact says what the dedup methods took from the documents of a source, a language or a domain.
type RemovalFact struct {
	Name    string       `json:"name"`    // "": the language is not identified
	In      engine.Count `json:"in"`      // documents that came to dedup, and their text
	Removed engine.Count `json:"removed"` // documents dropped, and all text removed: theirs, and parts of documents that stay
	Within  int64        `json:"within"`  // the part of the text removed that was cut out of texts
	// Methods maps each method to the documents that it dropped; a method that dropped none is left out.
	Methods map[string]int64 `json:"methods"`
}

// RemovedDomains are the domains that dedup took something from; documents without a domain are not among them.
type RemovedDomains struct {
	Distinct int64 `json:"distinct"` // domains that lost something
	// MostBytes lost most text, LargestShares the largest share of their documents among the domains of manyDocuments or more: at most maxRemoved each.
	MostBytes     []RemovalFact `json:"most_bytes"`
	LargestShares []RemovalFact `json:"largest_shares"`
	// Warned counts the domains of warnDocuments or more that lost a larger share than the config has warnings for; Worst are those of them
	// that lost most text, at most maxWarned.
	Warned int64         `json:"warned"`
	Worst  []RemovalFact `json:"worst"`
}

const (
	// maxRemoved bounds the lists of domains that lost something.
	maxRemoved = 1000
	// manyDocuments is from how many documents on a domain's share of removed ones says something: one of two is half, and chance.
	manyDocuments = 20
	// warnDocuments is from how many documents on a language or a domain is warned of. Crawls have very many small domains, and half of a small number of
	// documents is lost by chance: of 100 documents that lose 35 in 100 on average, more than half are lost fewer than once in 1,000 times.
	warnDocuments = 100
	// maxWarned is how many domains have a warning of their own.
	maxWarned = 20
	// maxMethods is the number of dedup methods that there may be.
	maxMethods = 8
)

// lost counts what dedup took from a group of documents.
type lost struct {
	in, removed engine.Count
	within      int64
	methods     [maxMethods]uint32 // documents dropped, by the method's place in Dedup.Methods
}

// loss is what a row of the ledger says of dedup. It is false where the document did not come to it.
type loss struct {
	in      int64 // bytes of text
	within  int64 // cut out of it
	dropped int64 // bytes that were left when a method dropped the document
	method  int   // the one that dropped it; -1: none did
}

// lossOf reads a row. The text that came to dedup is what is left and what was cut out before.
func lossOf(methods []string, kept bool, stage string, index, lastBytes int64, signals []table.Signal) (loss, bool) {
	if index < 0 || len(methods) == 0 || stage == manifest.StageLimit {
		return loss{}, false
	}
	l := loss{method: -1, within: cutOut(methods, signals)}
	l.in = lastBytes + l.within
	if !kept {
		if l.method = slices.Index(methods, stage); l.method < 0 {
			return loss{}, false // curate keeps no document that another stage drops
		}
		l.dropped = lastBytes
	}
	return l, true
}

// cutSuffix ends the names of the signals with the bytes that a dedup method cut out of a text, "substring_bytes".
const cutSuffix = "_bytes"

// cutOut sums what methods cut out of a text before its fate was decided.
func cutOut(methods []string, signals []table.Signal) (bytes int64) {
	for _, s := range signals {
		if n := len(s.Name) - len(cutSuffix); n > 0 && s.Name[n:] == cutSuffix && s.Value > 0 && slices.Contains(methods, s.Name[:n]) {
			bytes += int64(s.Value)
		}
	}
	return bytes
}

// countCut sums the signals with bytes cut out, by method.
func (c *counter) countCut(s table.Signal) {
	if n := cutOut(c.m.Dedup.Methods, []table.Signal{s}); n > 0 {
		c.cut[s.Name[:len(s.Name)-len(cutSuffix)]] += n
	}
}

func (c *lost) add(l loss) {
	count(&c.in, l.in)
	c.removed.Bytes += l.within + l.dropped
	c.within += l.within
	if l.method >= 0 {
		c.removed.Documents++
		if l.method < maxMethods {
			c.methods[l.method]++
		}
	}
}

// fact is the count with its name.
func (c *lost) fact(name string, methods []string) RemovalFact {
	f := c.sums(name)
	f.Methods = map[string]int64{}
	for i, method := range methods[:min(len(methods), maxMethods)] {
		if c.methods[i] > 0 {
			f.Methods[method] = int64(c.methods[i])
		}
	}
	return f
}

// sums is the count with its name but without the methods, which take more memory than the rest.
func (c *lost) sums(name string) RemovalFact {
	return RemovalFact{Name: name, In: c.in, Removed: c.removed, Within: c.within}
}

// over tells a group that lost a larger share of its documents or of its text.
func (f RemovalFact) over(share float64) bool {
	return part(f.Removed.Documents, f.In.Documents) > share || part(f.Removed.Bytes, f.In.Bytes) > share
}

// part is a share of a whole, 0 of nothing.
func part(of, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(of) / float64(whole)
}

// byBytes has what lost most text first, byShare what lost the largest share of its documents, then of its text.
func byBytes(a, b RemovalFact) int {
	return cmp.Or(cmp.Compare(b.Removed.Bytes, a.Removed.Bytes), cmp.Compare(b.Removed.Documents, a.Removed.Documents), cmp.Compare(a.Name, b.Name))
}

func byShare(a, b RemovalFact) int {
	return cmp.Or(cmp.Compare(part(b.Removed.Documents, b.In.Documents), part(a.Removed.Documents, a.In.Documents)),
		cmp.Compare(part(b.Removed.Bytes, b.In.Bytes), part(a.Removed.Bytes, a.In.Bytes)), byBytes(a, b))
}

// addDomains merges one part of the domains' counts.
func (d *RemovedDomains) addDomains(counts map[string]*domainCount, methods []string, warn float64) {
	for name, c := range counts {
		if c.lost == nil {
			continue
		}
		f := c.lost.sums(name)
		if f.In.Documents >= warnDocuments && f.over(warn) {
			d.Warned++
			d.Worst = offer(d.Worst, f, maxWarned, byBytes)
		}
		if f.Removed == (engine.Count{}) {
			continue
		}
		d.Distinct++
		d.MostBytes = offer(d.MostBytes, f, maxRemoved, byBytes)
		if f.In.Documents >= manyDocuments && f.Removed.Documents > 0 {
			d.LargestShares = offer(d.LargestShares, f, maxRemoved, byShare)
		}
	}
	d.MostBytes = first(d.MostBytes, maxRemoved, byBytes)
	d.LargestShares = first(d.LargestShares, maxRemoved, byShare)
	d.Worst = first(d.Worst, maxWarned, byBytes)
	for _, list := range [][]RemovalFact{d.MostBytes, d.LargestShares, d.Worst} {
		for i, f := range list {
			if f.Methods == nil { // those of earlier parts have theirs
				list[i] = counts[f.Name].lost.fact(f.Name, methods)
			}
		}
	}
}

// removedLanguages has what lost most text first, removedSources the order of the config.
func (c *counter) removedLanguages() []RemovalFact {
	list := []RemovalFact{}
	for _, name := range slices.Sorted(maps.Keys(c.lostLanguages)) {
		list = append(list, c.lostLanguages[name].fact(name, c.m.Dedup.Methods))
	}
	slices.SortFunc(list, byBytes)
	return list
}

func (c *counter) removedSources() []RemovalFact {
	list := []RemovalFact{}
	if len(c.m.Dedup.Methods) == 0 {
		return list
	}
	for _, s := range c.m.Sources {
		list = append(list, at(c.lostSources, s.Name).fact(s.Name, c.m.Dedup.Methods))
	}
	return list
}
