package clean

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// The tables of 8-bit charsets must decode as x/text does, whose decoders are the plain reference.
func TestDecodeTables(t *testing.T) {
	var all []byte
	for c := range 256 {
		all = append(all, byte(c), 'a', byte(c))
	}
	for _, c := range singleCharsets {
		e, err := htmlindex.Get(c.name)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 20 { // every place in a word of eight bytes
			page := append(bytes.Repeat([]byte{'x'}, n), all...)
			want, _ := e.NewDecoder().Bytes(page)
			if got := decodeTables()[c.name].decode(page); got != string(want) {
				t.Fatalf("%s: %q, want %q", c.name, got, want)
			}
		}
	}
}

// A text must cost less in its own charset than in any other of more than one byte, and its bytes must be read whole.
func TestWideCharsets(t *testing.T) {
	texts := map[string]string{"gb18030": chineseText, "big5": taiwaneseText, "shift_jis": japaneseText, "euc-jp": japaneseText, "euc-kr": koreanText}
	for _, own := range wideCharsets() {
		page := encode(t, own.name, texts[own.name])
		next, best := own.score(page, 0, len(page), 0)
		if next != len(page) {
			t.Errorf("%s: %d of %d bytes read", own.name, next, len(page))
		}
		for _, w := range wideCharsets() {
			if _, cost := w.score(page, 0, len(page), 0); w != own && cost <= best {
				t.Errorf("%s costs %d as itself and %d as %s", own.name, best, cost, w.name)
			}
		}
		// In two parts, cut anywhere, it costs the same.
		for cut := range page {
			at, part := own.score(page, 0, cut, 0)
			if _, cost := own.score(page, at, len(page), part); cost != best {
				t.Errorf("%s: %d when cut at %d, %d in one", own.name, cost, cut, best)
			}
		}
	}
}

// The hard cases: charsets of the same script that differ in a few letters.
func TestDecodeSiblings(t *testing.T) {
	for _, tt := range []struct{ name, charset, text string }{
		{"greek capital with tonos, windows-1253", "windows-1253", greekText + " Άλλος ένας φίλος."},
		{"greek capital with tonos, iso-8859-7", "iso-8859-7", greekText + " Άλλος ένας φίλος."},
		{"greek elision, iso-8859-7", "iso-8859-7", greekText + " απ’ την αρχή"},
		{"hungarian, windows-1250", "windows-1250", "A könyvtár előtt nyílt egy új étterem, ahol a főszakács különleges őszi ételeket készít."},
		{"slovak, windows-1250", "windows-1250", "Žltý kôň ťahá ťažký voz a ľudia sa naň dívajú, šťastní a veselí."},
		{"slovak, iso-8859-2", "iso-8859-2", "Žltý kôň ťahá ťažký voz a ľudia sa naň dívajú, šťastní a veselí."},
		{"ligature, iso-8859-15", "iso-8859-15", "Ma sœur a mis des œufs dans le cœur du gâteau, à côté du bœuf."},
		{"euro, iso-8859-15", "iso-8859-15", "Der Preis beträgt 20 € für Schüler und 30 € für alle übrigen Gäste."},
		{"ukrainian, koi8-u", "koi8-u", "Її життя було важким, але щасливим і цікавим."},
		{"serbian, iso-8859-5", "iso-8859-5", "Његова кућа је у близини реке, а љубав према њој је велика."},
		{"lithuanian, iso-8859-13", "iso-8859-13", "Šiandien oras gražus, todėl vaikai žaidžia kieme ir džiaugiasi."},
		{"latvian, iso-8859-4", "iso-8859-4", "Bērni spēlējas pagalmā, un viņu vecāki sēž zem lielā ozola."},
		{"esperanto, iso-8859-3", "iso-8859-3", "Ĉiuj ĝojas, ĉar la ĵurnalo eldonis ŝian artikolon hodiaŭ."},
		{"welsh, iso-8859-14", "iso-8859-14", "Mae'r dŵr yn oer ac mae'r tŷ ar y bryn, gŵyr pawb am y ffordd."},
		{"vietnamese, windows-1258", "windows-1258", "Tôi đang ho\u0323c ti\u00EA\u0301ng Vi\u00EA\u0323t va\u0300 r\u00E2\u0301t thi\u0301ch no\u0301."},
		{"one letter in a long English page", "windows-1252", strings.Repeat("Plain words and nothing else. ", 200) + "A café by the sea."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := "<html><body><p>" + tt.text + "</p></body></html>"
			if got, name := Decode(encode(t, tt.charset, page), ""); got != page {
				t.Errorf("decoded as %s: %q", name, got)
			}
		})
	}
}

