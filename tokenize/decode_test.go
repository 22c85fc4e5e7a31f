package tokenize

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeText has the results of Rust's String::from_utf8_lossy, by which Hugging Face's tokenizers decode.
func TestDecodeText(t *testing.T) {
	m := trained(t, nil)
	for _, c := range []struct{ name, bytes, want string }{
		{"valid", "héllo 🙂", "héllo 🙂"},
		{"empty", "", ""},
		{"lone continuation", "a\x80b", "a\ufffdb"},
		{"two continuations", "\x80\x80", "\ufffd\ufffd"},
		{"cut at the end", "a\xe2\x82", "a\ufffd"},
		{"cut in the middle", "\xe2\x82a", "\ufffda"},
		{"four bytes cut", "\xf0\x9f\x99a", "\ufffda"},
		{"surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
		{"overlong", "\xc0\xaf", "\ufffd\ufffd"},
		{"overlong of three", "\xe0\x80\xaf", "\ufffd\ufffd\ufffd"},
		{"too large", "\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
		{"start behind a start", "\xe2\x82\xe2\x82\xac", "\ufffd€"},
		{"The Unicode Standard, table 3-8", "\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", "a\ufffd\ufffd\ufffdb\ufffdc\ufffd\ufffdd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids := m.NewEncoder().Encode(nil, c.bytes)
			if got, err := m.DecodeText(ids); err != nil || got != c.want {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
			var out []byte
			d := m.NewDecoder()
			for _, b := range []byte(c.bytes) { // one token for each byte
				var err error
				if out, err = d.Append(out, m.bytes[b]); err != nil {
					t.Fatal(err)
				}
				if !utf8.Valid(out) {
					t.Errorf("%q is not UTF-8", out)
				}
			}
			if got := string(d.Flush(out)); got != c.want {
				t.Errorf("byte by byte %q, want %q", got, c.want)
			}
		})
	}
}

func TestDecoderHoldsBack(t *testing.T) {
	m := trained(t, nil)
	d := m.NewDecoder()
	var got []string
	for _, b := range []byte("a€b") {
		text, err := d.Append(nil, m.bytes[b])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	if diff := cmp.Diff([]string{"a", "", "", "€", "b"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if rest := d.Flush(nil); len(rest) > 0 {
		t.Errorf("%q is left", rest)
	}
}

func TestDecodersRefuseUnknownIDs(t *testing.T) {
	m := trained(t, nil)
	bad := uint32(m.VocabSize())
	if out, err := m.AppendDecode([]byte("x"), []uint32{m.bytes['a'], bad}); err == nil || !strings.Contains(err.Error(), "index 1") || string(out) != "x" {
		t.Errorf("AppendDecode: %q, %v", out, err)
	}
	if _, err := m.DecodeText([]uint32{bad}); err == nil {
		t.Error("DecodeText: no error")
	}
	if _, err := m.NewDecoder().Append(nil, bad); err == nil {
		t.Error("Decoder: no error")
	}
}

// FuzzDecoder compares a Decoder with DecodeText.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte("a\xe2\x82"), uint8(3))
	f.Add([]byte("\xf0\x9f\x99\x82\xff"), uint8(0))
	m := trained(f, nil)
	e := m.NewEncoder()
	f.Fuzz(func(t *testing.T, text []byte, skip uint8) {
		ids := e.Encode(nil, string(text))
		ids = ids[min(int(skip), len(ids)):]
		want, err := m.DecodeText(ids)
		if err != nil || !utf8.ValidString(want) {
			t.Fatalf("%q, %v", want, err)
		}
		var got []byte
		d := m.NewDecoder()
		for _, id := range ids {
			if got, err = d.Append(got, id); err != nil {
				t.Fatal(err)
			}
		}
		if got = d.Flush(got); string(got) != want {
			t.Errorf("%q, at once %q", got, want)
		}
	})
}
