package build_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"corpus"
	"corpus/dedup/substring"
	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// repeatingInputs writes three files, one for each of three sources, whose documents share passages with others of the same and of other
// files, some also within themselves, and returns the config's sources and the texts by id.
func repeatingInputs(t *testing.T, documents int) (sources string, texts map[string]string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	words := func(n int) string {
		var list []string
		for range n {
			list = append(list, []string{"lighthouse", "bäcker", "harbour", "schön", "tide", "of", "the", "keeper", "größe", "ünd", "evening", "counts"}[rng.IntN(12)]+
				fmt.Sprint(rng.IntN(1000)))
		}
		return strings.Join(list, " ")
	}
	var shared []string
	for range 6 {
		shared = append(shared, words(25))
	}
	texts = map[string]string{}
	dir := t.TempDir()
	for _, source := range []string{"a", "b", "c"} {
		var lines strings.Builder
		for i := range documents / 3 {
			id, text := fmt.Sprintf("%s%d", source, i), words(40+rng.IntN(60))
			switch rng.IntN(6) {
			case 0:
				text = words(3) + " " + shared[rng.IntN(len(shared))] + " " + words(3)
			case 1, 2:
				text += " " + shared[rng.IntN(len(shared))] + " " + words(20) + " " + shared[rng.IntN(len(shared))]
			case 3:
				text = shared[rng.IntN(len(shared))]
			}
			if i == 3 && source != "a" {
				text = texts["a2"] + " " + words(1) // nearly the same
			}
			if i == 4 && source == "c" {
				text = texts["b1"] // the same
			}
			texts[id] = text
			line, err := json.Marshal(map[string]string{"id": id, "text": text})
			if err != nil {
				t.Fatal(err)
			}
			lines.Write(line)
			lines.WriteByte('\n')
		}
		path := filepath.Join(dir, source+".jsonl")
		writeFile(t, path, lines.String())
		sources += fmt.Sprintf("  - {name: %s, paths: [%s], limits: {records: LIMIT}}\n", source, path)
	}
	return "sources:\n" + sources, texts
}

// edited is what a build says of its documents.
type edited struct {
	ledger map[string]manifest.Row     // by id
	ids    map[string]string           // by "unit:index"
	order  []string                    // ids of curated documents, in order
	docs   map[string]documents.Row    // by id
	ranges map[string][]build.RangeRow // by id
}

func readEdited(t *testing.T, dir string, units int) edited {
	t.Helper()
	e := edited{map[string]manifest.Row{}, map[string]string{}, nil, map[string]documents.Row{}, map[string][]build.RangeRow{}}
	for unit := range units {
		for _, row := range tableRows[manifest.Row](t, filepath.Join(dir, manifest.LedgerPath(unit))) {
			e.ledger[row.ID] = row
			if row.Index >= 0 {
				e.ids[fmt.Sprintf("%d:%d", unit, row.Index)] = row.ID
				e.order = append(e.order, row.ID)
			}
		}
		for _, row := range tableRows[documents.Row](t, filepath.Join(dir, documents.Path(unit))) {
			e.docs[row.ID] = row
		}
		for _, row := range tableRows[build.RangeRow](t, filepath.Join(dir, build.RangesPath(unit))) {
			e.ranges[row.ID] = append(e.ranges[row.ID], row)
		}
	}
	return e
}

func tableRows[T any](t *testing.T, path string) (list []T) {
	t.Helper()
	for row, err := range table.Read[T](path) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, row)
	}
	return list
}

// removed is what a document loses, as the search in memory says.
type removed struct {
	Drop   bool
	Left   int64
	Ranges []build.RangeRow
}

