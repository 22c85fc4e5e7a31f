package clean

import "unicode/utf8"

// Text holds next to no control bytes, while random or compressed bytes hold 11 % of the ones counted here
// (28 of 256) and executables far more. Undecodable characters alone must be many more before a page is
// given up: a wrong charset on a readable page leaves some.
const (
	maxControlShare = 0.05
	maxBrokenShare  = 0.3
)

// isControl reports the bytes that occur in no text: C0 without tab, line ends, form feed and the
// escape of ISO-2022, and DEL.
func isControl(c byte) bool {
	return c < 0x20 && (c < '\t' || c > '\r') && c != 0x1B || c == 0x7F
}

// binaryBytes measures the share of control bytes of a page in an encoding other than UTF-16.
func binaryBytes(b []byte) (share float64, binary bool) {
	n := 0
	for _, c := range b {
		if isControl(c) {
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	share = float64(n) / float64(len(b))
	return share, share > maxControlShare
}

// binaryText measures the share of characters that are control characters, U+FFFD or invalid UTF-8.
func binaryText(s string) (share float64, binary bool) {
	control, broken, total := 0, 0, 0
	for _, r := range s {
		total++
		switch {
		case r == utf8.RuneError:
			broken++
		case r < 0x80 && isControl(byte(r)), 0x80 <= r && r < 0xA0 && r != 0x85:
			control++
		}
	}
	if control+broken == 0 {
		return 0, false
	}
	share = float64(control+broken) / float64(total)
	return share, share > maxBrokenShare || float64(control)/float64(total) > maxControlShare
}
