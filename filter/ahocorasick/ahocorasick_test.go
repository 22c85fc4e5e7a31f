package ahocorasick

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// plainLongest is the longest pattern that a text ends with, the first of equal ones.
func plainLongest(patterns []string, text string) int {
	best := -1
	for i, p := range patterns {
		if strings.HasSuffix(text, p) && (best < 0 || len(p) > len(patterns[best])) {
			best = i
		}
	}
	return best
}

func comparePlain(t *testing.T, patterns []string, text string) {
	t.Helper()
	a, err := New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	s := Root
	for i := range len(text) {
		s = a.Next(s, text[i])
		if got, want := a.Longest(s), plainLongest(patterns, text[:i+1]); got != want {
			t.Fatalf("%q in %q: pattern %d, want %d", patterns, text[:i+1], got, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		name     string
		patterns []string
		text     string
	}{
		{"none", nil, "ushers"},
		{"of the paper", []string{"he", "she", "his", "hers"}, "ushers his hershe"},
		{"one inside another", []string{"abcd", "bc", "c"}, "abcabcd"},
		{"equal", []string{"ab", "ab"}, "abab"},
		{"all bytes", []string{"\x00\xff", "\xff", "\x00"}, "\x00\xff\x00\x00\xff"},
	} {
		t.Run(test.name, func(t *testing.T) { comparePlain(t, test.patterns, test.text) })
	}
}

func TestRandomPatterns(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	word := func(most, letters int) string {
		b := make([]byte, 1+rng.IntN(most))
		for i := range b {
			b[i] = byte(rng.IntN(letters)) * 85
		}
		return string(b)
	}
	for range 500 {
		var patterns []string
		letters := 1 + rng.IntN(4)
		for range rng.IntN(20) {
			patterns = append(patterns, word(6, letters))
		}
		comparePlain(t, patterns, word(60, letters))
	}
}

func TestBadPatterns(t *testing.T) {
	if _, err := New([]string{"a", ""}); err == nil {
		t.Error("an empty pattern is no error")
	}
	if _, err := New([]string{strings.Repeat("x", MaxBytes), "y"}); err == nil {
		t.Error("too many bytes are no error")
	}
}

// TestMemoryIsBoundedByTheBytes: the places stay within a small multiple of the states that there can be.
func TestMemoryIsBoundedByTheBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var patterns []string
	size := 0
	for i := range 50000 {
		p := fmt.Sprintf("%x%d", rng.Uint64(), i)
		patterns = append(patterns, p)
		size += len(p)
	}
	a, err := New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	if a.Size() > 2*size+1024 {
		t.Errorf("%d places for %d bytes", a.Size(), size)
	}
	for i, p := range patterns[:1000] {
		s := Root
		for j := range len(p) {
			s = a.Next(s, p[j])
		}
		if a.Longest(s) != i {
			t.Fatalf("pattern %d is not found", i)
		}
	}
}

func FuzzAutomaton(f *testing.F) {
	f.Add("he she his hers", "ushers")
	f.Add("a aa aaa", "aaaa")
	f.Fuzz(func(t *testing.T, patterns, text string) {
		if len(patterns) < 200 && len(text) < 200 {
			comparePlain(t, strings.Fields(patterns), text)
		}
	})
}
