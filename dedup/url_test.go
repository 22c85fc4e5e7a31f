package dedup

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestCanonicalURL(t *testing.T) {
	plain := URLOptions{} // what RFC 3986 calls equivalent, and no more
	usual := DefaultURLOptions()
	bare := usual
	bare.IgnoreQuery = true
	tests := []struct {
		name      string
		opts      URLOptions
		raw, want string
	}{
		{"case of scheme and host", plain, "HTTP://Example.COM/Path?Q=A", "http://example.com/Path?Q=A"},
		{"no path", plain, "http://example.com", "http://example.com/"},
		{"no path, query", plain, "http://example.com?a", "http://example.com/?a"},
		{"default port", plain, "http://example.com:80/", "http://example.com/"},
		{"default port of https", plain, "https://example.com:0443/", "https://example.com/"},
		{"empty port", plain, "https://example.com:/", "https://example.com/"},
		{"another port", plain, "https://example.com:80/", "https://example.com:80/"},
		{"dot segments of section 5.2.4", plain, "http://a/a/b/c/./../../g", "http://a/a/g"},
		{"dot segments at the end", plain, "http://a/b/./c/..", "http://a/b/"},
		{"dot segments over the root", plain, "http://a/../../g", "http://a/g"},
		{"escaped dots", plain, "http://a/b/%2e%2E/g", "http://a/g"},
		{"escapes of unreserved", plain, "http://a/%7Eb%2Dc%5f%41", "http://a/~b-c_A"},
		{"capital digits of escapes", plain, "http://a/%c3%a9%2f", "http://a/%C3%A9%2F"},
		{"what must be escaped", plain, "http://a/é b|", "http://a/%C3%A9%20b%7C"},
		{"percent that is no escape", plain, "http://a/100%/%g1/%4", "http://a/100%25/%25g1/%254"},
		{"fragment", plain, "http://a/b#part", "http://a/b"},
		{"fragment of an application", plain, "http://a/b#!/page/1", "http://a/b#!/page/1"},
		{"fragment that is a path", plain, "http://a/b#/page/1", "http://a/b#/page/1"},
		{"brackets", plain, "http://a/b[1]?c[]=1", "http://a/b%5B1%5D?c%5B%5D=1"},
		{"escaped brackets", plain, "http://a/b%5b1%5d?c%5B%5D=1", "http://a/b%5B1%5D?c%5B%5D=1"},
		{"bytes that are no UTF-8", plain, "http://a/\xe9?\xe8", "http://a/%E9?%E8"},
		{"port 0", plain, "http://a:000/", "http://a:0/"},
		{"international host", plain, "http://Bücher.example/", "http://xn--bcher-kva.example/"},
		{"escaped international host", plain, "http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"},
		{"dot behind the host", plain, "http://example.com./", "http://example.com/"},
		{"white space", plain, " \thttp://exam\nple.com/a\n", "http://example.com/a"},
		{"user", plain, "http://Me:%70w@example.com/", "http://Me:pw@example.com/"},
		{"IPv6", plain, "http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"},
		{"IPv6 at length", plain, "http://[2001:0DB8:0:0:0:0:0:0001]/", "http://[2001:db8::1]/"},
		{"all kept without options", plain, "http://www.a.b/x/?b=1&a=2&utm_source=x", "http://www.a.b/x/?b=1&a=2&utm_source=x"},

		{"scheme", usual, "https://example.com/a", "http://example.com/a"},
		{"scheme and port", usual, "https://example.com:443/a", "http://example.com/a"},
		{"www", usual, "http://www.example.com/a", "http://example.com/a"},
		{"www is the domain", usual, "http://www.com/a", "http://www.com/a"},
		{"slash", usual, "http://a.b/x/y//", "http://a.b/x/y"},
		{"slash of the root", usual, "http://a.b//", "http://a.b/"},
		{"tracking", usual, "http://a.b/x?utm_source=n&id=3&fbclid=Iw&UTM_Medium=e&gclid=1", "http://a.b/x?id=3"},
		{"escaped tracking", usual, "http://a.b/x?utm%5Fsource=n", "http://a.b/x"},
		{"only tracking", usual, "http://a.b/x/?gclid=1", "http://a.b/x"},
		{"what only looks like tracking", usual, "http://a.b/x?utmost=1&ref=2&cid=3", "http://a.b/x?cid=3&ref=2&utmost=1"},
		{"session in the path", usual, "http://a.b/x;jsessionid=0A1B;v=2/y;JSESSIONID=3?q=1", "http://a.b/x;v=2/y?q=1"},
		{"session in the query", usual, "http://a.b/x?PHPSESSID=12&q=1", "http://a.b/x?q=1"},
		{"order of the query", usual, "http://a.b/x?b=2&a=9&b=1&&a=", "http://a.b/x?a=9&a=&b=2&b=1"},
		{"order of parameters without names", usual, "http://a.b/x?page&12&b=1&a=2&gclid", "http://a.b/x?page&12&b=1&a=2"},
		{"empty query", usual, "http://a.b/x?", "http://a.b/x"},
		{"no query", bare, "http://a.b/x?id=3#!y", "http://a.b/x#!y"},

		{"empty", usual, "", ""},
		{"relative", usual, "/a/b", ""},
		{"without scheme", usual, "example.com/a", ""},
		{"another scheme", usual, "file:///a", ""},
		{"a name", usual, "urn:isbn:0451450523", ""},
		{"no host", usual, "http:///a", ""},
		{"space in the host", usual, "http://exa mple/a", ""},
		{"port that is none", usual, "http://example.com:abc/", ""},
		{"host of a bad label", usual, "http://\u0301a.example/", ""},
		{"host of no UTF-8", usual, "http://ex\xffample.com/", ""},
		{"escaped host of no UTF-8", usual, "http://ex%FFample.com/", ""},
		{"bytes lost in the path", usual, "http://example.com/caf\ufffd", ""},
		{"bytes lost in the host", usual, "http://ex%EF%BF%BDample.com/", ""},
		{"IPv6 that is none", usual, "http://[zz]/", ""},
		{"IPv6 with a zone", usual, "http://[fe80::1%25eth0]/", ""},
		{"IPv6 that does not end", usual, "http://[::1/", ""},
		{"IPv4 in brackets", usual, "http://[127.0.0.1]/", ""},
		{"brackets in a name", usual, "http://a[b]c/", ""},
		{"host too long", usual, "http://" + strings.Repeat("a", maxHost+1) + "/", ""},
		{"too long", usual, "http://a/" + strings.Repeat("a", maxURL), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.opts.canonical(splitURL(tt.raw)); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.raw, got, tt.want)
			}
		})
	}
}

