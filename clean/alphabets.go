package clean

import (
	"slices"
	"sync"
)

// candidate is a charset that pages come in, with the writing that it is for.
type candidate struct {
	name    string // WHATWG name
	langs   string // ISO 639-1 codes, separated by spaces
	common  string // frequent characters beyond ASCII, lower case
	letters string // other letters that occur, lower case
	wide    bool   // a multi-byte charset
	rare    bool   // hardly any page is in it

	alphabet *[1 << 16]uint8 // common and letters by code point; all are in the BMP
}

// Punctuation and signs that pages of any language use.
const (
	neutral         = "\u00A0«»„“”‘’‚‹›–—…•·©®™°§€£¥№±×½¼¾²³´¨"
	widePunctuation = "\u3000、。，．・：；？！「」『』（）〔〕【】《》〈〉—…‥“”‘’〜～　※→↓●○◎◇◆□■△▲▽▼★☆"
)

const (
	cyrillicCommon = "оеаинтсрвлкмдпуяызьбг"
	cyrillicOther  = "чйхжшюцщэфъёіїєґўјљњћџђѓќѕ"
	greekCommon    = "αοιετσνηυρπκμλςόίάέήύώ"
	greekOther     = "βγδζθξφχψωϊϋΐΰ"
	hebrewCommon   = "אבגדהוזחטיכלמנסעפצקרשתםןךףץ"
	arabicCommon   = "اليمونرتبةدعسفهكقحجأ"
	arabicOther    = "شصضطظغخذزثءآؤإئىپچژگً ٌٍَُِّْ،؛؟ـ٠١٢٣٤٥٦٧٨٩"
	thaiCommon     = "กขคงจชซดตถทธนบปผพฟภมยรลวศษสหอะัาำิีึืุูเแโใไ็่้์"
	thaiOther      = "ฉญฎฏฐณฝฬฮๆ๊๋ํ๐๑๒๓๔๕๖๗๘๙"

	// Every Latin letter with a mark: what one language does not use may still stand in a name.
	latinOther = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßœšžıāăąćċčďđēėęěğģīįķĺļľłńņňőŕřśşţťūůűųźżơư"
	polish     = "ąćęłńóśźż"
	czech      = "áčďéěíňóřšťúůýžľôä"
	hungarian  = "áéíóöőúüű"
	romanian   = "ăâîşţ"
	croatian   = "čćžšđ"
)

// Frequent characters of modern Chinese, in both forms, and of Japanese, and frequent Korean syllables: about half of any running text.
const (
	simplifiedCommon = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
	traditionalExtra = "這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產話門兒東聲員論處義幾條氣題爾別變總電數報結務場計資許統區隊決馬書則聽卻達強難權設記類據邊張該規萬術領確傳師觀讓識帶導爭運"
	japaneseCommon   = "のにはをたがでとしるいなれあっすかもまらりこさくてうけそつよんきどおえみせちだわやめろじばずひふべむほへごねぐげびぶょゅゃンールスイトリラアクシドレタジロマフカコッメサプキバテムオチセパニミナデグウエハワビソノダケモィャュョェァ日本人年大月国中会出事者自分行社的今時上"
	koreanCommon     = "이다는에의을가고한를로은지하사인도서대기자어리시해그있정나일수것아들라주과보여부만원제전장스니구으를우상성동했면안용명공신소적조비오위때된세문연국경모실관유마게생미드음해년할러화방선야간요개무계물차되학저체진했식감업단까"
)

// Values of candidate.alphabet.
const (
	occurring = 1 + iota
	frequent
)

// candidates returns charsets with its alphabets filled in. It is read only.
var candidates = sync.OnceValue(func() []candidate {
	table := slices.Clone(charsets[:])
	shared := make(map[string]*[1 << 16]uint8)
	for i := range table {
		c := &table[i]
		key := c.common + " " + c.letters
		if c.alphabet = shared[key]; c.alphabet != nil {
			continue
		}
		c.alphabet = new([1 << 16]uint8)
		shared[key] = c.alphabet
		for _, r := range c.letters {
			c.alphabet[r] = occurring
		}
		for _, r := range c.common {
			c.alphabet[r] = frequent
		}
	}
	return table
})

