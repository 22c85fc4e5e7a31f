package filter

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// writeList writes a file of lines, compressed where the name says so.
func writeList(t testing.TB, path string, content string) string {
	t.Helper()
	data := []byte(content)
	if strings.HasSuffix(path, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
		data = b.Bytes()
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fateOf is the rule and value that drop an address, "" for none.
func fateOf(t testing.TB, stage *URL, address string) string {
	t.Helper()
	doc := &corpus.Document{URL: address}
	if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
		t.Fatal(err)
	}
	if doc.Reason == nil {
		return ""
	}
	return strings.TrimSpace(doc.Reason.Rule + " " + doc.Reason.Value)
}

type urlCase struct{ name, url, want string }

func checkURLs(t *testing.T, options URLOptions, cases []urlCase) {
	t.Helper()
	stage, err := NewURL(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			if got := fateOf(t, stage, test.url); got != test.want {
				t.Errorf("%s: got %q, want %q", test.url, got, test.want)
			}
		})
	}
}

func TestURLPrefixes(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockURLs = []string{"http://www.shop.example/Cheap/", "host.example", "ask.example/view?id=7"}
	options.BlockURLFiles = []string{writeList(t, filepath.Join(t.TempDir(), "urls.gz"), "# list\nbooks.example/~me\r\nBÜCHER.example/alt # old\nframe.example/#top\n")}
	checkURLs(t, options, []urlCase{
		{"the entry", "https://shop.example/cheap", "url shop.example/cheap"},
		{"below it", "https://shop.example/cheap/shoes?x=1", "url shop.example/cheap"},
		{"other letter case", "https://SHOP.example/CHEAP/Shoes", "url shop.example/cheap"},
		{"with www", "http://www.shop.example/cheap/", "url shop.example/cheap"},
		{"other subdomain", "http://old.shop.example/cheap/", ""},
		{"only the beginning of a part", "https://shop.example/cheaper", ""},
		{"above it", "https://shop.example/", ""},
		{"query behind it", "https://shop.example/cheap?x", "url shop.example/cheap"},
		{"fragment behind it", "https://shop.example/cheap#x", "url shop.example/cheap"},
		{"whole host", "https://host.example/a/b", "url host.example"},
		{"whole host, no path", "https://host.example", "url host.example"},
		{"whole host, other port", "https://host.example:8080/", "url host.example"},
		{"with a query", "https://ask.example/view?id=7&page=2", "url ask.example/view?id=7"},
		{"other query", "https://ask.example/view?id=77", ""},
		{"from a file", "https://books.example/~me/poems.html", "url books.example/~me"},
		{"from a file, international", "https://bücher.example/alt", "url xn--bcher-kva.example/alt"},
		{"from a file, with a fragment", "https://frame.example/", "url frame.example"},
		{"many parts", "https://shop.example/" + strings.Repeat("a/", 900), ""},
	})
}

func TestURLAllowLists(t *testing.T) {
	folder := t.TempDir()
	options := DefaultURLOptions()
	options.BlockIPHosts, options.BlockAdult = true, true
	options.BlockDomains, options.BlockWords, options.BlockSubstrings = []string{"blogs.example", "bad.example"}, []string{"spam"}, []string{"evil"}
	options.AllowDomains, options.AllowURLs = []string{"good.blogs.example"}, []string{"bad.example/docs"}
	options.AllowDomainFiles = []string{writeList(t, filepath.Join(folder, "allow"), "192.0.2.7\nsex-education.example\n")}
	options.AllowURLFiles = []string{writeList(t, filepath.Join(folder, "allow_urls"), "blogs.example/about\n")}
	checkURLs(t, options, []urlCase{
		{"blocked", "https://blogs.example/", "domain blogs.example"},
		{"blocked subdomain", "https://other.blogs.example/", "domain blogs.example"},
		{"allowed subdomain", "https://good.blogs.example/", ""},
		{"below the allowed subdomain", "https://a.good.blogs.example/", ""},
		{"allowed in spite of a word and a substring", "https://good.blogs.example/spam/evil", ""},
		{"allowed path", "https://bad.example/docs/x", ""},
		{"allowed path of a file", "https://blogs.example/about", ""},
		{"another path", "https://bad.example/doc", "domain bad.example"},
		{"allowed address", "http://192.0.2.7/", ""},
		{"another address", "http://192.0.2.8/", "ip_host"},
		{"allowed in spite of the adult rule", "https://sex-education.example/nude", ""},
		{"scheme all the same", "ftp://good.blogs.example/", "scheme ftp"},
		{"length all the same", "https://good.blogs.example/" + strings.Repeat("a", 2000), "too_long 2027"},
	})
}