func FuzzCanonicalURL(f *testing.F) {
	for _, s := range []string{
		"http://www.www.example.com:443/a/../b;jsessionid=1/.;x?b&a=%41&utm_x#!f", "https://é.example/%zz?%", "http://[::1]:80//", "http://a:1:80",
		"http://x/..;cfid=1/.%2e/%2%35", "HTTPS://u%40@h%2e./?&&=&", "http://www..www.a/;gclid;a=b;gclid=",
	} {
		f.Add(s, uint8(0xff))
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, raw string, bits uint8) {
		o := URLOptions{
			IgnoreScheme: bits&1 != 0, IgnoreWWW: bits&2 != 0, IgnoreSlash: bits&4 != 0, IgnoreTracking: bits&8 != 0,
			IgnoreQuery: bits&16 != 0, SortQuery: bits&32 != 0,
		}
		once := o.canonical(splitURL(raw))
		if once == "" {
			return
		}
		if twice := o.canonical(splitURL(once)); twice != once && len(once) <= maxURL {
			t.Errorf("%q becomes %q, which becomes %q", raw, once, twice)
		}
		if strings.ContainsFunc(once, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Errorf("%q becomes %q, which is no address", raw, once)
		}
	})
}

func TestDeclaredAddress(t *testing.T) {
	opts := DefaultURLOptions()
	opts.UseCanonical = true
	tests := []struct {
		name, url, declared, want string
		opts                      URLOptions
	}{
		{"not asked for", "http://a.example.com/x?p=1", "http://example.com/x", "http://a.example.com/x?p=1", DefaultURLOptions()},
		{"same host", "http://example.com/x?p=1", "https://www.example.com/x", "http://example.com/x", opts},
		{"same domain", "http://m.example.co.uk/x", "http://example.co.uk/x", "http://example.co.uk/x", opts},
		{"another domain", "http://example.com/x", "http://example.org/x", "http://example.com/x", opts},
		{"only the public suffix is the same", "http://a.co.uk/x", "http://b.co.uk/x", "http://a.co.uk/x", opts},
		{"numbers", "http://10.0.0.1/x", "http://10.0.0.1/y", "http://10.0.0.1/y", opts},
		{"home page for all", "http://example.com/x", "http://example.com/", "http://example.com/x", opts},
		{"home page of the home page", "http://example.com/?lang=", "http://example.com", "http://example.com/?lang=", opts},
		{"none", "http://example.com/x", "", "http://example.com/x", opts},
		{"no address", "http://example.com/x", "/y", "http://example.com/x", opts},
		{"no address of its own", "", "http://example.com/x", "", opts},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := NewURL(tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			doc := &corpus.Document{URL: tt.url, Declared: corpus.Declared{Canonical: tt.declared}}
			if got := u.address(doc); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestURLTakesPart(t *testing.T) {
	u, _ := NewURL(DefaultURLOptions())
	keys := func(url string) (list []string) {
		if err := u.Map(&corpus.Document{URL: url}, func(partition int, key, value []byte) {
			if partition < 0 || partition >= u.Partitions() || len(key) != 16 || len(value) != 0 {
				t.Errorf("partition %d, key %x, value %x", partition, key, value)
			}
			list = append(list, string(key))
		}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	a, b, c := keys("http://example.com/a?utm_source=x"), keys("https://www.example.com/a/"), keys("http://example.com/b")
	if len(a) != 1 || !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Errorf("keys %x, %x and %x", a, b, c)
	}
	if none := keys("about:blank"); none != nil {
		t.Errorf("a document without an address has the keys %x", none)
	}
	var got []corpus.Pair
	pairs := []corpus.Pair{{Key: []byte("k1"), Ref: 3}, {Key: []byte("k1"), Ref: 5}, {Key: []byte("k2"), Ref: 1}, {Key: []byte("k3"), Ref: 4}, {Key: []byte("k3"), Ref: 9}}
	err := u.Reduce(context.Background(), 0, reusing(pairs), func(p corpus.Pair) error {
		got = append(got, corpus.Pair{Key: slices.Clone(p.Key), Ref: p.Ref})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []corpus.Pair{{Key: appendRef(nil, 5), Ref: 3}, {Key: appendRef(nil, 9), Ref: 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func BenchmarkCanonicalURL(b *testing.B) {
	const raw = "https://www.Example.com/2024/05/some-title-of-a-page/?id=12&utm_source=feed&utm_medium=rss#comments"
	o := DefaultURLOptions()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		o.canonical(splitURL(raw))
	}
}

var _ corpus.Exchange = (*URL)(nil)
