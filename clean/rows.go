package clean

import "golang.org/x/net/html/atom"

// rows writes the features of the first pass of every block, width numbers for each block.
func (s *sight) rows(width int) []uint8 {
	out := make([]uint8, len(s.blocks)*width)
	s.countRepeats()
	maxDepth := int16(1)
	for i := range s.elems2 {
		maxDepth = max(maxDepth, s.elems2[i].depth)
	}
	for i := range s.blocks {
		row := out[i*width : i*width+fBlockOnly]
		s.own(row, i)
		s.place(row, i, maxDepth)
		s.containers(row, i)
		copy(row[fPageWords:], s.common[:])
		e := s.elems2[s.blocks[i].elem]
		for m := range marks {
			row[fOwnMarks+m] = uint8(e.near >> m & 1)
			row[fAnyMarks+m] = uint8(e.any >> m & 1)
		}
	}
	s.order(out, width)
	return out
}

func (s *sight) countRepeats() {
	ids := newTable(len(s.blocks))
	count := make([]int32, 0, len(s.blocks))
	which := make([]int32, len(s.blocks))
	for i := range s.blocks {
		id := ids.id(s.glyphs[i].hash)
		if id == len(count) {
			count = append(count, 0)
		}
		count[id]++
		which[i] = int32(id)
	}
	for i := range s.blocks {
		s.glyphs[i].repeats = count[which[i]]
	}
}

// own writes what a block's text says.
func (s *sight) own(row []uint8, i int) {
	b, g := &s.blocks[i], &s.glyphs[i]
	words := max(b.words, 0.5)
	chars := float32(max(g.chars, 1))
	row[fWords] = count(b.words)
	row[fLinkDensity] = share(b.linked / words)
	row[fPlainWords] = count(b.words - b.linked)
	row[fCharsPerWord] = few(chars / words / 32)
	row[fCommas] = few(float32(g.commas) / words)
	row[fEnds] = few(float32(g.ends) / words)
	row[fEndsInStop] = number(g.stop)
	row[fDigits] = share(float32(g.digits) / chars)
	row[fCapitals] = share(float32(g.capitals) / float32(max(g.letters, 1)))
	row[fSymbols] = few(float32(g.symbols) / chars)
	row[fLines] = count(float32(g.lines))
	row[fStartsLower] = number(g.lower)
	row[fEndsInColon] = number(g.colon)
	row[fSpaceless] = share(float32(g.spaceless) / chars)
	row[fKind] = uint8(b.kind)
	row[fLevel], row[fTag] = level(s.elems[b.elem].atom), tag(s.elems[b.elem].atom)
	row[fTitleInBlock], row[fBlockInTitle] = share(g.ofTitle), share(g.inTitle)
	row[fRepeats] = count(float32(g.repeats))
	row[fRule], row[fUnmarked] = number(s.rule[i]), number(s.plain[i])
}

// level is a heading's level; 0 for any other element.
func level(a atom.Atom) uint8 {
	switch a {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5, atom.H6:
		return 5
	}
	return 0
}

// tag orders the names of elements from those that hold running text to those that lay out the page.
func tag(a atom.Atom) uint8 {
	switch a {
	case atom.P:
		return 0
	case atom.Blockquote, atom.Pre:
		return 1
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return 2
	case atom.Dd, atom.Dt:
		return 3
	case atom.Article, atom.Section, atom.Main:
		return 4
	case atom.Div, atom.Center:
		return 5
	case atom.Td, atom.Th:
		return 6
	case atom.Li:
		return 7
	case atom.Figcaption, atom.Caption, atom.Figure:
		return 8
	case atom.Body, atom.Html, 0:
		return 9
	}
	return 10
}

// place writes where a block stands in the tree.
func (s *sight) place(row []uint8, i int, maxDepth int16) {
	b := &s.blocks[i]
	a := &s.elems2[b.elem]
	row[fDepth] = count(float32(a.depth))
	row[fDepthFromMax] = count(float32(maxDepth - a.depth))
	row[fLists], row[fTables] = min(a.lists, most), min(a.tables, most)
	row[fInQuote] = number(a.any&asQuote != 0)
	row[fInFigure] = number(a.figure)
	row[fInContent] = number(a.content >= 0)
	if a.content >= 0 {
		row[fContentShare] = share(float32(s.share(int(a.content))))
	}
	row[fPoints] = share(ratio32(s.score.points[b.elem], s.score.most))
	row[fParentPoints] = share(ratio32(s.score.points[s.elems[b.elem].parent], s.score.most))
	row[fInWinner], row[fWinnerDistance] = s.distance(i, s.score.winner)
	if w := &s.elems[s.score.winner]; s.score.winner > 0 {
		p := &s.elems[w.parent]
		row[fByWinner] = number(p.from <= int32(i) && int32(i) < p.to)
	}
	row[fInBest], row[fBestDistance] = s.distance(i, s.best)
}

func ratio32(a, b float32) float32 {
	if b <= 0 {
		return 0
	}
	return a / b
}

