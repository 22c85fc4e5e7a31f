package parquet

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// IsText says whether a column's values are text, rather than numbers or bytes of any kind.
func (n *Node) IsText() bool {
	return n.Leaf >= 0 && (n.Type == ByteArray || n.Type == FixedByteArray) && (n.Logical == String || n.Logical == JSON)
}

// isNumber says whether Format yields a number in JSON's notation.
func (n *Node) isNumber() bool {
	if n.Logical == Date || n.Logical == Time || n.Logical == Timestamp || n.Logical == Decimal {
		return false
	}
	switch n.Type {
	case Int32, Int64, Float, Double:
		return true
	case FixedByteArray:
		return n.Logical == Float16
	}
	return false
}

// Format writes a value of a leaf as text: numbers in decimal, times as RFC 3339 in UTC, text as it is with U+FFFD for what
// is no UTF-8, other bytes as text where they are UTF-8, else in base64. Ok is false for a null and for a number that is none.
func (n *Node) Format(v Value) (s string, ok bool) {
	b := v.Bytes
	if b == nil || int(v.Def) < n.Def {
		return "", false
	}
	switch n.Type {
	case Boolean:
		return strconv.FormatBool(b[0] != 0), true
	case Int32:
		return n.formatInteger(int64(int32(binary.LittleEndian.Uint32(b))), 32)
	case Int64:
		return n.formatInteger(int64(binary.LittleEndian.Uint64(b)), 64)
	case Int96:
		return formatInt96(b)
	case Float:
		return formatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
	case Double:
		return formatFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
	}
	return n.formatBytes(b)
}

func (n *Node) formatBytes(b []byte) (string, bool) {
	switch {
	case n.Logical == Decimal && len(b) <= 64:
		x := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		return point(x.String(), n.Scale), true
	case n.Logical == UUID && len(b) == 16:
		h := hex.EncodeToString(b)
		return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"), true
	case n.Logical == Float16 && len(b) == 2:
		return formatFloat(half(binary.LittleEndian.Uint16(b)), 32)
	case n.Logical == String || n.Logical == JSON:
		return strings.ToValidUTF8(string(b), "\ufffd"), true
	case utf8.Valid(b):
		return string(b), true
	}
	return base64.StdEncoding.EncodeToString(b), true
}

// formatInteger writes an integer of width bits as what it means.
func (n *Node) formatInteger(v int64, width int) (string, bool) {
	switch n.Logical {
	case Unsigned:
		if width == 32 {
			return strconv.FormatUint(uint64(uint32(v)), 10), true
		}
		return strconv.FormatUint(uint64(v), 10), true
	case Decimal:
		return point(strconv.FormatInt(v, 10), n.Scale), true
	case Date:
		if v < -maxDays || v > maxDays {
			return "", false
		}
		return time.Unix(v*86400, 0).UTC().Format(time.DateOnly), true
	case Timestamp:
		return formatTime(v, n.Unit)
	case Time:
		if n.Unit <= 0 || v < 0 || v/n.Unit >= 86400 {
			return "", false
		}
		return time.Unix(v/n.Unit, v%n.Unit*(1e9/n.Unit)).UTC().Format("15:04:05.999999999"), true
	}
	return strconv.FormatInt(v, 10), true
}

// maxDays is more days than lie between 1970 and the years -9999 or 9999.
const maxDays = 4_400_000

// formatTime writes a time since 1970 in units of which unit make a second.
func formatTime(v, unit int64) (string, bool) {
	if unit <= 0 {
		return "", false
	}
	seconds, rest := v/unit, v%unit
	if rest < 0 {
		seconds, rest = seconds-1, rest+unit
	}
	return formatInstant(seconds, rest*(1e9/unit))
}

func formatInstant(seconds, nanos int64) (string, bool) {
	if seconds < -maxDays*86400 || seconds > maxDays*86400 {
		return "", false
	}
	t := time.Unix(seconds, nanos).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return "", false
	}
	return t.Format(time.RFC3339Nano), true
}

// formatInt96 reads the deprecated time stamp: nanoseconds of the day, then the Julian day.
func formatInt96(b []byte) (string, bool) {
	const julianDayOf1970 = 2_440_588
	nanos, day := int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint32(b[8:]))
	if nanos < 0 || nanos >= 86400e9 || day > 2*maxDays {
		return "", false
	}
	return formatInstant((day-julianDayOf1970)*86400, nanos)
}

// formatFloat has no notation for infinities and for what is no number.
func formatFloat(f float64, bits int) (string, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", false
	}
	return strconv.FormatFloat(f, 'g', -1, bits), true
}

// half widens a float of 16 bits (IEEE 754, binary16).
func half(u uint16) float64 {
	sign, exponent, fraction := 1.0, int(u>>10&31), float64(u&1023)
	if u>>15 != 0 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		return math.NaN()
	}
	return sign * math.Ldexp(fraction+1024, exponent-25)
}

// point sets the decimal point scale digits from the end.
func point(digits string, scale int) string {
	if scale <= 0 {
		return digits
	}
	sign := ""
	if rest, ok := strings.CutPrefix(digits, "-"); ok {
		sign, digits = "-", rest
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
