package build_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"corpus/internal/build"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// incrementCrawls writes three crawls whose documents repeat each other's and their own: texts as they are and in capitals, nearly the same texts, chains
// of them, pages fetched again. Some groups are larger than all pairs of are compared.
func incrementCrawls(t testing.TB, dir string) []string {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	word := func() string { return fmt.Sprintf("w%d", rng.IntN(5000)) }
	text := func(n int) []string {
		words := make([]string, n)
		for i := range words {
			words[i] = word()
		}
		return words
	}
	var topics [][]string
	for range 60 {
		topics = append(topics, text(40+rng.IntN(120)))
	}
	var paths []string
	for crawl := range 3 {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		for i := range 130 {
			words := slices.Clone(topics[rng.IntN(len(topics))*rng.IntN(4)/3])
			switch rng.IntN(4) {
			case 0:
				words = text(30 + rng.IntN(100))
			case 1:
				for range 1 + rng.IntN(4) {
					words[rng.IntN(len(words))] = word()
				}
			case 2: // a chain: what changes now stays for those that come later
				n := rng.IntN(len(topics))
				topics[n][rng.IntN(len(topics[n]))] = word()
				words = slices.Clone(topics[n])
			}
			whole := strings.Join(words, " ") + "."
			if rng.IntN(5) == 0 {
				whole = strings.ToUpper(whole)
			}
			if err := enc.Encode(map[string]any{
				"id": fmt.Sprintf("%d-%d", crawl, i), "text": whole,
				"url":  fmt.Sprintf("https://site%d.example/%d", rng.IntN(9), rng.IntN(60)),
				"date": fmt.Sprintf("20%02d-0%d-01", 10+rng.IntN(15), 1+rng.IntN(9)),
			}); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("crawl%d.jsonl", crawl))
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// incrementConfig is a build of some crawls against others.
func incrementConfig(dedup string, limit int, crawls map[string]string, against ...string) string {
	var b strings.Builder
	b.WriteString("split_bytes: 65536\ntokenizer: {vocab_size: 300}\nshards: {validation: 0}\nsources:\n")
	for _, name := range slices.Sorted(maps.Keys(crawls)) {
		fmt.Fprintf(&b, "  - {name: %s, paths: [%q], limits: {records: %d}}\n", name, crawls[name], limit)
	}
	fmt.Fprintf(&b, "dedup:\n  index: true\n  against: [%s]\n%s", strings.Join(against, ", "), dedup)
	return b.String()
}

func mustBuild(t *testing.T, dir, text string) {
	t.Helper()
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
}

// unitTables are the tables that must be the same, by name.
func unitTables(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := folder(t, dir)
	maps.DeleteFunc(files, func(name, _ string) bool {
		top, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		return top != "documents" && top != "ledger" && top != "dedup" || name == filepath.FromSlash(build.EarlierPath)
	})
	return files
}

// sayings are what a folder's tables say of documents in clusters, by unit and index.
func sayings(t *testing.T, dir string) map[string]build.EarlierRow {
	t.Helper()
	all := map[string]build.EarlierRow{}
	names, err := filepath.Glob(filepath.Join(dir, "dedup", "0*.parquet"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no tables in %s: %v", dir, err)
	}
	for _, name := range names {
		for r, err := range table.Read[build.ClusterRow](name) {
			if err != nil {
				t.Fatal(err)
			}
			all[fmt.Sprint(r.Unit, ":", r.Index)] = build.EarlierRow{
				Unit: r.Unit, Index: r.Index, ID: r.ID, Cluster: r.Cluster, Kept: r.Kept, Method: r.Method, Similarity: r.Similarity,
			}
		}
	}
	return all
}

// change applies a folder's table of earlier documents.
func change(t *testing.T, all map[string]build.EarlierRow, dir string) (rows int) {
	t.Helper()
	for r, err := range table.Read[build.EarlierRow](filepath.Join(dir, filepath.FromSlash(build.EarlierPath))) {
		if err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprint(r.Unit, ":", r.Index)
		was, ok := all[key]
		if kept := !ok || was.Kept; kept != r.WasKept {
			t.Errorf("%s: %s was kept: %t, not %t", dir, key, kept, r.WasKept)
		}
		r.WasKept = false
		if r.Cluster == "" {
			delete(all, key)
		} else {
			all[key] = r
		}
		rows++
	}
	return rows
}

// wantPart checks that the tables of part are those of whole for its units, byte for byte.
func wantPart(t *testing.T, whole, part string) {
	t.Helper()
	want, got := unitTables(t, whole), unitTables(t, part)
	if len(got) == 0 {
		t.Errorf("%s has no tables", part)
	}
	for name, data := range got {
		if want[name] != data {
			t.Errorf("%s of %s is not as in a build of all crawls", name, filepath.Base(part))
		}
	}
}

const allMethods = "  methods: [url, exact, minhash]\n"

func TestIncrementsEqualOneBuild(t *testing.T) {
	for _, c := range []struct {
		name, dedup string
		limit       int
		cuts        bool // other cuts into increments too
	}{
		{"defaults", "", 0, true},
		{"url and newest", allMethods + "  survivor: [newest]\n", 0, false},
		{"by source with limits", allMethods + "  survivor: [source, longest]\n", 70, false},
		{"datatrove without verification", "  methods: [minhash]\n  minhash: {family: datatrove, bands: 14, verify: false}\n  survivor: [shortest, id]\n", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.limit == 0 {
				long(t)
			}
			dir := t.TempDir()
			crawls := incrementCrawls(t, dir)
			source := func(n ...int) map[string]string {
				m := map[string]string{}
				for _, i := range n {
					m[fmt.Sprint("c", i)] = crawls[i]
				}
				return m
			}
			at := func(name string) string { return filepath.Join(dir, name) }
			mustBuild(t, at("all"), incrementConfig(c.dedup, c.limit, source(0, 1, 2)))
			mustBuild(t, at("two"), incrementConfig(c.dedup, c.limit, source(0, 1)))
			mustBuild(t, at("0"), incrementConfig(c.dedup, c.limit, source(0)))
			mustBuild(t, at("1"), incrementConfig(c.dedup, c.limit, source(1), at("0")))
			mustBuild(t, at("2"), incrementConfig(c.dedup, c.limit, source(2), at("0"), at("1")))
			wantPart(t, at("two"), at("1"))
			wantPart(t, at("all"), at("2"))
			chains := [][]string{{"0", "1", "2"}}
			if c.cuts {
				mustBuild(t, at("12"), incrementConfig(c.dedup, c.limit, source(1, 2), at("0")))
				mustBuild(t, at("2 of two"), incrementConfig(c.dedup, c.limit, source(2), at("two")))
				wantPart(t, at("all"), at("12"))
				wantPart(t, at("all"), at("2 of two"))
				chains = append(chains, []string{"0", "12"}, []string{"two", "2 of two"})
			}
			for _, chain := range chains {
				got, changed := sayings(t, at(chain[0])), 0
				for _, part := range chain[1:] {
					changed += change(t, got, at(part))
					maps.Copy(got, sayings(t, at(part)))
				}
				if diff := cmp.Diff(sayings(t, at("all")), got); diff != "" {
					t.Errorf("%v and what they say of earlier documents are not as one build (-all +%v):\n%s", chain, chain, diff)
				}
				if changed == 0 && strings.Contains(c.dedup, "newest") {
					t.Errorf("%v changed nothing: the test is worth nothing", chain)
				}
			}
			for _, part := range []string{"0", "1", "2"} {
				wantVerified(t, at(part))
			}
		})
	}
}

func TestIncrementOfOddCrawls(t *testing.T) {
	long(t)
	dir := t.TempDir()
	crawls := incrementCrawls(t, dir)
	none, strange := filepath.Join(dir, "none.jsonl"), filepath.Join(dir, "strange.jsonl")
	writeFile(t, none, `{"id":"x","text":""}`+"\n")
	writeFile(t, strange, oneLine)
	again := filepath.Join(dir, "again.jsonl")
	data, err := os.ReadFile(crawls[0])
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, again, string(data))
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct{ name, old, late string }{
		{"no earlier documents", none, crawls[0]},
		{"nothing in common", crawls[0], strange},
		{"the same documents again", crawls[0], again},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			old, late, all := at(c.name+" old"), at(c.name+" late"), at(c.name+" all")
			mustBuild(t, all, incrementConfig(allMethods, 0, map[string]string{"a": c.old, "b": c.late}))
			mustBuild(t, old, incrementConfig(allMethods, 0, map[string]string{"a": c.old}))
			mustBuild(t, late, incrementConfig(allMethods, 0, map[string]string{"b": c.late}, old))
			wantPart(t, all, late)
			if c.late == again {
				kept := 0
				for _, r := range sayings(t, late) {
					if r.Kept {
						kept++
					}
				}
				if kept > 0 {
					t.Errorf("%d documents of a crawl that was there already are kept in clusters", kept)
				}
			}
			wantVerified(t, late)
			if err := os.RemoveAll(old); err != nil {
				t.Fatal(err)
			}
			wantVerified(t, late)
		})
	}
}

