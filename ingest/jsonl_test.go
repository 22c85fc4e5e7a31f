package ingest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"corpus"
)

func TestOverlongFieldsCostTheRecord(t *testing.T) {
	long := strings.Repeat("x", 70_000)
	opts := DefaultOptions()
	for _, c := range []struct{ line, id, url, reason string }{
		{`{"id":"` + long + `","text":"t"}`, "", "", "ingest/field_too_long id"},
		{`{"id":"a","url":"http://a.example/` + long + `","text":"t"}`, "a", "", "ingest/field_too_long url"},
		{`{"id":"a","text":"t","date":"` + long + `","source":"` + long + `"}`, "a", "", ""},
	} {
		docs := readAll(t, "x.jsonl", c.line+"\n", opts)
		d := docs[0]
		reason := ""
		if d.Reason != nil {
			reason = d.Reason.String() + " " + d.Reason.Value
		}
		if reason != c.reason || d.URL != c.url || (c.id != "" && d.ID != c.id) || len(d.ID) > 32 || len(d.Date) > 1024 || len(d.Source) > 1024 {
			t.Errorf("got id of %d bytes, url %q, date of %d bytes, reason %q", len(d.ID), d.URL, len(d.Date), reason)
		}
	}
}

// A stage command names no source: then the line's own stays.
func TestJSONLSourceOfTheLine(t *testing.T) {
	for source, want := range map[string]string{"": "web", "configured": "configured"} {
		src, err := Open("x.jsonl", strings.NewReader(`{"id":"a","text":"x","source":"web"}`), source, smallOptions())
		if err != nil {
			t.Fatal(err)
		}
		for d, err := range src.Documents(t.Context()) {
			if err != nil || d.Source != want {
				t.Errorf("source %q: got %q, %v", source, d.Source, err)
			}
		}
	}
}

