package clean

import "golang.org/x/net/html/atom"

// The features of the second pass follow those of the first: what the first pass thinks of a block, of its
// neighbours, and of the elements around it.
const (
	fFirst = fBlockOnly + iota
	fFirst1Before
	fFirst2Before
	fFirst1Behind
	fFirst2Behind
	fFirstNear
	fFirstWide
	fFirstC1
	fFirstC2
	fFirstC3
	fFirstGroup
	fFirstOuter
	fFirstKind
	fFirstPage
	fFirstWanted
	fFirstBefore
	fFirstBehind
	fToYesBefore
	fToYesBehind
	fFirstIn
	fFirstDistance
	fFirstInShare
	fFirstTitle
	fFirstSection
	fFirstChosen
	fAll // the number of features
)

const wide = 12 // blocks before and behind that count as the wider surroundings

// second writes the features of the second pass into rows that have those of the first.
func (s *sight) second(out []uint8, first []float32) {
	n := len(s.blocks)
	in := make([]float64, n+1) // prefix sums of the words that the first pass expects to be wanted
	kinds, kindWords := [64]float64{}, [64]float64{}
	groups := make([]float64, len(s.groups))
	groupWords := make([]float64, len(s.groups))
	for i := range s.blocks {
		b := &s.blocks[i]
		w := s.words[i+1] - s.words[i]
		v := float64(w * float64(first[i]))
		in[i+1] = in[i] + v
		k := s.kindOf(i)
		kinds[k], kindWords[k] = kinds[k]+v, kindWords[k]+w
		g := s.elems2[b.elem].group
		groups[g], groupWords[g] = groups[g]+v, groupWords[g]+w
	}
	mean := func(from, to int32) uint8 { return part(in[to]-in[from], s.words[to]-s.words[from]) }
	best := s.wanted(in)
	title := uint8(0)
	if s.title >= 0 {
		title = at(first, s.title)
	}
	threshold := expected(s.page, first, 1)
	lastYes := -far
	for i := range s.blocks {
		row := out[i*fAll : (i+1)*fAll]
		row[fFirst] = share(first[i])
		row[fFirst1Before], row[fFirst2Before] = at(first, i-1), at(first, i-2)
		row[fFirst1Behind], row[fFirst2Behind] = at(first, i+1), at(first, i+2)
		row[fFirstNear] = mean(int32(max(0, i-near)), int32(min(n, i+near+1)))
		row[fFirstWide] = mean(int32(max(0, i-wide)), int32(min(n, i+wide+1)))
		c := s.blocks[i].elem
		if e := &s.elems[c]; e.to-e.from == 1 {
			c = s.elems2[c].up
		}
		for _, f := range [...]int{fFirstC1, fFirstC2, fFirstC3} {
			row[f] = mean(s.elems[c].from, s.elems[c].to)
			c = s.elems2[c].up
		}
		a := &s.elems2[s.blocks[i].elem]
		row[fFirstGroup] = part(groups[a.group], groupWords[a.group])
		row[fFirstOuter] = 0
		if a.outer >= 0 {
			row[fFirstOuter] = max(1, mean(s.elems[a.outer].from, s.elems[a.outer].to))
		}
		k := s.kindOf(i)
		row[fFirstKind] = part(kinds[k], kindWords[k])
		row[fFirstPage] = part(in[n], s.words[n])
		row[fFirstWanted] = count(float32(in[n]))
		row[fFirstBefore], row[fFirstBehind] = part(in[i], in[n]), part(in[n]-in[i+1], in[n])
		row[fToYesBefore] = signed(i - lastYes)
		row[fFirstIn], row[fFirstDistance] = s.distance(i, best)
		row[fFirstInShare] = share(float32(s.share(best)))
		row[fFirstTitle] = title
		row[fFirstChosen] = number(first[i] >= threshold)
		if first[i] > 0.5 && s.blocks[i].words >= 8 {
			lastYes = i
		}
	}
	s.sections(out, first, in)
}

// sections writes what follows from the blocks behind: the next one that is wanted, and the mean of those that a heading heads.
func (s *sight) sections(out []uint8, first []float32, in []float64) {
	n := len(s.blocks)
	nextYes := n + far
	var ends [6]int // where the section of a heading of each level would end; 0 is for other blocks
	for l := range ends {
		ends[l] = n
	}
	for i := n - 1; i >= 0; i-- {
		row := out[i*fAll : (i+1)*fAll]
		row[fToYesBehind] = signed(nextYes - i)
		if first[i] > 0.5 && s.blocks[i].words >= 8 {
			nextYes = i
		}
		l := int(row[fLevel])
		row[fFirstSection] = 0
		if l > 0 {
			row[fFirstSection] = max(1, part(in[ends[l]]-in[i+1], s.words[ends[l]]-s.words[i+1]))
			for k := l; k < len(ends); k++ {
				ends[k] = i
			}
		}
	}
}

// kindOf sorts blocks of a page by their kind and the name of the element that holds them.
func (s *sight) kindOf(i int) int {
	b := &s.blocks[i]
	if b.kind != paragraph {
		return int(b.kind)
	}
	return 16 + int(tag(s.elems[b.elem].atom))
}

// at scales the i-th probability; 0 where there is none.
func at(v []float32, i int) uint8 {
	if i < 0 || i >= len(v) {
		return 0
	}
	return max(1, share(v[i]))
}

// wanted is the element with the highest expected F-measure, in being prefix sums of the words expected to be wanted.
func (s *sight) wanted(in []float64) int {
	best, value := 0, -1.0
	total := in[len(s.blocks)]
	for i := range s.elems {
		e := &s.elems[i]
		if e.atom == atom.Html {
			continue
		}
		if f := ratio(in[e.to]-in[e.from], s.words[e.to]-s.words[e.from]+total); f > value {
			best, value = i, f
		}
	}
	return best
}
