package clean

import (
	"unicode"
	"unicode/utf8"
)

// write appends the text of a node to the current block: white space collapsed as CSS Text 3 section 4.1 does outside
// <pre>, where a line end between two characters of a script that sets no spaces vanishes.
func (w *walker) write(s string) {
	if w.verbatim > 0 {
		if w.lineDue && s != "" {
			w.lineDue = false
			if s[0] != '\n' && s[0] != '\r' {
				w.text = append(w.text, '\n')
			}
		}
		w.text = append(w.text, s...)
		w.count(s)
		return
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch c {
			case '\n', '\r', '\f':
				w.space, w.newline, w.word = true, true, false
			case ' ', '\t':
				w.space, w.word = true, false
			default:
				w.gap(rune(c))
				w.text = append(w.text, c)
				w.ascii(c)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\u00A0' {
			w.space, w.word = true, false
			i += size
			continue
		}
		w.gap(r)
		w.text = append(w.text, s[i:i+size]...)
		w.wide(r)
		i += size
	}
}

// gap writes the white space that is due before a character.
func (w *walker) gap(next rune) {
	switch {
	case len(w.text) == int(w.start):
	case w.breaks > 0:
		w.text = append(w.text, '\n')
	case w.space && !(w.newline && isSpaceless(w.last) && isSpaceless(next)):
		w.text = append(w.text, ' ')
	}
	w.breaks, w.space, w.newline = 0, false, false
	w.last = next
}

// count counts the words of text within <pre>.
func (w *walker) count(s string) {
	for _, r := range s {
		if r < utf8.RuneSelf {
			w.ascii(byte(r))
		} else {
			w.wide(r)
		}
	}
}

// ascii counts one ASCII character.
func (w *walker) ascii(c byte) {
	switch {
	case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9':
		if !w.word {
			w.word = true
			w.weigh(1)
		}
	case c == '\'' || c == '-' || c == '_':
	default:
		w.word = false
	}
}

// wide counts one character beyond ASCII.
func (w *walker) wide(r rune) {
	switch {
	case isSpaceless(r):
		w.word = false
		w.weigh(0.5)
	case unicode.IsLetter(r) || unicode.IsNumber(r):
		if !w.word {
			w.word = true
			w.weigh(1)
		}
	case unicode.IsMark(r) || r == '’':
	default:
		w.word = false
	}
}

func (w *walker) weigh(words float32) {
	w.cur.words += words
	if w.link > 0 {
		w.cur.linked += words
	}
}

// isSpaceless reports characters of scripts that set no spaces between words: CJK with its punctuation and full-width forms, kana, Thai, Lao,
// Khmer, Myanmar. A word has about two of them.
func isSpaceless(r rune) bool {
	return r >= 0x0E00 && (r <= 0x0EFF || 0x1000 <= r && r <= 0x109F || 0x1780 <= r && r <= 0x17FF ||
		0x2E80 <= r && r <= 0x9FFF || 0xF900 <= r && r <= 0xFAFF || 0xFF00 <= r && r <= 0xFF60 || 0x20000 <= r && r <= 0x3FFFF)
}
