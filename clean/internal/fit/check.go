package main

import (
	"fmt"

	"corpus/clean"
	"corpus/clean/internal/trees"
)

// checkFolds is the number of parts of the cross-validation.
const checkFolds = 3

// score is a sum of precision, recall and F1 over pages.
type score struct {
	p, r, f float64
	n       int
}

// check prints the mean bag F1 of each set: of those learned from by cross-validation, of the others as they are.
func check(dir string, pages []*example) error {
	odds := trees.NewOdds()
	scores := make(map[string]*score)
	add := func(e *example, m [2]*trees.Model) {
		if e.truth == "" {
			return
		}
		s := scores[e.set]
		if s == nil {
			s = &score{}
			scores[e.set] = s
		}
		e.page.SetFirst(judge(e, m[0], odds))
		s.add(e.page.Chosen(judge(e, m[1], odds), clean.FocusBalanced), e.truth)
	}
	for k := range checkFolds {
		in, out := split(pages, "outer", checkFolds, k)
		m := train(in, usual)
		for _, e := range out {
			add(e, m)
		}
	}
	m := train(pages, usual)
	for _, set := range measured {
		others, err := load(dir, set)
		if err != nil {
			return err
		}
		for _, e := range others {
			add(e, m)
		}
	}
	sum, n := 0.0, 0
	for _, set := range append(append([]string(nil), learned...), measured...) {
		s := scores[set]
		if s == nil {
			continue
		}
		pages := float64(s.n)
		fmt.Printf("%-16s %4d pages  precision %.3f  recall %.3f  F1 %.4f\n", set, s.n, s.p/pages, s.r/pages, s.f/pages)
		sum, n = sum+s.f/pages, n+1
	}
	fmt.Printf("mean of %d sets  F1 %.4f\n", n, sum/float64(n))
	return nil
}

// add adds the agreement of two texts as multisets of tokens.
func (s *score) add(got, want string) {
	s.n++
	g, w := tokens(got), tokens(want)
	if len(g) == 0 || len(w) == 0 {
		return
	}
	left := make(map[string]int, len(w))
	for _, t := range w {
		left[t]++
	}
	both := 0.0
	for _, t := range g {
		if left[t] > 0 {
			left[t]--
			both++
		}
	}
	s.p += both / float64(len(g))
	s.r += both / float64(len(w))
	s.f += 2 * both / float64(len(g)+len(w))
}
