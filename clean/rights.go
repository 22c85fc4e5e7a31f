package clean

import (
	"slices"
	"strings"

	"corpus"
)

// Bounds of what is kept of a record's statements about its use.
const (
	maxRights       = 16      // statements of a record, those of its response's head among them
	maxRightsValue  = 256     // bytes of a statement, as corpus.Evidence has it
	maxRightsSource = 8 << 10 // bytes of an attribute that are read
)

// signalRightsHTML counts the statements in a page. It is there where a page was parsed, 0 where it says nothing, so that "looked and found
// nothing" can be told from "not looked".
const signalRightsHTML = "rights_html"

// Kinds of statements that stand in pages.
const (
	kindRobots         = "robots"
	kindTDMReservation = "tdm-reservation"
	kindTDMPolicy      = "tdm-policy"
	kindLicense        = "license"
)

// rightsMeta takes what a meta element says about the use of the page, wherever in the page it stands; name is in lower case:
//
//	robots, or the name of a robot   Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"
//	tdm-reservation, tdm-policy      TDM Reservation Protocol, W3C community group final report, section "TDM Metadata in HTML Content"
//	dc.rights, dcterms.license, …    DCMI Metadata Terms; RFC 2731
//	license, cc:license              the HTML Living Standard's registry of names; ccREL, W3C member submission 2008
func (d *declaration) rightsMeta(name, content string) {
	switch name {
	case "robots", "x-robots-tag":
		if text := strings.ToLower(quoteRights(content)); restrictsRobots(text) {
			d.state(kindRobots, text)
		}
	case "tdm-reservation":
		d.state(kindTDMReservation, quoteRights(content))
	case "tdm-policy":
		d.state(kindTDMPolicy, quoteRights(d.resolved(content)))
	case "dc.rights", "dcterms.rights", "dc.rights.license", "dcterms.license", "license", "licence", "cc:license", "rights":
		d.licence(content)
	default:
		if !isRobotName(name) {
			return
		}
		if text := strings.ToLower(quoteRights(content)); restrictsRobots(text) {
			d.state(kindRobots, quoteRights(name+": "+text))
		}
	}
}

// isRobotName reports the name of a robot that meta elements are addressed to: what ends in "bot", and those known that do not.
func isRobotName(name string) bool {
	if strings.HasSuffix(name, "bot") || strings.HasPrefix(name, "googlebot-") {
		return true
	}
	switch name {
	case "google-extended", "adsbot-google", "mediapartners-google", "applebot-extended", "anthropic-ai", "claude-web", "cohere-ai", "chatgpt-user",
		"meta-externalagent", "facebookexternalhit", "bytespider", "slurp", "teoma", "ia_archiver":
		return true
	}
	return false
}

// licence takes a statement of a licence: its address, else its words where they speak of a licence. Many pages have no more than a name there, often a
// person's, which is nobody's business in a ledger.
func (d *declaration) licence(value string) {
	value = strings.TrimSpace(value)
	if isRightsAddress(value) {
		d.state(kindLicense, quoteRights(d.resolved(value)))
	} else if words := quoteRights(value); speaksOfLicence(words) {
		d.state(kindLicense, words)
	}
}

// speaksOfLicence reports words that name a licence or reserve rights, in the larger languages of the web.
func speaksOfLicence(words string) bool {
	low := strings.ToLower(words)
	for _, term := range [...]string{
		"licen", "lizenz", "лиценз", "creative commons", "cc by", "cc-by", "cc0", "cc 0", "public domain", "gemeinfrei", "domaine public", "dominio público", "copyleft", "gpl", "gfdl", "apache", "bsd",
		"rights reserved", "rechte vorbehalten", "droits réservés", "droits reserves", "derechos reservados", "diritti riservati", "direitos reservados", "rechten voorbehouden", "prawa zastrzeżone",
		"права защищены",
	} {
		if strings.Contains(low, term) {
			return true
		}
	}
	return low == "mit"
}

// resolved is an address made absolute; what is none stays as it is.
func (d *declaration) resolved(href string) string {
	var address string
	if d.address(&address, href); address != "" && len(address) <= maxRightsValue {
		return address
	}
	return href
}

// isRightsAddress reports a value that can be an address, whole or relative, rather than words.
func isRightsAddress(value string) bool {
	return !strings.ContainsAny(value, " \t\r\n") && strings.ContainsAny(value, "/#?")
}

// state adds a statement that is not there yet.
func (d *declaration) state(kind, value string) {
	said := corpus.Evidence{Kind: kind, Where: "html", Value: value}
	if value != "" && len(d.rights) < maxRights && !slices.Contains(d.rights, said) {
		d.rights = append(d.rights, said)
	}
}

// takeRights adds the statements of a parsed page to its document.
func takeRights(doc *corpus.Document, found []corpus.Evidence) {
	doc.SetSignal(signalRightsHTML, float64(len(found)))
	for _, said := range found {
		if len(doc.Rights) < maxRights && !slices.Contains(doc.Rights, said) {
			doc.Rights = append(doc.Rights, said)
		}
	}
}

// quoteRights is a value as it stands on one line: without control characters, runs of white space as one space and one space behind a comma, at
// most 256 bytes. A longer list is cut behind one of its parts.
func quoteRights(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text[:min(len(text), maxRightsSource)], "\ufffd"))
	if strings.IndexByte(text, ',') >= 0 && !strings.Contains(text, "://") {
		text = strings.ReplaceAll(text, ",", ", ")
		text = strings.ReplaceAll(text, " ,", ",")
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxRightsValue {
		return text
	}
	text = strings.ToValidUTF8(text[:maxRightsValue], "")
	if at := strings.LastIndexByte(text, ','); at > 0 {
		text = text[:at]
	}
	return text
}

// restrictsRobots says whether a list of directives for robots, in lower case, restricts anything. Lists that only allow ("index, follow,
// max-snippet:-1") say what holds without them, and are no statement.
func restrictsRobots(list string) bool {
	before := ""
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ';' || r == ':' || r == ' ' }) {
		switch {
		case word == "noodp" || word == "noydir" || word == "noyaca":
			// Not to describe the page in the words of directories that are gone.
		case strings.HasPrefix(word, "no") || word == "unavailable_after" || word == "0" && before == "max-snippet":
			return true
		}
		before = word
	}
	return false
}
