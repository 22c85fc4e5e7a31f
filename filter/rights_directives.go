package filter

import (
	"strings"

	"corpus"
)

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
		if e.Kind != corpus.EvidenceTDMReservation {
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
		if e.Kind == corpus.EvidenceContentUsage {
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
