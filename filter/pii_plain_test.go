package filter

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainPatterns are the grammars of docs/filters.md as regular expressions, matched at one offset.
var plainPatterns = struct{ local, domain, ipv4, ipv6, card, iban *regexp.Regexp }{
	local:  regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_%+-]*(?:\.[A-Za-z0-9_%+-]+)*@`),
	domain: regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$`),
	ipv4:   regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3}){3}`),
	ipv6:   regexp.MustCompile(`^[23][0-9A-Fa-f:.]*`),
	card:   regexp.MustCompile(`^(?:[0-9]{13,19}|[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}(?: [0-9]{3})?|[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{4}(?:-[0-9]{3})?|[0-9]{4} [0-9]{6} [0-9]{4,5}|[0-9]{4}-[0-9]{6}-[0-9]{4,5})$`),
	iban:   regexp.MustCompile(`^(?:[A-Z]{2}[0-9]{2}[A-Z0-9]+|[a-z]{2}[0-9]{2}[a-z0-9]+|[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4})*(?: [A-Z0-9]{1,4})?|[a-z]{2}[0-9]{2}(?: [a-z0-9]{4})*(?: [a-z0-9]{1,4})?)$`),
}

func wordByteAt(text string, i int) bool {
	return i >= 0 && i < len(text) && (text[i] == '_' || text[i] >= '0' && text[i] <= '9' || text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z')
}

// plainEmail is the end of an email address at i, -1 for none.
func plainEmail(text string, done, i int) int {
	local := plainPatterns.local.FindString(text[i:])
	if local == "" || len(local)-1 > 64 || i > done && wordByteAt(text, i-1) {
		return -1
	}
	from := i + len(local)
	for end := min(len(text), from+253); end > from; end-- {
		if plainPatterns.domain.MatchString(text[from:end]) && !wordByteAt(text, end) && knownTop(text[from:end]) {
			return end
		}
	}
	return -1
}

func plainIP(text string, i int) int {
	if wordByteAt(text, i-1) || i > 0 && text[i-1] == '.' || regexp.MustCompile(`(?:^|[0-9:_]):$|^:$`).MatchString(text[:i]) && i > 1 {
		return -1
	}
	if m := plainPatterns.ipv4.FindString(text[i:]); m != "" {
		end := i + len(m)
		addr, err := netip.ParseAddr(m)
		if err == nil && !wordByteAt(text, end) && !regexp.MustCompile(`^(?:\.[0-9]|-[A-Za-z])`).MatchString(text[end:]) &&
			publicIPv4(addr.As4()) && !smallParts(addr.As4()) && !announcesVersion(text[max(0, i-12):i]) {
			return end
		}
	}
	if i > 1 && regexp.MustCompile(`[0-9A-Fa-f:.]:$`).MatchString(text[:i]) {
		return -1
	}
	m := plainPatterns.ipv6.FindString(text[i:])
	if strings.Count(m, ":") < 2 || len(m) > 45 || wordByteAt(text, i+len(m)) {
		return -1
	}
	m = regexp.MustCompile(`(?:\.|([^:]):)*$`).ReplaceAllString(m, "$1")
	addr, err := netip.ParseAddr(m)
	if err != nil || !addr.Is6() || strings.HasSuffix(m, "::") || !netip.MustParsePrefix("2000::/3").Contains(addr) ||
		netip.MustParsePrefix("2001:db8::/32").Contains(addr) || netip.MustParsePrefix("3fff::/20").Contains(addr) {
		return -1
	}
	return i + len(m)
}

func plainCard(text string, i int) int {
	if wordByteAt(text, i-1) || i > 0 && strings.Contains(".-+", text[i-1:i]) {
		return -1
	}
	for end := min(len(text), i+23); end > i; end-- {
		if plainPatterns.card.MatchString(text[i:end]) && !wordByteAt(text, end) && !regexp.MustCompile(`^[.-][0-9]`).MatchString(text[end:]) {
			digits := []byte(strings.NewReplacer(" ", "", "-", "").Replace(text[i:end]))
			for j := range digits {
				digits[j] -= '0'
			}
			if len(digits) >= 13 && issued(digits) && luhn(digits) {
				return end
			}
		}
	}
	return -1
}

func plainIBAN(text string, i int) int {
	if wordByteAt(text, i-1) {
		return -1
	}
	for end := min(len(text), i+42); end > i+14; end-- {
		if !plainPatterns.iban.MatchString(text[i:end]) || wordByteAt(text, end) {
			continue
		}
		chars := strings.ToUpper(strings.ReplaceAll(text[i:end], " ", ""))
		if len(chars) == ibanLength(chars[:2]) && mod97([]byte(chars)) {
			return end
		}
	}
	return -1
}

// plainFind tries every type at every offset, in order of precedence, and goes on behind a find.
func plainFind(text string) []piiFind {
	var emails, numbers []piiFind
	done := 0
	for i := 0; i < len(text); i++ {
		if end := plainEmail(text, done, i); end > 0 {
			emails = append(emails, piiFind{piiEmail, i, end})
			done, i = end, end-1
		}
	}
	done = 0
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for i := 0; i < len(text); i++ {
		if !digit(i) || i > done && digit(i-1) {
			continue
		}
		find := piiFind{end: -1}
		if i-2 >= done {
			find = piiFind{piiIBAN, i - 2, plainIBAN(text, i-2)}
		}
		if find.end < 0 {
			find = piiFind{piiCard, i, plainCard(text, i)}
		}
		if find.end < 0 {
			find = piiFind{piiIP, i, plainIP(text, i)}
		}
		if find.end > 0 {
			numbers = append(numbers, find)
			done, i = find.end, find.end-1
		}
	}
	var finds []piiFind
	for _, n := range numbers {
		covered := false
		for _, e := range emails {
			covered = covered || n.start < e.end && e.start < n.end
		}
		if !covered {
			finds = append(finds, n)
		}
	}
	finds = append(finds, emails...)
	for i := range finds { // insertion sort by start
		for j := i; j > 0 && finds[j].start < finds[j-1].start; j-- {
			finds[j], finds[j-1] = finds[j-1], finds[j]
		}
	}
	return finds
}

func checkPII(t *testing.T, text string) {
	t.Helper()
	finder := piiFinder{on: [piiTypes]bool{piiEmail: true, piiIBAN: true, piiCard: true, piiIP: true}}
	if diff := cmp.Diff(plainFind(text), finder.find(text), cmp.AllowUnexported(piiFind{})); diff != "" {
		t.Fatalf("%q: finds (-plain +fast):\n%s", text, diff)
	}
}
