package fasttext

import "math"

// node is a node of the Huffman tree over labels: leaves first, the root last.
type node struct {
	left, right int32 // -1 for leaves
	count       int64
}

// unlimited is the count of a node that is not made yet.
const unlimited = int64(1e15)

// buildTree builds the Huffman tree of the labels' counts, which are in descending order.
func buildTree(d *dictionary) []node {
	n := d.labels
	tree := make([]node, 2*n-1)
	for i := range tree {
		tree[i] = node{left: -1, right: -1, count: unlimited}
	}
	for i := range n {
		tree[i].count = d.counts[d.words+i]
	}
	leaf, next := n-1, n
	for i := n; i < 2*n-1; i++ {
		var least [2]int
		for j := range least {
			// A made node that does not exist yet is at least as heavy as any leaf, but counts in files may lie.
			if leaf >= 0 && (next >= i || tree[leaf].count < tree[next].count) {
				least[j] = leaf
				leaf--
			} else {
				least[j] = next
				next++
			}
		}
		tree[i].left, tree[i].right = int32(least[0]), int32(least[1])
		tree[i].count = min(unlimited, tree[least[0]].count+tree[least[1]].count)
	}
	return tree
}

// walk gives every label the product of the decisions on its path. The recursion of the definition is a stack here: a tree
// of lying counts is as deep as there are labels. Parents have higher indexes than children, so that one pass from the root suffices.
func (m *Model) walk(buf *buffers) {
	n := m.dict.labels
	logs := make([]float32, len(m.tree))
	for i := len(m.tree) - 1; i >= n; i-- {
		t := m.tree[i]
		f := m.output.dotRow(buf.hidden, i-n)
		f = logistic(f)
		logs[t.left] = logs[i] + stdLog(1-f)
		logs[t.right] = logs[i] + stdLog(f)
	}
	for i := range buf.output {
		buf.output[i] = exp(logs[i]) - epsilon
	}
}

func stdLog(x float32) float32 { return float32(math.Log(float64(x) + epsilon)) }
