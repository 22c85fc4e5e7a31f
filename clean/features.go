package clean

import "golang.org/x/net/html/atom"

// The features are what the model of main content (model.go) sees of a block. They are counts that hold in any
// language, after these sources:
//
//   - words, link density and those of the neighbours: Kohlschütter et al., "Boilerplate Detection using Shallow Text
//     Features", WSDM 2010, section 4;
//   - words of class attributes and the container's points: Readability (features of scores.go);
//   - shares of the containers up the tree, title and repeated text: Vogels et al., "Web2Text", ECIR 2018, section 3.2;
//   - elements of the same shape, which tell posts from teasers, and the F-measure's choice (choose.go): our own.
//
// A feature is a whole number from 0 to 127 (scale.go): trees ask only whether it is above a threshold.
const (
	fWords = iota
	fLinkDensity
	fPlainWords
	fCharsPerWord
	fCommas
	fEnds
	fEndsInStop
	fDigits
	fCapitals
	fSymbols
	fLines
	fStartsLower
	fEndsInColon
	fSpaceless
	fKind
	fLevel
	fTag
	fDepth
	fDepthFromMax
	fLists
	fTables
	fInQuote
	fInFigure
	fInContent
	fContentShare
	fTitleInBlock
	fBlockInTitle
	fRepeats
	fWordsBefore
	fShareBefore
	fBlocksBefore
	fBlocksBehind
	fFromTitle
	fFromHeading
	fWordsFromHeading
	fHeadingLevel
	fFromFirstLong
	fFromLastLong
	fToLongBefore
	fToLongBehind
	fWords1Before
	fWords2Before
	fWords1Behind
	fWords2Behind
	fLinks1Before
	fLinks2Before
	fLinks1Behind
	fLinks2Behind
	fKindBefore
	fKindBehind
	fNearWords
	fNearLinks
	fNearStops
	fC1Blocks
	fC1Share
	fC1Links
	fC1Worth
	fC1Mean
	fC2Blocks
	fC2Share
	fC2Links
	fC2Worth
	fC2Mean
	fC3Blocks
	fC3Share
	fC3Links
	fC3Worth
	fC3Mean
	fGroup
	fGroupMean
	fGroupLinks
	fGroupShare
	fOuter
	fOuterMean
	fOuterLinks
	fOuterShare
	fOuterIndex
	fOuterBefore
	fOuterStart
	fInner
	fInnerMean
	fInnerLinks
	fInnerShare
	fPoints
	fParentPoints
	fInWinner
	fByWinner
	fWinnerDistance
	fRule
	fInBest
	fBestDistance
	fUnmarked
	fPageWords
	fPageBlocks
	fPageLinks
	fPageWorth
	fPageMean
	fPageForum
	fPageArticle
	fPageWinner
	fPageBest
	fPageComments
	fPageItems
	fPageRows
	fPageLong
	fPageHeadings
	fPageSpaceless
	fOwnMarks                      // one for each mark of the innermost element and its two parents
	fAnyMarks  = fOwnMarks + marks // one for each mark of any element around
	fBlockOnly = fAnyMarks + marks // end of the features of the first pass
)

// long is the number of words outside links from which a block that is no heading counts as a long paragraph.
const long = 20

// far is the distance, in blocks, that stands for everything farther.
const far = 100

// sight is what the features of a page's blocks are made from.
type sight struct {
	*page
	glyphs []glyphs
	elems2 []around
	groups []group
	words  []float64 // prefix sums over blocks, as of linked, worth and stops
	linked []float64
	worth  []float64
	stops  []float64
	longs  []float64
	best   int    // the F-measure's choice among p.elems
	rule   []bool // the blocks that the rules keep
	plain  []bool // the blocks that no mark drops
	score  scores
	title  int // the block that says the page's title; -1 when none does
	common [fOwnMarks - fPageWords]uint8
}

// around is what an element inherits from those around it.
type around struct {
	any, near    mark  // marks of all elements around, and of the innermost three
	up           int32 // the nearest element around with more blocks
	outer, inner int32 // the outermost and the innermost element that repeats; -1
	group        int32
	index        int32 // which of the series it is
	content      int32 // the nearest element declared to be the content; -1
	depth        int16
	lists        uint8
	tables       uint8
	figure       bool
}

// look gathers what the features need. It chooses by rule as choose.go does and leaves all blocks kept.
func (p *page) look() *sight {
	s := &sight{page: p, title: -1}
	n := len(p.blocks)
	s.glyphs = make([]glyphs, n)
	worth := make([]float32, n)
	sums := make([]float64, 5*(n+1))
	for k, v := range [...]*[]float64{&s.words, &s.linked, &s.worth, &s.stops, &s.longs} {
		*v = sums[k*(n+1) : (k+1)*(n+1)]
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		s.glyphs[i] = readGlyphs(p.text[b.from:b.to])
		worth[i] = b.worth()
		s.words[i+1] = s.words[i] + float64(b.words)
		s.linked[i+1] = s.linked[i] + float64(b.linked)
		s.worth[i+1] = s.worth[i] + float64(worth[i])
		s.stops[i+1] = s.stops[i] + float64(s.glyphs[i].ends)
	}
	s.score = p.points(s)
	s.best, s.plain = p.byRule(worth)
	s.rule = make([]bool, n)
	for i := range p.blocks {
		s.rule[i] = !p.blocks[i].drop
		p.blocks[i].drop = false
		s.longs[i+1] = s.longs[i]
		if s.isLong(i) {
			s.longs[i+1] += float64(p.blocks[i].words)
		}
	}
	s.surround()
	s.matchTitle()
	s.pageFeatures()
	return s
}

