package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"corpus/clean/internal/trees"

	"github.com/google/go-cmp/cmp"
)

// lcs is the plain reference of align: the length of a longest common subsequence.
func lcs(a, b []string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			rows[i+1][j+1] = max(rows[i][j+1], rows[i+1][j])
			if a[i] == b[j] {
				rows[i+1][j+1] = max(rows[i+1][j+1], rows[i][j]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

func TestAlign(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 300 {
		text := func() (s []string) {
			for range r.IntN(150) {
				s = append(s, string(rune('a'+r.IntN(2+n%9))))
			}
			return s
		}
		a, b := text(), text()
		last, length := -1, 0
		for i, j := range align(a, b) {
			if j < 0 {
				continue
			}
			if j <= last || a[i] != b[j] {
				t.Fatalf("%v with %v: token %d goes to %d after %d", a, b, i, j, last)
			}
			last = j
			length++
		}
		if want := lcs(a, b); length != want {
			t.Fatalf("%v with %v: %d, want %d", a, b, length, want)
		}
	}
}

func TestShares(t *testing.T) {
	truth := "The bridge over the river is to be rebuilt in spring.\nWork begins in May 你好世界"
	blocks := []string{"Home", "The bridge over the river", "is to be rebuilt tomorrow in spring", "over", "Read more in our paper", "你好世界", "..."}
	share, count := shares(blocks, truth)
	if diff := cmp.Diff([]int{1, 5, 7, 1, 5, 4, 0}, count); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float32{0, 1, 6. / 7, 0, 0, 1, 0}, share); diff != "" {
		t.Error(diff)
	}
}

func TestFitLearns(t *testing.T) {
	// The label is whether exactly one of two features is above its middle: no tree of one question can tell.
	r := rand.New(rand.NewPCG(7, 8))
	rows := &rows{pages: 10, column: make([][]uint8, 4)}
	row := func(i int) (v []uint8) {
		for f := range rows.column {
			v = append(v, rows.column[f][i])
		}
		return v
	}
	for i := range 2000 {
		for f := range rows.column {
			rows.column[f] = append(rows.column[f], uint8(r.IntN(128)))
		}
		v := row(i)
		y := float32(0)
		if (v[1] > 60) != (v[3] > 70) {
			y = 1
		}
		rows.label, rows.weight, rows.page = append(rows.label, y), append(rows.weight, 1), append(rows.page, int32(i%10))
	}
	s := settings{trees: 40, depth: 3, rate: 0.3, lambda: 1, minHess: 1, features: 0.8, rowShare: 0.8, seed: 1}
	m := fit(rows, s)
	wrong := 0
	for i, y := range rows.label {
		if (m.Sum(row(i)) > 0) != (y > 0.5) {
			wrong++
		}
	}
	if wrong > 40 {
		t.Errorf("%d of %d wrong", wrong, len(rows.label))
	}
	if diff := cmp.Diff(trees.Append(nil, []*trees.Model{m}), trees.Append(nil, []*trees.Model{fit(rows, s)})); diff != "" {
		t.Errorf("fitted again, the model differs: %s", diff)
	}
}

func TestTokens(t *testing.T) {
	want := strings.Fields("a_b c3 你 好 é")
	if diff := cmp.Diff(want, tokens("A_b, C3—你好! É")); diff != "" {
		t.Error(diff)
	}
}
