package ingest

import (
	"encoding/json"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// checkObject holds readObject and unquote against encoding/json.
func checkObject(t *testing.T, line []byte) {
	t.Helper()
	want := map[string]json.RawMessage{}
	wanted := json.Unmarshal(line, &want) == nil && want != nil
	list, usual := splitObject(line)
	if usual && !wanted {
		t.Fatalf("%q is taken for an object", line)
	}
	o, err := readObject(line)
	if good := err == nil && (usual || o.fields != nil); good != wanted {
		t.Fatalf("%q: an object %t, want %t", line, good, wanted)
	}
	if _, ok := TextField(line, "no such field"); ok && (!wanted || want["no such field"] == nil) {
		t.Fatalf("%q has a text that is not there", line)
	}
	if usual && len(list) < len(want) {
		t.Fatalf("%q: %d fields, want %d", line, len(list), len(want))
	}
	for name, value := range want {
		got, ok := o.field(name)
		if diff := cmp.Diff(string(value), string(got)); diff != "" || !ok {
			t.Fatalf("%q: field %q: there %t, -want +got:\n%s", line, name, ok, diff)
		}
		var plain string
		isText := value[0] == '"' && json.Unmarshal(value, &plain) == nil
		if s, ok := text(got); ok != isText || s != plain {
			t.Fatalf("%q: field %q is %q, %t, want %q, %t", line, name, s, ok, plain, isText)
		}
		if s, ok := TextField(line, name); ok != isText || s != plain {
			t.Fatalf("%q: text of field %q is %q, %t, want %q, %t", line, name, s, ok, plain, isText)
		}
	}
	if got, ok := o.field("no such field"); ok && want["no such field"] == nil {
		t.Fatalf("%q has a field that is not there: %q", line, got)
	}
}

var objectLines = []string{
	`{}`, ` { } `, `{"id":"a","text":"x"}`, `{"id":"a","text":"x"} `, `{"id":"a","text":"x"} {}`, `{"id":"a",}`, `{"id"}`, `{"id":}`, `{,}`, `null`, `[]`, `"x"`, `{"a":1`, ``,
	`{"text":"line\nline \"quoted\" \\ \/ \b\f\r\t"}`, `{"text":"\u00e9\u00E9\ud83d\ude00\ud83d\ud83d\ude00 \ude00 \ud83dx\u0000"}`, `{"text":"\ud83d\u00e9"}`,
	`{"text":"\x"}`, `{"text":"\u12g4"}`, `{"text":"\u12`, `{"text":"\`, "{\"text\":\"tab\there\"}", "{\"text\":\"\xff\xfe eight bytes \xe2\x80\"}",
	`{"a":1,"a":2}`, `{"\u0061":1,"a":2}`, `{"é":1}`, `{"a":{"b":[1,2,{"c":"}]"}]},"d":-1.5e3,"e":true,"f":false,"g":null}`, `{"a":{]}`, `{"a":[1,}`, `{"a":01}`, `{"a":+1}`, `{"a":1.}`,
	`{"a":tru}`, `{"a":[[[[`, `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, `{"a" : "b" , "c":	"d"}`, `{"a":"b""c":"d"}`,
	`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1,"r":1,"s":1,"t":1,"u":1,"v":1,"w":1,"x":1,"y":1,"z":1,"0":1,"1":1,"2":1,"3":1,"4":1,"5":1,"6":1}`,
}

func TestReadObject(t *testing.T) {
	for _, line := range objectLines {
		t.Run(line[:min(len(line), 40)], func(t *testing.T) { checkObject(t, []byte(line)) })
	}
}

// Without digests documents are the same, and so are the ids of those that bring none.
func TestUndigested(t *testing.T) {
	long := strings.Repeat("x", maxIDBytes+1)
	lines := `{"id":"a","text":"x"}` + "\n" + `{"text":"no id"}` + "\n\nbroken\n" + `{"id":"` + long + `","text":"x"}` + "\n" + `{"id":"b"}` + "\n"
	cut := gzipped(`{"id":"c","text":"` + noise(50_000) + `"}` + "\n")
	content := gzipped(lines) + cut[:len(cut)/2]
	want := readAll(t, "x.jsonl.gz", content, DefaultOptions())
	source, err := Open("x.jsonl.gz", strings.NewReader(content), "test", DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var got []*corpus.Document
	for d, err := range Undigested(source).Documents(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if len(got) < 6 || got[0].Origin.Digest != "" || got[1].Origin.Digest == "" {
		t.Errorf("%d documents, digests %q and %q; want none for the first, whose id is its own", len(got), got[0].Origin.Digest, got[1].Origin.Digest)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(corpus.Origin{}, "Digest")); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadObject(f *testing.F) {
	for _, line := range objectLines {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) { checkObject(t, line) })
}
