package substring

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// plain is the reference: every window of the texts in a map.
type plain struct {
	repeated []bool // by position
	// gone holds the positions to remove; of bytes, those of whole characters.
	gone []bool
}

func plainSearch(texts []string, ranks []uint32, opts Options) plain {
	type place struct{ doc, offset, at int }
	windows := map[string][]place{}
	base := 0
	for d, text := range texts {
		for i := 0; i+opts.MinLength <= len(text); i++ {
			w := text[i : i+opts.MinLength]
			windows[w] = append(windows[w], place{d, i, base + i})
		}
		base += len(text)
	}
	p := plain{make([]bool, base), make([]bool, base)}
	for _, places := range windows {
		if ranks != nil { // else the places are in order
			slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(ranks[a.doc], ranks[b.doc]) })
		}
		for i, w := range places {
			if len(places) > 1 {
				p.repeated[w.at] = true
			}
			if i < opts.Keep || len(places) == 1 {
				continue
			}
			from := w.at
			if opts.Keep > 0 && w.doc == places[opts.Keep-1].doc { // the bytes of the last copy that stays do not go
				from = max(from, places[opts.Keep-1].at+opts.MinLength)
			}
			for j := from; j < w.at+opts.MinLength; j++ {
				p.gone[j] = true
			}
		}
	}
	if opts.Unit == Bytes {
		base = 0
		for _, text := range texts {
			cutPlain(text, p.gone[base:base+len(text)])
			base += len(text)
		}
	}
	return p
}

// cutPlain takes out of gone what stands before the first byte of a character, at both ends of each range.
func cutPlain(text string, gone []bool) {
	for i := 0; i < len(gone); i++ {
		from := i
		for i < len(gone) && gone[i] {
			i++
		}
		for k := from; k < i && k > 0 && !utf8.RuneStart(text[k]); k++ {
			gone[k] = false
		}
		for k := i; k > from && k < len(text) && !utf8.RuneStart(text[k]); k-- {
			gone[k-1] = false
		}
	}
}

func makeTexts(t testing.TB, texts []string) *Texts {
	t.Helper()
	made := NewTexts(0, 0)
	for _, text := range texts {
		if err := made.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

func find(t testing.TB, texts *Texts, opts Options) *Result {
	t.Helper()
	f, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	result, err := f.Find(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// check compares both methods with the reference, and each range with its partner.
func check(t testing.TB, texts []string, opts Options) {
	t.Helper()
	checkRanked(t, texts, nil, opts)
}

// checkRanked is check for documents that have ranks.
func checkRanked(t testing.TB, texts []string, ranks []uint32, opts Options) {
	t.Helper()
	want, made := plainSearch(texts, ranks, opts), makeTexts(t, texts)
	made.Rank(ranks)
	for _, method := range []string{Anchors, SuffixArray} {
		opts.Method = method
		got := find(t, made, opts)
		name := func() string {
			shown := fmt.Sprintf("%q", texts)
			if len(shown) > 600 {
				shown = shown[:600] + "…"
			}
			return fmt.Sprintf("%s, length %d, keep %d, ranks %d, texts %s", method, opts.MinLength, opts.Keep, ranks, shown)
		}
		for p, repeated := range want.repeated {
			if got.Repeated.Has(int64(p)) != repeated {
				t.Fatalf("%s: position %d: repeated %v, want %v", name(), p, !repeated, repeated)
			}
		}
		gone := make([]bool, made.Size())
		for r := range got.Removals() {
			checkRanges(t, name, texts, ranks, r, opts)
			start, _ := made.span(r.Document)
			for _, part := range r.Ranges {
				for j := range part.Length {
					gone[start+part.Offset+j] = true
				}
			}
		}
		if opts.Boundary == Character && !slices.Equal(gone, want.gone) {
			t.Fatalf("%s:\nremoved %v\nwant    %v", name(), gone, want.gone)
		}
	}
}

// checkRanges checks that the ranges are in order and within the document, and that each has the bytes of its partner.
func checkRanges(t testing.TB, name func() string, texts []string, ranks order, r Removal, opts Options) {
	t.Helper()
	text, end := texts[r.Document], int64(0)
	for _, part := range r.Ranges {
		if part.Offset < end || part.Length < 1 || part.Offset+part.Length > int64(len(text)) {
			t.Fatalf("%s: document %d: range %+v does not follow %d", name(), r.Document, part, end)
		}
		end = part.Offset + part.Length
		partner := texts[part.Partner]
		if part.PartnerOffset < 0 || part.PartnerOffset+part.Length > int64(len(partner)) ||
			partner[part.PartnerOffset:part.PartnerOffset+part.Length] != text[part.Offset:end] {
			t.Fatalf("%s: document %d: range %+v is not equal to its partner", name(), r.Document, part)
		}
		if before := ranks.compare(part.Partner, r.Document, uint64(part.PartnerOffset), uint64(part.Offset)); opts.Keep > 0 && before >= 0 {
			t.Fatalf("%s: document %d: the partner of %+v does not come before it", name(), r.Document, part)
		}
	}
	if left := int64(len(strings.TrimSpace(Apply(text, r.Ranges)))); left != r.Left {
		t.Fatalf("%s: document %d: %d bytes are left, Left is %d", name(), r.Document, left, r.Left)
	}
}

// letters makes a random text of n letters out of the first few.
func letters(rng *rand.Rand, n, few int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(rng.IntN(few))
	}
	return string(b)
}

// mixture makes some texts of pieces that repeat, whole or in part, among pieces that do not.
func mixture(rng *rand.Rand, few int) []string {
	var bank []string
	for range 1 + rng.IntN(4) {
		piece := letters(rng, 1+rng.IntN(60), few)
		if rng.IntN(3) == 0 {
			piece = strings.Repeat(piece[:1+rng.IntN(min(len(piece), 5))], 1+rng.IntN(20))
		}
		bank = append(bank, piece)
	}
	texts := make([]string, 1+rng.IntN(5))
	for i := range texts {
		var b strings.Builder
		for range rng.IntN(6) {
			piece := bank[rng.IntN(len(bank))]
			from := rng.IntN(len(piece))
			switch rng.IntN(4) {
			case 0:
				b.WriteString(piece[from:])
			case 1:
				b.WriteString(letters(rng, rng.IntN(30), few))
			default:
				b.WriteString(piece)
			}
		}
		texts[i] = b.String()
	}
	return texts
}
