package pii

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The plain reference: the grammars as regular expressions, tried at every offset, without anchors, lags and tables. It shares
// the checksums with the finder, which have tests of their own. Phone numbers are in phone_plain_test.go.

// at is a pattern that matches at the beginning of a text.
func at(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)`) }

var plain = sync.OnceValue(func() (p struct {
	local, domain, ipv4, ipv6, card, iban, mac, dotted, userinfo, jwt, armour, akia, aiza, sendgrid, mailchimp, bot *regexp.Regexp
	keys, ids                                                                                                       []*regexp.Regexp
}) {
	p.local = at(`[A-Za-z0-9_][A-Za-z0-9_%+-]*(?:\.[A-Za-z0-9_%+-]+)*@`)
	p.domain = at(`(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$`)
	p.ipv4 = at(`[0-9]{1,3}(?:\.[0-9]{1,3}){3}`)
	p.ipv6 = at(`[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:.]*`)
	p.card = at(`(?:[0-9]{13,19}|[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}(?: [0-9]{3})?|[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{4}(?:-[0-9]{3})?|[0-9]{4} [0-9]{6} [0-9]{4,5}|[0-9]{4}-[0-9]{6}-[0-9]{4,5})$`)
	p.iban = at(`(?:[A-Z]{2}[0-9]{2}[A-Z0-9]+|[a-z]{2}[0-9]{2}[a-z0-9]+|[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4})*(?: [A-Z0-9]{1,4})?|[a-z]{2}[0-9]{2}(?: [a-z0-9]{4})*(?: [a-z0-9]{1,4})?)$`)
	p.dotted = at(`[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}`)
	p.mac = at(`[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})`)
	p.userinfo = at(`([A-Za-z0-9._~%!$&'()*+,;=-]*:[A-Za-z0-9._~%!$&'()*+,;=:-]+)@[A-Za-z0-9\[]`)
	p.jwt = at(`(eyJ[A-Za-z0-9_-]*)\.ey[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+`)
	p.armour = at(`-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----`)
	p.akia = at(`A[KS]IA([A-Z0-9]{16})`)
	p.aiza = at(`AIza([A-Za-z0-9_-]{35})`)
	p.sendgrid = at(`SG\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{43})`)
	p.mailchimp = at(`([0-9A-Fa-f]{32})-us[0-9]{1,2}`)
	p.bot = at(`[0-9]{8,10}:(AA[A-Za-z0-9_-]{33})`)
	for _, rule := range keyRules() {
		set := ""
		for b := range 128 {
			if class[b]&rule.body != 0 || strings.IndexByte(rule.extra, byte(b)) >= 0 {
				set += fmt.Sprintf(`\x%02x`, b)
			}
		}
		p.keys = append(p.keys, at(fmt.Sprintf(`%s([%s]{%d,%d})`, rule.prefix, set, rule.min, rule.max)))
	}
	for _, rule := range idRules() {
		for _, form := range rule.forms {
			form = regexp.QuoteMeta(strings.TrimPrefix(form, "?"))
			form = strings.NewReplacer("d", "[0-9]", "A", "[A-Z]", "C", "[A-Z0-9]", "x", "[0-9Xx]", "o", "[0-9L-NP-V]", "S", "[+A-FU-Y-]").Replace(form)
			p.ids = append(p.ids, at(form))
		}
	}
	return p
})

func plainWord(text string, i int) bool {
	return i >= 0 && i < len(text) && regexp.MustCompile(`[A-Za-z0-9_]`).MatchString(text[i:i+1])
}

// plainBehind reports whether the text before i ends in the pattern.
func plainBehind(text string, i int, pattern string) bool {
	return regexp.MustCompile(`(?:` + pattern + `)$`).MatchString(text[max(0, i-150):i])
}

// plainStrong is what of the types with anchors of their own, email aside, begins at i; order is the order of types.
func plainStrong(text string, i int) (Find, bool) {
	p, rest := plain(), text[i:]
	if m := p.armour.FindStringSubmatch(rest); m != nil && len(m[1]) <= maxKeyLabel {
		if end := plainArmour(rest, m[0], m[1]); end > 0 {
			return Find{PrivateKey, i, i + end}, true
		}
	}
	if m := p.userinfo.FindStringSubmatch(rest); m != nil && len(m[1]) <= 256 && plainBehind(text, i, `[A-Za-z0-9]://`) && !placeholder(m[1][strings.IndexByte(m[1], ':')+1:]) {
		return Find{URLCredentials, i, i + len(m[1])}, true
	}
	if plainBehind(text, i, `[A-Za-z0-9_-]`) { // all that follows begins a token
		return plainMACorIPv6(text, i)
	}
	if m := p.jwt.FindStringSubmatch(rest); m != nil && len(m[1]) <= maxJWTHeader {
		var header struct{ Alg string }
		raw, err := base64.RawURLEncoding.DecodeString(m[1])
		if err == nil && json.Unmarshal(raw, &header) == nil && header.Alg != "" {
			return Find{JWT, i, i + len(m[0])}, true
		}
	}
	for _, pattern := range []*regexp.Regexp{p.akia, p.aiza, p.sendgrid} {
		if m := pattern.FindStringSubmatch(rest); m != nil && looksRandom(m[1]) && !plainWord(text, i+len(m[0])) {
			return Find{APIKey, i, i + len(m[0])}, true
		}
	}
	for r, rule := range keyRules() {
		m := p.keys[r].FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		body := m[1]
		for rule.body&isWordSign != 0 && len(body) > rule.min && strings.HasSuffix(body, "-") {
			body = body[:len(body)-1]
		}
		end := i + len(rule.prefix) + len(body)
		if !plainWord(text, end) && looksRandom(body) && (rule.check == nil || rule.check(body)) {
			return Find{APIKey, i, end}, true
		}
	}
	return plainMACorIPv6(text, i)
}

