package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// phoneFinder tells phone numbers from other numbers. A candidate is 7 to 17 digits in at most eight groups, with spaces, hyphens,
// full stops, slashes and one pair of parentheses between them. It is a phone number if
//
//   - it begins with + (or 00, in groups) and libphonenumber calls it valid, or
//   - it is valid in the plan of a configured region and grouped as that region writes numbers, or
//   - a cue such as "tel" or "fax" stands beside it on the line, and no other digits.
//
// Dates, years and dotted quads are none. An extension ("x123", "ext. 4") belongs to the number.
type phoneFinder struct {
	plans   *phonePlans
	regions []phoneRegion
	cues    map[string]struct{}
}

type phoneRegion struct {
	name    string
	country int  // calling code; 1 is the North American plan
	trunk   bool // national numbers begin with 0
	plan    regionPlan
}

func newPhoneFinder(regions, cues []string) (phoneFinder, error) {
	f := phoneFinder{cues: map[string]struct{}{}}
	var err error
	if f.plans, err = allPhonePlans(); err != nil {
		return f, err
	}
	for _, name := range regions {
		f.regions = append(f.regions, phoneRegion{
			name: name, country: phonenumbers.GetCountryCodeForRegion(name), trunk: phonenumbers.GetNddPrefixForRegion(name, true) == "0", plan: f.plans.region(name),
		})
	}
	for _, cue := range cues {
		f.cues[strings.ToLower(cue)] = struct{}{}
	}
	return f, nil
}

const (
	maxPhoneDigits = 17 // 15 of E.164 and the international prefix 00
	minPhoneDigits = 7
	maxPhoneGroups = 8
	maxCue         = 24 // bytes that a cue may reach before the number
	maxCueAfter    = 10
)

// phoneCandidate is a series of groups of digits.
type phoneCandidate struct {
	start  int // of the number, with + and parenthesis
	plus   bool
	digits [maxPhoneDigits]byte // as ASCII
	groups int
	sizes  [maxPhoneGroups]int
	ends   [maxPhoneGroups]int  // byte after each group
	open   [maxPhoneGroups]bool // a parenthesis is open after the group
	dotted int                  // so many groups from the first on are separated by full stops alone
	cut    bool                 // more digits followed than a number can have
}

// match returns the phone number around i, the start of a run of digits; end is -1 for none. Bytes before done are taken.
func (f *phoneFinder) match(text string, done, i int) (start, end int) {
	c, ok := parsePhone(text, done, i)
	if !ok {
		return 0, -1
	}
	digits := string(c.digits[:c.count()])
	for whole := !c.cut; c.groups > 0 && c.count() >= minPhoneDigits; c.groups, whole = c.groups-1, false {
		end := c.ends[c.groups-1]
		start := c.start
		if c.open[c.groups-1] {
			if text[start] != '(' {
				continue // opened between the groups: "555 1234 (5"
			}
			start++ // the number stands in parentheses
		}
		full := extensionEnd(text, end)
		if full == end && (!closesNumber(text, end) || digitAt(text, end+1) && strings.IndexByte("/,:", text[end]) >= 0) {
			continue
		}
		if f.isPhone(text, &c, digits[:c.count()], start, full, whole) {
			return start, full
		}
	}
	return 0, -1
}

// parsePhone reads the groups from i on and what belongs to the number before it.
func parsePhone(text string, done, i int) (c phoneCandidate, ok bool) {
	c.start = i
	open := false
	if c.start > done && text[c.start-1] == '+' {
		c.start--
		c.plus = true
	}
	if c.start > done && text[c.start-1] == '(' {
		c.start--
		open = true
	}
	if !opensPhone(text, c.start) {
		return c, false
	}
	pairs, n, pos := 0, 0, i
	for c.groups < maxPhoneGroups {
		start := pos
		for digitAt(text, pos) && n < maxPhoneDigits {
			c.digits[n] = text[pos]
			n++
			pos++
		}
		if digitAt(text, pos) {
			c.cut = true
			break
		}
		c.sizes[c.groups], c.ends[c.groups], c.open[c.groups] = pos-start, pos, open
		if c.groups == c.dotted && (c.groups == 0 || text[start-1] == '.' && start-1 == c.ends[c.groups-1]) {
			c.dotted++
		}
		c.groups++
		next := phoneSeparator(text, pos, &open, &pairs)
		if next < 0 {
			break
		}
		pos = next
	}
	c.cut = c.cut || c.groups == maxPhoneGroups
	return c, c.count() >= minPhoneDigits
}

