package tokenize

// candidate is a pair that may become a token, as it stood when it entered the queue. Counts only go down
// afterwards, so an entry is at least as good as the pair is now.
type candidate struct {
	count int64
	pair  pair
	index uint32 // in trainer.pairs
}

// before is the order of merges: the pair seen most often, then the least ids (Hugging Face's BpeTrainer).
func (c candidate) before(d candidate) bool {
	if c.count != d.count {
		return c.count > d.count
	}
	return c.pair < d.pair
}

// candidates is a binary heap with the best one first.
type candidates []candidate

func (q *candidates) push(c candidate) {
	*q = append(*q, c)
	s := *q
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !c.before(s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = c
}

func (q *candidates) pop() candidate {
	s := *q
	top, end := s[0], len(s)-1
	c := s[end]
	*q = s[:end]
	if end > 0 {
		s[0] = c
		q.fix()
	}
	return top
}

// fix restores the order after the first entry was changed for a worse one.
func (q candidates) fix() {
	i, c := 0, q[0]
	for {
		child := 2*i + 1
		if child >= len(q) {
			break
		}
		if child+1 < len(q) && q[child+1].before(q[child]) {
			child++
		}
		if !q[child].before(c) {
			break
		}
		q[i] = q[child]
		i = child
	}
	q[i] = c
}
