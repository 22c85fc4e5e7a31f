package classifier

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func read(t *testing.T, s Source, name, content string) ([]Text, File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	var texts []Text
	file, err := s.Read(t.Context(), path, func(t Text) error { texts = append(texts, t); return nil })
	return texts, file, err
}

func TestSource(t *testing.T) {
	grouped := func(text, label string, groups ...string) Text { return Text{text, []string{label}, groups} }
	for _, c := range []struct {
		name, file string
		source     Source
		content    string
		want       []Text
		skipped    int
	}{
		{name: "fastText lines", file: "x.txt", content: "__label__a one two\n\n  __label__a __label__b\tthree\r\n__label__c\nfour __label__d five\n",
			want: []Text{{"one two", []string{"a"}, nil}, {"three", []string{"a", "b"}, nil}, {"", []string{"c"}, nil}, {"four five", []string{"d"}, nil}}},
		{name: "a fastText line without label", file: "x.txt", content: "__label__a one\nno label\n", want: []Text{{"one", []string{"a"}, nil}}, skipped: 1},
		{name: "JSON Lines", file: "x.jsonl", content: `{"text":"one","label":"__label__a"}
{"text":"two\nlines","labels":["a","b"],"label":"c"}
{"text":"three","label":1}
{"text":"four","label":true}

{"text":"five","label":null}
{"text":"six"}
{"label":"a"}
{"text":7,"label":"a"}
{"text":"eight","label":{"x":1}}
[1]
`, want: []Text{{"one", []string{"a"}, nil}, {"two\nlines", []string{"a", "b"}, nil}, {"three", []string{"1"}, nil}, {"four", []string{"true"}, nil}}, skipped: 6},
		{name: "JSON fields", file: "x.jsonl", source: Source{TextField: "body", LabelField: "meta.kind", GroupFields: []string{"who", "meta.test"}},
			content: `{"body":"one","meta":{"kind":"a","test":"t1"},"who":["x","y"]}
{"body":"two","meta":{"kind":"b"},"who":""}
`, want: []Text{grouped("one", "a", "who=x", "who=y", "meta.test=t1"), {"two", []string{"b"}, nil}}},
		{name: "white space in labels", file: "x.jsonl", content: `{"text":"one","label":" not\ta good one "}
{"text":"two","label":" "}
`, want: []Text{{"one", []string{"not_a_good_one"}, nil}}, skipped: 1},
		{name: "a label too long", file: "x.tsv", content: "a\tone\n" + strings.Repeat("b", maxLabel+1) + "\ttwo\n", want: []Text{{"one", []string{"a"}, nil}}, skipped: 1},
		{name: "tabs", file: "x.tsv", content: "a\tone\ttwo\nb\tthree\nno tab\n\t\n", want: []Text{{"one\ttwo", []string{"a"}, nil}, {"three", []string{"b"}, nil}, {"", []string{"no_tab"}, nil}}},
		{name: "tabs by number", file: "x.tsv", source: Source{TextField: "1", LabelField: "3", GroupFields: []string{"2"}},
			content: "one\tg\ta\ntwo\t\tb\nthree\n", want: []Text{grouped("one", "a", "2=g"), {"two", []string{"b"}, nil}}, skipped: 1},
		{name: "tabs by name", file: "x.tsv", source: Source{GroupFields: []string{"who"}},
			content: "who\tlabel\ttext\nx\ta\tone\n", want: []Text{grouped("one", "a", "who=x")}},
		{name: "commas", file: "x.csv", content: "\ufefflabel,text\na,\"one, \"\"two\"\"\nthree\"\nb,four\nc,\"open\n",
			want: []Text{{"one, \"two\"\nthree", []string{"a"}, nil}, {"four", []string{"b"}, nil}}, skipped: 1},
		{name: "a quote within a field swallows nothing", file: "x.csv", content: "label,text\na,5\" disks\nb,two\nc,\"three \"\"\nlines\"\nd,four\n",
			want: []Text{{"two", []string{"b"}, nil}, {"three \"\nlines", []string{"c"}, nil}, {"four", []string{"d"}, nil}}, skipped: 1},
		{name: "commas by number", file: "x.csv", source: Source{TextField: "1", LabelField: "2"}, content: "one,a\n", want: []Text{{"one", []string{"a"}, nil}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, file, err := read(t, c.source, c.file, c.content)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if file.Skipped != c.skipped || file.Texts != len(c.want) || (file.First != nil) != (c.skipped > 0) {
				t.Errorf("%d texts, %d skipped (%v), want %d and %d", file.Texts, file.Skipped, file.First, len(c.want), c.skipped)
			}
		})
	}
}