// surround fills in what each element has around it: elements stand in the order of their start tags, so that one
// around has been seen before.
func (s *sight) surround() {
	s.elems2 = make([]around, len(s.elems))
	s.group()
	s.elems2[0].outer, s.elems2[0].inner, s.elems2[0].content = -1, -1, -1
	for i := 1; i < len(s.elems); i++ {
		e := &s.elems[i]
		o := &s.elems2[e.parent]
		a := &s.elems2[i]
		g, index := a.group, a.index
		*a = *o
		a.group, a.index = g, index
		a.any |= e.mark
		a.near = e.mark
		if e.parent > 0 {
			a.near |= s.elems[e.parent].mark | s.elems[s.elems[e.parent].parent].mark
		}
		if p := &s.elems[e.parent]; p.to-p.from > e.to-e.from {
			a.up = e.parent
		}
		a.depth++
		switch e.atom {
		case atom.Ul, atom.Ol, atom.Dl:
			a.lists++
		case atom.Table:
			a.tables++
		case atom.Figure:
			a.figure = true
		}
		if s.groups[g].count >= minRepeats && e.to > e.from {
			if a.outer < 0 {
				a.outer = int32(i)
			}
			if e.atom != atom.P && e.atom != atom.Li && e.atom != atom.Tr && e.atom != atom.Td {
				a.inner = int32(i)
			}
		}
		if e.mark&content != 0 {
			a.content = int32(i)
		}
	}
}

// minRepeats is the number of elements of one shape from which they count as a series.
const minRepeats = 3

// group is a series of elements of the same shape below elements of the same shape.
type group struct {
	count         int32
	first         int32 // the first block
	words, linked float32
}

// group sorts the elements into series.
func (s *sight) group() {
	ids := newTable(len(s.elems))
	for i := range s.elems {
		e := &s.elems[i]
		p := &s.elems[e.parent]
		key := uint64(e.shape) | uint64(p.shape*31+s.elems[p.parent].shape)<<32
		id := ids.id(key)
		if id == len(s.groups) {
			s.groups = append(s.groups, group{first: e.from})
		}
		s.elems2[i].group = int32(id)
		g := &s.groups[id]
		if e.to > e.from {
			s.elems2[i].index = g.count
			g.count++
			g.words += float32(s.words[e.to] - s.words[e.from])
			g.linked += float32(s.linked[e.to] - s.linked[e.from])
		}
	}
}

// matchTitle finds the block that says most of the title: the first heading of the highest level that does, or
// the first of other short blocks.
func (s *sight) matchTitle() {
	best := float32(0.5)
	for i := range s.blocks {
		g := &s.glyphs[i]
		g.inTitle, g.ofTitle = s.overlap(&s.blocks[i])
		v := float32(g.inTitle * g.ofTitle) // rounded by itself, so that no machine may fuse it with the sums
		if s.blocks[i].kind == heading {
			v += 0.5
			if s.elems[s.blocks[i].elem].atom == atom.H1 {
				v += 0.5
			}
		}
		if g.ofTitle > 0 && v > best {
			best, s.title = v, i
		}
	}
}

// pageFeatures fills in the features that all blocks of the page have in common.
func (s *sight) pageFeatures() {
	n := len(s.blocks)
	words, linked := s.words[n], s.linked[n]
	var items, rows, longs, headings, comments, spaceless float64
	for i := range s.blocks {
		b := &s.blocks[i]
		switch b.kind {
		case item:
			items += float64(b.words)
		case row:
			rows += float64(b.words)
		case heading:
			headings++
		}
		if s.isLong(i) {
			longs += float64(b.words)
		}
		if s.elems2[b.elem].any&comment != 0 {
			comments += float64(b.words)
		}
		spaceless += float64(s.glyphs[i].spaceless)
	}
	set := func(f int, v uint8) { s.common[f-fPageWords] = v }
	set(fPageWords, count(float32(words)))
	set(fPageBlocks, count(float32(n)))
	set(fPageLinks, part(linked, words))
	set(fPageWorth, part(s.worth[n], words))
	set(fPageMean, count(float32(ratio(words, float64(n)))))
	set(fPageForum, count(float32(s.forum)))
	set(fPageArticle, number(s.article))
	set(fPageWinner, share(float32(s.share(s.score.winner))))
	set(fPageBest, share(float32(s.share(s.best))))
	set(fPageComments, part(comments, words))
	set(fPageItems, part(items, words))
	set(fPageRows, part(rows, words))
	set(fPageLong, part(longs, words))
	set(fPageHeadings, count(float32(headings)))
	set(fPageSpaceless, part(spaceless/2, words))
}

// isLong reports a long paragraph.
func (s *sight) isLong(i int) bool {
	b := &s.blocks[i]
	return b.kind != heading && b.words-b.linked >= long && s.plain[i]
}

// share is the share of the page's words within an element.
func (s *sight) share(e int) float64 {
	return ratio(s.words[s.elems[e].to]-s.words[s.elems[e].from], s.words[len(s.blocks)])
}

func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
