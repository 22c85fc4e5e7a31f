package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFiltersAreDocumented: docs/filters.md has a row for every filter, and the page that the row links to speaks of it. That the
// rules in the rows are those of the code was compared by hand: filters give them as they judge, and there is no list of them to ask for.
func TestFiltersAreDocumented(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	index, err := os.ReadFile(filepath.Join(docs, "filters.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\|.*\\]\\(([^)#]+)[^)]*\\) \\|$").FindAllStringSubmatch(string(index), -1) {
		rows[m[1]] = m[2]
	}
	for _, name := range FilterNames() {
		page, ok := rows[name]
		if !ok {
			t.Errorf("docs/filters.md has no row for the filter %s", name)
			continue
		}
		delete(rows, name)
		text, err := os.ReadFile(filepath.Join(docs, page))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), name+":") {
			t.Errorf("docs/%s does not speak of the filter %s", page, name)
		}
	}
	for name := range rows {
		t.Errorf("docs/filters.md has a row for %s, which is no filter", name)
	}
}
