package build

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCharactersAndWords(t *testing.T) {
	for _, c := range []struct {
		name, text        string
		characters, words int64
	}{
		{"empty", "", 0, 0},
		{"white space alone", " \n\t", 3, 0},
		{"words", "one two\n three ", 15, 3},
		{"wide characters", "naïve\u00a0漢字\u3000x", 10, 3},
		{"broken bytes", "a\xff\xfeb c", 6, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			characters, words := charactersAndWords(c.text)
			if characters != c.characters || words != c.words {
				t.Errorf("%d characters and %d words, want %d and %d", characters, words, c.characters, c.words)
			}
		})
	}
}

// TestTextGroupsOfAnyOrder counts more names than are told apart: which are, and what they count, does not depend on the order or on
// who counted what.
func TestTextGroupsOfAnyOrder(t *testing.T) {
	const names = 3 * maxGroups
	count := func(seed uint64, workers int) []TextStats {
		random := rand.New(rand.NewPCG(seed, 1))
		groups := make([]*textGroups, workers)
		for i := range groups {
			groups[i] = newTextGroups()
		}
		for _, k := range random.Perm(2 * names) {
			name := fmt.Sprint("source ", k%names)
			groups[random.IntN(workers)].add(name, TextStats{Documents: 1, Bytes: int64(k % 7), Tokens: 1})
		}
		for _, g := range groups[1:] {
			groups[0].merge(g)
		}
		return groups[0].list()
	}
	want := count(1, 1)
	if n := len(want); n != maxGroups+1 || want[n-1].Name != "others" {
		t.Fatalf("%d groups, want %d and the others", n, maxGroups)
	}
	documents := int64(0)
	for i, g := range want {
		documents += g.Documents
		if i < maxGroups && g.Documents != 2 {
			t.Errorf("%s has %d documents, want 2", g.Name, g.Documents)
		}
	}
	if documents != 2*names {
		t.Errorf("%d documents in all, want %d", documents, 2*names)
	}
	if diff := cmp.Diff(want, count(2, 3)); diff != "" {
		t.Errorf("groups by another order (-one worker +three):\n%.1000s", diff)
	}
}

func TestTextGroupNames(t *testing.T) {
	g := newTextGroups()
	g.add("", TextStats{Bytes: 2})
	g.add(strings.Repeat("é", maxGroupName), TextStats{Bytes: 1})
	list := g.list()
	if len(list) != 2 || list[0].Name != "unknown" || list[1].Name != strings.Repeat("é", maxGroupName/2)+"…" {
		t.Errorf("groups %+v, want unknown and a shortened name", list)
	}
}
