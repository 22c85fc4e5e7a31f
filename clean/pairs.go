package clean

// nat is the unit of cost tables: eighths of a negative natural logarithm of a probability.
const nat = 8

// pairCost says what a character of one class costs behind one of another, in nat/8: cost[first*classes+second].
type pairCost [classes * classes]uint8

// What characters that are no letters of the language cost, and what writing does rarely.
const (
	costForeign      = 8 * nat
	costRareForeign  = 11 * nat
	costPunctuation  = 5 * nat
	costClosing      = 4 * nat
	costSymbol       = 10 * nat
	costInvalid      = 16 * nat
	costMark         = 2 * nat
	costMisplaced    = 7 * nat // a mark on no letter
	costLetter       = 3 * nat // a letter of ASCII in a language of another script
	costASCII        = 4 * nat // and next to one of that script, over the usual
	costUnusual      = 9 * nat // any letter of the language behind any other: names, abbreviations, words of other languages
	costCapital      = 1 * nat
	costCapitals     = nat / 4 // a capital behind a capital
	costAttached     = nat     // a sign on either side of which is a letter, for each
	costApostrophe   = 2 * nat // an apostrophe where no letter precedes it, over the usual
	costCapitalLater = 5 * nat // a capital behind a small letter
)

// newPairCost fills the table of a language.
func newPairCost(l *language) *pairCost {
	t := new(pairCost)
	n := len(l.letters) + 1
	cased := false
	for _, r := range l.letters {
		cased = cased || r < 0x0530
	}
	for x := range classes {
		for y := range classes {
			t[x*classes+y] = uint8(min(l.pair(x, y, n, cased), 255))
		}
	}
	return t
}

// pair is what class y costs behind class x.
func (l *language) pair(x, y, n int, cased bool) int {
	first, second := letterIndex(x, n), letterIndex(y, n)
	follow := min(int(l.follow[first*n+second]), costUnusual)
	letterBefore, letterBehind := isLetterClass(x), isLetterClass(y)
	cost := 0
	switch y {
	case classForeign, classForeign + capital:
		cost = costForeign
	case classRareForeign, classRareForeign + capital:
		cost = costRareForeign
	case classPunctuation:
		cost = costPunctuation
	case classClosing:
		cost = costClosing
	case classApostrophe:
		cost = costClosing
		if !letterBefore {
			cost += costApostrophe
		}
	case classSymbol:
		cost = costSymbol
	case classInvalid:
		cost = costInvalid
	case classMark:
		cost = costMark
		if first == 0 && x != classMark {
			cost += costMisplaced
		}
	case classASCII:
		switch {
		case letterBefore:
			return costLetter + costASCII
		case isSign(x):
			return costLetter + costAttached
		}
		return costLetter
	default:
		cost = follow
	}
	switch {
	case x == classASCII && letterBehind:
		cost += costASCII
	case isSign(y) && (letterBefore || x == classASCII):
		cost += costAttached
	case isSign(x) && letterBehind:
		cost += costAttached
	}
	if cased && y >= capital && letterBehind {
		switch {
		case letterBefore && x >= capital:
			cost += costCapitals
		case letterBefore:
			cost += costCapital + costCapitalLater
		default:
			cost += costCapital
		}
	}
	return cost
}

// letterIndex is the row of a class in language.follow: that of its small letter, 0 for what is no letter of the language.
func letterIndex(class, n int) int {
	if k := class &^ capital; k < n {
		return k
	}
	return 0
}

// isSign reports what usually stands between words.
func isSign(class int) bool {
	return class == classPunctuation || class == classSymbol || class == classClosing || class == classApostrophe
}

// isLetterClass reports letters of the language's script, its own or foreign ones.
func isLetterClass(class int) bool {
	k := class &^ capital
	return class != classASCII && (0 < k && k <= maxLetters || k == classForeign || k == classRareForeign)
}