func plainMACorIPv6(text string, i int) (Find, bool) {
	p, rest := plain(), text[i:]
	if plainWord(text, i-1) {
		return Find{}, false
	}
	if m := p.mailchimp.FindStringSubmatch(rest); m != nil && looksRandom(m[1]) && !plainWord(text, i+len(m[0])) {
		return Find{APIKey, i, i + len(m[0])}, true
	}
	if m := p.mac.FindString(rest); m != "" {
		sign := m[2:3]
		if !plainWord(text, i+17) && regexp.MustCompile(`[A-Fa-f]`).MatchString(m) && !plainBehind(text, i, `[0-9A-Fa-f]`+sign) &&
			!regexp.MustCompile(`^`+sign+`[0-9A-Fa-f]`).MatchString(rest[17:]) && strings.Contains("02468aceACE", m[1:2]) {
			return Find{MAC, i, i + 17}, true
		}
	}
	if end := plainIPv6(text, i); end > 0 {
		return Find{IPv6, i, end}, true
	}
	if m := p.bot.FindStringSubmatch(rest); m != nil && looksRandom(m[1]) && !plainWord(text, i+len(m[0])) {
		return Find{APIKey, i, i + len(m[0])}, true
	}
	return Find{}, false
}

func plainArmour(rest, head, label string) int {
	window := rest[len(head):min(len(rest), len(head)+16<<10)]
	body, _, closed := strings.Cut(window, "-----")
	lines := regexp.MustCompile(`[A-Za-z0-9+/=\\]+`).FindAllStringIndex(body, -1)
	last := -1
	for _, line := range lines {
		if line[1]-line[0] >= 32 || last >= 0 && body[line[1]-1] == '=' {
			last = line[1]
		}
	}
	if last < 0 {
		return -1
	}
	if footer := "-----END " + label + "-----"; closed && strings.HasPrefix(rest[len(head)+len(body):], footer) {
		return len(head) + len(body) + len(footer)
	}
	return len(head) + last
}

func plainIPv6(text string, i int) int {
	if plainBehind(text, i, `\.|(?:^|[^0-9A-Za-z_])[0-9A-Fa-f]{1,4}:|::|\]:`) {
		return -1
	}
	m := plain().ipv6.FindString(text[i:])
	if strings.Count(m, ":") < 2 || len(m) > 45 || plainWord(text, i+len(m)) {
		return -1
	}
	m = regexp.MustCompile(`(?:\.|([^:]):)*$`).ReplaceAllString(m, "$1")
	addr, err := netip.ParseAddr(m)
	if err != nil || strings.HasSuffix(m, "::") {
		return -1
	}
	for _, prefix := range []string{"::/8", "2001:db8::/32", "3fff::/20", "fc00::/7", "fe00::/7"} {
		if netip.MustParsePrefix(prefix).Contains(addr) {
			return -1
		}
	}
	full := regexp.MustCompile(`^[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}$`).MatchString(m) && len(regexp.MustCompile(`[0-9A-Fa-f]{3,4}`).FindAllString(m, -1)) >= 4
	if full || netip.MustParsePrefix("2000::/3").Contains(addr) {
		return i + len(m)
	}
	return -1
}

// plainEmail is the end of an email address at i, -1 for none.
func plainEmail(text string, done, i int) int {
	local := plain().local.FindString(text[i:])
	if local == "" || len(local)-1 > 64 || i > done && plainWord(text, i-1) {
		return -1
	}
	from := i + len(local)
	for end := min(len(text), from+253); end > from; end-- {
		if plain().domain.MatchString(text[from:end]) && !plainWord(text, end) && knownTop(text[from:end]) {
			return end
		}
	}
	return -1
}

