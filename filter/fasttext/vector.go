package fasttext

// buffers are what one prediction needs.
type buffers struct {
	ids    []int32
	hashes []uint32
	hidden []float32
	output []float32
}

func newBuffers(m *Model) *buffers {
	return &buffers{hidden: make([]float32, m.args.dim), output: make([]float32, m.dict.labels)}
}

// pending is about the number of rows that are added at once: a long text needs no more memory than its words' hashes.
const pending = 4096

// summer adds up the rows of a text in their order: each word with its character n-grams, then the n-grams of words.
type summer struct {
	model *Model
	buf   *buffers
	rows  int
}

// vector fills buf.hidden with the mean of the rows of a text, and says whether there were any. Line ends within the text count
// as spaces, and one stands at its end, as fastText's bindings have it. fastText ends a text at the word "</s>", and so does this.
func (m *Model) vector(text string, buf *buffers) bool {
	clear(buf.hidden)
	buf.ids, buf.hashes = buf.ids[:0], buf.hashes[:0]
	s := summer{model: m, buf: buf}
	for at := 0; ; {
		word, h, next := nextWord(text, at)
		if word == "" || word == endOfSentence {
			break
		}
		s.word(word, h)
		at = next
	}
	s.word(endOfSentence, hash(endOfSentence))
	for i := 0; i < len(buf.hashes) && m.dict.ngrams > 1; i += pending {
		buf.ids = m.dict.appendNgrams(buf.ids, buf.hashes, i, i+pending)
		s.flush()
	}
	s.flush()
	if s.rows == 0 {
		return false
	}
	scale := float32(1 / float64(s.rows))
	for i := range buf.hidden {
		buf.hidden[i] *= scale
	}
	return true
}

// word adds one word's rows and notes its hash; labels count for nothing.
func (s *summer) word(word string, h uint32) {
	d, buf := s.model.dict, s.buf
	id, known := d.index.word(h, word, d.names)
	if known && int(id) >= d.words || !known && isLabel(word) {
		return
	}
	if known {
		buf.ids = append(buf.ids, id)
	}
	if d.maxn > 0 && word != endOfSentence {
		s.subwords(id, known, word)
	}
	if d.ngrams > 1 {
		buf.hashes = append(buf.hashes, h)
	}
	if len(buf.ids) >= pending {
		s.flush()
	}
}

func (s *summer) subwords(id int32, known bool, word string) {
	if known {
		if ids, ok := s.model.dict.stored(id); ok {
			s.buf.ids = append(s.buf.ids, ids...)
			return
		}
	}
	for i := 0; i < len(word)+2; i += pending {
		s.buf.ids = s.model.dict.appendSubwords(s.buf.ids, word, i, i+pending)
		if len(s.buf.ids) >= pending {
			s.flush()
		}
	}
}

func (s *summer) flush() {
	s.model.input.addRows(s.buf.hidden, s.buf.ids)
	s.rows += len(s.buf.ids)
	s.buf.ids = s.buf.ids[:0]
}
