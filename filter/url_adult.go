package filter

import (
	"slices"
	"strings"

	"corpus/filter/ahocorasick"
)

// The words below were chosen for this project. They are few, and such as hardly stand in a host for anything else: the rule is meant for the many sites
// that no list has yet, not for single pages.

// adultWord says what a word of an address tells.
type adultWord uint8

const (
	fillerWord  adultWord = iota + 1 // stands beside adult words in the names of such sites
	companyWord                      // makes a soft word in the same label adult
	softWord                         // adult beside another one
	strongWord                       // adult alone, in a host
)

// adultWords are the words of the rule adult.
func adultWords() map[string]adultWord {
	words := map[string]adultWord{}
	for kind, list := range map[adultWord]string{
		strongWord: "porn porno pornos porns pornstar pornstars xxx hentai milf milfs gangbang blowjob blowjobs cumshot cumshots camgirl camgirls camsex " +
			"livesex sexcam sexcams sexchat sextube handjob upskirt bukkake",
		softWord: "sex sexo sexe sexs sexy nude nudes naked erotic erotik erotica fuck fucking fucks tits boobs pussy slut sluts bdsm shemale shemales escort escorts",
		companyWord: "free hot live hd 4k tube tubes video videos vid vids movie movies clip clips pic pics photo photos gallery galleries girl girls teen teens " +
			"boys gay lesbian amateur amateurs mature asian ebony latina anal cam cams webcam webcams chat hub dating xx adult adults finder",
		fillerWord: "best top my the real all new online film films boy world net zone city club land star stars time site sites web page pages stories story and for " +
			"you me go big x date match",
	} {
		for word := range strings.FieldsSeq(list) {
			words[word] = kind
		}
	}
	return words
}

// adultRule tells adult sites by the words of their addresses.
type adultRule struct {
	words map[string]adultWord
	// parts finds the strong and soft words, one of which must stand in a label before it is looked at as a row of words without spaces.
	parts *ahocorasick.Automaton
}

func newAdultRule() *adultRule {
	r := &adultRule{words: adultWords()}
	var parts []string
	for word, kind := range r.words {
		if kind >= softWord {
			parts = append(parts, word)
		}
	}
	slices.Sort(parts)
	r.parts, _ = ahocorasick.New(parts) // never empty, never long
	return r
}

// adultDomain reports a top-level domain for adult sites alone.
func adultDomain(host string) bool {
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "xxx", "porn", "adult", "sex":
		return true
	}
	return false
}

const (
	maxAdultLabel = 40 // bytes of a label that is cut into words
	maxAdultWord  = 10 // bytes of the longest word that stands in such a label
)

// judge returns the words of an address that make it an adult site's, "" for none: a strong word in the host, as a whole word or in a
// label that is a row of known words; a soft word and its company in such a label; a top-level domain for such sites; or two different
// words, strong or soft, anywhere.
func (r *adultRule) judge(parts urlParts) string {
	if parts.host == "" {
		return ""
	}
	if adultDomain(parts.host) {
		return "." + parts.host[strings.LastIndexByte(parts.host, '.')+1:]
	}
	var found []string
	note := func(word string) {
		if len(found) < 4 && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	for label := range strings.FieldsFuncSeq(parts.host, notAlnum) {
		switch r.words[label] {
		case strongWord:
			return label
		case softWord:
			note(label)
		default:
			strong, soft := r.label(label)
			if strong != "" {
				return strong
			}
			for _, word := range soft {
				note(word)
			}
		}
	}
	eachURLWord(parts.rest, maxAdultWord, func(word string) bool {
		if word != "xxx" && r.words[word] >= softWord { // xxx in a path is a numeral, or a gap
			note(word)
		}
		return true
	})
	if len(found) < 2 {
		return ""
	}
	return strings.Join(found, "+")
}

// label cuts a label that is a row of known words and nothing else into them, and returns its strong word, or a soft one with its company, else its
// soft ones. Of several ways to cut, the one that begins with the longest words counts.
func (r *adultRule) label(label string) (strong string, soft []string) {
	if len(label) > maxAdultLabel || !r.holdsPart(label) {
		return "", nil
	}
	// ends[i] is the length of the word at i, 0 where the rest from i on is no row of words.
	var ends [maxAdultLabel + 1]int
	for i := len(label) - 1; i >= 0; i-- {
		for n := min(maxAdultWord, len(label)-i); n > 0 && ends[i] == 0; n-- {
			if rest := i + n; (rest == len(label) || ends[rest] > 0) && r.words[label[i:rest]] > 0 {
				ends[i] = n
			}
		}
	}
	if ends[0] == 0 {
		return "", nil
	}
	company := ""
	for i := 0; i < len(label); i += ends[i] {
		switch word := label[i : i+ends[i]]; r.words[word] {
		case strongWord:
			return word, nil
		case softWord:
			soft = append(soft, word)
		case companyWord:
			company = word
		}
	}
	if company != "" && len(soft) > 0 {
		return soft[0] + "+" + company, nil
	}
	return "", soft
}

// holdsPart reports a label in which a strong or soft word stands.
func (r *adultRule) holdsPart(label string) bool {
	state := ahocorasick.Root
	for i := range len(label) {
		if state = r.parts.Next(state, label[i]); r.parts.Longest(state) >= 0 {
			return true
		}
	}
	return false
}
