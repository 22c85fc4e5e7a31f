package pii

import "strings"

// ibanEnd is the end of the bank account number whose country code starts at i, -1 for none: ISO 13616, all letters in
// capitals or all small, without spaces or with one space after every fourth character.
func ibanEnd(text string, i int) int {
	if i < 0 || i+4 > len(text) {
		return -1
	}
	letters := class[text[i]] & isAlpha
	if letters == 0 || class[text[i+1]]&letters == 0 ||
		wordBefore(text, i) || !digitAt(text, i+2) || !digitAt(text, i+3) {
		return -1
	}
	length := ibanLength(strings.ToUpper(text[i : i+2]))
	if length == 0 {
		return -1
	}
	var chars [maxIBAN]byte
	n, pos, spaced := 0, i, false
	for n < length {
		if pos >= len(text) {
			return -1
		}
		switch b := text[pos]; {
		case class[b]&(letters|isDigit) != 0:
			if spaced && n%4 == 0 && n > 0 && text[pos-1] != ' ' {
				return -1 // spaces here but not there
			}
			if letters == isLower && b >= 'a' {
				b -= 'a' - 'A'
			}
			chars[n] = b
			n++
		case b == ' ' && n%4 == 0 && text[pos-1] != ' ' && (spaced || n == 4):
			spaced = true
		default:
			return -1
		}
		pos++
	}
	if wordAfter(text, pos) || !mod97(chars[:length]) {
		return -1
	}
	return pos
}

// maxIBAN is the largest length in the registry.
const maxIBAN = 34

// ibanLength is the length of a country's account numbers in the SWIFT IBAN registry, 0 for a country without.
func ibanLength(country string) int {
	switch country {
	case "NO":
		return 15
	case "BE":
		return 16
	case "DK", "FI", "FK", "FO", "GL", "NL", "SD":
		return 18
	case "MK", "SI":
		return 19
	case "AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK":
		return 20
	case "CH", "HR", "LI", "LV":
		return 21
	case "BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA":
		return 22
	case "AE", "GI", "IL", "IQ", "OM", "SO", "TL":
		return 23
	case "AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG":
		return 24
	case "LY", "PT", "ST":
		return 25
	case "IS", "TR":
		return 26
	case "BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM":
		return 27
	case "AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV":
		return 28
	case "BR", "EG", "PS", "QA", "UA":
		return 29
	case "JO", "KW", "MU", "YE":
		return 30
	case "MT", "SC":
		return 31
	case "LC":
		return 32
	case "RU":
		return 33
	}
	return 0
}
