package pii

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"hash"
	"net/netip"
	"strings"
)

// Surrogates replaces finds by made-up values of the same type: the same value always by the same surrogate under the same key, so that a
// text about two addresses stays a text about two addresses, in the whole corpus and across runs.
//
// A surrogate is nobody's value. It lies in a range that is reserved for examples or tests, or its checksum is wrong on purpose:
//
//	email            user-xxxxxxxxxx@example.com (RFC 2606)
//	ip               198.18.0.0/15 (RFC 2544), 2001:db8::/32 (RFC 3849)
//	phone            NANP 555-0100 to 555-0199; +44 7700 900000 to 900999 (Ofcom); 01 99 00 00 00 and following in France (Arcep)
//	mac              locally administered, 02:…
//	card, iban, ids  the form of the value, with digits and letters drawn anew until the check fails
//	coins, keys      likewise; the head that tells what it is stays
//
// It is drawn from HMAC-SHA256 over type and value. Whoever has the key can test guesses of a value, and with an empty key everybody has it.
type Surrogates struct {
	key  []byte
	ids  []idRule
	keys []keyRule
}

// NewSurrogates makes surrogates under a key, which should be at least 16 random bytes.
func NewSurrogates(key []byte) *Surrogates {
	return &Surrogates{key: key, ids: idRules(), keys: keyRules()}
}

// HasSurrogate reports whether values of the type can be replaced; of private keys and tokens nothing is worth keeping.
func HasSurrogate(t Type) bool { return t != PrivateKey && t != JWT }

// Replace is the surrogate of a value that a Finder found; empty for a type that has none.
func (s *Surrogates) Replace(t Type, value string) string {
	d := draw{mac: hmac.New(sha256.New, s.key), seed: t.String() + "\x00" + canonical(t, value)}
	switch t {
	case PrivateKey, JWT:
		return ""
	case Email:
		return "user-" + d.name(10) + "@example." + [...]string{"com", "org", "net"}[d.next()%3]
	case URLCredentials:
		return "user-" + d.name(6) + ":password"
	case IPv4:
		return fmt.Sprintf("198.%d.%d.%d", 18+d.next()%2, d.next(), d.next())
	case IPv6:
		a := [16]byte{0x20, 0x01, 0x0d, 0xb8}
		for i := 4; i < len(a); i++ {
			a[i] = d.next()
		}
		return netip.AddrFrom16(a).String()
	case MAC:
		return "02" + d.same(value[2:], true)
	case Phone:
		return d.phone(value)
	}
	return s.invalid(&d, t, value)
}

// canonical is the value without what may differ between two ways to write it.
func canonical(t Type, value string) string {
	switch t.Family() {
	case Emails:
		return strings.ToLower(value)
	case IPs:
		if addr, err := netip.ParseAddr(value); err == nil {
			return addr.String()
		}
	case Phones, Cards:
		return keep(value, isDigit)
	case IBANs, NationalIDs, MACs:
		return strings.ToUpper(keep(value, isAlnum))
	case Crypto:
		if t == Ethereum || prefixFold(value, "bc1") || prefixFold(value, "ltc1") { // the case of base58 tells characters apart, that of these does not
			return strings.ToLower(value)
		}
	}
	return value
}

// keep leaves the bytes of some classes.
func keep(s string, c uint8) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && class[r]&c != 0 {
			return r
		}
		return -1
	}, s)
}

// draw is a stream of bytes that a key, a type and a value determine.
type draw struct {
	mac   hash.Hash
	seed  string
	block []byte
	count int
}

func (d *draw) next() byte {
	if len(d.block) == 0 {
		d.mac.Reset()
		fmt.Fprintf(d.mac, "%d\x00%s", d.count, d.seed)
		d.block = d.mac.Sum(nil)
		d.count++
	}
	b := d.block[0]
	d.block = d.block[1:]
	return b
}

// name is n letters and digits.
func (d *draw) name(n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = d.next()
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw)[:n])
}

// same is a string of the same form: a digit for each digit, a letter of the same case for each letter, of the first six where hex is set.
func (d *draw) same(form string, hex bool) string {
	b := []byte(form)
	for i, c := range b {
		letters := byte(26)
		if hex {
			letters = 6
		}
		switch {
		case class[c]&isDigit != 0:
			b[i] = '0' + d.next()%10
		case class[c]&isLower != 0:
			b[i] = 'a' + d.next()%letters
		case class[c]&isUpper != 0:
			b[i] = 'A' + d.next()%letters
		}
	}
	return string(b)
}

