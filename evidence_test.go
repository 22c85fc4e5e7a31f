package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRobotsDirectives(t *testing.T) {
	for _, test := range []struct{ name, list, want string }{
		{"none", "", ""},
		{"list", "NoIndex,nofollow", "noindex nofollow"},
		{"agents", "googlebot: noindex, nofollow, *: noai", "googlebot/noindex googlebot/nofollow noai"},
		{"agent without a blank", "gptbot:noai", "gptbot/noai"},
		{"agent with blanks around the colon", "gptbot : noai, ccbot :none", "gptbot/noai ccbot/none"},
		{"semicolons", "noai; googlebot: none", "noai googlebot/none"},
		{"semicolon before a value", "noai;max-snippet:-1", "noai max-snippet:-1"},
		{"blank before a value", "noai max-image-preview:large noindex", "noai max-image-preview:large noindex"},
		{"values with blanks", "max-snippet : 0, max-video-preview: -1 noai", "max-snippet:0 max-video-preview:-1 noai"},
		{"value that is missing", "max-snippet:, noai", "noai"},
		{"date", "unavailable_after: 25 Jun 2010 15:00:00 GMT, noai", "unavailable_after:25 jun gmt noai"},
		{"date with a comma", "unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT, noai", "unavailable_after:fri jun gmt noai"},
		{"date without a comma behind it", "unavailable_after: 2010-06-25T15:00:00+02:00 noai", "unavailable_after:2010-06-25t15:00:00+02:00 noai"},
		{"only signs", ": ,;:: ,", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for agent, directive := range RobotsDirectives(test.list) {
				if agent != "" {
					directive = agent + "/" + directive
				}
				got = append(got, directive)
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
		})
	}
}

func TestAppendEvidence(t *testing.T) {
	make := func(kinds string) (list []Evidence) {
		for i, kind := range strings.Fields(kinds) {
			list = append(list, Evidence{Kind: kind, Value: fmt.Sprint(i)})
		}
		return list
	}
	more := Evidence{Kind: EvidenceTDMReservation, Value: "1"}
	for _, test := range []struct {
		name, list string
		more       Evidence
		want       string
	}{
		{"room", "license", more, "license tdm-reservation"},
		{"no room", "robots license license", more, "robots license tdm-reservation"},
		{"no room and no licence", "robots robots robots", more, "robots robots robots"},
		{"no room for a licence", "robots license robots", Evidence{Kind: EvidenceLicense, Value: "x"}, "robots license robots"},
		{"there already", "robots", Evidence{Kind: "robots", Value: "0"}, "robots"},
		{"nothing said", "robots", Evidence{Kind: "robots"}, "robots"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, said := range AppendEvidence(make(test.list), 3, test.more) {
				got = append(got, said.Kind)
			}
			if !slices.Equal(got, strings.Fields(test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Values are short and on one line, and nothing that restricts is lost, however long the list.
func FuzzRobotsEvidence(f *testing.F) {
	for _, list := range []string{"noindex", "googlebot: noai, *: none", "unavailable_after: Fri, 25 Jun 2010", strings.Repeat("Ⱥ, ", 200) + "noai", strings.Repeat("index,", 60) + "a:noai", "\xff\u2028:no", "no" + strings.Repeat("x", 300)} {
		f.Add("", list)
		f.Add("gptbot", list)
	}
	f.Fuzz(func(t *testing.T, agent, list string) {
		if len(agent) > 40 || agent != QuoteEvidence(agent) || strings.ContainsAny(agent, ":,; ") {
			return
		}
		said := map[string]bool{}
		for _, e := range RobotsEvidence("html", agent, list) {
			if e.Value == "" || len(e.Value) > 256 || !utf8.ValidString(e.Value) || strings.ContainsAny(e.Value, "\r\n\t\x00\u2028") {
				t.Errorf("%q", e.Value)
			}
			for agent, directive := range RobotsDirectives(e.Value) {
				said[agent+" "+directive] = true
			}
		}
		for a, directive := range RobotsDirectives(QuoteEvidence(list)) {
			if a == "" {
				a = strings.ToLower(agent)
			}
			if directive == "noai" && !said[a+" noai"] && len(list) < 256 && !strings.Contains(list, "*") {
				t.Errorf("noai for %q is lost of %q", a, list)
			}
		}
	})
}