func TestSourceErrors(t *testing.T) {
	for _, c := range []struct {
		name, file string
		source     Source
		content    string
		want       string
	}{
		{"empty", "x.txt", Source{}, "", "no labelled text"},
		{"blank lines", "x.txt", Source{}, "\n \n", "no labelled text"},
		{"no form", "x.txt", Source{}, "hello\n", "name the format"},
		{"nothing good", "x.jsonl", Source{}, "{}\n{}\n", `line 1: no field "text"`},
		{"unknown form", "x.txt", Source{Format: "xml"}, "x", `"xml" is none of`},
		{"fields of fastText lines", "x.txt", Source{GroupFields: []string{"x"}}, "__label__a b\n", "no fields"},
		{"names and numbers", "x.tsv", Source{TextField: "1", LabelField: "label"}, "a\tb\n", "all names or all numbers"},
		{"no such column", "x.csv", Source{GroupFields: []string{"who"}}, "text,label\na,b\n", `no "who"`},
		{"a file whose name the error holds", "text", Source{Format: "jsonl"}, "{}\n", "/text: "},
		{"broken gzip", "x.gz", Source{}, "\x1f\x8b\x08\x00broken", "x.gz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(t, c.source, c.file, c.content)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := (Source{}).Read(t.Context(), "nowhere.txt", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Source{Stdin: strings.NewReader("__label__a b\n")}).Read(ctx, "-", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestPacked: gzip, zstd and standard input give the same texts; the digest is that of the bytes as stored.
func TestPacked(t *testing.T) {
	const content = "__label__a one\n__label__b two\n"
	var zip, z bytes.Buffer
	w := gzip.NewWriter(&zip)
	fmt.Fprint(w, content)
	w.Close()
	enc, err := zstd.NewWriter(&z)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(enc, content)
	enc.Close()
	want, plain, err := read(t, Source{}, "x.txt", content)
	if err != nil || len(want) != 2 {
		t.Fatal(err)
	}
	for _, stored := range []string{zip.String(), z.String()} {
		got, file, err := read(t, Source{}, "x.packed", stored)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if file.Digest == plain.Digest {
			t.Error("the digest is that of the text")
		}
	}
	file, err := (Source{Stdin: strings.NewReader(content)}).Read(t.Context(), "-", func(Text) error { return nil })
	if err != nil || file.Texts != 2 || file.Digest != plain.Digest {
		t.Errorf("standard input: %+v %v", file, err)
	}
}

func TestLongLinesAreSkipped(t *testing.T) {
	got, file, err := read(t, Source{}, "x.txt", "__label__a one\n__label__b "+strings.Repeat("x", maxLine)+"\n__label__c three")
	if err != nil || len(got) != 2 || got[1].Text != "three" || file.Skipped != 1 {
		t.Errorf("%d texts, %+v, %v", len(got), file, err)
	}
}

// FuzzSource: whatever the bytes, every text has a label, and nothing panics.
func FuzzSource(f *testing.F) {
	for format := range len(Formats()) + 1 {
		f.Add(uint8(format), "__label__a b\nc\n")
		f.Add(uint8(format), "{\"text\":\"a\",\"labels\":[\"b\",1,null]}\n{\"text\":{}}\n")
		f.Add(uint8(format), "text\tlabel\tg\na\tb\tc\n")
		f.Add(uint8(format), "text,label,g\n\"a\nb\",c,d\n\"")
		f.Add(uint8(format), "\x1f\x8b\x08\x00\xff\xfe")
	}
	f.Fuzz(func(t *testing.T, format uint8, content string) {
		s := Source{Stdin: strings.NewReader(content)}
		if n := int(format) % (len(Formats()) + 1); n > 0 {
			s.Format = Formats()[n-1]
		}
		if format >= 128 && s.Format != "fasttext" {
			s.GroupFields = []string{"g"}
		}
		texts := 0
		file, err := s.Read(t.Context(), "-", func(x Text) error {
			texts++
			if len(x.Labels) == 0 {
				t.Errorf("%q has no label", x.Text)
			}
			return nil
		})
		if texts != file.Texts || err == nil && texts == 0 {
			t.Errorf("%d texts of %d, error %v", texts, file.Texts, err)
		}
	})
}