// phone is a number of a range that is kept for fiction, in the form of the value where it is of that country.
func (d *draw) phone(value string) string {
	digits := keep(value, isDigit)
	plus := strings.HasPrefix(value, "+")
	switch {
	case plus && strings.HasPrefix(digits, "44"):
		return fmt.Sprintf("+44 7700 900%03d", d.below(1000))
	case plus && strings.HasPrefix(digits, "33"):
		return fmt.Sprintf("+33 1 99 00 %02d %02d", d.below(100), d.below(100))
	case !plus && strings.HasPrefix(digits, "0"):
		return fmt.Sprintf("07700 900%03d", d.below(1000))
	}
	// Area codes that are in use, each with a hundred such numbers.
	areas := [...]int{201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302, 303, 304, 305, 307, 308, 309, 310,
		312, 313, 314, 315, 316, 317, 318, 319, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 417, 419, 501, 502, 503, 504, 505, 507,
		508, 509, 510, 512, 513, 515, 516, 517, 518, 601, 602, 603, 605, 606, 607, 608, 609, 612, 614, 615, 616, 617, 618, 619, 701, 702, 703, 704, 706}
	number := fmt.Sprintf("%03d-555-01%02d", areas[d.below(len(areas))], d.below(100))
	if plus {
		return "+1 " + number
	}
	return number
}

// below is a number under n, which is at most 65,536.
func (d *draw) below(n int) int { return (int(d.next())<<8 | int(d.next())) % n }

// maxDraws bounds the tries for a value that fails its check. The rarest such value is one in 20: nine digits that are no Social Security number and nobody else's number either.
const maxDraws = 1000

// invalid is a value of the same form that the type's check refuses.
func (s *Surrogates) invalid(d *draw, t Type, value string) string {
	head := s.keepHead(t, value)
	hex := t == Ethereum || t == APIKey && strings.Trim(value[head:], "0123456789abcdefABCDEF") == ""
	for range maxDraws {
		if made := value[:head] + d.same(value[head:], hex); !s.valid(t, made) {
			return made
		}
	}
	return value[:head] + strings.Map(func(r rune) rune {
		if r < 0x80 && class[r]&isAlnum != 0 {
			return '0'
		}
		return r
	}, value[head:])
}

// keepHead is the number of bytes of the value that tell what it is and stay: the same in every value of that kind.
func (s *Surrogates) keepHead(t Type, value string) int {
	switch t {
	case Ethereum, IBAN:
		return 2
	case Bitcoin, Litecoin:
		if i := strings.IndexByte(value, '1'); i > 0 && i < 4 && strings.ContainsAny(value[:1], "bBlL") {
			return i + 1
		}
		return 1
	case Dogecoin, Tron, CryptoKey:
		return 1
	case APIKey:
		head := 0
		for _, rule := range s.keys {
			if strings.HasPrefix(value, rule.prefix) {
				head = max(head, len(rule.prefix))
			}
		}
		for _, prefix := range letterPrefixes {
			if strings.HasPrefix(value, prefix) {
				head = max(head, len(prefix))
			}
		}
		return head
	}
	return 0
}

// valid reports whether a value passes the check of its type, cues aside. Identity numbers are tested without their separators, so that a number gets
// the same surrogate however it is written, and by the rules of all countries, as a number of another country's is somebody's too.
func (s *Surrogates) valid(t Type, value string) bool {
	switch t {
	case IBAN:
		return ibanEnd(value, 0) == len(value)
	case Card:
		digits := []byte(keep(value, isDigit))
		return luhn(digits)
	case Bitcoin, Ethereum, Litecoin, Dogecoin, Tron, CryptoKey:
		kind, ok := coinType(value)
		return ok && (kind != Ethereum || hasCase(value[2:]))
	case APIKey:
		return false
	}
	chars := idChars(value)
	for _, rule := range s.ids {
		for _, form := range rule.forms {
			form = strings.TrimPrefix(form, "?")
			if (matchesForm(form, value) || matchesForm(keep(form, isAlnum), string(chars))) && rule.check(chars) {
				return true
			}
		}
	}
	return false
}