func TestJSONLFields(t *testing.T) {
	html := "\xff\xfe<html>bytes as fetched"
	tests := []struct {
		name, line string
		want       corpus.Document
		reason     string
	}{
		{"pile", `{"text":"hello \u00e9","meta":{"a":1}}`, corpus.Document{Text: "hello é", Metadata: []byte(`{"a":1}`)}, ""},
		{"dolma", `{"id":"a1","text":"x","source":"s","added":"2023-01-02T03:04:05.678Z","created":"2020-01-02","metadata": {"k": [1]} }`,
			corpus.Document{ID: "a1", Text: "x", Date: "2020-01-02", Metadata: []byte(`{"k": [1]}`)}, ""},
		{"dolma without created", `{"id":"a1","text":"x","added":"2023-01-02T03:04:05.678Z"}`, corpus.Document{ID: "a1", Text: "x", Date: "2023-01-02T03:04:05Z"}, ""},
		{"number ids", `{"id":12345678901234567890,"text":"x","date":1987}`, corpus.Document{ID: "12345678901234567890", Text: "x", Date: "1987"}, ""},
		{"fractional id", `{"id":1.50e1,"text":"x"}`, corpus.Document{ID: "15", Text: "x"}, ""},
		{"html", `{"id":"h","html":"<p>é","url":"http://example.org/"}`, corpus.Document{ID: "h", URL: "http://example.org/", HTML: []byte("<p>é"), ContentType: "text/html; charset=utf-8"}, ""},
		{"html in base64", fmt.Sprintf(`{"id":"h","html_base64":%q,"content_type":"text/html; charset=utf-16"}`, base64.StdEncoding.EncodeToString([]byte(html))),
			corpus.Document{ID: "h", HTML: []byte(html), ContentType: "text/html; charset=utf-16"}, ""},
		{"base64 without padding", `{"id":"h","html_base64":"PHA-YQ"}`, corpus.Document{ID: "h", HTML: []byte("<p>a")}, ""},
		{"bad base64", `{"id":"h","html_base64":"***"}`, corpus.Document{ID: "h"}, "undecodable=base64"},
		{"other kinds of values", `{"id":null,"text":"x","url":7,"metadata":[1],"date":{}}`, corpus.Document{Text: "x"}, ""},
		{"statements of rights", `{"id":"a","text":"x","rights":[{"kind":"robots","where":"http","value":"no\nai"},{"kind":"","where":"http"},7]}`, corpus.Document{ID: "a", Text: "x"}, ""},
		{"statements of rights as corpus writes them", `{"id":"a","text":"x","rights":[{"kind":"robots","where":"http","value":"no\nai"},{"kind":"","where":"http"}]}`,
			corpus.Document{ID: "a", Text: "x", Rights: []corpus.Evidence{{Kind: "robots", Where: "http", Value: "no ai"}}}, ""},
		{"rights of another kind", `{"id":"a","text":"x","rights":"all reserved"}`, corpus.Document{ID: "a", Text: "x"}, ""},
		{"text is no string", `{"id":"a","text":["x"]}`, corpus.Document{ID: "a"}, "no_text=array"},
		{"no text", `{"id":"a"}`, corpus.Document{ID: "a"}, "no_text="},
		{"blank text", `{"id":"a","text":" \n"}`, corpus.Document{ID: "a", Text: " \n"}, "empty="},
		{"invalid UTF-8", "{\"id\":\"a\",\"text\":\"x\xffy\"}", corpus.Document{ID: "a", Text: "x\ufffdy"}, ""},
		{"no object", `[1,2]`, corpus.Document{}, "bad_json=1"},
		{"null", `null`, corpus.Document{}, "bad_json=1"},
		{"broken", `{"id":"a","text":x}`, corpus.Document{}, "bad_json=18"},
		{"cut", `{"id":"a","text":"x`, corpus.Document{}, "bad_json=19"},
		{"two on a line", `{"text":"a"} {"text":"b"}`, corpus.Document{}, "bad_json=14"},
		{"nested too deep", `{"text":"a","x":` + strings.Repeat("[", 20000), corpus.Document{}, "bad_json=10016"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.jsonl", test.line+"\n", smallOptions())
			if len(docs) != 1 {
				t.Fatalf("%d documents", len(docs))
			}
			d := docs[0]
			reason := ""
			if d.Reason != nil {
				reason = d.Reason.Rule + "=" + d.Reason.Value
			}
			if reason != test.reason {
				t.Errorf("reason %q, want %q", reason, test.reason)
			}
			want := test.want
			want.Source, want.Type = "test", "jsonl"
			want.Origin = corpus.Origin{File: "x.jsonl", Length: int64(len(test.line)), Digest: corpus.PayloadDigest([]byte(test.line))}
			if want.ID == "" {
				want.ID = corpus.MakeID("test", want.Origin)
			}
			if diff := cmp.Diff(&want, d, cmpopts.IgnoreFields(corpus.Document{}, "Reason")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSONLLines(t *testing.T) {
	long := `{"text":"` + strings.Repeat("x", 70<<10) + `"}`
	lines := []string{`{"text":"a"}`, "", "  ", `{"text":"b"}` + "\r", "nonsense", long, `{"text":"c"}`, `{"text":"last"}`}
	content := "\xef\xbb\xbf" + strings.Join(lines, "\n")
	want := []string{"jsonl", "jsonl", "jsonl bad_json=2", fmt.Sprintf("jsonl too_large=%d", len(long)), "jsonl", "jsonl"}
	for _, test := range []struct{ name, content, codec string }{
		{"x.jsonl", content, ""},
		{"x.jsonl.gz", gzipped(content), "gzip-stream"},
		{"pieces.jsonl.gz", inPieces(content, 1000), "gzip-stream"},
		{"x.jsonl.zst", zstdFrame(content, nil), "zstd-stream"},
		{"x.unknown", content, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, test.name, test.content, smallOptions())
			if diff := cmp.Diff(want, fates(docs)); diff != "" {
				t.Fatal(diff)
			}
			for i, line := range []string{lines[0], strings.TrimSuffix(lines[3], "\r"), lines[4], lines[5], lines[6], lines[7]} {
				o := docs[i].Origin
				if got := content[o.Offset : o.Offset+o.Length]; got != line || o.Codec != test.codec {
					t.Errorf("document %d: codec %q, place holds %.30q, want %.30q", i, o.Codec, got, line)
				}
			}
			checkPlaces(t, test.name, test.content, docs, smallOptions())
		})
	}
}

func TestJSONLDamage(t *testing.T) {
	lines := `{"text":"a"}` + "\n" + `{"text":"b"}` + "\n"
	large := gzipped(`{"text":"` + noise(50_000) + `"}` + "\n")
	content := gzipped(lines) + large[:len(large)/2] + gzipped(lines)
	docs := readAll(t, "x.jsonl.gz", content, DefaultOptions())
	var kept []string
	lost := int64(0)
	for _, d := range docs {
		if d.Reason == nil {
			kept = append(kept, d.Text)
		} else if d.Origin.Codec == "" {
			lost += d.Origin.Length
		}
	}
	// The damaged member may still give up what a decoder reads beyond its cut, so that a line may come twice.
	if got := strings.Join(kept, ""); !strings.HasPrefix(got, "ab") || !strings.HasSuffix(got, "ab") || lost < int64(len(large)/2) {
		t.Errorf("got %v", fates(docs))
	}
	padded := gzipped(strings.TrimSuffix(lines, "\n")) + strings.Repeat("\x00", 100)
	if diff := cmp.Diff([]string{"jsonl", "jsonl", "malformed=100"}, fates(readAll(t, "x.jsonl.gz", padded, DefaultOptions()))); diff != "" {
		t.Errorf("padding behind a last line without a line end: %s", diff)
	}
	if docs := readAll(t, "x.jsonl.gz", gzipped(lines)[:20], DefaultOptions()); len(docs) != 1 || docs[0].Reason == nil {
		t.Errorf("cut at once: %v", fates(docs))
	}
}

func TestJSONLFieldNames(t *testing.T) {
	opts := DefaultOptions()
	opts.Fields = Fields{ID: "key", Text: "content", URL: "link"}
	docs := readAll(t, "x.jsonl", `{"key":"k","content":"hello","link":"u","html":"<p>","metadata":{},"":"x"}`, opts)
	d := docs[0]
	if d.ID != "k" || d.Text != "hello" || d.URL != "u" || d.HTML != nil || d.Metadata != nil || d.ContentType != "" {
		t.Errorf("got %+v", d)
	}
}
