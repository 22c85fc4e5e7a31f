package filter

import (
	"slices"
	"strings"
)

// licenseID is the SPDX id of the licence that a statement names by its address or its name, in the spelling of the SPDX list; known is false where it
// names none that is known here, and the id then is the statement in lower case. Creative Commons licences that were adapted to a country keep the
// country ("CC-BY-NC-SA-3.0-US"). A licence without a version has none ("CC-BY").
func licenseID(statement string) (id string, known bool) {
	low := strings.ToLower(strings.TrimSpace(statement[:min(len(statement), maxStatement)]))
	if at := strings.Index(low, "creativecommons.org/"); at >= 0 {
		if id := creativeCommonsPath(low[at+len("creativecommons.org/"):]); id != "" {
			return id, true
		}
		return low, false
	}
	if words := strings.Fields(low); strings.Contains(low, "://") {
		for _, word := range words {
			if id := licenseAddress(word); id != "" {
				return id, true
			}
		}
		if len(words) == 1 {
			return low, false
		}
	}
	if id := creativeCommonsName(low); id != "" {
		return id, true
	}
	for _, id := range licenseNames() {
		if low == strings.ToLower(id) {
			return id, true
		}
	}
	return low, false
}

// creativeCommonsPath is the id of the licence that a path on creativecommons.org leads to; "" for another page.
func creativeCommonsPath(path string) string {
	if at := strings.IndexAny(path, "?# \"'),;"); at >= 0 {
		path = path[:at]
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) < 2 {
		return ""
	}
	code, version, country := parts[1], "", ""
	if len(parts) > 2 && isVersion(parts[2]) {
		version = parts[2]
		if len(parts) > 3 && len(parts[3]) <= 8 && !strings.HasPrefix(parts[3], "deed") && !strings.HasPrefix(parts[3], "legal") && isLicenseCode(parts[3]) {
			country = parts[3]
		}
	}
	switch parts[0] {
	case "publicdomain":
		switch code {
		case "zero":
			return "CC0-1.0"
		case "mark":
			return "CC-PDM-1.0"
		case "certification":
			return "CC-PDDC"
		}
		return ""
	case "licenses", "license":
		switch {
		case code == "publicdomain":
			return "CC-PDDC"
		case code == "zero":
			return "CC0-1.0"
		case code == "by-nd-nc":
			code = "by-nc-nd" // the order of version 1.0
		}
		for part := range strings.SplitSeq(code, "-") {
			if !slices.Contains([]string{"by", "nc", "nd", "sa", "sampling", "sampling+", "devnations"}, part) {
				return "" // another page, such as a list of licences
			}
		}
	default:
		return ""
	}
	return joinLicense("CC", strings.ToUpper(code), version, strings.ToUpper(country))
}

func joinLicense(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p != "" {
			if b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteString(p)
		}
	}
	return b.String()
}

func isLicenseCode(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-+") == ""
}

// isVersion reports a number such as 4.0.
func isVersion(s string) bool {
	return len(s) == 3 && s[0] >= '0' && s[0] <= '9' && s[1] == '.' && s[2] >= '0' && s[2] <= '9'
}

// creativeCommonsName is the id of the Creative Commons licence that words name: "CC BY-SA 4.0", "Creative Commons
// Attribution-NonCommercial 3.0"; "" where they name none.
func creativeCommonsName(low string) string {
	words := strings.FieldsFunc(low, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r < 0x80 // a letter or … is a word that is not known
	})
	for i, word := range words {
		switch {
		case word == "cc0":
			return "CC0-1.0"
		case word == "cc" && i+1 < len(words) && words[i+1] == "0":
			return "CC0-1.0"
		case word == "cc":
			if id := creativeCommonsWords(words[i+1:]); id != "" {
				return id
			}
		case word == "creative" && i+1 < len(words) && words[i+1] == "commons":
			if id := creativeCommonsWords(words[i+2:]); id != "" {
				return id
			}
		}
	}
	return ""
}

