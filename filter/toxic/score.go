package toxic

import (
	"unicode"
	"unicode/utf8"
)

// pieceBytes is the least length of a piece; a passage is two pieces that stand side by side. Passages are as long as the comments that the
// model was made from: in longer ones an insult drowned, shorter ones ranked comments worse (docs/filters/toxicity.md).
const pieceBytes = 192

// Score is what the model makes of a text.
type Score struct {
	// Max and Mean are taken over the text's passages, 0 to 1: about 400 bytes each, every one overlapping the next by half. A text of up to
	// one passage has that alone. Both are 0 for a text without words.
	Max, Mean float64
	// Passages is their number.
	Passages int
}

// scan is one pass over a text.
type scan struct {
	model         *Model
	score         Score
	piece, before sums
	start         int    // where the piece in work starts
	previous      uint64 // the hash of the word before
	total         float64
}

// sums are the weights of a piece, and n the number of its words.
type sums struct{ words, pairs, parts, n int }

// fold gives the lower case of the ASCII letters and digits, 0 for other ASCII, and 0xff for bytes beyond.
var fold = func() (t [256]byte) {
	for i := range t {
		switch b := byte(i); {
		case b >= utf8.RuneSelf:
			t[i] = 0xff
		case b >= 'A' && b <= 'Z':
			t[i] = b + 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9':
			t[i] = b
		}
	}
	return t
}()

// Score scores a text in one pass. Any bytes will do.
func (m *Model) Score(text string) Score {
	s := scan{model: m, previous: Open}
	for i := 0; i < len(text); {
		c := fold[text[i]]
		if c == 0 {
			if signs[text[i]] != 0 {
				i = s.sign(text, i)
			} else {
				i++
			}
			continue
		}
		start, hash := i, uint64(fnvOffset)
		for c != 0 && c != 0xff {
			hash = (hash ^ uint64(c)) * fnvPrime
			if i++; i == len(text) {
				break
			}
			c = fold[text[i]]
		}
		if c == 0xff || i-start > maxWord || i < len(text) && text[i] == '\'' {
			i = s.slow(text, start)
			continue
		}
		s.cut(start)
		if weight, ok := m.find(hash); ok {
			s.add(hash, weight)
		} else {
			s.unknown(hash, text[start:i])
		}
	}
	return s.end()
}

// cut ends the piece in work if a word that starts at the offset belongs to the next.
func (s *scan) cut(start int) {
	if start-s.start >= pieceBytes && s.piece.n > 0 {
		s.flush()
		s.start = start
	}
}

// add counts a word.
func (s *scan) add(hash uint64, weight int32) {
	if weight == masked {
		hash, weight = Mask, 0
	}
	s.piece.words += int(weight)
	s.piece.pairs += int(s.model.weights.Pairs[Pair(s.previous, hash)])
	s.piece.n++
	s.previous = hash
}

// flush ends the piece in work, and with it the passage that it is the second half of.
func (s *scan) flush() {
	if s.before.n > 0 {
		s.passage(sums{s.before.words + s.piece.words, s.before.pairs + s.piece.pairs, s.before.parts + s.piece.parts, s.before.n + s.piece.n})
	}
	s.before, s.piece = s.piece, sums{}
}

// end ends the last piece. A text of one piece has no passage yet.
func (s *scan) end() Score {
	if s.piece.n > 0 {
		s.flush()
	}
	if s.score.Passages == 0 && s.before.n > 0 {
		s.passage(s.before)
	}
	if s.score.Passages > 0 {
		s.score.Mean = s.total / float64(s.score.Passages)
	}
	return s.score
}

func (s *scan) passage(p sums) {
	score := s.model.probability(s.model.sum(p.words, p.pairs, p.parts), p.n)
	s.score.Max = max(s.score.Max, score)
	s.score.Passages++
	s.total += score
}

// unknown counts an ASCII word that the model does not have.
func (s *scan) unknown(hash uint64, word string) {
	var lower [maxWord]byte
	for i := range len(word) {
		lower[i] = fold[word[i]]
	}
	s.piece.parts += s.model.parts(lower[:len(word)])
	s.add(hash, 0)
}

// sign counts the run of signs of one kind at i as one word and gives its end.
func (s *scan) sign(text string, i int) int {
	s.cut(i)
	sign := signs[text[i]]
	hash := (fnvOffset ^ uint64(sign)) * fnvPrime
	weight, _ := s.model.find(hash)
	s.add(hash, weight)
	for i < len(text) && signs[text[i]] == sign {
		i++
	}
	return i
}

// slow reads the word at i, which may hold any characters, and gives its end.
func (s *scan) slow(text string, i int) int {
	var buf [maxWord + utf8.UTFMax]byte
	word, start := buf[:0], i
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '\'' || r == '’' {
			if i == start || !letterAt(text, i+size) {
				break
			}
			r = '\''
		} else if !letter(r) {
			break
		}
		if r = unicode.ToLower(r); len(word)+utf8.RuneLen(r) <= maxWord {
			word = utf8.AppendRune(word, r)
		}
		i += size
	}
	if i == start { // a character beyond ASCII that is no letter
		_, size := utf8.DecodeRuneInString(text[i:])
		return i + size
	}
	s.cut(start)
	hash := hashWord(word)
	weight, ok := s.model.find(hash)
	if !ok {
		s.piece.parts += s.model.parts(word)
	}
	s.add(hash, weight)
	return i
}
