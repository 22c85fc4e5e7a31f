package tokenize

// neighbour gathers what one merge changes about the pairs with one other token, so that
// each such pair is looked up once for a merge and not once for a place.
type neighbour struct {
	used bool
	// Of a merge of a and b to n, with this token as x:
	lostLeft, lostRight int64 // places of (x, a) and of (b, x) that are gone
	left, right         int64 // places of (x, n) and of (n, x) that came
	leftPlaces          []place
	rightPlaces         []place
}

// apply merges a pair at all its places and updates the counts of the pairs around it.
func (t *trainer) apply(g merge, places []place) {
	leftLen, bothLen := uint32(len(t.tokens[g.left])), uint32(len(t.tokens[g.id]))
	for _, p := range places {
		middle, end := p.at+leftLen, p.at+bothLen
		if t.symbols[p.at].id != g.left || t.symbols[middle].id != g.right {
			continue // an earlier merge took one of the two
		}
		count := t.counts[p.word]
		if from := t.symbols[p.at-1].start; from != noID {
			id := t.symbols[from].id
			x := t.neighbour(id)
			if id == g.id {
				// The pair on the left was merged a moment ago, and (n, a) counted for it.
				t.neighbour(g.left).right -= count
			} else {
				x.lostLeft += count
			}
			x.left += count
			x.leftPlaces = append(x.leftPlaces, place{from, p.word})
		}
		if id := t.symbols[end].id; id != noID {
			x := t.neighbour(id)
			x.lostRight += count
			x.right += count
			x.rightPlaces = append(x.rightPlaces, p)
		}
		t.symbols[p.at].id = g.id
		t.symbols[middle].id = noID
		t.symbols[end-1].start = p.at
	}
	for _, id := range t.met {
		t.settle(g, id)
		t.near[id] = neighbour{}
	}
	t.met = t.met[:0]
}

// neighbour returns the changes with one token. The pointer is valid until the next merge.
func (t *trainer) neighbour(id uint32) *neighbour {
	x := &t.near[id]
	if !x.used {
		x.used = true
		t.met = append(t.met, id)
	}
	return x
}

// settle brings what was gathered about one token to the pairs.
func (t *trainer) settle(g merge, id uint32) {
	x := &t.near[id]
	t.lose(makePair(id, g.left), x.lostLeft)
	t.lose(makePair(g.right, id), x.lostRight)
	if most := t.opts.MaxTokenLength; most > 0 && len(t.tokens[id])+len(t.tokens[g.id]) >= most {
		return
	}
	if x.left >= t.least {
		t.addPair(makePair(id, g.id), x.left, x.leftPlaces)
	}
	if x.right >= t.least {
		t.addPair(makePair(g.id, id), x.right, x.rightPlaces)
	}
}

// lose lowers a pair's count. Pairs that were never frequent enough are not there.
func (t *trainer) lose(p pair, count int64) {
	if count == 0 {
		return
	}
	if i, ok := t.index.get(p); ok {
		t.pairs[i].count -= count
	}
}
