package clean

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

const (
	utf8Name  = "utf-8"
	utf16LE   = "utf-16le"
	utf16BE   = "utf-16be"
	iso2022JP = "iso-2022-jp"
)

// Decode returns a page as UTF-8 and the WHATWG name of the charset that it was in. The order of evidence:
//
//  1. a byte order mark;
//  2. UTF-8 validity of the whole page, the zero bytes of UTF-16, and the escapes of ISO-2022-JP: bytes in another charset pass for UTF-8 by
//     chance almost never, so valid UTF-8 wins over any label, and so does UTF-8 with a few damaged characters;
//  3. the label of the HTTP head, then the page's own (<meta>), as WHATWG HTML orders them (13.2.3.2), unless the bytes are far more likely in another charset;
//  4. the charset, and a language written in it, in which the bytes beyond ASCII are the most likely.
//
// Where browsers stop at the first label found, a label here is a claim that is checked. Invalid bytes become U+FFFD.
func Decode(page []byte, contentType string) (text, name string) {
	if e, name, certain := charset.DetermineEncoding(page[:min(len(page), 3)], ""); certain {
		return decode(page, e, name), name
	}
	valid := utf8.Valid(page)
	if valid && asciiPrefix(page) < len(page) {
		return string(page), utf8Name // UTF-16 is not valid UTF-8 but where all of its bytes are ASCII
	}
	if name := utf16Name(page); name != "" {
		return decodeName(page, name), name
	}
	if valid {
		if isISO2022JP(page) {
			return decodeName(page, iso2022JP), iso2022JP
		}
		return string(page), utf8Name
	}
	claims, claimsUTF8 := labels(page, contentType)
	if mostlyUTF8(page, claimsUTF8) {
		return strings.ToValidUTF8(string(page), "\uFFFD"), utf8Name
	}
	name = pickCharset(page, claims)
	return decodeName(page, name), name
}

// How many times as many as the bytes that belong to none the valid UTF-8 sequences beyond ASCII must be, on a page without and with a label of UTF-8.
const (
	minValid        = 2
	minValidLabeled = 1
)

// isISO2022JP reports the escapes that switch to JIS X 0208 in what is ASCII otherwise.
func isISO2022JP(page []byte) bool {
	return bytes.IndexByte(page, 0x1B) >= 0 && (bytes.Contains(page, []byte("\x1b$B")) || bytes.Contains(page, []byte("\x1b$@")))
}

// mostlyUTF8 reports whether the valid UTF-8 sequences beyond ASCII are so much more than the bytes that belong to none that this is a UTF-8 page with
// damaged characters, or with a part in another charset. In text in another charset they are fewer than the others. A character cut by the page's
// end speaks neither for nor against it.
func mostlyUTF8(b []byte, labeled bool) bool {
	ratio := minValid
	if labeled {
		ratio = minValidLabeled
	}
	high, broken := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i += asciiPrefix(b[i:])
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(b[i:]) {
				break // cut by the page's end
			}
			broken++
			if broken*ratio > high+(len(b)-i)/2 { // which the rest cannot make up for
				return false
			}
		} else {
			high++
		}
		i += size
	}
	return broken*ratio <= high && (high > 0 || labeled)
}

func decodeName(page []byte, name string) string {
	if t := decodeTables()[name]; t != nil {
		return t.decode(page)
	}
	if name == "gbk" {
		name = "gb18030"
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return strings.ToValidUTF8(string(page), "\uFFFD")
	}
	return decode(page, e, name)
}

func decode(page []byte, e encoding.Encoding, name string) string {
	if name == utf8Name {
		page = bytes.TrimPrefix(page, []byte("\xEF\xBB\xBF"))
		return strings.ToValidUTF8(string(page), "\uFFFD")
	}
	// The decoders replace what they cannot decode; an error can only be a cut last character.
	b, _ := e.NewDecoder().Bytes(page)
	return strings.TrimPrefix(strings.ToValidUTF8(string(b), "\uFFFD"), "\uFEFF")
}
