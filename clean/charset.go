package clean

import (
	"bytes"
	"mime"
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
//  2. the zero bytes of UTF-16, the escapes of ISO-2022-JP, and UTF-8 validity of the whole page: bytes in another charset pass for UTF-8 by
//     chance almost never, so valid UTF-8 wins over any label, and so does UTF-8 with a few damaged characters;
//  3. the label of the HTTP head, then the page's own (<meta>), when the decoded characters look like text;
//  4. the charset in which they look most like text.
//
// Where x/net/html/charset stops at the first label found in 1,024 bytes, or says windows-1252, a label here is a claim that is checked.
// Invalid bytes become U+FFFD.
func Decode(page []byte, contentType string) (text, name string) {
	if e, name, certain := charset.DetermineEncoding(page[:min(len(page), 3)], ""); certain {
		return decode(page, e, name), name
	}
	if name := utf16Zeros(page); name != "" {
		return decodeName(page, name), name
	}
	high, broken := utf8Damage(page)
	switch {
	case high == 0 && bytes.Contains(page, []byte("\x1b$")) && bytes.Contains(page, []byte("\x1b(")):
		return decodeName(page, iso2022JP), iso2022JP
	case broken*20 <= high:
		return strings.ToValidUTF8(string(page), "\uFFFD"), utf8Name
	}
	name = pickCharset(page, labels(page, contentType))
	return decodeName(page, name), name
}

// utf8Damage counts the valid UTF-8 sequences beyond ASCII and the bytes that belong to none. Both are 0 for ASCII.
func utf8Damage(b []byte) (high, broken int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			if i+utf8.UTFMax <= len(b) || utf8.FullRune(b[i:]) { // else a character cut by the page's end
				broken++
			}
		} else {
			high++
		}
		i += size
	}
	return high, broken
}

// utf16Zeros recognises UTF-16 without a mark: markup is ASCII, so every other byte of it is zero.
func utf16Zeros(b []byte) string {
	b = b[:min(len(b), 1024)]
	if len(b) < 8 {
		return ""
	}
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(b) / 2
	switch {
	case zeros[1] > half*3/5 && zeros[0] < half/20:
		return utf16LE
	case zeros[0] > half*3/5 && zeros[1] < half/20:
		return utf16BE
	}
	return ""
}

// maxPrescan is how far into a page a <meta> label is looked for. Browsers stop at 1,024 bytes, and
// many pages have scripts before it.
const maxPrescan = 1 << 16

// maxMeta is the length of a <meta> tag that is read.
const maxMeta = 2048

// labels returns the charsets that the HTTP head and the page claim, the strongest claim first, by their WHATWG names.
func labels(page []byte, contentType string) (names []string) {
	add := func(name string) {
		// UTF-8 and UTF-16 have been ruled out by now, and "replacement" stands for charsets that the web gave up.
		if name != "" && !strings.HasPrefix(name, "utf-") && name != "replacement" && name != "x-user-defined" {
			names = append(names, name)
		}
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		_, name := charset.Lookup(params["charset"])
		add(name)
	}
	head := page[:min(len(page), maxPrescan)]
	for i := 0; len(names) < 4; {
		j := indexFold(head[i:], "<meta")
		if j < 0 {
			break
		}
		i += j
		tag := head[i:min(len(head), i+maxMeta)]
		tag = tag[:bytes.IndexByte(tag, '>')+1]
		if indexFold(tag, "charset") > 0 {
			// windows-1252 is also what DetermineEncoding says when it finds no label: as such it is no claim,
			// and as a claim it is the first charset tried anyway.
			if _, name, _ := charset.DetermineEncoding(tag, ""); name != windows1252 {
				add(name)
			}
		}
		i += max(len(tag), len("<meta"))
	}
	return names
}

// indexFold is bytes.Index for a lower-case ASCII word in any case.
func indexFold(b []byte, word string) int {
	for i := 0; i+len(word) <= len(b); i++ {
		k := bytes.IndexByte(b[i:], word[0])
		if word[0] != '<' {
			k = bytes.IndexAny(b[i:], word[:1]+strings.ToUpper(word[:1]))
		}
		if k < 0 || i+k+len(word) > len(b) {
			return -1
		}
		i += k
		if bytes.EqualFold(b[i:i+len(word)], []byte(word)) {
			return i
		}
	}
	return -1
}

func decodeName(page []byte, name string) string {
	// GB18030 contains GBK and GB 2312, and pages labelled with either use all of it.
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
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
