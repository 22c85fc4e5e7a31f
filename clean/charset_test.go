package clean

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

const (
	russianText   = "Съешь ещё этих мягких французских булок, да выпей чаю. Вечером мы пошли к реке и долго смотрели на воду."
	polishText    = "Pchnąć w tę łódź jeża lub ośm skrzyń fig. Wieczorem poszliśmy nad rzekę i długo patrzyliśmy na wodę."
	czechText     = "Příliš žluťoučký kůň úpěl ďábelské ódy. Večer jsme šli k řece a dlouho jsme se dívali na vodu."
	frenchText    = "Le soir, nous sommes allés près de la rivière et nous avons regardé l’eau très longtemps. Ça a été un bel été."
	germanText    = "Am Abend gingen wir über die Brücke und hörten den Vögeln zu. Schöne Grüße aus der großen Stadt."
	greekText     = "Το βράδυ πήγαμε στο ποτάμι και κοιτάζαμε το νερό για πολλή ώρα. Ήταν όμορφη νύχτα."
	turkishText   = "Akşam nehre gittik ve uzun süre suya baktık. Güneş batarken çocuklar oynuyordu, ığdır çok güzeldi."
	hebrewText    = "בערב הלכנו אל הנהר והסתכלנו על המים זמן רב. היה לילה יפה ושקט."
	arabicText    = "في المساء ذهبنا إلى النهر ونظرنا إلى الماء وقتا طويلا. كانت ليلة جميلة وهادئة."
	thaiText      = "ตอนเย็นเราไปที่แม่น้ำและมองดูน้ำเป็นเวลานาน เป็นคืนที่สวยงามและเงียบสงบ"
	japaneseText  = "夕方、私たちは川へ行って、長い間水を見ていました。とても静かで美しい夜でした。"
	chineseText   = "晚上我们到河边去了，看了很长时间的水。那是一个美丽而安静的夜晚，大家都很高兴。"
	taiwaneseText = "晚上我們到河邊去了，看了很長時間的水。那是一個美麗而安靜的夜晚，大家都很高興。"
	koreanText    = "저녁에 우리는 강으로 가서 오랫동안 물을 바라보았다. 아름답고 조용한 밤이었다."
)

func encode(t testing.TB, name, text string) []byte {
	t.Helper()
	e, err := htmlindex.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

func TestDecodeWithoutLabel(t *testing.T) {
	tests := []struct{ name, text string }{
		{"utf-8", russianText},
		{"windows-1251", russianText},
		{"koi8-r", russianText},
		{"iso-8859-5", russianText},
		{"ibm866", russianText},
		{"windows-1252", frenchText},
		{"windows-1252", germanText},
		{"windows-1250", polishText},
		{"iso-8859-2", polishText},
		{"windows-1250", czechText},
		{"iso-8859-2", czechText},
		{"windows-1253", greekText},
		{"windows-1254", turkishText},
		{"windows-1255", hebrewText},
		{"windows-1256", arabicText},
		{"windows-874", thaiText},
		{"shift_jis", japaneseText},
		{"euc-jp", japaneseText},
		{"iso-2022-jp", japaneseText},
		{"gb18030", chineseText},
		{"big5", taiwaneseText},
		{"euc-kr", koreanText},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := "<html><head><title>x</title></head><body><p class=a>" + tt.text + "</p></body></html>"
			got, name := Decode(encode(t, tt.name, page), "text/html")
			if got != page {
				t.Errorf("decoded as %s: %q", name, got)
			}
		})
	}
}

func TestDecodeLabels(t *testing.T) {
	meta := func(label, body string) string {
		return `<html><head><meta charset="` + label + `"></head><body>` + body + "</body></html>"
	}
	equiv := func(label, body string) string {
		return `<html><head>` + strings.Repeat("<!-- a long comment before the label -->", 60) +
			`<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=` + label + `"></head><body>` + body + "</body></html>"
	}
	tests := []struct {
		name, charset, contentType, page, want string
	}{
		{"http label", "iso-8859-2", "text/html; charset=iso-8859-2", polishText, "iso-8859-2"},
		{"meta label", "koi8-r", "text/html", meta("koi8-r", russianText), "koi8-r"},
		{"http-equiv label behind 2 KB", "windows-1257", "", equiv("windows-1257", "žalia žolė"), "windows-1257"},
		{"short text, label believed", "windows-1251", "text/html; charset=cp1251", "Да", "windows-1251"},
		{"gb2312 label for GB18030", "gb18030", "", meta("gb2312", chineseText+"㐀𠀀"), "gbk"},
		{"utf-8 under a latin-1 header", "utf-8", "text/html; charset=ISO-8859-1", frenchText, "utf-8"},
		{"utf-8 under a meta label", "utf-8", "", meta("windows-1251", russianText), "utf-8"},
		{"windows-1251 under a latin-1 header", "windows-1251", "text/html; charset=iso-8859-1", russianText, "windows-1251"},
		{"windows-1251 under a utf-8 header", "windows-1251", "text/html; charset=utf-8", russianText, "windows-1251"},
		{"header lies, meta does not", "shift_jis", "text/html; charset=iso-8859-1", meta("shift_jis", japaneseText), "shift_jis"},
		{"meta lies", "euc-kr", "", meta("iso-8859-1", koreanText), "euc-kr"},
		{"koi8-r labelled windows-1251", "koi8-r", "text/html; charset=windows-1251", russianText, "koi8-r"},
		{"unknown label", "windows-1250", "text/html; charset=nonsense", polishText, "windows-1250"},
		{"ascii", "utf-8", "text/html; charset=big5", "plain words", "utf-8"},
		{"label in a comment", "windows-1252", "", "<!-- <meta charset=iso-8859-2> --><p>No\u00A0break", "windows-1252"},
		{"label of another element", "windows-1252", "", "<metadata charset=iso-8859-2><p>No\u00A0break", "windows-1252"},
		{"description of a label", "windows-1252", "", "<meta name=description content='charset=iso-8859-2'><p>No\u00A0break", "windows-1252"},
		{"label twice in the header", "iso-8859-2", "text/html; charset=iso-8859-2; charset=iso-8859-2", "<p>No\u00A0break", "iso-8859-2"},
		{"utf-16 label on a page of bytes", "windows-1252", "", meta("utf-16", "<p>a café"), "windows-1252"},
		{"letter at the end", "windows-1252", "", "a café", "windows-1252"},
		{"utf-8 with a zero byte", "utf-8", "", "<p>été\x00 déjà", "utf-8"},
		{"terminal escapes", "utf-8", "", "\x1b[0m \x1b$ \x1b(B", "utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, name := Decode(encode(t, tt.charset, tt.page), tt.contentType)
			if got != tt.page || name != tt.want {
				t.Errorf("charset %s, want %s; text %q", name, tt.want, got)
			}
		})
	}
}