func TestURLHosts(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockPorts, options.BlockPunycode = true, true
	options.BlockDomains = []string{"zip", ".dotted.example"}
	checkURLs(t, options, []urlCase{
		{"port 443", "https://a.example:443/", ""},
		{"port 80", "http://a.example:80/", ""},
		{"other port", "https://a.example:8443/", "port 8443"},
		{"other port behind a version 6 address", "https://[2001:db8::1]:8443/", "port 8443"},
		{"colon without a port", "https://a.example:/", ""},
		{"international", "https://bücher.example/", "punycode"},
		{"international in ASCII form, subdomain", "https://www.xn--bcher-kva.example/", "punycode"},
		{"looks like it", "https://axn--b.example/", ""},
		{"top-level domain", "https://a.b.zip/", "domain zip"},
		{"not that top-level domain", "https://zip.example/", ""},
		{"entry with a dot before it", "https://www.dotted.example/", "domain dotted.example"},
	})
}

func TestURLMatchDomains(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockDomains = []string{"registered.co.uk", "host.other.example", "blogspot.com", "co.uk", "sub.registered2.co.uk"}
	options.MatchDomains = MatchRegistered
	checkURLs(t, options, []urlCase{
		{"registered domain", "https://registered.co.uk/", "domain registered.co.uk"},
		{"below the registered domain", "https://a.b.registered.co.uk/", "domain registered.co.uk"},
		{"full host", "https://host.other.example/", "domain host.other.example"},
		{"below a full host", "https://a.host.other.example/", ""},
		{"private suffix", "https://me.blogspot.com/", "domain blogspot.com"},
		{"suffix", "https://else.co.uk/", ""},
		{"suffix as host", "https://co.uk/", "domain co.uk"},
		{"between", "https://a.sub.registered2.co.uk/", ""},
	})
	options.MatchDomains = MatchParents
	checkURLs(t, options, []urlCase{
		{"parents: below a full host", "https://a.host.other.example/", "domain host.other.example"},
		{"parents: suffix", "https://else.co.uk/", "domain co.uk"},
		{"parents: between", "https://a.sub.registered2.co.uk/", "domain sub.registered2.co.uk"},
		{"parents: longer than any name", "https://" + strings.Repeat("a.", 600) + "registered.co.uk/", "domain registered.co.uk"},
	})
}

func TestURLSoftWords(t *testing.T) {
	options := DefaultURLOptions()
	options.SoftWords = []string{"bonus", "Casino"}
	options.SoftWordFiles = []string{writeList(t, filepath.Join(t.TempDir(), "soft"), "p-o-k-e-r\n# no\nslots\n")}
	options.BlockWordFiles = []string{writeList(t, filepath.Join(t.TempDir(), "hard"), "warez\n")}
	options.BlockSubstringFiles = []string{writeList(t, filepath.Join(t.TempDir(), "parts"), "free-coins\n")}
	cases := []urlCase{
		{"none", "https://a.example/news", ""},
		{"one", "https://a.example/casino", ""},
		{"one twice", "https://casino.example/casino", ""},
		{"two", "https://casino.example/bonus", "soft_words casino+bonus"},
		{"three", "https://casino.example/bonus-slots", "soft_words casino+bonus"},
		{"two of a file", "https://a.example/POKER_slots", "soft_words poker+slots"},
		{"part of a word", "https://casinos.example/bonus", ""},
		{"hard word of a file", "https://a.example/warez", "word warez"},
		{"substring of a file", "https://a.example/getfree.coins", "substring freecoins"},
	}
	checkURLs(t, options, cases)
	options.MinSoftWords = 3
	checkURLs(t, options, []urlCase{
		{"two of three", "https://casino.example/bonus", ""},
		{"three of three", "https://casino.example/bonus-slots", "soft_words casino+bonus+slots"},
	})
	options.MinSoftWords = 1
	checkURLs(t, options, []urlCase{{"one of one", "https://casino.example/", "soft_words casino"}})
}