// distance is whether block i lies in an element, and if not how many blocks it stands before (less than 0) or behind it.
func (s *sight) distance(i, elem int) (in, d uint8) {
	e := &s.elems[elem]
	switch {
	case i < int(e.from):
		return 0, signed(i - int(e.from))
	case i >= int(e.to):
		return 0, signed(i - int(e.to) + 1)
	}
	return 1, signed(0)
}

// containers writes the counts of the elements around a block, each with more blocks than the last, and of the series it is part of.
func (s *sight) containers(row []uint8, i int) {
	c := s.blocks[i].elem
	if e := &s.elems[c]; e.to-e.from == 1 {
		c = s.elems2[c].up
	}
	total := s.words[len(s.blocks)]
	for _, f := range [...]int{fC1Blocks, fC2Blocks, fC3Blocks} {
		e := &s.elems[c]
		words := s.words[e.to] - s.words[e.from]
		row[f] = count(float32(e.to - e.from))
		row[f+1] = part(words, total)
		row[f+2] = part(s.linked[e.to]-s.linked[e.from], words)
		row[f+3] = part(s.worth[e.to]-s.worth[e.from], words)
		row[f+4] = count(float32(ratio(words, float64(e.to-e.from))))
		c = s.elems2[c].up
	}
	a := &s.elems2[s.blocks[i].elem]
	s.series(row[fGroup:], a.group)
	if a.outer >= 0 {
		o := &s.elems2[a.outer]
		s.series(row[fOuter:], o.group)
		row[fOuterIndex] = count(float32(o.index))
		start := s.groups[o.group].first
		row[fOuterBefore] = count(float32(s.longs[start]))
		row[fOuterStart] = part(s.words[start], total)
	}
	if a.inner >= 0 {
		s.series(row[fInner:], s.elems2[a.inner].group)
	}
}

func (s *sight) series(row []uint8, id int32) {
	g := &s.groups[id]
	row[0] = count(float32(g.count))
	row[1] = count(ratio32(g.words, float32(g.count)))
	row[2] = share(ratio32(g.linked, g.words))
	row[3] = part(float64(g.words), s.words[len(s.blocks)])
}

// order writes the features that follow from the order of the blocks.
func (s *sight) order(out []uint8, width int) {
	n := len(s.blocks)
	total := s.words[n]
	first, last := n, -1
	for i := range s.blocks {
		if s.isLong(i) {
			first, last = min(first, i), i
		}
	}
	prevLong, head, headLevel := -far, -far, uint8(0)
	for i := range s.blocks {
		row := out[i*width : i*width+fBlockOnly]
		row[fWordsBefore] = count(float32(s.words[i]))
		row[fShareBefore] = part(s.words[i], total)
		row[fBlocksBefore] = count(float32(i))
		row[fBlocksBehind] = count(float32(n - 1 - i))
		if s.title >= 0 {
			row[fFromTitle] = signed(i - s.title)
		}
		row[fFromHeading], row[fHeadingLevel] = signed(i-head), headLevel
		row[fWordsFromHeading] = count(float32(s.words[i] - s.words[max(0, head)]))
		row[fFromFirstLong], row[fFromLastLong] = signed(i-first), signed(i-last)
		row[fToLongBefore] = signed(i - prevLong)
		s.neighbours(row, i)
		if s.isLong(i) {
			prevLong = i
		}
		if s.blocks[i].kind == heading {
			head, headLevel = i, row[fLevel]
		}
	}
	next := n + far
	for i := n - 1; i >= 0; i-- {
		out[i*width+fToLongBehind] = signed(next - i)
		if s.isLong(i) {
			next = i
		}
	}
}

// near is the number of blocks before and behind that count as a block's surroundings.
const near = 4

func (s *sight) neighbours(row []uint8, i int) {
	s.neighbour(row[fWords1Before:], row[fLinks1Before:], i-1)
	s.neighbour(row[fWords2Before:], row[fLinks2Before:], i-2)
	s.neighbour(row[fWords1Behind:], row[fLinks1Behind:], i+1)
	s.neighbour(row[fWords2Behind:], row[fLinks2Behind:], i+2)
	if i > 0 {
		row[fKindBefore] = 1 + uint8(s.blocks[i-1].kind)
	}
	if i+1 < len(s.blocks) {
		row[fKindBehind] = 1 + uint8(s.blocks[i+1].kind)
	}
	from, to := max(0, i-near), min(len(s.blocks), i+near+1)
	words := s.words[to] - s.words[from]
	row[fNearWords] = count(float32(words))
	row[fNearLinks] = part(s.linked[to]-s.linked[from], words)
	row[fNearStops] = few(float32(ratio(s.stops[to]-s.stops[from], words)))
}

func (s *sight) neighbour(words, links []uint8, i int) {
	if i >= 0 && i < len(s.blocks) {
		b := &s.blocks[i]
		words[0], links[0] = 1+min(most-1, count(b.words)), 1+min(most-1, share(ratio32(b.linked, b.words)))
	}
}
