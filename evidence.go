package corpus

import (
	"iter"
	"slices"
	"strings"
)

// Kinds of Evidence.
const (
	EvidenceRobots         = "robots"
	EvidenceTDMReservation = "tdm-reservation"
	EvidenceTDMPolicy      = "tdm-policy"
	EvidenceContentUsage   = "content-usage"
	EvidenceLicense        = "license"
)

const (
	maxEvidence       = 256     // bytes of a statement's value
	maxEvidenceSource = 8 << 10 // bytes of what is quoted that are read
)

// QuoteEvidence is a value as Evidence holds it: valid UTF-8 on one line without control characters, runs of white space as one space, at most 256 bytes.
// Of longer values than 8 KiB the beginning is read.
func QuoteEvidence(value string) string { return clipEvidence(evidenceLine(value)) }

func evidenceLine(value string) string {
	value = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value[:min(len(value), maxEvidenceSource)], "\ufffd"))
	return strings.Join(strings.Fields(value), " ")
}

func clipEvidence(line string) string {
	return strings.TrimRight(strings.ToValidUTF8(line[:min(len(line), maxEvidence)], ""), " ")
}

// AppendEvidence adds the statements that are not in a list yet and say anything, up to a number in all. Where there is no room for a statement that is no licence, it takes
// the place of the last licence: a page may list the licences of many pictures, and must not lose its reservation for them.
func AppendEvidence(list []Evidence, most int, more ...Evidence) []Evidence {
	for _, said := range more {
		if said.Value == "" || slices.Contains(list, said) {
			continue
		}
		if len(list) < most {
			list = append(list, said)
			continue
		}
		if said.Kind == EvidenceLicense {
			continue
		}
		for i, other := range slices.Backward(list) {
			if other.Kind == EvidenceLicense {
				list = append(slices.Delete(list, i, i+1), said)
				break
			}
		}
	}
	return list
}

// RobotsEvidence are the statements that a list of directives for robots makes, in lower case with one space behind a comma. The agent is the robot that the list is
// for, "" for all or where the list itself names them. A list that only allows ("index, follow, max-snippet:-1") says what holds without it, and makes none. Of a list of more
// than 256 bytes only what restricts is kept, in as many statements as that takes.
func RobotsEvidence(where, agent, list string) []Evidence {
	list = strings.ToLower(evidenceLine(list))
	if agent != "" {
		list = agent + ": " + list
	}
	var parts []string // what restricts, each with its agent
	last := ""
	seen := map[string]bool{}
	for agent, directive := range RobotsDirectives(list) {
		if !restrictsRobots(directive) {
			continue
		}
		part := directive
		if agent != "" {
			part = agent + ": " + directive
		}
		if part = clipEvidence(part); seen[part] {
			continue
		}
		seen[part] = true
		// An agent holds for all that follows it, so that another one begins a statement of its own.
		if n := len(parts); n > 0 && agent == last && len(parts[n-1])+len(directive)+2 <= maxEvidence {
			parts[n-1] += ", " + directive
		} else {
			parts = append(parts, part)
		}
		last = agent
	}
	if len(parts) == 0 {
		return nil
	}
	whole := strings.ReplaceAll(strings.ReplaceAll(list, ",", ", "), " ,", ",")
	if whole = strings.Join(strings.Fields(whole), " "); len(whole) <= maxEvidence {
		parts = []string{whole}
	}
	said := make([]Evidence, len(parts))
	for i, part := range parts {
		said[i] = Evidence{Kind: EvidenceRobots, Where: where, Value: part}
	}
	return said
}

// restrictsRobots says whether a directive restricts anything.
func restrictsRobots(directive string) bool {
	switch directive {
	case "noodp", "noydir", "noyaca":
		return false // not to describe the page in the words of directories that are gone
	case "max-snippet:0":
		return true
	}
	return strings.HasPrefix(directive, "no") || strings.HasPrefix(directive, "unavailable_after:")
}

// RobotsDirectives goes through a list of directives for robots, with the agent that each is for, "" for all:
//
//	noindex, nofollow
//	googlebot: noindex, otherbot: noai, unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT
//
// Both come in lower case. Directives part at commas, and also at semicolons and white space, as they stand on real pages. An agent holds for all that follow it, up to
// the next. A directive with a value comes as its name and its value ("max-snippet:0"), of which a date is no more than the first word.
func RobotsDirectives(list string) iter.Seq2[string, string] {
	return func(yield func(agent, directive string) bool) {
		agent, valued, dated := "", "", false
		for part := range strings.FieldsFuncSeq(strings.ToLower(list), func(r rune) bool { return r == ',' || r == ';' }) {
			words := strings.Fields(part)
			valued = ""
			dated = dated && len(words) > 0 && isDigit(words[0]) // the rest of a date
			for i, word := range words {
				if dated && isDigit(word) || strings.Trim(word, ":") == "" {
					continue // "25", "15:00:00"; a colon with a blank before it, which belongs to the word before
				}
				if i+1 < len(words) && words[i+1][0] == ':' {
					word += ":"
				}
				word = strings.TrimPrefix(word, ":")
				for valued == "" {
					name, rest, colon := strings.Cut(word, ":")
					if !colon {
						break
					}
					if takesRobotsValue(name) {
						valued, word = name, rest
						break
					}
					agent, word = strings.TrimPrefix(name, "*"), rest
				}
				if word == "" {
					continue
				}
				if valued != "" {
					dated = valued == "unavailable_after"
					word, valued = valued+":"+word, ""
				}
				if !yield(agent, word) {
					return
				}
			}
		}
	}
}

func isDigit(word string) bool { return word[0] >= '0' && word[0] <= '9' }

// takesRobotsValue reports a directive that a colon and a value follow, not an agent that its directives follow.
func takesRobotsValue(name string) bool {
	switch name {
	case "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview":
		return true
	}
	return false
}
