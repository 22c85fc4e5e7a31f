package clean

import "golang.org/x/net/html/atom"

// dropMarked drops marked elements (step 1 of choose). Readers' comments stay where they are what the page is for.
func (p *page) dropMarked(worth []float32) {
	sums := p.sum(func(i int) float32 { return worth[i] })
	total := sums[len(p.blocks)]
	comments := p.markedWorth(sums, comment)
	keepThread := comments > keepComments*total || p.forum >= forumMarks && comments > keepPosts*total
	for i := 1; i < len(p.elems); {
		e := &p.elems[i]
		marked := e.mark&(noise|hidden) != 0 && sums[e.to]-sums[e.from] <= keepMarked*total ||
			e.mark&comment != 0 && e.mark&(noise|hidden) == 0 && !keepThread
		if !marked {
			i++
			continue
		}
		p.dropRange(e.from, e.to)
		i = int(e.end)
	}
}

// markedWorth is the worth within elements of a mark; sums are prefix sums of the worth.
func (p *page) markedWorth(sums []float64, m mark) (worth float64) {
	for i := 1; i < len(p.elems); {
		e := &p.elems[i]
		if e.mark&m == 0 {
			i++
			continue
		}
		worth += sums[e.to] - sums[e.from]
		i = int(e.end)
	}
	return worth
}

func (p *page) keepOnly(elem int) {
	e := p.elems[elem]
	p.dropRange(0, e.from)
	p.dropRange(e.to, int32(len(p.blocks)))
}

func (p *page) dropRange(from, to int32) {
	for i := from; i < to; i++ {
		p.blocks[i].drop = true
	}
}

const (
	linkList = 0.5 // share of words in links from which a list, table or section is one of links
	linkLine = 0.8 // the same for a block
	minLinks = 2   // linked words up to which a list is left alone
)

// dropLinks drops elements and blocks that are links for the greater part, and blocks without any word.
func (p *page) dropLinks() {
	words := p.sum(func(i int) float32 { return p.blocks[i].words })
	linked := p.sum(func(i int) float32 { return p.blocks[i].linked })
	for i := 0; i < len(p.elems); {
		e := &p.elems[i]
		i++
		switch e.atom {
		case atom.Ul, atom.Ol, atom.Table, atom.Div, atom.Section, atom.P:
			// An element is looked at before its descendants, so the sums are still true of it.
			if l := linked[e.to] - linked[e.from]; l > minLinks && l > linkList*(words[e.to]-words[e.from]) {
				p.dropRange(e.from, e.to)
				i = int(e.end)
			}
		}
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.kind != heading && b.linked > linkLine*b.words || b.words == 0 && b.kind != pre && b.kind != row {
			b.drop = true
		}
	}
}

// dropHeadings drops headings behind which nothing is kept.
func (p *page) dropHeadings() {
	for i := len(p.blocks) - 1; i >= 0; i-- {
		b := &p.blocks[i]
		if b.drop {
			continue
		}
		if b.kind != heading {
			return
		}
		b.drop = true
	}
}
