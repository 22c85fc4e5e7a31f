package report

// stageRights is the filter that acts on what records say about their use.
const stageRights = "rights"

// The signals of records that were read for statements, with the number found: those without them were not.
const (
	signalHeads = "rights_http"
	signalPages = "rights_html"
)

// kindLicense is the kind of the statements that allow something; the others reserve or direct.
const kindLicense = "license"

// rights says what records state about their use, and what the build made of it.
func rights(f *Facts) Section {
	s := Section{ID: "rights", Title: "Rights reservations and licences", Statements: []Statement{
		measured("The HTTP heads of %s were read for statements about their use (X-Robots-Tag, tdm-reservation, tdm-policy, Content-Usage, Link) and %s for the meta elements and licence links that say the same: %s of %s make one.",
			plural(f.Heads, "record", "records"), plural(f.Parsed, "page", "pages"), grouped(f.Speaking.Documents), plural(f.Records.Documents, "record", "records")),
	}}
	if st := f.stage(stageRights); st == nil {
		s.Statements = append(s.Statements, measured("No document was dropped for such a statement: the config has no filter rights."))
	} else {
		s.Statements = append(s.Statements, measured("The filter rights applied the policy of the config to the %s that reached it and dropped %s (%s).",
			plural(st.In.Documents, "document", "documents"), grouped(st.Dropped.Documents), percent(st.Dropped.Documents, st.In.Documents)))
		for _, r := range st.Rules {
			s.Statements = append(s.Statements, measured("Dropped by rule %s: %s.", r.Rule, plural(r.Documents, "document", "documents")))
		}
	}
	s.Statements = append(s.Statements,
		unknown("Reservations made elsewhere, in robots.txt, terms of use or a site's tdmrep.json, were not looked for."),
		unknown("Whether a licence was stated by someone entitled to do so was not checked."))
	reservations := rightsTable("rights_reservations", "Reservations and directives for robots, as found; dropped for rights are the records with the statement that the filter rights dropped, for it or for another")
	licenses := rightsTable("rights_licenses", "Licences that records state, as found")
	for _, r := range f.Rights {
		row := []Value{text(r.Kind), text(r.Where), text(oneLine(r.Value)), number(r.Records), number(r.Dropped), number(r.Kept)}
		if r.Kind == kindLicense {
			licenses.Rows = append(licenses.Rows, row)
		} else {
			reservations.Rows = append(reservations.Rows, row)
		}
	}
	s.Tables = []Table{reservations, licenses}
	return s
}

func rightsTable(name, caption string) Table {
	return Table{Name: name, Caption: caption, Label: Measured, Show: 25, Bar: 3,
		Columns: []string{"kind", "where", "statement", "records", "dropped for rights", "kept"}}
}

// models lists the classifiers and lists that stages judged by, with what is known of how well they judge.
func models(f *Facts) Section {
	s := Section{ID: "models", Title: "Classifiers and lists"}
	if len(f.Models) == 0 {
		s.Statements = []Statement{measured("No stage judged by a classifier or a list of words.")}
		return s
	}
	s.Statements = []Statement{measured("Stages judged by %s, each named below with its digest.", plural(int64(len(f.Models)), "classifier or list", "classifiers and lists"))}
	list := Table{Name: "models", Caption: "Classifiers and lists that stages judged by", Label: Measured, Show: 50,
		Columns: []string{"stage", "name", "origin", "licence", "attribution", "digest"}}
	metrics := Table{Name: "model_metrics", Caption: "How they were measured by whoever made them, not on this corpus", Label: Declared, Show: 60,
		Columns: []string{"model", "measured on", "group", "metric", "value", "threshold", "texts"}}
	for _, m := range f.Models {
		list.Rows = append(list.Rows, []Value{text(m.Stage), text(m.Name), text(m.Origin), orUnknown(oneLine(m.License)), orUnknown(oneLine(m.Attribution)), text(m.Digest)})
		if len(m.Metrics) == 0 {
			s.Statements = append(s.Statements, unknown("How well %s of stage %s judges is not known.", m.Name, m.Stage))
		}
		for _, x := range m.Metrics {
			threshold := nothing()
			if x.Threshold != 0 {
				threshold = decimal(x.Threshold)
			}
			metrics.Rows = append(metrics.Rows, []Value{text(m.Name), text(x.Set), text(or(x.Group, "all")), text(x.Name), decimal(x.Value), threshold, number(int64(x.Count))})
		}
	}
	s.Tables = []Table{list}
	if len(metrics.Rows) > 0 {
		s.Tables = append(s.Tables, metrics)
	}
	return s
}
