package pii

import (
	"flag"
	"strings"
	"testing"
	"time"
)

var large = flag.Bool("large", false, "TestGiantLine: lines of 100 MB instead of 1 MB")

// hostilePieces tempt a finder into looking at the same bytes again and again.
func hostilePieces() map[string]string {
	return map[string]string{
		"at signs": "@", "a@": "a@", "domains": "a.com@", "digits": "7", "digit groups": "12 345-", "colons": ":", "hex and colons": "2a:", "eight groups": "1b2c:",
		"underscores": "_", "hyphens": "-", "begins": "-----BEGIN ", "private keys": "-----BEGIN RSA PRIVATE KEY-----", "open keys": "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("qA1/", 10) + "\n",
		"eyJ": "eyJ", "tokens": "eyJhbGciOiJIUzI1NiJ9.", "headers": "eyJ.eyJ.eyJ ", "0x": "0x", "hex": "0123456789abcdef", "hex words": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"base58": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "base58 words": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ", "prefixes": "ghp_", "hyphenated": "sk-", "AKIA": "AKIA", "logins": "http://a:b", "user": "://a:",
		"dotted": "1.2.3.4.", "SSN": "219-09-9999-", "cues": "ssn 219-09-999 ", "capitals": "AB12", "groups of four": "1234 5678 9012 ", "parentheses": "(1)", "ibans": "DE89 ", "mailchimp": "-us1", "bots": "12345678:AA",
		"slashes": "://", "invalid": "\xff\xfe1", "nul": "\x00@1", "arabic": "١٢٣", "space": " ", "newline": "\n1",
	}
}

func TestGiantLine(t *testing.T) {
	size := 1 << 20
	if *large {
		size = 100 << 20
	}
	f, err := NewFinder(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	for name, piece := range hostilePieces() {
		text := strings.Repeat(piece, size/len(piece))
		start, last := time.Now(), 0
		for _, x := range f.Find(text) {
			if x.Start < last || x.End <= x.Start || x.End > len(text) {
				t.Fatalf("%s: find [%d, %d) after %d", name, x.Start, x.End, last)
			}
			last = x.End
		}
		t.Logf("%-16s %v", name, time.Since(start).Round(time.Millisecond))
	}
}
