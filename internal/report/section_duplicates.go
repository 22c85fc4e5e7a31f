package report

import (
	"fmt"
	"slices"
	"strings"
)

func duplicates(f *Facts) Section {
	d := f.Duplicates
	s := Section{ID: "duplicates", Title: "Duplicates"}
	if len(d.Methods) == 0 {
		s.Statements = []Statement{unknown("Duplicates were not looked for: the config names no method.")}
		return s
	}
	s.Statements = append(foundStatements(f), comparedStatements(f)...)
	s.Figures = append(s.Figures, figure("clusters.svg", clusterChart(d.Sizes), "Documents that clusters of each size lost. Of each cluster one document stays."))
	if len(d.Similarities) > 0 {
		s.Figures = append(s.Figures, figure("similarities.svg", similarityChart(d.Similarities, d.Threshold),
			"Pairs that MinHash compared, by the similarity of their sets of "+d.sequences()+". Most pairs of a similarity far below the threshold are never compared."))
	}
	s.Tables = []Table{methodTable(f), removalTable("removed_sources", "What each source lost to dedup, in the order of the config", "source", d.Sources, d.Methods),
		removalTable("removed_languages", "What each language lost to dedup, by text", "language", d.Languages, d.Methods),
		removalTable("removed_domains", listed("Domains that lost most text to dedup", d.Domains.MostBytes, d.Domains.Distinct), "domain", d.Domains.MostBytes, d.Methods),
		removalTable("removed_domain_shares", fmt.Sprintf("Domains of %d documents or more that lost the largest share of them to dedup", manyDocuments), "domain", d.Domains.LargestShares, d.Methods)}
	sizes := Table{Name: "clusters", Caption: "Clusters of duplicates by size", Label: Measured, Columns: []string{"documents in the cluster", "clusters", "documents removed"}, Bar: 2, Show: 20}
	for _, c := range d.Sizes {
		sizes.Rows = append(sizes.Rows, []Value{number(c.Size), number(c.Clusters), number((c.Size - 1) * c.Clusters)})
	}
	s.Tables = append(s.Tables, sizes)
	if f.has(methodMinHash) {
		s.Tables = append(s.Tables, similarityTable(d), pairTable(d), hotTable(d))
	}
	if len(f.Manifest.Earlier) > 0 {
		s.Tables = append(s.Tables, earlierTable(f))
	}
	return s
}

// listed says how many domains there are where not all are in the list.
func listed(caption string, list []RemovalFact, distinct int64) string {
	if n := int64(len(list)); n < distinct {
		caption += fmt.Sprintf(" (the first %s of %s)", grouped(n), grouped(distinct))
	}
	return caption
}

// foundStatements say what was found and removed.
func foundStatements(f *Facts) (list []Statement) {
	d := f.Duplicates
	stays := "the first in the order of the inputs"
	if len(d.Survivor) > 0 {
		stays = "the first by " + strings.Join(d.Survivor, ", then ")
	}
	if d.Clusters == 0 {
		list = append(list, measured("No document was found to be a duplicate of another as a whole."))
	} else {
		list = append(list, measured("Found: %s of duplicates, the largest of %s. Of each cluster one document stays, %s.",
			plural(d.Clusters, "cluster", "clusters"), plural(d.Largest, "document", "documents"), stays))
	}
	if n := len(f.Manifest.Earlier); n > 0 {
		list = append(list, measured("Documents were also compared with those of %s, which a table names. Clusters hold this build’s documents and the earlier one that stays; what was removed is this build’s alone.",
			plural(int64(n), "earlier build", "earlier builds")))
	}
	if e := d.Earlier; e != nil && e.Changed > 0 {
		list = append(list, measured("The earlier builds stay as they are. One build over all would say something else of %s of theirs: it would drop %s that they keep and keep %s that they dropped. dedup/earlier.parquet names them.",
			plural(e.Changed, "document", "documents"), grouped(e.Dropped), grouped(e.Kept)))
	}
	for _, name := range d.Methods {
		st := f.method(name)
		if st == nil {
			continue
		}
		cut := ""
		if st.Edited > 0 {
			cut = fmt.Sprintf(" and cut %s out of others", plural(st.Edited, "byte", "bytes"))
		}
		list = append(list, measured("%s removed %s of %s (%s)%s.", methodName(name), grouped(st.Dropped.Documents),
			plural(st.In.Documents, "document", "documents"), percent(st.Dropped.Documents, st.In.Documents), cut))
	}
	if f.Kept.Documents > 0 && d.Domains.Distinct > 0 {
		list = append(list, measured("Something was removed from %s.", plural(d.Domains.Distinct, "domain", "domains")))
	}
	return list
}

