package ingest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"corpus"
)

type docT = corpus.Document

// checkPlaces reads every document again at its place.
func checkPlaces(t testing.TB, name, content string, docs []*corpus.Document, opts Options) {
	t.Helper()
	for i, d := range docs {
		again, err := ReadAt(strings.NewReader(content), int64(len(content)), d.Origin, "test", opts)
		if err != nil {
			t.Errorf("document %d (%v): %v", i, d.Reason, err)
			continue
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Errorf("document %d differs when read again: %s", i, diff)
		}
	}
}

// checkTiles says whether the places of documents cover the file without gap or overlap.
func checkTiles(t testing.TB, docs []*corpus.Document, size int64) {
	t.Helper()
	at := int64(0)
	for i, d := range docs {
		if d.Origin.Offset != at {
			t.Errorf("document %d begins at %d, the one before ends at %d", i, d.Origin.Offset, at)
		}
		at = d.Origin.Offset + d.Origin.Length
	}
	if at != size {
		t.Errorf("the last document ends at %d of %d", at, size)
	}
}

func TestPlacesInEveryCompression(t *testing.T) {
	records := threeRecords()
	all := strings.Join(records, "")
	dictionary := buildDictionary(t)
	tests := []struct {
		name, content, codec string
		decode               func([]byte) ([]byte, error)
		lead                 int64 // bytes before the first record
	}{
		{"plain", all, "", func(b []byte) ([]byte, error) { return b, nil }, 0},
		{"gzip by record", each(records, gzipped), "gzip", ungzip, 0},
		{"gzip whole", gzipped(all), "gzip-stream", nil, 0},
		{"gzip in members of 100 bytes", inPieces(all, 100), "gzip-stream", nil, 0},
		{"gzip members of a record each in pieces", each(records, func(s string) string { return inPieces(s, 100) }), "gzip", ungzip, 0},
		{"gzip with empty members", each(records, func(s string) string { return gzipped(s) + gzipped("") }), "gzip", ungzip, 0},
		{"gzip with line ends in their own member", each(records, func(s string) string {
			return gzipped(strings.TrimSuffix(s, "\r\n\r\n")) + gzipped("\r\n\r\n")
		}), "gzip", ungzip, 0},
		{"zstd by record", each(records, func(s string) string { return zstdFrame(s, nil) }), "zstd", unzstd(nil), 0},
		{"zstd whole", zstdFrame(all, nil), "zstd-stream", nil, 0},
		{"zstd with dictionary", skippable(dictionaryFrame, string(dictionary)) + each(records, func(s string) string { return zstdFrame(s, dictionary) }),
			"zstd", unzstd(dictionary), int64(8 + len(dictionary))},
		{"zstd with compressed dictionary", skippable(dictionaryFrame, zstdFrame(string(dictionary), nil)) + each(records, func(s string) string { return zstdFrame(s, dictionary) }),
			"zstd", unzstd(dictionary), int64(8 + len(zstdFrame(string(dictionary), nil)))},
	}
	want := fates(readAll(t, "x.warc", all, DefaultOptions()))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x", test.content, DefaultOptions())
			if diff := cmp.Diff(want, fates(docs)); diff != "" {
				t.Fatal(diff)
			}
			checkPlaces(t, "x", test.content, docs, DefaultOptions())
			for i, d := range docs {
				if d.Origin.Codec != test.codec {
					t.Errorf("document %d has codec %q, want %q", i, d.Origin.Codec, test.codec)
				}
				place := []byte(all)
				if test.decode != nil {
					place = []byte(test.content)
				}
				place = place[d.Origin.Offset : d.Origin.Offset+d.Origin.Length]
				if test.decode != nil {
					var err error
					if place, err = test.decode(place); err != nil {
						t.Fatalf("the place of document %d does not decode: %v", i, err)
					}
				}
				if string(place) != records[i] {
					t.Errorf("at the place of document %d lie %.40q…, %d bytes", i, place, len(place))
				}
				raw, err := RawAt(strings.NewReader(test.content), int64(len(test.content)), d.Origin, DefaultOptions())
				if err != nil || string(raw) != records[i] {
					t.Errorf("RawAt of document %d: %d bytes, %v", i, len(raw), err)
				}
			}
			if test.decode != nil {
				docs[0].Origin.Offset -= test.lead
				docs[0].Origin.Length += test.lead
				checkTiles(t, docs, int64(len(test.content)))
			}
		})
	}
}

func ungzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func unzstd(dictionary []byte) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		var opts []zstd.DOption
		if dictionary != nil {
			opts = append(opts, zstd.WithDecoderDicts(dictionary))
		}
		z, err := zstd.NewReader(nil, opts...)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		return z.DecodeAll(b, nil)
	}
}

func inPieces(s string, n int) string {
	var b strings.Builder
	for len(s) > 0 {
		k := min(n, len(s))
		b.WriteString(gzipped(s[:k]))
		s = s[k:]
	}
	return b.String()
}

