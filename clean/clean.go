// Package clean turns the bytes of a fetched page into plain text or Markdown that a model can be trained on, and into
// what the page declares about itself: charset, HTML to main text, metadata, Unicode and white-space normalisation.
//
// Invariants:
//   - The text of a document that the stage keeps is valid UTF-8 in NFC, has "\n" line ends, no control
//     characters but "\n" and "\t", none but code has more than one blank line in a row, and no blank line at its ends.
//   - One parse of a page, time and memory linear in its size (guard.go says why that needs care).
//   - No page is an error: what cannot be read is rejected with a reason.
//
// Example:
//
//	text, charset, err := clean.Text(body, "text/html; charset=windows-1251", clean.DefaultOptions())
package clean

import (
	"context"
	"fmt"
	"strings"

	"corpus"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Name is the stage's name in the ledger.
const Name = "clean"

// Values of Options.Extract.
const (
	ExtractMain = "main"
	ExtractAll  = "all"
)

// Values of Options.Format and Options.Links.
const (
	FormatText     = "text"
	FormatMarkdown = "markdown"
	LinksDrop      = "drop"
	LinksKeep      = "keep"
)

const (
	maxMinText = 1_000_000
	minMaxHTML = 1 << 10
	maxMaxHTML = 256 << 20 // decoded text grows to three times that and must stay within int32 offsets
)

// Options configures the stage.
type Options struct {
	// Extract says what to keep of an HTML page: main (the main content, without navigation, banners and comments) or all (the text of the whole body). Default main.
	Extract string `yaml:"extract" jsonschema:"enum=main,enum=all" jsonschema_description:"What to keep of an HTML page: main (the main content, without navigation, banners and comments) or all (the text of the whole body). Default main."`
	// Format says what the text of an HTML page is written as: text (plain text) or markdown (CommonMark with GitHub's tables). Default text.
	Format string `yaml:"format" jsonschema:"enum=text,enum=markdown" jsonschema_description:"What the text of an HTML page is written as: text (plain text) or markdown (CommonMark with GitHub's tables). Default text."`
	// Links says whether Markdown holds the addresses of links: drop (their text only) or keep. Default drop. Plain text never does.
	Links string `yaml:"links" jsonschema:"enum=drop,enum=keep" jsonschema_description:"Whether Markdown holds the addresses of links: drop (their text only) or keep. Default drop. Plain text never does."`
	// Focus says which mistakes to avoid in main content: precision (leave out what is in doubt), balanced, or recall (keep what is in doubt). Default balanced.
	Focus string `yaml:"focus" jsonschema:"enum=precision,enum=balanced,enum=recall" jsonschema_description:"Which mistakes to avoid in main content: precision (leave out what is in doubt), balanced, or recall (keep what is in doubt). Default balanced."`
	// MinText is the number of letters and digits below which main content counts as not found, so that the text of the whole body without its boilerplate is taken instead; 0 to 1000000, default 100.
	MinText int `yaml:"min_text" jsonschema:"minimum=0,maximum=1000000" jsonschema_description:"Number of letters and digits below which main content counts as not found, so that the text of the whole body without its boilerplate is taken instead; 0 to 1000000, default 100."`
	// MaxHTML is the number of bytes of a page that are read, the rest is cut; 1024 to 268435456, default 16777216.
	MaxHTML int `yaml:"max_html" jsonschema:"minimum=1024,maximum=268435456" jsonschema_description:"Number of bytes of a page that are read, the rest is cut; 1024 to 268435456, default 16777216."`
	// Repair undoes UTF-8 that was read as windows-1252, ISO-8859-1, windows-1250 or windows-1251 and encoded again, where the result is clearly better text; default false.
	Repair bool `yaml:"repair" jsonschema_description:"Undo UTF-8 that was read as windows-1252, ISO-8859-1, windows-1250 or windows-1251 and encoded again, where the result is clearly better text; default false."`
	// FoldQuotes writes typographic quotes and apostrophes as ' and \" and dashes as -, except one that starts a line; default false.
	FoldQuotes bool `yaml:"fold_quotes" jsonschema_description:"Write typographic quotes and apostrophes as ' and \" and dashes as -, except one that starts a line; default false."`
	// Remove lists CSS selectors of elements to take out of a page before anything else ("#cookie-notice", ".paywall aside"); default none.
	Remove []string `yaml:"remove" jsonschema_description:"CSS selectors of elements to take out of a page before anything else (#cookie-notice, .paywall aside); default none."`
}

// DefaultOptions returns the defaults named at the fields.
func DefaultOptions() Options {
	return Options{Extract: ExtractMain, Focus: FocusBalanced, Format: FormatText, Links: LinksDrop, MinText: 100, MaxHTML: 16 << 20}
}

// Validate returns an OptionError for the first field out of its range.
func (o Options) Validate() error {
	if o.Extract != ExtractMain && o.Extract != ExtractAll {
		return corpus.BadOption("extract", "%q is neither main nor all", o.Extract)
	}
	if o.Format != FormatText && o.Format != FormatMarkdown {
		return corpus.BadOption("format", "%q is neither text nor markdown", o.Format)
	}
	if o.Links != LinksDrop && o.Links != LinksKeep {
		return corpus.BadOption("links", "%q is neither drop nor keep", o.Links)
	}
	if o.Focus != FocusPrecision && o.Focus != FocusBalanced && o.Focus != FocusRecall {
		return corpus.BadOption("focus", "%q is not one of precision, balanced, recall", o.Focus)
	}
	if o.MinText < 0 || o.MinText > maxMinText {
		return corpus.BadOption("min_text", "%d is not within 0 to %d", o.MinText, maxMinText)
	}
	if o.MaxHTML < minMaxHTML || o.MaxHTML > maxMaxHTML {
		return corpus.BadOption("max_html", "%d is not within %d to %d", o.MaxHTML, minMaxHTML, maxMaxHTML)
	}
	_, err := o.removal()
	return err
}

// removal compiles the selectors of Remove; nil when there are none.
func (o Options) removal() (goquery.Matcher, error) {
	for i, text := range o.Remove {
		if _, err := cascadia.Compile(text); err != nil {
			return nil, corpus.BadOption(fmt.Sprintf("remove[%d]", i), "%q is not a CSS selector: %w", text, err)
		}
	}
	if len(o.Remove) == 0 {
		return nil, nil
	}
	return cascadia.Compile(strings.Join(o.Remove, ", "))
}

// Cleaner is the stage. It does not change once made and is safe for concurrent use.
type Cleaner struct {
	opts   Options
	model  *model
	remove goquery.Matcher // nil: nothing to remove
}

// New makes the stage; the error is an OptionError.
func New(opts Options) (*Cleaner, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	remove, err := opts.removal()
	if err != nil {
		return nil, err
	}
	m, err := builtIn()
	return &Cleaner{opts: opts, model: m, remove: remove}, err
}

// Name returns "clean".
func (c *Cleaner) Name() string { return Name }

// Process makes Text of HTML where there is HTML, fills in the fields of Declared that are empty, normalises Text, and sets HTML to nil.
// Rules: "binary" (value: the share of bytes or characters that no text has) and "empty".
// A page longer than MaxHTML leaves the number of bytes cut in the signal "clean_cut_bytes", one with more than 250,000 tags the number of
// those that were left out, while their text stayed, in "clean_cut_tags". What a parsed page says about its use is added to Rights, and the
// number of these statements is the signal "rights_html".
// The error is the context's.
func (c *Cleaner) Process(ctx context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.clean(doc)
	}
	return nil
}

