package clean

import "math/bits"

// Features are whole numbers from 0 to most: seven bits, so that trees compare eight blocks at a time.
const most = 127

// count scales a number that is not negative: up to 31 as it is, from there eight steps for each doubling, up to
// most from 2^17-2^14 on.
func count(x float32) uint8 {
	if x < 32 {
		return uint8(max(0, x))
	}
	n := uint32(min(x, 1<<17-1))
	top := bits.Len32(n)
	return uint8(32 + (top-6)*8 + int(n>>(top-4)&7))
}

// share scales 0 to 1; numbers beyond are taken for these.
func share(x float32) uint8 { return uint8(max(0, min(1, x)) * most) }

// part scales the share that a has of b.
func part(a, b float64) uint8 { return share(float32(ratio(a, b))) }

// few scales 0 to 1 where most values are below a half, which has the whole scale. Twice a number is exact, fused with a sum or not.
func few(x float32) uint8 { return share(2 * x) }

// signed scales a distance in blocks, behind (more than 0) or before: half the scale each, as count does up to far.
func signed(d int) uint8 {
	if d < 0 {
		return 64 - min(63, count(float32(-d)))
	}
	return 64 + min(63, count(float32(d)))
}

// number is 1 for yes.
func number(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
