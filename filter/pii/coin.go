package pii

import (
	"crypto/sha256"
	"strings"

	"golang.org/x/crypto/sha3"
)

const (
	minCoin = 14  // the shortest bech32 address that some rule allows
	maxCoin = 112 // an extended private key has 111 characters
)

// coin tests the token (letters and digits without others beside them) around i, the start of a run of digits. Every address
// and key holds a digit, and a token is looked at from its first one alone.
func (s *scan) coin(i int) (Find, bool) {
	text := s.text
	if i < s.token {
		return Find{}, false
	}
	start := i
	for start > 0 && i-start < maxCoin && class[text[start-1]]&isAlnum != 0 {
		start--
	}
	end := runEnd(text, i, isAlnum, maxCoin)
	s.token = end
	if end-start < minCoin || end-start > maxCoin || wordBefore(text, start) || wordAfter(text, end) {
		return Find{}, false
	}
	kind, ok := coinType(text[start:end])
	if !ok || !s.f.on[kind.Family()] {
		return Find{}, false
	}
	if kind == Ethereum && !hasCase(text[start+2:end]) && !cued(text, start, end, "eth", "ethereum", "ether", "erc20", "erc-20", "wallet", "metamask", "etherscan") {
		return Find{}, false
	}
	return Find{kind, start, end}, true
}

// coinType says what a token is by its form and checksum.
func coinType(token string) (Type, bool) {
	switch {
	case len(token) == 42 && token[0] == '0' && token[1] == 'x':
		return Ethereum, ethereum(token[2:])
	case prefixFold(token, "bc1"):
		return Bitcoin, bech32(token, "bc")
	case prefixFold(token, "ltc1"):
		return Litecoin, bech32(token, "ltc")
	case len(token) < 26 || len(token) > 35 && len(token) != 51 && len(token) != 52 && len(token) != 111:
		return 0, false
	}
	return base58check(token)
}

func prefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58check decodes a token (Bitcoin wiki, "Base58Check encoding": the last four bytes are the head of the double SHA-256 of the others) and tells by version and length what it is.
func base58check(token string) (Type, bool) {
	switch token[0] {
	case '1', '3', 'L', 'M', 'D', 'T', '5', 'K', 'x':
	default:
		return 0, false
	}
	var number [84]byte // big-endian, at the end
	from := len(number)
	for i := range len(token) {
		if class[token[i]]&isBase58 == 0 {
			return 0, false
		}
		carry := strings.IndexByte(base58Alphabet, token[i])
		at := len(number)
		for at--; at >= from || carry > 0; at-- {
			if at < 0 {
				return 0, false
			}
			carry += 58 * int(number[at])
			number[at] = byte(carry)
			carry >>= 8
		}
		from = min(from, at+1)
	}
	for i := 0; i < len(token) && token[i] == '1'; i++ {
		if from == 0 {
			return 0, false
		}
		from--
	}
	data := number[from:]
	if len(data) < 25 {
		return 0, false
	}
	payload := data[:len(data)-4]
	sum := sha256.Sum256(payload)
	sum = sha256.Sum256(sum[:])
	if string(sum[:4]) != string(data[len(payload):]) {
		return 0, false
	}
	return coinVersion(payload)
}

// coinVersion knows the version bytes of addresses (21 bytes with their hash) and private keys.
func coinVersion(payload []byte) (Type, bool) {
	switch {
	case len(payload) == 21:
		switch payload[0] {
		case 0x00, 0x05:
			return Bitcoin, true
		case 0x30, 0x32:
			return Litecoin, true
		case 0x1e:
			return Dogecoin, true
		case 0x41:
			return Tron, true
		}
	case payload[0] == 0x80 && (len(payload) == 33 || len(payload) == 34 && payload[33] == 1): // WIF
		return CryptoKey, true
	case len(payload) == 78 && string(payload[:4]) == "\x04\x88\xad\xe4": // BIP 32, xprv
		return CryptoKey, true
	}
	return 0, false
}

// bech32 checks an address of BIP 173 (witness version 0) or BIP 350 (later versions).
func bech32(token, prefix string) bool {
	if len(token) > 90 || len(token) < len(prefix)+8 || strings.ToLower(token) != token && strings.ToUpper(token) != token {
		return false
	}
	token = strings.ToLower(token)
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	c := uint32(1)
	step := func(v byte) {
		top := c >> 25
		c = c&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				c ^= g
			}
		}
	}
	for i := range len(prefix) {
		step(prefix[i] >> 5)
	}
	step(0)
	for i := range len(prefix) {
		step(prefix[i] & 31)
	}
	version := -1
	for i := len(prefix) + 1; i < len(token); i++ {
		v := strings.IndexByte(alphabet, token[i])
		if v < 0 {
			return false
		}
		if version < 0 {
			version = v
		}
		step(byte(v))
	}
	return version == 0 && c == 1 || version > 0 && version <= 16 && c == 0x2bc830a3
}

// hasCase reports whether hexadecimal digits hold letters of both cases.
func hasCase(hex string) bool { return strings.ToLower(hex) != hex && strings.ToUpper(hex) != hex }

// ethereum checks 40 hexadecimal digits. With letters of both cases, the case is the checksum of EIP-55: a letter
// is a capital where the digit at its place in the Keccak-256 of the address in small letters is 8 or more.
func ethereum(hex string) bool {
	distinct := 0
	var seen [16]bool
	for i := range len(hex) {
		if !isHex(hex[i]) {
			return false
		}
		if v := hexValue(hex[i]); !seen[v] {
			seen[v] = true
			distinct++
		}
	}
	if distinct < 6 { // 0x000…0, 0x000…dead
		return false
	}
	if !hasCase(hex) {
		return true
	}
	lower := strings.ToLower(hex)
	keccak := sha3.NewLegacyKeccak256()
	keccak.Write([]byte(lower))
	sum := keccak.Sum(nil)
	for i := range len(hex) {
		if class[hex[i]]&isAlpha != 0 && (sum[i/2]>>(4*(1-i%2))&0xf >= 8) != (class[hex[i]]&isUpper != 0) {
			return false
		}
	}
	return true
}
