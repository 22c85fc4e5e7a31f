package clean

import "golang.org/x/net/html/atom"

// scores are the points that Readability's algorithm gives to elements (Mozilla Readability.js, _grabArticle): a
// paragraph has a point, one for each comma and up to three for its length; its parent gets
// them all, the grandparent half, those farther up a third each level less; names and class words add or take some, and
// links reduce the sum in proportion. We use them as features and do not choose by them alone.
type scores struct {
	points []float32 // by element
	winner int       // the element with most points
	most   float32
}

const (
	minPoints     = 25 // characters from which a block has points
	pointsLevels  = 5  // ancestors that get points
	charsPerPoint = 100
	classPoints   = 25
)

func (p *page) points(s *sight) scores {
	sc := scores{points: make([]float32, len(p.elems))}
	seen := make([]bool, len(p.elems))
	for i := range p.blocks {
		b, g := &p.blocks[i], &s.glyphs[i]
		if g.chars < minPoints || b.kind == heading || p.unlikely(b.elem) {
			continue
		}
		points := 1 + float32(g.commas) + min(3, float32(g.chars/charsPerPoint))
		e := b.elem
		if el := &p.elems[e]; el.to-el.from == 1 && e > 0 {
			e = el.parent
		}
		share := float32(1)
		for level := range pointsLevels {
			if !seen[e] {
				seen[e] = true
				sc.points[e] += p.basePoints(e)
			}
			sc.points[e] += float32(points * share)
			if e == 0 {
				break
			}
			e = p.elems[e].parent
			share = 0.5
			if level > 0 {
				share = 1 / float32(3*(level+1))
			}
		}
	}
	for i := range sc.points {
		e := &p.elems[i]
		if words := s.words[e.to] - s.words[e.from]; words > 0 {
			sc.points[i] = float32(sc.points[i] * float32(1-(s.linked[e.to]-s.linked[e.from])/words))
		}
		if sc.points[i] > sc.most {
			sc.most, sc.winner = sc.points[i], i
		}
	}
	return sc
}

// unlikely reports an element that is marked as no content, itself or through the four around it.
func (p *page) unlikely(e int32) bool {
	for range pointsLevels {
		m := p.elems[e].mark
		if m&content != 0 {
			return false
		}
		if m&(noise|comment|hidden) != 0 {
			return true
		}
		if e == 0 {
			break
		}
		e = p.elems[e].parent
	}
	return false
}

// basePoints are an element's points for its name and class words.
func (p *page) basePoints(e int32) (points float32) {
	switch p.elems[e].atom {
	case atom.Div:
		points = 5
	case atom.Pre, atom.Td, atom.Blockquote:
		points = 3
	case atom.Address, atom.Ol, atom.Ul, atom.Dl, atom.Dd, atom.Dt, atom.Li, atom.Form:
		points = -3
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Th:
		points = -5
	}
	m := p.elems[e].mark
	if m&(asBody|asPost|content) != 0 {
		points += classPoints
	}
	if m&(noise|comment|hidden|asRelated|asShare|asAd|asSidebar) != 0 {
		points -= classPoints
	}
	return points
}