// opensPhone reports whether a phone number may begin at i: not inside a word, an amount, a decimal or a path.
func opensPhone(text string, i int) bool {
	if i == 0 {
		return true
	}
	b := text[i-1]
	switch {
	case isWordByte(b), strings.IndexByte("/\\$#@%&~^+", b) >= 0, strings.HasSuffix(text[:i], "£"), strings.HasSuffix(text[:i], "€"):
		return false
	case strings.IndexByte(".-,:", b) >= 0:
		return !digitAt(text, i-2) && (b == ',' || b == ':' || i > 1 && class[text[i-2]]&isAlpha != 0)
	}
	return true
}

// phoneSeparator returns where the next group begins after the separator at i, -1 where none does: one to three
// of space, no-break space, hyphen, en dash, full stop, slash and parenthesis, at most one of them a hyphen, dash, stop or slash.
func phoneSeparator(text string, i int, open *bool, pairs *int) int {
	marks := 0
	for range 3 {
		if i >= len(text) {
			return -1
		}
		switch b := text[i]; {
		case b == ' ':
			i++
		case b == '-' || b == '.' || b == '/':
			i++
			marks++
		case b == '(' && !*open && *pairs == 0:
			*open = true
			i++
		case b == ')' && *open:
			*open = false
			*pairs++
			i++
		case strings.HasPrefix(text[i:], "\u00a0"):
			i += len("\u00a0")
		case strings.HasPrefix(text[i:], "–"), strings.HasPrefix(text[i:], "‑"), strings.HasPrefix(text[i:], "‐"):
			i += len("–")
			marks++
		default:
			return -1
		}
		if digitAt(text, i) && marks <= 1 {
			return i
		}
	}
	return -1
}

// extensionEnd is the end of an extension after the number that ends at i, i without one.
func extensionEnd(text string, i int) int {
	pos := i
	for pos < len(text) && pos-i < 2 && (text[pos] == ' ' || text[pos] == ',') {
		pos++
	}
	if pos == len(text) || text[pos]|0x20 != 'x' && text[pos]|0x20 != 'e' {
		return i
	}
	rest := strings.ToLower(text[pos:min(len(text), pos+9)])
	switch {
	case strings.HasPrefix(rest, "extension"):
		pos += len("extension")
	case strings.HasPrefix(rest, "ext"):
		pos += len("ext")
	case strings.HasPrefix(rest, "x"):
		pos++
	default:
		return i
	}
	for range 2 {
		if pos < len(text) && (text[pos] == '.' || text[pos] == ':' || text[pos] == ' ') {
			pos++
		}
	}
	end := pos
	for digitAt(text, end) && end-pos < 7 {
		end++
	}
	if end == pos || end-pos > 6 || wordAfter(text, end) {
		return i
	}
	return end
}

// count is the number of digits in the groups.
func (c *phoneCandidate) count() int {
	n := 0
	for _, size := range c.sizes[:c.groups] {
		n += size
	}
	return n
}

// isPhone decides about a candidate of these digits that stands at text[start:end]; whole tells that no further digits follow it.
func (f *phoneFinder) isPhone(text string, c *phoneCandidate, digits string, start, end int, whole bool) bool {
	if c.plus {
		if f.plans.international(digits) {
			return true
		}
	} else if c.isDate() || c.groups == 4 && c.dotted >= 4 {
		return false
	}
	shaped := whole && !c.followsOther() && len(digits) <= maxPhoneDigits-2 && len(digits) >= 2*c.groups-1 // not "1 2 3 4 5 6 7"
	cue := (shaped || c.groups < 2) && f.cueBeside(text, start, end)
	if cue && shaped {
		return true
	}
	if c.plus || c.groups < 2 && !cue {
		return false
	}
	if strings.HasPrefix(digits, "00") {
		// The country's code ends the first group: a "009828-2021" is a docket's number.
		return c.sizes[0] <= 5 && f.plans.international(digits[2:])
	}
	for _, region := range f.regions {
		if region.matches(f.plans, c, digits) {
			return true
		}
	}
	return false
}

