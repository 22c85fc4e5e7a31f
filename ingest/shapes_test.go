package ingest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// TestShapes reads a line as each known corpus has it, without any configuration.
func TestShapes(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       corpus.Document
	}{
		{"pile", `{"text":"t","meta":{"pile_set_name":"Pile-CC"}}`,
			corpus.Document{Text: "t", Source: "Pile-CC", Metadata: []byte(`{"pile_set_name":"Pile-CC"}`)}},
		{"slimpajama", `{"text":"t","meta":{"redpajama_set_name":"RedPajamaC4"}}`,
			corpus.Document{Text: "t", Source: "RedPajamaC4", Metadata: []byte(`{"redpajama_set_name":"RedPajamaC4"}`)}},
		{"redpajama 1, meta in a string", `{"text":"t","meta":"{\"url\":\"http://a.example/\",\"timestamp\":\"2020-02-03T04:05:06Z\",\"language\":\"en\",\"source\":\"arxiv\"}"}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Date: "2020-02-03T04:05:06Z", Source: "arxiv", Declared: corpus.Declared{Language: "en"},
				Metadata: []byte(`{"url":"http://a.example/","timestamp":"2020-02-03T04:05:06Z","language":"en","source":"arxiv"}`)}},
		{"dolma", `{"id":"d1","text":"t","source":"cc","added":"2023-01-02T03:04:05Z","created":"2020-01-02","metadata":{"url":"http://a.example/","title":"A\n title","language":"en"}}`,
			corpus.Document{ID: "d1", Text: "t", Source: "cc", Date: "2020-01-02", URL: "http://a.example/", Declared: corpus.Declared{Title: "A title", Language: "en"},
				Metadata: []byte(`{"url":"http://a.example/","title":"A\n title","language":"en"}`)}},
		{"common pile", `{"id":"c","text":"t","metadata":{"license":"CC0","authors":["A. One","B. Two"]}}`,
			corpus.Document{ID: "c", Text: "t", Declared: corpus.Declared{Author: "A. One; B. Two", License: "CC0"}, Metadata: []byte(`{"license":"CC0","authors":["A. One","B. Two"]}`)}},
		{"oscar 22.01", `{"content":"t","warc_headers":{"warc-record-id":"<urn:uuid:1-2>","warc-date":"2021-09-16T11:07:14Z","content-type":"text/plain","warc-target-uri":"https://a.example/p","warc-identified-content-language":"fra,eng"},"metadata":{"identification":{"label":"fr","prob":0.89},"annotation":["short"]}}`,
			corpus.Document{ID: "urn:uuid:1-2", Text: "t", URL: "https://a.example/p", Date: "2021-09-16T11:07:14Z", Declared: corpus.Declared{Language: "fr"},
				Metadata: []byte(`{"identification":{"label":"fr","prob":0.89},"annotation":["short"]}`)}},
		{"mc4", `{"text":"t","timestamp":"2019-01-22T06:34:15Z","url":"http://a.example/"}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Date: "2019-01-22T06:34:15Z"}},
		{"culturax", `{"text":"t","timestamp":"2020/09/25 22:25:13","url":"http://a.example/","source":"OSCAR-2201"}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Source: "OSCAR-2201", Date: "2020-09-25T22:25:13Z"}},
		{"refinedweb", `{"content":"t","url":"http://a.example/","timestamp":"2013-05-18T10:42:00Z","dump":"CC-MAIN-2013-20","segment":"1","image_urls":[]}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Date: "2013-05-18T10:42:00Z"}},
		{"redpajama 2", `{"url":"http://a.example/","date_download":"2014-04-18T19:02:15Z","digest":"sha1:X","title":"T","language":"de","raw_content":"t"}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Date: "2014-04-18T19:02:15Z", Declared: corpus.Declared{Title: "T", Language: "de"}}},
		{"the stack", `{"hexsha":"abc","content":"package main","lang":"Go","ext":"go","max_stars_repo_licenses":["MIT","Apache-2.0"]}`,
			corpus.Document{ID: "abc", Text: "package main", Declared: corpus.Declared{License: "MIT; Apache-2.0"}}},
		{"data-prep-kit", `{"document_id":"x","contents":"t","lang":"en"}`,
			corpus.Document{ID: "x", Text: "t", Declared: corpus.Declared{Language: "en"}}},
		{"escaped names", `{"text":"t","metadata":{"\u0075rl":"http://a.example/"},"meta":"{\"t\\u0069tle\":\"T\"}"}`,
			corpus.Document{Text: "t", URL: "http://a.example/", Declared: corpus.Declared{Title: "T"}, Metadata: []byte(`{"\u0075rl":"http://a.example/"}`)}},
		{"text and content", `{"text":"t","content":"other"}`, corpus.Document{Text: "t"}},
		{"a page and content", `{"html":"<p>","content":"other"}`, corpus.Document{HTML: []byte("<p>"), ContentType: "text/html; charset=utf-8"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			source, err := Open("x.jsonl", strings.NewReader(test.line+"\n"), "", smallOptions())
			if err != nil {
				t.Fatal(err)
			}
			for d, err := range source.Documents(t.Context()) {
				if err != nil || d.Reason != nil {
					t.Fatal(err, d.Reason)
				}
				want := test.want
				want.Type, want.Origin = "jsonl", d.Origin
				if want.ID == "" {
					want.ID = corpus.MakeID(want.Source, want.Origin)
				}
				if diff := cmp.Diff(&want, d); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// A configured name is the only one that is tried; a path goes into an object.
func TestConfiguredFieldWins(t *testing.T) {
	opts := smallOptions()
	opts.Fields.Text, opts.Fields.URL, opts.Fields.Date = "body.plain", "link", ""
	docs := readAll(t, "x.jsonl", `{"body":{"plain":"t"},"content":"other","url":"http://a.example/","link":"http://b.example/","date":"2020"}`+"\n"+`{"content":"other"}`, opts)
	if d := docs[0]; d.Text != "t" || d.URL != "http://b.example/" || d.Date != "" {
		t.Errorf("got %+v", d)
	}
	if d := docs[1]; d.Reason == nil || d.Reason.Rule != RuleNoText {
		t.Errorf("content was taken although the field is named: %+v", d)
	}
}

func TestJSONValues(t *testing.T) {
	large := `{"text":"` + strings.Repeat("x", 70<<10) + `","n":{"a":"}"}}`
	for _, test := range []struct {
		name, file, content string
		want                []string // text, or the reason
	}{
		{"array over lines", "x.json", "[\n  {\n    \"text\": \"a\"\n  },\n  {\"text\": \"b}\\\"{\"}\n]\n", []string{"a", `b}"{`}},
		{"array on one line", "x", `[{"text":"a"},{"text":"b"}]`, []string{"a", "b"}},
		{"one object over lines", "x.json", "{\n\"text\":\n\"a\", \"meta\": {\"x\": [1, {}]}\n}", []string{"a"}},
		{"one behind the other", "x.json", "{\n\"text\":\"a\"}{\n\"text\":\"b\"\n}", []string{"a", "b"}},
		{"too large", "x.json", "[\n" + large + ",\n{\"text\":\"b\"}]", []string{"too_large=71705", "b"}},
		{"cut", "x.json", "[\n{\"text\":\"a\"},\n{\"text\":\"b", []string{"a", "bad_json=10"}},
		{"a quote is missing", "x.json", "[\n  {\n    \"text\": \"a\"\n  },\n  {\n    \"text\": \"b\n  },\n  {\n    \"text\": \"c\"\n  },\n  {\n    \"text\": \"d\"\n  }\n]", []string{"a", "bad_json=21", "c", "d"}},
		{"a brace is missing", "x.json", `[{"text":"a","x":{"y":1}},{"text":"b","x":{"y":2},{"text":"c"},{"text":"d"}]`, []string{"a", "bad_json=23", "c", "d"}},
		{"a brace too many", "x.json", `[{"text":"a"},{"text":"b","x":{{"y":2}},{"text":"c"},{"text":"d"}]`, []string{"a", "bad_json=25", "c", "d"}},
		{"no objects", "x.json", "[\n{\"text\":\"a\"}, 1, \"x\", null,\n{\"text\":\"b\"}]", []string{"a", "bad_json=1", "b"}},
		{"not documents", "x.json", "{\n\"version\": 1\n}", []string{"no_text="}},
		{"broken", "x.json", "[\n{\"text\" \"a\"},\n{\"text\":\"b\"}]", []string{"bad_json=9", "b"}},
		{"lines stay lines", "x.jsonl", `[{"text":"a"}]`, []string{"bad_json=1"}},
	} {
		for _, file := range []string{test.file, test.file + ".gz"} {
			content := test.content
			if strings.HasSuffix(file, ".gz") {
				content = gzipped(content)
			}
			t.Run(test.name+" "+file, func(t *testing.T) {
				docs := readAll(t, file, content, smallOptions())
				var got []string
				for _, d := range docs {
					if d.Reason != nil {
						got = append(got, d.Reason.Rule+"="+d.Reason.Value)
						continue
					}
					got = append(got, d.Text)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Fatal(diff)
				}
				for _, d := range docs {
					if place := test.content[d.Origin.Offset : d.Origin.Offset+d.Origin.Length]; d.Reason == nil && (place[0] != '{' || place[len(place)-1] != '}') {
						t.Errorf("place holds %q", place)
					}
				}
				checkPlaces(t, file, content, docs, smallOptions())
			})
		}
	}
}

// FuzzJSONValues reads any bytes as objects over several lines: places do not overlap, and give the same document again.
func FuzzJSONValues(f *testing.F) {
	for _, s := range []string{
		"[\n{\"text\":\"a\"},\n{\"text\":\"b}\\\"{\"}]", "{\n\"text\": \"a\", \"x\": {\"y\": [1]}\n}{}", "[1, null, {\"text\":\"a\"}", "}{", gzipped("[{\"text\":\"a\"}]"),
		"[{\"text\":\"a\"}, {\"text\":\"b}, {\"text\":{\"c\"}, {\"text\":\"d\"}, {\"text\":\"e\"}]",
		"[{\"text\":\"" + strings.Repeat("x", 5000) + "\"},{\"text\":\"b\"}]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		opts := fuzzOptions(FormatJSON)
		docs := readAll(t, "x", string(b), opts)
		checkDocuments(t, docs, opts)
		if in := newInput(t.Context(), bytes.NewReader(b), 0, opts); in.codec == nil {
			checkPlaces(t, "x", string(b), docs, opts)
		}
	})
}
