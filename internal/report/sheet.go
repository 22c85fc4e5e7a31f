package report

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// Label says what a statement rests on.
type Label string

// The three labels.
const (
	Measured Label = "measured"
	Declared Label = "declared"
	Unknown  Label = "unknown"
)

// Sheet is the datasheet before it is rendered.
type Sheet struct {
	Title    string
	Facts    *Facts
	Sections []Section
}

// Section answers one group of questions.
type Section struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Statements []Statement `json:"statements"`
	Tables     []Table     `json:"tables"`
	// Figure is inline SVG; Caption describes it in words.
	Figure  template.HTML `json:"-"`
	Caption string        `json:"-"`
	// Code is preformatted text.
	Code string `json:"code,omitempty"`
}

// Statement is one sentence with what it rests on.
type Statement struct {
	Label Label  `json:"label"`
	Text  string `json:"text"`
}

// Table is a table of the page and a CSV file beside it.
type Table struct {
	Name    string     `json:"name"`
	Caption string     `json:"caption"`
	Label   Label      `json:"label"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	// Show is how many rows the page shows; 0 means all.
	Show int `json:"-"`
	// Text is how many columns from the left hold text; the others hold numbers.
	Text int `json:"-"`
}

// Shown are the rows that the page shows, Hidden how many it does not.
func (t Table) Shown() [][]string {
	if t.Show == 0 || len(t.Rows) <= t.Show {
		return t.Rows
	}
	return t.Rows[:t.Show]
}

// Hidden is the number of rows that only the CSV file has.
func (t Table) Hidden() int { return len(t.Rows) - len(t.Shown()) }

// newSheet arranges the facts. Limitations come first: a reader must not miss them.
func newSheet(f *Facts) *Sheet {
	s := &Sheet{Title: f.Manifest.Declared.Title, Facts: f}
	if s.Title == "" {
		s.Title = "Untitled corpus"
	}
	s.Sections = []Section{
		limitations(f), motivation(f), composition(f), funnelSection(f), sources(f), languages(f), domains(f), dates(f), lengths(f),
		duplicates(f), personalData(f), toxicity(f), tokens(f), damage(f), maintenance(f), reproduction(f),
	}
	return s
}

func measured(format string, args ...any) Statement {
	return Statement{Measured, fmt.Sprintf(format, args...)}
}

// declared states what the config says about a subject, or that it says nothing.
func declared(subject, value string) Statement {
	if strings.TrimSpace(value) == "" {
		return Statement{Unknown, subject + ": not declared."}
	}
	return Statement{Declared, subject + ": " + strings.TrimSpace(value)}
}

func unknown(format string, args ...any) Statement {
	return Statement{Unknown, fmt.Sprintf(format, args...)}
}

// count writes a number with thousands separators.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// plural writes a number with its noun.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// percent is a share of a whole; "–" of nothing.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func ratio(a, b int64) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", float64(a)/float64(b))
}
