package pii

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// prose is text of English shape with a year here and there, and nothing to find.
func prose(size int) string {
	words := strings.Fields("the river and its bridge were repaired by the council in a winter that nobody had measured before so the market opened late of")
	var b strings.Builder
	for i, x := 0, uint32(1); b.Len() < size; i++ {
		x = x*1664525 + 1013904223
		switch {
		case i%90 == 89:
			fmt.Fprintf(&b, "%d. ", 1800+x>>8%200)
		case i%11 == 10:
			b.WriteString("well-known, ")
		default:
			b.WriteString(words[int(x>>8)%len(words)] + " ")
		}
	}
	return b.String()
}

func BenchmarkFind(b *testing.B) {
	f, err := NewFinder(DefaultOptions())
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{
		"prose": prose(1 << 20),
		"finds": strings.Repeat(prose(2000)+"Call 212-555-2368 or mail a.b@c.com from 81.2.69.142 with 4111 1111 1111 1111.\n", 100),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				f.Find(text)
			}
		})
	}
}

// BenchmarkPatterns searches with a regular expression per type, as other tools do: the naive way, for comparison.
func BenchmarkPatterns(b *testing.B) {
	var patterns []*regexp.Regexp
	for _, p := range []string{
		`[A-Za-z0-9_][A-Za-z0-9_%+-]*(?:\.[A-Za-z0-9_%+-]+)*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}`, `[0-9]{1,3}(?:\.[0-9]{1,3}){3}`, `[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}`,
		`[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}`, `[A-Z]{2}[0-9]{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}`, `\+?[0-9(][0-9() ./-]{6,20}[0-9]`, `[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}`,
		`[a-z]+://[^\s:@/]+:[^\s@/]+@`, `eyJ[A-Za-z0-9_-]+\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`, `-----BEGIN [A-Z ]*PRIVATE KEY`, `(?:AKIA[A-Z0-9]{16}|gh[opusr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20})`,
		`\b(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[a-z0-9]{11,71}|0x[0-9A-Fa-f]{40})\b`, `\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`, `\b[A-Z]{2}[0-9]{6}[A-D]\b`, `\b[0-9]{11}\b`,
	} {
		patterns = append(patterns, regexp.MustCompile(p))
	}
	text := prose(1 << 18)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, p := range patterns {
			p.FindAllStringIndex(text, -1)
		}
	}
}
