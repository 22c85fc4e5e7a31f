package report

import (
	"bytes"
	"fmt"
	"strings"
)

// legend explains the labels.
const legend = "measured (counted by the program from the build's own records), declared (said by whoever wrote the config) or unknown"

// markdown renders the sheet for people and for model cards: CommonMark with the tables of GitHub.
func (s *Sheet) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Datasheet: %s\n\nEach statement is labelled: %s.\n\n", escapeMarkdown(s.Title), legend)
	for _, k := range s.Key {
		fmt.Fprintf(&b, "- **measured** %s: %s\n", k.Name, grouped(k.Value))
	}
	if len(s.Warnings) > 0 {
		b.WriteString("\n## Warnings\n\n")
	}
	for _, a := range s.Warnings {
		for _, w := range a.Warnings {
			fmt.Fprintf(&b, "- **%s** %s\n", Measured, escapeMarkdown(w))
		}
		fmt.Fprintf(&b, "\n  %s\n", escapeMarkdown(a.Text))
	}
	for _, sec := range s.Sections {
		sec.markdown(&b)
	}
	return b.Bytes()
}

func (s Section) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n## %s\n", s.Title)
	if len(s.Statements) > 0 {
		b.WriteByte('\n')
	}
	for _, st := range s.Statements {
		fmt.Fprintf(b, "- **%s** %s\n", st.Label, escapeMarkdown(st.Text))
	}
	for _, x := range s.Figures {
		fmt.Fprintf(b, "\n![%s](%s)\n", escapeMarkdown(x.Caption), x.File)
	}
	for _, t := range s.Tables {
		t.markdown(b)
	}
	if s.Code != "" {
		fmt.Fprintf(b, "\n```json\n%s\n```\n", s.Code)
	}
}

func (t Table) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n%s (%s; %s):\n\n", t.Caption, t.Label, t.File())
	if len(t.Rows) == 0 {
		b.WriteString("none\n")
		return
	}
	fmt.Fprintf(b, "| %s |\n|", strings.Join(t.Columns, " | "))
	for i := range t.Columns {
		if t.Numeric(i) {
			b.WriteString(" ---: |")
		} else {
			b.WriteString(" --- |")
		}
	}
	b.WriteByte('\n')
	for _, row := range t.Shown() {
		b.WriteByte('|')
		for _, v := range row {
			fmt.Fprintf(b, " %s |", escapeMarkdown(v.String()))
		}
		b.WriteByte('\n')
	}
	if n := t.Hidden(); n > 0 {
		fmt.Fprintf(b, "\nand %s in %s\n", plural(int64(n), "more row", "more rows"), t.File())
	}
}

// markup are the characters that can begin markup within a line (CommonMark 0.31, section 2.4; ~ is GitHub's).
var markup = strings.NewReplacer(
	`&`, "&amp;", `<`, "&lt;", `>`, "&gt;",
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `|`, `\|`, `~`, `\~`, `!`, `\!`,
	`://`, `:&#47;&#47;`, `www.`, `www&#46;`, `@`, `&#64;`, // what GitHub would make a link
)

// escapeMarkdown keeps text from the outside from becoming markup. The text has no line ends.
func escapeMarkdown(s string) string { return markup.Replace(s) }
