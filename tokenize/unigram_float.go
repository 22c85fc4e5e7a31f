package tokenize

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseScore reads a number of JSON as Hugging Face's tools do, which may give the float64 next to the nearest one. Where
// two segmentations of a word have nearly the same score, ids depend on it. (serde-rs/json, de.rs, f64_from_parts
// without the feature float_roundtrip: the digits that fit 64 bits as an integer, rounded, then divided by or multiplied
// with a power of ten, rounded again.)
func parseScore(number string) (float64, error) {
	nearest, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("the score %.30s is not a number of 64 bits", number)
	}
	mantissa, exponent := strings.TrimPrefix(number, "-"), 0
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		if exponent, err = strconv.Atoi(mantissa[i+1:]); err != nil || exponent < -1000 || exponent > 1000 {
			return nearest, nil // 0, or below every float64
		}
		mantissa = mantissa[:i]
	}
	var digits uint64
	after, full := false, false
	for _, c := range mantissa {
		if c == '.' {
			after = true
			continue
		}
		d := uint64(c - '0')
		if full = full || digits > (math.MaxUint64-d)/10; full {
			if !after {
				exponent++
			}
			continue
		}
		digits = digits*10 + d
		if after {
			exponent--
		}
	}
	f := float64(digits)
	for ; exponent < -308 && f != 0; exponent += 308 {
		f /= 1e308
	}
	power, err := strconv.ParseFloat("1e"+strconv.Itoa(max(exponent, -exponent)), 64)
	if err != nil {
		return 0, fmt.Errorf("the score %.30s is too great", number)
	}
	if exponent >= 0 {
		f *= power
	} else {
		f /= power
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, fmt.Errorf("the score %.30s is too great", number)
	}
	return math.Copysign(f, nearest), nil
}
