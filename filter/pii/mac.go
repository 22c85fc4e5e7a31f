package pii

// macEnd is the end of the hardware address (EUI-48) that starts at i, -1 for none: six pairs of hexadecimal digits with a colon or hyphen between them, always
// the same. At least one digit is a letter, so that times and dates are none; addresses of groups and of nobody are left.
func macEnd(text string, i int) int {
	const length = 17
	if i < 0 || i+length > len(text) || wordBefore(text, i) || wordAfter(text, i+length) {
		return -1
	}
	separator, letter := text[i+2], false
	var octets [6]byte
	for at := range length {
		b := text[i+at]
		if at%3 == 2 {
			if b != separator {
				return -1
			}
			continue
		}
		if !isHex(b) {
			return -1
		}
		letter = letter || b > '9'
		octets[at/3] = octets[at/3]<<4 | hexValue(b)
	}
	if !letter || i > 1 && text[i-1] == separator && isHex(text[i-2]) ||
		byteAt(text, i+length, separator) && i+length+1 < len(text) && isHex(text[i+length+1]) {
		return -1
	}
	if octets[0]&1 == 1 { // group addresses, ff:ff:ff:ff:ff:ff among them
		return -1
	}
	return i + length
}

// dottedMAC is the hardware address in three groups of four, as in "001b.6384.45e6", around the run of digits at i; end is -1 for none. At least one of
// its digits is a letter and one is not, so that it is found from its first run of digits.
func dottedMAC(text string, i int) (start, end int) {
	const group, length = len("001b."), len("001b.6384.45e6")
	start = i
	for start > 0 && i-start < 4 && class[text[start-1]]&isHexLetter != 0 {
		start--
	}
	if !byteAt(text, start+group-1, '.') && !byteAt(text, start-1, '.') {
		return 0, -1 // nearly all numbers
	}
	for start >= group && text[start-1] == '.' && i-start < 2*group && runEnd(text, start-group, isHexLetter, group) == start-1 {
		start -= group // a group of letters alone
	}
	if start+length > len(text) || wordBefore(text, start) || byteAt(text, start-1, '.') || wordAfter(text, start+length) || byteAt(text, start+length, '.') && classAt(text, start+length+1, isAlnum) {
		return 0, -1
	}
	letter := false
	for at := range length {
		b := text[start+at]
		if at%group == group-1 {
			if b != '.' {
				return 0, -1
			}
			continue
		}
		if !isHex(b) {
			return 0, -1
		}
		letter = letter || b > '9'
	}
	if !letter || hexValue(text[start+1])&1 == 1 {
		return 0, -1
	}
	return start, start + length
}

func hexValue(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&0xf + 9
}
