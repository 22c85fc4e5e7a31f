package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

const modernHead = "\ufeffThe Project Gutenberg eBook of The Made Up Tale\r\n\r\nThis eBook is for the use of anyone.\r\n\r\nTitle: The Made Up Tale\r\n        of Two Lines\r\n\r\nAuthor: A. Nobody\r\n\r\n" +
	"Release date: June 27, 2008 [eBook #99999]\r\n                Most recently updated: May 1, 2020\r\n\r\nLanguage: English\r\n\r\nCredits: Somebody\r\n\r\n\r\n"

const modernTail = "\r\n\r\n*** END OF THE PROJECT GUTENBERG EBOOK THE MADE UP TALE ***\r\n\r\nUpdated editions will replace the previous one.\r\n*** START: FULL LICENSE ***\r\n"

func TestGutenberg(t *testing.T) {
	book := "CHAPTER I.\r\n\r\nIt was a made up day.\r\n\r\nTHE END"
	declared := corpus.Declared{Title: "The Made Up Tale of Two Lines", Author: "A. Nobody", Language: "English", Published: "2008-06-27"}
	old := "**The Project Gutenberg Etext of The Old Tale, by An Author**\n\n***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nWhy is this here?\n" +
		"*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\nThis etext was prepared by Some One, somewhere,\nin a year.\n\n\n"
	for _, test := range []struct {
		name, content, text string
		want                corpus.Declared
	}{
		{"modern", modernHead + "*** START OF THE PROJECT GUTENBERG EBOOK THE MADE UP TALE ***\r\n\r\n\r\n\r\nProduced by Some One and the\r\nteam of others\r\n\r\n\r\n" + book + modernTail, book, declared},
		{"marker over two lines", modernHead + "*** START OF THIS PROJECT GUTENBERG EBOOK THE MADE\r\nUP TALE ***\r\n\r\n" + book + modernTail, book, declared},
		{"two ends", modernHead + "***START OF THE PROJECT GUTENBERG EBOOK X***\r\n\r\n" + book + "\r\n\r\nEnd of the Project Gutenberg EBook of X, by Y\r\n" + modernTail, book, declared},
		{"small print", old + book + "\n\nEnd of Project Gutenberg's The Old Tale, by An Author\n\n", book, corpus.Declared{Title: "The Old Tale", Author: "An Author"}},
		{"end alone", book + modernTail, book, corpus.Declared{}},
		{"produced by in the book", modernHead + "*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\n\r\nProduced as it was, the tale is made up.\r\n" + modernTail, "Produced as it was, the tale is made up.", declared},
		{"several books", modernHead + "*** START OF THE PROJECT GUTENBERG EBOOK X ***\n" + book + modernTail + "*** START OF THE PROJECT GUTENBERG EBOOK Y ***\n" + book, "", corpus.Declared{}},
		{"end in plain words alone", "End of Project Gutenberg's fame was near.\nMore.\n", "", corpus.Declared{}},
		{"another text", "Start of the text.\nProject Gutenberg is mentioned.\nTitle: none\n", "Start of the text.\nProject Gutenberg is mentioned.\nTitle: none\n", corpus.Declared{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.text == "" {
				test.text = strings.TrimPrefix(test.content, "\ufeff") // left alone
			}
			d := readAll(t, "x.txt", test.content, smallOptions())[0]
			if diff := cmp.Diff(test.text, d.Text); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, d.Declared); diff != "" {
				t.Error(diff)
			}
			if removed := d.Signals[signalGutenberg]; int(removed) != len(test.content)-len(test.text) && int(removed) != 0 {
				t.Errorf("%v bytes were removed of %d that became %d", removed, len(test.content), len(test.text))
			}
			if d.Origin.Digest != corpus.PayloadDigest([]byte(test.content)) {
				t.Error("the digest is not that of the file")
			}
			checkPlaces(t, "x.txt", test.content, []*corpus.Document{d}, smallOptions())
			opts := smallOptions()
			opts.Gutenberg = GutenbergOff
			if d := readAll(t, "x.txt", test.content, opts)[0]; d.Text != strings.TrimPrefix(test.content, "\ufeff") || d.Signals != nil {
				t.Errorf("off: %q", d.Text)
			}
		})
	}
}

// A book in another charset goes on to the stage that decodes pages, without its licence.
func TestGutenbergCharset(t *testing.T) {
	content := strings.Replace(modernHead, "\ufeff", "", 1) + "*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\nCaf\xe9" + modernTail
	content = strings.Replace(content, "A. Nobody", "A. N\xf6body", 1)
	d := readAll(t, "x.txt", content, smallOptions())[0]
	if string(d.HTML) != "Caf\xe9" || d.ContentType != "text/plain" || d.Text != "" || d.Declared.Author != "A. Nöbody" {
		t.Errorf("got %q %q %+v", d.HTML, d.ContentType, d.Declared)
	}
	if d := readAll(t, "x.txt", modernHead+"*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\n\r\n"+modernTail, smallOptions())[0]; d.Reason == nil || d.Reason.Rule != RuleEmpty {
		t.Errorf("a licence without a book: %+v", d.Reason)
	}
}
