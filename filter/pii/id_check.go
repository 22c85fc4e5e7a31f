package pii

import "strings"

// The structure and check characters of identity numbers, over their letters and digits in the form's order. Sources stand in docs/filters/pii.md.

// usSSN: area 001 to 899 without 666, group and serial not zero (SSA, since 2011 without meaning beyond that).
func usSSN(d []byte) bool {
	area := number(d[:3])
	return area > 0 && area != 666 && area < 900 && number(d[3:5]) > 0 && number(d[5:]) > 0
}

// usITIN: area 900 to 999, group 50 to 65, 70 to 88 or 90 to 99 (IRS; group 93 is the number of a child before its adoption).
func usITIN(d []byte) bool {
	group := number(d[3:5])
	return d[0] == '9' && (group >= 50 && group <= 65 || group >= 70 && group != 89)
}

func caSIN(d []byte) bool { return d[0] != '0' && d[0] != '8' && luhn(d) }

// mxCURP: a date of birth, H, M or X, a state (NE for births abroad), and a check digit over values in an alphabet that has an Ñ.
func mxCURP(c []byte) bool {
	const states = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS"
	if !isDate(number(c[6:8]), number(c[8:10])) || c[10] != 'H' && c[10] != 'M' && c[10] != 'X' || !strings.Contains(states, string(c[11:13])) {
		return false
	}
	sum := 0
	for i, b := range c[:17] {
		value := int(b - '0')
		if b >= 'A' {
			value = int(b-'A') + 10
		}
		if b > 'N' {
			value++
		}
		sum += value * (18 - i)
	}
	return (10-sum%10)%10 == int(c[17]-'0')
}

// sameDigits tells numbers of one repeated digit, which pass many schemes and belong to nobody.
func sameDigits(d []byte) bool { return strings.Trim(string(d), string(d[:1])) == "" }

// under11 is the check digit 11 - sum mod 11, with 0 for 10 and 11.
func under11(sum int) int {
	if r := sum % 11; r > 1 {
		return 11 - r
	}
	return 0
}

