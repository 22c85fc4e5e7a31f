package filter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
)

func TestURL(t *testing.T) {
	list := filepath.Join(t.TempDir(), "domains")
	if err := os.WriteFile(list, []byte("# a list\nlisted.example\n\n  Second.Example.  # with a comment\nbücher.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := DefaultURLOptions()
	options.MaxLength = 60
	options.BlockIPHosts = true
	options.BlockDomains = []string{"bad.example", "*.wild.example"}
	options.BlockDomainFiles = []string{list}
	options.BlockWords = []string{"Spam"}
	options.BlockSubstrings = []string{"evil-word"}
	for _, test := range []struct{ name, url, rule, value string }{
		{"empty", "", "", ""},
		{"plain", "https://good.example/page", "", ""},
		{"no scheme", "good.example/page", "", ""},
		{"upper case scheme", "HTTPS://good.example/", "", ""},
		{"one slash", "http:/bad.example/", "domain", "bad.example"},
		{"no slashes", "HTTPS:bad.example", "domain", "bad.example"},
		{"backslashes", `http:\\bad.example\x`, "domain", "bad.example"},
		{"other scheme", "ftp://good.example/", "scheme", "ftp"},
		{"dns record", "dns:good.example", "scheme", "dns"},
		{"host and port without scheme", "good.example:8080/x", "", ""},
		{"localhost and port without scheme", "localhost:8080/x", "", ""},
		{"59 bytes", "https://good.example/" + strings.Repeat("a", 38), "", ""},
		{"60 bytes", "https://good.example/" + strings.Repeat("a", 39), "", ""},
		{"61 bytes", "https://good.example/" + strings.Repeat("a", 40), "too_long", "61"},
		{"version 4 address", "http://192.0.2.7:80/x", "ip_host", ""},
		{"version 6 address", "http://[2001:db8::1]/x", "ip_host", ""},
		{"almost an address", "http://192.0.2.7.example/x", "", ""},
		{"blocked domain", "https://bad.example/", "domain", "bad.example"},
		{"subdomain", "https://a.b.bad.example/", "domain", "bad.example"},
		{"only the end of a label", "https://notbad.example/", "", ""},
		{"domain in the path", "https://good.example/bad.example", "", ""},
		{"user, port, case and final dot", "https://me:pw@WWW.Bad.Example.:443/", "domain", "bad.example"},
		{"user that looks like a host", "https://good.example@bad.example/", "domain", "bad.example"},
		{"host that looks like a user", "https://bad.example@good.example/", "", ""},
		{"scheme relative", "//bad.example/x", "domain", "bad.example"},
		{"wildcard entry", "https://x.wild.example/", "domain", "wild.example"},
		{"from a file", "https://www.listed.example/", "domain", "listed.example"},
		{"from a file, normalised", "https://second.example/", "domain", "second.example"},
		{"international", "https://www.BÜCHER.example/", "domain", "xn--bcher-kva.example"},
		{"international, ASCII form", "https://xn--bcher-kva.example/", "domain", "xn--bcher-kva.example"},
		{"word", "https://good.example/a-SPAM_b", "word", "spam"},
		{"part of a word", "https://good.example/spammer", "", ""},
		{"substring", "https://good.example/my-ev.il/Words", "substring", "evilword"},
		{"odd", "https://", "", ""},
		{"not UTF-8", "https://\xff\xfe/\x00", "", ""},
		{"angle brackets", "<https://bad.example/>", "domain", "bad.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewURL(options)
			if err != nil {
				t.Fatal(err)
			}
			doc := &corpus.Document{URL: test.url}
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			checkReason(t, doc, corpus.Reason{Stage: "url", Rule: test.rule, Value: test.value})
		})
	}
}

func TestURLBadOptions(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("good.example\nhttp://not.a/domain\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, key, text string
		options         URLOptions
	}{
		{"scheme", "schemes", `"https:"`, URLOptions{Schemes: []string{"https:"}}},
		{"length", "max_length", "-1", URLOptions{MaxLength: -1}},
		{"domain", "block_domains", `"a/b"`, URLOptions{BlockDomains: []string{"a/b"}}},
		{"word", "block_words", `"two words"`, URLOptions{BlockWords: []string{"two words"}}},
		{"substring", "block_substrings", `"--"`, URLOptions{BlockSubstrings: []string{"--"}}},
		{"missing file", "block_domain_files", "nowhere", URLOptions{BlockDomainFiles: []string{"nowhere"}}},
		{"bad file", "block_domain_files", bad + ": line 2", URLOptions{BlockDomainFiles: []string{bad}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewURL(test.options)
			checkBadOption(t, err, test.key)
			if !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %q does not name %q", err, test.text)
			}
		})
	}
}
