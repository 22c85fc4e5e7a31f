package filter

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// evidence makes statements of lines "kind where value".
func evidence(lines ...string) []corpus.Evidence {
	var list []corpus.Evidence
	for _, line := range lines {
		parts := strings.SplitN(line, " ", 3)
		list = append(list, corpus.Evidence{Kind: parts[0], Where: parts[1], Value: parts[2]})
	}
	return list
}

// judgeRights runs the stage over a document with statements and returns its fate and the names of its signals that are 1, and those that are 0 with "!".
func judgeRights(t testing.TB, options RightsOptions, declared string, said ...string) (fate string, signals []string) {
	t.Helper()
	stage, err := NewRights(options)
	if err != nil {
		t.Fatal(err)
	}
	doc := &corpus.Document{Rights: evidence(said...), Declared: corpus.Declared{License: declared}}
	if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
		t.Fatal(err)
	}
	if doc.Reason != nil {
		fate = strings.TrimSpace(doc.Reason.Rule + " " + doc.Reason.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Signals)) {
		short := strings.TrimPrefix(name, "rights_")
		if doc.Signals[name] == 0 {
			short = "!" + short
		}
		signals = append(signals, short)
	}
	return fate, signals
}

func TestRightsDefaults(t *testing.T) {
	for _, test := range []struct {
		name, want string
		said       []string
		signals    []string
	}{
		{"nothing said", "", nil, nil},
		{"noai on the page", "robots noai", []string{"robots html noai, noimageai"}, []string{"noai", "noimageai"}},
		{"noai in the head", "robots noai", []string{"robots http noai"}, []string{"noai"}},
		{"letter case", "robots noai", []string{"robots http NoAI"}, []string{"noai"}},
		{"pictures alone", "", []string{"robots html noimageai"}, []string{"noimageai"}},
		{"search engines", "", []string{"robots http noindex, nofollow, noarchive, nosnippet"}, []string{"noarchive", "nocache", "nofollow", "noindex", "nosnippet"}},
		{"none", "", []string{"robots html none"}, []string{"nofollow", "noindex", "none"}},
		{"no snippet, in numbers", "", []string{"robots html max-snippet: 0"}, []string{"nosnippet"}},
		{"a snippet", "", []string{"robots html max-snippet:20, noindexing"}, nil},
		{"one robot", "", []string{"robots html gptbot: noai"}, nil},
		{"all robots behind one", "", []string{"robots http gptbot: noindex, noai"}, nil},
		{"all robots, said so", "robots noai", []string{"robots http *: noai"}, []string{"noai"}},
		{"parted by blanks", "robots noai", []string{"robots html index noai"}, []string{"noai"}},
		{"parted by semicolons", "robots noai", []string{"robots html noindex;noai"}, []string{"noai", "noindex"}},
		{"behind a date", "robots noai", []string{"robots http unavailable_after: fri, 25 jun 2010 15:00:00 gmt, noai"}, []string{"noai"}},
		{"reserved in the head", "tdm_reservation 1", []string{"tdm-reservation http 1"}, []string{"tdm_reservation"}},
		{"reserved on the page", "tdm_reservation 1", []string{"tdm-reservation html 1"}, []string{"tdm_reservation"}},
		{"reserved with a policy", "tdm_reservation 1", []string{"tdm-reservation http 1", "tdm-policy http https://a.example/p"}, []string{"tdm_reservation"}},
		{"not reserved", "", []string{"tdm-reservation http 0"}, []string{"!tdm_reservation"}},
		{"policy alone", "", []string{"tdm-policy http https://a.example/p"}, nil},
		{"neither 0 nor 1", "", []string{"tdm-reservation http true", "tdm-reservation html 2"}, nil},
		{"the page supersedes the head: freed", "", []string{"tdm-reservation http 1", "tdm-reservation html 0"}, []string{"!tdm_reservation"}},
		{"the page supersedes the head: reserved", "tdm_reservation 1", []string{"tdm-reservation http 0", "tdm-reservation html 1"}, []string{"tdm_reservation"}},
		{"an error on the page supersedes nothing", "tdm_reservation 1", []string{"tdm-reservation http 1", "tdm-reservation html yes"}, []string{"tdm_reservation"}},
		{"both in the head", "tdm_reservation 1", []string{"tdm-reservation http 0", "tdm-reservation http 1", "tdm-reservation http 0"}, []string{"tdm_reservation"}},
		{"no training", "content_usage train-ai=n", []string{"content-usage http train-ai=n"}, []string{"no_train_ai"}},
		{"training", "", []string{"content-usage http search=n, train-ai=y"}, []string{"!no_train_ai"}},
		{"search alone", "", []string{"content-usage http search=n"}, nil},
		{"the last of a key counts", "", []string{"content-usage http train-ai=n, train-ai=y"}, []string{"!no_train_ai"}},
		{"no token", "", []string{`content-usage http train-ai=y, train-ai, search=n, search="n"`}, nil},
		{"parameters", "", []string{"content-usage http train-ai;allow=n, train-ai=y"}, []string{"!no_train_ai"}},
		{"parameters behind the value", "content_usage train-ai=n", []string{"content-usage http train-ai=n;x=1"}, []string{"no_train_ai"}},
		{"comma in quotes", "", []string{`content-usage http search;x="a, train-ai=n"`}, nil},
		{"capitals", "", []string{"content-usage http Train-AI=n"}, nil},
		{"two fields", "content_usage train-ai=n", []string{"content-usage http train-ai=n", "content-usage http train-ai=y"}, []string{"no_train_ai"}},
		{"a licence", "", []string{"license html https://creativecommons.org/licenses/by-nc-nd/4.0/"}, []string{"license"}},
		{"another licence", "", []string{"license html All rights reserved"}, []string{"!license"}},
		{"a kind of the future", "", []string{"ai-txt http Disallow: /"}, nil},
		{"the order of rules", "tdm_reservation 1", []string{"robots html noai", "content-usage http train-ai=n", "tdm-reservation html 1"}, []string{"no_train_ai", "noai", "tdm_reservation"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fate, signals := judgeRights(t, DefaultRightsOptions(), "", test.said...)
			if fate != test.want {
				t.Errorf("fate %q, want %q", fate, test.want)
			}
			if diff := cmp.Diff(test.signals, signals); diff != "" {
				t.Errorf("signals (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRightsPolicies(t *testing.T) {
	with := func(change func(*RightsOptions)) RightsOptions {
		options := DefaultRightsOptions()
		change(&options)
		return options
	}
	report := with(func(o *RightsOptions) { o.Drop, o.TDMReservation, o.ContentUsage = nil, RightsReport, RightsReport })
	strict := with(func(o *RightsOptions) {
		o.Drop, o.Agents = []string{"noai", "noindex", "noarchive", "nosnippet"}, []string{"*", "CCBot", "google*"}
	})
	anyone := with(func(o *RightsOptions) { o.Agents = []string{"any"} })
	open := with(func(o *RightsOptions) { o.Licenses.Allow = []string{"CC-BY-*", "cc0*", "https://a.example/free*"} })
	notNC := with(func(o *RightsOptions) { o.Licenses.Deny = []string{"*-NC*", "*-nd*", "*reserved*"} })
	only := with(func(o *RightsOptions) { o.Licenses.Require, o.Licenses.Allow = true, []string{"CC0-1.0"} })
	byNC, by, zero := "license html https://creativecommons.org/licenses/by-nc/4.0/", "license html https://creativecommons.org/licenses/by/4.0/", "license html http://creativecommons.org/publicdomain/zero/1.0/"
	for _, test := range []struct {
		name     string
		options  RightsOptions
		declared string
		said     []string
		want     string
	}{
		{"report: all", report, "", []string{"robots html noai", "tdm-reservation html 1", "content-usage http train-ai=n"}, ""},
		{"agents: by name", strict, "", []string{"robots html ccbot: noai"}, "robots ccbot: noai"},
		{"agents: by beginning", strict, "", []string{"robots http googlebot-news: noindex"}, "robots googlebot-news: noindex"},
		{"agents: another", strict, "", []string{"robots http otherbot: noindex"}, ""},
		{"agents: the second of a field", strict, "", []string{"robots http otherbot: noindex, ccbot: nosnippet"}, "robots ccbot: nosnippet"},
		{"agents: with a version", strict, "", []string{"robots http CCBot/2.0: noai"}, "robots ccbot/2.0: noai"},
		{"parted by blanks, with a value", DefaultRightsOptions(), "", []string{"robots html noai max-image-preview:large"}, "robots noai"},
		{"parted by semicolons, with a value", DefaultRightsOptions(), "", []string{"robots html noai; max-snippet:-1"}, "robots noai"},
		{"deny: by name", with(func(o *RightsOptions) { o.Licenses.Deny = []string{"CC BY-NC 4.0"} }), "", []string{byNC}, "license CC-BY-NC-4.0"},
		{"allow: by address", with(func(o *RightsOptions) {
			o.Licenses.Allow = []string{"https://creativecommons.org/licenses/by/4.0/deed.de"}
		}), "", []string{by}, ""},
		{"deny: an address that looks like an id", with(func(o *RightsOptions) { o.Licenses.Deny = []string{"CC-*NC*", "CC-*ND*"} }), "", []string{"license html https://brand-nd.example/terms-nc"}, ""},
		{"agents: any but all", anyone, "", []string{"robots http noai"}, ""},
		{"agents: any", anyone, "", []string{"robots http some.bot/2.0: noai"}, "robots some.bot/2.0: noai"},
		{"implied: none", strict, "", []string{"robots http none"}, "robots none"},
		{"implied: nocache", strict, "", []string{"robots http nocache"}, "robots nocache"},
		{"implied: max-snippet", strict, "", []string{"robots http max-snippet:0"}, "robots max-snippet:0"},
		{"allow: listed", open, "", []string{by}, ""},
		{"allow: not listed", with(func(o *RightsOptions) { o.Licenses.Allow = []string{"cc-by-4.0"} }), "", []string{byNC}, "license CC-BY-NC-4.0"},
		{"allow: one of two", with(func(o *RightsOptions) { o.Licenses.Allow = []string{"cc-by-4.0"} }), "", []string{byNC, by}, ""},
		{"allow: by address", open, "", []string{"license http https://a.example/free/v2"}, ""},
		{"allow: unknown", open, "", []string{"license html © Jo Doe"}, "license other"},
		{"allow: none stated", open, "", nil, ""},
		{"deny: listed", notNC, "", []string{byNC}, "license CC-BY-NC-4.0"},
		{"deny: one of two", notNC, "", []string{by, byNC}, "license CC-BY-NC-4.0"},
		{"deny: not listed", notNC, "", []string{by}, ""},
		{"deny: words", notNC, "", []string{"license html All Rights Reserved"}, "license other"},
		{"deny: declared elsewhere", notNC, "CC BY-NC-ND 3.0", nil, "license CC-BY-NC-ND-3.0"},
		{"require: none stated", only, "", []string{"robots html noindex"}, "license_missing"},
		{"require: nothing said at all", only, "", nil, "license_missing"},
		{"require: allowed", only, "", []string{zero}, ""},
		{"require: another", only, "", []string{by}, "license CC-BY-4.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if fate, _ := judgeRights(t, test.options, test.declared, test.said...); fate != test.want {
				t.Errorf("fate %q, want %q", fate, test.want)
			}
		})
	}
}

func TestLicenseID(t *testing.T) {
	for statement, want := range map[string]string{
		"https://creativecommons.org/licenses/by/4.0/":                                "CC-BY-4.0",
		"http://creativecommons.org/licenses/by-nc-sa/3.0/us/":                        "CC-BY-NC-SA-3.0-US",
		"https://creativecommons.org/licenses/by-sa/4.0/deed.de":                      "CC-BY-SA-4.0",
		"https://creativecommons.org/licenses/by-sa/3.0/de/legalcode":                 "CC-BY-SA-3.0-DE",
		"//creativecommons.org/licenses/by-nd/2.5/ca/":                                "CC-BY-ND-2.5-CA",
		"HTTPS://CreativeCommons.org/Licenses/BY/4.0/":                                "CC-BY-4.0",
		"https://creativecommons.org/licenses/by/4.0/?ref=chooser":                    "CC-BY-4.0",
		"https://creativecommons.org/licenses/by-nc":                                  "CC-BY-NC",
		"https://creativecommons.org/licenses/by-nc/":                                 "CC-BY-NC",
		"https://creativecommons.org/publicdomain/zero/1.0/deed.en":                   "CC0-1.0",
		"https://creativecommons.org/publicdomain/mark/1.0/":                          "CC-PDM-1.0",
		"http://creativecommons.org/licenses/publicdomain/":                           "CC-PDDC",
		"http://creativecommons.org/licenses/sampling+/1.0/":                          "CC-SAMPLING+-1.0",
		"under https://creativecommons.org/licenses/by/2.0/ since 2007":               "CC-BY-2.0",
		"https://creativecommons.org/about/":                                          "",
		"https://creativecommons.org/licenses/":                                       "",
		"https://creativecommons.org/":                                                "",
		"https://creativecommons.org/licenses/<script>/4.0/":                          "",
		"http://creativecommons.org/licenses/by-nd-nc/1.0/":                           "CC-BY-NC-ND-1.0",
		"https://creativecommons.org/licenses/about":                                  "",
		"https://creativecommons.org/license/results-one":                             "",
		"https://creativecommons.org/licenses/GPL/2.0/":                               "",
		"CC BY-NC 4.0 (https://a.example/terms)":                                      "CC-BY-NC-4.0",
		"see https://www.apache.org/licenses/LICENSE-2.0":                             "Apache-2.0",
		"https://a.example/cc-by-4.0":                                                 "",
		"CC 0 1.0":                                                                    "CC0-1.0",
		"CC BY-NC v4.0":                                                               "CC-BY-NC-4.0",
		"Creative Commons Attribution-Noncommercial-No Derivative Works 3.0 Unported": "CC-BY-NC-ND-3.0",
		"Creative Commons Attribution - Pas d'Utilisation Commerciale 4.0":            "",
		"Creative Commons Attribution – … 4.0 International":                          "",
		"Creative Commons Attribution":                                                "CC-BY",
		"CC BY-SA 4.0":                                                                "CC-BY-SA-4.0",
		"cc-by-nc-nd-3.0":                                                             "CC-BY-NC-ND-3.0",
		"CC BY":                                                                       "CC-BY",
		"CC0":                                                                         "CC0-1.0",
		"Creative Commons Zero":                                                       "CC0-1.0",
		"Creative Commons Attribution 4.0 International":                              "CC-BY-4.0",
		"Creative Commons Attribution-NonCommercial-ShareAlike 3.0 Unported":          "CC-BY-NC-SA-3.0",
		"Creative Commons Attribution-Non Commercial-No Derivatives License 2.5":      "CC-BY-NC-ND-2.5",
		"(c) 2019, Creative Commons Attribution Share Alike licence":                  "CC-BY-SA",
		"CC Sabathia":       "",
		"cc: by the office": "CC-BY", // words cannot tell
		"MIT":               "MIT",
		"apache-2.0":        "Apache-2.0",
		"https://www.apache.org/licenses/LICENSE-2.0":                               "Apache-2.0",
		"https://opensource.org/licenses/MIT":                                       "MIT",
		"https://spdx.org/licenses/CC-BY-4.0.html":                                  "CC-BY-4.0",
		"http://www.gnu.org/copyleft/fdl.html":                                      "GFDL",
		"https://www.gnu.org/licenses/fdl-1.3.html":                                 "GFDL-1.3",
		"http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL-UK-3.0",
		"https://opendatacommons.org/licenses/odbl/1-0/":                            "ODbL-1.0",
		"https://a.example/terms":                                                   "",
		"All rights reserved":                                                       "",
		"":                                                                          "",
	} {
		id, known := licenseID(statement)
		if !known {
			if id != strings.ToLower(strings.TrimSpace(statement)) {
				t.Errorf("%q: unknown, as %q", statement, id)
			}
			id = ""
		}
		if id != want {
			t.Errorf("%q: got %q, want %q", statement, id, want)
		}
	}
}

func TestRightsBadOptions(t *testing.T) {
	for _, test := range []struct {
		name, key, text string
		change          func(*RightsOptions)
	}{
		{"unknown directive", "drop", `"noia"`, func(o *RightsOptions) { o.Drop = []string{"noia"} }},
		{"permission", "drop", `"index"`, func(o *RightsOptions) { o.Drop = []string{"index"} }},
		{"agent with a directive", "agents", `"ccbot: noai"`, func(o *RightsOptions) { o.Agents = []string{"ccbot: noai"} }},
		{"agent with a star within", "agents", `"cc*bot"`, func(o *RightsOptions) { o.Agents = []string{"cc*bot"} }},
		{"no agent", "agents", `""`, func(o *RightsOptions) { o.Agents = []string{""} }},
		{"nobody", "agents", "nobody", func(o *RightsOptions) { o.Agents = nil }},
		{"name that can match nothing", "licenses.deny", `"CC BY-NC*"`, func(o *RightsOptions) { o.Licenses.Deny = []string{"CC BY-NC*"} }},
		{"reservation", "tdm_reservation", `"keep"`, func(o *RightsOptions) { o.TDMReservation = "keep" }},
		{"usage", "content_usage", `""`, func(o *RightsOptions) { o.ContentUsage = "" }},
		{"empty licence", "licenses.deny", "empty", func(o *RightsOptions) { o.Licenses.Deny = []string{""} }},
		{"empty allowed licence", "licenses.allow", "empty", func(o *RightsOptions) { o.Licenses.Allow = []string{"MIT", ""} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultRightsOptions()
			test.change(&options)
			_, err := NewRights(options)
			checkBadOption(t, err, test.key)
			if !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %q does not name %q", err, test.text)
			}
		})
	}
}

// Lines of JSON carry statements that nobody bounded.
func TestRightsHostileStatements(t *testing.T) {
	mega := 1 << 20
	stage, err := NewRights(RightsOptions{Drop: []string{"noindex"}, Agents: []string{"*", "any"}, TDMReservation: RightsDrop, ContentUsage: RightsDrop,
		Licenses: LicenseOptions{Allow: []string{"*a*a*a*a*b", "*-nc*"}, Deny: []string{"*x*y*"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"robots", "tdm-reservation", "tdm-policy", "content-usage", "license", "", "\x00"} {
		for name, value := range map[string]string{
			"empty": "", "commas": strings.Repeat(",", mega), "colons": strings.Repeat("a:", mega/2), "words": strings.Repeat("noindex ", mega/8), "agents": strings.Repeat("bot: noindex, ", mega/14),
			"quotes": strings.Repeat(`"`, mega), "keys": strings.Repeat("train-ai=n,", mega/11), "slashes": "creativecommons.org/" + strings.Repeat("/", mega), "a": strings.Repeat("a", mega),
			"NUL": strings.Repeat("\x00", mega), "not UTF-8": strings.Repeat("\xff:", mega/2), "marks": strings.Repeat("\u0301\u202e", mega/5), "cc": strings.Repeat("cc ", mega/3), "backslash": `x="\`,
		} {
			var rights []corpus.Evidence
			for range 100 {
				rights = append(rights, corpus.Evidence{Kind: kind, Where: "http", Value: value})
			}
			doc := &corpus.Document{Rights: rights, Declared: corpus.Declared{License: value}}
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			if doc.Reason != nil && (len(doc.Reason.Value) > maxRightsValue || !utf8.ValidString(doc.Reason.Value)) {
				t.Errorf("%s %s: value %q", kind, name, doc.Reason.Value)
			}
		}
	}
}

func TestRightsLeavesDroppedDocumentsAlone(t *testing.T) {
	stage, err := NewRights(DefaultRightsOptions())
	if err != nil {
		t.Fatal(err)
	}
	doc := &corpus.Document{Rights: evidence("robots html noai"), Reason: &corpus.Reason{Stage: "other", Rule: "before"}}
	if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
		t.Fatal(err)
	}
	checkReason(t, doc, corpus.Reason{Stage: "other", Rule: "before"})
	if doc.Signals != nil {
		t.Errorf("signals %v", doc.Signals)
	}
}

func TestMatchesStars(t *testing.T) {
	for _, test := range []struct {
		pattern, s string
		want       bool
	}{
		{"a", "a", true}, {"a", "ab", false}, {"a*", "ab", true}, {"*b", "ab", true}, {"*", "", true}, {"a*c", "abc", true}, {"a*c", "ab", false},
		{"a*a", "a", false}, {"*-nc*", "cc-by-nc-4.0", true}, {"*-nc*", "cc-by-4.0", false}, {"a*b*c", "a-b-c", true}, {"a*b*c", "a-c-b", false}, {"**", "x", true}, {"", "", true}, {"", "x", false},
	} {
		if got := matchesStars(test.pattern, test.s); got != test.want {
			t.Errorf("%q against %q: %v", test.pattern, test.s, got)
		}
	}
}

// BenchmarkRights judges documents with some statements each.
func BenchmarkRights(b *testing.B) {
	stage, err := NewRights(DefaultRightsOptions())
	if err != nil {
		b.Fatal(err)
	}
	rights := evidence("robots http noindex, follow", "robots html googlebot: nosnippet", "tdm-reservation http 0", "license html https://creativecommons.org/licenses/by-nc-sa/4.0/deed.de")
	size := 0
	for _, said := range rights {
		size += len(said.Value)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		doc := &corpus.Document{Rights: rights}
		if err := stage.Process(b.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzRights(f *testing.F) {
	for _, value := range []string{"noindex, nofollow", "bot: noai, other: none", "unavailable_after: fri, 25 jun 2010 15:00:00 gmt, noai", `train-ai=n, a="x,y"`, "https://creativecommons.org/licenses/by-nc/3.0/us/", "CC BY-SA 4.0", "::", `\"`} {
		f.Add(value)
	}
	stage, err := NewRights(RightsOptions{Drop: robotsDirectives(), Agents: []string{"*", "any"}, TDMReservation: RightsDrop, ContentUsage: RightsDrop, Licenses: LicenseOptions{Deny: []string{"*nc*"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, kind := range []string{corpus.EvidenceRobots, corpus.EvidenceContentUsage, corpus.EvidenceTDMReservation, corpus.EvidenceLicense} {
			doc := &corpus.Document{Rights: []corpus.Evidence{{Kind: kind, Where: "http", Value: value}}}
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			if doc.Reason != nil && (len(doc.Reason.Value) > maxRightsValue || !utf8.ValidString(doc.Reason.Value)) {
				t.Errorf("%s: value %q", kind, doc.Reason.Value)
			}
		}
	})
}
