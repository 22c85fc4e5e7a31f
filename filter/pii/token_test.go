package pii

import (
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
)

// letters is a made-up body of a key: n characters of the alphabet, always the same for the same n.
func letters(alphabet string, n int) string {
	b := make([]byte, n)
	for i, x := 0, uint32(n); i < n; i++ {
		x = x*1664525 + 1013904223
		b[i] = alphabet[int(x>>8)%len(alphabet)]
	}
	return string(b)
}

const (
	alnum62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	hex16   = "0123456789abcdef"
)

// withCRC appends a GitHub token's checksum.
func withCRC(body string) string {
	sum, tail := crc32.ChecksumIEEE([]byte(body)), ""
	for range 6 {
		tail = string(alnum62[sum%62]) + tail
		sum /= 62
	}
	return body + tail
}

// tokenExamples are keys and addresses. Keys are put together here, so that nothing in the source reads as a key that leaked.
func tokenExamples() []struct {
	name  string
	kind  Type
	value string
} {
	return []struct {
		name  string
		kind  Type
		value string
	}{
		{"GitHub", APIKey, "ghp" + "_" + withCRC(letters(alnum62, 30))},
		{"GitHub, fine-grained", APIKey, "github" + "_pat_" + letters(alnum62, 22) + "_" + letters(alnum62, 59)},
		{"npm", APIKey, "npm" + "_" + withCRC(letters(alnum62[3:], 30))},
		{"GitLab", APIKey, "glpat" + "-" + letters(alnum62, 20)},
		{"Slack", APIKey, "xoxb" + "-173920485516-1928374650912-" + letters(alnum62, 24)},
		{"Stripe", APIKey, "sk" + "_live_" + letters(alnum62, 24)},
		{"AWS", APIKey, "AK" + "IA" + letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)},
		{"AWS, temporary", APIKey, "AS" + "IA" + letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)},
		{"Google", APIKey, "AI" + "za" + letters(alnum62+"_", 35)},
		{"SendGrid", APIKey, "S" + "G." + letters(alnum62, 22) + "." + letters(alnum62, 43)},
		{"Hugging Face", APIKey, "hf" + "_" + letters(alnum62[10:], 34)},
		{"PyPI", APIKey, "pypi" + "-AgEIcHlwaS5vcmc" + letters(alnum62, 80)},
		{"DigitalOcean", APIKey, "dop" + "_v1_" + letters(hex16, 64)},
		{"Shopify", APIKey, "shpat" + "_" + letters(hex16, 32)},
		{"OpenAI", APIKey, "sk" + "-" + letters(alnum62, 20) + "T3BlbkFJ" + letters(alnum62, 20)},
		{"Anthropic", APIKey, "sk-ant" + "-" + letters(alnum62, 93)},
		{"Mailchimp", APIKey, letters(hex16, 32) + "-us" + "12"},
		{"Telegram", APIKey, "123456789:" + "AA" + letters(alnum62, 33)},
		{"JWT", JWT, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + "." + letters(alnum62, 43)},
		{"private key", PrivateKey, "-----BEGIN RSA PRIV" + "ATE KEY-----\n" + letters(alnum62, 64) + "\n" + letters(alnum62, 20) + "==\n-----END RSA PRIV" + "ATE KEY-----"},
		{"OpenPGP", PrivateKey, "-----BEGIN PGP PRIV" + "ATE KEY BLOCK-----\nVersion: 1\n\n" + letters(alnum62, 64) + "\n=aB3d\n-----END PGP PRIV" + "ATE KEY BLOCK-----"},
		{"key in JSON", PrivateKey, "-----BEGIN PRIV" + `ATE KEY-----\n` + letters(alnum62, 64) + `\n-----END PRIV` + "ATE KEY-----"},
		// The examples of the Bitcoin wiki, of BIP 173, BIP 350, EIP-55 and of the libraries of the other coins.
		{"P2PKH", Bitcoin, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
		{"P2SH", Bitcoin, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"},
		{"bech32", Bitcoin, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
		{"bech32 in capitals", Bitcoin, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"},
		{"bech32m", Bitcoin, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
		{"EIP-55", Ethereum, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
		{"WIF", CryptoKey, "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"},
	}
}

func TestTokens(t *testing.T) {
	f := withoutPhones()
	for _, e := range tokenExamples() {
		t.Run(e.name, func(t *testing.T) {
			for _, text := range []string{e.value, "x " + e.value + " y", `key="` + e.value + `";`, "(" + e.value + ")", "é" + e.value + "é", "a=" + e.value + "\n"} {
				if !finds(f, text, e.value, e.kind) {
					t.Errorf("not found in %q", text)
				}
			}
			if e.kind == PrivateKey {
				return // its dashes are its boundaries
			}
			for _, text := range []string{"x" + e.value, "7" + e.value, "_" + e.value} {
				if finds(f, text, e.value, e.kind) {
					t.Errorf("found in %q", text)
				}
			}
			if e.kind != JWT && e.kind != APIKey {
				for _, text := range []string{e.value + "x", e.value + "7", e.value + "_", e.value[:len(e.value)-1], e.value[1:]} {
					if finds(f, text, e.value, e.kind) || finds(f, text, text, e.kind) {
						t.Errorf("found in %q", text)
					}
				}
				swapped := []byte(e.value)
				swapped[8], swapped[9] = swapped[9], swapped[8]
				if finds(f, string(swapped), string(swapped), e.kind) {
					t.Errorf("found with two characters changed over: %q", swapped)
				}
			}
		})
	}
}

func TestTokenGrammar(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"GitHub, wrong checksum", "ghp" + "_" + letters(alnum62, 30) + "000000", "same"},
		{"placeholder", "sk" + "_live_xxxxxxxxxxxxxxxxxxxxxxxx " + "AKIA" + "IOSFODNN7EXAMPLE", "same"},
		{"short", "glpat" + "-" + letters(alnum62, 19), "same"},
		{"long", "AIza" + letters(alnum62, 36), "same"},
		{"dash behind a key", "glpat" + "-" + letters(alnum62, 20) + "- and", "<API_KEY>- and"},
		{"JWT without an algorithm", "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOjF9.c2ln", "same"},
		{"JWT of two parts", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9", "same"},
		{"block without a key", "-----BEGIN RSA PRIV" + "ATE KEY-----\n...\n-----END RSA PRIV" + "ATE KEY-----", "same"},
		{"public key", "-----BEGIN PUBLIC KEY-----\n" + letters(alnum62, 64) + "\n-----END PUBLIC KEY-----", "same"},
		{"key cut off", "-----BEGIN RSA PRIV" + "ATE KEY-----\n" + letters(alnum62, 64) + "\n" + letters(alnum62, 64) + " and so on", "<PRIVATE_KEY> and so on"},
		{"Ethereum in small letters", "transaction 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "same"},
		{"Ethereum in small letters with a cue", "my ETH wallet: 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "my ETH wallet: <ETHEREUM>"},
		{"Ethereum, wrong case", "ETH 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "same"},
		{"nobody's", "wallet 0x0000000000000000000000000000000000000000", "same"},
		{"bech32 of mixed case", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4", "same"},

		{"MAC", "at 00:1b:63:84:45:e6, 00-1B-63-84-45-E6;", "at <MAC>, <MAC>;"},
		{"MAC of digits alone", "00:11:22:33:44:55", "same"},
		{"MAC of five and seven pairs", "00:1b:63:84:45 00:1b:63:84:45:e6:77", "same"},
		{"MAC with two signs", "00:1b-63:84-45:e6", "same"},
		{"MAC of a group", "01:00:5e:00:00:fb ff:ff:ff:ff:ff:ff 33:33:00:00:00:fb", "same"},
		{"fingerprint", "aa:bb:cc:dd:ee:f0:11:22:33:44:55:66:77:88:99:00", "same"},
		{"MAC in a word", "x00:1b:63:84:45:e6 00:1b:63:84:45:e6f", "same"},

		{"MAC in groups of four", "at 001b.6384.45e6, 001B.6384.45E6; dead.beef.cafe aabb.cc0d.eeff.", "at <MAC>, <MAC>; dead.beef.cafe <MAC>."},
		{"dotted numbers", "0011.2233.4455 x001b.6384.45e6 001b.6384.45e6.77 001b.6384.45e 01b.6384.45e6 011b.6384.45e6 001b.6384.45e6f", "same"},

		{"login", "postgres://jo:hunter2@db.example.org:5432/x", "postgres://<URL_CREDENTIALS>@db.example.org:5432/x"},
		{"login without a user", "redis://:hunter2@[::1]:6379", "redis://<URL_CREDENTIALS>@[::1]:6379"},
		{"login before an address of a mailbox", "ftp://jo:hunter2@example.org", "ftp://<URL_CREDENTIALS>@example.org"},
		{"placeholders", "http://user:password@h.org http://u:xxxx@h.org http://u:$PASS@h.org http://u:****@h.org http://jo:your_secret@h.org", "http://user:<EMAIL> http://u:<EMAIL> http://u:$<EMAIL> http://u:****@h.org http://jo:<EMAIL>"},
		{"no password", "http://jo@example.org/ http://jo:@example.org http://example.org:80/@x", "http://<EMAIL>/ same"},
		{"no host", "http://jo:hunter2@ x", "same"},
		{"long login", "http://jo:" + strings.Repeat("x1", 130) + "@h.org", "same"},

		{"IPv6 in full", "from 1b2c:0d3e:4f5a:6b7c:8d9e:0fa1:b2c3:d4e5.", "from <IP>."},
		{"IPv6 after a label", "Client:2a01:4f8::1, ip:2a01:4f8::1, face:2a01:4f8::1", "Client:<IP>, ip:<IP>, same"},
		{"EUI-64", "00:1b:63:ff:fe:84:45:e6", "same"},
		{"IPv6 of a local block", "fd12:3456:789a:1bcd:ef01:2345:6789:abcd fe80:3456:789a:1bcd:ef01:2345:6789:abcd 0000:3456:789a:1bcd:ef01:2345:6789:abcd", "same"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			if want == "same" {
				want = test.text
			}
			got := masked(withoutPhones(), test.text)
			if head, ok := strings.CutSuffix(want, "same"); ok { // the rest is as it was
				if !strings.HasPrefix(got, head) || !strings.HasSuffix(test.text, got[len(head):]) {
					t.Errorf("got  %q\nwant %q and the rest of %q", got, head, test.text)
				}
				return
			}
			if got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// masked writes typed tags in place of finds.
func masked(f *Finder, text string) string {
	var b strings.Builder
	from := 0
	for _, x := range f.Find(text) {
		fmt.Fprintf(&b, "%s<%s>", text[from:x.Start], strings.ToUpper(x.Type.String()))
		from = x.End
	}
	return b.String() + text[from:]
}
