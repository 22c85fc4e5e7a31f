package ingest

import (
	"bytes"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"corpus"
)

// signalGutenberg is how many bytes of a text were the licence and the credits of Project Gutenberg.
const signalGutenberg = "gutenberg_bytes"

// The lines with which Project Gutenberg frames a book. Those of the years since 2001 or so have asterisks around; the texts of the
// nineties have a licence that they call the small print, and "End of" in plain words. All are ASCII, whatever the charset of the book.
var (
	gutenbergStart = regexp.MustCompile(`(?im)^[ \t]*\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG(?:[^*\n]*(?:\n[^*\n]+){0,3}\*{3}[^\n]*|[^\n]*)\n`)
	smallPrint     = regexp.MustCompile(`(?im)^[ \t]*\*END\*? ?\*?THE SMALL PRINT[^\n]*\n`)
	gutenbergEnd   = regexp.MustCompile(`(?im)^[ \t]*(?:\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG|(?:\*{3} ?)?END OF (?:THE |THIS )?PROJECT GUTENBERG['’]?S? )`)
	// Credits stand in the first paragraphs of the book, of which they are no part.
	credits = regexp.MustCompile(`(?i)^(?:\[?(?:produced|prepared|transcribed|scanned|digitized) (?:by|from)\b|(?:this |the )?e-?(?:text|book) (?:was )?(?:produced|prepared|scanned|transcribed) (?:by|from)\b)`)
	// The first line of an older text: "**The Project Gutenberg Etext of Title, by Author**".
	oldTitle = regexp.MustCompile(`(?im)^[* ]*(?:the )?project gutenberg['’]?s?\s(?:(?:e-?text|e-?book) (?:of )?)?(.+?),? by (.+?)[* \r]*$`)
)

const (
	// maxGutenbergHead is how far into a file its header may reach, in bytes. The longest small print has about 12 KiB.
	maxGutenbergHead = 64 << 10
	// maxCreditLines is the most lines of one paragraph of credits.
	maxCreditLines = 12
)

// gutenberg takes off what Project Gutenberg put around a book, and takes the title, author, language and date from it. Bytes
// without its markers are returned as they are, and so is a file of several books, whose later ones would be lost.
func gutenberg(d *corpus.Document, b []byte) []byte {
	if !bytes.Contains(b, []byte("utenberg")) && !bytes.Contains(b, []byte("UTENBERG")) {
		return b
	}
	head := b[:min(len(b), maxGutenbergHead)]
	start := 0
	if at := gutenbergStart.FindIndex(head); at != nil {
		start = at[1]
	}
	if at := smallPrint.FindIndex(head[start:]); at != nil {
		start += at[1]
	}
	end := len(b)
	if at := gutenbergEnd.FindIndex(b[start:]); at != nil && (start > 0 || bytes.Contains(b[at[0]:at[1]], []byte("***"))) {
		end = start + at[0] // without a header only the marker with asterisks is sure
	}
	if start == 0 && end == len(b) {
		return b
	}
	if gutenbergStart.Match(b[end:]) || smallPrint.Match(b[end:]) {
		return b
	}
	if start > 0 {
		declareBook(d, b[:start])
		start += creditBytes(b[start:end])
	}
	book := bytes.Trim(b[start:end], "\r\n")
	d.SetSignal(signalGutenberg, float64(len(b)-len(book)))
	return book
}

// creditBytes is the length of the paragraphs of credits, up to three, that a book begins with.
func creditBytes(b []byte) int {
	at := 0
	for range 3 {
		rest := b[at:]
		lead := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		rest = rest[lead:]
		if !credits.Match(rest[:min(len(rest), 200)]) {
			break
		}
		n, lines := 0, 0
		for n < len(rest) && lines <= maxCreditLines {
			line, _, _ := bytes.Cut(rest[n:], []byte("\n"))
			if len(bytes.TrimSpace(line)) == 0 {
				break
			}
			n, lines = min(n+len(line)+1, len(rest)), lines+1
		}
		if lines > maxCreditLines {
			break // a paragraph of the book after all
		}
		at += lead + n
	}
	return at
}

// declareBook takes what the header's lines "Name: value" say; a value goes on in lines that begin with white space.
func declareBook(d *corpus.Document, head []byte) {
	if !utf8.Valid(head) {
		head = latin1(head)
	}
	values := map[string]string{}
	name := ""
	for line := range strings.Lines(string(head)) {
		line = strings.TrimRight(line, "\r\n")
		if name != "" && strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
			values[name] += " " + strings.TrimSpace(line)
			continue
		}
		name = ""
		before, after, ok := strings.Cut(line, ":")
		if before = strings.ToLower(strings.TrimSpace(before)); ok && len(before) < 32 && values[before] == "" {
			name = before
			values[name] = strings.TrimSpace(after)
		}
	}
	d.Declared.Title, d.Declared.Author = oneLine(values["title"]), oneLine(values["author"])
	d.Declared.Language = oneLine(values["language"])
	d.Declared.Published = gutenbergDate(values["release date"])
	if d.Declared.Published == "" {
		d.Declared.Published = gutenbergDate(values["posting date"])
	}
	if m := oldTitle.FindStringSubmatch(string(head)); m != nil && d.Declared.Title == "" {
		d.Declared.Title = oneLine(m[1])
		if d.Declared.Author == "" {
			d.Declared.Author = oneLine(m[2])
		}
	}
}

// gutenbergDate reads "June 27, 2008 [eBook #11]", "March, 1994", "March 1994" and dates in ISO 8601.
func gutenbergDate(s string) string {
	s, _, _ = strings.Cut(s, "[")
	s = strings.TrimSpace(s)
	for _, form := range []struct{ layout, as string }{
		{"January 2, 2006", time.DateOnly}, {"January 2 2006", time.DateOnly}, {"January, 2006", "2006-01"}, {"January 2006", "2006-01"},
	} {
		if t, err := time.Parse(form.layout, s); err == nil && t.Year() >= 1971 { // the first text is of that year
			return t.Format(form.as)
		}
	}
	return normalizeDate(s, firstText)
}

// latin1 reads bytes as ISO 8859-1, the other charset of these texts.
func latin1(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}
