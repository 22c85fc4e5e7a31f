package clean

import (
	"net/url"
	"strings"

	"corpus"
)

// maxRights is the number of statements of a record that are kept, those of its response's head among them.
const maxRights = 16

// onPage is where the statements of pages stand.
const onPage = "html"

// signalRightsHTML counts the statements in a page. It is there where a page was parsed, 0 where it says nothing, so that "looked and found
// nothing" can be told from "not looked".
const signalRightsHTML = "rights_html"

// rightsMeta takes what a meta element says about the use of the page, wherever in the page it stands; name is in lower case:
//
//	robots, or the name of a robot   Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"
//	tdm-reservation, tdm-policy      TDM Reservation Protocol, W3C community group final report, section "TDM Metadata in HTML Content"
//	dc.rights, dcterms.license, …    DCMI Metadata Terms; RFC 2731
//	license, cc:license              the HTML Living Standard's registry of names; ccREL, W3C member submission 2008
func (d *declaration) rightsMeta(name, content string) {
	switch name {
	case "robots", "x-robots-tag":
		d.rights = corpus.AppendEvidence(d.rights, maxRights, corpus.RobotsEvidence(onPage, "", content)...)
	case "tdm-reservation":
		d.state(corpus.EvidenceTDMReservation, content)
	case "tdm-policy":
		d.stateAddress(corpus.EvidenceTDMPolicy, content)
	case "dc.rights", "dcterms.rights", "dc.rights.license", "dcterms.license", "license", "licence", "cc:license", "rights":
		d.licence(content)
	default:
		if isRobotName(name) {
			d.rights = corpus.AppendEvidence(d.rights, maxRights, corpus.RobotsEvidence(onPage, name, content)...)
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

// licence takes a statement of a licence: its address, else those of its words that speak of it.
func (d *declaration) licence(value string) {
	if value = strings.TrimSpace(value); isRightsAddress(value) {
		d.stateAddress(corpus.EvidenceLicense, value)
	} else {
		d.state(corpus.EvidenceLicense, licenceWords(value))
	}
}

// isRightsAddress reports an address, whole or relative, rather than words.
func isRightsAddress(value string) bool {
	if strings.ContainsAny(value, " \t\r\n") {
		return false
	}
	return strings.Contains(value, "://") || value != "" && strings.IndexByte("/.#?", value[0]) >= 0
}

// stateAddress adds a statement that is an address, made absolute. One that does not lead to the web (mailto:, javascript:) is left out: it may be a person's, and says nothing
// of a licence or policy. What is no address stays as it is.
func (d *declaration) stateAddress(kind, href string) {
	if href = strings.TrimSpace(href); href == "" {
		return
	}
	link, err := url.Parse(href)
	if err == nil && link.Scheme != "" && link.Scheme != "http" && link.Scheme != "https" {
		return
	}
	if err == nil && d.base != nil && len(href) <= maxField {
		link = d.base.ResolveReference(link)
		link.Fragment, link.RawFragment = "", ""
		href = link.String()
	}
	d.state(kind, href)
}

// state adds a statement that is not there yet.
func (d *declaration) state(kind, value string) {
	d.rights = corpus.AppendEvidence(d.rights, maxRights, corpus.Evidence{Kind: kind, Where: onPage, Value: corpus.QuoteEvidence(value)})
}

// takeRights adds the statements of a parsed page to its document.
func takeRights(doc *corpus.Document, found []corpus.Evidence) {
	doc.SetSignal(signalRightsHTML, float64(len(found)))
	doc.Rights = corpus.AppendEvidence(doc.Rights, maxRights, found...)
}
