package clean

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxUTF16Sample = 4 << 10
	minUTF16       = 8     // bytes
	minZeros       = 0.008 // share of units with a zero high byte: markup, spaces, digits
	maxOddUnits    = 0.02  // share of units that no text holds
	maxASCIIUnits  = 0.5   // share of units whose bytes are two characters of ASCII
)

// utf16Name recognises UTF-16 without a byte order mark; "" for anything else. What tells it from every other charset are zero bytes, of
// which text has none: in UTF-16 each character up to U+00FF has one in its high place. Without a zero
// byte, in a text without markup or spaces, the characters themselves must be frequent ones of Chinese, Japanese or Korean.
func utf16Name(b []byte) string {
	sample := b[:min(len(b), maxUTF16Sample)&^1]
	if len(sample) < minUTF16 {
		return ""
	}
	zeros := [2]int{countZeros(sample[1:]), countZeros(sample)} // high bytes of the little and of the big end
	if zeros[0]+zeros[1] == 0 {
		switch {
		case countHigh(sample) == 0 && !hasControls(sample):
		case frequentUTF16(sample, 0):
			return utf16LE
		case frequentUTF16(sample, 1):
			return utf16BE
		}
		return ""
	}
	enough := max(1, int(minZeros*float64(len(sample)/2)))
	var fits [2]bool
	for low := range fits {
		fits[low] = zeros[low] >= enough && plausibleUTF16(sample, low)
	}
	switch {
	case fits[0] && (!fits[1] || zeros[0] > zeros[1]):
		return utf16LE
	case fits[1]:
		return utf16BE
	}
	return ""
}

// countZeros counts the zero bytes among every other byte.
func countZeros(b []byte) int {
	n := 0
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 {
			n++
		}
	}
	return n
}

// unit is the i-th code unit; low is the place of its low byte, 0 or 1.
func unit(b []byte, i, low int) uint16 {
	return uint16(b[2*i+low]) | uint16(b[2*i+1-low])<<8
}

// latinB are the letters of Latin Extended-B that languages with many readers use. The others are what bytes of a binary file look like.
const latinB = "ƏəƒƠơƯưǍǎǐǑǒǓǔǦǧȘșȚțȲȳ"

// plausibleUTF16 reports whether next to all units are assigned characters or surrogates in pairs, next to all of those with a zero high byte are printable,
// and not most of them are two letters of ASCII, which would be frequent Han characters.
func plausibleUTF16(b []byte, low int) bool {
	odd, oddNarrow, narrow, ascii, n := 0, 0, 0, 0, len(b)/2
	for i := 0; i < n; i++ {
		r := rune(unit(b, i, low))
		switch {
		case utf16.IsSurrogate(r):
			if i+1 == n {
				break // cut
			}
			if utf16.DecodeRune(r, rune(unit(b, i+1, low))) == unicode.ReplacementChar {
				odd++
			} else {
				i++
			}
		case r <= 0xFF:
			narrow++
			if 0x7F <= r && r < 0xA0 || r < 0x20 && isControl(byte(r)) {
				oddNarrow++
			}
		case r>>8 < utf8.RuneSelf && r&0xFF < utf8.RuneSelf && r>>8 >= 0x20 && r&0xFF >= 0x20:
			ascii++
		case 0x0180 <= r && r <= 0x024F && !strings.ContainsRune(latinB, r), 0xE000 <= r && r <= 0xF8FF, r >= 0xFFFE, !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf):
			odd++
		}
	}
	return float64(odd+oddNarrow) <= maxOddUnits*float64(n) && float64(oddNarrow) <= 2*maxOddUnits*float64(narrow) && float64(ascii) <= maxASCIIUnits*float64(n)
}

// frequentUTF16 reports whether the units cost no more than running text of Chinese, Japanese or Korean does, which pairs of letters in another charset never manage.
func frequentUTF16(b []byte, low int) bool {
	known := frequentWide()
	sum, n := 0, len(b)/2
	for i := range n {
		c, ok := known[rune(unit(b, i, low))]
		if !ok {
			c = costWideRare
		}
		if sum += int(c); i == fewUnits && sum > costFrequent*i {
			return false
		}
	}
	return sum <= costFrequent*n
}

const (
	fewUnits     = 48      // units after which it is clear for most pages
	costFrequent = 8 * nat // mean over the units
)

// hasControls reports control bytes, which the high bytes of kana and of Cyrillic are in UTF-16.
func hasControls(b []byte) bool {
	for _, c := range b {
		if isControl(c) {
			return true
		}
	}
	return false
}
