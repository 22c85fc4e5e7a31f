package filter

import (
	"context"
	"slices"
	"strings"

	"corpus"
)

// What RightsOptions do with a reservation.
const (
	RightsDrop   = "drop"
	RightsReport = "report"
)

// RightsOptions are the policy on what records say about their use. What was found is in the ledger whatever the policy, and also without this stage.
type RightsOptions struct {
	// Drop lists the directives for robots that drop a document: noai, noimageai, noml, none, noindex, nofollow, noarchive, nocache, nosnippet, noimageindex, notranslate; default noai.
	Drop []string `yaml:"drop" jsonschema_description:"Directives for robots (meta element or X-Robots-Tag) that drop a document: noai, noimageai, noml, none, noindex, nofollow, noarchive, nocache, nosnippet, noimageindex, notranslate; default noai."`
	// Agents are the names under which robots are addressed that count: * (statements to all), a name such as ccbot, a beginning such as google*, or any; default *.
	Agents []string `yaml:"agents" jsonschema_description:"Names under which robots are addressed that count: * (statements to all robots), a name such as ccbot, a beginning such as google*, or any; default *."`
	// TDMReservation says what a reservation of text and data mining (tdm-reservation: 1) does: drop or report; default drop.
	TDMReservation string `yaml:"tdm_reservation" jsonschema:"enum=drop,enum=report" jsonschema_description:"What a reservation of text and data mining (tdm-reservation: 1) does: drop or report; default drop."`
	// ContentUsage says what a preference against the training of models (Content-Usage: train-ai=n) does: drop or report; default drop.
	ContentUsage string `yaml:"content_usage" jsonschema:"enum=drop,enum=report" jsonschema_description:"What a preference against the training of models (Content-Usage: train-ai=n) does: drop or report; default drop."`
	// Licenses is the policy on stated licences.
	Licenses LicenseOptions `yaml:"licenses" jsonschema_description:"The policy on stated licences."`
}

// LicenseOptions are the policy on stated licences. Licences go by SPDX ids, such as CC-BY-4.0, CC0-1.0 or CC-PDM-1.0; * stands for any text, and letter case is ignored.
type LicenseOptions struct {
	// Allow lists the licences of which a document that states any must state one; default none: all.
	Allow []string `yaml:"allow" jsonschema_description:"Licences by SPDX id, with * for any text, of which a document that states any must state one; default none: all pass."`
	// Deny lists the licences that drop a document; default none.
	Deny []string `yaml:"deny" jsonschema_description:"Licences by SPDX id, with * for any text, that drop a document, such as cc-by-nc*; default none."`
	// Require drops documents that state no licence; default false.
	Require bool `yaml:"require" jsonschema_description:"Drop documents that state no licence; default false."`
}

// DefaultRightsOptions returns the defaults: what is said against the use for training of models, to all robots, drops a document.
func DefaultRightsOptions() RightsOptions {
	return RightsOptions{Drop: []string{"noai"}, Agents: []string{"*"}, TDMReservation: RightsDrop, ContentUsage: RightsDrop}
}

// Validate reports the first bad option.
func (o RightsOptions) Validate() error {
	for _, d := range o.Drop {
		if !slices.Contains(robotsDirectives(), d) {
			return corpus.BadOption("drop", "unknown directive %q; there are %s", d, strings.Join(robotsDirectives(), ", "))
		}
	}
	for _, a := range o.Agents {
		if a == "" || strings.ContainsAny(a, ", :") || strings.Contains(strings.TrimSuffix(a, "*"), "*") {
			return corpus.BadOption("agents", "%q is neither *, any, nor the name of a robot or its beginning with a * behind it", a)
		}
	}
	if len(o.Drop) > 0 && len(o.Agents) == 0 {
		return corpus.BadOption("agents", "names nobody, so that nothing of drop can ever apply: name \"*\", or empty drop")
	}
	for _, choice := range []struct{ key, value string }{{"tdm_reservation", o.TDMReservation}, {"content_usage", o.ContentUsage}} {
		if choice.value != RightsDrop && choice.value != RightsReport {
			return corpus.BadOption(choice.key, "%q is neither drop nor report", choice.value)
		}
	}
	for _, list := range []struct {
		key      string
		patterns []string
	}{{"licenses.allow", o.Licenses.Allow}, {"licenses.deny", o.Licenses.Deny}} {
		for _, pattern := range list.patterns {
			low := strings.ToLower(pattern)
			switch {
			case pattern == "":
				return corpus.BadOption(list.key, "an empty name")
			case strings.Contains(pattern, "*") && (strings.HasPrefix(low, "cc ") || strings.HasPrefix(low, "creative commons") || strings.Contains(low, "creativecommons.org/")):
				return corpus.BadOption(list.key, "%q can match nothing: licences of Creative Commons go by ids such as CC-BY-4.0", pattern)
			}
		}
	}
	return nil
}

// Rights is the stage rights.
type Rights struct {
	options RightsOptions
	agents  []string // in lower case
	allow   []string // in lower case
	deny    []string
}

// NewRights makes the stage, or returns an OptionError.
func NewRights(options RightsOptions) (*Rights, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &Rights{options: options, agents: lowerAll(options.Agents), allow: licensePatterns(options.Licenses.Allow), deny: licensePatterns(options.Licenses.Deny)}, nil
}