func brCPF(d []byte) bool {
	return !sameDigits(d) && under11(weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == int(d[9]-'0') &&
		under11(weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == int(d[10]-'0')
}

func brCNPJ(d []byte) bool {
	return !sameDigits(d) && under11(weighted(d, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == int(d[12]-'0') &&
		under11(weighted(d, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == int(d[13]-'0')
}

// gbNINO: prefixes that HMRC allots (NIM39110) and a suffix A to D.
func gbNINO(c []byte) bool {
	if strings.IndexByte("DFIQUV", c[0]) >= 0 || strings.IndexByte("DFIOQUV", c[1]) >= 0 || c[8] > 'D' {
		return false
	}
	switch string(c[:2]) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

func gbNHS(d []byte) bool {
	r := weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11
	return !sameDigits(d) && r != 1 && (11-r)%11 == int(d[9]-'0')
}

// iePPS: of the second letters A, B and H count, and T, W and X, from before 2013, do not.
func iePPS(c []byte) bool {
	sum := weighted(c, 8, 7, 6, 5, 4, 3, 2)
	if len(c) == 9 {
		switch c[8] {
		case 'A', 'B', 'H':
			sum += 9 * int(c[8]-'A'+1)
		case 'T', 'W', 'X':
		default:
			return false
		}
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == c[7]
}

// frNIR: sex, year, month (from 20 where it is not known), department, and a key mod 97. Corsica's departments 2A and 2B count as 19 and 18.
func frNIR(c []byte) bool {
	digits := [15]byte(c)
	switch {
	case c[5] == '2' && (c[6] == 'A' || c[6] == 'B'):
		digits[5], digits[6] = '1', '9'-(c[6]-'A')
	case c[6] > '9':
		return false
	}
	month := number(digits[3:5])
	return strings.IndexByte("123478", c[0]) >= 0 && (month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50) &&
		97-number(digits[:13])%97 == number(digits[13:])
}

// deSteuerID: not with 0 first; of the first ten digits one comes twice or three times and no other more than once; ISO 7064.
func deSteuerID(d []byte) bool {
	var counts [10]int
	for _, b := range d[:10] {
		counts[b-'0']++
	}
	repeated := 0
	for _, n := range counts {
		if n > 3 {
			return false
		}
		if n > 1 {
			repeated++
		}
	}
	return d[0] != '0' && repeated == 1 && mod11x10(d)
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func esDNI(c []byte) bool { return dniLetters[number(c[:8])%23] == c[8] && number(c[:8]) > 0 }

func esNIE(c []byte) bool {
	return c[0] >= 'X' && c[0] <= 'Z' && dniLetters[(int(c[0]-'X')*10_000_000+number(c[1:8]))%23] == c[8]
}

// ptNIF: 1 to 3 and 45 are natural persons.
func ptNIF(d []byte) bool {
	return (d[0] >= '1' && d[0] <= '3' || d[0] == '4' && d[1] == '5') && under11(weighted(d, 9, 8, 7, 6, 5, 4, 3, 2)) == int(d[8]-'0')
}

// itCodiceFiscale: month letter, day (women: plus 40) and check letter after the decree of 23 December 1976. Where codes would be the same, digits are replaced by letters (omocodia).
func itCodiceFiscale(c []byte) bool {
	// The values of characters in odd places, for 0 to 9 and A to Z.
	const odd = "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15" + "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17"
	sum := 0
	for i, b := range c[:15] {
		value := int(b - '0')
		if b >= 'A' {
			value = int(b - 'A')
		}
		switch {
		case i%2 == 1:
		case b >= 'A':
			value = int(odd[10+value])
		default:
			value = int(odd[value])
		}
		sum += value
	}
	day := 10*plainDigit(c[9]) + plainDigit(c[10])
	if day > 40 {
		day -= 40
	}
	return isDate(strings.IndexByte("ABCDEHLMPRST", c[8])+1, day) && byte('A'+sum%26) == c[15]
}

// plainDigit undoes omocodia: LMNPQRSTUV stand for 0 to 9.
func plainDigit(b byte) int {
	if b <= '9' {
		return int(b - '0')
	}
	return strings.IndexByte("LMNPQRSTUV", b)
}

func nlBSN(d []byte) bool {
	return !sameDigits(d) && weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
}

// beNRN: a date (months and days may be 0, months from 20 to 52 are of BIS numbers) and a key mod 97, with a 2 before it for births from 2000 on.
func beNRN(d []byte) bool {
	month, key := number(d[2:4]), number(d[9:])
	n := number(d[:9])
	return month < 60 && month%20 <= 12 && number(d[4:6]) <= 31 && (97-n%97 == key || 97-(2_000_000_000+n)%97 == key)
}

func chAHV(d []byte) bool {
	return string(d[:3]) == "756" && (10-weighted(d, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10)%10 == int(d[12]-'0')
}

// plPESEL: the month holds the century in steps of 20.
func plPESEL(d []byte) bool {
	return isDate(number(d[2:4])%20, number(d[4:6])) && (10-weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10 == int(d[10]-'0')
}

// sePersonnummer: days from 61 on are of coordination numbers.
func sePersonnummer(d []byte) bool {
	if len(d) == 12 {
		if century := number(d[:2]); century < 18 || century > 20 {
			return false
		}
		d = d[2:]
	}
	day := number(d[4:6])
	if day > 60 {
		day -= 60
	}
	return isDate(number(d[2:4]), day) && luhn(d)
}

// sePersonnummerNoYear leaves numbers whose serial reads as a year, as the numbers of files do.
func sePersonnummerNoYear(d []byte) bool {
	century := number(d[6:8])
	return century != 19 && century != 20 && sePersonnummer(d)
}

// noFodselsnummer: days from 41 on are of D numbers.
func noFodselsnummer(d []byte) bool {
	day := number(d[:2])
	if day > 40 {
		day -= 40
	}
	return isDate(number(d[2:4]), day) && weighted(d, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// dkCPR has had no check digit since 2007.
func dkCPR(d []byte) bool { return isDate(number(d[2:4]), number(d[:2])) }

func fiHETU(c []byte) bool {
	last := len(c) - 1
	serial := c[last-3 : last]
	for _, b := range serial {
		if b > '9' {
			return false
		}
	}
	return isDate(number(c[2:4]), number(c[:2])) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[(number(c[:6])*1000+number(serial))%31] == c[last]
}

func trKimlik(d []byte) bool {
	tenth := weighted(d, 7, -1, 7, -1, 7, -1, 7, -1, 7)
	return d[0] != '0' && (tenth%10+10)%10 == int(d[9]-'0') && weighted(d, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)%10 == int(d[10]-'0')
}

func inAadhaar(d []byte) bool { return d[0] >= '2' && verhoeff(d) }

// inPAN: the fourth letter is the kind of holder.
func inPAN(c []byte) bool { return strings.IndexByte("ABCFGHJLPT", c[3]) >= 0 }

// cnResidentID: GB 11643: province (GB/T 2260), date of birth, ISO 7064 MOD 11-2.
func cnResidentID(c []byte) bool {
	year := number(c[6:10])
	check := "10X98765432"[weighted(c, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11]
	const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
	return strings.Contains(provinces, string(c[:2])) && year >= 1880 && year < 2100 && isDate(number(c[10:12]), number(c[12:14])) &&
		(c[17] == check || check == 'X' && c[17] == 'x')
}

// krRRN: numbers given out since October 2020 have no check digit.
func krRRN(d []byte) bool { return isDate(number(d[2:4]), number(d[4:6])) }

func krRRNChecked(d []byte) bool {
	return krRRN(d) && (11-weighted(d, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == int(d[12]-'0')
}

func jpMyNumber(d []byte) bool {
	return under11(weighted(d, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == int(d[11]-'0')
}

// sgNRIC: the series S, T (citizens), F and G (foreigners).
func sgNRIC(c []byte) bool {
	sum := weighted(c[1:], 2, 7, 6, 5, 4, 3, 2)
	switch c[0] {
	case 'S':
		return "JZIHGFEDCBA"[sum%11] == c[8]
	case 'T':
		return "JZIHGFEDCBA"[(sum+4)%11] == c[8]
	case 'F':
		return "XWUTRQPNMLK"[sum%11] == c[8]
	case 'G':
		return "XWUTRQPNMLK"[(sum+4)%11] == c[8]
	}
	return false
}

func auTFN(d []byte) bool {
	return !sameDigits(d) && weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0
}

// zaID: the eleventh digit is 0 for citizens, 1 for residents, 2 for refugees.
func zaID(d []byte) bool { return d[10] <= '2' && isDate(number(d[2:4]), number(d[4:6])) && luhn(d) }
