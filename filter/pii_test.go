package filter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// The numbers below are made up, or are the ones that standards and card schemes publish as examples.

func TestPIIMasks(t *testing.T) {
	stage, err := NewPII(DefaultPIIOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"nothing", "Nothing to see here, 12 of 345.", "Nothing to see here, 12 of 345."},

		{"email", "Mail jo.doe+x@mail.example.org.", "Mail <EMAIL>."},
		{"email between signs", "<jo@a.com>, (jo@a.com), mailto:jo@a.com?x \"jo@a.com\"", "<<EMAIL>>, (<EMAIL>), mailto:<EMAIL>?x \"<EMAIL>\""},
		{"email before a missing space", "Ask jo@a.com.Then wait", "Ask <EMAIL>.Then wait"},
		{"email with a hyphen behind", "jo@a.com-Office", "<EMAIL>-Office"},
		{"email of 64 bytes", strings.Repeat("a", 64) + "@a.com", "<EMAIL>"},
		{"email of 65 bytes", strings.Repeat("a", 65) + "@a.com", strings.Repeat("a", 65) + "@a.com"},
		{"email in percent signs", "%20jo@a.com", "%<EMAIL>"},
		{"cue cut from a longer word", "Ahotel in the old town at: 7654321 is full, order 7654321 they called", "Ahotel in the old town at: 7654321 is full, order 7654321 they called"},
		{"image at double size", "icon@2x.png logo@a.svg", "icon@2x.png logo@a.svg"},
		{"no top-level domain", "root@localhost x@y", "root@localhost x@y"},
		{"handle", "@jo and jo@ and a@@b.com", "@jo and jo@ and a@@b.com"},
		{"double dots", "jo..doe@a.com jo@a..com", "jo..<EMAIL> jo@a..com"},
		{"two emails, one sign apart", "a@b.com,c@d.org", "<EMAIL>,<EMAIL>"},
		{"three at signs", "a@b.com@c.org", "<EMAIL>@c.org"},

		{"version 4", "From 81.2.69.142, port 80", "From <IP>, port 80"},
		{"version 4 with port and slash", "81.2.69.142:80 81.2.69.142/24 IP:81.2.69.142", "<IP>:80 <IP>/24 IP:<IP>"},
		{"private", "10.1.2.33 172.16.0.44 192.168.1.1 127.0.0.1 169.254.1.1 100.64.3.3 0.0.0.44 224.0.0.251 255.255.255.255",
			"10.1.2.33 172.16.0.44 192.168.1.1 127.0.0.1 169.254.1.1 100.64.3.3 0.0.0.44 224.0.0.251 255.255.255.255"},
		{"documentation", "192.0.2.55 198.51.100.7 203.0.113.9 198.18.0.77", "192.0.2.55 198.51.100.7 203.0.113.9 198.18.0.77"},
		{"just outside private", "11.1.2.33 172.15.0.44 172.32.0.44 192.167.1.1 100.63.3.3 100.128.3.3 198.20.0.1 223.1.2.3",
			"<IP> <IP> <IP> <IP> <IP> <IP> <IP> <IP>"},
		{"256", "81.2.69.256 81.2.69.255", "81.2.69.256 <IP>"},
		{"longer dotted number", "81.2.69.142.7 81.2.69 v81.2.69.142 81.2.69.142-rc1", "81.2.69.142.7 81.2.69 v81.2.69.142 81.2.69.142-rc1"},
		{"leading zero", "081.2.69.142", "081.2.69.142"},
		{"version and section", "version 81.2.69.142, Section 81.2.69.142, 4.10.4.19", "version 81.2.69.142, Section 81.2.69.142, 4.10.4.19"},
		{"parts below 20", "19.19.19.19 20.19.19.19", "19.19.19.19 <IP>"},
		{"version 6", "At 2a01:4f8:c0c:123::1 and 2606:4700:4700:0:0:0:0:1111.", "At <IP> and <IP>."},
		{"version 6, not public", "fe80::1 fd00::2 ::1 2001:db8::1 3fff::1 4000::1", "fe80::1 fd00::2 ::1 2001:db8::1 3fff::1 4000::1"},
		{"middle of version 6", "fd00:2a01::1 a:2a01::1", "fd00:2a01::1 a:2a01::1"},
		{"times and ratios", "20:30:40 3:2:1 in 2006::", "20:30:40 3:2:1 in 2006::"},

		{"card", "Card 4111111111111111 or 4111 1111 1111 1111 or 4111-1111-1111-1111.", "Card <CARD> or <CARD> or <CARD>."},
		{"card schemes", "5555555555554444 378282246310005 3782 822463 10005 30569309025904 6011111111111117 3530111333300000 6304000000000000",
			"<CARD> <CARD> <CARD> <CARD> <CARD> <CARD> <CARD>"},
		{"card with one digit wrong", "4111111111111112 id", "4111111111111112 id"},
		{"card of no scheme", "9111111111111111 9999999999999995", "9111111111111111 9999999999999995"},
		{"card with a date behind", "4111 1111 1111 1111 12/29 and 4111111111111111 123", "<CARD> 12/29 and <CARD> 123"},
		{"card in other groups", "41111 1111 1111 111-1 4111 1111-1111 1111", "41111 1111 1111 111-1 4111 1111-1111 1111"},
		{"card in a longer number", "x4111111111111111 14111111111111111111 0.4111111111111111 4111111111111111-5", "x4111111111111111 14111111111111111111 0.4111111111111111 4111111111111111-5"},

		{"iban", "Pay DE89370400440532013000 or DE89 3704 0044 0532 0130 00 or gb82west12345698765432", "Pay <IBAN> or <IBAN> or <IBAN>"},
		{"iban with a digit wrong", "DE88370400440532013000", "DE88370400440532013000"},
		{"iban of the wrong length", "DE8937040044053201300 DE893704004405320130001", "DE8937040044053201300 DE893704004405320130001"},
		{"iban of no country", "ZZ89370400440532013000", "ZZ89370400440532013000"},
		{"iban spaced otherwise", "DE89 3704 00440532 0130 00 DE893 7040", "DE89 3704 00440532 0130 00 DE893 7040"},
		{"iban of mixed case", "De89370400440532013000 GB82West12345698765432", "De89370400440532013000 GB82West12345698765432"},

		{"phone, international", "+44 20 7946 0958 and +1 (212) 555-2368, (+33 1 42 68 53 00)", "<PHONE> and <PHONE>, (<PHONE>)"},
		{"phone, American", "212-555-2368, (212) 555-2368, 1-212-555-2368 or 212.555.2368", "<PHONE>, <PHONE>, <PHONE> or <PHONE>"},
		{"phone in parentheses", "(212-555-2368)", "(<PHONE>)"},
		{"phone, British", "020 7946 0958 or (020) 7946 0958", "<PHONE> or <PHONE>"},
		{"phone with extension", "212-555-2368x123, 212-555-2368 ext. 45;", "<PHONE>, <PHONE>;"},
		{"phone with a cue", "Tel.: 0123 45678 90\nFax 089/1234567, mobile: 9876543", "Tel.: <PHONE>\nFax <PHONE>, mobile: <PHONE>"},
		{"phone with a cue behind", "0123 4567 89 (fax)", "<PHONE> (fax)"},
		{"cue on another line", "Tel\n0123 45678 90", "Tel\n0123 45678 90"},
		{"cue of another number", "Fax 12, 0123 45678 90", "Fax 12, 0123 45678 90"},
		{"cue as part of a word", "hotel 0123 45678 90", "hotel 0123 45678 90"},
		{"bare digits", "2125552368 and id 02079460958", "2125552368 and id 02079460958"},
		{"bare digits with a cue", "call 2125552368", "call <PHONE>"},
		{"ZIP code before", "Tampa, FL 33602 813-229-7600 Fax : 813-229-1660", "Tampa, FL 33602 <PHONE> Fax : <PHONE>"},
		{"cue of the next number", "0123 4567 89 Fax: 0123 4567 80", "0123 4567 89 Fax: <PHONE>"},
		{"cue in parentheses before the next", "0123 4567 89 (fax) 12", "<PHONE> (fax) 12"},
		{"cues of other languages", "Téléphone 0123 4567 89, Telefon: 0123/456789, тел. 123-45-67", "Téléphone <PHONE>, Telefon: <PHONE>, тел. <PHONE>"},
		{"docket", "009828-2021 and 0049-30123456", "009828-2021 and <PHONE>"},
		{"grouped 3-3-5 and 4-3-4", "168 025 38912 and 1212 555 2368", "168 025 38912 and 1212 555 2368"},
		{"six digits", "tel 123 456", "tel 123 456"},
		{"sixteen digits", "tel 1234 5678 1234 5678", "tel 1234 5678 1234 5678"},
		{"invalid area code", "112-555-2368", "112-555-2368"},
		{"dates", "call 2024-05-12 10, call 12.05.2024, call 1999-2004", "call 2024-05-12 10, call 12.05.2024, call 1999-2004"},
		{"counting", "call 1 2 3 4 5 6 7 8 9", "call 1 2 3 4 5 6 7 8 9"},
		{"amounts", "$212 555 2368 and 3.212-555-2368", "$212 555 2368 and 3.212-555-2368"},
		{"in a path", "example.org/212-555-2368", "example.org/212-555-2368"},
		{"longer than a number", "212-555-2368-99", "212-555-2368-99"},

		{"several types", "jo@a.com, 81.2.69.142, 212-555-2368", "<EMAIL>, <IP>, <PHONE>"},
		{"email takes a phone number", "212-555-2368@a.com", "<EMAIL>"},
		{"around many-byte characters", "é81.2.69.142é ü212-555-2368ü 漢jo@a.com漢", "é<IP>é ü<PHONE>ü 漢<EMAIL>漢"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, process(t, stage, test.text)[0].Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPIIActions(t *testing.T) {
	options := DefaultPIIOptions()
	options.Email = PIIRule{Action: PIICount}
	options.IP = PIIRule{Action: PIIMask, Tag: "[address]"}
	options.Card = PIIRule{Action: PIIDrop}
	options.Phone = PIIRule{Action: PIIOff}
	stage, err := NewPII(options)
	if err != nil {
		t.Fatal(err)
	}
	docs := process(t, stage,
		"jo@a.com and al@a.com at 81.2.69.142, 212-555-2368",
		"4111111111111111 and 4111111111111111 of jo@a.com at 81.2.69.142",
		"nothing")

	if want := "jo@a.com and al@a.com at [address], 212-555-2368"; docs[0].Text != want {
		t.Errorf("text %q, want %q", docs[0].Text, want)
	}
	if diff := cmp.Diff(map[string]float64{"pii_email": 2, "pii_ip": 1}, docs[0].Signals); diff != "" {
		t.Errorf("signals (-want +got):\n%s", diff)
	}
	checkReason(t, docs[1], corpus.Reason{Stage: "pii", Rule: "card", Value: "2"})
	if diff := cmp.Diff(map[string]float64{"pii_email": 1, "pii_ip": 1, "pii_card": 2}, docs[1].Signals); diff != "" {
		t.Errorf("signals of the dropped document (-want +got):\n%s", diff)
	}
	checkReason(t, docs[2], corpus.Reason{})
	if docs[2].Signals != nil {
		t.Errorf("signals %v without a find", docs[2].Signals)
	}
}

func TestPIIPhoneRegions(t *testing.T) {
	for _, test := range []struct {
		region, text string
		want         bool
	}{
		{"FR", "01 42 68 53 00", true},
		{"US", "01 42 68 53 00", false},
		{"DE", "030 123456", true},
		{"ES", "912 34 56 78", true},
		{"FR", "212-555-2368", false},
		{"CA", "416-967-1111", true},
	} {
		options := DefaultPIIOptions()
		options.PhoneRegions = []string{test.region}
		stage, err := NewPII(options)
		if err != nil {
			t.Fatal(err)
		}
		if got := process(t, stage, test.text)[0].Signals["pii_phone"] == 1; got != test.want {
			t.Errorf("%s %q: found %v, want %v", test.region, test.text, got, test.want)
		}
	}
}

func TestPIIBadOptions(t *testing.T) {
	for key, change := range map[string]func(*PIIOptions){
		"email.action":           func(o *PIIOptions) { o.Email.Action = "" },
		"national_ids.action":    func(o *PIIOptions) { o.NationalIDs.Action = "hide" },
		"national_ids.countries": func(o *PIIOptions) { o.NationalIDs.Countries = []string{"us"} },
		"secrets.tag":            func(o *PIIOptions) { o.Secrets.Tag = strings.Repeat("x", 101) },
		"iban.action":            func(o *PIIOptions) { o.IBAN.Action = "remove" },
		"ip.tag":                 func(o *PIIOptions) { o.IP.Tag = strings.Repeat("x", 101) },
		"phone_regions":          func(o *PIIOptions) { o.PhoneRegions = []string{"XX"} },
		"phone_cues":             func(o *PIIOptions) { o.PhoneCues = []string{"tel 1"} },
	} {
		options := DefaultPIIOptions()
		change(&options)
		_, err := NewPII(options)
		checkBadOption(t, err, key)
	}
}

// everyType is a text with a find of every family, and what was found in it.
func everyType() (text string, values map[string]string) {
	values = map[string]string{
		"email": "jo.doe@mail.example.org", "ip": "81.2.69.142", "phone": "212-555-2368", "card": "4111 1111 1111 1111", "iban": "DE89 3704 0044 0532 0130 00",
		"us_ssn": "219-09-9999", "bitcoin": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "mac": "00:1b:63:84:45:e6", "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl",
		"url_credentials": "jo:hunter2", "api_key": "glpat" + "-Zq3vT8xKp1LmN5rW7yBd",
	}
	for _, name := range sortedKeys(values) {
		if name == "url_credentials" {
			text += "see https://" + values[name] + "@db.example.org/ for it;\n"
			continue
		}
		text += "an é and " + values[name] + " then\n"
	}
	return text, values
}

func TestPIIEdits(t *testing.T) {
	text, values := everyType()
	for _, action := range []string{PIIMask, PIISurrogate} {
		stage, err := NewPII(piiActionForAll(action))
		if err != nil {
			t.Fatal(err)
		}
		doc := process(t, stage, text)[0]
		last := int64(0)
		for _, edit := range doc.Edits {
			if got := text[edit.Offset : edit.Offset+edit.Length]; edit.Stage != "pii" || got != values[edit.Type] || edit.Offset < last {
				t.Errorf("%s: edit %+v is at %q", action, edit, got)
			}
			last = edit.Offset + edit.Length
		}
		if len(doc.Edits) != len(values) {
			t.Errorf("%s: %d edits, want %d", action, len(doc.Edits), len(values))
		}
		checkNoValue(t, doc, values)
		for _, value := range values {
			if strings.Contains(doc.Text, value) {
				t.Errorf("%s: the text still holds a value", action)
			}
		}
	}
}

func TestPIICountAndDropLeaveNoTrace(t *testing.T) {
	text, values := everyType()
	for _, action := range []string{PIICount, PIIDrop, PIIOff} {
		stage, err := NewPII(piiActionForAll(action))
		if err != nil {
			t.Fatal(err)
		}
		doc := process(t, stage, text)[0]
		if doc.Text != text || doc.Edits != nil {
			t.Errorf("%s: the text was edited", action)
		}
		if dropped := doc.Reason != nil; dropped != (action == PIIDrop) {
			t.Errorf("%s: dropped is %v", action, dropped)
		}
		want := map[string]float64{"pii_email": 1, "pii_ip": 1, "pii_phone": 1, "pii_card": 1, "pii_iban": 1, "pii_national_ids": 1, "pii_crypto": 1, "pii_mac": 1, "pii_secrets": 2, "pii_url_credentials": 1}
		if action == PIIOff {
			want = nil
		}
		if diff := cmp.Diff(want, doc.Signals); diff != "" {
			t.Errorf("%s: signals (-want +got):\n%s", action, diff)
		}
		checkNoValue(t, doc, values)
	}
}

// checkNoValue looks for what was found in everything that leaves the stage beside the text.
func checkNoValue(t *testing.T, doc *corpus.Document, values map[string]string) {
	t.Helper()
	said := fmt.Sprintf("%+v %+v %+v", doc.Signals, doc.Edits, doc.Reason)
	if doc.Reason != nil {
		said += fmt.Sprintf(" %+v", *doc.Reason)
	}
	for name, value := range values {
		if strings.Contains(said, value) {
			t.Errorf("the %s is in %s", name, said)
		}
	}
}

func piiActionForAll(action string) PIIOptions {
	rule := PIIRule{Action: action, Tag: "<{TYPE}>"}
	options := DefaultPIIOptions()
	options.Email, options.IP, options.Phone, options.Card, options.IBAN = rule, rule, rule, rule, rule
	options.NationalIDs.PIIRule, options.Crypto, options.MAC, options.Secrets, options.URLCredentials = rule, rule, rule, rule, rule
	return options
}

func TestPIISurrogates(t *testing.T) {
	dir := t.TempDir()
	run := func(key, text string) string {
		options := piiActionForAll(PIISurrogate)
		if key != "" {
			options.SurrogateKeyFile = filepath.Join(dir, "key")
			if err := os.WriteFile(options.SurrogateKeyFile, []byte(key+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		stage, err := NewPII(options)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range stage.Models() {
			if strings.Contains(fmt.Sprintf("%+v", m), key) {
				t.Errorf("the model holds the key: %+v", m)
			}
		}
		return process(t, stage, text)[0].Text
	}
	const text = "jo@a.com wrote to al@a.com; JO@a.com waits"
	words := strings.Fields(run("sixteen bytes or more", text))
	if words[0] != words[4] || words[0] == strings.TrimSuffix(words[3], ";") {
		t.Errorf("surrogates of %q: %q", text, words)
	}
	if a, b := run("sixteen bytes or more", text), run("sixteen bytes or more", text); a != b {
		t.Errorf("two runs differ: %q and %q", a, b)
	}
	if a, b := run("sixteen bytes or more", text), run("sixteen other bytes", text); a == b {
		t.Errorf("two keys, one result: %q", a)
	}
	if a := run("", text); strings.Contains(a, "jo@") {
		t.Errorf("without a key: %q", a)
	}
	if got := run("", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl"); got != "<JWT>" {
		t.Errorf("a token under surrogate: %q, want it masked", got)
	}
}

func TestPIIBadKey(t *testing.T) {
	for name, key := range map[string]string{"short": "fifteen bytes.", "long": strings.Repeat("x", 1025), "none": ""} {
		options := DefaultPIIOptions()
		options.SurrogateKeyFile = filepath.Join(t.TempDir(), "key")
		if name != "none" {
			if err := os.WriteFile(options.SurrogateKeyFile, []byte(key), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := NewPII(options)
		checkBadOption(t, err, "surrogate_key_file")
		if err != nil && len(key) > 5 && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error holds the key", name)
		}
	}
}
