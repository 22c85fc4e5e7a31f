package filter

import (
	"context"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"corpus"
)

// What is done with one type of personal data.
const (
	// PIIMask replaces each find by the tag.
	PIIMask = "mask"
	// PIIDrop rejects the document.
	PIIDrop = "drop"
	// PIICount only counts.
	PIICount = "count"
	// PIIOff does not look for the type.
	PIIOff = "off"
)

// PIIRule says what to do with one type of personal data.
type PIIRule struct {
	// Action is mask, drop (reject the document), count (leave the text) or off (do not look); default mask.
	Action string `yaml:"action" jsonschema_description:"What to do: mask (default), drop (reject the document), count (leave the text) or off (do not look)."`
	// Tag is what takes the place of a find under mask.
	Tag string `yaml:"tag" jsonschema_description:"What takes the place of a find under mask; default the type in angle brackets, such as <EMAIL>."`
}

// PIIOptions say what is done with personal data of each type.
type PIIOptions struct {
	// Email addresses; default masked as <EMAIL>.
	Email PIIRule `yaml:"email" jsonschema_description:"Email addresses; default masked as <EMAIL>."`
	// IP addresses, version 4 and 6, that are routed publicly; default masked as <IP>.
	IP PIIRule `yaml:"ip" jsonschema_description:"Publicly routed IP addresses, version 4 and 6; default masked as <IP>."`
	// Phone numbers; default masked as <PHONE>.
	Phone PIIRule `yaml:"phone" jsonschema_description:"Phone numbers; default masked as <PHONE>."`
	// Card numbers of payment cards; default masked as <CARD>.
	Card PIIRule `yaml:"card" jsonschema_description:"Numbers of payment cards; default masked as <CARD>."`
	// IBAN are international bank account numbers; default masked as <IBAN>.
	IBAN PIIRule `yaml:"iban" jsonschema_description:"International bank account numbers; default masked as <IBAN>."`
	// PhoneRegions are the regions (ISO 3166-1 alpha-2) whose national formats are recognised; default US and GB. Numbers with a + are recognised for all.
	PhoneRegions []string `yaml:"phone_regions" jsonschema_description:"Regions (ISO 3166-1 alpha-2) whose national phone formats are recognised; default US and GB. Numbers with a + are recognised for all regions."`
	// PhoneCues are words beside which any number of 7 to 15 digits is taken for a phone number, in any letter case; default tel, phone, mobile, fax and others.
	PhoneCues []string `yaml:"phone_cues" jsonschema_description:"Words of ASCII letters beside which a number of 7 to 15 digits in groups is taken for a phone number, whatever its region; default tel, telephone, phone, mobile, cell, fax, call, dial, whatsapp, hotline, office, landline."`
}

// DefaultPIIOptions returns the defaults: all types masked.
func DefaultPIIOptions() PIIOptions {
	return PIIOptions{
		Email: PIIRule{PIIMask, "<EMAIL>"}, IP: PIIRule{PIIMask, "<IP>"}, Phone: PIIRule{PIIMask, "<PHONE>"},
		Card: PIIRule{PIIMask, "<CARD>"}, IBAN: PIIRule{PIIMask, "<IBAN>"},
		PhoneRegions: []string{"US", "GB"},
		PhoneCues:    []string{"tel", "telephone", "phone", "mobile", "cell", "fax", "call", "dial", "whatsapp", "hotline", "office", "landline"},
	}
}

// piiType numbers the types in order of precedence: where two finds overlap, the lower number stays.
type piiType int

const (
	piiEmail piiType = iota
	piiIBAN
	piiCard
	piiIP
	piiPhone
	piiTypes
)

func (t piiType) String() string {
	return [...]string{"email", "iban", "card", "ip", "phone"}[t]
}

// rules returns the options by type.
func (o PIIOptions) rules() [piiTypes]PIIRule {
	return [...]PIIRule{piiEmail: o.Email, piiIBAN: o.IBAN, piiCard: o.Card, piiIP: o.IP, piiPhone: o.Phone}
}

// Validate reports the first bad option.
func (o PIIOptions) Validate() error {
	for t, rule := range o.rules() {
		switch rule.Action {
		case PIIMask, PIIDrop, PIICount, PIIOff:
		default:
			return corpus.BadOption(piiType(t).String()+".action", "%q is not one of mask, drop, count, off", rule.Action)
		}
		if len(rule.Tag) > 100 {
			return corpus.BadOption(piiType(t).String()+".tag", "%d bytes are more than 100", len(rule.Tag))
		}
	}
	for _, region := range o.PhoneRegions {
		if phonenumbers.GetCountryCodeForRegion(region) == 0 {
			return corpus.BadOption("phone_regions", "%q is not a region with a phone plan (ISO 3166-1 alpha-2, upper case)", region)
		}
	}
	for _, cue := range o.PhoneCues {
		if cue == "" || len(cue) > maxCue || strings.ContainsFunc(cue, func(r rune) bool { return r >= 0x80 || class[r]&classAlpha == 0 }) {
			return corpus.BadOption("phone_cues", "%q is not a word of 1 to %d ASCII letters", cue, maxCue)
		}
	}
	return nil
}

// PII is the stage pii: it finds email addresses, public IP addresses, phone, card and bank account numbers, and masks them.
type PII struct {
	rules  [piiTypes]PIIRule
	finder piiFinder
}

// NewPII makes the stage, or returns an OptionError.
func NewPII(options PIIOptions) (*PII, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &PII{rules: options.rules()}
	for t, rule := range stage.rules {
		stage.finder.on[t] = rule.Action != PIIOff
	}
	stage.finder.phone = newPhoneFinder(options.PhoneRegions, options.PhoneCues)
	return stage, nil
}

// Name returns "pii".
func (*PII) Name() string { return "pii" }

// Process counts the finds of each type in the signals pii_email, pii_ip, pii_phone, pii_card and pii_iban, set where there are any,
// and masks them or rejects the document under the type's name. No value that was found leaves the stage.
func (p *PII) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		finds := p.finder.find(doc.Text)
		if len(finds) == 0 {
			continue
		}
		var counts [piiTypes]int
		masked := false
		for _, f := range finds {
			counts[f.kind]++
			masked = masked || p.rules[f.kind].Action == PIIMask
		}
		for t, n := range counts {
			if n == 0 {
				continue
			}
			doc.SetSignal("pii_"+piiType(t).String(), float64(n))
			if p.rules[t].Action == PIIDrop {
				doc.Reject(p.Name(), piiType(t).String(), n)
			}
		}
		if masked && doc.Reason == nil {
			doc.Text = p.mask(doc.Text, finds)
		}
	}
	return nil
}

// mask writes the text anew with tags in place of the finds, which are in order.
func (p *PII) mask(text string, finds []piiFind) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	from := 0
	for _, f := range finds {
		if rule := p.rules[f.kind]; rule.Action == PIIMask {
			b.WriteString(text[from:f.start])
			b.WriteString(rule.Tag)
			from = f.end
		}
	}
	b.WriteString(text[from:])
	return b.String()
}
