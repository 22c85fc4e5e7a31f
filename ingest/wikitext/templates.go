package wikitext

import "strings"

// verb says what is text in a template.
type verb uint8

const (
	literal      verb = iota // the template stands for text
	pageTitle                // the page's title
	argumentText             // one argument, n, is text
	lastArgument             // of the arguments up to n, the last that is given is text
	blockText                // an argument is a quotation, or another block
	joined                   // the first n arguments with text between them
	listed                   // every argument is an item of a list
	conversion
	value
	fraction
	circa
	nihongo
	asOf
	century // a Roman number and what stands behind it
)

// textTemplate says how a template is written.
type textTemplate struct {
	do    verb
	n     int
	text  string // the literal, what stands before an argument, or between several
	after string
}

// templates are those of which something is text, by name in lower case. They are of many wikis: the names seldom
// mean different things in two of them, and where they do, the table has what is right in most.
var templates = func() map[string]textTemplate {
	all := make(map[string]textTemplate)
	add := func(t textTemplate, names string) {
		for _, name := range strings.Split(names, "|") {
			all[strings.TrimSpace(name)] = t
		}
	}
	add(textTemplate{do: argumentText, n: 1}, argumentOne)
	add(textTemplate{do: argumentText, n: 2}, argumentTwo)
	add(textTemplate{do: lastArgument, n: 2}, lastOfTwo)
	add(textTemplate{do: lastArgument, n: 3}, "transl|transliteration|translit|tsl|script")
	add(textTemplate{do: blockText}, blockNames)
	add(textTemplate{do: listed}, "unbulleted list|ubl|vunblist|bulleted list|ordered list|ulist|ublist")
	add(textTemplate{do: joined, n: 20, text: ", "}, "hlist|hlist-comma|comma separated entries|cslist")
	add(textTemplate{do: joined, n: 20}, "chem|linktext|gaps")
	add(textTemplate{do: joined, n: 8, text: "+"}, "keypress|key press|touche")
	add(textTemplate{do: joined, n: 2, text: " "}, "sortname|unité|unidad|unit|unità|m|nombre|número|ship")
	add(textTemplate{do: joined, n: 3, text: " "}, "date|date-|fecha|datum|date de naissance|date de décès|date rapide|naissance|décès")
	add(textTemplate{do: conversion}, "convert|cvt|conversie|conv|conversion|converter|преобразовать")
	add(textTemplate{do: value}, "val|valor")
	add(textTemplate{do: fraction}, "frac|sfrac|fraction|дробь|ułamek|fração|bruch")
	add(textTemplate{do: nihongo}, "nihongo|読み仮名")
	add(textTemplate{do: asOf}, "as of|asof")
	add(textTemplate{do: pageTitle}, "pagename|fullpagename|basepagename|subjectpagename|pagenamebase")
	for names, before := range map[string]string{
		"us$|usd|us dollar": "US$", "a$|aud|au$": "A$", "c$|cad|ca$": "C$", "gbp|£|pound|gb£": "£", "eur|€|euro": "€", "inr|₹|indian rupee|inrconvert|inr convert": "₹",
		"jpy|¥|cny|rmb|yen": "¥", "krw|₩|won": "₩", "sqrt": "√", "e": "×10^", "10^": "10^", "floruit|fl.": "fl. ",
	} {
		add(textTemplate{do: argumentText, n: 1, text: before}, names)
	}
	add(textTemplate{do: circa, text: "c. "}, "circa|c.|ca.")
	add(textTemplate{do: argumentText, n: 1, after: "°"}, "deg|degree")
	add(textTemplate{do: century, n: 1, after: "e siècle"}, "s|siècle")
	add(textTemplate{do: century, n: 1, after: "e"}, "s-")
	for _, ship := range []string{"USS", "SS", "HMS", "HMAS", "HMCS", "RMS", "MV", "HNLMS", "SMS", "USCGC", "USNS", "RFA"} {
		add(textTemplate{do: argumentText, n: 1, text: ship + " "}, strings.ToLower(ship))
	}
	add(textTemplate{do: argumentText, n: 1, text: "⟨", after: "⟩"}, "angbr|angle bracket|grapheme")
	add(textTemplate{do: argumentText, n: 1, text: "“", after: "”"}, `"|qq`)
	add(textTemplate{do: argumentText, n: 1, text: "– ", after: " –"}, "incise|tiret")
	for name, text := range literals {
		add(textTemplate{do: literal, text: text}, name)
	}
	// The bar cannot stand in a list of names.
	all["|"] = textTemplate{do: literal, text: "|"}
	return all
}()