// comparedStatements say how the pairs of near-duplicates were judged.
func comparedStatements(f *Facts) []Statement {
	d := f.Duplicates
	if !f.has(methodMinHash) {
		return nil
	}
	var list []Statement
	switch {
	case d.CandidatePairs == 0:
		list = append(list, measured("MinHash compared no pair of documents."))
	case d.Verified:
		list = append(list, measured("MinHash compared %s; %s (%s) have a similarity of at least %v, by the whole sets of their %s.",
			plural(d.CandidatePairs, "pair", "pairs"), grouped(d.AcceptedPairs), percent(d.AcceptedPairs, d.CandidatePairs), d.Threshold, d.sequences()))
	default:
		list = append(list, measured("MinHash found %s and took all of them for duplicates: the config has none verified, and their similarity is not known.",
			plural(d.CandidatePairs, "pair", "pairs")))
	}
	if d.HotKeys > 0 {
		list = append(list, measured("In %s, with %s in all, not each was compared with each, but with the first ones and the one before it; the largest has %s.",
			plural(d.HotKeys, "bucket", "buckets"), plural(d.HotDocuments, "document", "documents"), plural(d.Hot[0].Documents, "document", "documents")))
	}
	if len(d.Pairs) > 0 {
		list = append(list, measured("The table of pairs holds a sample, drawn evenly over similarities from 0.4 up. corpus inspect DIR --pairs shows their texts, which this page does not hold."))
	}
	return append(list, unknown("How many near-duplicates MinHash left in was not measured on this corpus."))
}

// sequences are what the sets of near-duplicates hold.
func (d DuplicateFacts) sequences() string {
	if d.Shingle == "character" {
		return "character sequences"
	}
	return "word sequences"
}

func methodName(stage string) string {
	switch stage {
	case "url":
		return "URL (equal address but for what does not tell pages apart)"
	case methodExact:
		return "Exact comparison (equal text but for letter case and white space)"
	case methodMinHash:
		return "MinHash"
	case "paragraph":
		return "Paragraph (paragraphs or lines that stand more than once)"
	case "substring":
		return "Substring (passages that stand more than once)"
	}
	return "Method " + stage
}

func methodTable(f *Facts) Table {
	t := Table{Name: "removed_methods", Caption: "What each dedup method removed, in order of application; bytes are those of text", Label: Measured,
		Columns: []string{"method", "documents in", "removed", "share removed", "bytes in", "bytes of removed documents", "bytes cut out of others", "share of bytes"}}
	for _, name := range f.Duplicates.Methods {
		if st := f.method(name); st != nil {
			t.Rows = append(t.Rows, []Value{text(name), number(st.In.Documents), number(st.Dropped.Documents), share(st.Dropped.Documents, st.In.Documents),
				number(st.In.Bytes), number(st.Dropped.Bytes), number(st.Edited), share(st.Dropped.Bytes+st.Edited, st.In.Bytes)})
		}
	}
	return t
}

