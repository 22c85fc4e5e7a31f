package ingest

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// storedGzip is a gzip member of stored blocks, in which the content stands as it is.
func storedGzip(s string) string {
	var b bytes.Buffer
	b.WriteString("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	z, _ := flate.NewWriter(&b, flate.NoCompression)
	io.WriteString(z, s)
	z.Close()
	trailer := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(s)))
	b.Write(binary.LittleEndian.AppendUint32(trailer, uint32(len(s))))
	return b.String()
}

// split cuts a file into equal parts, and its last bytes.
func split(layout string, size, part int64) (parts []Part) {
	for from := int64(0); from < size; from += part {
		parts = append(parts, Part{Layout: layout, From: from, To: min(from+part, size)})
	}
	return parts
}

// partReader reads from where a part begins, and at any place of the whole file.
type partReader struct {
	io.Reader
	RandomAccess
}

// readPart reads one part, from no earlier than its Lead.
func readPart(t testing.TB, name, content string, part Part, opts Options) ([]*corpus.Document, Seam) {
	t.Helper()
	r := partReader{strings.NewReader(content[part.Lead():]), strings.NewReader(content)}
	source, err := OpenPart(name, r, part, "test", opts)
	if err != nil {
		t.Fatal(err)
	}
	var docs []*corpus.Document
	for d, err := range source.Documents(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs, source.Seam()
}

// readParts reads all parts by themselves, and again those that do not fit to the ones before. It says how many these were.
func readParts(t testing.TB, name, content string, parts []Part, opts Options) (all []*corpus.Document, again int) {
	t.Helper()
	docs, seams := make([][]*corpus.Document, len(parts)), make([]Seam, len(parts))
	for i, p := range parts {
		docs[i], seams[i] = readPart(t, name, content, p, opts)
	}
	var at Position
	for i, p := range parts {
		next, ok := seams[i].Fits(p, at)
		if !ok {
			again++
			p.At = &at
			docs[i], seams[i] = readPart(t, name, content, p, opts)
			if next, ok = seams[i].Fits(p, at); !ok {
				t.Fatalf("part %d, %d to %d, does not begin at %v where it was told to, but is %+v", i, p.From, p.To, at, seams[i])
			}
		}
		at = next
		all = append(all, docs[i]...)
	}
	return all, again
}

func TestPartsEqualTheWhole(t *testing.T) {
	many := func(n int, wrap func(string) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(wrap(response(fmt.Sprint("http://example.org/", i), httpOK(page(fmt.Sprint(i))+noise(i*37%900)))))
		}
		return b.String()
	}
	plain := func(s string) string { return s }
	info := record("warcinfo", "", "application/warc-fields", "software: none\r\n")
	nested := many(9, plain)
	nestedGzip := many(9, gzipped)
	giant := response("http://example.org/giant", httpOK(page("giant")+noise(40<<10)))
	cut := gzipped(goodPage("cut"))
	arcs := func(wrap func(string) string) string {
		var b strings.Builder
		b.WriteString(wrap("filedesc://a.arc 0.0.0.0 20240506070809 text/plain 14\n1 0 Alexa\nURL\n\n"))
		for i := range 30 {
			body := httpOK(page(fmt.Sprint(i)))
			b.WriteString(wrap(fmt.Sprintf("http://example.org/%d 1.2.3.4 20240506070809 text/html %d\n%s\n", i, len(body), body)))
		}
		return b.String()
	}
	lines := func() string {
		var b strings.Builder
		for i := range 90 {
			fmt.Fprintf(&b, `{"id":"%d","text":"%s"}`+"\n", i, strings.Repeat("words ", i*i%97))
		}
		return b.String()
	}()
	tests := []struct {
		name, layout, content string
		wrong                 bool // some part takes another place for its first record, and is read again
	}{
		{"members", "warc+gzip", gzipped(info) + many(60, gzipped), false},
		{"plain", "warc", info + many(60, plain), false},
		{"arc", "arc", arcs(plain), false},
		{"arc members", "arc+gzip", arcs(gzipped), false},
		{"lines", "jsonl", lines, false},
		{"lines without the last end", "jsonl", strings.TrimSuffix(lines, "\n"), false},
		{"lines with a mark and blank ones", "jsonl", "\ufeff" + strings.ReplaceAll(lines, "\n", "\r\n\n\n"), false},
		{"lines and one giant", "jsonl", lines + `{"text":"` + noise(90<<10) + `"}` + "\n" + lines, false},
		{"broken lines", "jsonl", strings.ReplaceAll(lines, `7","`, "\x00\n"), false},
		{"empty members", "warc+gzip", strings.Repeat(gzipped(""), 40) + many(20, func(s string) string { return gzipped(s) + gzipped("\r\n") + gzipped("") }), true},
		{"line ends before records", "warc+gzip", many(20, func(s string) string { return gzipped("\r\n\r\n" + s) }), false},
		{"nested file in a stored payload", "warc+gzip", many(5, gzipped) + storedGzip(response("http://example.org/nest", httpOK(nestedGzip))) + many(5, gzipped), true},
		{"nested file in a plain payload", "warc", many(5, plain) + response("http://example.org/nest", httpOK(nested)) + many(5, plain), true},
		{"nested file twice over", "warc", many(2, plain) + response("http://example.org/a", httpOK(many(3, plain)+response("http://example.org/b", nested))) + many(2, plain), true},
		{"one giant record over many parts", "warc+gzip", many(3, gzipped) + gzipped(giant) + many(3, gzipped), false},
		{"one plain giant over many parts", "warc", many(3, plain) + giant + many(3, plain), false},
		{"a giant over the bound", "warc", many(3, plain) + response("http://example.org/x", httpOK(noise(90<<10))) + many(3, plain), false},
		{"two records in a member", "warc+gzip", many(7, gzipped) + gzipped(goodPage("a")+goodPage("b")) + many(7, gzipped) + gzipped(goodPage("c")+goodPage("d")) + many(9, gzipped), true},
		{"a record over two members", "warc+gzip", many(7, gzipped) + gzipped(giant[:9000]) + gzipped(giant[9000:]) + many(7, gzipped), false},
		{"records across members", "warc+gzip", many(4, gzipped) + gzipped(goodPage("a")+goodPage("b")[:40]) + gzipped(goodPage("b")[40:]) + many(4, gzipped), true},
		{"junk between members", "warc+gzip", many(3, gzipped) + noise(5000) + many(3, gzipped) + strings.Repeat("\x00", 3000) + many(3, gzipped), false},
		{"junk between records", "warc", many(3, plain) + noise(5000) + "\r\n" + many(3, plain) + strings.Repeat("\x00", 3000) + many(3, plain), true},
		{"cut members", "warc+gzip", many(3, gzipped) + cut[:len(cut)/2] + many(3, gzipped) + cut[:len(cut)-4] + many(3, gzipped) + cut[len(cut)/2:] + many(3, gzipped), false},
		{"flipped bytes", "warc+gzip", flip(many(40, gzipped), 997), true},
		{"flipped bytes, plain", "warc", flip(many(40, plain), 997), false},
		{"wrong lengths", "warc", many(3, plain) + strings.ReplaceAll(many(6, plain), "Content-Length: ", "Content-Length: 1") + many(3, plain), false},
		{"a file that ends early", "warc+gzip", strings.TrimSuffix(many(12, gzipped), "\x00\x00"), false},
		{"one member", "warc+gzip", gzipped(many(60, plain)), false},
		{"nothing but junk", "warc+gzip", noise(9000), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opts := smallOptions()
			name := "x." + test.layout
			opts.Format = strings.TrimSuffix(test.layout, "+gzip")
			want := readAll(t, name, test.content, opts)
			redone := 0
			for _, size := range []int64{700, 4096, 30_000} {
				got, again := readParts(t, name, test.content, split(test.layout, int64(len(test.content)), size), opts)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("parts of %d: %s", size, diff)
				}
				redone += again
			}
			if test.wrong != (redone > 0) {
				t.Errorf("%d parts were read again", redone)
			}
		})
	}
}

