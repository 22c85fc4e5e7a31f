package pii

import (
	"net/netip"
	"strings"
	"testing"
)

// surrogateExamples are values of every type that has surrogates, as a text holds them.
func surrogateExamples() map[string]Type {
	list := map[string]Type{
		"jo.doe@mail.example.org": Email, "81.2.69.142": IPv4, "2a01:4f8:c0c:123::1": IPv6, "00:1b:63:84:45:e6": MAC, "jo:hunter2": URLCredentials,
		"4111 1111 1111 1111": Card, "DE89 3704 0044 0532 0130 00": IBAN, "+44 20 7946 0958": Phone, "212-555-2368": Phone, "+33 1 42 68 53 00": Phone, "020 7946 0958": Phone,
	}
	for _, e := range idExamples {
		list[e.value] = e.kind
	}
	for _, e := range tokenExamples() {
		if HasSurrogate(e.kind) {
			list[e.value] = e.kind
		}
	}
	return list
}

func TestSurrogatesAreConsistent(t *testing.T) {
	key, other := NewSurrogates([]byte("0123456789abcdef")), NewSurrogates([]byte("fedcba9876543210"))
	for value, kind := range surrogateExamples() {
		got := key.Replace(kind, value)
		if again := NewSurrogates([]byte("0123456789abcdef")).Replace(kind, value); again != got {
			t.Errorf("%s %q: %q, then %q", kind, value, got, again)
		}
		if got == value || got == "" {
			t.Errorf("%s %q: surrogate %q", kind, value, got)
		}
		if got == other.Replace(kind, value) {
			t.Errorf("%s %q: the same surrogate under another key", kind, value)
		}
	}
	for _, same := range [][2]string{{"jo@a.com", "Jo@A.COM"}, {"4111 1111 1111 1111", "4111-1111-1111-1111"}, {"+1 212-555-2368", "+1 (212) 555-2368"}} {
		kind := Email
		switch same[0][0] {
		case '4':
			kind = Card
		case '+':
			kind = Phone
		}
		a, b := key.Replace(kind, same[0]), key.Replace(kind, same[1])
		if keep(a, isAlnum) != keep(b, isAlnum) {
			t.Errorf("%q and %q: %q and %q", same[0], same[1], a, b)
		}
	}
	if a, b := key.Replace(Email, "jo@a.com"), key.Replace(Email, "al@a.com"); a == b {
		t.Errorf("two addresses, one surrogate %q", a)
	}
}

// TestSurrogatesAreNobodys looks for a surrogate that could be a real value: one that the finder takes again, outside reserved ranges.
func TestSurrogatesAreNobodys(t *testing.T) {
	f, err := NewFinder(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	cues := " ssn sin cpf bsn nhs pps nir steuer-id nif pesel personnummer cpr tckn uid pan rrn nric tfn"
	for value, kind := range surrogateExamples() {
		for n := range 40 {
			s := NewSurrogates([]byte{byte(n)}).Replace(kind, value)
			switch kind {
			case Email:
				if !strings.HasPrefix(s, "user-") || !strings.Contains(s, "@example.") {
					t.Errorf("%q", s)
				}
			case IPv4, IPv6:
				addr := netip.MustParseAddr(s)
				if !netip.MustParsePrefix("198.18.0.0/15").Contains(addr) && !netip.MustParsePrefix("2001:db8::/32").Contains(addr) {
					t.Errorf("%q", s)
				}
			case Phone:
				digits := keep(s, isDigit)
				if !strings.HasPrefix(digits, "447700900") && !strings.HasPrefix(digits, "07700900") && !strings.HasPrefix(digits, "3319900") && !strings.Contains(digits, "55501") {
					t.Errorf("%q", s)
				}
			case MAC:
				if !strings.HasPrefix(s, "02:") || len(s) != len(value) {
					t.Errorf("%q", s)
				}
			case URLCredentials, APIKey:
			case Ethereum:
				if finds(f, s, s, kind) {
					t.Errorf("%q passes its check", s)
				}
			default:
				for _, x := range f.Find(s + cues) {
					if x.Type.Family() == kind.Family() {
						t.Errorf("%s for %q: %q is a %s", kind, value, s, x.Type)
					}
				}
				if len(s) != len(value) {
					t.Errorf("%s for %q: %q has another form", kind, value, s)
				}
			}
		}
	}
}
