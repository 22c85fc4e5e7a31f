package pii

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Options say what a Finder looks for.
type Options struct {
	// Families are looked for.
	Families []Family
	// Countries are those (ISO 3166-1 alpha-2) whose identity numbers are looked for; none for all that are known.
	Countries []string
	// PhoneRegions are the regions (ISO 3166-1 alpha-2) whose national phone formats are recognised.
	PhoneRegions []string
	// PhoneCues are words of letters beside which a number of 7 to 15 digits in groups is taken for a phone number.
	PhoneCues []string
}

// DefaultOptions look for everything, for phone numbers in the formats of the United States and the United Kingdom.
func DefaultOptions() Options {
	o := Options{
		PhoneRegions: []string{"US", "GB"},
		PhoneCues: []string{"tel", "telephone", "phone", "mobile", "cell", "fax", "call", "dial", "whatsapp", "hotline", "office", "landline", "answering", "reach", "ring", "sms",
			"telefon", "telefono", "teléfono", "telefone", "téléphone", "tél", "telefax", "mobil", "móvil", "celular", "cellulare", "тел", "телефон"},
	}
	for f := range FamilyCount {
		o.Families = append(o.Families, f)
	}
	return o
}

// Countries lists the countries whose identity numbers are known, in order.
func Countries() []string {
	var list []string
	for _, rule := range idRules() {
		list = append(list, rule.country)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// CheckRegion reports a region without a phone plan.
func CheckRegion(region string) error {
	if phonenumbers.GetCountryCodeForRegion(region) == 0 {
		return fmt.Errorf("%q is not a region with a phone plan (ISO 3166-1 alpha-2, upper case)", region)
	}
	return nil
}

// CheckCountry reports a country whose identity numbers are not known.
func CheckCountry(country string) error {
	if known := Countries(); !slices.Contains(known, country) {
		return fmt.Errorf("%q is none of the countries whose identity numbers are known: %s", country, strings.Join(known, ", "))
	}
	return nil
}

// CheckCue reports a word that cannot be a cue.
func CheckCue(cue string) error {
	if cue == "" || len(cue) > maxCue || strings.ContainsFunc(cue, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		return fmt.Errorf("%q is not a word of letters, of 1 to %d bytes", cue, maxCue)
	}
	return nil
}
