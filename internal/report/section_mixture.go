package report

import "strings"

// mixture says how much of each source the training split was to have, and how much it has.
func mixture(f *Facts) Section {
	s := Section{ID: "mixture", Title: "Mixture of sources"}
	sh := f.Shards
	if len(sh.Mixture) == 0 {
		s.Statements = []Statement{measured("The config has no mixture: every document with text is in the shards once.")}
		return s
	}
	var wanted, got int64
	var capped []string
	for _, x := range sh.Mixture {
		wanted += x.WantedTokens
		got += x.GotTokens
		if x.Capped {
			capped = append(capped, x.Source)
		}
	}
	s.Statements = []Statement{
		measured("The config says how much of the training split each source makes up. Documents set aside for validation take no part in it: each is there once."),
		measured("Kept documents that it left out of the shards: %s. Second and later copies of documents: %s, with %s.",
			grouped(sh.LeftOutDocuments), grouped(sh.RepeatedDocuments), plural(sh.RepeatedTokens, "token", "tokens")),
	}
	if len(capped) > 0 {
		s.Statements = append(s.Statements, measured("Less than was wanted was taken of %s, which would have been repeated more often than the config allows.", strings.Join(capped, ", ")))
	}
	t := Table{Name: "mixture", Caption: "Sources of the training split; epochs are how often a document is taken on average", Label: Measured, Bar: 7,
		Columns: []string{"source", "documents found", "tokens found", "tokens wanted", "share wanted", "epochs", "tokens got", "share got", "documents left out", "copies", "capped"}}
	for _, x := range sh.Mixture {
		is := "no"
		if x.Capped {
			is = "yes"
		}
		t.Rows = append(t.Rows, []Value{text(x.Source), number(x.Documents), number(x.FoundTokens), number(x.WantedTokens), share(x.WantedTokens, wanted),
			decimal(x.Epochs), number(x.GotTokens), share(x.GotTokens, got), number(x.LeftOut), number(x.Repeated), text(is)})
	}
	s.Tables = []Table{t}
	return s
}