// wantIncrement checks what a manifest says of the build before it.
func wantIncrement(t *testing.T, before, dir, source string) {
	t.Helper()
	old, err := manifest.Read(before)
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.Earlier{{Path: before, Digest: old.Digest, Units: old.Units(), Sources: []string{source}}}
	if diff := cmp.Diff(want, m.Earlier); diff != "" {
		t.Errorf("earlier builds (-want +got):\n%s", diff)
	}
	if m.FirstUnit() != old.Units() || m.Inputs[0].Unit != old.Units() {
		t.Errorf("the first unit is %d, and of the inputs %d; the earlier build has %d", m.FirstUnit(), m.Inputs[0].Unit, old.Units())
	}
	rows := sayings(t, dir)
	if n := change(t, maps.Clone(sayings(t, before)), dir); int64(n) != m.Dedup.Earlier.Changed || n == 0 {
		t.Errorf("%d rows of earlier documents, the manifest says %d", n, m.Dedup.Earlier.Changed)
	}
	clusters := map[string]int64{}
	for _, r := range rows {
		clusters[r.Cluster]++
	}
	if int64(len(clusters)) != m.Dedup.Clusters {
		t.Errorf("%d clusters in the tables, the manifest says %d", len(clusters), m.Dedup.Clusters)
	}
}