// flip changes one byte in every so many.
func flip(s string, every int) string {
	b := []byte(s)
	for i := every; i < len(b); i += every {
		b[i] ^= 0x55
	}
	return string(b)
}

func TestCanSplit(t *testing.T) {
	one, members := goodPage("one"), gzipped(goodPage("one"))+gzipped(goodPage("two"))
	for _, test := range []struct{ name, content, want string }{
		{"x.warc.gz", members, "warc+gzip"},
		{"x", members, "warc+gzip"},
		{"x.warc", one + one, "warc"},
		{"x.warc.gz", gzipped(one + one), ""},
		{"x.warc.gz", gzipped(one), ""},
		{"x.warc.gz", gzipped(one+one) + members, ""},
		{"x.warc.gz", "junk" + members, ""},
		{"x.warc.gz", storedGzip(response("http://example.org/", httpOK(noise(2<<20)))) + members, ""},
		{"x.warc.zst", zstdFrame(one, nil) + zstdFrame(one, nil), ""},
		{"x.arc", "filedesc://a.arc 0.0.0.0 20240506070809 text/plain 14\n1 0 Alexa\nURL\n\n", "arc"},
		{"x.jsonl", `{"text":"a"}` + "\n", "jsonl"},
		{"x.jsonl", "\ufeff\n" + `{"text":"a"}` + "\n", "jsonl"},
		{"x.jsonl", `[{"text":"a"}]` + "\n", ""},
		{"x.jsonl.gz", gzipped(`{"text":"a"}` + "\n"), ""},
		{"x.txt", "words", ""},
		{"x.warc", "", ""},
	} {
		t.Run(test.name+" "+test.want, func(t *testing.T) {
			got, err := CanSplit(t.Context(), test.name, strings.NewReader(test.content), int64(len(test.content)), DefaultOptions())
			if err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// A part is read without the bytes before it.
func TestPartReadsFromItsLead(t *testing.T) {
	for _, part := range []Part{{Layout: "warc", From: 100, To: 200}, {Layout: "jsonl", From: 1, To: 2}, {Layout: "warc+gzip", From: 7, To: 9}, {Layout: "jsonl", To: 9}} {
		if lead := part.Lead(); lead < part.From-1 || lead > part.From || lead < 0 {
			t.Errorf("%+v: lead %d", part, lead)
		}
	}
	for _, bad := range []Part{{Layout: "warc", From: 5, To: 5}, {Layout: "zip", To: 5}, {Layout: "warc", From: 5, To: 9, At: &Position{Raw: 4}}, {Layout: "warc", From: -1, To: 9}} {
		if _, err := OpenPart("x", strings.NewReader(""), bad, "", DefaultOptions()); err == nil {
			t.Errorf("%+v was opened", bad)
		}
	}
}

// A revisit has the page of an original in its own part, and else none.
func TestRevisitsInParts(t *testing.T) {
	original := gzipped(response("http://example.org/a", httpOK(page("a")), "WARC-Record-ID: <urn:a>"))
	revisit := gzipped(record("revisit", "http://example.org/a", "application/http; msgtype=response", "HTTP/1.1 304 Not Modified\r\n\r\n",
		"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest", "WARC-Refers-To: <urn:a>"))
	content := gzipped(goodPage("first")) + original + revisit
	from := int64(len(content) - len(original) - len(revisit))
	for name, c := range map[string]struct {
		from int64
		want []string
	}{
		"same part":    {from, []string{"response a", "revisit a"}},
		"another part": {from + 1, []string{"revisit revisit=identical-payload-digest"}},
	} {
		docs, _ := readPart(t, "x.warc.gz", content, Part{Layout: "warc+gzip", From: c.from, To: int64(len(content))}, DefaultOptions())
		if diff := cmp.Diff(c.want, fates(docs)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// An error of the reader is the part's, and no seam.
func TestPartOfUnreadableFile(t *testing.T) {
	content := strings.Repeat(gzipped(goodPage("a")), 50)
	for _, layout := range []string{"warc", "warc+gzip", "jsonl"} {
		r := io.MultiReader(strings.NewReader(content[:3000]), errorReader{})
		source, err := OpenPart("x", r, Part{Layout: layout, To: int64(len(content))}, "", DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for _, err := range source.Documents(t.Context()) {
			last = err
		}
		if last == nil || source.Seam() != none() {
			t.Errorf("%s: error %v, seam %+v", layout, last, source.Seam())
		}
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// FuzzParts compares parts with the whole, whatever the bytes are.
func FuzzParts(f *testing.F) {
	three := strings.Join(threeRecords(), "")
	f.Add([]byte(three+three), uint16(300))
	f.Add([]byte(each(threeRecords(), gzipped)+"junk"+storedGzip(three)+each(threeRecords(), gzipped)), uint16(200))
	f.Add([]byte(each(threeRecords(), gzipped)+gzipped(three)+gzipped(three)[:200]+gzipped(three)), uint16(100))
	arc := "filedesc://a.arc 0.0.0.0 20240506070809 text/plain 4\n1 0\n\nhttp://example.org/ 1.2.3.4 20240506070809 text/html 3\nabc\n"
	f.Add([]byte(arc+arc), uint16(40))
	f.Add([]byte(gzipped(arc[:60])+gzipped(arc[60:])+gzipped(arc)), uint16(40))
	f.Add([]byte(`{"text":"a"}`+"\n\n"+`{"text":"b"}`), uint16(7))
	f.Fuzz(func(t *testing.T, content []byte, size uint16) {
		opts := smallOptions()
		layout, err := CanSplit(t.Context(), "x", bytes.NewReader(content), int64(len(content)), opts)
		if err != nil || layout == "" || len(content) > 64<<10 {
			t.Skip()
		}
		want := readAll(t, "x", string(content), opts)
		parts := split(layout, int64(len(content)), max(int64(size), int64(len(content)/50)+1))
		got, _ := readParts(t, "x", string(content), parts, opts)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parts of %d: %s", size, diff)
		}
	})
}
