package report

import (
	"bytes"
	_ "embed"
	"html/template"
)

//go:embed page.html
var page string

// html renders the page: no script, no font, no link to anything outside it.
func (s *Sheet) html() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"number": func(t Table, column int) bool { return column >= t.Text },
		"count":  count,
	}).Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
