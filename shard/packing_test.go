package shard

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// copyOf names one copy of a document.
type copyOf struct {
	ref  corpus.Ref
	copy uint32
}

// copiesBack reads every copy of every document back through the index, its stretches in whatever order they lie, and checks
// that what the file says of each stretch is what the index says.
func copiesBack(t *testing.T, dir string) map[copyOf]TokenizedDocument {
	t.Helper()
	type part struct {
		at     int64
		tokens []uint32
	}
	parts := map[copyOf][]part{}
	ids := map[copyOf]string{}
	sets := setsOf(t, dir)
	for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
		if err != nil {
			t.Fatal(err)
		}
		set := sets(row.Split)
		tokens := make([]uint32, row.Length)
		if _, err := set.Read(tokens, row.Position); err != nil {
			t.Fatal(err)
		}
		if length := int64(set.SequenceLength()); length > 0 && (row.Position/length != row.Sequence || (row.Position+row.Length-1)/length != row.Sequence) {
			t.Fatalf("%+v does not lie in one sequence of %d", row, length)
		}
		found, err := set.Boundaries(row.Position, row.Position+row.Length)
		if err != nil || len(found) != 1 || found[0].Token != row.Position || found[0].Padding || found[0].Begin != (row.DocumentToken == 0) {
			t.Fatalf("%+v has boundaries %+v, %v", row, found, err)
		}
		key := copyOf{row.Ref(), row.Copy}
		parts[key], ids[key] = append(parts[key], part{row.DocumentToken, tokens}), row.Document
	}
	back := map[copyOf]TokenizedDocument{}
	for key, list := range parts {
		slices.SortFunc(list, func(a, b part) int { return int(a.at - b.at) })
		d := TokenizedDocument{Ref: key.ref, ID: ids[key]}
		for _, p := range list {
			if p.at != int64(len(d.Tokens)) {
				t.Fatalf("document %s: a stretch at token %d comes after %d tokens", d.ID, p.at, len(d.Tokens))
			}
			d.Tokens = append(d.Tokens, p.tokens...)
		}
		back[key] = d
	}
	return back
}

func TestPacking(t *testing.T) {
	twice := func(ref corpus.Ref) int { return ref.Index() % 4 } // of every four documents of a unit, one is left out
	for _, packing := range []string{Concat, BestFit} {
		for _, tc := range []struct {
			name           string
			vocab, length  int
			bos, eos       uint32
			tokensPerShard int64
			copies         func(corpus.Ref) int
		}{
			{"short sequences", 300, 16, NoToken, 5, 1000, nil},
			{"beginnings and ends", 300, 50, 7, 5, 1000, nil},
			{"beginnings alone", 300, 50, 7, NoToken, 1000, nil},
			{"four bytes", 70000, 64, 69998, 69999, 999, nil},
			{"sequences longer than shards", 300, 2048, 7, 5, 100, nil},
			{"sequences longer than documents", 300, 8192, 7, 5, 1 << 20, nil},
			{"copies", 300, 64, 7, 5, 1000, twice},
		} {
			t.Run(packing+"/"+tc.name, func(t *testing.T) {
				opts := testOptions(tc.vocab)
				opts.Packing, opts.SequenceLength, opts.BOS, opts.EOS = packing, tc.length, tc.bos, tc.eos
				opts.TokensPerShard, opts.Copies = tc.tokensPerShard, tc.copies
				docs := testDocuments(1, 200, tc.vocab)
				docs[3].Tokens = nil
				dir, result := packAll(t, docs, opts)
				if err := Verify(t.Context(), dir); err != nil {
					t.Error(err)
				}
				checkPacked(t, dir, docs, opts, result)
			})
		}
	}
}

// checkPacked compares shards with the documents that they were made of, and the counts with both.
func checkPacked(t *testing.T, dir string, docs []TokenizedDocument, opts Options, result Result) {
	t.Helper()
	want := map[copyOf]TokenizedDocument{}
	var tokens, repeated, leftOut, documents int64
	for _, d := range docs {
		times := 1
		if opts.Copies != nil && !opts.isValidation(d.Ref) {
			times = opts.Copies(d.Ref)
		}
		if len(d.Tokens) == 0 {
			continue
		}
		if times == 0 {
			leftOut++
			continue
		}
		documents++
		if opts.BOS != NoToken {
			d.Tokens = append([]uint32{opts.BOS}, d.Tokens...)
		}
		if opts.EOS != NoToken {
			d.Tokens = append(slices.Clone(d.Tokens), opts.EOS)
		}
		for i := range times {
			want[copyOf{d.Ref, uint32(i)}] = d
			if tokens += int64(len(d.Tokens)); i > 0 {
				repeated += int64(len(d.Tokens))
			}
		}
	}
	if diff := cmp.Diff(want, copiesBack(t, dir)); diff != "" {
		t.Error(diff)
	}
	sum := SplitCounts{}
	for _, c := range []SplitCounts{result.Train, result.Validation} {
		sum.Documents += c.Documents
		sum.Copies += c.Copies
		sum.LeftOut += c.LeftOut
		sum.Repeated += c.Repeated
		sum.Tokens += c.Tokens - c.Padding
		sum.Truncated += c.Truncated
		if length := int64(opts.SequenceLength); c.Sequences != (c.Tokens+length-1)/length || opts.Packing == BestFit && c.Tokens%length != 0 {
			t.Errorf("%d sequences of %d make %d tokens", c.Sequences, length, c.Tokens)
		}
	}
	if opts.Packing == BestFit && sum.Truncated != 0 || opts.Packing == Concat && sum.Truncated == 0 && opts.SequenceLength < 100 {
		t.Errorf("%d documents are cut though they would fit a sequence", sum.Truncated)
	}
	sum.Truncated = 0
	if diff := cmp.Diff(SplitCounts{Documents: documents, Copies: int64(len(want)), LeftOut: leftOut, Tokens: tokens, Repeated: repeated}, sum); diff != "" {
		t.Error(diff)
	}
}

