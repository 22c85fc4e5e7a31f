package pii

// maxCardDigits is the largest length of a payment card number (ISO/IEC 7812-1).
const maxCardDigits = 19

// cardEnd is the end of the payment card number that starts at i, the start of a run of digits; -1 for none. A number is written
// without separators, or in the groups printed on the card (4-4-4-4, 4-4-4-4-3, 4-6-5, 4-6-4) with one
// space or hyphen, always the same, between them. Of several readings the longest is taken.
func cardEnd(text string, i int) int {
	if wordBefore(text, i) || i > 0 && (text[i-1] == '.' || text[i-1] == '-' || text[i-1] == '+') {
		return -1
	}
	var digits [maxCardDigits]byte
	var sizes, ends [5]int
	groups, n, pos := 0, 0, i
	for separator := byte(0); groups < len(ends); pos++ {
		start := pos
		for digitAt(text, pos) && n < maxCardDigits {
			digits[n] = text[pos]
			n++
			pos++
		}
		if digitAt(text, pos) {
			break // the group makes the number too long
		}
		sizes[groups], ends[groups] = pos-start, pos
		groups++
		if !digitAt(text, pos+1) || text[pos] != ' ' && text[pos] != '-' || separator != 0 && text[pos] != separator {
			break
		}
		separator = text[pos]
	}
	for ; groups > 0; groups-- {
		n = 0
		for _, size := range sizes[:groups] {
			n += size
		}
		end := ends[groups-1]
		if cardGroups(sizes[:groups]) && closesNumber(text, end) && isCard(digits[:n]) {
			return end
		}
	}
	return -1
}

// closesNumber reports whether a number may end before i: no word goes on there, nor further digits after a full stop or hyphen.
func closesNumber(text string, i int) bool {
	return !wordAfter(text, i) && !(digitAt(text, i+1) && (text[i] == '.' || text[i] == '-'))
}

// cardGroups reports whether digits are grouped as cards print them, or not grouped.
func cardGroups(sizes []int) bool {
	switch len(sizes) {
	case 1:
		return sizes[0] >= 13
	case 3:
		return sizes[0] == 4 && sizes[1] == 6 && (sizes[2] == 4 || sizes[2] == 5)
	case 4, 5:
		return sizes[0] == 4 && sizes[1] == 4 && sizes[2] == 4 && sizes[3] == 4 && (len(sizes) == 4 || sizes[4] == 3)
	}
	return false
}

// isCard reports whether the digits are a card number: an issuer's prefix with its lengths, and the Luhn check digit.
func isCard(digits []byte) bool { return issued(digits) && luhn(digits) }

// issued knows the prefixes (IIN) of the large card schemes and the lengths that each uses.
func issued(digits []byte) bool {
	if len(digits) < 13 {
		return false
	}
	prefix := 0
	for _, d := range digits[:4] {
		prefix = 10*prefix + int(d-'0')
	}
	n := len(digits)
	within := func(low, high int) bool { return prefix >= low && prefix <= high }
	switch {
	case within(4000, 4999): // Visa
		return n == 13 || n == 16 || n == 19
	case within(5100, 5599), within(2221, 2720): // Mastercard
		return n == 16
	case within(3400, 3499), within(3700, 3799): // American Express
		return n == 15
	case within(3000, 3059), prefix == 3095, within(3600, 3699), within(3800, 3999): // Diners Club
		return n == 14
	case within(3528, 3589), prefix == 6011, within(6440, 6599), within(6200, 6299), within(2200, 2204): // JCB, Discover, UnionPay, Mir
		return n >= 16
	case prefix == 1800, prefix == 2131: // JCB, old
		return n == 15
	}
	switch prefix {
	case 5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763: // Maestro
		return true
	}
	return false
}
