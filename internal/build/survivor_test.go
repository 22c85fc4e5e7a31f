package build_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// survivorPages are two sources that share addresses and texts. The words are many, so that one changed leaves texts alike.
func survivorPages(t *testing.T) (in string) {
	t.Helper()
	in = t.TempDir()
	var words []string
	for i := range 200 {
		words = append(words, fmt.Sprintf("word%d", i*i%1009))
	}
	text := strings.Join(words, " ")
	near := strings.Replace(text, "word100 ", "changed ", 1)
	line := func(id, url, date, text string) string {
		return fmt.Sprintf(`{"id":%q,"url":%q,"date":%q,"text":%q}`, id, url, date, text) + "\n"
	}
	writeFile(t, filepath.Join(in, "a", "1.jsonl"),
		line("a1", "http://example.com/1?utm_source=x", "2020", text)+
			line("a2", "http://example.com/2", "2024", strings.ToUpper(text))+
			line("a3", "http://example.com/3", "2021", "Nothing like the others, but with an address that another has."))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"),
		line("b1", "https://www.example.com/1", "2023", "The address of a1 with a text of its own.")+
			line("b2", "http://example.com/4", "2022", near)+
			line("b3", "https://example.com/3/", "2022", text))
	return in
}

func TestSurvivors(t *testing.T) {
	in := survivorPages(t)
	for _, c := range []struct {
		name, dedup string
		want        map[string]string
	}{
		{"first", "methods: [minhash, url, exact]", map[string]string{
			"a1": "kept", "a2": "exact/duplicate of 0:0", "a3": "kept", "b1": "url/duplicate of 0:0", "b2": "minhash/near_duplicate of 0:0", "b3": "url/duplicate of 0:2"}},
		// Of the address 1 b1 is newer and of 3 b3: what they drop links nothing.
		{"newest", "methods: [url, exact, minhash], survivor: [newest]", map[string]string{
			"a1": "url/duplicate of 1:0", "a2": "kept", "a3": "url/duplicate of 0:1", "b1": "kept", "b2": "minhash/near_duplicate of 0:1", "b3": "exact/duplicate of 0:1"}},
		{"oldest without url", "methods: [exact, minhash], survivor: [oldest]", map[string]string{
			"a1": "kept", "a2": "exact/duplicate of 0:0", "a3": "kept", "b1": "kept", "b2": "minhash/near_duplicate of 0:0", "b3": "exact/duplicate of 0:0"}},
		{"source", "methods: [url], survivor: [source, shortest]", map[string]string{
			"a1": "kept", "a2": "kept", "a3": "kept", "b1": "url/duplicate of 0:0", "b2": "kept", "b3": "url/duplicate of 0:2"}},
		{"shortest", "methods: [url], survivor: [shortest]", map[string]string{
			"a1": "url/duplicate of 1:0", "a2": "kept", "a3": "kept", "b1": "kept", "b2": "kept", "b3": "url/duplicate of 0:2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := buildText(t, dir, sourcesConfig(in, "limits: {}", "limits: {}")+"dedup: {"+c.dedup+"}\n"); err != nil {
				t.Fatal(err)
			}
			cluster := map[string]string{}
			for unit := range 2 {
				for row, err := range table.Read[build.ClusterRow](filepath.Join(dir, build.ClustersPath(unit))) {
					if err != nil {
						t.Fatal(err)
					}
					cluster[row.ID] = row.Cluster
				}
			}
			rows, _ := ledgerRows(t, dir)
			got := map[string]string{}
			for _, r := range rows {
				got[r.ID] = "kept"
				if !r.Kept {
					got[r.ID] = r.Stage + "/" + r.Rule + " of " + cluster[r.ID]
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			wantVerified(t, dir)
		})
	}
}

func TestUnknownSurvivorPointsAtTheKey(t *testing.T) {
	err := buildText(t, t.TempDir(), sourcesConfig(survivorPages(t), "limits: {}", "limits: {}")+"dedup: {survivor: [largest]}\n")
	wantError(t, err, "dedup.survivor", `unknown key "largest"`)
}