func TestIncrementRefusals(t *testing.T) {
	dir := t.TempDir()
	crawls := incrementCrawls(t, dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	a, b, c := map[string]string{"a": crawls[0]}, map[string]string{"b": crawls[1]}, map[string]string{"c": crawls[2]}
	mustBuild(t, at("0"), incrementConfig("", 0, a))
	mustBuild(t, at("1"), incrementConfig("", 0, b, at("0")))
	wantIncrement(t, at("0"), at("1"), "a")
	bare := strings.Replace(incrementConfig("", 0, a), "index: true", "index: false", 1)
	mustBuild(t, at("bare"), bare)
	try := func(dedup string, against ...string) error {
		return buildText(t, filepath.Join(t.TempDir(), "out"), incrementConfig(dedup, 0, c, against...))
	}
	wantError(t, try("", at("none")), "dedup.against", at("none"), "no finished build")
	wantError(t, try("", at("bare")), "dedup.against", "no index")
	wantError(t, try("", at("1")), "dedup.against", "must stand before it")
	wantError(t, try("", at("1"), at("0")), "dedup.against", "must stand before it")
	wantError(t, try("", at("0"), at("0")), "named twice")
	wantError(t, try("  minhash: {threshold: 0.8}\n", at("0")), "dedup.against", "dedup.minhash.threshold was 0.7, is 0.8")
	wantError(t, try("  methods: [exact]\n", at("0")), "dedup.against", "another option: dedup.methods")
	wantError(t, try("  survivor: [newest]\n", at("0")), "dedup.against", "dedup.survivor")
	wantError(t, try("  methods: [exact, substring]\n", at("0")), "dedup.against", "method substring")
	keys, err := filepath.Glob(filepath.Join(at("0"), "index", "minhash-*.keys"))
	if err != nil || len(keys) == 0 {
		t.Fatal(keys, err)
	}
	if err := os.Truncate(keys[0], 30); err != nil {
		t.Fatal(err)
	}
	wantError(t, try("", at("0"), at("1")), "dedup.against", "has 30 bytes")
}

func TestKillIncrement(t *testing.T) {
	long(t)
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	dir := t.TempDir()
	crawls := incrementCrawls(t, dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	mustBuild(t, at("0"), incrementConfig(allMethods, 0, map[string]string{"a": crawls[0]}))
	text := incrementConfig(allMethods, 0, map[string]string{"b": crawls[1]}, at("0"))
	run := func(out string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "CORPUS_TEST_BUILD="+out, "CORPUS_TEST_CONFIG="+text)
		return cmd
	}
	start := time.Now()
	if out, err := run(at("whole")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, want := time.Since(start), folder(t, at("whole"))
	random := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		if _, err := killAfter(run(at("killed")), time.Duration(random.Float64()*float64(whole))); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := run(at("killed")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sameFolder(t, want, folder(t, at("killed")))
}
