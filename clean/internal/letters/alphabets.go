package main

// alphabet is what a language is written with, in lower case, beside a to z for those in Latin script.
type alphabet struct {
	code  string // ISO 639-1, also lingua's folder
	latin bool
	other string // the letters beyond ASCII
}

// alphabets lists the languages that have a charset of their own, or share one with others. Within a script the order is that of preference.
var alphabets = []alphabet{
	{"en", true, "éèêçïöüñà"},
	{"de", true, "äöüßéèáàç"},
	{"fr", true, "éèàçêùâîôûëïœüæÿ"},
	{"es", true, "áéíóúñüçàèªº"},
	{"pt", true, "áâãàçéêíóôõúüèñªº"},
	{"it", true, "àèéìòùíóúîªº"},
	{"nl", true, "éëïèöüêáóàçí"},
	{"sv", true, "åäöéàüáèñç"},
	{"da", true, "åæøéäöüáèó"},
	{"nb", true, "åæøéòóôäöüè"},
	{"nn", true, "åæøéòóôäöüè"},
	{"fi", true, "åäöéüšžáèóñ"},
	{"is", true, "áéíóúýþæðöåäü"},
	{"ga", true, "áéíóúàèìòù"},
	{"ca", true, "àçèéíïòóúüáñº"},
	{"eu", true, "ñüçáéíóúà"},
	{"sq", true, "ëçéöü"},
	{"af", true, "éèêëïôöûáîú"},
	{"id", true, "é"},
	{"ms", true, "é"},
	{"tl", true, "ñáéíóàèìòùâêîôû"},
	{"sw", true, ""},
	{"la", true, "āēīōūăĕĭæœáéíóú"},
	{"pl", true, "ąćęłńóśźżéöüášč"},
	{"cs", true, "áčďéěíňóřšťúůýžäöüľô"},
	{"sk", true, "áäčďéíĺľňóôŕšťúýžěřůöü"},
	{"hu", true, "áéíóöőúüűäč"},
	{"ro", true, "ăâîşţéáöüó"},
	{"hr", true, "čćžšđéöüáí"},
	{"bs", true, "čćžšđéöüáí"},
	{"sl", true, "čšžćđéöüáí"},
	{"tr", true, "çğıöşüâîûé"},
	{"az", true, "çəğıöşü"},
	{"lt", true, "ąčęėįšųūžéöüä"},
	{"lv", true, "āčēģīķļņšūžŗōéöü"},
	{"et", true, "äõöüšžéåá"},
	{"eo", true, "ĉĝĥĵŝŭéáöü"},
	{"mi", true, "āēīōū"},
	{"cy", true, "âêîôûŵŷáéíóúẃýàèìòẁỳäëïöüẅÿ"},
	{"vi", true, "đăâêôơư\u0300\u0301\u0303\u0309\u0323"},
	{"ru", false, "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"},
	{"uk", false, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяыэъё"},
	{"be", false, "абвгдеёжзійклмнопрстуўфхцчшыьэюяищъ"},
	{"bg", false, "абвгдежзийклмнопрстуфхцчшщъьюяыэѝ"},
	{"mk", false, "абвгдѓежзѕијклљмнњопрстќуфхцчџш"},
	{"sr", false, "абвгдђежзијклљмнњопрстћуфхцчџш"},
	{"el", false, "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"},
	{"he", false, "אבגדהוזחטיךכלםמןנסעףפץצקרשת"},
	{"ar", false, "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ"},
	{"fa", false, "ءآأؤئابةتثجحخدذرزسشصضطظعغفقلمنهوپچژگكکىي"},
	{"ur", false, "ءآأؤئابةتثجحخدذرزسشصضطظعغفقلمنوپچژگکٹڈڑںھہےیىي"},
	{"th", false, "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลวศษสหฬอฮฯะาำเแโใไๅๆ"},
}

// same says which letters of a model are written as others in 8-bit charsets: windows-1256 has the Arabic yeh and
// no Farsi one.
var same = map[string]map[rune]rune{
	"fa": {'ی': 'ي'},
	"ro": {'ș': 'ş', 'ț': 'ţ'},
}

// maxLetters is how many letters a language can have. Vietnamese and Urdu come close.
const maxLetters = 56
