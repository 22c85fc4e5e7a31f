package pii

import "slices"

// idRule is the identity number of one country.
type idRule struct {
	kind    Type
	country string
	// forms are what the number looks like: 'd' a digit, 'A' a capital letter, 'C' either, 'x' a digit or X, 'o' a digit or what an Italian code has
	// in its place, 'S' the sign of a Finnish code's century; other bytes stand for themselves. A form that begins with '?' is taken only beside a cue.
	forms []string
	// check tests the letters and digits of the number.
	check func(chars []byte) bool
	cues  []string
}

// idForm is one form of a rule.
type idForm struct {
	rule *idRule
	form string
	lead int // bytes before the first digit
	cue  bool
	// signs are the form's separators. They are looked at before the digits, as most numbers differ there.
	signs  []idSign
	spaced bool // a space is among them
}

// idSign is a separator and its place.
type idSign struct {
	at int
	b  byte
}

const (
	maxIDLead   = 8
	maxIDDigits = 19
	maxIDLength = 24
)

// idIndex has the forms by the bytes before the first digit and by the length of the first run of digits.
type idIndex [maxIDLead][maxIDDigits][]idForm

func newIDIndex(countries []string) (index idIndex) {
	for _, rule := range idRules() {
		if len(countries) > 0 && !slices.Contains(countries, rule.country) {
			continue
		}
		for _, form := range rule.forms {
			f := idForm{rule: &rule, form: form}
			if form[0] == '?' {
				f.cue, f.form = true, form[1:]
			}
			for f.form[f.lead] != 'd' {
				f.lead++
			}
			for at := range len(f.form) {
				if b := f.form[at]; class[b]&isAlnum == 0 {
					f.signs, f.spaced = append(f.signs, idSign{at, b}), f.spaced || b == ' '
				}
			}
			digits := f.lead
			for digits < len(f.form) && f.form[digits] == 'd' {
				digits++
			}
			digits -= f.lead
			index[f.lead][digits] = append(index[f.lead][digits], f)
			if len(f.form) > f.lead+digits && f.form[f.lead+digits] == 'x' { // the X may be a digit
				index[f.lead][digits+1] = append(index[f.lead][digits+1], f)
			}
		}
	}
	return index
}

// at tests the run of digits that starts at i.
func (index *idIndex) at(text string, i int) (Find, bool) {
	end := i
	for end < len(text) && end-i < maxIDDigits && class[text[end]]&isDigit != 0 {
		end++
	}
	run := end - i
	if run >= maxIDDigits {
		return Find{}, false
	}
	lead := idLead(text, i)
	find, ok := index.try(text, i, lead, run)
	if !ok && lead > 0 && class[text[i-1]]&isAlpha == 0 { // the letters before the space may be a word of their own
		return index.try(text, i, 0, run)
	}
	return find, ok
}

// try tests the forms with that many bytes before the run of digits at i.
func (index *idIndex) try(text string, i, lead, run int) (Find, bool) {
	forms := index[lead][run]
	for f := range forms {
		form := &forms[f]
		if end := form.end(text, i-lead); end > 0 {
			return Find{form.rule.kind, i - lead, end}, true
		}
	}
	return Find{}, false
}

// idLead is the number of bytes before i that may belong to a number: capital letters directly before it, or one or two of them with a space or hyphen.
func idLead(text string, i int) int {
	letters := func(end, limit int) int {
		n := 0
		for n < limit && classAt(text, end-n-1, isUpper) {
			n++
		}
		if n == 0 || wordBefore(text, end-n) {
			return 0
		}
		return n
	}
	if i == 0 {
		return 0
	}
	if b := text[i-1]; b == ' ' || b == '-' {
		if n := letters(i-1, 3); n > 0 && n < 3 {
			if b == '-' && n == 1 {
				return 2
			}
			if b == ' ' && n == 2 {
				return 3
			}
		}
		return 0
	}
	return letters(i, maxIDLead-1)
}

// end is the end of the number of this form that starts at i, -1 for none.
func (f *idForm) end(text string, i int) int {
	end := i + len(f.form)
	if end > len(text) {
		return -1
	}
	for _, sign := range f.signs {
		if text[i+sign.at] != sign.b {
			return -1
		}
	}
	if !matchesForm(f.form, text[i:end]) || !opensID(text, i, f.spaced) || !closesID(text, end, f.spaced) || !f.rule.check(idChars(text[i:end])) || f.cue && !cued(text, i, end, f.rule.cues...) {
		return -1
	}
	return end
}

// idChars are the letters and digits of a number.
func idChars(number string) []byte {
	chars := make([]byte, 0, maxIDLength)
	for i := range len(number) {
		if class[number[i]]&isAlnum != 0 {
			chars = append(chars, number[i])
		}
	}
	return chars
}

// matchesForm reports whether a number has the form.
func matchesForm(form, number string) bool {
	if len(form) != len(number) {
		return false
	}
	for i := range len(form) {
		if !formByte(form[i], number[i]) {
			return false
		}
	}
	return true
}

func formByte(form, b byte) bool {
	c := class[b]
	switch form {
	case 'd':
		return c&isDigit != 0
	case 'A':
		return c&isUpper != 0
	case 'C':
		return c&(isUpper|isDigit) != 0
	case 'x':
		return c&isDigit != 0 || b == 'X' || b == 'x'
	case 'o':
		return c&isDigit != 0 || b >= 'L' && b <= 'V' && b != 'O'
	case 'S':
		return b == '-' || b == '+' || b >= 'A' && b <= 'F' || b >= 'U' && b <= 'Y'
	}
	return b == form
}

// opensID and closesID report whether an identity number may begin or end at i: not within a word, a longer number, a decimal, a path or an amount.
func opensID(text string, i int, spaced bool) bool {
	if i == 0 {
		return true
	}
	switch b := text[i-1]; b {
	case '.', '-', '/', '+', '$', '%', '=', '&', '?', '@', '\\':
		return false
	case ' ':
		return !spaced || !digitAt(text, i-2)
	case ',':
		return !digitAt(text, i-2)
	default:
		return !isWordByte(b)
	}
}

func closesID(text string, i int, spaced bool) bool {
	if i == len(text) {
		return true
	}
	switch b := text[i]; b {
	case '.', '-', '/', ',', '+':
		return !classAt(text, i+1, isAlnum)
	case ' ':
		return !spaced || !digitAt(text, i+1)
	case '%', '@', '=', '&':
		return false
	default:
		return !isWordByte(b)
	}
}
