package report

import (
	"strings"

	"corpus/internal/manifest"
)

// limitations is what a reader must know before relying on the rest.
func limitations(f *Facts) Section {
	s := Section{ID: "limitations", Title: "Limitations"}
	say := func(statements ...Statement) { s.Statements = append(s.Statements, statements...) }
	if f.Kept.Documents == 0 {
		say(measured("No document was kept: the corpus is empty."))
	}
	if len(f.Damage) > 0 {
		broken, unread := damaged(f)
		say(measured("Not all input could be read: %s, %s; see Damaged and unread input.",
			plural(broken, "broken record", "broken records"), plural(unread, "file that is not read", "files that are not read")))
	}
	if filtered(f) {
		say(unknown("How many good documents the filters dropped, and how many bad ones they kept, was not measured on this corpus."))
	} else {
		say(measured("No filter ran: text was taken out of the pages and no judgement was made of it."))
	}
	say(notLookedFor(f)...)
	say(
		unknown("Whether addresses, dates and content types are what the inputs say they are was not checked."),
	)
	return s
}

// notLookedFor names what no stage of this build has looked at.
func notLookedFor(f *Facts) []Statement {
	var list []Statement
	for _, x := range []struct{ stage, what string }{
		{"language", "Languages were not identified: the config has no filter language."},
		{"pii", "Personal data was not looked for: the config has no filter pii."},
		{"rights", "Reservations and licences that records state were written to the ledger but decided nothing: the config has no filter rights."},
		{"toxicity", "Toxic language was not looked for: the config has no filter toxicity."},
	} {
		if !f.has(x.stage) {
			list = append(list, unknown("%s", x.what))
		}
	}
	switch {
	case len(f.Duplicates.Methods) == 0:
		list = append(list, unknown("Duplicates were not looked for: the config names no dedup method."))
	case !f.has("minhash"):
		list = append(list, unknown("Near-duplicates were not looked for: minhash is not among the dedup methods of the config."))
	}
	return list
}

// filtered tells whether a stage ran that judges text: none of ingest, clean, the limit and the dedup methods.
func filtered(f *Facts) bool {
	for _, s := range f.Stages[1:max(len(f.Stages)-len(f.Duplicates.Methods), 1)] {
		if s.Stage != "clean" && s.Stage != manifest.StageLimit {
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
	s := Section{ID: "composition", Title: "Composition", Statements: []Statement{
		measured("Read: %s from %s of %s.", plural(f.Records.Documents, "record", "records"),
			plural(f.Inputs.Documents, "input file", "input files"), plural(f.Inputs.Bytes, "byte", "bytes")),
		measured("Pages and texts among the records: %s, with %s of content. Each of the other records has a row in the ledger that says why it was not taken.",
			grouped(f.Pages.Documents), plural(f.Pages.Bytes, "byte", "bytes")),
		measured("Kept: %s (%s of the pages and texts), with %s of text.", plural(f.Kept.Documents, "document", "documents"),
			percent(f.Kept.Documents, f.Pages.Documents), plural(f.Kept.Bytes, "byte", "bytes")),
	}}
	t := Table{Name: "types", Caption: "Input records by type", Label: Measured, Bar: 1, Columns: []string{"type", "records", "content bytes"}}
	for _, x := range f.Types {
		t.Rows = append(t.Rows, []Value{text(or(x.Type, "no record: skipped bytes or an unread file")), number(x.Documents), number(x.Bytes)})
	}
	s.Tables = []Table{t}
	return s
}

func sources(f *Facts) Section {
	s := Section{ID: "sources", Title: "Sources", Statements: []Statement{
		measured("Among duplicates the document of the earlier source stays, and within a source that of the earlier file. Curated documents are those that passed all filters and reached dedup."),
	}}
	if keys := f.Duplicates.Survivor; len(keys) > 0 {
		s.Statements = []Statement{measured("Among duplicates the document stays that is first by %s, and of equals the first in the order of the sources and files. Curated documents are those that passed all filters and reached dedup.",
			strings.Join(keys, ", then "))}
	}
	if len(f.Duplicates.Methods) == 0 {
		s.Statements = []Statement{measured("Curated documents are those that passed all filters. Duplicates were not removed.")}
	}
	counts := Table{Name: "sources", Caption: "What came of each source, in the order of the config", Label: Measured, Bar: 6,
		Columns: []string{"source", "records", "content bytes", "curated", "duplicates", "share duplicates", "kept", "text bytes"}}
	said := Table{Name: "sources_declared", Caption: "What the config says about each source", Label: Declared,
		Columns: []string{"source", "licence", "description", "crawler", "language"}}
	for i, x := range f.Sources {
		counts.Rows = append(counts.Rows, []Value{text(x.Source), number(x.Records.Documents), number(x.Records.Bytes), number(x.Curated),
			number(x.Duplicates), share(x.Duplicates, x.Curated), number(x.Kept.Documents), number(x.Kept.Bytes)})
		m := f.Manifest.Sources[i]
		said.Rows = append(said.Rows, []Value{text(m.Name), orUnknown(oneLine(m.License)), orUnknown(oneLine(m.Description)), orUnknown(oneLine(m.Crawler)), orUnknown(oneLine(m.Language))})
	}
	for _, out := range f.Manifest.LeftOut {
		s.Statements = append(s.Statements, measured("Left out of source %s by the limits of the config: its last %s, %s.",
			out.Source, plural(out.Files, "file", "files"), plural(out.Bytes, "byte", "bytes")))
	}
	inputs := Table{Name: "inputs", Caption: "Input files with their SHA-256 digests; a large file has one for each part of it that was read by itself, from an offset on", Label: Measured, Show: 20,
		Columns: []string{"file", "source", "offset", "bytes", "sha256"}}
	for _, in := range f.Manifest.Inputs {
		inputs.Rows = append(inputs.Rows, []Value{text(in.Path), text(in.Source), number(in.Offset), number(in.Bytes), text(in.SHA256)})
	}
	s.Tables = []Table{counts, said, inputs}
	return s
}

func uses(f *Facts) Section {
	return Section{ID: "uses", Title: "Uses, distribution, maintenance", Statements: []Statement{
		declared("Maintenance and takedown", f.Manifest.Declared.Maintenance),
		unknown("Uses that the corpus should not be put to: not declared."),
		unknown("How the corpus is distributed: not declared."),
	}}
}

func reproduction(f *Facts) Section {
	m := f.Manifest
	s := Section{ID: "reproduction", Title: "Reproduction",
		Statements: []Statement{
			measured("Built by %s %s (%s) with seed %d and the config below.", m.Tool.Name, m.Tool.Version, m.Tool.Go, m.Seed),
			measured("corpus.json lists every input and every other output with its SHA-256; corpus verify compares the outputs with it, and the inputs too where asked."),
			measured("This page rests on the manifest corpus.json and the ledger alone, which agree; corpus datasheet writes it again from them."),
			unknown("Whether a second build from the same inputs, config and binary gives the same bytes, as it is meant to, was not tried in this build."),
		},
		Code: indentJSON(m.Config),
	}
	if len(m.ConfigFiles) == 0 {
		return s
	}
	t := Table{Name: "config_files", Caption: "Files that the config names, with their SHA-256 digests", Label: Measured, Columns: []string{"file", "bytes", "sha256"}}
	for _, file := range m.ConfigFiles {
		t.Rows = append(t.Rows, []Value{text(file.Path), number(file.Bytes), text(file.SHA256)})
	}
	s.Tables = []Table{t}
	return s
}
