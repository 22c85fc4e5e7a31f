package clean

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
)

// lettersFile is written by internal/letters, which says what it was derived from; docs/format/letters.md describes the format.
//
//go:embed letters.bin
var lettersFile []byte

const (
	lettersMagic   = "corpltrs"
	lettersVersion = 1
	maxLetters     = 56 // letters of a language, so that small and capital ones and the special classes fit into 128
)

// letterModel is what letters.bin holds. Costs are negative natural logarithms of probabilities in eighths, 255 at most.
type letterModel struct {
	languages []language
	wide      []wideLetters
}

// language is an alphabet and how its letters follow each other.
type language struct {
	code    string
	letters []rune
	// follow[i*(n+1)+j] is the cost of letters[j-1] behind letters[i-1]; 0 stands for what is no letter.
	follow []uint8
}

// wideLetters are the frequent characters of a language written with thousands of them.
type wideLetters struct {
	code    string
	letters []rune
	cost    []uint8
}

// letters is the embedded model; empty if it cannot be read, which a test rules out.
var letters = sync.OnceValue(func() letterModel {
	m, err := readLetters(lettersFile)
	if err != nil {
		return letterModel{}
	}
	return m
})

// readLetters reads a letter model. The slices of the result are those of b.
func readLetters(b []byte) (m letterModel, err error) {
	const head, tail = len(lettersMagic) + 8, 4
	if len(b) < head+tail || string(b[:len(lettersMagic)]) != lettersMagic {
		return m, errors.New("letter model: wrong magic")
	}
	if v := binary.LittleEndian.Uint32(b[len(lettersMagic):]); v != lettersVersion {
		return m, fmt.Errorf("letter model: version %d, want %d", v, lettersVersion)
	}
	body, sum := b[:len(b)-tail], binary.LittleEndian.Uint32(b[len(b)-tail:])
	if crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) != sum {
		return m, errors.New("letter model: wrong checksum")
	}
	languages := int(binary.LittleEndian.Uint16(b[len(lettersMagic)+4:]))
	wide := int(binary.LittleEndian.Uint16(b[len(lettersMagic)+6:]))
	r := letterReader{b: body[head:]}
	for range languages {
		l := language{code: string(r.take(2)), letters: r.runes()}
		if len(l.letters) > maxLetters {
			return m, fmt.Errorf("letter model: %d letters in %q, at most %d", len(l.letters), l.code, maxLetters)
		}
		l.follow = r.take((len(l.letters) + 1) * (len(l.letters) + 1))
		m.languages = append(m.languages, l)
	}
	for range wide {
		w := wideLetters{code: string(r.take(2)), letters: r.runes()}
		w.cost = r.take(len(w.letters))
		m.wide = append(m.wide, w)
	}
	if r.short || len(r.b) > 0 {
		return letterModel{}, errors.New("letter model: lengths do not add up")
	}
	return m, nil
}

// letterReader cuts parts from the front of b. Behind the end it returns zero bytes and sets short.
type letterReader struct {
	b     []byte
	short bool
}

func (r *letterReader) take(n int) []byte {
	if n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, n)
	}
	part := r.b[:n:n]
	r.b = r.b[n:]
	return part
}

func (r *letterReader) runes() []rune {
	n := int(binary.LittleEndian.Uint16(r.take(2)))
	b := r.take(2 * n)
	out := make([]rune, n)
	for i := range out {
		out[i] = rune(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}
