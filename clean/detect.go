package clean

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	windows1252 = "windows-1252"

	maxASCIIPairs   = 400      // pairs of ASCII letters that languages are told apart by
	latinLanguages  = 8        // languages in Latin script that are gone on with
	maxASCIIPenalty = 40 * nat // what unlikely ASCII letters can cost a language
	firstRound      = 48       // bytes of the sample after which candidates far behind are given up; then after twice as many, and so on
	farBehind       = 70 * nat
	maxMixed        = 1024    // bytes beyond ASCII that are counted against a language in another script
	hintBonus       = 6 * nat // for the language that the page declares
)

// candidate is a charset together with a language that may be written in it.
type candidate struct {
	charset string
	lang    string
	latin   int // index of the language among those in Latin script, -1 for another
	rarity  int
	class   *[256]uint8
	pairs   *pairCost
}

// detector holds what pages in unknown charsets are scored with. It is read only.
type detector struct {
	single []candidate
	latin  []latinLanguage
}

// latinLanguage says how likely its ASCII letters follow each other: cost[first*32+second], 0 standing for what is no letter.
type latinLanguage struct {
	code string
	cost [32 * 32]uint8
}

var detection = sync.OnceValue(func() *detector {
	d := new(detector)
	model := letters()
	latin := make(map[string]int)
	pairs := make(map[string]*pairCost)
	languages := make(map[string]*language)
	for i := range model.languages {
		l := &model.languages[i]
		languages[l.code], pairs[l.code] = l, newPairCost(l)
		if l.letters[0] == 'a' {
			latin[l.code] = len(d.latin)
			d.latin = append(d.latin, newLatinLanguage(l))
		}
	}
	for _, c := range singleCharsets {
		t := decodeTables()[c.name]
		own := strings.Fields(c.langs)
		if t == nil || languages[own[0]] == nil {
			continue
		}
		for i := range model.languages {
			l := &model.languages[i]
			index, ok := latin[l.code]
			if !ok {
				index = -1
			}
			rarity := c.rarity
			if !slices.Contains(own, l.code) {
				if scriptOf(l) != scriptOf(languages[own[0]]) {
					continue
				}
				rarity += otherRarity
			}
			d.single = append(d.single, candidate{c.name, l.code, index, rarity * nat, classTable(t, l), pairs[l.code]})
		}
	}
	return d
})

// scriptOf is the first code point of the block that an alphabet is in.
func scriptOf(l *language) rune { return l.letters[0] &^ 0xFF }

func newLatinLanguage(l *language) latinLanguage {
	out := latinLanguage{code: l.code}
	n := len(l.letters) + 1
	for x := range 27 {
		for y := range 27 {
			// a to z come first in every alphabet in Latin script
			out.cost[x*32+y] = l.follow[x*n+y]
		}
	}
	return out
}

// pageScores are the costs of the charsets for one sample.
type pageScores struct {
	high  int // bytes beyond ASCII in the sample
	costs map[string]int
}

// scoreCharsets scores the charsets of the tables. Only those in reach of the best, and those that the page is labelled with, get an exact cost.
func scoreCharsets(sample []byte, lang string, labels []label) pageScores {
	d := detection()
	penalty := d.languagePenalties(asciiPairs(sample), lang)
	s := pageScores{high: countHigh(sample), costs: make(map[string]int)}

	f := d.field(penalty, lang, labels, mixedPenalty(sample))
	for from, to := 0, min(firstRound, len(sample)); from < len(sample) && !f.decided(); from, to = to, min(2*to, len(sample)) {
		f.advance(sample, from, to)
	}
	for i := range f.single {
		r := &f.single[i]
		if c, ok := s.costs[r.charset]; !ok || r.cost < c {
			s.costs[r.charset] = r.cost
		}
	}
	for i := range f.wide {
		s.costs[f.wide[i].name] = f.wide[i].cost
	}
	return s
}

// field is what is still in question.
type field struct {
	single []running
	wide   []runningWide
}

// running is a candidate and what the sample has cost so far.
type running struct {
	*candidate
	cost    int
	labeled bool
}

// runningWide is likewise, and where its next character starts.
type runningWide struct {
	*wideCharset
	cost, at int
	labeled  bool
}

// field starts with all candidates in the languages that the penalties leave.
func (d *detector) field(penalty []int, lang string, labels []label, mixed int) *field {
	f := new(field)
	for i := range d.single {
		c := &d.single[i]
		r := running{candidate: c, cost: c.rarity, labeled: isLabel(labels, c.charset)}
		switch {
		case c.latin < 0:
			r.cost += mixed
		case penalty[c.latin] < 0:
			continue
		default:
			r.cost += penalty[c.latin]
		}
		if c.lang == lang {
			r.cost -= hintBonus
		}
		f.single = append(f.single, r)
	}
	for _, w := range wideCharsets() {
		r := runningWide{wideCharset: w, cost: w.rarity*nat + mixed, labeled: isLabel(labels, w.name)}
		if w.lang == lang {
			r.cost -= hintBonus
		}
		f.wide = append(f.wide, r)
	}
	return f
}

