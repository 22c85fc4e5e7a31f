package filter

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// urlPlainWords is the plain form of the search for words and substrings.
func urlPlainWords(options URLOptions, address string) string {
	var soft []string
	for word := range strings.FieldsFuncSeq(address, notAlnum) {
		word = strings.ToLower(word)
		if slices.Contains(options.BlockWords, word) {
			return "word " + word
		}
		if slices.Contains(options.SoftWords, word) && len(soft) < options.MinSoftWords && !slices.Contains(soft, word) {
			soft = append(soft, word)
		}
	}
	if len(soft) >= options.MinSoftWords {
		return "soft_words " + strings.Join(soft, "+")
	}
	squeezed := alnumOnly(address)
	for end := range len(squeezed) + 1 {
		for start := range end {
			if slices.Contains(options.BlockSubstrings, squeezed[start:end]) {
				return "substring " + squeezed[start:end]
			}
		}
	}
	return ""
}

func wordOptions() URLOptions {
	options := DefaultURLOptions()
	options.Schemes, options.MaxLength = nil, 0
	options.BlockWords = []string{"a", "abc", "spam", "bb"}
	options.SoftWords = []string{"b", "ca", "cb", "bonus"}
	options.BlockSubstrings = []string{"cac", "accb", "acc", "bbab", "evil", "vi"}
	return options
}

func FuzzURLWords(f *testing.F) {
	for _, seed := range []string{"", "abc", "A.example/b-CA", "cac", "bbacc-b", "e-v.i L", "b b b", "casino.ca/cb", "\xff\xfea", "K\u212Aspam", "a\u0301bb"} {
		f.Add(seed)
	}
	stage, err := NewURL(wordOptions())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if len(address) > 200 {
			return
		}
		rule, value := stage.judgeWords(address)
		got := rule
		if rule != "" {
			got += " " + value.(string)
		}
		if want := urlPlainWords(wordOptions(), address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	})
}

func TestURLWordsAgainstPlain(t *testing.T) {
	stage, err := NewURL(wordOptions())
	if err != nil {
		t.Fatal(err)
	}
	random := rng(1)
	rules := map[string]int{}
	for range 20_000 {
		b := make([]byte, random.IntN(14))
		for i := range b {
			b[i] = "aabbccACB./-"[random.IntN(12)]
		}
		want := urlPlainWords(wordOptions(), string(b))
		if got := fateOf(t, stage, "//"+string(b)); got != want {
			t.Fatalf("%q: got %q, want %q", b, got, want)
		}
		rule, _, _ := strings.Cut(want, " ")
		rules[rule]++
	}
	for _, rule := range []string{"", "word", "soft_words", "substring"} {
		if rules[rule] < 50 {
			t.Errorf("%q decided %d times only", rule, rules[rule])
		}
	}
}

// Addresses that browsers take to the same host.
func TestURLHostsAsBrowsersReadThem(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockIPHosts, options.BlockPorts = true, true
	options.BlockDomains = []string{"bad.example", "bücher.example"}
	checkURLs(t, options, []urlCase{
		{"combining marks", "https://bu\u0308cher.example/", "domain xn--bcher-kva.example"},
		{"ideographic full stop", "https://bad\u3002example/", "domain bad.example"},
		{"full width", "https://\uff42\uff41\uff44.example/", "domain bad.example"},
		{"percent-encoded", "https://b%61d%2Eexample/", "domain bad.example"},
		{"line end within", "https://bad.exa\r\nmple/", "domain bad.example"},
		{"address as one number", "http://2130706433/", "ip_host"},
		{"address of two parts", "http://127.1/", "ip_host"},
		{"hexadecimal", "http://0x7f.0.0.0x1/", "ip_host"},
		{"name that ends in a letter", "http://127.1a/", ""},
		{"version 6 address", "http://[::1]/", "ip_host"},
		{"password without a host", "http://me:secret", "port"},
	})
}

func TestURLAdultHostWithoutDots(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockAdult = true
	checkURLs(t, options, []urlCase{
		{"one label", "https://xxx/", "adult .xxx"},
		{"one label and a port", "sex:8080/", "adult .sex"},
		{"row of words that the list of parts once missed", "https://erotikvideos.example/", "adult erotik+videos"},
	})
}

func TestURLLongSchemeIsCut(t *testing.T) {
	options := DefaultURLOptions()
	options.MaxLength = 0
	stage, err := NewURL(options)
	if err != nil {
		t.Fatal(err)
	}
	if fate := fateOf(t, stage, strings.Repeat("a", 1<<20)+"://x"); len(fate) != len("scheme ")+maxURLValue {
		t.Errorf("fate of %d bytes", len(fate))
	}
}

// What is no list of domains is an error, not a list that never matches.
func TestURLListsOfOtherForms(t *testing.T) {
	for name, content := range map[string]string{
		"filter rules of a browser": "||bad.example^\n",
		"UTF-16":                    "b\x00a\x00d\x00.\x00e\x00x\x00\n\x00",
		"line ends of the 1990s":    "bad.example\rworse.example\r",
		"a page":                    "<html>\n",
		"a hosts file":              "0.0.0.0 bad.example\n",
	} {
		t.Run(name, func(t *testing.T) {
			options := DefaultURLOptions()
			options.BlockDomainFiles = []string{writeList(t, filepath.Join(t.TempDir(), "list"), content)}
			_, err := NewURL(options)
			checkBadOption(t, err, "block_domain_files")
			if !strings.Contains(err.Error(), "line 1") {
				t.Errorf("error %q names no line", err)
			}
		})
	}
	options := DefaultURLOptions()
	options.BlockDomainFiles = []string{writeList(t, filepath.Join(t.TempDir(), "list"), "\ufeffbad.example\r\n")}
	checkURLs(t, options, []urlCase{{"mark before UTF-8", "https://bad.example/", "domain bad.example"}})
}

// A line that comes any number of times takes bounded memory.
func TestURLSetBuilderForgetsRepetitions(t *testing.T) {
	b := urlSetBuilder{hashes: make([]uint64, urlSetRoom)}
	b.add([]byte("a.example"))
	if n := len(b.hashes); n != 2 {
		t.Errorf("%d hashes of two members", n)
	}
	if set := b.set(); set.len() != 2 || !set.has("a.example") {
		t.Errorf("%d members", set.len())
	}
}