// searched runs the search in memory over the documents that came to it.
func (e edited) searched(t *testing.T, texts map[string]string, opts substring.Options) map[string]removed {
	t.Helper()
	finder, err := substring.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	all := &substring.Texts{}
	place := map[string]string{}
	for p, id := range e.ids {
		place[id] = p
	}
	for _, id := range e.order {
		if row := e.ledger[id]; row.Kept || row.Stage == "substring" {
			ids = append(ids, id)
			if err := all.Add(texts[id]); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, err := finder.Find(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]removed{}
	for r := range found.Removals() {
		x := removed{Drop: r.Drop, Left: r.Left}
		row := e.ledger[ids[r.Document]]
		for _, part := range r.Ranges {
			x.Ranges = append(x.Ranges, build.RangeRow{
				Unit: row.Unit, Index: row.Index, ID: row.ID, Method: "substring", Offset: part.Offset, Length: part.Length,
				Partner: place[ids[part.Partner]], PartnerOffset: part.PartnerOffset,
			})
		}
		want[row.ID] = x
	}
	return want
}

func TestRepeatedPassagesInABuild(t *testing.T) {
	sources, texts := repeatingInputs(t, 90)
	for _, c := range []struct {
		name    string
		methods string
		limit   int
		options string
		set     func(*substring.Options)
	}{
		{"alone", "substring", 0, "{}", func(*substring.Options) {}},
		{"behind minhash, in any order", "substring, minhash, exact", 0, "{min_length: 60}", func(o *substring.Options) { o.MinLength = 60 }},
		{"all copies go", "exact, substring", 0, "{keep: 0}", func(o *substring.Options) { o.Keep = 0 }},
		{"two copies stay", "exact, substring", 0, "{keep: 2}", func(o *substring.Options) { o.Keep = 2 }},
		{"whole words", "substring", 0, "{boundary: word, min_document: 0}", func(o *substring.Options) { o.Boundary, o.MinDocument = substring.Word, 0 }},
		{"little must be left", "substring", 0, "{min_document: 1}", func(o *substring.Options) { o.MinDocument = 1 }},
		{"limit of records", "exact, minhash, substring", 20, "{min_document: 300}", func(o *substring.Options) { o.MinDocument = 300 }},
		{"suffix array", "substring", 0, "{method: suffix_array}", func(o *substring.Options) { o.Method = substring.SuffixArray }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			text := strings.ReplaceAll(sources, "LIMIT", fmt.Sprint(c.limit)) + smallTokenizer +
				fmt.Sprintf("dedup: {methods: [%s], substring: %s}\n", c.methods, c.options)
			if err := buildText(t, dir, text); err != nil {
				t.Fatal(err)
			}
			wantVerified(t, dir)
			opts := substring.DefaultOptions()
			c.set(&opts)
			e := readEdited(t, dir, 3)
			e.check(t, texts, opts)
			if c.limit > 0 && len(e.docs) > 3*c.limit {
				t.Errorf("%d documents stay, the limits are 3 times %d", len(e.docs), c.limit)
			}
		})
	}
}

// check compares a build with a search of its surviving texts, and each range with its partner.
func (e edited) check(t *testing.T, texts map[string]string, opts substring.Options) {
	t.Helper()
	want, edits, drops := e.searched(t, texts, opts), 0, 0
	for _, id := range e.order {
		row, doc, text := e.ledger[id], e.docs[id], texts[id]
		if diff := cmp.Diff(want[id].Ranges, e.ranges[id]); diff != "" {
			t.Errorf("%s: ranges (-want +got):\n%s", id, diff)
		}
		var left strings.Builder
		var list []table.Edit
		at := int64(0)
		for _, r := range e.ranges[id] {
			partner := texts[e.ids[r.Partner]]
			if text[r.Offset:r.Offset+r.Length] != partner[r.PartnerOffset:r.PartnerOffset+r.Length] {
				t.Errorf("%s: %d bytes at %d are not those of %s at %d", id, r.Length, r.Offset, r.Partner, r.PartnerOffset)
			}
			left.WriteString(text[at:r.Offset])
			at = r.Offset + r.Length
			list = append(list, table.Edit{Stage: "substring", Type: "repeat", Offset: r.Offset, Length: r.Length})
			if opts.Keep > 0 {
				e.wantCopy(t, r, opts)
			}
		}
		left.WriteString(text[at:])
		switch drop := row.Stage == "substring"; {
		case drop != want[id].Drop:
			t.Errorf("%s: dropped %t, want %t", id, drop, want[id].Drop)
		case drop:
			drops++
			if row.Rule != "too_short" || row.Value != fmt.Sprint(want[id].Left) || row.LastBytes != int64(len(text)) || row.DuplicateOf != "" {
				t.Errorf("%s: %s, value %q, %d bytes, duplicate of %q", id, row.Rule, row.Value, row.LastBytes, row.DuplicateOf)
			}
		case row.Kept:
			if doc.Text != left.String() || row.LastBytes != int64(left.Len()) {
				t.Errorf("%s: the text that stays is not what the ranges leave", id)
			}
			if len(list) > 0 {
				edits++
				if diff := cmp.Diff(list, doc.Edits); diff != "" {
					t.Errorf("%s: edits (-want +got):\n%s", id, diff)
				}
			}
		}
	}
	if edits == 0 || drops == 0 && opts.MinDocument > 0 {
		t.Errorf("%d documents lost something, %d all: the test shows nothing", edits, drops)
	}
}

// wantCopy follows bytes of a range from partner to partner, to where they stand for good: in a document that is kept, or in the short rest of one that is not.
func (e edited) wantCopy(t *testing.T, r build.RangeRow, opts substring.Options) {
	t.Helper()
	for skip := int64(0); skip < r.Length; skip += 13 {
		id, at, partners := e.ids[r.Partner], r.PartnerOffset+skip, 0
		for {
			next := slices.IndexFunc(e.ranges[id], func(x build.RangeRow) bool { return x.Offset <= at && at < x.Offset+x.Length })
			if next < 0 {
				break
			}
			x := e.ranges[id][next]
			id, at = e.ids[x.Partner], x.PartnerOffset+at-x.Offset
			if partners++; partners > 1000 {
				t.Fatalf("%s: the partners of byte %d have no end", r.ID, r.Offset+skip)
			}
		}
		left, _ := strconv.Atoi(e.ledger[id].Value)
		if _, kept := e.docs[id]; !kept && (e.ledger[id].Stage != "substring" || left >= opts.MinDocument) {
			t.Errorf("%s: no copy of byte %d stays: the last one is in %s", r.ID, r.Offset+skip, id)
		}
	}
}

// A passage stays where the order of survivors says, not where it stands first.
func TestRepeatedPassagesByPriority(t *testing.T) {
	sources, texts := repeatingInputs(t, 90)
	dir := t.TempDir()
	text := strings.ReplaceAll(sources, "LIMIT", "0") + smallTokenizer + "dedup: {methods: [minhash, substring], survivor: [longest]}\n"
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	wantVerified(t, dir)
	e, later := readEdited(t, dir, 3), 0
	for id, ranges := range e.ranges {
		for _, r := range ranges {
			partner := e.ids[r.Partner]
			if len(texts[partner]) < len(texts[id]) {
				t.Errorf("a passage of %s goes for %s, which is shorter", id, partner)
			}
			if slices.Index(e.order, partner) > slices.Index(e.order, id) {
				later++
			}
			if texts[id][r.Offset:r.Offset+r.Length] != texts[partner][r.PartnerOffset:r.PartnerOffset+r.Length] {
				t.Errorf("%s: %d bytes at %d are not those of %s at %d", id, r.Length, r.Offset, r.Partner, r.PartnerOffset)
			}
		}
	}
	if later == 0 {
		t.Error("no passage stays in a later document: the test shows nothing")
	}
}

func TestRepeatedPassagesWorkersDoNotChangeAByte(t *testing.T) {
	sources, _ := repeatingInputs(t, 150)
	text := strings.ReplaceAll(sources, "LIMIT", "0") + smallTokenizer + "dedup: {methods: [exact, minhash, paragraph, substring]}\n"
	one, four := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "four")
	for dir, workers := range map[string]int{one: 1, four: 4} {
		if err := runConfig(dir, text, workers); err != nil {
			t.Fatal(err)
		}
	}
	sameFolder(t, folder(t, one), folder(t, four))
}

