package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
)

//go:embed page.html
var page string

// html renders the page: no script, no font, no reference to anything outside it.
func (s *Sheet) html() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"grouped": grouped}).Parse(page)
	if err != nil {
		return nil, fmt.Errorf("datasheet: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s); err != nil {
		return nil, fmt.Errorf("datasheet: %w", err)
	}
	return b.Bytes(), nil
}