// charsets is the table of charsets, one row for each language group that writes differently in it, in order of preference: of
// two with the same score the first wins.
var charsets = [...]candidate{
	{name: windows1252, langs: "fr", common: "éèàçêùâîôûëïœ", letters: latinOther},
	{name: windows1252, langs: "de lb", common: "äöüß", letters: latinOther},
	{name: windows1252, langs: "es ca gl", common: "áéíóúñü¿¡çàèò", letters: latinOther},
	{name: windows1252, langs: "pt", common: "áâãàçéêíóôõú", letters: latinOther},
	{name: windows1252, langs: "it", common: "àèéìòù", letters: latinOther},
	{name: windows1252, langs: "sv da no nb nn fi", common: "åäöæøé", letters: latinOther},
	{name: windows1252, langs: "nl en", common: "éëïèöüê", letters: latinOther},
	{name: windows1252, langs: "is fo ga", common: "áéíóúýþæðö", letters: latinOther},
	{name: windows1252, langs: "sq", common: "ëç", letters: latinOther},
	{name: "windows-1250", langs: "pl", common: polish, letters: latinOther},
	{name: "windows-1250", langs: "cs sk", common: czech, letters: latinOther},
	{name: "windows-1250", langs: "hu", common: hungarian, letters: latinOther},
	{name: "windows-1250", langs: "ro", common: romanian, letters: latinOther},
	{name: "windows-1250", langs: "hr sl bs sr", common: croatian, letters: latinOther},
	{name: "iso-8859-2", langs: "pl", common: polish, letters: latinOther},
	{name: "iso-8859-2", langs: "cs sk", common: czech, letters: latinOther},
	{name: "iso-8859-2", langs: "hu", common: hungarian, letters: latinOther},
	{name: "iso-8859-2", langs: "ro", common: romanian, letters: latinOther},
	{name: "iso-8859-2", langs: "hr sl bs sr", common: croatian, letters: latinOther},
	{name: "windows-1254", langs: "tr az ku", common: "ğışçöüâî", letters: latinOther},
	{name: "windows-1257", langs: "lt", common: "ąčęėįšųūž", letters: latinOther},
	{name: "windows-1257", langs: "lv", common: "āčēģīķļņšūž", letters: latinOther},
	{name: "windows-1257", langs: "et", common: "õäöüšž", letters: latinOther},
	{name: "windows-1258", langs: "vi", common: "ơưđăâêô\u0300\u0301\u0303\u0309\u0323", letters: latinOther},
	{name: "windows-1251", langs: "ru uk be bg mk sr kk ky tg mn", common: cyrillicCommon, letters: cyrillicOther},
	{name: "koi8-r", langs: "ru", common: cyrillicCommon, letters: cyrillicOther},
	{name: "koi8-u", langs: "uk", common: cyrillicCommon + "ії", letters: cyrillicOther},
	{name: "iso-8859-5", langs: "ru bg mk sr", common: cyrillicCommon, letters: cyrillicOther},
	{name: "ibm866", langs: "ru", common: cyrillicCommon, letters: cyrillicOther},
	{name: "x-mac-cyrillic", langs: "ru uk", common: cyrillicCommon, letters: cyrillicOther, rare: true},
	{name: "windows-1253", langs: "el", common: greekCommon, letters: greekOther},
	{name: "iso-8859-7", langs: "el", common: greekCommon, letters: greekOther},
	{name: "windows-1255", langs: "he iw yi", common: hebrewCommon, letters: "ְֱֲֳִֵֶַָֹֻּ־׀ׁׂ׃װױײ׳״₪"},
	{name: "iso-8859-8", langs: "he iw", common: hebrewCommon},
	{name: "windows-1256", langs: "ar fa ur", common: arabicCommon, letters: arabicOther},
	{name: "iso-8859-6", langs: "ar", common: arabicCommon, letters: arabicOther},
	{name: "windows-874", langs: "th", common: thaiCommon, letters: thaiOther},
	{name: "shift_jis", langs: "ja", common: japaneseCommon, wide: true},
	{name: "euc-jp", langs: "ja", common: japaneseCommon, wide: true},
	{name: "gb18030", langs: "zh", common: simplifiedCommon, wide: true},
	{name: "big5", langs: "zh", common: traditionalExtra + simplifiedCommon, wide: true},
	{name: "euc-kr", langs: "ko", common: koreanCommon, wide: true},
}