func TestRepeatedPassagesOfNothing(t *testing.T) {
	for name, lines := range map[string]string{
		"no document":                   "",
		"one document":                  oneLine,
		"a document without text stays": oneLine + `{"id":"b","text":"\u200b"}` + "\n",
		"one loses all": oneLine + fmt.Sprintf(`{"id":"b","text":%q}`, strings.Repeat("word ", 40)+"end") + "\n" +
			fmt.Sprintf(`{"id":"c","text":%q}`, strings.Repeat("word ", 40)+"end") + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			in, dir := filepath.Join(t.TempDir(), "in.jsonl"), t.TempDir()
			writeFile(t, in, lines)
			for i, keep := range []int{1, 0} {
				out := filepath.Join(dir, fmt.Sprint(i))
				text := fmt.Sprintf("sources: [{name: s, paths: [%s], format: jsonl}]\ndedup: {methods: [substring], substring: {keep: %d, min_document: %d}}\n", in, keep, i) + smallTokenizer
				if err := buildText(t, out, text); err != nil {
					t.Fatal(err)
				}
				wantVerified(t, out)
			}
		})
	}
}

func TestKillWhileRepeatsAreFound(t *testing.T) {
	long(t)
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	sources, _ := repeatingInputs(t, 600)
	text := strings.ReplaceAll(sources, "LIMIT", "0") + smallTokenizer + "dedup: {methods: [exact, substring]}\n"
	killAt(t, text, "work/dedup/texts/texts", "state/spool/00001.json", "work/dedup/texts/search", "work/dedup/substring.run.tmp", "state/substring/00000.json", "state/dedup/00000.json")
}

