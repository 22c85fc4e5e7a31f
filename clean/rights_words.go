package clean

import (
	"strings"
	"unicode"

	"corpus"
)

// licenceWords are the words of a statement that speak of a licence or of rights that are reserved, with … for those between them; "" where none do. Other words are often a
// person's name ("© 2024 Jo Doe. All rights reserved."), which is nobody's business in a ledger.
func licenceWords(value string) string {
	var kept []string
	for word := range strings.FieldsSeq(corpus.QuoteEvidence(value)) {
		if !isLicenceWord(word) {
			word = "…"
		}
		if word != "…" || len(kept) == 0 || kept[len(kept)-1] != word {
			kept = append(kept, word)
		}
	}
	if words := strings.Join(kept, " "); speaksOfLicence(words) {
		return words
	}
	return ""
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

// isLicenceWord reports a word, with the signs around it, all parts of which belong to the language of licences.
func isLicenceWord(word string) bool {
	for part := range strings.FieldsFuncSeq(strings.ToLower(word), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if !isLicenceNumber(strings.TrimPrefix(part, "v")) && !isLicenceTerm(part) {
			return false
		}
	}
	return word != "…"
}

// isLicenceNumber reports a digit of a version, or a year.
func isLicenceNumber(s string) bool {
	if strings.Trim(s, "0123456789") != "" {
		return false
	}
	return len(s) <= 1 || len(s) == 4 && (s[:2] == "19" || s[:2] == "20")
}

// isLicenceTerm reports a word that stands in the names of licences and in reservations, in the languages of speaksOfLicence.
func isLicenceTerm(word string) bool {
	for _, stem := range [...]string{"licen", "lizenz", "лиценз"} {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	switch word {
	case "a", "affero", "agpl", "ai", "alike", "all", "alle", "allo", "and", "apache", "atribución", "atribuição", "attribution", "attribuzione",
		"bearbeitung", "bearbeitungen", "bedingungen", "bsd", "by",
		"c", "cc", "cc0", "clause", "commerciale", "commercial", "commons", "compartir", "compartirigual", "condividi", "conditions", "content", "copyleft", "copyright", "copyrighted", "creative",
		"d", "dans", "data", "database", "de", "dedication", "deed", "derechos", "derivada", "derivadas", "derivative", "derivatives", "derivs", "direitos", "diritti", "documentation", "domain", "domaine", "dominio", "domínio", "droits",
		"except", "fdl", "for", "free", "gemeinfrei", "general", "generic", "gfdl", "gleichen", "gnu", "government", "gpl",
		"i", "igual", "in", "international", "is", "isc", "keine", "kommerziell", "les", "lesser", "lgpl", "los",
		"mark", "mining", "mit", "modification", "modo", "mozilla", "mpl", "mêmes", "namensnennung", "nc", "nd", "nicht", "no", "noderivatives", "noderivs", "non", "noncommercial", "not", "noted",
		"obra", "obras", "odbl", "odc", "of", "ogl", "on", "only", "open", "or", "os", "otherwise", "ouverte",
		"partage", "pas", "pd", "pddl", "pdm", "permission", "prawa", "prohibited", "public", "público",
		"rechte", "rechten", "reconocimiento", "reproduction", "reserved", "reservados", "reserves", "right", "rights", "riservati", "réservés",
		"sa", "share", "sharealike", "sin", "some", "source", "stated", "stesso", "tdm", "terms", "text", "the", "this", "to", "todos", "tous", "training", "tutti",
		"under", "universal", "unless", "unported", "unter", "use", "utilisation", "version", "voorbehouden", "vorbehalten", "weitergabe", "where", "with", "work", "works", "wszelkie", "zastrzeżone", "zero",
		"все", "защищены", "права":
		return true
	}
	return false
}
