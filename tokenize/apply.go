package tokenize

// neighbour gathers what one merge changes about the pairs with one other token, so that
// each such pair is looked up once for a merge and not once for a place.
type neighbour struct {
	// Of a merge of a and b to n, with this token as x:
	lostLeft, lostRight int64 // places of (x, a) and of (b, x) that are gone
	left, right         int64 // places of (x, n) and of (n, x) that came
	lefts, rights       uint32
	leftPair, rightPair uint32 // index of the new pair, if it is one
	used                bool
}

// nearPlace is a place of a new pair that one merge makes with another token.
type nearPlace struct{ id, at uint32 }

// noPair stands for a new pair that is not taken up.
const noPair = 1<<32 - 1

// apply merges a pair at all its places and updates the counts of the pairs around it.
func (t *trainer[S]) apply(g merge, places []uint32) {
	none, left, right, made := noSymbol[S](), S(g.left), S(g.right), S(g.id)
	leftLen, bothLen := t.lengths[g.left], t.lengths[g.id]
	symbols, stretched := t.symbols, uint32(0)
	t.lefts, t.rights = t.lefts[:0], t.rights[:0]
	for _, at := range places {
		middle, end := at+leftLen, at+bothLen
		if symbols[at] != left || symbols[middle] != right {
			continue // an earlier merge took one of the two
		}
		stretched = t.stretchOf(at, stretched)
		count := t.stretches[stretched].count
		if s := symbols[at-1]; s != none {
			x := t.neighbour(uint32(s))
			if s == made {
				// The pair on the left was merged a moment ago, and (n, a) counted for it.
				t.neighbour(g.left).right -= count
			} else {
				x.lostLeft += count
			}
			x.left += count
			x.lefts++
			t.lefts = append(t.lefts, nearPlace{uint32(s), at - t.lengths[s]})
		}
		if s := symbols[end]; s != none {
			x := t.neighbour(uint32(s))
			x.lostRight += count
			x.right += count
			x.rights++
			t.rights = append(t.rights, nearPlace{uint32(s), at})
		}
		symbols[middle] = none
		symbols[at], symbols[end-1] = made, made
	}
	t.settle(g)
}

// neighbour returns the changes with one token. The pointer is valid until the next merge.
func (t *trainer[S]) neighbour(id uint32) *neighbour {
	x := &t.near[id]
	if !x.used {
		x.used = true
		t.met = append(t.met, id)
	}
	return x
}

// settle brings what one merge has gathered to the pairs.
func (t *trainer[S]) settle(g merge) {
	for _, id := range t.met {
		x := &t.near[id]
		t.lose(makePair(id, g.left), x.lostLeft)
		t.lose(makePair(g.right, id), x.lostRight)
		x.leftPair, x.rightPair = noPair, noPair
		if most := t.opts.MaxTokenLength; most > 0 && int64(t.lengths[id])+int64(t.lengths[g.id]) >= int64(most) {
			continue
		}
		if x.left >= t.least {
			x.leftPair = uint32(len(t.pairs))
			t.addPair(makePair(id, g.id), x.left, t.makePlaces(x.lefts))
		}
		if x.right >= t.least {
			x.rightPair = uint32(len(t.pairs))
			t.addPair(makePair(g.id, id), x.right, t.makePlaces(x.rights))
		}
	}
	for _, p := range t.lefts {
		if n := t.near[p.id].leftPair; n != noPair {
			t.pairs[n].places = append(t.pairs[n].places, p.at)
		}
	}
	for _, p := range t.rights {
		if n := t.near[p.id].rightPair; n != noPair {
			t.pairs[n].places = append(t.pairs[n].places, p.at)
		}
	}
	for _, id := range t.met {
		t.near[id] = neighbour{}
	}
	t.met = t.met[:0]
}

// lose lowers a pair's count. Pairs that were never frequent enough are not there.
func (t *trainer[S]) lose(p pair, count int64) {
	if count == 0 {
		return
	}
	if i, ok := t.index.get(p); ok {
		s := &t.pairs[i]
		if s.count -= count; s.count < t.least {
			s.places = nil // it can only get fewer
		}
	}
}
