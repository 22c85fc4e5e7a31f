package build

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus"
	"corpus/tokenize"

	"github.com/cespare/xxhash/v2"
)

// tokenTally is what one worker of measureTokens counts.
type tokenTally struct {
	encoder         *tokenize.Encoder
	ids             []uint32
	counts          []int64 // by id
	dropped, noText int64
	total           TextStats
	sources         *textGroups
	languages       *textGroups
}

func (t *tokenTally) add(d *corpus.Document) {
	switch {
	case d.Reason != nil:
		t.dropped++
		return
	case d.Text == "":
		t.noText++
		return
	}
	t.ids = t.encoder.Encode(t.ids[:0], d.Text)
	for _, id := range t.ids {
		t.counts[id]++
	}
	n := TextStats{Documents: 1, Bytes: int64(len(d.Text)), Tokens: int64(len(t.ids))}
	n.Characters, n.Words = charactersAndWords(d.Text)
	t.total.sum(n)
	t.sources.add(d.Source, n)
	t.languages.add(cmp.Or(d.Language, d.Declared.Language), n)
}

func (t *tokenTally) merge(o *tokenTally) {
	for id, n := range o.counts {
		t.counts[id] += n
	}
	t.dropped += o.dropped
	t.noText += o.noText
	t.total.sum(o.total)
	t.sources.merge(o.sources)
	t.languages.merge(o.languages)
}

// charactersAndWords counts code points, a byte that is no UTF-8 as one, and runs of what is not white space.
func charactersAndWords(text string) (characters, words int64) {
	inside := false
	for i := 0; i < len(text); characters++ {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		i += n
		word := !unicode.IsSpace(r)
		if word && !inside {
			words++
		}
		inside = word
	}
	return characters, words
}

func (s *TextStats) sum(n TextStats) {
	s.Documents += n.Documents
	s.Bytes += n.Bytes
	s.Characters += n.Characters
	s.Words += n.Words
	s.Tokens += n.Tokens
}

// finished has the ratios.
func (s TextStats) finished(name string) TextStats {
	s.Name = name
	s.BytesPerToken = share(s.Bytes, s.Tokens)
	s.CharactersPerToken = share(s.Characters, s.Tokens)
	s.TokensPerWord = share(s.Tokens, s.Words)
	return s
}

const (
	maxGroups    = 1000 // names that are told apart
	maxGroupName = 256  // bytes of a name
)

// textGroups are amounts of text by a name that the input chooses, and so of any number. Kept apart are the maxGroups names with the
// smallest hashes: which they are does not depend on the order, and none of them was ever counted among the others.
type textGroups struct {
	by     map[groupName]*TextStats
	others TextStats
	last   groupName // the largest of by, once there are maxGroups
}

// groupName orders names by their hash.
type groupName struct {
	hash uint64
	name string
}

func (a groupName) compare(b groupName) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.name, b.name))
}

func newTextGroups() *textGroups { return &textGroups{by: map[groupName]*TextStats{}} }

func (g *textGroups) add(name string, n TextStats) {
	if name == "" {
		name = "unknown"
	}
	if len(name) > maxGroupName {
		name = strings.ToValidUTF8(name[:maxGroupName], "") + "…"
	}
	g.addKey(groupName{xxhash.Sum64String(name), name}, n)
}

func (g *textGroups) addKey(key groupName, n TextStats) {
	if s := g.by[key]; s != nil {
		s.sum(n)
		return
	}
	if len(g.by) == maxGroups {
		if key.compare(g.last) > 0 {
			g.others.sum(n)
			return
		}
		g.others.sum(*g.by[g.last])
		delete(g.by, g.last)
	}
	key.name = strings.Clone(key.name) // it may be part of a whole line
	g.by[key] = &n
	if len(g.by) == maxGroups {
		g.last = groupName{}
		for k := range g.by {
			if k.compare(g.last) > 0 {
				g.last = k
			}
		}
	}
}

func (g *textGroups) merge(o *textGroups) {
	for key, n := range o.by {
		g.addKey(key, *n)
	}
	g.others.sum(o.others)
}

// list is sorted by bytes, largest first, and then by name; the others come last.
func (g *textGroups) list() []TextStats {
	list := make([]TextStats, 0, len(g.by)+1)
	for key, n := range g.by {
		list = append(list, n.finished(key.name))
	}
	slices.SortFunc(list, func(a, b TextStats) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Name, b.Name))
	})
	if g.others.Documents > 0 {
		list = append(list, g.others.finished("others"))
	}
	return list
}