// argumentOne are templates whose first argument is shown: forms, sizes, marks, and links.
const argumentOne = `nowrap|nobr|nobreak|no break|j|nowrap begin|nobold|noitalic|noitalics|nbold|normal|small|smaller|petit|mini|klein|big|larger|large|huge|center|centre|
centered|em|strong|bold|italic|italics|underline|strike|del|ins|abbr|abbrev|abréviation|abkürzung|tooltip|comment|подсказка|tt|mono|monospace|code|kbd|
samp|var|varserif|mvar|math|math2|bigmath|tmath|sub|sup|exp|ind|indice|exponent|smallcaps|small caps|sc|scaps|petites capitales|allcaps|sic|as written|
not a typo|proper name|nts|num|formatnum|fmtn|formatnumber|szám|vanchor|visible anchor|va|term|defn|ruby|ルビ|nq|nastaliq|pie|ipa link|lang-en-gb|ill|
interlanguage link|interlanguage link multi|仮リンク|link-interwiki|lien|ilh|illm|нп|нп1|нп2|нп3|нп4|нп5|не переведено|не переведено 2|не переведено 3|
не переведено 4|не переведено 5|link-en|le|liên kết|liên kết ngoại ngữ|iw|trad|chem2|chem name|chemf|flag|flagu|flagcountry|flag country|flagathlete|
drapeau|флагификация|флагифицировать|флаг|flagge|zászló|abs|nowraplinks|longitem|no wrap|overline|unichar|heure|hora|duration|texte|citation|nom|lj`

// argumentTwo are templates whose second argument is shown, behind a code for a language or for looks.
const argumentTwo = `lang|langx|langue|langr|língua|lingua|idioma|kiel|språk|jazyk|nyelv|язык|мова|linguaggio|sort|h:title|resize|wikt-lang|font color|fontcolor|color|
colour|couleur|color text|text color|colored text|font`

// lastOfTwo are templates whose second argument is shown where there is one, else the first.
const lastOfTwo = `linkla|link language|wikt|wiktlink|wiktionary-inline|wl|link text|section link|slink`

// blockNames are templates that hold a quotation or another block.
const blockNames = `quote|quotation|blockquote|block quote|bquote|cquote|rquote|centered quote|poemquote|poem quote|verse|zitat|cita|citazione|citação|citat|citaat|cytat|
цитата|початок цитати|blockindent|block indent|indented quote|romquote|citation bloc|début citation|quote without source|bq|talkquote|plainlist|
plain list|flatlist|flat list|columns-list|columns list|colist|col-list|div col list|small block|longquote|引用|ציטוט|اقتباس|인용문|alıntı|idézet|citát`

// literals are templates that stand for a character or two.
var literals = map[string]string{
	"nbsp": " ", "space": " ", "spaces": " ", "thinsp": " ", "thin space": " ", "hair space": " ", "zwj": "", "zwnj": "\u200c", "zwsp": "", "wbr": "", "shy": "", "break": " ", "-": "", "clear": "", "0": "",
	"ndash": "–", "en dash": "–", "–": "–", "nsndns": "–", "spaced ndash": " – ", "spaced en dash": " – ", "snd": " – ", "snds": " – ", "spnd": " – ", "sndash": " – ", "spndash": " – ", "dash": " – ",
	"mdash": "—", "em dash": "—", "—": "—", "mdashb": "—", "spaced mdash": " — ", "spaced em dash": " — ", "smd": " — ", "smdash": " — ",
	"bull": " • ", "bullet": " • ", "•": " • ", "·": " · ", "dot": " · ", "middot": " · ", "dotsp": " · ", ",": " · ", "mid": " · ", "\\": " / ", "slash": " / ", "spd": " · ",
	"'": "'", "' ": "'", "'s": "'s", "' \"": "'\"", "\" '": "\"'", "\"'": "\"'", "'\"": "'\"", "!": "|", "pipe": "|", "=": "=", "equals": "=", "*": "*", "asterisk": "*", "...": "...", "…": "…", "ellipsis": "…",
	"okina": "ʻ", "ʻokina": "ʻ", "hamza": "ʾ", "ayin": "ʿ", "pi": "π", "euro sign": "€", "sharp": "♯", "flat": "♭", "natural": "♮", "music sharp": "♯", "times": "×", "minus": "−", "degree symbol": "°",
	"1er": "1er", "1re": "1re", "ier": "er", "ère": "re", "er": "er", "e exposant": "e", "n°": "no ", "no.": "No. ", "numero": "No. ", "number sign": "#",
	"bc": "BC", "ad": "AD", "c++": "C++", "c#": "C#", "tm": "™", "r.": "r. ", "died": "d.", "born": "b.", "gamma": "γ", "phi": "φ", "tau": "τ", "nu": "ν", "mu": "μ",
	"av. j.-c.": "av. J.-C.", "ap. j.-c.": "apr. J.-C.", "av jc": "av. J.-C.", "ap jc": "apr. J.-C.", "-av jc": "av. J.-C.", "v. chr.": "v. Chr.", "n. chr.": "n. Chr.", "до н. э.": "до н. э.", "н. э.": "н. э.",
}
