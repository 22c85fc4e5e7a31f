package clean

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Languages that share their charsets.
const (
	west     = "en de fr es pt it nl sv da nb nn fi is ga ca eu sq af id ms tl sw"
	central  = "pl cs sk hu ro hr bs sl sq"
	cyrillic = "ru uk be bg mk sr"
)

// singleCharsets lists the 8-bit charsets of the WHATWG Encoding Standard with the languages they were made for. Any other language of the script may be
// written in them too. Rarity is in nats: how much better the text must fit the charset for it to be taken instead of a usual one. Of two that fit alike the
// first wins.
var singleCharsets = [...]struct {
	name, langs string
	rarity      int
}{
	{windows1252, west, 0}, // which is also how browsers read ISO-8859-1
	{"windows-1250", central, 1},
	{"iso-8859-2", central, 2},
	{"windows-1251", cyrillic, 1},
	{"koi8-r", "ru", 2},
	{"koi8-u", "uk be ru", 3},
	{"windows-1253", "el", 1},
	{"iso-8859-7", "el", 1},
	{"windows-1254", "tr", 1},
	{"windows-1255", "he", 1},
	{"iso-8859-8", "he", 3},
	{"windows-1256", "ar fa ur", 1},
	{"iso-8859-6", "ar", 3},
	{"windows-1257", "lt lv et", 1},
	{"iso-8859-13", "lt lv et fi sv da nb pl", 3},
	{"iso-8859-4", "lt lv et", 4},
	{"windows-1258", "vi", 1},
	{"windows-874", "th", 1},
	{"iso-8859-15", west, 3},
	{"iso-8859-5", cyrillic, 3},
	{"ibm866", "ru", 4},
	{"iso-8859-3", "eo", 4},
	{"iso-8859-10", "is fi sv nb nn da et lt", 5},
	{"iso-8859-14", "cy ga", 4},
	{"iso-8859-16", "ro pl hr hu sl sq fr de it", 4},
	{"x-mac-cyrillic", cyrillic, 7},
	{"macintosh", west, 7},
}

// otherRarity is added for a language that a charset was not made for.
const otherRarity = 3

// decodeTable says what each byte of an 8-bit charset stands for.
type decodeTable struct {
	runes [256]rune // U+FFFD where nothing
	utf8  [256][3]byte
	size  [256]uint8
}

func newDecodeTable(e encoding.Encoding) *decodeTable {
	t := new(decodeTable)
	d := e.NewDecoder()
	for i := range 256 {
		b, err := d.Bytes([]byte{byte(i)})
		r, size := utf8.DecodeRune(b)
		if err != nil || size != len(b) {
			r = utf8.RuneError
		}
		t.runes[i] = r
		t.size[i] = uint8(utf8.EncodeRune(t.utf8[i][:], r))
	}
	return t
}

// decodeTables holds the tables of singleCharsets by name.
var decodeTables = sync.OnceValue(func() map[string]*decodeTable {
	tables := make(map[string]*decodeTable)
	for _, c := range singleCharsets {
		if e, err := htmlindex.Get(c.name); err == nil {
			tables[c.name] = newDecodeTable(e)
		}
	}
	tables["iso-8859-8-i"] = tables["iso-8859-8"] // differs in how a browser orders the characters
	return tables
})

// decode returns what a page in the charset says.
func (t *decodeTable) decode(page []byte) string {
	const longest = 3 // bytes of UTF-8 for a character of an 8-bit charset
	out := make([]byte, len(page)+(longest-1)*countHigh(page)+longest)
	n := 0
	for i := 0; i < len(page); {
		k := asciiPrefix(page[i:])
		copy(out[n:], page[i:i+k])
		n += k
		for i += k; i < len(page) && page[i] >= utf8.RuneSelf; i++ {
			c := page[i]
			to := out[n : n+longest]
			to[0], to[1], to[2] = t.utf8[c][0], t.utf8[c][1], t.utf8[c][2]
			n += int(t.size[c])
		}
	}
	return string(out[:n])
}

// Classes of characters. Small letters of a language's alphabet are 1 to maxLetters, capitals are capital more. What is common everywhere and
// no letter is 0.
const (
	classForeign     = maxLetters + 1 // a letter with a mark that other languages of the script use often; capital more: its capital
	classRareForeign = maxLetters + 2 // any other letter of the script; capital more: its capital
	classPunctuation = maxLetters + 3 // quotes, dashes, the currency signs, © and the like
	classClosing     = maxLetters + 4 // quotes that close
	classSymbol      = maxLetters + 5 // anything else that is no letter
	classInvalid     = maxLetters + 6 // what no text holds
	classMark        = maxLetters + 7 // a mark that sits on a letter

	capital         = 64
	classASCII      = capital + maxLetters + 3 // a letter of ASCII in a language of another script
	classApostrophe = capital + maxLetters + 4
	classes         = 128
)

const (
	punctuation   = "\u00A0«»„“‘‚‹›–—…•·©®™°§€£№²³"
	foreignCommon = "éèáàâäöüóíúçñêëôãåøæïîšžčćłışğăţîőęą"
)

// classTable says of which class each byte of a charset is for a language.
func classTable(t *decodeTable, l *language) *[256]uint8 {
	latin := len(l.letters) > 0 && l.letters[0] == 'a'
	index := make(map[rune]uint8, len(l.letters))
	for i, r := range l.letters {
		index[r] = uint8(i + 1)
	}
	out := new([256]uint8)
	for c, r := range t.runes {
		out[c] = classOf(r, index, latin)
	}
	return out
}

func classOf(r rune, index map[rune]uint8, latin bool) uint8 {
	// Romanian is written with either, and the model was counted with both.
	switch r {
	case 'ș':
		r = 'ş'
	case 'ț':
		r = 'ţ'
	case 'Ș':
		r = 'Ş'
	case 'Ț':
		r = 'Ţ'
	}
	if k := index[r]; k > 0 {
		return k
	}
	lower := unicode.ToLower(r)
	if k := index[lower]; k > 0 && lower != r {
		return capital + k
	}
	switch {
	case r < utf8.RuneSelf:
		if !latin && unicode.IsLetter(r) {
			return classASCII
		}
		return 0
	case r == utf8.RuneError, r < 0xA0, 0xE000 <= r && r <= 0xF8FF, !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r):
		return classInvalid
	case unicode.Is(unicode.Mn, r) && latin:
		return classRareForeign // Vietnamese has the tones of windows-1258 in its alphabet
	case unicode.Is(unicode.Mn, r):
		return classMark
	case r == '’':
		return classApostrophe
	case r == '”':
		return classClosing
	case strings.ContainsRune(punctuation, r), unicode.Is(unicode.Po, r) && r > 0x2FF:
		return classPunctuation
	case (r == '¡' || r == '¿') && index['ñ'] > 0: // Spanish and its neighbours
		return classPunctuation
	case r == 'ª' || r == 'º' || r == 'ƒ' || r == 'µ' || !unicode.IsLetter(r):
		return classSymbol
	}
	class := uint8(classRareForeign)
	if strings.ContainsRune(foreignCommon, lower) {
		class = classForeign
	}
	if lower != r {
		class += capital
	}
	return class
}
