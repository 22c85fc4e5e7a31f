package pii

import "strings"

const (
	maxKeyLabel = 40
	maxKeyBlock = 16 << 10
	minKeyLine  = 32
)

// privateKeyEnd is the end of the private key in PEM or OpenPGP armour (RFC 7468, RFC 9580) whose "-----BEGIN " is at i; -1 for none. Without an end
// within 16 KiB, as where a page was cut, it is the end of the last line of base64.
func privateKeyEnd(text string, i int) int {
	const begin, dashes = "-----BEGIN ", "-----"
	if !strings.HasPrefix(text[i:], begin) {
		return -1
	}
	label := i + len(begin)
	body := label
	for body < len(text) && body-label < maxKeyLabel && (class[text[body]]&(isUpper|isDigit) != 0 || text[body] == ' ') {
		body++
	}
	name := text[label:body]
	if !strings.HasSuffix(name, "PRIVATE KEY") && !strings.HasSuffix(name, "PRIVATE KEY BLOCK") || !strings.HasPrefix(text[body:], dashes) {
		return -1
	}
	body += len(dashes)
	window := text[body:min(len(text), body+maxKeyBlock)]
	closing := strings.Index(window, dashes)
	if closing >= 0 {
		window = window[:closing]
	}
	last := lastBase64Line(window)
	if last < 0 {
		return -1 // a block of documentation, without a key
	}
	if footer := "-----END " + name + dashes; closing >= 0 && strings.HasPrefix(text[body+closing:], footer) {
		return body + closing + len(footer)
	}
	return body + last
}

// lastBase64Line is the end of the last word of base64 that is long enough to be a line of a key, together with a shorter one that ends in "="; -1 for none.
// The backslash counts, as keys in JSON and code have "\n" for their line ends.
func lastBase64Line(s string) int {
	last := -1
	for from := 0; from < len(s); {
		end := from
		for end < len(s) && (class[s[end]]&isAlnum != 0 || strings.IndexByte("+/=\\", s[end]) >= 0) {
			end++
		}
		if end-from >= minKeyLine || last >= 0 && end > from && s[end-1] == '=' {
			last = end
		}
		from = end + 1
	}
	return last
}
