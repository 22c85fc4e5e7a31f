package report

import (
	"fmt"
	"html/template"
)

func limitations(f *Facts) Section {
	s := Section{ID: "limitations", Title: "Limitations"}
	s.Statements = append(s.Statements,
		unknown("Error rates of the filters (how many good documents they dropped, how many bad ones they kept) were not measured on this corpus."),
		unknown("Personal data that no rule recognises, such as names and addresses, was not looked for."),
		unknown("Rights reservations (robots meta, X-Robots-Tag, tdm-reservation) were not evaluated."),
	)
	if len(f.PII) == 0 && !f.has("pii") {
		s.Statements = append(s.Statements, unknown("Personal data was not looked for: the config has no pii filter."))
	}
	if !f.has("toxicity") {
		s.Statements = append(s.Statements, unknown("Toxic language was not looked for: the config has no toxicity filter."))
	}
	if !f.has("minhash") {
		s.Statements = append(s.Statements, unknown("Near-duplicates were not looked for."))
	} else {
		s.Statements = append(s.Statements, measured("Near-duplicates were judged by an estimate of their Jaccard similarity from MinHash signatures, not by the texts themselves."))
	}
	for _, src := range f.Sources {
		if src.LossToDuplicates() > 0.5 {
			s.Statements = append(s.Statements, measured("Source %s lost %.0f %% of its curated documents as duplicates.", src.Source, 100*src.LossToDuplicates()))
		}
	}
	if n := len(f.Damage); n > 0 {
		s.Statements = append(s.Statements, measured("Some input could not be read: see Damaged input."))
	}
	return s
}

// has tells whether a stage ran.
func (f *Facts) has(stage string) bool {
	for _, s := range f.Stages {
		if s.Stage == stage {
			return true
		}
	}
	return false
}

func motivation(f *Facts) Section {
	d := f.Manifest.Declared
	return Section{ID: "motivation", Title: "Motivation", Statements: []Statement{
		declared("Description", d.Description), declared("Purpose", d.Purpose), declared("Provider", d.Provider),
		declared("Contact", d.Contact), declared("Licence of the corpus", d.License), declared("Version", d.Version),
		declared("Date of these declarations", d.Date),
	}}
}

func composition(f *Facts) Section {
	m := f.Manifest
	first := f.Stages[0]
	var bytes int64
	for _, in := range m.Inputs {
		bytes += in.Bytes
	}
	s := Section{ID: "composition", Title: "Composition", Statements: []Statement{
		measured("%s were read from %s of %s bytes.", plural(f.Records, "record", "records"), plural(int64(len(m.Inputs)), "input file", "input files"), count(bytes)),
		measured("%s of them were pages or texts (%s bytes of content); the others have a row in the ledger that says why not.", count(first.Out.Documents), count(first.Out.Bytes)),
		measured("%s were kept (%s of the pages and texts): %s bytes of text.", plural(f.Kept.Documents, "document", "documents"), percent(f.Kept.Documents, first.Out.Documents), count(f.Kept.Bytes)),
		measured("The shards hold %s training tokens and %s validation tokens of %s.", count(m.Shards.TrainTokens), count(m.Shards.ValTokens), plural(m.Shards.Documents, "document", "documents")),
	}}
	t := Table{Name: "types", Caption: "Input records by type", Label: Measured, Columns: []string{"type", "records", "bytes"}, Text: 1}
	for _, x := range f.Types {
		t.Rows = append(t.Rows, []string{x.Type, num(x.Records), num(x.Bytes)})
	}
	s.Tables = []Table{t}
	return s
}

func funnelSection(f *Facts) Section {
	s := Section{
		ID: "funnel", Title: "What was taken out, and why",
		Figure:  template.HTML(funnel(f.Stages)), // made by this package from numbers and escaped names
		Caption: "Documents that each stage let through and dropped. The table holds the numbers.",
		Statements: []Statement{
			measured("For every stage, documents and bytes in equal documents and bytes out, dropped and edited away; the build ends in an error otherwise."),
		},
	}
	stages := Table{Name: "stages", Caption: "Stages in order; edited bytes are markup and lines taken from documents that stay", Label: Measured, Text: 1,
		Columns: []string{"stage", "documents in", "documents out", "dropped", "dropped %", "bytes in", "bytes out", "bytes edited away"}}
	rules := Table{Name: "rules", Caption: "Rules that dropped documents, by stage", Label: Measured, Text: 2,
		Columns: []string{"stage", "rule", "documents", "% of the stage's input", "bytes"}}
	for _, st := range f.Stages {
		stages.Rows = append(stages.Rows, []string{st.Stage, num(st.In.Documents), num(st.Out.Documents), num(st.Dropped()),
			percent(st.Dropped(), st.In.Documents), num(st.In.Bytes), num(st.Out.Bytes), num(st.Edited)})
		for _, r := range st.Rules {
			rules.Rows = append(rules.Rows, []string{st.Stage, r.Rule, num(r.Documents), percent(r.Documents, st.In.Documents), num(r.Bytes)})
		}
	}
	s.Tables = []Table{stages, rules}
	return s
}

