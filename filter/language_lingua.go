//go:build !nolingua

package filter

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/pemistahl/lingua-go"

	"corpus"
	"corpus/filter/langid"
)

// linguaDefault is the default of lingua.use.
const linguaDefault = linguaAuto

// languageLingua asks lingua-go in its high-accuracy mode about some languages. Its models are loaded one by one, when they are first needed, and are shared by
// all stages of the process.
type languageLingua struct {
	languages map[string]lingua.Language
}

func newLanguageLingua(codes []string) languageTier {
	t := languageLingua{languages: make(map[string]lingua.Language)}
	for _, language := range lingua.AllLanguages() {
		code := strings.ToLower(language.IsoCode639_1().String())
		if slices.Contains(codes, code) {
			t.languages[code] = language
		}
	}
	return t
}

// linguaDigest is the SHA-256 of the module lingua-go with its models, as go.sum has it (h1, there in base64), and linguaVersion its version.
const (
	linguaVersion = "v1.4.0"
	linguaDigest  = "sha256:89f621b61ae55bb88ee2271db9bc2576e6279b0537ed5d6c6cdaf084a051e2b3"
)

// model describes lingua-go.
func (languageLingua) model() corpus.Model {
	return corpus.Model{
		Name: "lingua", Origin: "built in", Digest: linguaDigest, License: "Apache-2.0",
		Attribution: "lingua-go " + linguaVersion + ", Peter M. Stahl; counted in news texts of the Wortschatz corpora of Leipzig University, CC BY 4.0; the digest is that of the Go module",
	}
}

const (
	// linguaWorthAsking is the least probability of a candidate.
	linguaWorthAsking = 0.0005
	// linguaFloor stands in for smaller values of lingua's, so that it cannot rule a language out by itself.
	linguaFloor = 0.001
)

// weigh lets lingua share out the probability of the candidates that it knows, by the square root of what they had times what lingua gives
// them; other languages and und keep what they had. The root, the floor and the limits of LanguageLinguaOptions were chosen on texts set aside for tuning
// (docs/filters/language.md).
func (t languageLingua) weigh(text string, guesses []langid.Guess) {
	var candidates []*langid.Guess
	var among []lingua.Language
	for i := range guesses {
		if language, ok := t.languages[guesses[i].Language]; ok && guesses[i].Score >= linguaWorthAsking && len(among) < languageCandidates {
			candidates = append(candidates, &guesses[i])
			among = append(among, language)
		}
	}
	if len(among) < 2 || linguaScriptTie(text) {
		return
	}
	values := make(map[string]float64, len(among))
	for _, v := range lingua.NewLanguageDetectorBuilder().FromLanguages(among...).Build().ComputeLanguageConfidenceValues(text) {
		// lingua adds floating-point numbers in the order of a Go map and of goroutines, so that the last bits differ from run to run.
		values[strings.ToLower(v.Language().IsoCode639_1().String())] = roundScore(v.Value())
	}
	had, sum, heard := 0.0, 0.0, false
	weights := make([]float64, len(candidates))
	for i, c := range candidates {
		heard = heard || values[c.Language] > 0
		had += c.Score
		weights[i] = math.Sqrt(c.Score) * max(values[c.Language], linguaFloor)
		sum += weights[i]
	}
	if !heard {
		return
	}
	for i, c := range candidates {
		c.Score = had * weights[i] / sum
	}
	slices.SortStableFunc(guesses, func(a, b langid.Guess) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
}

// linguaScriptTie reports whether two scripts have the same, highest number of words. lingua then picks one by the
// order of a Go map, which differs from run to run.
func linguaScriptTie(text string) bool {
	counts := make(map[*unicode.RangeTable]int)
	var word *unicode.RangeTable // the script of the word in work, nil for none or mixed
	inWord := false
	end := func() {
		if inWord && word != nil {
			counts[word]++
		}
		inWord, word = false, nil
	}
	for _, r := range text {
		switch solo := linguaSoloScript(r); {
		case solo != nil && !inWord:
			counts[solo]++
		case !unicode.IsLetter(r):
			end()
		case !inWord:
			inWord, word = true, linguaScriptOf(r)
		case word != nil && !unicode.Is(word, r):
			word = nil
		}
	}
	end()
	most, ties := 0, 0
	for _, n := range counts {
		switch {
		case n > most:
			most, ties = n, 1
		case n == most:
			ties++
		}
	}
	return ties > 1
}

// linguaSoloScript is the script of a character that lingua takes as a word of its own, nil for others.
func linguaSoloScript(r rune) *unicode.RangeTable {
	if r < 0x1100 {
		return nil
	}
	for _, script := range [...]*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana} {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

// linguaScriptOf is the script of a letter among those that lingua knows, nil for others.
func linguaScriptOf(r rune) *unicode.RangeTable {
	for _, script := range [...]*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Greek, unicode.Hebrew, unicode.Devanagari, unicode.Armenian, unicode.Bengali,
		unicode.Georgian, unicode.Gujarati, unicode.Gurmukhi, unicode.Tamil, unicode.Telugu, unicode.Thai,
	} {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}
