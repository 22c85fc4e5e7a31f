package clean

import "golang.org/x/text/encoding/htmlindex"

// What a label is worth against the charset that the text fits best, in nat/8: it is believed unless another one is better by labelBonus and
// labelLeeway for each byte beyond ASCII. A text in a language that the tables lack, or one that is hardly text, fits its
// own charset badly too, but it fits no other one much better.
const (
	labelBonus  = 12 * nat
	labelLeeway = nat / 5.0
	laterLabel  = 3 * nat // how much less every further label is worth
	latin1Label = 4 * nat // windows-1252 is what servers and editors write when nobody chose
)

// pickCharset chooses a charset for a page that is not Unicode.
func pickCharset(page []byte, claims []label) string {
	sample := highSample(page)
	if len(sample) == 0 {
		if len(claims) > 0 {
			return claims[0].name
		}
		return windows1252
	}
	scores := scoreCharsets(sample, declaredLanguage(page), claims)
	bestName, best := windows1252, int(^uint(0)>>1)
	for i, l := range claims {
		cost, ok := scores.costs[l.table]
		if !ok {
			if _, err := htmlindex.Get(l.name); err != nil {
				continue
			}
			return l.name // nothing speaks against it
		}
		bonus := labelBonus - i*laterLabel + int(labelLeeway*float64(scores.high))
		if l.name == windows1252 {
			bonus = latin1Label
		}
		if cost -= bonus; cost < best {
			bestName, best = l.name, cost
		}
	}
	for _, c := range singleCharsets {
		if cost, ok := scores.costs[c.name]; ok && cost < best {
			bestName, best = c.name, cost
		}
	}
	for _, w := range wideCharsets() {
		if cost, ok := scores.costs[w.name]; ok && cost < best {
			bestName, best = w.name, cost
		}
	}
	return bestName
}
