package clean

import (
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// wideCharset is a charset of Chinese, Japanese or Korean in which most characters take two bytes.
type wideCharset struct {
	name, lang string
	rarity     int
	// cost of the character that a lead and a second byte stand for, in nat/8; 0 where they stand for none.
	cost [1 << 16]uint8
	next func(w *wideCharset, b []byte) (size int, cost uint8)
}

// Costs of characters that the letter model does not list.
const (
	costWideInvalid = 24 * nat
	costWideRare    = 13 * nat // a character of the charset
	costWideSymbol  = 12 * nat
	costWideLong    = 13 * nat // one of three or four bytes
	costHalfKana    = 8 * nat  // half-width kana: what other charsets look like in Shift_JIS
	costWideASCII   = nat      // a letter of ASCII on either side
	costSingleByte  = 12 * nat // the few 8-bit characters of Shift_JIS and Big5 that are no kana
)

// wideCharsets are the candidates, filled in from the letter model. They are read only.
var wideCharsets = sync.OnceValue(func() []*wideCharset {
	table := []*wideCharset{
		{name: "gb18030", lang: "zh", rarity: 1, next: (*wideCharset).nextGB18030},
		{name: "big5", lang: "zh", rarity: 1, next: (*wideCharset).nextDouble},
		{name: "shift_jis", lang: "ja", rarity: 1, next: (*wideCharset).nextShiftJIS},
		{name: "euc-jp", lang: "ja", rarity: 1, next: (*wideCharset).nextEUCJP},
		{name: "euc-kr", lang: "ko", rarity: 1, next: (*wideCharset).nextDouble},
	}
	for _, w := range table {
		if e, err := htmlindex.Get(w.name); err == nil {
			w.fill(e)
		}
	}
	return table
})

// frequentWide maps the frequent characters of Chinese, Japanese and Korean to what they cost where they are most frequent.
var frequentWide = sync.OnceValue(func() map[rune]uint8 {
	out := make(map[rune]uint8)
	for _, w := range wideCharsets() {
		for r, c := range w.known() {
			if old, ok := out[r]; !ok || c < old {
				out[r] = c
			}
		}
	}
	return out
})

// fill decodes every pair of bytes.
func (w *wideCharset) fill(e encoding.Encoding) {
	known := w.known()
	d := e.NewDecoder()
	var dst [16]byte
	for lead := 0x81; lead <= 0xFE; lead++ {
		for second := 0x40; second <= 0xFE; second++ {
			d.Reset()
			n, _, err := d.Transform(dst[:], []byte{byte(lead), byte(second)}, true)
			r, size := utf8.DecodeRune(dst[:n])
			if err != nil || r == utf8.RuneError || r < utf8.RuneSelf {
				continue
			}
			cost := uint8(costWideRare)
			if size == n { // else two characters, of which Big5 has a few
				cost = w.costOf(r, known)
			}
			if w.name == "gb18030" && unicode.Is(unicode.Han, r) {
				cost = min(cost, gb2312Cost(lead, second))
			}
			w.cost[lead<<8|second] = cost
		}
	}
}

// gb2312Cost follows from how GB 2312-80 orders its characters: level 1, in rows 16 to 55, holds the 3,755 frequent ones, level 2, behind it,
// the 3,008 others; what GBK adds is what mainland texts rarely write.
func gb2312Cost(lead, second int) uint8 {
	switch {
	case second < 0xA1 || lead < 0xB0 || lead > 0xF7:
		return costWideRare
	case lead <= 0xD7:
		return 9 * nat
	}
	return 12 * nat
}

// known maps the characters that the letter model lists to their costs. The model of Chinese was counted in traditional
// characters; the frequent simplified ones are ranked here.
func (w *wideCharset) known() map[rune]uint8 {
	out := make(map[rune]uint8)
	for _, l := range letters().wide {
		if l.code == w.lang {
			for i, r := range l.letters {
				out[r] = max(l.cost[i], 1)
			}
		}
	}
	if w.name == "gb18030" {
		rank := 0
		for _, r := range simplifiedCommon {
			rank++
			cost := uint8(nat * (4.2 + float64(0.6*math.Log(float64(rank))))) // the conversion forbids fused multiply-add
			if c, ok := out[r]; !ok || c > cost {
				out[r] = cost
			}
		}
	}
	for _, r := range widePunctuation {
		out[r] = 5 * nat
	}
	return out
}

// costOf rates a character of two bytes.
func (w *wideCharset) costOf(r rune, known map[rune]uint8) uint8 {
	if c, ok := known[r]; ok {
		return c
	}
	switch {
	case 0xE000 <= r && r <= 0xF8FF:
		return costInvalid
	case r == 'ー':
		return 5 * nat
	case 0x2500 <= r && r <= 0x257F: // box drawing comes in long runs
		return 7 * nat
	case 0xFF01 <= r && r <= 0xFF5E:
		return 7 * nat
	case strings.ContainsRune(punctuation, r):
		return 8 * nat
	case 0x3041 <= r && r <= 0x30FF && w.lang != "ja":
		return costWideSymbol
	case unicode.IsLetter(r):
		return costWideRare
	}
	return costWideSymbol
}

// score adds to cost what the bytes beyond ASCII in sample[from:to] cost as text in the charset. It returns where the next character starts, from
// which the next call goes on.
func (w *wideCharset) score(sample []byte, from, to, cost int) (next, sum int) {
	i := from
	for i < to {
		c := sample[i]
		if c < utf8.RuneSelf {
			i++
			continue
		}
		if i > 0 && isASCIILetter(sample[i-1]) {
			cost += costWideASCII
		}
		size, own := w.next(w, sample[i:])
		cost += int(own)
		i += size
		if i < len(sample) && isASCIILetter(sample[i]) {
			cost += costWideASCII
		}
	}
	return i, cost
}

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// nextDouble reads a character of two bytes. Of a pair that is none, a second byte of ASCII stays, as WHATWG decoders leave it.
func (w *wideCharset) nextDouble(b []byte) (size int, cost uint8) {
	if len(b) < 2 {
		return 1, 0 // cut by the sample's end
	}
	if c := w.cost[int(b[0])<<8|int(b[1])]; c > 0 {
		return 2, c
	}
	if b[1] < utf8.RuneSelf {
		return 1, costWideInvalid
	}
	return 2, costWideInvalid
}

func (w *wideCharset) nextShiftJIS(b []byte) (size int, cost uint8) {
	switch {
	case 0xA1 <= b[0] && b[0] <= 0xDF:
		return 1, costHalfKana
	case b[0] == 0x80:
		return 1, costSingleByte
	}
	return w.nextDouble(b)
}

// nextEUCJP knows the half-width kana behind 0x8E and the three bytes of JIS X 0212 behind 0x8F.
func (w *wideCharset) nextEUCJP(b []byte) (size int, cost uint8) {
	switch {
	case b[0] == 0x8E && len(b) > 1 && 0xA1 <= b[1] && b[1] <= 0xDF:
		return 2, costHalfKana
	case b[0] == 0x8F && len(b) > 2 && b[1] >= 0xA1 && b[2] >= 0xA1:
		return 3, costWideLong
	}
	return w.nextDouble(b)
}

// nextGB18030 knows the characters of four bytes, whose second and fourth are digits.
func (w *wideCharset) nextGB18030(b []byte) (size int, cost uint8) {
	switch {
	case b[0] == 0x80:
		return 1, costSingleByte
	case len(b) > 3 && '0' <= b[1] && b[1] <= '9' && 0x81 <= b[2] && b[2] < 0xFF && '0' <= b[3] && b[3] <= '9':
		return 4, costWideLong
	}
	return w.nextDouble(b)
}

// Punctuation of Chinese, Japanese and Korean.
const widePunctuation = "\u3000、。，．・：；？！「」『』（）〔〕【】《》〈〉—…‥“”‘’〜～　※→↓●○◎◇◆□■△▲▽▼★☆·％"

// Frequent characters of modern Chinese in their simplified form, the most frequent first: about half of any running text.
const simplifiedCommon = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
