package pii

import (
	"net/netip"
	"strings"
)

// ipv4End is the end of the public address of version 4 that starts at i, the start of a run of digits; -1 for none: four decimal numbers to 255 without leading zeros. It must not go on as a longer dotted number or a version
// ("1.2.3.4.5", "1.2.3.4-rc1") nor follow a word that announces a version or section.
func ipv4End(text string, i int) int {
	if i > 0 {
		switch b := text[i-1]; {
		case isWordByte(b), b == '.':
			return -1
		case b == ':' && i > 1 && (digitAt(text, i-2) || text[i-2] == ':' || text[i-2] == '_'): // "IP:8.8.8.8" is fine, the end of a longer number is not
			return -1
		}
	}
	end := i
	for part := range 4 {
		if part > 0 {
			if end >= len(text) || text[end] != '.' {
				return -1
			}
			end++
		}
		start := end
		for digitAt(text, end) && end-start < 4 {
			end++
		}
		if end == start || end-start > 3 {
			return -1
		}
	}
	if wordAfter(text, end) || end+1 < len(text) && (text[end] == '.' && digitAt(text, end+1) || text[end] == '-' && class[text[end+1]]&isAlpha != 0) {
		return -1
	}
	addr, err := netip.ParseAddr(text[i:end])
	if err != nil || !publicIPv4(addr.As4()) || smallParts(addr.As4()) || announcesVersion(text[max(0, i-12):i]) {
		return -1
	}
	return end
}

// announcesVersion reports whether the text before a dotted number says that it is a version or section number.
func announcesVersion(before string) bool {
	before = strings.ToLower(strings.TrimRight(before, " :#"))
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return r < 'a' || r > 'z' })+1:]
	switch word {
	case "v", "ver", "version", "release", "build", "firmware", "section", "chapter", "clause", "sec":
		return true
	}
	return strings.HasSuffix(before, "§")
}

// smallParts reports whether all four numbers are below 20. Such dotted numbers are sections and versions ("4.10.4.4"):
// without this rule they were 85 of 104 finds in 89 MB of technical text. Of all addresses they are one in 27,000.
func smallParts(a [4]byte) bool { return a[0] < 20 && a[1] < 20 && a[2] < 20 && a[3] < 20 }

// publicIPv4 reports whether an address may be met on the public internet: it lies in none of the blocks that the
// IANA special-purpose registry (RFC 6890 and updates) marks as not globally reachable, and is no multicast address.
func publicIPv4(a [4]byte) bool {
	switch {
	case a[0] == 0, a[0] == 10, a[0] == 127, a[0] >= 224: // this network, private, loopback, multicast and reserved
	case a[0] == 100 && a[1]&0xc0 == 64: // carriers' NAT
	case a[0] == 169 && a[1] == 254: // link-local
	case a[0] == 172 && a[1]&0xf0 == 16, a[0] == 192 && a[1] == 168: // private
	case a[0] == 192 && a[1] == 0 && (a[2] == 0 || a[2] == 2): // protocol assignments, documentation
	case a[0] == 198 && a[1]&0xfe == 18: // benchmarks
	case a[0] == 198 && a[1] == 51 && a[2] == 100, a[0] == 203 && a[1] == 0 && a[2] == 113: // documentation
	default:
		return true
	}
	return false
}

const maxIPv6 = 45

// ipv6Start is the start of the IPv6 address whose first colon is at i, -1 for none. Before the address may stand a word with a colon ("IP:2a01::1"),
// but not what may be an earlier part of the address.
func ipv6Start(text string, i int) int {
	start := i
	for start > 0 && i-start < 5 && isHex(text[start-1]) {
		start--
	}
	if i-start > 4 || i == start || wordBefore(text, start) || byteAt(text, start-1, '.') {
		return -1
	}
	if !byteAt(text, start-1, ':') {
		return start
	}
	word, hex := start-1, true
	for word > 0 && start-word <= 5 && isWordByte(text[word-1]) {
		word--
		hex = hex && isHex(text[word])
	}
	if length := start - 1 - word; hex && length > 0 && length < 5 || byteAt(text, word-1, ':') || length == 0 && word > 0 && text[word-1] == ']' {
		return -1
	}
	return start
}

// ipv6End is the end of the IPv6 address that starts at i, -1 for none. Taken are addresses of 2000::/3, the only block from which
// public addresses are assigned (RFC 4291, section 2.4), and, as nothing else looks like that, any address in eight groups of which at least
// four have three digits or more. Left are blocks that are not public: documentation (2001:db8::/32, 3fff::/20), unique local, link-local and multicast.
func ipv6End(text string, i int) int {
	end, colons := i, 0
	for end < len(text) && end-i <= maxIPv6 && isIPv6Byte(text[end]) {
		if text[end] == ':' {
			colons++
		}
		end++
	}
	if colons < 2 || end-i > maxIPv6 || wordAfter(text, end) {
		return -1
	}
	for end > i && (text[end-1] == '.' || text[end-1] == ':' && text[end-2] != ':') {
		end-- // the sentence's stop or colon
	}
	addr, err := netip.ParseAddr(text[i:end])
	if err != nil || !addr.Is6() || text[end-1] == ':' { // "since 2006::" in reStructuredText, else a network
		return -1
	}
	a := addr.As16()
	if a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8 || a[0] == 0x3f && a[1] == 0xff && a[2]&0xf0 == 0 {
		return -1
	}
	if a[0]&0xe0 == 0x20 || longGroups(text[i:end]) >= 4 && a[0] > 0 && a[0]&0xfe != 0xfc && a[0] < 0xfe {
		return end
	}
	return -1
}

// longGroups counts the groups of three or four digits in an address of eight groups; 0 for other addresses.
func longGroups(addr string) int {
	groups, long := 0, 0
	for group := range strings.SplitSeq(addr, ":") {
		if groups++; len(group) > 2 {
			long++
		}
		if group == "" || len(group) > 4 {
			return 0
		}
	}
	if groups != 8 {
		return 0
	}
	return long
}

func isIPv6Byte(b byte) bool { return isHex(b) || b == ':' || b == '.' }
