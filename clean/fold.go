package clean

import "unicode/utf8"

// foldQuotes writes typographic quotes, apostrophes, primes and dashes as the keys of a keyboard: ', " and -. Guillemets stay, since languages that use them have
// no other quotes, and so does a dash that starts a line, which is how dialogue and lists are marked.
func foldQuotes(s string) string {
	var out []byte // nil while nothing has changed
	done := 0
	start := true // nothing but spaces since the line's start
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			start = c == '\n' || start && (c == ' ' || c == '\t' || c == '>')
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if to := folded(r); to != 0 && !(to == '-' && start) {
			out = append(append(out, s[done:i]...), to)
			done = i + size
		}
		start = false
		i += size
	}
	if out == nil {
		return s
	}
	return string(append(out, s[done:]...))
}

// folded returns what a character is folded to, 0 for one that stays.
func folded(r rune) byte {
	switch r {
	case '‘', '’', '‚', '‛', '′', 'ʼ', '＇':
		return '\''
	case '“', '”', '„', '‟', '″', '＂':
		return '"'
	case '‐', '‑', '‒', '–', '—', '―', '−', '－':
		return '-'
	}
	return 0
}