// creativeCommonsWords reads the conditions and the version that follow the name of Creative Commons. Where conditions in full words end at one that is not known, it may be one more
// of them in another language, so that no licence is named.
func creativeCommonsWords(words []string) string {
	var by, nc, nd, sa, spelled bool
	version := ""
	for i := 0; i < len(words) && version == ""; i++ {
		word := strings.TrimSuffix(words[i], ".")
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case word == "by" || word == "attribution":
			by, spelled = true, word != "by"
		case word == "nc" || word == "noncommercial":
			nc = true
		case word == "non" && next == "commercial":
			nc, i = true, i+1
		case word == "nd" || word == "noderivs" || word == "noderivatives":
			nd = true
		case word == "no" && (next == "derivs" || next == "derivatives" || next == "derivative"):
			nd, i = true, i+1
		case word == "sa" || word == "sharealike":
			sa = true
		case word == "share" && next == "alike":
			sa, i = true, i+1
		case word == "zero":
			return "CC0-1.0"
		case isVersion(word):
			version = word
		case word == "license" || word == "licence" || word == "public" || word == "the" || word == "version" || word == "v" || word == "works" || word == "generic" || word == "unported" || word == "international":
		case len(word) > 1 && word[0] == 'v' && isVersion(word[1:]):
			version = word[1:]
		case spelled:
			return ""
		default:
			i = len(words)
		}
	}
	if !by {
		return ""
	}
	mark := func(is bool, s string) string {
		if is {
			return s
		}
		return ""
	}
	return joinLicense("CC", "BY", mark(nc, "NC"), mark(nd, "ND"), mark(sa && !nd, "SA"), version)
}

// licenseNames are ids that a statement may consist of.
func licenseNames() []string {
	return []string{"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MPL-2.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "AGPL-3.0", "GFDL", "GFDL-1.1", "GFDL-1.2", "GFDL-1.3",
		"Unlicense", "0BSD", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "OGL-UK-3.0", "CC-PDDC", "CC-PDM-1.0"}
}

// licenseAddress is the id of a licence by the address of its text on the sites where most point; "" for another one.
func licenseAddress(low string) string {
	_, place, _ := strings.Cut(low, "://")
	place = strings.TrimPrefix(place, "www.")
	for _, known := range []struct{ prefix, id string }{
		{"apache.org/licenses/license-2.0", "Apache-2.0"},
		{"gnu.org/licenses/fdl-1.1", "GFDL-1.1"}, {"gnu.org/licenses/fdl-1.2", "GFDL-1.2"}, {"gnu.org/licenses/fdl-1.3", "GFDL-1.3"},
		{"gnu.org/licenses/old-licenses/fdl-1.2", "GFDL-1.2"}, {"gnu.org/licenses/old-licenses/fdl-1.1", "GFDL-1.1"}, {"gnu.org/licenses/fdl", "GFDL"}, {"gnu.org/copyleft/fdl", "GFDL"},
		{"gnu.org/licenses/gpl-3.0", "GPL-3.0"}, {"gnu.org/licenses/gpl-2.0", "GPL-2.0"}, {"gnu.org/licenses/agpl-3.0", "AGPL-3.0"}, {"gnu.org/licenses/lgpl-3.0", "LGPL-3.0"},
		{"nationalarchives.gov.uk/doc/open-government-licence/version/1", "OGL-UK-1.0"}, {"nationalarchives.gov.uk/doc/open-government-licence/version/2", "OGL-UK-2.0"},
		{"nationalarchives.gov.uk/doc/open-government-licence/version/3", "OGL-UK-3.0"},
		{"opendatacommons.org/licenses/odbl", "ODbL-1.0"}, {"opendatacommons.org/licenses/by", "ODC-By-1.0"}, {"opendatacommons.org/licenses/pddl", "PDDL-1.0"},
		{"unlicense.org", "Unlicense"}, {"mozilla.org/mpl/2.0", "MPL-2.0"}, {"mozilla.org/en-us/mpl/2.0", "MPL-2.0"},
	} {
		if strings.HasPrefix(place, known.prefix) {
			return known.id
		}
	}
	for _, site := range []string{"spdx.org/licenses/", "opensource.org/licenses/", "opensource.org/license/"} {
		if name, ok := strings.CutPrefix(place, site); ok {
			name = strings.TrimSuffix(strings.TrimRight(name, "/"), ".html")
			for _, id := range licenseNames() {
				if strings.EqualFold(id, name) {
					return id
				}
			}
			return creativeCommonsName(name)
		}
	}
	return ""
}