// plainNumber is what begins at, or shortly before, the digit at i.
func plainNumber(text string, done, before, i int) (Find, bool) {
	p := plain()
	if i-2 >= done && !plainWord(text, i-3) {
		for end := min(len(text), i+40); end > i+12; end-- {
			if !p.iban.MatchString(text[i-2:end]) || plainWord(text, end) {
				continue
			}
			chars := strings.ToUpper(strings.ReplaceAll(text[i-2:end], " ", ""))
			if len(chars) == ibanLength(chars[:2]) && mod97([]byte(chars)) && end <= before {
				return Find{IBAN, i - 2, end}, true
			}
		}
	}
	if !plainWord(text, i-1) && !plainBehind(text, i, `[.+-]`) {
		for end := min(len(text), i+23); end > i; end-- {
			if p.card.MatchString(text[i:end]) && !plainWord(text, end) && !regexp.MustCompile(`^[.-][0-9]`).MatchString(text[end:]) {
				if digits := []byte(keep(text[i:end], isDigit)); issued(digits) && luhn(digits) {
					if end <= before {
						return Find{Card, i, end}, true
					}
					break
				}
			}
		}
	}
	start := i - len(regexp.MustCompile(`[A-Za-z]*$`).FindString(text[:i]))
	token := regexp.MustCompile(`^[A-Za-z0-9]+`).FindString(text[start:])
	if end := start + len(token); !plainWord(text, start-1) && !plainWord(text, end) && start >= done && end <= before && len(token) >= 14 && len(token) <= 112 {
		if kind, ok := coinType(token); ok && (kind != Ethereum || hasCase(token[2:]) || cued(text, start, end, "eth", "ethereum", "ether", "erc20", "erc-20", "wallet", "metamask", "etherscan")) {
			return Find{kind, start, end}, true
		}
	}
	for start := max(done, i-13); start <= i; start++ {
		m := p.dotted.FindString(text[start:])
		if m != "" && strings.IndexAny(m, "0123456789") == i-start && strings.ContainsAny(m, "abcdefABCDEF") && strings.Contains("02468aceACE", m[1:2]) &&
			!plainBehind(text, start, `[A-Za-z0-9_.]`) && !regexp.MustCompile(`^(?:\w|\.[A-Za-z0-9])`).MatchString(text[start+14:]) && start+14 <= before {
			return Find{MAC, start, start + 14}, true
		}
	}
	if m := p.ipv4.FindString(text[i:]); m != "" && !plainWord(text, i-1) && !plainBehind(text, i, `\.|[0-9:_]:`) {
		end := i + len(m)
		addr, err := netip.ParseAddr(m)
		if err == nil && !plainWord(text, end) && !regexp.MustCompile(`^(?:\.[0-9]|-[A-Za-z])`).MatchString(text[end:]) &&
			publicIPv4(addr.As4()) && !smallParts(addr.As4()) && !announcesVersion(text[max(0, i-12):i]) && end <= before {
			return Find{IPv4, i, end}, true
		}
	}
	return plainID(text, done, before, i)
}

func plainID(text string, done, before, i int) (Find, bool) {
	for _, letters := range []bool{true, false} {
		n := -1
		for _, rule := range idRules() {
			for _, form := range rule.forms {
				n++
				cue := strings.HasPrefix(form, "?")
				form = strings.TrimPrefix(form, "?")
				start := i - strings.IndexByte(form, 'd')
				if start < 0 || (start < i) != letters {
					continue
				}
				m := plain().ids[n].FindString(text[start:])
				if m == "" {
					continue
				}
				end, spaced := start+len(m), strings.Contains(form, " ")
				if opensID(text, start, spaced) && closesID(text, end, spaced) && rule.check(idChars(m)) && (!cue || cued(text, start, end, rule.cues...)) {
					if start >= done && end <= before {
						return Find{rule.kind, start, end}, true
					}
					return Find{}, false
				}
			}
		}
	}
	return Find{}, false
}