func TestDamagedMembers(t *testing.T) {
	one, two, three := gzipped(goodPage("one")), gzipped(goodPage("two")), gzipped(goodPage("three"))
	large := gzipped(response("http://example.org/large", httpOK(noise(80_000))))
	flip := func(s string, at int) string {
		b := []byte(s)
		b[at] ^= 0xff
		return string(b)
	}
	tests := []struct {
		name, content string
		want          []string
		tiles         bool
	}{
		{"cut member", one + two[:len(two)/2], []string{"response one", "response truncated=*"}, true},
		{"cut trailer", one + two[:len(two)-4], []string{"response one", "response truncated=0"}, true},
		{"cut member header", one + two[:6], []string{"response one", "malformed=6"}, true},
		{"cut member, then others", one + large[:20_000] + two + three, []string{"response one", "response malformed=20000", "response two", "response three"}, true},
		{"damaged data", one + flip(large, 15_000) + two + three, []string{"response one", "response *", "response two", "response three"}, true},
		{"wrong checksum", one + flip(two, len(two)-6) + three, []string{"response one", "response checksum=gzip", "response three"}, true},
		{"wrong checksum at the end", one + flip(two, len(two)-6), []string{"response one", "response checksum=gzip"}, true},
		{"reserved flag", one + two[:3] + "\xe0" + two[4:] + three, []string{"response one", fmt.Sprintf("malformed=%d", len(two)), "response three"}, true},
		{"bytes between", one + "junk" + two, []string{"response one", "malformed=4", "response two"}, true},
		{"zeros behind", one + strings.Repeat("\x00", 1000), []string{"response one", "malformed=1000"}, true},
		{"magic numbers between", one + "\x1f\x8b\x08\x00\x1f\x8b\x1f\x8b\x08" + two, []string{"response one", "malformed=9", "response two"}, true},
		{"stream cut", gzipped(goodPage("one") + goodPage("two") + noise(50_000))[:20_000], []string{"response one", "response two", "malformed=*"}, false},
		{"stream with wrong checksum", flip(gzipped(goodPage("one")+goodPage("two")), len(gzipped(goodPage("one")+goodPage("two")))-1), []string{"response one", "response two", "checksum=gzip"}, false},
		{"two records in a member, then damage", gzipped(goodPage("one")+goodPage("two")) + "junk" + three, []string{"response one", "response two", "malformed=4", "response three"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.warc.gz", test.content, DefaultOptions())
			got := fates(docs)
			for i := range min(len(got), len(test.want)) {
				if prefix, ok := strings.CutSuffix(test.want[i], "*"); ok && strings.HasPrefix(got[i], prefix) && docs[i].Reason != nil {
					got[i] = test.want[i]
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff, fates(docs))
			}
			if test.tiles {
				checkTiles(t, docs, int64(len(test.content)))
				checkPlaces(t, "x.warc.gz", test.content, docs, DefaultOptions())
			}
		})
	}
}

func TestDamagedZstd(t *testing.T) {
	frame := func(name string) string { return zstdFrame(goodPage(name), nil) }
	large := zstdFrame(response("http://example.org/large", httpOK(noise(80_000))), nil)
	content := frame("one") + large[:len(large)/2] + frame("two") + "junk" + skippable(0x184D2A50, "index") + frame("three") + large[:9000]
	docs := readAll(t, "x.warc.zst", content, DefaultOptions())
	got := fates(docs)
	for i, fate := range got {
		got[i], _, _ = strings.Cut(fate, "=")
	}
	want := []string{"response one", "malformed", "response two", "malformed", "response three", "malformed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkPlaces(t, "x.warc.zst", content, docs, DefaultOptions())
}

func TestReadAtRefuses(t *testing.T) {
	content := goodPage("one") + goodPage("two")
	docs := readAll(t, "x.warc", content, DefaultOptions())
	good := docs[1].Origin
	change := func(f func(*corpus.Origin)) corpus.Origin {
		o := good
		f(&o)
		return o
	}
	tests := []struct {
		name   string
		origin corpus.Origin
		want   string
	}{
		{"behind the end", change(func(o *corpus.Origin) { o.Length++ }), "outside the file"},
		{"negative", change(func(o *corpus.Origin) { o.Offset = -1 }), "outside the file"},
		{"overflowing", change(func(o *corpus.Origin) { o.Length = 1<<63 - 1 }), "outside the file"},
		{"other digest", change(func(o *corpus.Origin) { o.Digest = docs[0].Origin.Digest }), "digest is"},
		{"other place", change(func(o *corpus.Origin) { o.Offset++; o.Length-- }), "digest is"},
		{"other codec", change(func(o *corpus.Origin) { o.Codec = "gzip-stream" }), "the file is no gzip stream"},
		{"unknown codec", change(func(o *corpus.Origin) { o.Codec = "lz4" }), `unknown codec "lz4"`},
		{"nothing", change(func(o *corpus.Origin) { o.Length = 0; o.Digest = "" }), "no record there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadAt(strings.NewReader(content), int64(len(content)), test.origin, "test", DefaultOptions())
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "x.warc") {
				t.Errorf("got %v, want an error with %q and the file's name", err, test.want)
			}
		})
	}
}
