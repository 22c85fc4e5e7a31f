package build_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/manifest"
)

// Equal texts are one document to minhash, so that their buckets are not large; nearly equal ones are not, and with url each may stand for itself.
func TestCopiesAreNoHotKeys(t *testing.T) {
	in := t.TempDir()
	var words []string
	for i := range 200 {
		words = append(words, fmt.Sprintf("word%d", i*i%1009))
	}
	text := strings.Join(words, " ")
	near := strings.Replace(text, "word100 ", "changed ", 1)
	var first, second strings.Builder
	for i := range 30 {
		fmt.Fprintf(&first, `{"id":"a%d","text":%q}`+"\n", i, text)
		fmt.Fprintf(&second, `{"id":"b%d","text":%q}`+"\n", i, []string{text, near}[i%2])
	}
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), first.String())
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), second.String())
	for _, c := range []struct {
		name, dedup, limit string
		hot                bool
		clusters, exact    int64
		minhash            int64
	}{
		{"exact and minhash", "methods: [exact, minhash]", "limits: {}", false, 1, 58, 1},
		{"by source and id", "methods: [exact, minhash], survivor: [source, id]", "limits: {}", false, 1, 58, 1},
		{"under a limit", "methods: [exact, minhash]", "limits: {records: 20}", false, 1, 38, 1},
		{"minhash alone", "methods: [minhash]", "limits: {}", true, 1, 0, 59},
		{"url too", "methods: [url, exact, minhash]", "limits: {}", true, 1, 58, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			config := sourcesConfig(in, c.limit, c.limit) + "dedup: {" + c.dedup + "}\n"
			if err := buildText(t, dir, config); err != nil {
				t.Fatal(err)
			}
			m, err := manifest.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			d := m.Dedup
			if (d.HotKeys > 0) != c.hot || d.Clusters != c.clusters || d.Dropped["exact"] != c.exact || d.Dropped["minhash"] != c.minhash {
				t.Errorf("%d hot keys, %d clusters, dropped %v", d.HotKeys, d.Clusters, d.Dropped)
			}
			wantVerified(t, dir)
		})
	}
}
