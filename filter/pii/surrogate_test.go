package pii

import (
	"net/netip"
	"strings"
	"testing"
)

// surrogateExamples are values of every type that has surrogates, as a text holds them.
func surrogateExamples() map[string]Type {
	list := map[string]Type{
		"jo.doe@mail.example.org": Email, "jo@a.com": Email, "+1 212-555-2368": Phone, "81.2.69.142": IPv4, "2a01:4f8:c0c:123::1": IPv6, "00:1b:63:84:45:e6": MAC, "jo:hunter2": URLCredentials,
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
	for _, same := range [][2]string{{"219-09-9999", "219099999"}, {"219-09-9999", "219 09 9999"}, {"AB 12 34 56 C", "AB123456C"}, {"529.982.247-25", "52998224725"}, {"DE89 3704 0044 0532 0130 00", "de89370400440532013000"},
		{"00:1b:63:84:45:e6", "001B.6384.45E6"}, {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
		{"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"}, {"jo@a.com", "Jo@A.COM"}, {"4111 1111 1111 1111", "4111-1111-1111-1111"}, {"+1 212-555-2368", "+1 (212) 555-2368"}} {
		kind, ok := surrogateExamples()[same[0]]
		if !ok {
			t.Fatalf("no example %q", same[0])
		}
		a, b := key.Replace(kind, same[0]), key.Replace(kind, same[1])
		if !strings.EqualFold(keep(a, isAlnum), keep(b, isAlnum)) {
			t.Errorf("%q and %q: %q and %q", same[0], same[1], a, b)
		}
	}
	if a, b := key.Replace(Email, "jo@a.com"), key.Replace(Email, "al@a.com"); a == b {
		t.Errorf("two addresses, one surrogate %q", a)
	}
}

// TestSurrogatesOfKeysKeepNoSecret changes everything behind what all keys of a vendor share, signs among the secret's characters or not.
func TestSurrogatesOfKeysKeepNoSecret(t *testing.T) {
	for _, test := range []struct{ value, head string }{
		{letters(hex16, 32) + "-us" + "12", ""},
		{"123456789:" + "AA" + letters(alnum62, 33), ""},
		{"glpat" + "-ab-cd_" + letters(alnum62, 20), "glpat-"},
		{"AI" + "za" + "x_y-z" + letters(alnum62, 30), "AI" + "za"},
		{"S" + "G.a-b_c" + letters(alnum62, 17) + "." + letters(alnum62, 43), "S" + "G."},
		{"sk-ant" + "-" + letters(alnum62, 93), "sk-ant-"},
		{"AS" + "IA" + letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), "AS" + "IA"},
	} {
		kept, tries := make([]int, len(test.value)), 100
		for n := range tries {
			s := NewSurrogates([]byte{byte(n)}).Replace(APIKey, test.value)
			if !strings.HasPrefix(s, test.head) || len(s) != len(test.value) {
				t.Errorf("%q for %q", s, test.value)
				continue
			}
			for i := range s {
				if s[i] == test.value[i] {
					kept[i]++
				}
			}
		}
		for i, n := range kept {
			if i >= len(test.head) && n == tries && class[test.value[i]]&isAlnum != 0 {
				t.Errorf("%q: character %d never changes", test.value, i)
			}
		}
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
