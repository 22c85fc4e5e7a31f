//go:build nolingua

package filter

// linguaDefault is the default of lingua.use in a program without lingua.
const linguaDefault = linguaNever

// newLanguageLingua is never called: Validate lets no other use than never pass.
func newLanguageLingua([]string) languageTier { return nil }
