package filter

import "slices"

// ngramWalk measures a text by its n-grams, one length after the other.
type ngramWalk struct {
	ngramCounter
	chars []uint32 // as wordTable has them
	met   []bool   // by n-gram: whether a walk has met it
}

// ngramRule is the outcome of judging by n-grams: the first limit that a text is above.
type ngramRule struct {
	n     int // 0 when the text is above none
	dup   bool
	share float64
}

// judge counts the n-grams of a table of words, length by length, and returns the first rule, those of top before those of dup, whose
// share is above its limit. The functions measure the text for a length that has just been counted. A limit of 0 is none.
func (c *ngramWalk) judge(table *wordTable, top, dup []NGramLimit, topShare, dupShare func(n int) float64) ngramRule {
	c.hashes, c.chars = table.hashes, table.chars
	defer func() { c.hashes, c.chars = nil, nil }() // they belong to the table
	least, longest := maxNGram, 0
	var shares [2][maxNGram + 1]float64
	var wanted [2][maxNGram + 1]bool
	for kind, list := range [...][]NGramLimit{top, dup} {
		for _, limit := range list {
			least, longest, wanted[kind][limit.N] = min(least, limit.N), max(longest, limit.N), true
		}
	}
	for n := least; n <= longest; n++ {
		if n == least {
			c.start(n)
		} else {
			c.extend(n)
		}
		c.group()
		if wanted[0][n] {
			shares[0][n] = topShare(n)
		}
		if wanted[1][n] {
			shares[1][n] = dupShare(n)
		}
	}
	for kind, list := range [...][]NGramLimit{top, dup} {
		for _, limit := range list {
			if share := shares[kind][limit.N]; limit.Max > 0 && share > limit.Max {
				return ngramRule{limit.N, kind == 1, share}
			}
		}
	}
	return ngramRule{}
}

// most is the place of the first occurrence of the most frequent n-gram, and how often it occurs; of several, the one that occurs
// first. The count is 0 where there are fewer than n words.
func (c *ngramWalk) most(n int) (place, count int) {
	if len(c.hashes) < n {
		return 0, 0
	}
	count = 1
	for _, group := range c.groups {
		if int(group.count) > count {
			place, count = int(group.first), int(group.count)
		}
	}
	return place, count
}

// allCopies is the number of characters of all n-grams that occur more than once, every copy counted, and of all n-grams. Words that lie
// in several n-grams are counted for each.
func (c *ngramWalk) allCopies(n int) (repeated, all int) {
	for i := 0; i+n <= len(c.hashes); i++ {
		all += c.length(i, n)
	}
	for i, place := range c.places {
		if c.groups[c.ids[i]].count > 1 {
			repeated += c.length(int(place), n)
		}
	}
	return repeated, all
}

// repeatedWithSpaces is the number of characters of the n-grams met before, with the spaces in them, where a word that lies in
// several of them counts once.
func (c *ngramWalk) repeatedWithSpaces(n int) (total int) {
	c.met = slices.Grow(c.met[:0], len(c.groups))[:len(c.groups)]
	clear(c.met)
	overlap, last := 0, -1 // overlap: words at the start of the n-gram that were counted already
	for i, place := range c.places {
		overlap = max(overlap-(int(place)-last-1), 0)
		if c.met[c.ids[i]] {
			total += c.length(int(place)+overlap, n-overlap) + min(n-overlap, n-1)
			overlap = n
		}
		c.met[c.ids[i]] = true
		overlap, last = max(overlap-1, 0), int(place)
	}
	return total
}

// length is the number of characters of the n words at place, without spaces.
func (c *ngramWalk) length(place, n int) int { return int(c.chars[place+n] - c.chars[place]) }

// mostChars is the number of characters of all occurrences of the most frequent n-gram, of several of the longest; 0 if none occurs twice.
func (c *ngramWalk) mostChars(n int) int {
	count, longest := 1, 0
	for _, group := range c.groups {
		switch length := c.length(int(group.first), n); {
		case int(group.count) > count:
			count, longest = int(group.count), length
		case int(group.count) == count:
			longest = max(longest, length)
		}
	}
	if count < 2 {
		return 0
	}
	return count * longest
}

// coveredChars is the number of characters of the words that lie in an n-gram that occurs more than once, in any of its copies.
func (c *ngramWalk) coveredChars(n int) (total int) {
	covered := 0 // words before this one are counted
	for i, place := range c.places {
		if c.groups[c.ids[i]].count < 2 {
			continue
		}
		covered = max(covered, int(place))
		total += c.length(covered, int(place)+n-covered)
		covered = int(place) + n
	}
	return total
}