func (c *Cleaner) clean(doc *corpus.Document) {
	if doc.HTML != nil {
		if cut := len(doc.HTML) - c.opts.MaxHTML; cut > 0 {
			doc.SetSignal("clean_cut_bytes", float64(cut))
		}
		if n := flattened(doc.HTML[:min(len(doc.HTML), c.opts.MaxHTML)]); n > 0 {
			doc.SetSignal("clean_cut_tags", float64(n))
		}
		text, _, said, err := c.extract(doc.HTML, doc.ContentType, doc.URL)
		doc.HTML, doc.Text, doc.Declared = nil, text, withDeclared(doc.Declared, said.Declared)
		if said.parsed {
			takeRights(doc, said.rights)
		}
		if err != nil {
			doc.Reject(Name, "binary", err.Share)
			return
		}
	} else {
		if c.opts.Repair {
			doc.Text = Repair(doc.Text)
		}
		if share, binary := binaryText(doc.Text); binary {
			doc.Text = Normalise(doc.Text)
			doc.Reject(Name, "binary", share)
			return
		}
		doc.Text = Normalise(doc.Text)
	}
	doc.Text = c.fold(doc.Text)
	if strings.Trim(doc.Text, " \t\n\uFFFD") == "" {
		doc.Text = ""
		doc.Reject(Name, "empty", nil)
	}
}

