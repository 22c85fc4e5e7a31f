// Package ahocorasick finds many byte strings in one pass (Aho and Corasick, "Efficient string matching", 1975).
//
// The trie of the patterns is a double array (Aoe 1989) with a failure link per state: 16 bytes a state, whatever the alphabet, so that
// memory grows with the patterns' bytes alone.
//
// An Automaton never changes and is safe for concurrent use. The caller steps through it:
//
//	for i := range text {
//		state = a.Next(state, text[i])
//		if p := a.Longest(state); p >= 0 {
//			// pattern p ends behind text[i]
//		}
//	}
package ahocorasick

import (
	"fmt"
	"slices"
)

// State is what was read so far, as far as it matters: the longest end of it that some pattern begins with.
type State int32

// Root is the state in which nothing matters.
const Root State = 0

// MaxBytes bounds the bytes of all patterns together.
const MaxBytes = 8 << 20

// node is a state: the children are at base plus their byte, where check names the parent.
type node struct {
	base, check, fail int32
	// longest is the longest pattern that the state ends with, -1 for none.
	longest int32
}

// Automaton finds the patterns that it was made from.
type Automaton struct {
	nodes []node
}

// New makes an automaton of patterns, or an error if one is empty or there is too much of them. Of equal patterns the first counts.
func New(patterns []string) (*Automaton, error) {
	size := 0
	order := make([]int32, len(patterns))
	for i, p := range patterns {
		if p == "" {
			return nil, fmt.Errorf("pattern %d is empty", i)
		}
		if size += len(p); size > MaxBytes {
			return nil, fmt.Errorf("more than %d bytes of patterns", MaxBytes)
		}
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return compare(patterns[a], patterns[b]) })
	b := builder{patterns: patterns, order: order, free: 1}
	b.grow(257) // the bytes at the base of a state without children
	b.build()
	return &Automaton{nodes: b.nodes}, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Next is the state after one more byte.
func (a *Automaton) Next(s State, b byte) State {
	for {
		n := &a.nodes[s]
		if t := n.base + int32(b); a.nodes[t].check == int32(s) {
			return State(t)
		}
		if s == Root {
			return Root
		}
		s = State(n.fail)
	}
}

// Longest is the index of the longest pattern that ends in the state, -1 for none.
func (a *Automaton) Longest(s State) int { return int(a.nodes[s].longest) }

// Size is the number of places for states; every State is below it.
func (a *Automaton) Size() int { return len(a.nodes) }

// free marks a place without state.
const free = -1

// builder puts the states in order of their depth.
type builder struct {
	patterns []string
	order    []int32 // patterns in the order of their bytes
	nodes    []node
	free     int // no place before it is free
}

// span is a state with the patterns that begin with its bytes.
type span struct{ state, from, to, depth int32 }

func (b *builder) grow(size int) {
	for len(b.nodes) < size {
		b.nodes = append(b.nodes, node{base: 1, check: free, longest: -1})
	}
}

func (b *builder) build() {
	queue := []span{{0, 0, int32(len(b.order)), 0}}
	var letters []byte
	var next []span
	for len(queue) > 0 {
		next = next[:0]
		for _, at := range queue {
			// Patterns that end here stand first.
			for at.from < at.to && len(b.patterns[b.order[at.from]]) == int(at.depth) {
				at.from++
			}
			letters = b.letters(letters[:0], at)
			if len(letters) == 0 {
				continue
			}
			base := b.place(letters)
			b.nodes[at.state].base = int32(base)
			for _, letter := range letters {
				b.nodes[base+int(letter)].check = at.state
			}
			next = b.children(next, at, base)
		}
		queue = append(queue[:0], next...)
	}
}

// letters are the bytes that follow a state.
func (b *builder) letters(dst []byte, at span) []byte {
	for i := at.from; i < at.to; i++ {
		if c := b.patterns[b.order[i]][at.depth]; len(dst) == 0 || dst[len(dst)-1] != c {
			dst = append(dst, c)
		}
	}
	return dst
}

// children gives a state's children, with their links and patterns. Those of all lesser depths stand already.
func (b *builder) children(dst []span, at span, base int) []span {
	for from := at.from; from < at.to; {
		letter := b.patterns[b.order[from]][at.depth]
		to := from
		for to < at.to && b.patterns[b.order[to]][at.depth] == letter {
			to++
		}
		state := int32(base + int(letter))
		n := &b.nodes[state]
		if at.state != int32(Root) {
			a := Automaton{nodes: b.nodes}
			n.fail = int32(a.Next(State(b.nodes[at.state].fail), letter))
			n.longest = b.nodes[n.fail].longest
		}
		if first := b.order[from]; len(b.patterns[first]) == int(at.depth)+1 {
			n.longest = first
		}
		dst = append(dst, span{state, from, to, at.depth + 1})
		from = to
	}
	return dst
}

// patience is the number of places tried in vain after which the holes before them are given up, so that building takes linear time.
const patience = 64

// place finds a base at which all letters are free.
func (b *builder) place(letters []byte) int {
	for b.free < len(b.nodes) && b.nodes[b.free].check != free {
		b.free++
	}
	first := int(letters[0])
	base := max(b.free-first, 1)
	for try := 0; ; try++ {
		if try == patience {
			b.free = base + first
			try = 0
		}
		b.grow(base + 256)
		if b.fits(base, letters) {
			return base
		}
		base++
	}
}

func (b *builder) fits(base int, letters []byte) bool {
	for _, letter := range letters {
		if b.nodes[base+int(letter)].check != free {
			return false
		}
	}
	return true
}
