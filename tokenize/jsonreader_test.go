package tokenize

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// skipAll reads a text that is one value.
func skipAll(text []byte) error {
	r := &jsonReader{data: text}
	if _, err := r.skip(); err != nil {
		return err
	}
	return r.end()
}

func TestJSONReaderNamesThePlace(t *testing.T) {
	for _, c := range []struct {
		name, text string
		offset     int
		want       string
	}{
		{"nothing", "", 0, "the file ends"},
		{"cut off in an array", "[1, 2", 5, "the file ends where a comma"},
		{"cut off in a string", `["ab`, 4, "ends within a string"},
		{"cut off in an escape", `["ab\`, 5, "ends within a string"},
		{"comma at the end", `[1,]`, 3, `']' where a value`},
		{"no comma", `[1 2]`, 3, `'2' where a comma`},
		{"no colon", `{"a" 1}`, 5, `'1' where a colon`},
		{"key that is no string", `{1:2}`, 1, `'1' where a key`},
		{"key twice", `{"a":1,"b":{"c":1,"c":2}}`, 18, `the key "c" is there twice`},
		{"key twice in other letters", `{"a":1,"\u0061":2}`, 7, `the key "a" is there twice`},
		{"NaN", `{"a":NaN}`, 5, `'N' where a value`},
		{"infinity", `[-Infinity]`, 1, `'-' where a value`},
		{"control character", "[\"a\nb\"]", 3, "control character"},
		{"not UTF-8", "[\"a\xff\"]", 2, "not UTF-8"},
		{"wrong escape", `["a\x"]`, 1, "wrong escape"},
		{"text behind", `[1] x`, 4, `'x' where the end of the file`},
		{"too deep", strings.Repeat("[", 100), maxDepth, "nested deeper than 64"},
	} {
		err := skipAll([]byte(c.text))
		var at *atOffset
		if !errors.As(err, &at) || at.offset != c.offset || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %#v, want offset %d and %q", c.name, err, c.offset, c.want)
		}
	}
}

func TestJSONReaderIntegers(t *testing.T) {
	for text, want := range map[string]string{
		"0": "", "-7": "", " 12": "", "01": "begins with 0", "-": "whole number is expected", "--1": "whole number is expected", "1.5": "not whole", "1e3": "not whole",
		"9223372036854775808": "too large", `"1"`: "whole number is expected", "null": "whole number is expected", "NaN": "whole number is expected", "": "the file ends",
	} {
		_, err := (&jsonReader{data: []byte(text)}).integer()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// FuzzJSONReader compares with encoding/json, which takes keys that are there twice, bytes that are not UTF-8 and
// deeper nesting.
func FuzzJSONReader(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,false,null,"x\né"],"b":{}}`, `[[[]]]`, `{"a":1,"a":2}`, `"\ud800"`, `[1,]`, "\"\x7f\"", `01`, `tru`, ` 1 `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := skipAll(text)
		if err == nil && !json.Valid(text) {
			t.Fatalf("%q is read, and is not JSON", text)
		}
		if err != nil && json.Valid(text) && utf8.Valid(text) && !strings.Contains(err.Error(), "is there twice") && !strings.Contains(err.Error(), "nested deeper") {
			t.Fatalf("%q is JSON: %v", text, err)
		}
		if err != nil {
			return
		}
		r := &jsonReader{data: text}
		if c := r.next(); c == '{' || c == '[' {
			if err := r.pass(); err != nil || r.end() != nil {
				t.Fatalf("%q: pass ends at %d, %v", text, r.pos, err)
			}
		}
		var want string
		if json.Unmarshal(text, &want) == nil && strings.HasPrefix(strings.TrimSpace(string(text)), `"`) {
			got, err := (&jsonReader{data: text}).str("a string")
			if err != nil || string(got) != want {
				t.Fatalf("%q is read as %q, %v, want %q", text, got, err, want)
			}
		}
	})
}