// licensePatterns are the names of licences as they are compared: a licence that is named in another way than by its id ("CC BY 4.0", an address) by its id.
func licensePatterns(list []string) []string {
	patterns := lowerAll(list)
	for i, pattern := range patterns {
		if id, known := licenseID(pattern); known && !strings.Contains(pattern, "*") {
			patterns[i] = strings.ToLower(id)
		}
	}
	return patterns
}

func lowerAll(list []string) []string {
	low := make([]string, len(list))
	for i, s := range list {
		low[i] = strings.ToLower(s)
	}
	return low
}

// Name returns "rights".
func (*Rights) Name() string { return "rights" }

// Process sets signals and rejects the documents whose statements the policy does not allow. Rules, the first that applies: "tdm_reservation", "content_usage",
// "robots" (value: the directive, behind the agent where it names one), "license" (value: the SPDX id, or "other"), "license_missing".
//
// Signals: rights_ and the directive, 1 where it is stated to an agent that counts (rights_noai, rights_noindex, …); rights_tdm_reservation, 1 or 0 as stated;
// rights_no_train_ai, 1 or 0 as stated; rights_license, 1 where a licence is stated that is known, 0 where another one is.
func (r *Rights) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if len(doc.Rights) > 0 || doc.Declared.License != "" || r.options.Licenses.Require {
			r.judge(doc)
		}
	}
	return nil
}

// Bounds of what is looked at, above what ingest and clean leave: lines of JSON carry statements from elsewhere.
const (
	maxStatements = 64
	maxStatement  = 1024 // bytes
)

func (r *Rights) judge(doc *corpus.Document) {
	rights := doc.Rights[:min(len(doc.Rights), maxStatements)]
	if said := tdmReservation(rights); said >= 0 {
		doc.SetSignal("rights_tdm_reservation", float64(said))
		if said == 1 && r.options.TDMReservation == RightsDrop {
			doc.Reject(r.Name(), "tdm_reservation", said)
		}
	}
	switch trainingUse(rights) {
	case 'y':
		doc.SetSignal("rights_no_train_ai", 0)
	case 'n':
		doc.SetSignal("rights_no_train_ai", 1)
		if r.options.ContentUsage == RightsDrop {
			doc.Reject(r.Name(), "content_usage", "train-ai=n")
		}
	}
	for _, said := range rights {
		if said.Kind == corpus.EvidenceRobots {
			r.judgeRobots(doc, said.Value)
		}
	}
	r.judgeLicenses(doc, rights)
}

// judgeRobots takes a statement for robots.
func (r *Rights) judgeRobots(doc *corpus.Document, statement string) {
	for agent, directive := range corpus.RobotsDirectives(statement[:min(len(statement), maxStatement)]) {
		if !r.binds(agent) {
			continue
		}
		for _, d := range implied(directive) {
			if !slices.Contains(robotsDirectives(), d) {
				continue
			}
			doc.SetSignal("rights_"+d, 1)
			if slices.Contains(r.options.Drop, d) {
				value := directive
				if agent != "" {
					value = agent + ": " + directive
				}
				doc.Reject(r.Name(), "robots", clipRights(value))
			}
		}
	}
}

// maxRightsValue bounds the value of a reason, in bytes.
const maxRightsValue = 64

func clipRights(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxRightsValue)], "")
}

// binds says whether a statement to an agent counts. Its version does not: "ccbot/2.0" is ccbot.
func (r *Rights) binds(agent string) bool {
	agent, _, _ = strings.Cut(agent, "/")
	for _, a := range r.agents {
		switch beginning, all := strings.CutSuffix(a, "*"); {
		case a == "*":
			if agent == "" {
				return true
			}
		case a == "any" && agent != "", a == agent, all && strings.HasPrefix(agent, beginning) && agent != "":
			return true
		}
	}
	return false
}

// judgeLicenses takes the licences that a document states.
func (r *Rights) judgeLicenses(doc *corpus.Document, rights []corpus.Evidence) {
	statements := make([]string, 0, len(rights)+1)
	for _, said := range rights {
		if said.Kind == corpus.EvidenceLicense {
			statements = append(statements, said.Value)
		}
	}
	if doc.Declared.License != "" {
		statements = append(statements, doc.Declared.License)
	}
	if len(statements) == 0 {
		if r.options.Licenses.Require {
			doc.Reject(r.Name(), "license_missing", nil)
		}
		return
	}
	anyKnown, allowed, first := 0.0, len(r.allow) == 0, ""
	for _, statement := range statements {
		id, known := licenseID(statement)
		shown := id
		if known {
			anyKnown = 1
		} else {
			shown = "other" // the words of a statement may name a person
		}
		if first == "" {
			first = shown
		}
		id = strings.ToLower(id)
		if matchesAny(r.deny, id) {
			doc.Reject(r.Name(), "license", shown)
		}
		allowed = allowed || matchesAny(r.allow, id)
	}
	doc.SetSignal("rights_license", anyKnown)
	if !allowed {
		doc.Reject(r.Name(), "license", first)
	}
}

func matchesAny(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matchesStars(pattern, s) })
}

// matchesStars matches a pattern in which * stands for any text, in time proportional to the product of the lengths at most.
func matchesStars(pattern, s string) bool {
	beginning, rest, starred := strings.Cut(pattern, "*")
	if !starred {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, beginning)
	if !ok {
		return false
	}
	for {
		var part string
		if part, rest, starred = strings.Cut(rest, "*"); !starred {
			return strings.HasSuffix(s, part)
		}
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
}
