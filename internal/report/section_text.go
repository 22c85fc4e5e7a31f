package report

import (
	"fmt"

	"corpus/internal/manifest"
)

func languages(f *Facts) Section {
	s := Section{ID: "languages", Title: "Languages"}
	if !f.has("language") {
		s.Statements = []Statement{unknown("Languages were not identified: the config has no filter language.")}
	} else {
		s.Statements = []Statement{
			measured("The filter language labelled each text that reached it by its beginning. Codes are ISO 639-1; und is undetermined."),
			unknown("How often the label is wrong was not measured on this corpus."),
		}
	}
	t := Table{Name: "languages", Caption: "Documents by language; kept ones with text and tokens, without end-of-document tokens", Label: Measured, Show: 25, Bar: 3,
		Columns: []string{"language", "identified", "kept", "text bytes", "tokens", "bytes per token"}}
	for _, l := range f.Languages {
		t.Rows = append(t.Rows, []Value{text(or(l.Language, "not identified")), number(l.Identified), number(l.Kept.Documents), number(l.Kept.Bytes),
			number(l.Tokens), ratio(l.Kept.Bytes, l.Tokens)})
	}
	s.Tables = []Table{t}
	return s
}

func domains(f *Facts) Section {
	d := f.Domains
	s := Section{ID: "domains", Title: "Domains", Statements: []Statement{
		measured("Pages and texts come from %s, kept documents from %s. A domain is a registrable one by the Public Suffix List, or the host where there is none.",
			plural(d.In.Distinct, "domain", "domains"), plural(d.Kept.Distinct, "domain", "domains")),
	}}
	if d.NoneIn > 0 {
		s.Statements = append(s.Statements, unknown("No host is named by %s, or none that can be read; kept of them: %s.",
			plural(d.NoneIn, "page or text", "pages and texts"), grouped(d.NoneKept)))
	}
	s.Tables = []Table{
		domainTable("domains_in", "Domains of pages and texts, by content bytes", "content bytes", d.In),
		domainTable("domains_kept", "Domains of kept documents, by text bytes", "text bytes", d.Kept),
	}
	return s
}

func domainTable(name, caption, bytes string, list DomainList) Table {
	if n := int64(len(list.Top)); n < list.Distinct {
		caption += fmt.Sprintf(" (the first %s of %s)", grouped(n), grouped(list.Distinct))
	}
	t := Table{Name: name, Caption: caption, Label: Measured, Columns: []string{"domain", "documents", bytes}, Show: 25, Bar: 2}
	for _, d := range list.Top {
		t.Rows = append(t.Rows, []Value{text(d.Domain), number(d.Documents), number(d.Bytes)})
	}
	return t
}

func dates(f *Facts) Section {
	s := Section{ID: "dates", Title: "Dates"}
	t := Table{Name: "years", Caption: "Kept documents by year", Label: Measured, Columns: []string{"year", "documents"}, Bar: 1, Show: 50}
	undated := int64(0)
	for _, y := range f.Years {
		if y.Year == "" {
			undated = y.Documents
		}
		t.Rows = append(t.Rows, []Value{orUnknown(y.Year), number(y.Documents)})
	}
	s.Statements = []Statement{measured("Dates are those of capture in WARC records and of publication or capture in JSON Lines, as the inputs state them. Kept documents with a date: %s of %s.",
		grouped(f.Kept.Documents-undated), grouped(f.Kept.Documents))}
	if undated > 0 {
		s.Statements = append(s.Statements, unknown("The inputs give no date for %s.", plural(undated, "kept document", "kept documents")))
	}
	s.Tables = []Table{t}
	return s
}

func lengths(f *Facts) Section {
	s := Section{ID: "lengths", Title: "Lengths"}
	if f.Kept.Documents > 0 {
		s.Statements = []Statement{measured("Kept documents have %s bytes of text on average.", grouped((f.Kept.Bytes+f.Kept.Documents/2)/f.Kept.Documents))}
	}
	t := Table{Name: "lengths", Caption: "Kept documents by bytes of text", Label: Measured, Columns: []string{"from", "to below", "documents"}, Bar: 2}
	for _, l := range f.Lengths {
		t.Rows = append(t.Rows, []Value{number(l.From), number(l.To), number(l.Documents)})
	}
	s.Tables = []Table{t}
	return s
}

func tokens(f *Facts) Section {
	k, sh := f.Tokenizer, f.Shards
	s := Section{ID: "tokens", Title: "Tokenizer and tokens", Statements: tokenizerStatements(k)}
	if k.Tokens > 0 {
		s.Statements = append(s.Statements, measured("It made %s of %s of text: %s bytes per token.", plural(k.Tokens, "token", "tokens"),
			plural(k.TextBytes, "byte", "bytes"), ratio(k.TextBytes, k.Tokens)))
	}
	marks := "No token stands between documents."
	switch {
	case sh.EndOfDocument >= 0 && sh.BeginOfDocument >= 0:
		marks = fmt.Sprintf("Every document begins with token %d and ends in token %d, which these numbers count too.", sh.BeginOfDocument, sh.EndOfDocument)
	case sh.EndOfDocument >= 0:
		marks = fmt.Sprintf("Every document ends in token %d, which these numbers count too.", sh.EndOfDocument)
	case sh.BeginOfDocument >= 0:
		marks = fmt.Sprintf("Every document begins with token %d, which these numbers count too.", sh.BeginOfDocument)
	}
	s.Statements = append(s.Statements,
		measured("The shards hold %s for training, from %s, and %s for validation, from %s. %s A token takes %s.",
			plural(sh.TrainTokens, "token", "tokens"), plural(sh.TrainDocuments, "document", "documents"),
			plural(sh.ValTokens, "token", "tokens"), plural(sh.ValDocuments, "document", "documents"), marks, plural(int64(sh.TokenBytes), "byte", "bytes")),
		measured("Seed %d decided the order of the documents and which were set aside.", f.Manifest.Seed))
	s.Statements = append(s.Statements, packing(sh)...)
	return s
}

// packing says how documents fill sequences.
func packing(sh manifest.Shards) (list []Statement) {
	if sh.SequenceLength > 0 {
		how := "Documents stand one behind another and are cut at the ends of sequences"
		if sh.Packing == "best_fit" {
			how = "Documents lie whole in a sequence where they fit one"
		}
		list = append(list, measured("%s: %s of %s for training, %s for validation; %s cut.", how, grouped(sh.TrainSequences),
			plural(sh.SequenceLength, "token", "tokens"), grouped(sh.ValSequences), plural(sh.CutDocuments, "document is", "documents are")))
	}
	if sh.Pad >= 0 {
		list = append(list, measured("Token %d fills sequences up: %s of padding for training, %s for validation, which the numbers of tokens count too.",
			sh.Pad, plural(sh.TrainPadding, "token", "tokens"), grouped(sh.ValPadding)))
	}
	if sh.EmptyDocuments > 0 {
		list = append(list, measured("%s without text: no shard has them.", plural(sh.EmptyDocuments, "kept document is", "kept documents are")))
	}
	return list
}
