package filter

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestRefinedWebText(t *testing.T) {
	long := strings.Repeat("a", maxURLHost)
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "A plain sentence. And another.\n\nThe end.", "A plain sentence. And another.\n\nThe end."},
		{"address with scheme", "See https://www.example.com/a?b=c#d for it.", "See for it."},
		{"bare domain", "See example.org for it.", "See for it."},
		{"full stop behind goes along", "It is at www.example.org.", "It is at"},
		{"address on a line of its own", "Here it is:\nhttp://example.com\nGo there.", "Here it is:\nGo there."},
		{"in brackets", "(see example.com/x)", "(see"},
		{"email", "Write to me@example.org today.", "Write to today."},
		{"letters before the scheme stay", "xhttps://example.org/", "x"},
		{"scheme without domain", "https://localhost/ is mine", "https://localhost/ is mine"},
		{"ten white spaces before it", "A" + strings.Repeat(" ", 10) + "b.com", "A"},
		{"eleven white spaces before it", "A" + strings.Repeat(" ", 11) + "b.com", "A "},
		{"wide white space before it", "A\u2003b.com", "A"},
		{"upper-case domain", "EXAMPLE.COM stays", "EXAMPLE.COM stays"},
		{"a word of an unknown domain", "end.middle of it", "end.middle of it"},
		{"the domain goes on in another script", "example.comé", "example.comé"},
		{"a file whose ending is a country", "Open notes.md now", "Open now"},
		{"a country with rules for its second level alone", "Open shop.ck now", "Open now"},
		{"Punycode", "Open a.xn--p1ai now", "Open now"},
		{"domain, then hyphen", "Open a.com-pany now", "Open now"},
		{"abbreviation", "e.g. the U.S.A. at 3.14", "e.g. the U.S.A. at 3.14"},
		{"dot without a host", "A .com boom", "A .com boom"},
		{"host of 256 characters", "- " + long + ".com", "-"},
		{"host of 257 characters", "- " + "b" + long + ".com", "- b"},
		{"numeric address", "Ping 192.168.1.1 now", "Ping now"},
		{"numeric address with scheme, port and path", "Ping http://10.0.0.1:80/x now", "Ping now"},
		{"scheme behind letters", "xhttp://10.0.0.1/ y", "xhttp:// y"},
		{"numbers from 300", "Ping 300.1.2.3 now", "Ping 300.1.2.3 now"},
		{"last number of any length", "Ping 1.2.3.45678 now", "Ping now"},
		{"last number from 300", "Ping 1.2.3.999 now", "Ping now"},
		{"three numbers", "Version 1.2.3 is out", "Version 1.2.3 is out"},
		{"five numbers", "Section 1.2.3.4.5 says", "Section says"},
		{"first number too long", "14567.1.2.3.4 x", "14567. x"},
		{"letters before", "v1.2.3.4 x", "v1.2.3.4 x"},
		{"two newlines", "a\n\nb", "a\n\nb"},
		{"three newlines", "a\n\n\nb\n\n\n\n\nc\n", "a\n\nb\n\nc\n"},
		{"newlines with a space between", "a\n\n \nb", "a\n\n \nb"},
		{"newlines that an address leaves", "a\n\n\nb.com\n\n\nc", "a\n\nc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewRefinedWebText(DefaultRefinedWebTextOptions())
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			checkReason(t, doc, corpus.Reason{})
			if diff := cmp.Diff(test.want, doc.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefinedWebTextOptions(t *testing.T) {
	const text = "Bread and wine at b.com and c.org or 1.2.3.4\n\n\n\nnow"
	const thai = "The wine at b.com" // .th is Thailand
	for _, test := range []struct {
		name, text, want string
		options          RefinedWebTextOptions
		urls             float64
	}{
		{"all", text, "Bread and wine at and or\n\nnow", RefinedWebTextOptions{"all", 2}, 3},
		{"none", text, "Bread and wine at b.com and c.org or 1.2.3.4\n\nnow", RefinedWebTextOptions{"none", 2}, 0},
		{"one newline", text, "Bread and wine at and or\nnow", RefinedWebTextOptions{"all", 1}, 3},
		{"newlines as they are", text, "Bread and wine at and or\n\n\n\nnow", RefinedWebTextOptions{"all", 0}, 3},
		{"begins as a domain", thai, "The wine at", RefinedWebTextOptions{"dclm", 2}, 1},
		{"begins as a longer domain", "Nether? No: SHOPping at b.com", "Nether? No: SHOPping at", RefinedWebTextOptions{"dclm", 2}, 1},
		{"begins otherwise", "Xylophone at b.com or 1.2.3.4", "Xylophone at b.com or", RefinedWebTextOptions{"dclm", 2}, 1},
		{"begins with white space", " " + thai, " " + thai, RefinedWebTextOptions{"dclm", 2}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewRefinedWebText(test.options)
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			if diff := cmp.Diff(test.want, doc.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if got := doc.Signals["refinedweb_text_urls"]; got != test.urls {
				t.Errorf("refinedweb_text_urls %v, want %v", got, test.urls)
			}
		})
	}
	for _, bad := range []struct {
		options RefinedWebTextOptions
		key     string
	}{{RefinedWebTextOptions{"", 2}, "urls"}, {RefinedWebTextOptions{"some", 2}, "urls"}, {RefinedWebTextOptions{"all", -1}, "max_newlines"}} {
		if _, err := NewRefinedWebText(bad.options); err == nil || !strings.Contains(err.Error(), bad.key) {
			t.Errorf("%+v: error %v does not name %s", bad.options, err, bad.key)
		}
	}
}

func TestRefinedWebTextEmpty(t *testing.T) {
	stage, err := NewRefinedWebText(DefaultRefinedWebTextOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "https://example.com/"} {
		doc := process(t, stage, text)[0]
		checkReason(t, doc, corpus.Reason{Stage: "refinedweb_text", Rule: "empty"})
		if doc.Text != text {
			t.Errorf("the rejected text %q became %q", text, doc.Text)
		}
	}
}

// dclmURLs are DCLM's patterns, for five top-level domains.
var dclmURLs = [...]*regexp.Regexp{
	regexp.MustCompile(`[\s\x{85}\x0b]{0,10}(?:(?:(?:https?|ftp)://))?[-a-zA-Z0-9@:%._+~#=]{1,256}\.(?:com|co|org|in|xn--p1ai)(?:\b)[-a-zA-Z0-9()@:%_+.~#?&/=]*`),
	regexp.MustCompile(`[\s\x{85}\x0b]{0,10}\b(?:(?:https?|ftp)://)?(?:[0-2]?[0-9]{1,2}\.){3}[0-2]?[0-9]{1,2}[-a-zA-Z0-9()@:%_+.~#?&/=]*`),
}

// TestRefinedWebTextAgainstPatterns compares the search with the patterns that it stands for.
func TestRefinedWebTextAgainstPatterns(t *testing.T) {
	pieces := []string{".", ".", ".", "com", "co", "org", "in", "xn--p1ai", "zz", "a-b", " ", "  ", "\n", "\t", "\u0085", "http://", "https://", "ftp://", "://", "/", "?", "&", "(", ")",
		"@", ":", "#", "1", "25", "199", "300", "4567", "1.2.3.4", "-", "_", ",", "\x00", "com.", "http", strings.Repeat("y", 100), strings.Repeat(" ", 6), "zzz.org"}
	random := rand.New(rand.NewPCG(7, 11))
	stage, err := NewRefinedWebText(RefinedWebTextOptions{URLs: "all"})
	if err != nil {
		t.Fatal(err)
	}
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(16) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		want := text
		for _, pattern := range dclmURLs {
			want = pattern.ReplaceAllString(want, "")
		}
		doc := process(t, stage, text)[0]
		got := doc.Text
		if doc.Reason != nil {
			got = ""
		}
		if got != want {
			t.Fatalf("%q: left %q, want %q", text, got, want)
		}
	}
}

func BenchmarkRefinedWebText(b *testing.B) {
	text := strings.Repeat(article(6)+"See https://www.example.com/page and example.org, or 10.0.0.1.\n\n\n", 20)
	stage, err := NewRefinedWebText(DefaultRefinedWebTextOptions())
	if err != nil {
		b.Fatal(err)
	}
	for _, test := range []struct {
		name string
		edit func()
	}{
		{"stage", func() { process(b, stage, text) }},
		{"plain", func() {
			left := text
			for _, pattern := range dclmURLs {
				left = pattern.ReplaceAllString(left, "")
			}
		}},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				test.edit()
			}
		})
	}
}
