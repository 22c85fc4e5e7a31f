package clean

// choose drops the blocks that are not main content.
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
//  3. Within that element, lists and lines of links go, and headings that head nothing.
//
// When that leaves next to nothing, step 2 is left out, then step 3, then step 1.
func (p *page) choose(minText int) {
	worth := make([]float32, len(p.blocks))
	for i := range p.blocks {
		worth[i] = p.blocks[i].worth()
	}
	p.dropMarked(worth)
	unmarked, plain := p.dropped(), p.plainWords()
	p.keepOnly(p.best(worth))
	p.dropLinks()
	p.dropHeadings()
	if p.letters() >= minText && p.plainWords() >= minShare*plain {
		return
	}
	p.restore(unmarked)
	p.dropLinks()
	if p.letters() >= minText {
		return
	}
	p.restore(unmarked)
	if p.letters() >= minText {
		return
	}
	p.restore(make([]bool, len(p.blocks)))
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
	minShare     = 0.05 // share of the words outside links that the choice must hold
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
	total := want[len(p.blocks)]
	best, value := 0, -1.0
	for i := range p.elems {
		e := &p.elems[i]
		in := want[e.to] - want[e.from]
		f := (1 + beta2) * in / (words[e.to] - words[e.from] + beta2*total)
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

// plainWords is the number of words outside links that are not dropped.
func (p *page) plainWords() (n float32) {
	for i := range p.blocks {
		if b := &p.blocks[i]; !b.drop {
			n += b.words - b.linked
		}
	}
	return n
}

// letters is the number of letters and digits that are not dropped; any character beyond ASCII counts as a letter.
func (p *page) letters() int {
	n := 0
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.drop {
			continue
		}
		for _, c := range p.text[b.from:b.to] {
			if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0xC0 {
				n++
			}
		}
	}
	return n
}

func (p *page) dropped() []bool {
	d := make([]bool, len(p.blocks))
	for i := range p.blocks {
		d[i] = p.blocks[i].drop
	}
	return d
}

func (p *page) restore(dropped []bool) {
	for i := range p.blocks {
		p.blocks[i].drop = dropped[i]
	}
}
