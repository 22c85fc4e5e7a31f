package filter

import "encoding/binary"

// walk fills the table. Words of ASCII letters between spaces, and those with punctuation around them, are taken here; all else
// goes through the plain walk.
func (t *wordTable) walk(text, mode string) {
	if len(text) > maxTableText {
		t.limit = 0
	}
	b := bytesOf(text)
	plain := words{text: text, mode: mode}
	for i := 0; ; {
		for i < len(b) && class[b[i]]&classSpace != 0 {
			i++
		}
		if i+8 < len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			n := leadingLetters(x)
			if n > 0 && n < 8 && class[b[i+n]]&classSpace != 0 {
				t.put(hashEight(x&(1<<(8*n)-1), n), n, true, true)
				i += n + 1
				continue
			}
			if mode == WordsPunctuation {
				if end := t.affixed(text, i); end > i {
					i = end
					continue
				}
			}
		}
		plain.pos = i
		for {
			start, end, ok := plain.next()
			if !ok {
				return
			}
			t.add(text[start:end])
			if plain.pos >= plain.chunkEnd {
				break
			}
		}
		i = plain.pos
	}
}

// affixed takes the run between spaces that starts at i when it is a row of ASCII letters, or of digits, with single signs before and
// behind that words_punctuation.go cuts off one by one. It returns the run's end, or i where the run is of another kind.
func (t *wordTable) affixed(text string, i int) int {
	core := i
	for core < len(text) && class[text[core]]&classPrefix != 0 {
		core++
	}
	end := letterEnd(text, core)
	alpha := end > core
	for !alpha && end < len(text) && class[text[end]]&classDigit != 0 {
		end++
	}
	if end == core || end < len(text) && class[text[end]]&classAlnum != 0 { // letters behind digits may be a unit of measure
		return i
	}
	stop := end
	for stop < len(text) && class[text[stop]]&classSpace == 0 {
		if class[text[stop]]&classSuffix == 0 && !loneStop(text, stop) {
			return i
		}
		stop++
	}
	for ; i < core; i++ {
		t.put(hashEight(uint64(text[i]), 1), 1, false, false)
	}
	t.put(wordHash(text[core:end]), end-core, true, alpha)
	for i = end; i < stop; i++ {
		t.put(hashEight(uint64(text[i]), 1), 1, false, false)
	}
	return stop
}

// letterEnd is the end of the ASCII letters at i.
func letterEnd(text string, i int) int {
	for b := bytesOf(text); i+8 <= len(b); {
		n := leadingLetters(binary.LittleEndian.Uint64(b[i:]))
		i += n
		if n < 8 {
			return i
		}
	}
	for i < len(text) && class[text[i]]&classAlpha != 0 {
		i++
	}
	return i
}

// loneStop reports whether the byte at i, behind another, is a single full stop that is cut off whatever follows: not one that
// may belong to initials.
func loneStop(text string, i int) bool {
	return text[i] == '.' && class[text[i-1]]&(classLower|classDigit|classSuffix) != 0 && (i+1 == len(text) || text[i+1] != '.')
}

// put counts a word and keeps it while there is room.
func (t *wordTable) put(hash uint64, length int, counted, alpha bool) {
	t.words++
	if counted {
		t.counted++
		t.length += length
	}
	if alpha {
		t.alpha++
	}
	if len(t.hashes) < t.limit {
		t.total += uint32(length)
		t.hashes = append(t.hashes, hash)
		t.chars = append(t.chars, t.total)
	}
}

// add is put for a word of any kind.
func (t *wordTable) add(word string) {
	length, counted, alpha := inspectWord(word)
	t.put(wordHash(word), length, counted, alpha)
}
