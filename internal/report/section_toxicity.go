package report

import "fmt"

// The signals of the filter toxicity.
const (
	signalTerms      = "toxicity_terms"
	signalTermsShare = "toxicity_ratio"
	signalWorst      = "toxicity_score"
	signalMean       = "toxicity_mean"
)

// toxicity says what the filter found by lists of words and by a classifier. Which of the two ran shows in the signals that it left.
func toxicity(f *Facts) Section {
	s := Section{ID: "toxicity", Title: "Toxic language"}
	st := f.stage("toxicity")
	if st == nil {
		s.Statements = []Statement{unknown("Toxic language was not looked for: the config has no filter toxicity.")}
		return s
	}
	s.Statements = []Statement{measured("The filter toxicity read the %s that reached it and dropped %s: %s for their share of listed terms (rule ratio), %s for their score (rule score).",
		plural(st.In.Documents, "document", "documents"), grouped(st.Dropped.Documents), grouped(st.dropped("ratio")), grouped(st.dropped("score")))}
	if f.measured(signalTerms) {
		s.Tables = append(s.Tables, termsTable(f))
		s.Statements = append(s.Statements, unknown("A listed term need not be meant as an insult. How many are was not measured, nor how much toxic language holds no listed term."))
	} else if st.In.Documents > 0 {
		s.Statements = append(s.Statements, unknown("Listed terms were not looked for."))
	}
	if f.measured(signalWorst) {
		s.Statements = append(s.Statements, scored(f)...)
		s.Tables = append(s.Tables, scoresTable(f))
	} else if st.In.Documents > 0 {
		s.Statements = append(s.Statements, unknown("No document was scored by a classifier."))
	}
	groups := "How lists and classifiers treat texts about different groups of people was not measured on this corpus."
	if f.groupsMeasured("toxicity") {
		groups += " What their makers measured by group stands in the section on classifiers and lists."
	}
	s.Statements = append(s.Statements, unknown("%s", groups))
	return s
}

// termsTable counts the listed terms.
func termsTable(f *Facts) Table {
	terms, share := f.signal(signalTerms), f.signal(signalTermsShare)
	mean := func(sum float64, documents int64) Value {
		if documents == 0 {
			return nothing()
		}
		return decimal(sum / float64(documents))
	}
	return Table{Name: "toxicity", Caption: "Listed terms found", Label: Measured,
		Columns: []string{"documents", "with terms", "terms", "mean share of the words in documents with terms"},
		Rows: [][]Value{
			{text("kept"), number(terms.Documents), number(int64(terms.Sum)), mean(share.Sum, share.Documents)},
			{text("all that reached the filter"), number(terms.AllDocuments), number(int64(terms.AllSum)), mean(share.AllSum, share.AllDocuments)},
		}}
}

// scored says how many documents were scored, and what of their text on the whole.
func scored(f *Facts) []Statement {
	var kept, all int64
	for _, x := range f.Scores {
		kept, all = kept+x.Documents, all+x.AllDocuments
	}
	list := []Statement{measured("A classifier scored %s, of which %s kept. The score is that of a document's worst passage, from 0 to 1; documents in languages that the classifier is not used for have none.",
		plural(all, "document", "documents"), plural(kept, "is", "are"))}
	if kept > 0 {
		list = append(list, measured("The mean score of all passages of a document is %.3f on average over the kept ones.", f.signal(signalMean).Sum/float64(kept)))
	}
	return list
}

// scoresTable has the documents by the score of their worst passage.
func scoresTable(f *Facts) Table {
	t := Table{Name: "toxicity_scores", Caption: "Scored documents by the score of their worst passage", Label: Measured,
		Columns: []string{"score", "kept documents", "all documents"}, Bar: 2}
	for i, x := range f.Scores {
		to := fmt.Sprintf("to below %.1f", x.To)
		if i == len(f.Scores)-1 {
			to = "to 1"
		}
		t.Rows = append(t.Rows, []Value{text(fmt.Sprintf("%.1f %s", x.From, to)), number(x.Documents), number(x.AllDocuments)})
	}
	return t
}

// measured reports whether any document carries a signal.
func (f *Facts) measured(signal string) bool {
	for _, s := range f.Signals {
		if s.Name == signal {
			return true
		}
	}
	return false
}

// groupsMeasured reports whether a model of a stage was measured by group.
func (f *Facts) groupsMeasured(stage string) bool {
	for _, m := range f.Models {
		for _, x := range m.Metrics {
			if m.Stage == stage && x.Group != "" {
				return true
			}
		}
	}
	return false
}

// dropped is the number of documents that a rule dropped.
func (s *StageFact) dropped(rule string) int64 {
	for _, r := range s.Rules {
		if r.Rule == rule {
			return r.Documents
		}
	}
	return 0
}
