package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The format: see docs/format/letters.md and clean/letters.go.
const (
	magic   = "corpltrs"
	version = 1
)

// wide lists the languages of which single characters are counted, and how many of them are kept.
var wide = []struct {
	code string
	keep int
}{{"zh", 5000}, {"ja", 3000}, {"ko", 1600}}

func makeTable(lingua string) ([]byte, error) {
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(alphabets)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(wide)))
	for _, a := range alphabets {
		letters := a.letters()
		if len(letters) > maxLetters {
			return nil, fmt.Errorf("%s: %d letters, at most %d", a.code, len(letters), maxLetters)
		}
		follow, err := a.follow(lingua, letters)
		if err != nil {
			return nil, err
		}
		b = appendLetters(b, a.code, letters)
		for _, p := range follow {
			b = append(b, cost(p))
		}
	}
	for _, w := range wide {
		single, err := readNgrams(lingua, w.code, "unigrams")
		if err != nil {
			return nil, err
		}
		letters := mostFrequent(single, w.keep)
		b = appendLetters(b, w.code, letters)
		for _, r := range letters {
			b = append(b, cost(single[string(r)]))
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))), nil
}

func appendLetters(b []byte, code string, letters []rune) []byte {
	b = append(b, code...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(letters)))
	for _, r := range letters {
		b = binary.LittleEndian.AppendUint16(b, uint16(r))
	}
	return b
}

// cost is the negative logarithm of a probability in eighths of a nat.
func cost(p float64) byte {
	if p <= 0 {
		return math.MaxUint8
	}
	return byte(min(math.Round(-8*math.Log(p)), math.MaxUint8))
}

// letters returns the alphabet in the order of code points.
func (a alphabet) letters() []rune {
	letters := []rune(a.other)
	if a.latin {
		for r := 'a'; r <= 'z'; r++ {
			letters = append(letters, r)
		}
	}
	slices.Sort(letters)
	return slices.Compact(letters)
}

// mostFrequent returns the n most frequent characters in the order of code points.
func mostFrequent(p map[string]float64, n int) []rune {
	var runes []rune
	for s := range p {
		if r, size := utf8.DecodeRuneInString(s); size == len(s) && r < 1<<16 {
			runes = append(runes, r)
		}
	}
	slices.SortFunc(runes, func(x, y rune) int {
		switch px, py := p[string(x)], p[string(y)]; {
		case px > py:
			return -1
		case px < py:
			return 1
		}
		return int(x - y)
	})
	runes = runes[:min(n, len(runes))]
	slices.Sort(runes)
	return runes
}

const (
	shareOfBigrams = 0.97 // the rest is for pairs that were not seen: the second letter's own frequency
	rareLetter     = 2e-5 // frequency of a letter at which half the weight of its pairs goes to the second letter's own frequency
	letterFloor    = 2e-6 // probability of a letter that was not seen
	pairFloor      = 5e-7 // and of a pair
	wordLength     = 5.5  // letters, for the languages whose model has no pairs
	wordStart      = 0.75 // share of characters before a letter that starts a word which are followed by one
	boundaryPair   = 1 - wordStart
)

// follow returns the probabilities P(second | first) in rows of the first; row and column 0 stand for anything
// that is no letter, n for letters[n-1]. Pairs of lingua lie within words, and their probability is that of the second letter where the first
// one stands; what is missing to 1 is the end of a word, and the frequency of a letter that its predecessors do not explain is that of
// words that start with it.
func (a alphabet) follow(lingua string, letters []rune) ([]float64, error) {
	single, err := readNgrams(lingua, a.code, "unigrams")
	if err != nil {
		return nil, err
	}
	pairs, err := readNgrams(lingua, a.code, "bigrams")
	if err != nil {
		pairs = nil // Greek and Hebrew have none: their script alone tells what lingua needs to know
	}
	n := len(letters)
	first := make([]float64, n+1)
	joint := make([]float64, (n+1)*(n+1)) // frequency of the pair among all letters
	a.count(letters, single, pairs, first, joint)
	total := 0.0
	for _, p := range first {
		total += p
	}
	out := make([]float64, (n+1)*(n+1))
	starts := make([]float64, n+1)
	sumStarts := 0.0
	for j := 1; j <= n; j++ {
		within := 0.0
		for i := 1; i <= n; i++ {
			within += joint[i*(n+1)+j]
		}
		starts[j] = max(first[j]-within, first[j]*0.01)
		if pairs == nil {
			starts[j] = first[j]
		}
		sumStarts += starts[j]
	}
	for i := 0; i <= n; i++ {
		row := out[i*(n+1) : (i+1)*(n+1)]
		rest := 1.0
		for j := 1; j <= n; j++ {
			own := max(first[j]/total, letterFloor)
			switch {
			case i == 0:
				row[j] = max(wordStart*(shareOfBigrams*starts[j]/sumStarts+(1-shareOfBigrams)*own), pairFloor)
			case pairs == nil:
				row[j] = (1 - 1/wordLength) * own
			default:
				known := shareOfBigrams * first[i] / (first[i] + rareLetter)
				row[j] = max(known*joint[i*(n+1)+j]/max(first[i], letterFloor)+(1-known)*own*(1-1/wordLength), pairFloor)
			}
			rest -= row[j]
		}
		row[0] = max(rest, 0.02)
		if i == 0 {
			row[0] = boundaryPair
		}
	}
	return out, nil
}

// count adds up the frequencies of letters and of pairs of them, after a spelling is taken apart into what the charsets hold: windows-1258
// writes Vietnamese tones as combining marks.
func (a alphabet) count(letters []rune, single, pairs map[string]float64, first, joint []float64) {
	index := make(map[rune]int, len(letters))
	for i, r := range letters {
		index[r] = i + 1
	}
	n := len(letters) + 1
	for _, s := range sortedKeys(single) {
		parts := a.split([]rune(s)[0], index)
		for k, r := range parts {
			first[index[r]] += single[s]
			if k > 0 {
				joint[index[parts[k-1]]*n+index[r]] += single[s]
			}
		}
	}
	first[0] = 0
	for _, s := range sortedKeys(pairs) {
		runes := []rune(s)
		x, y := a.split(runes[0], index), a.split(runes[1], index)
		if len(x) > 0 && len(y) > 0 {
			joint[index[x[len(x)-1]]*n+index[y[0]]] += pairs[s] * single[string(runes[0])]
		}
	}
}

// split returns the letters of the alphabet that a character of a model is written with, nil when it has none.
func (a alphabet) split(r rune, index map[rune]int) []rune {
	if to, ok := same[a.code][r]; ok {
		r = to
	}
	r = unicode.ToLower(r)
	if index[r] > 0 {
		return []rune{r}
	}
	if a.code != "vi" {
		return nil
	}
	// Full decomposition, then the parts that have a letter of their own put together again: ộ is o, dot below, circumflex.
	parts := []rune(norm.NFD.String(string(r)))
	var tone rune
	base := parts[0]
	for _, m := range parts[1:] {
		if index[m] > 0 {
			tone = m
		} else if c, ok := compose(base, m); ok {
			base = c
		}
	}
	if index[base] == 0 || tone == 0 {
		return nil
	}
	return []rune{base, tone}
}

func compose(base, mark rune) (rune, bool) {
	runes := []rune(norm.NFC.String(string([]rune{base, mark})))
	return runes[0], len(runes) == 1
}

func sortedKeys(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