// The letters in scripts and attributes must not count, unless there are no others.
func TestHighSample(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"text", "<p title='\xe9'>a\xe9b</p>", "a\xe9b\n"},
		{"script and style", "<script>\xe9</script><STYLE a>\xea</STYLE>\xeb", "\xeb\n"},
		{"unclosed script", "<script>x\xe9", "x\xe9\n"},
		{"attributes only", "<p title='\xe9'>a</p>", "<p title='\xe9'>a</p>\n"},
		{"lines", "plain\n\xe9\nplain\n\xea", "\xe9\n\xea\n"},
		{"ascii", "plain", ""},
	} {
		if got := string(highSample([]byte(tt.page))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBinary(t *testing.T) {
	for _, tt := range []struct {
		name, text   string
		bytes, runes float64 // shares
	}{
		{"empty", "", 0, 0},
		{"text", "Plain words, été,\tand\r\n\f\x1bmore ~ \u0085", 0, 0},
		{"every ninth", strings.Repeat("abcdefgh\x00", 5), 1.0 / 9, 1.0 / 9},
		{"delete in a word", "abcd\x7Fefghijk", 1.0 / 12, 1.0 / 12},
		{"c1 controls and replacements", "\u0080\u009F\uFFFD\xFFabcdefgh", 0, 4.0 / 12},
	} {
		if got, binary := binaryBytes([]byte(tt.text)); got != tt.bytes || binary != (got > maxControlShare) {
			t.Errorf("%s: %v of the bytes, want %v", tt.name, got, tt.bytes)
		}
		if got, _ := binaryText(tt.text); got != tt.runes {
			t.Errorf("%s: %v of the characters, want %v", tt.name, got, tt.runes)
		}
	}
}

func TestUTF16NotMistaken(t *testing.T) {
	for _, tt := range []struct{ name, page string }{
		{"ascii that is frequent Han characters in UTF-16", strings.Repeat("Bush hid the facts", 3)},
		{"a zero byte now and then", strings.Repeat("<p>Some words in a paragraph.</p>\n\x00", 20)},
		{"windows-1251", string(encode(t, "windows-1251", russianText))},
		{"gb18030", string(encode(t, "gb18030", chineseText))},
	} {
		if name := utf16Name([]byte(tt.page)); name != "" {
			t.Errorf("%s: %s", tt.name, name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []struct{ name, text string }{{"windows-1251", russianText}, {"shift_jis", japaneseText}, {"gb18030", chineseText + "㐀𠀀"}, {"utf-16le", germanText}, {"iso-2022-jp", japaneseText}} {
		f.Add(encode(f, s.name, "<meta charset="+s.name+">"+s.text), "")
	}
	f.Add([]byte("<script>\x81<style>\x80\xff\x8f\xa1\xa1"), "text/html; charset=euc-jp")
	f.Add([]byte("\x84\x31\x84\x31<meta charset=x-mac-cyrillic>"), "text/html; charset=gbk")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		text, name := Decode(page, contentType)
		if !utf8.ValidString(text) || name == "" {
			t.Errorf("%q as %q", text, name)
		}
		if utf8.Valid(page) && countHigh(page) > 0 && bytes.IndexByte(page, 0) < 0 && name == utf8Name && text != strings.TrimPrefix(string(page), "\uFEFF") {
			t.Errorf("valid UTF-8 %q became %q", page, text)
		}
		if again, _ := Decode(page, contentType); again != text {
			t.Errorf("decoded as %q, then as %q", text, again)
		}
	})
}