// killAt builds a config in processes that are killed one after the other, each as soon as a file is there, lets the next one come to its end, and
// compares the folder with that of a build that was not interrupted.
func killAt(t *testing.T, text string, files ...string) {
	t.Helper()
	want := filepath.Join(t.TempDir(), "uninterrupted")
	if err := runConfig(want, text, 0); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "interrupted")
	for _, file := range files {
		cmd := child(dir, "")
		cmd.Env = append(cmd.Env, "CORPUS_TEST_CONFIG="+text)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if killWhen(t, filepath.Join(dir, filepath.FromSlash(file)), cmd.Process, ended) {
			t.Logf("killed when %s was there", file)
		}
	}
	cmd := child(dir, "")
	cmd.Env = append(cmd.Env, "CORPUS_TEST_CONFIG="+text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sameFolder(t, folder(t, want), folder(t, dir))
}

// killWhen kills a process as soon as a file is there; false: it ended before.
func killWhen(t *testing.T, file string, p *os.Process, ended <-chan error) bool {
	t.Helper()
	tick := time.NewTicker(200 * time.Microsecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if _, err := os.Stat(file); err == nil {
				if err := p.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Error(err)
				}
				<-ended
				return true
			}
		}
	}
}

// Where the texts are searched does not change what the stage command writes.
func TestSubstringStreamInMemoryAndOnDisk(t *testing.T) {
	sources, _ := repeatingInputs(t, 120)
	in, err := os.ReadFile(strings.Split(strings.Split(sources, "[")[1], "]")[0])
	if err != nil {
		t.Fatal(err)
	}
	var want string
	for _, memory := range []int64{1 << 30, 1 << 10} {
		var out strings.Builder
		stats, err := build.SubstringStream(t.Context(), strings.NewReader(string(in)), build.SubstringOptions{
			Options: substring.DefaultOptions(), TempDir: t.TempDir(), MemoryBytes: memory,
			Write: func(d *corpus.Document) error { fmt.Fprintln(&out, d.ID, d.Text, d.Edits); return nil },
			Range: func(r build.SubstringRange) error { fmt.Fprintln(&out, r); return nil },
		})
		if err != nil || stats.Edited == 0 || stats.Dropped == 0 {
			t.Fatalf("%+v, %v", stats, err)
		}
		if want == "" {
			want = out.String()
		} else if want != out.String() {
			t.Errorf("with %d bytes of memory the result is another", memory)
		}
	}
}
