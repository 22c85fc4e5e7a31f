package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// markdown renders the sheet for people and for model cards.
func (s *Sheet) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Datasheet: %s\n\n", escapeMarkdown(s.Title))
	b.WriteString("Each statement is **measured** (counted by corpus), **declared** (by the config) or **unknown**.\n")
	for _, sec := range s.Sections {
		fmt.Fprintf(&b, "\n## %s\n", sec.Title)
		if len(sec.Statements) > 0 {
			b.WriteByte('\n')
		}
		for _, st := range sec.Statements {
			fmt.Fprintf(&b, "- **%s** %s\n", st.Label, escapeMarkdown(st.Text))
		}
		if sec.Figure != "" {
			fmt.Fprintf(&b, "\n![%s](funnel.svg)\n", sec.Caption)
		}
		for _, t := range sec.Tables {
			t.markdown(&b)
		}
		if sec.Code != "" {
			fmt.Fprintf(&b, "\n```json\n%s\n```\n", sec.Code)
		}
	}
	return b.Bytes()
}

func (t Table) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n%s (%s; tables/%s.csv):\n\n", t.Caption, t.Label, t.Name)
	if len(t.Rows) == 0 {
		b.WriteString("none\n")
		return
	}
	fmt.Fprintf(b, "| %s |\n|", strings.Join(t.Columns, " | "))
	for i := range t.Columns {
		if i < t.Text {
			b.WriteString(" --- |")
		} else {
			b.WriteString(" ---: |")
		}
	}
	b.WriteByte('\n')
	for _, row := range t.Shown() {
		b.WriteByte('|')
		for _, cell := range row {
			fmt.Fprintf(b, " %s |", escapeMarkdown(cell))
		}
		b.WriteByte('\n')
	}
	if n := t.Hidden(); n > 0 {
		fmt.Fprintf(b, "\nand %s in tables/%s.csv\n", plural(int64(n), "more row", "more rows"), t.Name)
	}
}

// escapeMarkdown keeps text from the outside from becoming markup.
func escapeMarkdown(s string) string {
	s = strings.NewReplacer("\n", " ", "\r", " ").Replace(s)
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "`", "\\`", "[", `\[`, "]", `\]`, "_", `\_`).Replace(s)
}

func indentJSON(data json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return string(data)
	}
	return b.String()
}

// twin is the sheet as datasheet.json holds it.
func (s *Sheet) twin() any {
	return struct {
		Format   string    `json:"format"`
		Title    string    `json:"title"`
		Sections []Section `json:"sections"`
		Facts    *Facts    `json:"facts"`
	}{"corpus-datasheet/1", s.Title, s.Sections, s.Facts}
}