func removalTable(name, caption, what string, list []RemovalFact, methods []string) Table {
	t := Table{Name: name, Caption: caption, Label: Measured, Show: 50, Bar: 3,
		Columns: []string{what, "documents in", "removed", "share removed", "bytes in", "bytes removed", "share of bytes"}}
	cuts := slices.ContainsFunc(methods, cutsTexts)
	if cuts {
		t.Columns = append(t.Columns, "bytes cut out")
	}
	for _, method := range methods {
		t.Columns = append(t.Columns, "by "+method)
	}
	for _, x := range list {
		row := []Value{text(or(x.Name, "not identified")), number(x.In.Documents), number(x.Removed.Documents), share(x.Removed.Documents, x.In.Documents),
			number(x.In.Bytes), number(x.Removed.Bytes), share(x.Removed.Bytes, x.In.Bytes)}
		if cuts {
			row = append(row, number(x.Within))
		}
		for _, method := range methods {
			row = append(row, number(x.Methods[method]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// cutsTexts tells the methods that take parts out of texts.
func cutsTexts(method string) bool { return method == "paragraph" || method == "substring" }

func similarityTable(d DuplicateFacts) Table {
	t := Table{Name: "similarities", Caption: "Compared pairs by similarity", Label: Measured, Columns: []string{"from", "to below", "pairs"}, Bar: 2}
	for _, x := range d.Similarities {
		if x.Pairs == 0 && len(t.Rows) == 0 {
			continue // the table begins at the least similarity that there is
		}
		t.Rows = append(t.Rows, []Value{decimal(x.From), decimal(x.To), number(x.Pairs)})
	}
	return t
}

func pairTable(d DuplicateFacts) Table {
	t := Table{Name: "pairs", Caption: "Some of the compared pairs, the nearest to the threshold first", Label: Measured, Show: 24,
		Columns: []string{"similarity", "judged", "what became of them", "first from", "first’s address", "second from", "second’s address", "first", "second"}}
	for _, p := range d.Pairs {
		judged := "different"
		if p.Accepted {
			judged = "duplicates"
		}
		first, second := p.First.cells(), p.Second.cells()
		t.Rows = append(t.Rows, []Value{decimal(p.Similarity), text(judged), text(p.fate()), first[1], first[2], second[1], second[2], first[0], second[0]})
	}
	return t
}

// cells say which document it is, where it comes from, and its address: three cells.
func (d DocumentFact) cells() []Value {
	if d.Build != "" {
		return []Value{text(d.Ref), text(d.Build), orUnknown("")}
	}
	return []Value{text(or(d.ID, d.Ref)), text(d.Source), orUnknown(d.URL)}
}

func earlierTable(f *Facts) Table {
	t := Table{Name: "earlier_builds", Caption: "Earlier builds that this one was deduplicated against, oldest first", Label: Measured,
		Columns: []string{"folder", "first unit", "units", "sources", "digest of its corpus.json"}}
	for _, e := range f.Manifest.Earlier {
		t.Rows = append(t.Rows, []Value{text(e.Path), number(int64(e.FirstUnit)), number(int64(e.Units)), text(strings.Join(e.Sources, ", ")), text(e.Digest)})
	}
	return t
}

// fate says which of a pair is in the corpus.
func (p PairFact) fate() string {
	switch {
	case p.First.Build != "" || p.Second.Build != "":
		return "one is of an earlier build"
	case p.First.Kept && p.Second.Kept:
		return "both stay"
	case p.First.Kept:
		return "the first stays"
	case p.Second.Kept:
		return "the second stays"
	}
	if p.First.DuplicateOf != "" && p.First.DuplicateOf == p.Second.DuplicateOf {
		return "another of their cluster stays"
	}
	return "neither stays"
}

func hotTable(d DuplicateFacts) Table {
	t := Table{Name: "hot_keys", Caption: "Buckets with most documents, by their first document; in these not each was compared with each", Label: Measured, Show: 20,
		Columns: []string{"method", "documents", "first", "source", "address"}, Bar: 1}
	for _, h := range d.Hot {
		t.Rows = append(t.Rows, append([]Value{text(h.Method), number(h.Documents)}, h.First.cells()...))
	}
	return t
}
