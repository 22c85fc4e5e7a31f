package clean

// choose drops the blocks that are not main content: those that the model (model.go) does not expect to be wanted, and
// readers' comments.
//
// When that leaves next to nothing, the rules choose (ruled); when those leave next to nothing, what no mark and no link
// speaks against is taken, then what no mark speaks against, then everything.
func (p *page) choose(m *model, minText int, focus string) {
	rule, plain := p.judged(m, focus)
	if rule == nil {
		plain = p.ruled()
	} else if p.hasLetters(minText) {
		return
	} else {
		p.keep(rule)
	}
	p.dropHeadings()
	if p.hasLetters(minText) {
		return
	}
	p.keep(plain)
	p.dropLinks()
	if p.hasLetters(minText) {
		return
	}
	p.keep(plain)
	if p.hasLetters(minText) {
		return
	}
	p.restore(make([]bool, len(p.blocks)))
}

// maxJudged is the number of blocks up to which the model judges them, at some 300 bytes each. Rules choose on the few pages with more.
const maxJudged = 100_000

// judged drops blocks as the model judges, and returns those that the rules would keep and those that no mark
// speaks against; nil when there are none or too many blocks.
func (p *page) judged(m *model, focus string) (rule, plain []bool) {
	if len(p.blocks) == 0 || len(p.blocks) > maxJudged {
		return nil, nil
	}
	s := p.look()
	p.keepExpected(m.judge(s), beta2Of(focus))
	p.dropHeadings()
	return s.rule, s.plain
}

// ruled drops blocks by the rules alone, and returns those that no mark speaks against.
func (p *page) ruled() (plain []bool) {
	worth := make([]float32, len(p.blocks))
	for i := range p.blocks {
		worth[i] = p.blocks[i].worth()
	}
	_, plain = p.byRule(worth)
	return plain
}

// keep drops all blocks but those named.
func (p *page) keep(kept []bool) {
	for i := range p.blocks {
		p.blocks[i].drop = !kept[i]
	}
}

// byRule drops the blocks that rules find to be no main content, and returns the element that they find to be it and the
// blocks that no mark speaks against.
//
// A block's worth is the number of its words that look like running text: outside links (Boilerpipe's link
// density, Kohlschütter et al. 2010, section 4.2), and more per word the longer the block, up to the length of a
// good sentence or two (Readability gives a paragraph points for its length). Three steps follow:
//
//  1. Elements whose name or attributes mark them as boilerplate are dropped, unless they hold most of the page's
//     worth: a form around the whole page, a column named "sidebar-left-content".
//  2. Of all elements the one is chosen that agrees best with the page's worth. Taking the worth as the text that
//     is wanted, the share of the page's worth within an element is its recall, its worth over its words its
//     precision; the highest F-measure wins. Teasers beside an article lower the precision of whatever
//     holds both, and a thread has its highest value at the list of its posts.
//  3. Within that element, lists and lines of links go.
func (p *page) byRule(worth []float32) (best int, unmarked []bool) {
	p.dropMarked(worth)
	unmarked = make([]bool, len(p.blocks))
	for i := range p.blocks {
		unmarked[i] = !p.blocks[i].drop
	}
	best = p.best(worth)
	p.keepOnly(best)
	p.dropLinks()
	return best, unmarked
}

const (
	minSentence  = 8    // words from which a block can be a sentence
	fullSentence = 30   // words from which each word counts in full
	shortWorth   = 0.2  // what a word of a block shorter than minSentence counts; the least that any counts
	keepMarked   = 0.6  // share of the page's worth above which a marked element is kept
	keepComments = 0.97 // share of the page's worth above which comments are its content
	keepPosts    = 0.4  // the same on a page of a forum
	forumMarks   = 3    // elements that must say so before a page is a forum's
	declared     = 1.1  // advantage of an element declared to be the main content
	beta2        = 1.5  // recall counts this much more than precision (β² of the F-measure)
)

func (b *block) worth() float32 {
	plain := b.words - b.linked
	if plain <= 0 || b.kind == heading {
		return 0
	}
	perWord := float32(shortWorth)
	if plain >= minSentence {
		perWord = min(1, plain/fullSentence)
	}
	return plain * (1 - b.linked/b.words) * perWord
}

// best is the element of step 2, an index of p.elems.
func (p *page) best(worth []float32) int {
	words := p.sum(func(i int) float32 { return p.blocks[i].words })
	want := p.sum(func(i int) float32 { return worth[i] })
	recall := float64(beta2 * want[len(p.blocks)]) // rounded by itself, so that no machine may fuse it with the sum
	best, value := 0, -1.0
	for i := range p.elems {
		e := &p.elems[i]
		in := want[e.to] - want[e.from]
		f := (1 + beta2) * in / (words[e.to] - words[e.from] + recall)
		if e.mark&content != 0 {
			f *= declared
		}
		// Of nested elements with the same blocks the innermost is as good as any.
		if f > value {
			best, value = i, f
		}
	}
	return best
}

// sum returns prefix sums of a count over the blocks that are not dropped, so that the count of
// any range of blocks is a difference: sums[to] - sums[from].
func (p *page) sum(count func(i int) float32) []float64 {
	s := make([]float64, len(p.blocks)+1)
	for i := range p.blocks {
		s[i+1] = s[i]
		if !p.blocks[i].drop {
			s[i+1] += float64(count(i))
		}
	}
	return s
}

// hasLetters reports whether at least n letters and digits are not dropped; any character beyond ASCII counts as a letter.
func (p *page) hasLetters(n int) bool {
	for i := range p.blocks {
		if n <= 0 {
			return true
		}
		b := &p.blocks[i]
		if b.drop {
			continue
		}
		for _, c := range p.text[b.from:b.to] {
			if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0xC0 {
				n--
			}
		}
	}
	return n <= 0
}

func (p *page) restore(dropped []bool) {
	for i := range p.blocks {
		p.blocks[i].drop = dropped[i]
	}
}
