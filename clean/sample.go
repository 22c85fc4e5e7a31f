package clean

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	maxSample     = 64 << 10 // bytes of text that are taken
	maxSampleHigh = 24 << 10 // bytes beyond ASCII after which a sample is large enough
	maxSampleLine = 2 << 10  // bytes of a line that are taken
)

// highSample returns the lines of text, outside tags, scripts and styles, that hold bytes beyond ASCII, until it has seen enough of them. Without any such line it
// returns those of the page with its tags. Neither '<' nor '>' is a second byte of any charset that detection knows.
func highSample(page []byte) []byte {
	s := sampler{}
	closed := true                // whether a '>' is still to come
	unclosed := map[string]bool{} // end tags that no longer come
	rest := page
	for len(rest) > 0 && !s.full() {
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			s.lines(rest)
			break
		}
		s.lines(rest[:i])
		rest = rest[i:]
		j := 0
		if closed {
			j = bytes.IndexByte(rest, '>')
			closed = j >= 0
		}
		tag := rest
		rest = rest[max(0, j)+1:]
		if name := rawElement(tag); name != "" && closed && !unclosed[name] {
			if k := indexFold(rest, name); k >= 0 {
				rest = rest[k:]
			} else {
				unclosed[name] = true
			}
		}
	}
	if len(s.out) == 0 {
		s.lines(page)
	}
	return s.out
}

// rawElement returns the end tag of the element that a script's or style's start tag opens, and "" for other tags.
func rawElement(tag []byte) string {
	switch {
	case len(tag) > 7 && tag[1]|0x20 == 's' && tag[2]|0x20 == 'c' && bytes.EqualFold(tag[1:7], []byte("script")):
		return "</script"
	case len(tag) > 6 && tag[1]|0x20 == 's' && tag[2]|0x20 == 't' && bytes.EqualFold(tag[1:6], []byte("style")):
		return "</style"
	}
	return ""
}

type sampler struct {
	out  []byte
	high int
}

func (s *sampler) full() bool { return len(s.out) >= maxSample || s.high >= maxSampleHigh }

// lines takes the lines of a text that hold bytes beyond ASCII.
func (s *sampler) lines(text []byte) {
	for len(text) > 0 && !s.full() {
		n := asciiPrefix(text)
		if n == len(text) {
			return
		}
		from := bytes.LastIndexByte(text[:n], '\n') + 1
		from = max(from, n-maxSampleLine/2)
		to := min(len(text), from+maxSampleLine)
		if k := bytes.IndexByte(text[n:to], '\n'); k >= 0 {
			to = n + k
		}
		to = wholeCharacters(text, to)
		s.high += countHigh(text[from:to])
		s.out = append(append(s.out, text[from:to]...), '\n')
		text = text[to:]
	}
}

// wholeCharacters moves a cut behind the next byte that is no part of a character of several bytes in any charset.
func wholeCharacters(text []byte, to int) int {
	for to < len(text) && text[to] >= '0' {
		to++
	}
	return to
}

const highBits = 0x8080808080808080

// asciiPrefix is the number of bytes at the front that are ASCII.
func asciiPrefix(b []byte) int {
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		if w := binary.LittleEndian.Uint64(b[n:]) & highBits; w != 0 {
			return n + bits.TrailingZeros64(w)/8
		}
	}
	for ; n < len(b) && b[n] < utf8.RuneSelf; n++ {
	}
	return n
}

// countHigh is the number of bytes beyond ASCII.
func countHigh(b []byte) int {
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b) & highBits)
	}
	for _, c := range b {
		n += int(c >> 7)
	}
	return n
}
