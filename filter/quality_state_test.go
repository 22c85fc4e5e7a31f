package filter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"corpus"
)

// permutations are all orders of the numbers below n.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, order := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(order), at, n-1))
		}
	}
	return all
}

// TestAnalysisChangesNoVerdict runs the stages in every order, once with what earlier stages left and once without: rules that let every
// text reach every stage, so that all of them read the same analysis, and c4 changes texts in between.
func TestAnalysisChangesNoVerdict(t *testing.T) {
	c4 := DefaultC4Options()
	c4.MinNumSentences, c4.FilterLoremIpsum, c4.FilterCurlyBracket, c4.FilterNoTerminalPunct = 0, false, false, false
	edits, err := NewC4(c4)
	if err != nil {
		t.Fatal(err)
	}
	stages := append(fineWebStages(t), edits)
	random := rng(41)
	var texts []string
	for range 12 {
		texts = append(texts, rubble(random, 200), prose(3+random.IntN(10)), babble(random, random.IntN(200)))
	}
	changed := 0
	for _, order := range permutations(len(stages)) {
		for _, text := range texts {
			kept, fresh := &corpus.Document{Text: text}, &corpus.Document{Text: text}
			for _, i := range order {
				before := kept.Text
				for _, doc := range []*corpus.Document{kept, fresh} {
					doc.Reason = nil // also a dropped document goes on
					if err := stages[i].Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
						t.Fatal(err)
					}
				}
				fresh.Analysis = nil
				if !sameString(before, kept.Text) {
					changed++
					if kept.Analysis != nil {
						t.Fatal("the analysis of the text before is kept in memory")
					}
				}
				if got, want := fmt.Sprint(kept.Reason, kept.Text), fmt.Sprint(fresh.Reason, fresh.Text); got != want {
					t.Fatalf("order %v, stage %d: %s, want %s, of %q", order, i, got, want, text)
				}
			}
		}
	}
	if changed == 0 {
		t.Error("no stage changed a text")
	}
}

// TestStagesForgetDocuments sends texts of all sizes through the same stages: the memory that is used again must not tell.
func TestStagesForgetDocuments(t *testing.T) {
	repetition, fineweb := DefaultGopherRepetitionOptions(), DefaultFineWebOptions()
	repetition.DupLineFrac, repetition.DupParaFrac, repetition.DupLineCharFrac, repetition.DupParaCharFrac = 1, 1, 1, 1
	fineweb.LinePunctThr, fineweb.ShortLineThr = 0, 1
	r, err := NewGopherRepetition(repetition)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFineWeb(fineweb)
	if err != nil {
		t.Fatal(err)
	}
	random := rng(43)
	for i := range 300 {
		text := babble(random, random.IntN(1<<(i%11)))
		if i%3 == 0 {
			text += distinct(0, random.IntN(500))
		}
		wantRule, wantShare := plainRepetition(repetition, text)
		if rule, share := r.judge(newAnalysis(text)); rule != wantRule || share != wantShare {
			t.Fatalf("gopher_repetition, text %d: %s %v, want %s %v", i, rule, share, wantRule, wantShare)
		}
		wantRule, want := plainFineWeb(fineweb, text)
		if rule, value := f.judge(text); rule != wantRule || value != want {
			t.Fatalf("fineweb, text %d: %s %v, want %s %v", i, rule, value, wantRule, want)
		}
	}
}

// TestGopherRepetitionAtTheValue sets limits to the very share that a text has, and a hair below and above it, where a bound that is too
// low would let the text pass.
func TestGopherRepetitionAtTheValue(t *testing.T) {
	random := rng(47)
	fired := 0
	for range 300 {
		text := babble(random, random.IntN(150)) + distinct(0, random.IntN(200))
		mode := allModes[random.IntN(len(allModes))]
		all := GopherRepetitionOptions{DupLineFrac: 1, DupParaFrac: 1, DupLineCharFrac: 1, DupParaCharFrac: 1, MaxWords: 1000, Words: mode}
		for kind, list := range []*[]NGramLimit{&all.TopNGrams, &all.DupNGrams} {
			for range random.IntN(4) {
				n, exact := 1+random.IntN(maxNGram), all
				exact.TopNGrams, exact.DupNGrams = nil, nil
				*[]*[]NGramLimit{&exact.TopNGrams, &exact.DupNGrams}[kind] = []NGramLimit{{n, -1}}
				_, share := plainRepetition(exact, text)
				share *= []float64{1, 1, 1 - 1e-12, 1 + 1e-12, 0.9, 1.1}[random.IntN(6)]
				if share > 0 && share <= 1 { // 0 is no limit
					*list = append(*list, NGramLimit{n, share})
				}
			}
		}
		stage, err := NewGopherRepetition(all)
		if err != nil {
			t.Fatal(err)
		}
		wantRule, want := plainRepetition(all, text)
		if rule, share := stage.judge(newAnalysis(text)); rule != wantRule || share != want {
			t.Fatalf("%s %v, want %s %v, for %q under %+v", rule, share, wantRule, want, text, all)
		}
		if wantRule != "" {
			fired++
		}
	}
	if fired < 30 {
		t.Errorf("only %d texts are above a limit", fired)
	}
}

// TestTopBoundOfGiantWords adds up more characters than 32 bits hold: n-grams that overlap count each word several times.
func TestTopBoundOfGiantWords(t *testing.T) {
	table := &wordTable{chars: []uint32{0}}
	for range 40 {
		table.hashes = append(table.hashes, 1)
		table.chars = append(table.chars, table.chars[len(table.chars)-1]+1<<26)
	}
	var bounds ngramBounds
	var counter ngramCounter
	exact := counter.topChars(table, maxNGram)
	bounds.start(table)
	for n := 1; n <= maxNGram; n++ {
		bounds.extend(table, n)
		if bound := bounds.top(table); bound < exact[n] {
			t.Errorf("%d words: the bound %d is below %d", n, bound, exact[n])
		}
	}
}

// TestTablesAreNotCrowded fills tables with hashes that agree in their low or high bits, as those of words and lines do that somebody chose:
// a search must not have to go past many others.
func TestTablesAreNotCrowded(t *testing.T) {
	const n, most = 1 << 14, 200
	longest := func(free func(i int) bool, slots int) (run int) {
		for i, now := 0, 0; i < slots; i++ {
			if now++; free(i) {
				now = 0
			}
			run = max(run, now)
		}
		return run
	}
	for name, hash := range map[string]func(i uint64) uint64{
		"low bits":  func(i uint64) uint64 { return i << 32 },
		"high bits": func(i uint64) uint64 { return i << 1 },
		"any":       func(i uint64) uint64 { return rand.New(rand.NewPCG(i, 3)).Uint64() },
	} {
		t.Run(name, func(t *testing.T) {
			var set lineSet
			var counter ngramCounter
			set.reset(1)
			for i := range uint64(n) {
				set.addHash(hash(i + 1))
				counter.keys, counter.places = append(counter.keys, hash(i+1)), append(counter.places, uint32(i))
			}
			counter.group()
			if set.size != n || len(counter.groups) != n {
				t.Errorf("%d lines and %d n-grams of %d", set.size, len(counter.groups), n)
			}
			if run := longest(func(i int) bool { return set.slots[i] == 0 }, len(set.slots)); run > most {
				t.Errorf("lines: %d places in a row are taken", run)
			}
			if run := longest(func(i int) bool { return counter.table[i] == 0 }, len(counter.table)); run > most {
				t.Errorf("n-grams: %d places in a row are taken", run)
			}
		})
	}
}