func TestDecodeUTF16(t *testing.T) {
	page := "<html><body><p>" + germanText + "</p><p>" + "Plain words follow here." + "</p></body></html>"
	for _, tt := range []struct {
		name   string
		order  unicode.Endianness
		policy unicode.BOMPolicy
		want   string
	}{
		{"little endian with mark", unicode.LittleEndian, unicode.UseBOM, "utf-16le"},
		{"big endian with mark", unicode.BigEndian, unicode.UseBOM, "utf-16be"},
		{"little endian without mark", unicode.LittleEndian, unicode.IgnoreBOM, "utf-16le"},
		{"big endian without mark", unicode.BigEndian, unicode.IgnoreBOM, "utf-16be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := unicode.UTF16(tt.order, tt.policy).NewEncoder().Bytes([]byte(page))
			if err != nil {
				t.Fatal(err)
			}
			got, name := Decode(b, "text/html; charset=utf-8")
			if got != page || name != tt.want {
				t.Errorf("charset %s, want %s; text %q", name, tt.want, got)
			}
		})
	}
}

// One damaged character must not turn the rest of a UTF-8 page into mojibake.
func TestDecodeDamagedUTF8(t *testing.T) {
	cut := russianText[:len(russianText)/2-1] + "\xFF" + russianText[len(russianText)/2+1:] + "\xD0"
	got, name := Decode([]byte(cut), "text/html; charset=windows-1251")
	if name != "utf-8" || !strings.Contains(got, "Съешь ещё") || !strings.Contains(got, "на воду.") {
		t.Errorf("charset %s, text %q", name, got)
	}
}

func TestDecodeDamagedShortUTF8(t *testing.T) {
	for _, tt := range []struct{ name, contentType, page, want string }{
		{"one of three", "", "<p>Le caf\xE9 est très fermé", "<p>Le caf\uFFFD est très fermé"},
		{"one of two, labelled", "text/html; charset=utf-8", "<p>\xE9t été", "<p>\uFFFDt été"},
		{"cut", "text/html; charset=utf-8", "<p>so \xE2\x80", "<p>so \uFFFD"},
		{"latin-1 labelled utf-8", "text/html; charset=utf-8", "<p>\xE9t\xE9 d\xE9j\xE0 \xC3\xA9", "<p>été déjà Ã©"},
	} {
		if got, name := Decode([]byte(tt.page), tt.contentType); got != tt.want {
			t.Errorf("%s: as %s %q, want %q", tt.name, name, got, tt.want)
		}
	}
}

// A UTF-8 page of which a part came from elsewhere is still one.
func TestDecodeMixedUTF8(t *testing.T) {
	page := append([]byte("<p>"+polishText+"</p>"), encode(t, "windows-1250", "<p>łódź</p>")...)
	got, name := Decode(page, "text/html; charset=utf-8")
	if name != "utf-8" || !strings.Contains(got, polishText) {
		t.Errorf("charset %s, text %q", name, got)
	}
}

// Tags without end must not be searched for it again each.
func TestDecodeHostile(t *testing.T) {
	for _, test := range []struct{ name, page string }{
		{"less-than signs", strings.Repeat("<", 2<<20)},
		{"meta tags", strings.Repeat("<metac", 10_000) + ">"},
		{"scripts without end", strings.Repeat("<script>", 1<<18)},
		{"one long line", strings.Repeat("plain words> ", 1<<18)},
		{"meta tags without end", strings.Repeat("<metac", 10_000)},
	} {
		if text, name := Decode([]byte(test.page+"\xe9t\xe9"), ""); name != windows1252 || !strings.HasSuffix(text, "été") {
			t.Errorf("%s: decoded as %s to a text that ends in %q", test.name, name, text[len(text)-8:])
		}
	}
}
