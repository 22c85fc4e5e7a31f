package linear

// Kind of a feature: 1 to MaxGram are n-grams of that many characters, WholeWord is a word.
const (
	MaxGram   = 5
	WholeWord = 6
	Kinds     = 7
)

// Words of fewer letters are n-grams with both edges; words of more are cut short of names and junk.
const minWord, maxWord = 4, 24

// multiplier is 2^64 over the golden ratio, odd: products with it spread over the high bits (Knuth, TAOCP 6.4).
const multiplier = 0x9E3779B97F4A7C15

// extend mixes one more character into a hash.
func extend(h uint64, c uint32) uint64 {
	h = (h ^ uint64(c)) * multiplier
	return h ^ h>>29
}

// wordSeed keeps the hashes of words apart from those of n-grams.
const wordSeed = 0xC0FFEE

// Features calls visit with the hash of each feature of the first limit characters of a text, in their order. Invalid UTF-8 is no letter.
// It is the plain form of what Model.sum does.
//
// A word is a run of letters and marks, folded to small letters, between edges; a capital behind a small letter begins another, so
// that identifiers such as "isReadOnly" are words. Its features are the n-grams of 1 to
// MaxGram characters, edges included except for a lone one, and the word itself if it has 4 to 24 letters. A Han
// character or kana is a feature by itself, and with the one before it, both wideLetters times, so that a text in Chinese
// weighs as much as its Latin names.
func Features(text string, limit int, visit func(hash uint64, kind int)) {
	table := folds()
	var word []uint32 // with its first edge
	end := func() {
		if len(word) == 0 {
			return
		}
		letters := word[1:]
		word = append(word, edge)
		for i := 1; i < len(word); i++ {
			h := uint64(0)
			for n := 1; n <= MaxGram && i-n+1 >= 0; n++ {
				h = extend(h, word[i-n+1])
				if n > 1 || word[i] != edge {
					visit(h, n)
				}
			}
		}
		if len(letters) >= minWord && len(letters) <= maxWord {
			h := uint64(wordSeed)
			for _, c := range letters {
				h = extend(h, c)
			}
			visit(h, WholeWord)
		}
		word = word[:0]
	}
	wide := uint32(0) // the wide character just before
	small := false    // the character before is a letter, and no capital
	for _, r := range text {
		if limit <= 0 {
			break
		}
		limit--
		c := fold(table, r)
		switch {
		case c&wideMark != 0:
			end()
			h := extend(0, c)
			for range wideLetters {
				visit(h, 1)
				if wide != 0 {
					visit(extend(h, wide), 2)
				}
			}
			wide, small = c, false
			continue
		case c == 0:
			end()
		default:
			if c&capitalMark != 0 && small {
				end()
			}
			if len(word) == 0 {
				word = append(word, edge)
			}
			word = append(word, c&^(capitalMark|combiningMark))
		}
		wide, small = 0, c != 0 && c&capitalMark == 0
	}
	end()
}
