package tokenize

// A trie holds tokens by their bytes, for finding those that a text begins with. Nodes are numbered level by level, so
// that the children of one stand in a row, in order of their labels. Node 0 is the root. A node takes 9 bytes, and the
// whole 256 KiB besides.
type trie struct {
	nodes []trieNode
	label []byte      // by node: the byte that leads to it
	one   [256]uint32 // by the first byte: the node, or 0
	two   []uint32    // by the first two bytes, the first one high: the node, or 0 (BenchmarkTrainWords, BenchmarkEncodeWords)
}

type trieNode struct {
	first uint32 // child; the children end where those of the next node begin
	id    uint32 // of the token that ends here, or noID
}

// newTrie builds a trie of n tokens, which are sorted by their bytes, all different, and not empty.
func newTrie(n int, token func(i int) (token []byte, id uint32)) *trie {
	type span struct{ from, to, depth uint32 } // the tokens below a node
	t := &trie{label: []byte{0}, two: make([]uint32, 1<<16)}
	level := []span{{0, uint32(n), 0}}
	for len(level) > 0 {
		var next []span
		for _, s := range level {
			node := trieNode{uint32(len(t.label)), noID}
			for i := s.from; i < s.to; {
				text, id := token(int(i))
				if len(text) == int(s.depth) {
					node.id = id
					i++
					continue
				}
				label, from := text[s.depth], i
				for i++; i < s.to; i++ {
					if text, _ := token(int(i)); text[s.depth] != label {
						break
					}
				}
				switch s.depth {
				case 0:
					t.one[label] = uint32(len(t.label))
				case 1:
					t.two[int(text[0])<<8|int(label)] = uint32(len(t.label))
				}
				t.label = append(t.label, label)
				next = append(next, span{from, i, s.depth + 1})
			}
			t.nodes = append(t.nodes, node)
		}
		level = next
	}
	t.nodes = append(t.nodes, trieNode{uint32(len(t.label)), noID})
	return t
}

// child returns the node that a byte leads to, or 0. The node is of two bytes or more.
func (t *trie) child(node uint32, b byte) uint32 {
	from, to := t.nodes[node].first, t.nodes[node+1].first
	for to-from > 8 {
		if mid := from + (to-from)/2; t.label[mid] < b {
			from = mid + 1
		} else {
			to = mid + 1
		}
	}
	for ; from < to; from++ {
		if t.label[from] == b {
			return from
		}
	}
	return 0
}

// single returns the token of one byte, or noID.
func (t *trie) single(b byte) uint32 {
	if node := t.one[b]; node != 0 {
		return t.nodes[node].id
	}
	return noID
}

// pair returns the node of two bytes, or 0.
func (t *trie) pair(a, b byte) uint32 { return t.two[int(a)<<8|int(b)] }

// longest returns the longest token that the text begins with, and its length in bytes: 0 if there is none.
func (t *trie) longest(text string) (id uint32, n int) {
	if text == "" {
		return noID, 0
	}
	if id = t.single(text[0]); id != noID {
		n = 1
	}
	if len(text) == 1 {
		return id, n
	}
	for i, node := 2, t.pair(text[0], text[1]); node != 0; i++ {
		if token := t.nodes[node].id; token != noID {
			id, n = token, i
		}
		if i == len(text) {
			break
		}
		node = t.child(node, text[i])
	}
	return id, n
}