func TestURLCategories(t *testing.T) {
	folder := t.TempDir()
	domains := writeList(t, filepath.Join(folder, "gambling", "domains.gz"), "bets.example\n\n192.0.2.1\nodds.example:8080/today\n"+strings.Repeat("x.example\n", 300)+"not a domain\n")
	urls := writeList(t, filepath.Join(folder, "gambling", "urls"), "portal.example/bets\n")
	writeList(t, filepath.Join(folder, "gambling", "expressions"), "(bet|odds)\n")
	writeList(t, filepath.Join(folder, "gambling", "usage"), "black\n")
	only := writeList(t, filepath.Join(folder, "phishing", "domains"), "fake-bank.example\n")
	options := DefaultURLOptions()
	options.BlockCategories = []string{filepath.Join(folder, "gambling"), filepath.Join(folder, "phishing")}
	checkURLs(t, options, []urlCase{
		{"domain", "https://www.bets.example/", "domain bets.example"},
		{"address", "http://192.0.2.1/", "domain 192.0.2.1"},
		{"a URL among the domains", "https://odds.example/today/1", "url odds.example/today"},
		{"url", "https://portal.example/bets/1", "url portal.example/bets"},
		{"no regular expressions", "https://a.example/bet", ""},
		{"second category", "https://fake-bank.example/", "domain fake-bank.example"},
	})
	if diff := cmp.Diff([]string{domains, urls, only}, options.FileNames()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	stage, err := NewURL(options)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range stage.Models() {
		data, err := os.ReadFile(m.Origin)
		if err != nil {
			t.Fatal(err)
		}
		if m.Digest != corpus.PayloadDigest(data) {
			t.Errorf("%s: digest %s is not the file's", m.Name, m.Digest)
		}
		got = append(got, m.Name)
	}
	want := []string{"block_categories " + domains + ", 303 entries, 1 lines passed over", "block_categories " + urls + ", 1 entries", "block_categories " + only + ", 1 entries"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
}

func TestURLListErrors(t *testing.T) {
	folder := t.TempDir()
	writeList(t, filepath.Join(folder, "prose", "domains"), strings.Repeat("these are words\n", 10))
	truncated := writeList(t, filepath.Join(folder, "cut.gz"), strings.Repeat("a.example\n", 1000))
	data, err := os.ReadFile(truncated)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(truncated, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, key, text string
		change          func(*URLOptions)
	}{
		{"no folder", "block_categories", "nowhere", func(o *URLOptions) { o.BlockCategories = []string{"nowhere"} }},
		{"folder without lists", "block_categories", folder, func(o *URLOptions) { o.BlockCategories = []string{folder} }},
		{"another kind of file", "block_categories", "10 of 10 lines", func(o *URLOptions) { o.BlockCategories = []string{filepath.Join(folder, "prose")} }},
		{"file that breaks off", "block_domain_files", truncated, func(o *URLOptions) { o.BlockDomainFiles = []string{truncated} }},
		{"giant line", "allow_domain_files", "line 1 has more", func(o *URLOptions) {
			o.AllowDomainFiles = []string{writeList(t, filepath.Join(folder, "line"), strings.Repeat("a", maxListLine+1))}
		}},
		{"no URL", "block_url_files", "line 2", func(o *URLOptions) {
			o.BlockURLFiles = []string{writeList(t, filepath.Join(folder, "urls"), "a.example/x\n/only/a/path\n")}
		}},
		{"bad allowed domain", "allow_domains", `"a b"`, func(o *URLOptions) { o.AllowDomains = []string{"a b"} }},
		{"bad allowed URL", "allow_urls", `"/x"`, func(o *URLOptions) { o.AllowURLs = []string{"/x"} }},
		{"bad blocked URL", "block_urls", `"https://"`, func(o *URLOptions) { o.BlockURLs = []string{"https://"} }},
		{"bad soft word", "soft_words", `"a-b"`, func(o *URLOptions) { o.SoftWords = []string{"a-b"} }},
		{"no soft words needed", "min_soft_words", "0", func(o *URLOptions) { o.SoftWords, o.MinSoftWords = []string{"a"}, 0 }},
		{"unknown way to match", "match_domains", `"suffix"`, func(o *URLOptions) { o.MatchDomains = "suffix" }},
		{"signs in a word file", "block_word_files", "line 1", func(o *URLOptions) {
			o.BlockWordFiles = []string{writeList(t, filepath.Join(folder, "words"), "--\n")}
		}},
		{"missing word file", "soft_word_files", "nowhere", func(o *URLOptions) { o.SoftWordFiles = []string{"nowhere"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultURLOptions()
			test.change(&options)
			_, err := NewURL(options)
			checkBadOption(t, err, test.key)
			if !strings.Contains(err.Error(), test.text) {
				t.Errorf("error %q does not name %q", err, test.text)
			}
		})
	}
}

func TestURLAdult(t *testing.T) {
	options := DefaultURLOptions()
	options.BlockAdult = true
	checkURLs(t, options, []urlCase{
		{"top-level domain", "https://anything.xxx/", "adult .xxx"},
		{"word of the host", "https://porn.example/", "adult porn"},
		{"between hyphens", "https://best-porn-site.example/", "adult porn"},
		{"row of words", "https://freepornvideos4k.example/", "adult porn"},
		{"soft word and company", "https://sexygirls.example/", "adult sexy+girls"},
		{"soft word without company", "https://nakedcity.example/", ""},
		{"soft word without company, another in the path", "https://nakedcity.example/sex", "adult naked+sex"},
		{"soft word and company in two labels", "https://sexy.girls.example/", ""},
		{"two words of the path", "https://a.example/naked-and-Sexy", "adult naked+sexy"},
		{"one word of the path", "https://a.example/porn-ban-delayed", ""},
		{"one soft word twice", "https://sexy.example/sexy", ""},
		// Innocent addresses that hold such words.
		{"counties", "https://www.essex.example/sussex-middlesex", ""},
		{"towns", "https://scunthorpe.example/pornic/penistone/shitterton", ""},
		{"Thai names", "https://siriporn.example/pornthip-somporn", ""},
		{"analysis", "https://analysis.example/analytics-assessment", ""},
		{"experts' exchange", "https://expertsexchange.example/", ""},
		{"speed of art", "https://speedofart.example/therapist-finder", ""},
		{"birds", "https://birds.example/great-tits-and-peacocks", ""},
		{"Roman numeral", "https://football.example/super-bowl-xxx", ""},
		{"sex education", "https://health.example/sex-education-for-teens", ""},
		{"a car", "https://cars.example/ford-escort-1998", ""},
		{"a series", "https://sexandthecity.example/", ""},
		{"a cook", "https://thenakedchefvideos.example/", ""},
		{"a club of car owners", "https://fordescortclub.example/", ""},
		{"paintings", "https://museum.example/nude-descending-a-staircase", ""},
		{"sextant", "https://navigation.example/sextant-sexton-unisex", ""},
		{"young and gay", "https://help.example/gay-teen-support-chat", ""},
		{"Latin", "https://latin.example/cum-laude-sexta-decimus", ""},
		{"long label", "https://" + strings.Repeat("sex", 20) + ".example/", ""},
		{"no host", "about:porn", "scheme about"},
	})
}

// Addresses of any length and content take linear time with every rule on.
func TestURLHostileAddresses(t *testing.T) {
	options := DefaultURLOptions()
	options.MaxLength, options.Schemes = 0, nil
	options.BlockIPHosts, options.BlockPorts, options.BlockPunycode, options.BlockAdult = true, true, true, true
	options.BlockDomains, options.BlockURLs, options.AllowURLs = []string{"bad.example"}, []string{"bad.example/x"}, []string{"good.example/x"}
	options.BlockWords, options.SoftWords, options.BlockSubstrings = []string{"spam"}, []string{"soft", "softer"}, []string{"evil"}
	size := 1 << 18
	var han strings.Builder
	for i := range size / 3 {
		han.WriteRune(rune(0x4e00 + i%20000))
	}
	texts := hostileTexts()
	for name, unit := range map[string]string{"dots": ".", "slashes": "/", "questions": "?/&", "at signs": "@", "colons": ":", "brackets": "[", "sexes": "sex", "words": "a.b-", "soft words": "soft "} {
		texts[name] = strings.Repeat(unit, size/len(unit))
	}
	texts["characters"] = han.String()
	for _, match := range []string{MatchParents, MatchRegistered} {
		options.MatchDomains = match
		stage, err := NewURL(options)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range texts {
			for _, before := range []string{"", "https://", "https://a.example/", "https://[", "https://me@"} {
				if fate := fateOf(t, stage, before+text); len(fate) > 2*maxURLValue || !utf8.ValidString(fate) {
					t.Errorf("%s%s: fate of %d bytes", before, name, len(fate))
				}
			}
		}
	}
}

// The compact set agrees with a map.
func TestURLSetAgainstMap(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 8, 9, 1000, 70_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			random := rng(n)
			var b urlSetBuilder
			plain := map[string]bool{}
			for range n {
				s := fmt.Sprintf("%d.example", random.IntN(3*n))
				plain[s] = true
				b.add([]byte(s))
			}
			set := b.set()
			if set.len() != len(plain) {
				t.Errorf("%d members, want %d", set.len(), len(plain))
			}
			for i := range 3*n + 10 {
				if s := fmt.Sprintf("%d.example", i); set.has(s) != plain[s] {
					t.Fatalf("%s: %v, want %v", s, set.has(s), plain[s])
				}
			}
		})
	}
}

