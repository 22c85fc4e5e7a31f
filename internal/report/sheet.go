package report

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// Label says what a statement rests on.
type Label string

// The three labels.
const (
	Measured Label = "measured" // counted by the program from manifest and ledger
	Declared Label = "declared" // said by whoever wrote the config
	Unknown  Label = "unknown"  // neither: said so, rather than left out
)

// Sheet is the datasheet before it is rendered.
type Sheet struct {
	Title    string
	Key      []KeyFigure // measured
	Warnings []Advice    // with the warnings of each
	Sections []Section
	Facts    *Facts
}

// KeyFigure is a number at the head of the page.
type KeyFigure struct {
	Name  string
	Value int64
}

// Section answers one group of questions.
type Section struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Statements []Statement `json:"statements"`
	Tables     []Table     `json:"tables"`
	Figures    []Figure    `json:"figures"`
	// Code is preformatted text.
	Code string `json:"-"`
}

// Figure is a picture of the page and an SVG file beside it.
type Figure struct {
	SVG     template.HTML `json:"-"` // made by this package from numbers and escaped names
	File    string        `json:"file"`
	Caption string        `json:"caption"`
}

// Statement is one sentence with what it rests on.
type Statement struct {
	Label Label  `json:"label"`
	Text  string `json:"text"`
}

// Table is a table of the page and a CSV file beside it.
type Table struct {
	Name    string
	Caption string
	Label   Label
	Columns []string
	Rows    [][]Value
	// Show is how many rows the page shows; 0 means all.
	Show int
	// Bar is the column that the page also draws; 0 means none.
	Bar int
}

// File is where the whole table lies, relative to the page.
func (t Table) File() string { return "tables/" + t.Name + ".csv" }

// MarshalJSON refers to the CSV file for the rows; the facts of datasheet.json have the numbers under names.
func (t Table) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name    string   `json:"name"`
		Caption string   `json:"caption"`
		Label   Label    `json:"label"`
		Columns []string `json:"columns"`
		Rows    int      `json:"rows"`
		File    string   `json:"file"`
	}{t.Name, t.Caption, t.Label, t.Columns, len(t.Rows), t.File()})
}

// Shown are the rows that the page shows.
func (t Table) Shown() [][]Value {
	if t.Show == 0 || len(t.Rows) <= t.Show {
		return t.Rows
	}
	return t.Rows[:t.Show]
}

// Hidden is the number of rows that only the CSV file has.
func (t Table) Hidden() int { return len(t.Rows) - len(t.Shown()) }

// Numeric tells whether a column holds numbers.
func (t Table) Numeric(column int) bool { return len(t.Rows) > 0 && t.Rows[0][column].Numeric() }

// Drawn tells whether a bar stands beside a column's numbers.
func (t Table) Drawn(column int) bool { return t.Bar > 0 && t.Bar == column }

// BarWidth is the length of a row's bar: of a share in percent of the whole, of a number in percent of the largest that is shown.
func (t Table) BarWidth(row []Value) string {
	v := row[t.Bar]
	if v.form == formShare {
		return fmt.Sprintf("%.2f%%", 100*min(max(part(v.a, v.b), 0), 1))
	}
	most := int64(1)
	for _, r := range t.Shown() {
		most = max(most, r[t.Bar].a)
	}
	return fmt.Sprintf("%.2f%%", 100*float64(max(v.a, 0))/float64(most))
}

// newSheet arranges the facts. Limitations come first: a reader must not miss them.
func newSheet(f *Facts) *Sheet {
	s := &Sheet{
		Title: Visible(oneLine(or(f.Manifest.Declared.Title, "Untitled corpus"))),
		Key: []KeyFigure{
			{"records read", f.Records.Documents}, {"documents kept", f.Kept.Documents}, {"bytes of text kept", f.Kept.Bytes},
			{"training tokens", f.Shards.TrainTokens}, {"validation tokens", f.Shards.ValTokens},
		},
		Sections: []Section{
			limitations(f), motivation(f), composition(f), funnelSection(f), sources(f), languages(f), domains(f), dates(f), lengths(f),
			duplicates(f), rights(f), personalData(f), toxicity(f), models(f), tokens(f), mixture(f), damage(f), uses(f), reproduction(f),
		},
		Warnings: Advised(f.Warnings),
		Facts:    f,
	}
	for i := range s.Sections { // a list without entries is [] in JSON, not null
		s.Sections[i].Statements = append([]Statement{}, s.Sections[i].Statements...)
		s.Sections[i].Tables = append([]Table{}, s.Sections[i].Tables...)
		s.Sections[i].Figures = append([]Figure{}, s.Sections[i].Figures...)
	}
	return s
}

func measured(format string, args ...any) Statement {
	return Statement{Measured, Visible(fmt.Sprintf(format, args...))}
}

// declared states what the config says about a subject, or that it says nothing.
func declared(subject, value string) Statement {
	if strings.TrimSpace(value) == "" {
		return Statement{Unknown, subject + ": not declared."}
	}
	return Statement{Declared, Visible(subject + ": " + oneLine(value))}
}

func unknown(format string, args ...any) Statement {
	return Statement{Unknown, Visible(fmt.Sprintf(format, args...))}
}

// stage is the account of a stage that ran, or nil.
func (f *Facts) stage(name string) *StageFact {
	for i := range f.Stages {
		if f.Stages[i].Stage == name {
			return &f.Stages[i]
		}
	}
	return nil
}

// method is the account of a dedup method that ran, or nil. Methods are the last stages; a filter before them may have the same name.
func (f *Facts) method(name string) *StageFact {
	for i := len(f.Stages) - 1; i >= max(len(f.Stages)-len(f.Duplicates.Methods), 0); i-- {
		if f.Stages[i].Stage == name {
			return &f.Stages[i]
		}
	}
	return nil
}

func (f *Facts) has(stage string) bool { return f.stage(stage) != nil }

// signal is the sum of a signal; zero where no document carries it.
func (f *Facts) signal(name string) SignalFact {
	for _, s := range f.Signals {
		if s.Name == name {
			return s
		}
	}
	return SignalFact{Name: name}
}
