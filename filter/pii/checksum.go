package pii

// The check digit schemes that several types share. Digits come as ASCII.

// luhn checks the last digit after ISO/IEC 7812-1, annex B.
func luhn(digits []byte) bool {
	sum := 0
	for i, b := range digits {
		v := int(b - '0')
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// weighted is the sum of the digits times their weights, as far as there are weights.
func weighted(digits []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return sum
}

// number is the value of the digits, of which there must be at most 18.
func number(digits []byte) int {
	n := 0
	for _, b := range digits {
		n = 10*n + int(b-'0')
	}
	return n
}

// mod97 checks the check digits after ISO 7064: the number with its first four characters moved
// to the end, letters as 10 to 35, leaves 1 when divided by 97.
func mod97(chars []byte) bool {
	rest := 0
	for i := range chars {
		b := chars[(i+4)%len(chars)]
		if b >= 'A' {
			rest = (rest*100 + int(b-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(b-'0')) % 97
		}
	}
	return rest == 1
}

// mod11x10 checks the last digit after ISO 7064, MOD 11,10.
func mod11x10(digits []byte) bool {
	p := 10
	for _, b := range digits[:len(digits)-1] {
		s := (p + int(b-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = 2 * s % 11
	}
	return (11-p)%10 == int(digits[len(digits)-1]-'0')
}

// verhoeff checks the last digit after Verhoeff (1969): products in the dihedral group D5 of the digits, permuted by place.
func verhoeff(digits []byte) bool {
	permutation := [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	c := 0
	for i := range digits {
		d := digits[len(digits)-1-i] - '0'
		for range i % 8 {
			d = permutation[d]
		}
		c = dihedral(c, int(d))
	}
	return c == 0
}

// dihedral multiplies in D5: 0 to 4 are rotations, 5 to 9 reflections.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b+5)%5
	}
	return (a - b + 5) % 5
}

// isDate reports whether a day and month exist in some year.
func isDate(month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month]
}