func sources(f *Facts) Section {
	s := Section{ID: "sources", Title: "Sources"}
	t := Table{Name: "sources", Caption: "Sources, in order of preference among duplicates", Label: Measured, Text: 2,
		Columns: []string{"source", "declared licence", "records", "bytes read", "curated", "lost as duplicates", "kept", "text bytes"}}
	for i, x := range f.Sources {
		src := f.Manifest.Sources[i]
		license := x.License
		if license == "" {
			license = "not declared"
		}
		t.Rows = append(t.Rows, []string{x.Source, license, num(x.Records), num(x.Bytes), num(x.Curated), num(x.Duplicates), num(x.Kept.Documents), num(x.Kept.Bytes)})
		s.Statements = append(s.Statements, declared("Source "+x.Source, src.Description), declared("Licence of source "+x.Source, src.License))
		if src.Crawler != "" {
			s.Statements = append(s.Statements, declared("Crawler of source "+x.Source, src.Crawler))
		}
	}
	inputs := Table{Name: "inputs", Caption: "Input files with their digests", Label: Measured, Text: 2, Show: 20,
		Columns: []string{"source", "file", "bytes", "sha256"}}
	for _, in := range f.Manifest.Inputs {
		inputs.Rows = append(inputs.Rows, []string{in.Source, in.Path, num(in.Bytes), in.SHA256})
	}
	s.Tables = []Table{t, inputs}
	return s
}

func languages(f *Facts) Section {
	s := Section{ID: "languages", Title: "Languages"}
	if !f.has("language") {
		s.Statements = []Statement{unknown("Languages were not identified: the config has no language filter.")}
	} else {
		s.Statements = []Statement{measured("Languages were identified by lingua-go from the beginning of each text; the codes are ISO 639-1, und is undetermined.")}
	}
	t := Table{Name: "languages", Caption: "Kept documents by language", Label: Measured, Text: 1,
		Columns: []string{"language", "documents", "text bytes", "tokens", "bytes per token"}}
	for _, l := range f.Languages {
		name := l.Language
		if name == "" {
			name = "not identified"
		}
		t.Rows = append(t.Rows, []string{name, num(l.Documents), num(l.Bytes), num(l.Tokens), ratio(l.Bytes, l.Tokens)})
	}
	s.Tables = []Table{t}
	return s
}

func domains(f *Facts) Section {
	s := Section{ID: "domains", Title: "Domains", Statements: []Statement{
		measured("The input's content comes from %s, the kept text from %s (registrable domains by the Public Suffix List).",
			plural(f.DomainsN[0], "domain", "domains"), plural(f.DomainsN[1], "domain", "domains")),
	}}
	in := Table{Name: "domains_in", Caption: "Domains by content bytes read", Label: Measured, Columns: []string{"domain", "records", "bytes"}, Text: 1, Show: maxDomains}
	for _, d := range f.DomainsIn {
		in.Rows = append(in.Rows, []string{d.Domain, num(d.Documents), num(d.Bytes)})
	}
	out := Table{Name: "domains_out", Caption: "Domains by text bytes kept", Label: Measured, Columns: []string{"domain", "documents", "bytes"}, Text: 1, Show: maxDomains}
	for _, d := range f.Domains {
		out.Rows = append(out.Rows, []string{d.Domain, num(d.Documents), num(d.Bytes)})
	}
	s.Tables = []Table{in, out}
	return s
}

func dates(f *Facts) Section {
	s := Section{ID: "dates", Title: "Dates"}
	t := Table{Name: "years", Caption: "Kept documents by year of capture, as the inputs date them", Label: Measured, Columns: []string{"year", "documents"}, Text: 1}
	for _, y := range f.Years {
		name := y.Year
		if name == "" {
			name = "unknown"
		}
		t.Rows = append(t.Rows, []string{name, num(y.Documents)})
	}
	s.Tables = []Table{t}
	return s
}

func lengths(f *Facts) Section {
	s := Section{ID: "lengths", Title: "Lengths"}
	t := Table{Name: "lengths", Caption: "Kept documents by bytes of text", Label: Measured, Columns: []string{"from", "to below", "documents"}}
	for _, l := range f.Lengths {
		t.Rows = append(t.Rows, []string{num(l.From), num(l.To), num(l.Documents)})
	}
	s.Tables = []Table{t}
	return s
}