// The fast way to read a domain agrees with the plain one.
func TestURLPlainDomain(t *testing.T) {
	var lists urlLists
	for _, entry := range []string{"a.example", "A.Example.", "*.a.example", ".a.example", "*a.example", "under_score.example", "-", ".", "*.", "", "bücher.example", "a b", "a/b", "192.0.2.1", "a..b", "*..a."} {
		got, ok := lists.plainDomain([]byte(entry))
		want, err := normalDomain(entry)
		if ok && (err != nil || string(got) != want) {
			t.Errorf("%q: fast %q, plain %q (%v)", entry, got, want, err)
		}
	}
}

// generatedDomains are lines with domains of a length as in large lists.
func generatedDomains(n int) []byte {
	random := rng(n)
	var b bytes.Buffer
	for i := range n {
		for range 4 + random.IntN(12) {
			b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789"[random.IntN(36)])
		}
		fmt.Fprintf(&b, "%d.%s\n", i, []string{"com", "net", "co.uk", "ru", "blogspot.com"}[random.IntN(5)])
	}
	return b.Bytes()
}

// BenchmarkURLLists reads a list of 5 million domains, and says what it takes in memory and how fast addresses are looked up in it.
func BenchmarkURLLists(b *testing.B) {
	const n = 5_000_000
	content := generatedDomains(n)
	options := DefaultURLOptions()
	options.BlockDomainFiles = []string{writeList(b, filepath.Join(b.TempDir(), "domains"), string(content))}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var stage *URL
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			stage = nil
			before := heap()
			start := time.Now()
			var err error
			if stage, err = NewURL(options); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(n/time.Since(start).Seconds()/1e6, "Mdomains/s")
			b.ReportMetric(float64(heap()-before)/n, "B/domain")
		}
	})
	b.Run("read into a map", func(b *testing.B) { // the plain way, for comparison
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			before := heap()
			plain := map[string]struct{}{}
			if _, _, err := readEntries(bytes.NewReader(content), func(entry []byte) error {
				domain, err := normalDomain(string(entry))
				plain[domain] = struct{}{}
				return err
			}, false); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(heap()-before)/n, "B/domain")
			runtime.KeepAlive(plain)
		}
	})
	for name, address := range map[string]string{"hit": "https://www.%s/some/path/of-a-page.html?id=%d", "miss": "https://www.site%s.example/some/path/of-a-page.html?id=%d"} {
		b.Run(name, func(b *testing.B) {
			lines := bytes.Fields(content[:bytes.LastIndexByte(content[:1<<20], '\n')])
			urls := make([]string, len(lines))
			size := 0
			for i, line := range lines {
				urls[i] = fmt.Sprintf(address, line, i)
				size += len(urls[i])
			}
			b.SetBytes(int64(size / len(urls)))
			found := 0
			i := 0
			for b.Loop() {
				if rule, _ := stage.judge(urls[i%len(urls)]); rule != "" {
					found++
				}
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "URLs/s")
			if found != 0 && found != i || (found == 0) != (name == "miss") {
				b.Errorf("%d of %d found", found, i)
			}
		})
	}
}

// BenchmarkURLRules looks at addresses with words, substrings and the adult rule.
func BenchmarkURLRules(b *testing.B) {
	options := DefaultURLOptions()
	options.BlockAdult = true
	for i := range 100 {
		options.BlockWords = append(options.BlockWords, fmt.Sprintf("hard%d", i))
		options.SoftWords = append(options.SoftWords, fmt.Sprintf("soft%d", i))
		options.BlockSubstrings = append(options.BlockSubstrings, fmt.Sprintf("part%dof", i))
	}
	stage, err := NewURL(options)
	if err != nil {
		b.Fatal(err)
	}
	address := "https://www.news-of-the-town.example/2024/05/17/council-decides-about-the-bridge?page=2"
	b.SetBytes(int64(len(address)))
	n := 0
	for b.Loop() {
		stage.judge(address)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "URLs/s")
}
