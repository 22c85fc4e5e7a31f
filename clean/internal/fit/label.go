package main

import (
	"math/bits"
	"strings"
	"unicode"
)

// spaceless are the scripts of which every character is a token.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// tokens are the words of a text in lower case.
func tokens(s string) (out []string) {
	start := -1
	s = strings.ToLower(s)
	for i, r := range s {
		word := r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
		alone := word && r >= 0x0E00 && unicode.In(r, spaceless...)
		if (alone || !word) && start >= 0 {
			out = append(out, s[start:i])
			start = -1
		}
		if alone {
			out = append(out, string(r))
		} else if word && start < 0 {
			start = i
		}
	}
	if start >= 0 {
		out = append(out, s[start:])
	}
	return out
}

// maxCells bounds the bits of an alignment's table.
const maxCells = 8 << 30

// align returns which tokens of a belong to a longest common subsequence of a and b, by the bit-parallel algorithm of
// Hyyrö ("Bit-parallel LCS-length computation revisited", AWOCA 2004): bit j of row i is 0 where the LCS of a's first i and b's first
// j+1 tokens is one longer than that of b's first j.
func align(a, b []string) (inA []int) {
	inA = make([]int, len(a))
	for i := range inA {
		inA[i] = -1
	}
	if len(b) == 0 {
		return inA
	}
	if len(a)*len(b) > maxCells {
		a = a[:maxCells/len(b)]
	}
	size := (len(b) + 63) / 64
	at := make(map[string][]uint64)
	for j, t := range b {
		m := at[t]
		if m == nil {
			m = make([]uint64, size)
			at[t] = m
		}
		m[j/64] |= 1 << (j % 64)
	}
	rows := make([][]uint64, len(a)+1)
	rows[0] = make([]uint64, size)
	for k := range rows[0] {
		rows[0][k] = ^uint64(0)
	}
	for i, t := range a {
		m := at[t]
		if m == nil {
			rows[i+1] = rows[i]
			continue
		}
		row, carry := make([]uint64, size), uint64(0)
		for k, v := range rows[i] {
			u := v & m[k]
			sum := v + u
			c := uint64(0)
			if sum < v {
				c = 1
			}
			sum += carry
			if sum < carry {
				c = 1
			}
			carry = c
			row[k] = sum | v&^m[k]
		}
		rows[i+1] = row
	}
	j := len(b) - 1
	for i := len(a); i > 0 && j >= 0; i-- {
		for j >= 0 && rows[i][j/64]>>(j%64)&1 == 1 {
			j--
		}
		if j < 0 {
			break
		}
		// The LCS grows at column j of row i. Where it is as long in the row above, token i is not needed.
		if rows[i-1][j/64]>>(j%64)&1 == 0 && (a[i-1] != b[j] || length(rows[i], j) == length(rows[i-1], j)) {
			continue
		}
		inA[i-1] = j
		j--
	}
	return inA
}

// length is the length of the LCS up to column j of a row: the number of its zero bits.
func length(row []uint64, j int) (n int) {
	for k := range j / 64 {
		n += bits.OnesCount64(^row[k])
	}
	return n + bits.OnesCount64(^row[j/64]<<(63-j%64))
}

// minRun is the number of tokens in a row from which a match is no chance, unless it is a whole block.
const minRun = 3

// shares returns for each block the share of its tokens that the truth has at the same place, and the number of its tokens.
func shares(blocks []string, truth string) (share []float32, count []int) {
	var all []string
	count = make([]int, len(blocks))
	for i, text := range blocks {
		t := tokens(text)
		count[i] = len(t)
		all = append(all, t...)
	}
	match := align(all, tokens(truth))
	share = make([]float32, len(blocks))
	start := 0
	for i, n := range count {
		hit := 0
		for from := start; from < start+n; {
			if match[from] < 0 {
				from++
				continue
			}
			to := from + 1
			for to < start+n && match[to] == match[to-1]+1 {
				to++
			}
			if to-from >= minRun || to-from == n || n >= minRun && to-from >= 2 && (from == start || to == start+n) {
				hit += to - from
			}
			from = to
		}
		if n > 0 {
			share[i] = float32(hit) / float32(n)
		}
		start += n
	}
	return share, count
}