// A document that fits a sequence is never cut, and one that does not is cut at the end of a line where that costs little.
func TestBestFitCutsAtLineEnds(t *testing.T) {
	opts := testOptions(300)
	opts.Packing, opts.SequenceLength, opts.BOS, opts.EOS, opts.Pad, opts.Validation = BestFit, 1024, 1, 2, 3, 0
	opts.LineEnds = make([]bool, 300)
	opts.LineEnds[10] = true
	line := func(n int) []uint32 { return append(slices.Repeat([]uint32{20}, n-1), 10) }
	for _, tc := range []struct {
		name   string
		tokens []uint32
		want   []int64 // tokens of the stretches, with those that begin and end the document
	}{
		{"fits", slices.Repeat([]uint32{20}, 1022), []int64{1024}},
		{"one too long", slices.Repeat([]uint32{20}, 1023), []int64{1023, 2}}, // not the end of the document alone
		{"short lines", slices.Repeat(line(6), 350), []int64{1021, 1020, 61}},
		{"a line end too far from the end", append(line(1000), slices.Repeat([]uint32{20}, 100)...), []int64{1024, 78}},
		{"a line end that the chunk before has saved up for", slices.Concat(line(1023), line(1010), line(500)), []int64{1024, 1010, 501}},
		{"line ends at the end", slices.Concat(line(1023), line(1024), line(5)), []int64{1024, 1024, 6}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, _ := packAll(t, []TokenizedDocument{{Ref: 1, ID: "d", Tokens: tc.tokens}}, opts)
			if err := Verify(t.Context(), dir); err != nil {
				t.Error(err)
			}
			rows, err := Find(dir, "d")
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, r := range rows {
				got = append(got, r.Length)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Padding is what the options name, lies at the ends of sequences, and has no row.
func TestPadding(t *testing.T) {
	opts := testOptions(300)
	opts.Packing, opts.SequenceLength, opts.EOS, opts.Pad, opts.Validation, opts.TokensPerShard = BestFit, 64, 2, 3, 0, 128
	var docs []TokenizedDocument
	for i := range 7 { // no two fit one sequence
		docs = append(docs, TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: fmt.Sprint(i), Tokens: slices.Repeat([]uint32{20}, 40)})
	}
	dir, result := packAll(t, docs, opts)
	if want := (SplitCounts{Documents: 7, Copies: 7, Tokens: 7 * 64, Padding: 7 * 23, Sequences: 7, Shards: 4}); result.Train != want {
		t.Errorf("counts %+v, want %+v", result.Train, want)
	}
	set, err := OpenSet(dir, Train)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if pad, ok := set.Pad(); pad != 3 || !ok || set.SequenceLength() != 64 || set.Packing() != BestFit {
		t.Errorf("set pads with %d %v sequences of %d by %s", pad, ok, set.SequenceLength(), set.Packing())
	}
	tokens := make([]uint32, set.Tokens())
	if _, err := set.Read(tokens, 0); err != nil {
		t.Fatal(err)
	}
	for i, id := range tokens {
		want := uint32(20)
		switch at := i % 64; {
		case at == 40:
			want = 2
		case at > 40:
			want = 3
		}
		if id != want {
			t.Fatalf("token %d is %d, want %d", i, id, want)
		}
	}
	got, err := set.Boundaries(100, 200)
	want := []Boundary{{Token: 64, Begin: true, End: true}, {Token: 105, Padding: true},
		{Token: 128, Begin: true, End: true}, {Token: 169, Padding: true}, {Token: 192, Begin: true, End: true}}
	if diff := cmp.Diff(want[:], got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := Locate(dir, FileName(Train, 0), 50); err == nil {
		t.Error("a document was found for padding")
	}
}

// TestBestFitDependsOnDocumentsAlone packs more than one window.
func TestBestFitDependsOnDocumentsAlone(t *testing.T) {
	opts := testOptions(300)
	opts.Packing, opts.SequenceLength, opts.TokensPerShard, opts.Validation = BestFit, 128, 1<<20, 0.01
	opts.Copies = func(ref corpus.Ref) int { return ref.Index() % 3 }
	docs := testDocuments(2, 300, 300)
	reference := t.TempDir()
	packInto := func(dir string, docs []TokenizedDocument, n int) Result {
		runs := writeRuns(t, t.TempDir(), docs, opts, n, func(i int) int { return i % n })
		result, err := packWindows(t.Context(), runs, dir, opts, createOnDisk, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	result := packInto(reference, docs, 3)
	if result.Train.Tokens < 4*10_000 {
		t.Fatalf("%d tokens are too few for several windows", result.Train.Tokens)
	}
	if err := Verify(t.Context(), reference); err != nil {
		t.Error(err)
	}
	checkPacked(t, reference, docs, opts, result)
	want := readFolder(t, reference)
	slices.Reverse(docs)
	for _, memory := range []int64{1 << 20, 64 << 20} {
		opts.MemoryBytes = memory
		dir := t.TempDir()
		packInto(dir, docs, 20)
		for name, b := range readFolder(t, dir) {
			if want[name] != b {
				t.Errorf("%s differs", name)
			}
		}
	}
}

// Copies of a document must not lie together, and those of other documents not either.
func TestCopiesAreSpread(t *testing.T) {
	for _, packing := range []string{Concat, BestFit} {
		opts := testOptions(300)
		opts.Packing, opts.SequenceLength, opts.Validation = packing, 32, 0
		opts.Copies = func(corpus.Ref) int { return 4 }
		dir, result := packAll(t, testDocuments(4, 300, 300), opts)
		if result.Train.Copies != 1200 || result.Train.Documents != 300 {
			t.Errorf("%s: %+v", packing, result.Train)
		}
		var last IndexRow
		neighbours, ascending := 0, 0
		for row, err := range IndexRows(filepath.Join(dir, IndexName)) {
			if err != nil {
				t.Fatal(err)
			}
			if row.DocumentToken > 0 {
				continue
			}
			if row.Ref() == last.Ref() {
				neighbours++
			}
			if row.Copy > last.Copy {
				ascending++
			}
			last = row
		}
		// Of 1,200 pairs of neighbours chance makes about 3 of one document, and about 450 of ascending copies.
		if neighbours > 15 || ascending < 330 || ascending > 570 {
			t.Errorf("%s: %d copies follow one of the same document, %d one of a lower number", packing, neighbours, ascending)
		}
	}
}

// A shard's sequences come from the whole corpus, also the chunks of one long document.
func TestChunksOfALongDocumentAreSpread(t *testing.T) {
	opts := testOptions(300)
	opts.Packing, opts.SequenceLength, opts.Validation, opts.TokensPerShard = BestFit, 64, 0, 1<<20
	docs := testDocuments(6, 400, 300)
	docs[0].Tokens = randomTokens(1, 64*50, 300)
	dir, _ := packAll(t, docs, opts)
	rows, err := Find(dir, docs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	neighbours := 0
	for i := range rows[1:] {
		if d := rows[i+1].Sequence - rows[i].Sequence; d >= -1 && d <= 1 {
			neighbours++
		}
	}
	if len(rows) < 50 || neighbours > 10 {
		t.Errorf("%d of %d chunks lie beside the one before", neighbours, len(rows))
	}
}

// Of documents whose lengths are spread as those of web pages are, less than one token in a hundred is padding.
func TestPaddingIsLow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var docs []TokenizedDocument
	for i := range 4000 {
		tokens := make([]uint32, max(1, min(int(math.Exp(6.2+1.1*r.NormFloat64())), 100_000)))
		for at := 19; at < len(tokens); at += 1 + r.IntN(40) {
			tokens[at] = 10
		}
		docs = append(docs, TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: strconv.Itoa(i), Tokens: tokens})
	}
	for _, length := range []int{512, 2048} {
		opts := testOptions(300)
		opts.Packing, opts.SequenceLength, opts.Validation, opts.TokensPerShard, opts.MemoryBytes = BestFit, length, 0, 1<<30, 64<<20
		opts.LineEnds = make([]bool, 300)
		opts.LineEnds[10] = true
		runs := writeRuns(t, t.TempDir(), docs, opts, 1, func(int) int { return 0 })
		result, err := packWindows(t.Context(), runs, t.TempDir(), opts, createOnDisk, 1<<20) // several windows
		if err != nil {
			t.Fatal(err)
		}
		c := result.Train
		t.Logf("sequences of %d: %d, %d documents, %.2f %% padding, %d cut", length, c.Sequences, c.Documents, 100*float64(c.Padding)/float64(c.Tokens), c.Cut)
		if 100*c.Padding > c.Tokens || c.Truncated != 0 {
			t.Errorf("sequences of %d: %d of %d tokens are padding, %d documents are cut though they fit", length, c.Padding, c.Tokens, c.Truncated)
		}
	}
}
