package report

func personalData(f *Facts) Section {
	s := Section{ID: "personal-data", Title: "Personal data"}
	st := f.stage("pii")
	if st == nil {
		s.Statements = []Statement{unknown("Personal data was not looked for: the config has no filter pii.")}
		return s
	}
	s.Statements = []Statement{
		measured("The filter pii looked for the types below, by pattern, in the %s that reached it. What it found was replaced by a tag (mask) or a made-up value (surrogate), left in place (count), or the document was dropped (drop), as the config says for each type; off was not looked for. Every replaced span is an edit of its document in documents/*.parquet: type, place and length, not what stood there.",
			plural(st.In.Documents, "document", "documents")),
		unknown("How much personal data of these types the filter missed, and how much else it took for such, was not measured on this corpus."),
		measured("Some types are families: ip holds versions 4 and 6; national_ids the identity, tax and social security numbers of the configured countries; crypto the addresses of five currencies; secrets API keys, web tokens and private keys. The edits name the exact type."),
		unknown("Personal data of other types, such as names and postal addresses, was not looked for."),
	}
	t := Table{Name: "pii", Caption: "Personal data found, by type, before masking; all documents include those that were dropped later", Label: Measured,
		Columns: []string{"type", "action", "kept documents with finds", "finds in kept documents", "all documents with finds", "finds in all documents"}}
	for _, p := range f.PII {
		row := []Value{text(p.Type), orUnknown(p.Action), number(p.Documents), number(p.Found), number(p.AllDocuments), number(p.AllFound)}
		if p.Action == "off" {
			row = []Value{text(p.Type), text(p.Action), nothing(), nothing(), nothing(), nothing()}
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []Table{t}
	return s
}
