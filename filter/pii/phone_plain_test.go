package pii

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// The plain reference of phone numbers: regular expressions over every possible end, and libphonenumber for every number. The test for a cue is the finder's own.

var phonePatterns = sync.OnceValue(func() (p struct{ head, opens, extension, closes, gap, date, american, others, stretch, zip *regexp.Regexp }) {
	p.head = regexp.MustCompile(`\(?\+?$`)
	p.opens = regexp.MustCompile(`(?:^|[^A-Za-z0-9_/\\$#@%&~^+.,:£€-]|(?:^|[^0-9])[,:]|[A-Za-z][.-])$`)
	p.extension = at(`[ ,]{0,2}(?i:extension|ext|x)[.: ]{0,2}[0-9]{1,6}(?:[^A-Za-z0-9_]|$)`)
	p.closes = at(`$|[^A-Za-z0-9_./,:-]|[-./,:](?:$|[^0-9])`)
	p.gap = at(`[ \x{a0}()]{0,2}[-./–‑‐]?[ \x{a0}()]{0,2}$`)
	p.date = at(`(?:1[789]|2[01])[0-9]{2} (?:[0-9]{1,2}|(?:1[789]|2[01])[0-9]{2})(?: |$)|[0-9]{1,2} [0-9]{1,2} (?:1[789]|2[01])[0-9]{2}(?: |$)`)
	p.others = regexp.MustCompile(`[^()]+`)
	p.stretch = at(`[0-9()./ \x{a0}–‑‐-]*`)
	p.zip = at(`[0-9]{4,} [0-9]{3} [0-9]{3} [0-9]{4}$`)
	p.american = at(`(?:1 ?)?[0-9]{3} [0-9]{3} [0-9]{4}$`)
	return p
})

// plainCandidate reads text[i:end] as groups of digits, joined by spaces; ok is false where a group or what stands between two is none.
func plainCandidate(text string, start, i, end int) (groups, parens string, ok bool) {
	var list []string
	digits := 0
	for pos := i; pos < end; {
		rest := strings.TrimLeft(text[pos:end], "0123456789")
		run := text[pos : end-len(rest)]
		gap := rest
		if at := strings.IndexAny(rest, "0123456789"); at >= 0 {
			gap = rest[:at]
		}
		if signs := len([]rune(gap)); run == "" || signs > 3 || len(list) == maxPhoneGroups || !phonePatterns().gap.MatchString(gap) {
			return "", "", false
		}
		list, digits, pos = append(list, run), digits+len(run), pos+len(run)+len(gap)
	}
	parens = phonePatterns().others.ReplaceAllString(text[start:end], "")
	return strings.Join(list, " "), parens, digits <= maxPhoneDigits && strings.HasPrefix("()", parens)
}

// plainPhone is the phone number at the run of digits that starts at i; end is -1 for none.
func plainPhone(f *phoneFinder, text string, done, i int) (start, end int) {
	p := phonePatterns()
	start = i - len(p.head.FindString(text[done:i]))
	if !p.opens.MatchString(text[max(0, start-8):start]) {
		return 0, -1
	}
	longest := true
	for end := min(i+len(p.stretch.FindString(text[i:])), i+100); end > i; end-- {
		if !digitAt(text, end-1) || digitAt(text, end) {
			continue
		}
		groups, parens, ok := plainCandidate(text, start, i, end)
		if !ok {
			continue
		}
		whole := longest && strings.Count(groups, " ") < maxPhoneGroups-1 && !plainGoesOn(text, start, i, end)
		longest = false
		from := start
		if parens == "(" {
			if text[start] != '(' {
				continue
			}
			from++
		}
		full := end
		if m := p.extension.FindString(text[end:]); m != "" {
			full = end + len(regexp.MustCompile(`^[^0-9]*[0-9]+`).FindString(m))
		} else if !p.closes.MatchString(text[end:]) {
			continue
		}
		if len(groups)-strings.Count(groups, " ") >= minPhoneDigits && plainIsPhone(f, text, from, full, end, i, groups, whole) {
			return from, full
		}
	}
	return 0, -1
}

// plainGoesOn reports whether a further group follows that is too long to belong to the number.
func plainGoesOn(text string, start, i, end int) bool {
	for next := end + 1; next < min(len(text), end+12); next++ {
		if digitAt(text, next) && !digitAt(text, next-1) {
			_, parens, ok := plainCandidate(text[:next]+"0", start, i, next+1)
			gap := text[end:next]
			return ok || strings.HasPrefix("()", parens) && phonePatterns().gap.MatchString(gap) && len([]rune(gap)) <= 3
		}
	}
	return false
}

func plainIsPhone(f *phoneFinder, text string, start, full, end, i int, groups string, whole bool) bool {
	p := phonePatterns()
	sizes := groupSizes(groups)
	digits := strings.ReplaceAll(groups, " ", "")
	plus := strings.Contains(text[start:i], "+")
	if plus && libraryValid("+"+digits, "ZZ") {
		return true
	}
	if !plus && (p.date.MatchString(groups) || strings.Count(groups, " ") == 3 && strings.ReplaceAll(groups, " ", ".") == text[i:end]) {
		return false
	}
	shaped := whole && !p.zip.MatchString(groups) && len(digits) <= 15 && len(digits) >= 2*len(sizes)-1
	cue := (shaped || len(sizes) == 1) && f.cueBeside(text, start, full)
	switch {
	case cue && shaped:
		return true
	case plus || len(sizes) == 1 && !cue:
		return false
	case strings.HasPrefix(digits, "00"):
		return sizes[0] <= 5 && libraryValid("+"+digits[2:], "ZZ")
	}
	for _, r := range f.regions {
		if r.country == 1 {
			if p.american.MatchString(groups) && libraryValid("+1"+digits[len(digits)-10:], "ZZ") {
				return true
			}
			continue
		}
		number, err := phonenumbers.Parse(digits, r.name)
		if len(digits) <= 13 && (!r.trunk || digits[0] == '0') && err == nil && phonenumbers.IsValidNumber(number) && fmt.Sprint(number.GetCountryCode()) == r.plan.code &&
			sameTail(sizes, groupSizes(phonenumbers.Format(number, phonenumbers.NATIONAL))) {
			return true
		}
	}
	return false
}
