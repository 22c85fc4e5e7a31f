package clean

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestProcess(t *testing.T) {
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(i * 167 >> 3)
	}
	tests := []struct {
		name       string
		doc        corpus.Document
		wantText   string
		wantReason *corpus.Reason
	}{
		{"page", corpus.Document{HTML: []byte("<p>Guten Tag \xFC"), ContentType: "text/html; charset=iso-8859-1"}, "Guten Tag ü", nil},
		{"text only", corpus.Document{Text: " a  b\r\n\n\n\nc "}, "a b\n\nc", nil},
		{"page wins over text", corpus.Document{HTML: []byte("<p>new"), Text: "old"}, "new", nil},
		{"empty page", corpus.Document{HTML: []byte{}}, "", &corpus.Reason{Stage: "clean", Rule: "empty"}},
		{"page of scripts", corpus.Document{HTML: []byte("<script>var a</script>")}, "", &corpus.Reason{Stage: "clean", Rule: "empty"}},
		{"no text", corpus.Document{}, "", &corpus.Reason{Stage: "clean", Rule: "empty"}},
		{"invisible text", corpus.Document{Text: "\u200B \uFEFF\n"}, "", &corpus.Reason{Stage: "clean", Rule: "empty"}},
		{"binary page", corpus.Document{HTML: []byte("<a>" + strings.Repeat("ab\x01\x02\x00", 100)), ContentType: "text/html"}, "", &corpus.Reason{Stage: "clean", Rule: "binary", Value: "0.5964"}},
		{"binary text", corpus.Document{Text: strings.Repeat("a\x00\x01b", 10)}, "abababababababababab", &corpus.Reason{Stage: "clean", Rule: "binary", Value: "0.5"}},
		{"undecodable text", corpus.Document{Text: strings.Repeat("\uFFFDa", 10)}, strings.Repeat("\uFFFDa", 10), &corpus.Reason{Stage: "clean", Rule: "binary", Value: "0.5"}},
		{"already dropped", corpus.Document{Text: " x ", Reason: &corpus.Reason{Stage: "filter", Rule: "url"}}, " x ", &corpus.Reason{Stage: "filter", Rule: "url"}},
	}
	c, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var _ corpus.Stage = c
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := tt.doc
			if err := c.Process(context.Background(), &corpus.Batch{Documents: []*corpus.Document{&doc}}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.wantReason, doc.Reason); diff != "" {
				t.Error(diff)
			}
			if doc.Text != tt.wantText || doc.HTML != nil {
				t.Errorf("text %q, want %q; html %q", doc.Text, tt.wantText, doc.HTML)
			}
		})
	}
	doc := corpus.Document{HTML: noise}
	if err := c.Process(context.Background(), &corpus.Batch{Documents: []*corpus.Document{&doc}}); err != nil || doc.Reason == nil || doc.Reason.Rule != "binary" {
		t.Errorf("random bytes: %v, reason %v", err, doc.Reason)
	}
}

func TestMaxHTML(t *testing.T) {
	opts := DefaultOptions()
	opts.MaxHTML = minMaxHTML
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	doc := corpus.Document{HTML: []byte("<p>" + strings.Repeat("word ", 1000))}
	if err := c.Process(context.Background(), &corpus.Batch{Documents: []*corpus.Document{&doc}}); err != nil {
		t.Fatal(err)
	}
	if got, want := doc.Signals["clean_cut_bytes"], float64(5003-minMaxHTML); got != want {
		t.Errorf("cut %v bytes, want %v", got, want)
	}
	if len(doc.Text) > minMaxHTML {
		t.Errorf("text of %d bytes", len(doc.Text))
	}
}

func TestCancelled(t *testing.T) {
	c, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Process(ctx, &corpus.Batch{Documents: []*corpus.Document{{Text: "x"}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOptions(t *testing.T) {
	tests := []struct {
		name, key string
		change    func(*Options)
	}{
		{"defaults", "", func(*Options) {}},
		{"all", "", func(o *Options) { o.Extract = ExtractAll }},
		{"unknown extract", "extract", func(o *Options) { o.Extract = "most" }},
		{"unknown format", "format", func(o *Options) { o.Format = "html" }},
		{"unknown links", "links", func(o *Options) { o.Links = "all" }},
		{"negative min_text", "min_text", func(o *Options) { o.MinText = -1 }},
		{"max_html of zero", "max_html", func(o *Options) { o.MaxHTML = 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := DefaultOptions()
			tt.change(&o)
			_, err := New(o)
			var bad *corpus.OptionError
			if errors.As(err, &bad) != (tt.key != "") || bad != nil && bad.Key != tt.key {
				t.Errorf("error %v, want one about %q", err, tt.key)
			}
			if _, _, textErr := Text(nil, "", o); (textErr == nil) != (err == nil) {
				t.Errorf("Text: %v, New: %v", textErr, err)
			}
		})
	}
}
