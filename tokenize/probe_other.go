//go:build !amd64

package tokenize

// probe fills in the keys and places of words.
func (c *wordCache) probe(p *probes, text string, start uint32, ends []uint32) {
	p.fill(text, start, ends)
}
