package tokenize

import "unsafe"

// probe fills in the keys and places of words, and asks for the lines of the places, so that they come from
// memory together. At least 16 bytes of text follow the start of each word.
func (c *wordCache) probe(p *probes, text string, start uint32, ends []uint32) {
	if len(ends) > 0 {
		probeAhead(&p.keys[0], &p.places[0], &ends[0], len(ends), unsafe.StringData(text), &c.sets[0], start)
	}
}

// probeAhead is probes.fill that also asks for the lines.
//
//go:noescape
func probeAhead(keys *wordKey, places *uint32, ends *uint32, n int, text *byte, sets *wordSet, start uint32)
