package build_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus/dedup"

	"github.com/google/go-cmp/cmp"
)

// leastFirst are words by what the one value of a signature makes of them: a text's bucket is that of the first of its words.
func leastFirst(t *testing.T, n int) []string {
	t.Helper()
	o := dedup.DefaultMinHashOptions()
	o.Ngram, o.Bands, o.Rows = 1, 1, 1
	m, err := dedup.NewMinHash(o)
	if err != nil {
		t.Fatal(err)
	}
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i)
	}
	slices.SortFunc(words, func(a, b string) int { return int(int64(m.Signature(a)[0]) - int64(m.Signature(b)[0])) })
	return words
}

// TestIncrementSpeaksForADocumentThatIsOut: in a bucket of more documents than all pairs of are compared, one that is out by its address is all that
// links a later copy of its text with the document behind it.
func TestIncrementSpeaksForADocumentThatIsOut(t *testing.T) {
	words := leastFirst(t, 200)
	dir := t.TempDir()
	write := func(name string, docs []map[string]string) string {
		path := filepath.Join(dir, name+".jsonl")
		var b strings.Builder
		for _, d := range docs {
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(data, '\n'))
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var docs []map[string]string
	for i := range 18 { // they share their first word only
		docs = append(docs, map[string]string{"id": fmt.Sprint("filler", i), "text": strings.Join(append([]string{words[0]}, words[1+6*i:7+6*i]...), " ")})
	}
	docs[0]["url"] = "https://one.example/"
	text := strings.Join(append([]string{words[0]}, words[120:130]...), " ")
	docs = append(docs,
		map[string]string{"id": "out", "url": "https://one.example/", "text": text},
		map[string]string{"id": "near", "text": text + " " + words[131]},
		map[string]string{"id": "last", "text": strings.Join(append([]string{words[0]}, words[140:150]...), " ")})
	early := write("early", docs)
	late := write("late", []map[string]string{{"id": "copy", "text": text}})
	at := func(name string) string { return filepath.Join(dir, name) }
	options := allMethods + "  minhash: {ngram: 1, bands: 1, rows: 1}\n"
	mustBuild(t, at("all"), incrementConfig(options, 0, map[string]string{"a": early, "b": late}))
	mustBuild(t, at("0"), incrementConfig(options, 0, map[string]string{"a": early}))
	mustBuild(t, at("1"), incrementConfig(options, 0, map[string]string{"b": late}, at("0")))
	want, got := sayings(t, at("all")), sayings(t, at("0"))
	change(t, got, at("1"))
	maps.Copy(got, sayings(t, at("1")))
	if _, ok := want["0:19"]; !ok {
		t.Fatal("nothing was linked by the document that is out: the test is worth nothing")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("clusters (-at once +by increments):\n%s", diff)
	}
	wantPart(t, at("all"), at("1"))
}
