package tokenize

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// EncodeSpecial is Encode for text in which special tokens are written out, such as the template of a
// conversation. Special tokens are found first, from the left and the longest of those that start at one place; what
// lies between them is encoded each for itself. So do Hugging Face's tokenizers, and tiktoken with
// allowed_special="all". Those that a tokenizer.json calls normalized are only found between the others. It is not for text from others, who could write special tokens into it.
func (e *Encoder) EncodeSpecial(dst []uint32, text string) []uint32 {
	return e.encodeSpecial(dst, text, e.model.specialFinders())
}

// encodeSpecial looks for the special tokens of the first finder, and in what is left for those of the others.
func (e *Encoder) encodeSpecial(dst []uint32, text string, finders []*specialFinder) []uint32 {
	if len(finders) == 0 {
		return e.Encode(dst, text)
	}
	for {
		at, id, n := finders[0].find(text)
		if n == 0 {
			return e.encodeSpecial(dst, text, finders[1:])
		}
		dst = append(e.encodeSpecial(dst, text[:at], finders[1:]), id)
		text = text[at+n:]
	}
}

// specialFinder finds special tokens in text.
type specialFinder struct {
	trie   *tokenTrie // nil: there are none
	starts [256]bool  // the bytes with which special tokens start
	one    int        // the byte with which all start, or -1
}

// lazySpecials is made when it is first asked for.
type lazySpecials struct {
	once sync.Once
	made []*specialFinder
}

// specialFinders returns the finder of most special tokens, and that of those that a tokenizer.json calls normalized.
func (m *Model) specialFinders() []*specialFinder {
	m.lazy.specials.once.Do(func() {
		var tokens [2][]SpecialToken
		for _, s := range m.specials {
			pass := 0
			if m.added[s.ID].normalized {
				pass = 1
			}
			tokens[pass] = append(tokens[pass], s)
		}
		for _, list := range tokens {
			if len(list) > 0 {
				m.lazy.specials.made = append(m.lazy.specials.made, newSpecialFinder(list))
			}
		}
	})
	return m.lazy.specials.made
}

func newSpecialFinder(specials []SpecialToken) *specialFinder {
	f := &specialFinder{one: -1}
	tokens := make([]trieToken, 0, len(specials))
	for _, s := range specials {
		if s.Content == "" {
			continue
		}
		tokens = append(tokens, trieToken{[]byte(s.Content), s.ID})
		f.starts[s.Content[0]] = true
		f.one = int(s.Content[0])
	}
	for b, starts := range f.starts {
		if starts && b != f.one {
			f.one = -1
			break
		}
	}
	if len(tokens) == 0 {
		return f
	}
	slices.SortFunc(tokens, compareTokens)
	tokens = slices.CompactFunc(tokens, func(a, b trieToken) bool { return bytes.Equal(a.text, b.text) })
	f.trie = newTokenTrie(tokens, func(_, _ uint32) {})
	return f
}

// find returns where the first special token is, its id and its length; n is 0 if there is none.
func (f *specialFinder) find(text string) (at int, id uint32, n int) {
	if f.trie == nil {
		return 0, 0, 0
	}
	for at < len(text) {
		if f.one >= 0 {
			i := strings.IndexByte(text[at:], byte(f.one))
			if i < 0 {
				break
			}
			at += i
		}
		if f.starts[text[at]] {
			if id, n = f.trie.longest(text[at:]); n > 0 {
				return at, id, n
			}
		}
		at++
	}
	return len(text), 0, 0
}