// advance scores sample[from:to] for all that are left and gives up those that are far behind.
func (f *field) advance(sample []byte, from, to int) {
	pairs := highPairs(sample, from, to)
	best := int(^uint(0) >> 1)
	for i := range f.single {
		r := &f.single[i]
		for _, p := range pairs {
			r.cost += int(r.pairs[int(r.class[p>>8])<<7&(classes*classes-1)|int(r.class[p&0xFF])&(classes-1)])
		}
		best = min(best, r.cost)
	}
	for i := range f.wide {
		r := &f.wide[i]
		r.at, r.cost = r.score(sample, r.at, to, r.cost)
		best = min(best, r.cost)
	}
	f.single = slices.DeleteFunc(f.single, func(r running) bool { return r.cost > best+farBehind && !r.labeled })
	f.wide = slices.DeleteFunc(f.wide, func(r runningWide) bool { return r.cost > best+farBehind && !r.labeled })
}

// decided reports whether one charset is left.
func (f *field) decided() bool {
	if len(f.wide) > 0 {
		return len(f.wide) == 1 && len(f.single) == 0
	}
	for i := range f.single {
		if f.single[i].charset != f.single[0].charset {
			return false
		}
	}
	return true
}

// highPairs returns the pairs of neighbouring bytes, the second in sample[from:to], of which at least one is beyond ASCII.
func highPairs(sample []byte, from, to int) []uint16 {
	pairs := make([]uint16, 0, to-from)
	prev := byte('\n')
	if from > 0 {
		prev = sample[from-1]
	}
	for _, c := range sample[from:to] {
		if prev|c >= utf8.RuneSelf {
			pairs = append(pairs, uint16(prev)<<8|uint16(c))
		}
		prev = c
	}
	return pairs
}

// mixedPenalty is what a language in another script than Latin costs more: in its texts letters of ASCII are few, at least in the lines that hold
// others too, and a lone letter of another script in a Latin text is most likely a Latin one with a mark.
func mixedPenalty(sample []byte) int {
	high, ascii := 0, 0
	for _, c := range sample {
		if c >= utf8.RuneSelf {
			high++
		} else if isASCIILetter(c) {
			ascii++
		}
	}
	share := float64(high) / float64(high+ascii)
	high = min(high, maxMixed)
	for _, m := range mixedShares {
		if share < m.below {
			return high * m.nats * nat
		}
	}
	return 0
}

// mixedShares says what each byte beyond ASCII costs where they are fewer than a share of all letters.
var mixedShares = [...]struct {
	below float64
	nats  int
}{{0.01, 7}, {0.03, 5}, {0.08, 3}, {0.15, 2}, {0.25, 1}}

// asciiPairs returns, as two numbers of 5 bits, the pairs of neighbouring bytes of ASCII of which at least one is a letter.
func asciiPairs(sample []byte) []uint16 {
	pairs := make([]uint16, 0, min(maxASCIIPairs, len(sample)))
	prev := byte('\n')
	for _, c := range sample {
		if prev|c < utf8.RuneSelf {
			if x, y := letterNumber(prev), letterNumber(c); x|y > 0 {
				if pairs = append(pairs, x<<5|y); len(pairs) == maxASCIIPairs {
					break
				}
			}
		}
		prev = c
	}
	return pairs
}

// letterNumber is 1 to 26 for a to z in either case and 0 for anything else.
func letterNumber(c byte) uint16 {
	if isASCIILetter(c) {
		return uint16(c & 0x1F)
	}
	return 0
}

// languagePenalties says by how much worse the ASCII letters fit each language in Latin script than the best one; -1 for
// those that are not worth a further look.
func (d *detector) languagePenalties(ascii []uint16, lang string) []int {
	penalty := make([]int, len(d.latin))
	best := 0
	for i := range d.latin {
		t := &d.latin[i].cost
		for _, p := range ascii {
			penalty[i] += int(t[p&0x3FF])
		}
		if i == 0 || penalty[i] < best {
			best = penalty[i]
		}
	}
	order := make([]int, len(penalty))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(penalty[x], penalty[y]) })
	for i := range penalty {
		penalty[i] = min(penalty[i]-best, maxASCIIPenalty)
	}
	for _, i := range order[min(latinLanguages, len(order)):] {
		if d.latin[i].code != lang {
			penalty[i] = -1
		}
	}
	return penalty
}