// followsOther reports whether a group that is no part of the number stands before a number of the North American plan, as a ZIP code does at the
// end of an address. The number is then found from its own first group on.
func (c *phoneCandidate) followsOther() bool {
	last := c.sizes[:c.groups]
	return len(last) == 4 && last[0] >= 4 && last[1] == 3 && last[2] == 3 && last[3] == 4
}

// matches reports whether the digits are a number of the region and grouped as the region groups them. What can be told
// without the library is told first: it takes some 10 µs.
func (r phoneRegion) matches(plans *phonePlans, c *phoneCandidate, digits string) bool {
	sizes := c.sizes[:c.groups]
	if r.country == 1 {
		if len(digits) == 11 && digits[0] == '1' {
			digits = digits[1:]
			if sizes[0] == 1 {
				sizes = sizes[1:]
			}
		}
		if len(digits) != 10 || digits[0] < '2' || digits[3] < '2' || len(sizes) != 3 || sizes[0] != 3 || sizes[1] != 3 || sizes[2] != 4 {
			return false
		}
		return plans.plans[1]().valid(digits)
	}
	if len(digits) > 13 || r.trunk && digits[0] != '0' {
		return false
	}
	valid, known := r.plan.valid(digits)
	if known && !valid {
		return false
	}
	parsed, err := phonenumbers.Parse(digits, r.name)
	if err != nil || !known && !phonenumbers.IsValidNumber(parsed) || int(parsed.GetCountryCode()) != r.country {
		return false
	}
	return sameTail(sizes, groupSizes(phonenumbers.Format(parsed, phonenumbers.NATIONAL)))
}

// sameTail reports whether two groupings agree in their last two groups, or in their only one.
func sameTail(a, b []int) bool {
	for i := 1; i <= 2; i++ {
		if i > len(a) || i > len(b) {
			return i > 1 && len(a) == len(b)
		}
		if a[len(a)-i] != b[len(b)-i] {
			return false
		}
	}
	return true
}

// groupSizes are the lengths of the runs of digits in a formatted number.
func groupSizes(s string) (sizes []int) {
	for group := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		sizes = append(sizes, len(group))
	}
	return sizes
}

// isDate reports whether the groups read as a date, a date with more behind it, or a range of years.
func (c *phoneCandidate) isDate() bool {
	if c.groups < 2 {
		return false
	}
	year := func(group int) bool {
		from := 0
		for _, size := range c.sizes[:group] {
			from += size
		}
		if c.sizes[group] != 4 {
			return false
		}
		century := number(c.digits[from : from+2])
		return century >= 17 && century <= 21
	}
	if year(0) && (c.sizes[1] <= 2 || year(1)) {
		return true
	}
	return c.groups > 2 && c.sizes[0] <= 2 && c.sizes[1] <= 2 && year(2)
}

// cueBeside reports whether a cue stands before the number, or closely after it, with no other digits and no line end between. A cue behind it that
// another number follows is the cue of that one: "555-0100 Fax: 555-0101".
func (f *phoneFinder) cueBeside(text string, start, end int) bool {
	// Where the reach ends within a word, that word is no cue: "hotel" is not "tel".
	from, to := max(0, start-maxCue), min(len(text), end+maxCueAfter)
	for from < start && (!utf8.RuneStart(text[from]) || asciiLetterAt(text, from-1) && asciiLetterAt(text, from)) {
		from++
	}
	for to > end && to < len(text) && (!utf8.RuneStart(text[to]) || asciiLetterAt(text, to-1) && asciiLetterAt(text, to)) {
		to--
	}
	before, after := text[from:start], text[end:to]
	before = before[strings.LastIndexFunc(before, isDigitOrLineEnd)+1:]
	if i := strings.IndexFunc(after, isDigitOrLineEnd); i >= 0 {
		if digit := after[i] != '\n'; digit {
			after = strings.TrimRight(after[:i], " :.#+(-")
			after = strings.TrimRightFunc(after, unicode.IsLetter)
		} else {
			after = after[:i]
		}
	}
	return f.holdsCue(before) || f.holdsCue(after)
}

func isDigitOrLineEnd(r rune) bool { return r >= '0' && r <= '9' || r == '\n' }

func (f *phoneFinder) holdsCue(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if _, ok := f.cues[strings.ToLower(word)]; ok {
			return true
		}
	}
	return false
}
