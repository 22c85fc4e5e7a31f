package clean

import (
	"errors"
	"strings"
	"testing"

	"corpus"
)

func TestRemove(t *testing.T) {
	page := `<body><div id="promo"><p>Buy our lamps, they are the best lamps that anyone ever sold in this town.</p></div>
<article><p>The lamp lighter walked along the quay every evening and lit forty lamps before the tide came in.</p>
<p class="note">Editor's note: this text was moved here from another page of ours last week.</p></article></body>`
	opts := DefaultOptions()
	opts.Extract = ExtractAll
	opts.Remove = []string{"#promo, aside", "article > p.note"}
	text, _, err := Text([]byte(page), "text/html", opts)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "Buy") || strings.Contains(text, "Editor") || !strings.Contains(text, "lamp lighter") {
		t.Errorf("got %q", text)
	}

	opts.Remove = []string{"p", "p[["}
	var opt *corpus.OptionError
	if _, err := New(opts); !errors.As(err, &opt) || opt.Key != "remove[1]" {
		t.Errorf("got %v, want an error about remove[1]", err)
	}
}