// plainFind tries every type at every offset.
func plainFind(text string) []Find {
	var strong []Find
	for i := 0; i < len(text); i++ {
		if f, ok := plainStrong(text, i); ok {
			strong = append(strong, f)
			i = f.End - 1
		}
	}
	overlaps := func(a, b int) (Find, bool) {
		for _, f := range strong {
			if a < f.End && f.Start < b {
				return f, true
			}
		}
		return Find{}, false
	}
	var emails []Find
	for i, done := 0, 0; i < len(text); i++ {
		if f, ok := overlaps(i, i+1); ok {
			done, i = f.End, f.End-1
			continue
		}
		if end := plainEmail(text, done, i); end > 0 {
			if _, ok := overlaps(i, end); !ok {
				emails = append(emails, Find{Email, i, end})
				done, i = end, end-1
			}
		}
	}
	strong = append(strong, emails...)
	finds, done := []Find{}, 0
	for i := 0; i < len(text); i++ {
		if f, ok := overlaps(i, i+1); ok {
			done, i = f.End, f.End-1
			continue
		}
		if !digitAt(text, i) || digitAt(text, i-1) {
			continue
		}
		before := len(text)
		for _, f := range strong {
			if f.Start > i {
				before = min(before, f.Start)
			}
		}
		f, ok := plainNumber(text, done, before, i)
		if start, end := plainPhone(&everything().phone, text, done, i); !ok && end > 0 && end <= before {
			f, ok = Find{Phone, start, end}, true
		}
		if ok {
			finds = append(finds, f)
			done, i = f.End, f.End-1
		}
	}
	finds = append(finds, strong...)
	for i := range finds { // insertion sort by start
		for j := i; j > 0 && finds[j].Start < finds[j-1].Start; j-- {
			finds[j], finds[j-1] = finds[j-1], finds[j]
		}
	}
	return finds
}

// everything finds all types.
var everything = sync.OnceValue(func() *Finder {
	options := DefaultOptions()
	options.PhoneRegions = append(options.PhoneRegions, "DE", "ES")
	f, err := NewFinder(options)
	if err != nil {
		panic(err) // the test's own options
	}
	return f
})

// withoutPhones finds all but phone numbers.
var withoutPhones = sync.OnceValue(func() *Finder {
	options := DefaultOptions()
	options.Families = []Family{Emails, IPs, Cards, IBANs, NationalIDs, Crypto, MACs, Secrets, URLLogins}
	f, err := NewFinder(options)
	if err != nil {
		panic(err) // the test's own options
	}
	return f
})

func checkPlain(t *testing.T, text string) {
	t.Helper()
	if diff := cmp.Diff(plainFind(text), append([]Find{}, everything().Find(text)...)); diff != "" {
		t.Fatalf("%q: finds (-plain +fast):\n%s", text, diff)
	}
}

// samplePieces are parts and wholes of what is found, to be joined at random.
func samplePieces() []string {
	pieces := []string{"a", "b", "jo", "@", "@", ".", ".com", ".org", "-", "_", "%", " ", " ", " ", ":", "::", "/", "//", "2a01", "81", "2", "69", "142", ".", "4111", "1111", "111111111111", "+", "0", "x",
		"DE89", "3704", "0044", "0532", "0130", "00", "DE89370400440532013000", "4111111111111111", "81.2.69.142", "é", "\n", "x", "v", "fd00", "aa:bb:cc:dd:ee:f0", "aa-bb-cc-dd-ee-f0", "33:33", "a1", "001b.6384.45e6", "cafe.", ".beef.", "6384", ":b2",
		"http", "://", "jo:s3cret@", "ey", "eyJ", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl", "-----", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", strings.Repeat("qA1/", 12),
		"tel ", "fax: ", "+44 ", "+1", "(212)", " 555-", "555", "2368", "020 7946 0958", "+49 30 123456", "0030 ", "912 34 56 78", "–", "\u00a0", ")", "(", " x12", " ext. 5", "2004", "12.05.",
		"ethereum ", "SSN ", "BSN ", "cpf ", "nhs ", "1b2c:0d3e:4f5a:6b7c:8d9e:0fa1:b2c3:d4e5"}
	for _, e := range idExamples {
		pieces = append(pieces, e.value, e.cue)
	}
	for _, e := range tokenExamples() {
		pieces = append(pieces, e.value, e.value[:len(e.value)/2])
	}
	return pieces
}

func TestFinderIsThePlainSearch(t *testing.T) {
	pieces := samplePieces()
	rng := rand.New(rand.NewPCG(7, 8))
	for range 400 {
		var b strings.Builder
		for range 1 + rng.IntN(12) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		checkPlain(t, b.String())
	}
}

// FuzzFind compares the finder with plain regular expressions tried at every offset.
func FuzzFind(f *testing.F) {
	for _, piece := range samplePieces() {
		f.Add(piece)
	}
	f.Add("a.b-c@d-e.com,f@g.org.Then %h@i.co.uk_ 81.2.69.142:80 2a01:4f8::1 4111 1111 1111 1111 DE89 3704 0044 0532 0130 00")
	f.Add("x@y.com@z.org --a@b-.com a@b.com-c ..d@e.com 4111-1111-1111-1111-1 fd00:2a01::1 1.2.3.4.5 378282246310005")
	f.Add("https://jo:hunter2@db.example.org/ redis://:pa55@[::1]:80 IP:2a01:4f8::1 \xff\xfe@\x00 12:34:56:ab:cd:ef")
	f.Fuzz(func(t *testing.T, text string) { checkPlain(t, text[:min(len(text), 1500)]) })
}
