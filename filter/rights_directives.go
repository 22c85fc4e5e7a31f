package filter

import (
	"strings"

	"corpus"
)

// Kinds of statements; see corpus.Evidence.
const (
	kindRobots         = "robots"
	kindTDMReservation = "tdm-reservation"
	kindContentUsage   = "content-usage"
	kindLicense        = "license"
)

// eachDirective goes through the directives of a statement for robots, with the agent that each is for, "" for all, until yield returns false:
//
//	noindex, nofollow
//	googlebot: noindex, otherbot: noai, unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT
//
// Directives part at commas, and also at semicolons and white space, as they stand on real pages. An agent holds for all that follow it, up to the
// next. A directive with a value comes as its name and its value ("max-snippet:0").
func eachDirective(statement string, yield func(agent, directive string) bool) {
	agent, dated := "", false
	for part := range strings.SplitSeq(strings.ToLower(statement), ",") {
		part = strings.TrimSpace(part)
		if part == "" || dated && part[0] >= '0' && part[0] <= '9' {
			continue // the rest of a date
		}
		dated = false
		name, value, valued := strings.Cut(part, ":")
		for valued {
			name = strings.TrimSpace(name)
			if takesValue(name) {
				part, dated = name+":"+strings.TrimSpace(value), name == "unavailable_after"
				break
			}
			agent = strings.TrimPrefix(name, "*")
			part = value
			name, value, valued = strings.Cut(part, ":")
		}
		if valued {
			if !yield(agent, part) {
				return
			}
			continue
		}
		for word := range strings.FieldsFuncSeq(part, func(r rune) bool { return r == ' ' || r == ';' || r == '\t' }) {
			if !yield(agent, word) {
				return
			}
		}
	}
}

// takesValue reports a directive that a colon and a value follow, not an agent that its directives follow.
func takesValue(name string) bool {
	switch name {
	case "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview":
		return true
	}
	return false
}

// robotsDirectives are those that a policy can name.
func robotsDirectives() []string {
	return []string{"noai", "noimageai", "noml", "none", "noindex", "nofollow", "noarchive", "nocache", "nosnippet", "noimageindex", "notranslate"}
}

// implied are the directives that one stands for: itself and those that are defined by it (Google's page: none is noindex and
// nofollow, max-snippet:0 is nosnippet; Bing's: nocache is noarchive).
func implied(directive string) []string {
	switch directive {
	case "none":
		return []string{"none", "noindex", "nofollow"}
	case "max-snippet:0":
		return []string{"nosnippet"}
	case "nocache", "noarchive":
		return []string{"noarchive", "nocache"}
	}
	return []string{directive}
}

// tdmReservation is what the protocol makes of a record's statements: 1 reserved, 0 not, -1 nothing said. Other values are errors, as if nothing was said. What
// the page says counts before what its head says (TDMRep, section "Processing priority"); of several in one place, which the protocol does not foresee,
// the reservation counts.
func tdmReservation(rights []corpus.Evidence) int {
	said := map[string]int{}
	for _, e := range rights {
		if e.Kind != kindTDMReservation {
			continue
		}
		switch strings.TrimSpace(e.Value) {
		case "1":
			said[e.Where] = 1
		case "0":
			if _, ok := said[e.Where]; !ok {
				said[e.Where] = 0
			}
		}
	}
	for _, where := range []string{"html", "http"} {
		if value, ok := said[where]; ok {
			return value
		}
	}
	return -1
}

// trainingUse is what a record's Content-Usage fields say of the training of models: 'y', 'n', or 0 for nothing. Of several fields the one that disallows
// counts (draft-ietf-aipref-vocab, "Combining Preferences").
func trainingUse(rights []corpus.Evidence) byte {
	var use byte
	for _, e := range rights {
		if e.Kind == kindContentUsage {
			if v := usageValue(e.Value[:min(len(e.Value), maxStatement)], "train-ai"); v == 'n' || v == 'y' && use == 0 {
				use = v
			}
		}
	}
	return use
}

// usageValue is the value of a key in a dictionary of structured fields (RFC 9651, section 3.2) where it is the token y or n, else 0. Of a key that comes
// twice the last counts; a dictionary with a key that is none, such as one in capitals, says nothing.
func usageValue(dictionary, key string) byte {
	var value byte
	for member := range quotedSplit(dictionary) {
		member = strings.Trim(member, " \t")
		name, rest := member, ""
		if at := strings.IndexAny(member, "=;"); at >= 0 {
			name, rest = member[:at], member[at:]
		}
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.*") != "" {
			return 0
		}
		if name != key {
			continue
		}
		value = 0
		if token, ok := strings.CutPrefix(rest, "="); ok {
			token, _, _ = strings.Cut(token, ";")
			if token = strings.TrimRight(token, " \t"); token == "y" || token == "n" {
				value = token[0]
			}
		}
	}
	return value
}

// quotedSplit splits at commas that stand outside of quotes.
func quotedSplit(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '"':
				quoted = !quoted
			case s[i] == '\\' && quoted:
				i++
			case s[i] == ',' && !quoted:
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}
