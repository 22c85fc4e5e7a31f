package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProbeEqualsPlain compares the keys and places of words of 0 to 40 bytes, from every start, with the plain ones.
func TestProbeEqualsPlain(t *testing.T) {
	text := testtext.Sample(5, 1<<12)
	cache := newWordCache()
	for from := range 8 {
		var got, want probes
		var ends []uint32
		start := uint32(3 * from)
		for end := start; len(ends) < probeWords-from; {
			end += uint32((len(ends)*7 + from) % 41)
			if int(end)+16 > len(text) {
				break
			}
			ends = append(ends, end)
		}
		want.fill(text, start, ends)
		cache.probe(&got, text, start, ends)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(probes{}, wordKey{})); diff != "" {
			t.Fatalf("start %d (-plain +fast):\n%s", start, diff)
		}
	}
}

// TestEncoderKeepsNothingWrong encodes texts whose words are long, short, of many ids and at the text's end, twice each
// with one Encoder, and compares with merging without caches.
func TestEncoderKeepsNothingWrong(t *testing.T) {
	m := trained(t, nil)
	e := m.NewEncoder()
	text := testtext.Sample(6, 1<<14) + " qxzjqxzjqxzj qzqzqzqzqzqzqzqzqzqzqzqzq \x00 é漢字🙂 "
	for n := range 300 {
		for range 2 {
			part := text[len(text)-n:] + text[:n*7]
			if diff := cmp.Diff(referenceEncode(m, part), e.Encode(nil, part)); diff != "" {
				t.Fatalf("%d bytes (-want +got):\n%s", len(part), diff)
			}
		}
	}
}
