package audit

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"
)

// PairOptions choose the pairs of documents that are shown.
type PairOptions struct {
	// Samples is the number of pairs for each tenth of similarity.
	Samples int
	// Root is where relative input paths are looked for.
	Root string
	// Excerpt is the number of bytes of each text to show; 0 shows none and reads no input.
	Excerpt int
}

// Pair is two documents that dedup compared.
type Pair struct {
	Similarity float64
	Accepted   bool // it counts as a pair of duplicates
	First      PairDocument
	Second     PairDocument
	// Same is the number of bytes with which both texts begin, where both are known; Equal says that they do not differ at all.
	Same  int64
	Equal bool
}

// PairDocument is one document of a pair.
type PairDocument struct {
	Ref string // "unit:index"
	Row manifest.Row
	// Excerpt is a part of its text as it came to dedup, from a little before the first byte in which it differs from the other's.
	Excerpt string
	Note    string // why nothing more is known of it, or no text
	text    string
}

// Pairs shows the sample of compared pairs that a build keeps, the most similar first. The texts are made again from the input files, by the stages
// that the build has, so that they are those that were compared.
func Pairs(ctx context.Context, dir string, opts PairOptions) ([]Pair, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	list, err := samplePairs(m, opts.Samples)
	if err != nil || len(list) == 0 {
		return list, err
	}
	if err := findRows(ctx, dir, m, list); err != nil || opts.Excerpt == 0 {
		return list, err
	}
	c, err := buildConfig(dir)
	if err != nil {
		return nil, err
	}
	x := &excerpter{dir: dir, inputs: newInputFiles(c, opts.Root)}
	if x.stages, err = build.Stages(c); err != nil {
		return nil, err
	}
	for i := range list {
		for _, d := range []*PairDocument{&list[i].First, &list[i].Second} {
			if d.Note == "" {
				d.text, d.Note = x.text(ctx, d.Row)
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		list[i].cut(opts.Excerpt)
	}
	return list, nil
}

// samplePairs takes some pairs of each tenth of similarity; all samples are drawn by a hash, so that the first are as good as any.
func samplePairs(m *manifest.Manifest, most int) ([]Pair, error) {
	var list []Pair
	taken := map[int]int{}
	for _, s := range m.Dedup.Samples {
		if !(s.Similarity >= 0 && s.Similarity <= 1) {
			return nil, fmt.Errorf("%s: documents %s and %s have a similarity of %v", manifest.Name, s.First, s.Second, s.Similarity)
		}
		tenth := min(int(math.Floor(s.Similarity*10+1e-9)), 9)
		if taken[tenth]++; taken[tenth] <= most {
			list = append(list, Pair{Similarity: s.Similarity, Accepted: s.Accepted, First: PairDocument{Ref: s.First}, Second: PairDocument{Ref: s.Second}})
		}
	}
	slices.SortStableFunc(list, func(a, b Pair) int { return cmp.Compare(b.Similarity, a.Similarity) })
	return list, nil
}

// findRows looks the documents up in the ledger. Those of earlier builds are not in it.
func findRows(ctx context.Context, dir string, m *manifest.Manifest, list []Pair) error {
	wanted := map[corpus.Ref][]*PairDocument{}
	units := map[int]bool{}
	for i := range list {
		for _, d := range []*PairDocument{&list[i].First, &list[i].Second} {
			ref, err := parseRef(d.Ref)
			switch {
			case err != nil:
				return fmt.Errorf("%s: document %q: %w", manifest.Name, d.Ref, err)
			case ref.Unit() < m.FirstUnit():
				d.Note = "of an earlier build, " + m.EarlierPath(ref.Unit())
				continue
			case ref.Unit() >= m.Units():
				return fmt.Errorf("%s: document %q is of no unit", manifest.Name, d.Ref)
			}
			wanted[ref] = append(wanted[ref], d)
			units[ref.Unit()] = true
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		for row, err := range rows[manifest.Row](ctx, filepath.Join(dir, filepath.FromSlash(manifest.LedgerPath(unit)))) {
			if err != nil {
				return err
			}
			if row.Index < 0 {
				continue
			}
			ref := corpus.MakeRef(unit, int(row.Index))
			for _, d := range wanted[ref] {
				d.Row = row
			}
			delete(wanted, ref)
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(wanted)) {
		return fmt.Errorf("document %s is not in %s", manifest.DuplicateRef(ref), manifest.LedgerPath(ref.Unit()))
	}
	return nil
}

// text makes the text of a record as the build compared it, or says why it cannot.
func (x *excerpter) text(ctx context.Context, row manifest.Row) (text, note string) {
	doc, note := x.again(ctx, row)
	switch {
	case note != "":
		return "", note
	case doc.Reason != nil:
		return "", fmt.Sprintf("%s drops it now: the input or a model is not what it was", doc.Reason)
	case doc.Text == "":
		return "", "no text"
	case int64(len(doc.Text)) != compared(row):
		return "", fmt.Sprintf("%d bytes of text now, %d when it was compared: a model or a list is not what it was", len(doc.Text), compared(row))
	}
	return doc.Text, ""
}

// compared is the length of a document's text as it came to dedup: what is left, and what methods cut out of it.
func compared(row manifest.Row) int64 {
	n := row.LastBytes
	for _, method := range config.DedupMethods() {
		n += int64(signalOf(row, build.CutSignal(method)))
	}
	return n
}

// contextBytes is how much of what both texts share is shown before the place where they part.
const contextBytes = 80

// cut makes the excerpts: from a little before the first difference, or from the beginning where only one text is known or they do not differ.
func (p *Pair) cut(n int) {
	from := 0
	if p.First.text != "" && p.Second.text != "" {
		same := commonPrefix(p.First.text, p.Second.text)
		p.Same, p.Equal = int64(same), p.First.text == p.Second.text
		if !p.Equal {
			from = wordStart(p.First.text[:same], max(same-min(contextBytes, n/2), 0))
		}
	}
	for _, d := range []*PairDocument{&p.First, &p.Second} {
		d.Excerpt = cut(d.text[min(from, len(d.text)):], n)
		if from > 0 && d.Excerpt != "" {
			d.Excerpt = "…" + d.Excerpt
		}
		d.text = ""
	}
}

// commonPrefix is the number of bytes with which both texts begin, whole characters only.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return n
}

// wordStart is the first place from at on where a word begins, or at on a character's border where there is no space.
func wordStart(text string, at int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexAny(text[at:], " \n"); i >= 0 {
		return at + i + 1
	}
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
