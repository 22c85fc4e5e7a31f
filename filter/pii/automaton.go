package pii

import (
	"encoding/binary"
	"fmt"
	"regexp/syntax"
	"slices"
)

// automaton matches strings of digits with several patterns at once, in one step per digit. It is made from the patterns by the subset construction; state 0 is the dead one.
type automaton struct {
	next   [][10]uint16
	accept []uint32 // per state, a bit for every pattern that ends there
}

// newAutomaton makes the automaton of up to 32 patterns (Go syntax, matched from start to end); an empty pattern matches nothing.
func newAutomaton(patterns []string) (*automaton, error) {
	progs := make([]*syntax.Prog, len(patterns))
	var start []uint32
	for i, pattern := range patterns {
		if pattern == "" {
			continue
		}
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return nil, err
		}
		if progs[i], err = syntax.Compile(parsed.Simplify()); err != nil {
			return nil, err
		}
		start = append(start, uint32(i)<<24|uint32(progs[i].Start))
	}
	a := &automaton{next: make([][10]uint16, 1), accept: make([]uint32, 1)}
	states, queue := map[string]uint16{"": 0}, [][]uint32{}
	state := func(set []uint32) (uint16, error) {
		set, accept, err := closure(progs, set)
		if err != nil {
			return 0, err
		}
		key := make([]byte, 0, 4*len(set))
		for _, v := range set {
			key = binary.LittleEndian.AppendUint32(key, v)
		}
		s, ok := states[string(key)]
		if !ok {
			if len(a.next) > 1<<16-1 {
				return 0, fmt.Errorf("more than %d states", 1<<16)
			}
			s = uint16(len(a.next))
			states[string(key)] = s
			a.next, a.accept, queue = append(a.next, [10]uint16{}), append(a.accept, accept), append(queue, set)
		}
		return s, nil
	}
	if _, err := state(start); err != nil {
		return nil, err
	}
	for s := 1; s < len(a.next); s++ {
		set := queue[s-1]
		for digit := range 10 {
			to, err := state(step(progs, set, rune('0'+digit)))
			if err != nil {
				return nil, err
			}
			a.next[s][digit] = to
		}
	}
	return a, nil
}

// closure follows what takes no input from the instructions of a set, which come as pattern<<24 | instruction, and tells which patterns end there.
func closure(progs []*syntax.Prog, set []uint32) (closed []uint32, accept uint32, err error) {
	seen := map[uint32]bool{}
	for stack := slices.Clone(set); len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		pattern := v >> 24 << 24
		switch inst := &progs[v>>24].Inst[v&0xffffff]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, pattern|inst.Out, pattern|inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, pattern|inst.Out)
		case syntax.InstMatch:
			accept |= 1 << (v >> 24)
			closed = append(closed, v)
		case syntax.InstFail:
		case syntax.InstEmptyWidth:
			return nil, 0, fmt.Errorf("a pattern with an assertion")
		default:
			closed = append(closed, v)
		}
	}
	slices.Sort(closed)
	return closed, accept, nil
}

// step is where a set goes with a digit.
func step(progs []*syntax.Prog, set []uint32, digit rune) (to []uint32) {
	for _, v := range set {
		inst := &progs[v>>24].Inst[v&0xffffff]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if inst.MatchRune(digit) {
				to = append(to, v>>24<<24|inst.Out)
			}
		}
	}
	return to
}

// match is the set of the patterns that match the digits from start to end, a bit for each.
func (a *automaton) match(digits string) uint32 {
	s := uint16(1)
	for i := range len(digits) {
		s = a.next[s][digits[i]-'0']
		if s == 0 {
			return 0
		}
	}
	return a.accept[s]
}