func duplicates(f *Facts) Section {
	d := f.Manifest.Dedup
	s := Section{ID: "duplicates", Title: "Duplicates"}
	if len(d.Methods) == 0 {
		s.Statements = []Statement{unknown("Duplicates were not looked for: the config names no method.")}
		return s
	}
	s.Statements = append(s.Statements, measured("%s of duplicates were found; the largest has %s. Of each cluster exactly one document stays: the first in the order of the inputs.",
		plural(d.Clusters, "cluster", "clusters"), plural(d.LargestCluster, "document", "documents")))
	if f.has("minhash") {
		s.Statements = append(s.Statements, measured("MinHash proposed %s; %s reached the similarity that the config asks for.",
			plural(d.CandidatePairs, "pair", "pairs"), count(d.AcceptedPairs)))
	}
	t := Table{Name: "clusters", Caption: "Duplicate clusters by size", Label: Measured, Columns: []string{"documents in the cluster", "clusters"}}
	for _, c := range f.Clusters {
		t.Rows = append(t.Rows, []string{num(c.Size), num(c.Clusters)})
	}
	s.Tables = []Table{t}
	return s
}

func signalTable(name, caption string, facts []SignalFact) Table {
	t := Table{Name: name, Caption: caption, Label: Measured, Text: 1,
		Columns: []string{"signal", "kept documents", "sum in kept", "all documents", "sum in all"}}
	for _, s := range facts {
		t.Rows = append(t.Rows, []string{s.Name, num(s.Documents), fmt.Sprintf("%.6g", s.Sum), num(s.AllDocuments), fmt.Sprintf("%.6g", s.AllSum)})
	}
	return t
}

func personalData(f *Facts) Section {
	s := Section{ID: "personal-data", Title: "Personal data"}
	if !f.has("pii") {
		s.Statements = []Statement{unknown("Personal data was not looked for.")}
		return s
	}
	s.Statements = []Statement{
		measured("The counts are of what the pii filter recognised (patterns with checksums), in documents that reached it; the config says what was done with it."),
		unknown("The share of personal data that the filter missed was not measured on this corpus."),
	}
	s.Tables = []Table{signalTable("pii", "Personal data found, by type", f.PII)}
	return s
}

func toxicity(f *Facts) Section {
	s := Section{ID: "toxicity", Title: "Toxic language"}
	if !f.has("toxicity") {
		s.Statements = []Statement{unknown("Toxic language was not looked for.")}
		return s
	}
	s.Statements = []Statement{
		measured("Words of the configured list were counted in documents that reached the filter."),
		unknown("How the list treats texts about different groups of people was not measured."),
	}
	s.Tables = []Table{signalTable("toxicity", "Words of the list", f.Toxicity)}
	return s
}

func tokens(f *Facts) Section {
	k, sh := f.Manifest.Tokenizer, f.Manifest.Shards
	origin := "loaded as the config says"
	if k.Trained {
		origin = "trained on the kept text"
	}
	s := Section{ID: "tokens", Title: "Tokenizer and tokens", Statements: []Statement{
		measured("The tokenizer is a byte-level BPE, %s, with %s and %s; its pre-tokeniser is %s.", origin,
			plural(int64(k.VocabSize), "token", "tokens"), plural(int64(k.Merges), "merge", "merges"), k.Pattern),
		measured("It made %s of %s bytes of text: %s bytes per token.", plural(k.Tokens, "token", "tokens"), count(k.TextBytes), ratio(k.TextBytes, k.Tokens)),
		measured("Documents were shuffled by seed %d; %s are set aside for validation.", f.Manifest.Seed, plural(sh.ValDocuments, "document", "documents")),
	}}
	if sh.EndOfDocument >= 0 {
		s.Statements = append(s.Statements, measured("Every document ends in token %d.", sh.EndOfDocument))
	}
	return s
}

func damage(f *Facts) Section {
	s := Section{ID: "damage", Title: "Damaged input"}
	if len(f.Damage) == 0 {
		s.Statements = []Statement{measured("Every record of every input file could be read.")}
		return s
	}
	s.Statements = []Statement{measured("These records or files could not be read as they should; the value is the number of bytes passed over, the format, or the error. The table holds at most %d; the ledger holds all.", maxDamage)}
	t := Table{Name: "damage", Caption: "Input that could not be read", Label: Measured, Columns: []string{"file", "rule", "value", "offset"}, Text: 3, Show: 50}
	for _, d := range f.Damage {
		t.Rows = append(t.Rows, []string{d.File, d.Rule, d.Value, num(d.Offset)})
	}
	s.Tables = []Table{t}
	return s
}

func maintenance(f *Facts) Section {
	return Section{ID: "maintenance", Title: "Uses, distribution, maintenance", Statements: []Statement{
		declared("Maintenance and takedown", f.Manifest.Declared.Maintenance),
		unknown("Uses that the corpus should not be put to: not declared."),
		unknown("Distribution: not declared."),
	}}
}

func reproduction(f *Facts) Section {
	m := f.Manifest
	return Section{ID: "reproduction", Title: "Reproduction",
		Statements: []Statement{
			measured("Built by %s %s (%s), seed %d. The same inputs, config and binary give the same bytes.", m.Tool.Name, m.Tool.Version, m.Tool.Go, m.Seed),
			measured("corpus.json lists every input and output with its SHA-256; corpus verify rechecks them. This page rests on the manifest and the ledger alone; corpus datasheet writes it again."),
		},
		Code: indentJSON(m.Config),
	}
}