// BinaryError says that bytes taken for a page are no text.
type BinaryError struct {
	// Share is the share of bytes or characters that no text has, 0 to 1.
	Share float64
}

func (e *BinaryError) Error() string {
	return fmt.Sprintf("not text: %.3g of it is control bytes or cannot be decoded", e.Share)
}

// Text returns the text of a fetched page, in the format that the options name, and the name of the charset that it was decoded from (the WHATWG name, in lower
// case). contentType is the media type as the HTTP head declares it; it may be empty. A page
// of type text/plain, and one without any tag, is decoded and normalised only.
// The error is an OptionError or a *BinaryError.
func Text(page []byte, contentType string, opts Options) (text, charset string, err error) {
	c, err := New(opts)
	if err != nil {
		return "", "", err
	}
	text, charset, _, binary := c.extract(page, contentType, "")
	if binary != nil {
		return "", charset, binary
	}
	return c.fold(text), charset, nil
}

// fold is foldQuotes where the options ask for it.
func (c *Cleaner) fold(text string) string {
	if c.opts.FoldQuotes {
		return foldQuotes(text)
	}
	return text
}

// decode is Decode, and Repair where the options ask for it.
func (c *Cleaner) decode(page []byte, contentType string) (text, charset string) {
	text, charset = Decode(page, contentType)
	if c.opts.Repair {
		text = Repair(text)
	}
	return text, charset
}

func (c *Cleaner) extract(page []byte, contentType, address string) (text, charset string, said statements, err *BinaryError) {
	page = page[:min(len(page), c.opts.MaxHTML)]
	decoded, charset := c.decode(page, contentType)
	if charset != utf16LE && charset != utf16BE {
		if share, binary := binaryBytes(page); binary {
			return "", charset, said, &BinaryError{Share: share}
		}
	}
	if share, binary := binaryText(decoded); binary {
		return "", charset, said, &BinaryError{Share: share}
	}
	if isPlain(contentType) || !hasTag(decoded) {
		return Normalise(decoded), charset, said, nil
	}
	text, said = c.extractText(decoded, address)
	return text, charset, said, nil
}

// extractText makes text of a decoded HTML page. Pages that scripts would fill often hold their text once more
// for readers without scripts: only when there is little other text is the page parsed a second time, as a
// browser without scripts parses it.
func (c *Cleaner) extractText(page, address string) (text string, said statements) {
	p, root := c.readTree(page)
	said = readDeclared(root, address)
	if p.rich != nil {
		p.rich.links, p.rich.base = c.opts.Links == LinksKeep, said.base
	}
	if c.opts.Extract == ExtractMain {
		p.choose(c.model, c.opts.MinText, c.opts.Focus)
	}
	return p.render(), said
}

// read makes the list of blocks of a decoded page.
func (c *Cleaner) read(text string) *page {
	p, _ := c.readTree(text)
	return p
}

// readTree is read that also returns the tree that the blocks were read from.
func (c *Cleaner) readTree(text string) (*page, *html.Node) {
	main := c.opts.Extract == ExtractMain
	root := c.document(text, true)
	p := readMarked(root, main, false, c.rich())
	if !p.hasLetters(c.opts.MinText) && containsTag(text, "<noscript") {
		root = c.document(text, false)
		p = readMarked(root, main, true, c.rich())
	}
	return p, root
}

// document parses a page and takes out what the options name.
func (c *Cleaner) document(page string, scripting bool) *html.Node {
	root := parse(page, scripting)
	if c.remove != nil {
		goquery.NewDocumentFromNode(root).FindMatcher(c.remove).Remove()
	}
	return root
}

// containsTag reports whether s contains the start of a tag, in lower or upper case.
func containsTag(s, tag string) bool {
	return strings.Contains(s, tag) || strings.Contains(s, strings.ToUpper(tag))
}

// isPlain reports whether a media type is text/plain, with or without parameters.
func isPlain(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(t), "text/plain")
}

// hasTag reports whether s holds anything that an HTML tokenizer would take for a tag, comment or character reference.
func hasTag(s string) bool {
	for {
		i := strings.IndexAny(s, "<&")
		if i < 0 || i+1 >= len(s) {
			return false
		}
		c := s[i+1]
		if 'a' <= c|0x20 && c|0x20 <= 'z' || c == '/' || c == '!' || c == '?' || c == '#' {
			return true
		}
		s = s[i+1:]
	}
}
