package ingest

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"corpus"
	"corpus/internal/storage"
)

// format is what a file was found to be.
type format struct {
	name        string    // one of the Format constants; empty for a kind that is not read
	unsupported string    // the name of that kind
	site        *wikiSite // what a MediaWiki export says before its pages; else nil
}

// sniffBytes is how much of the decoded content detection may look at.
const sniffBytes = 64 << 10

// magics are the first bytes of kinds that are known and not read.
var magics = []struct{ prefix, kind string }{
	{"PK\x03\x04", "zip"},
	{"PK\x05\x06", "zip"},
	{"PAR1", FormatParquet},
	{"PARE", FormatParquet}, // encrypted
	{"%PDF-", FormatPDF},
	{"BZh", "bzip2"},
	{"\xfd7zXZ\x00", "xz"},
	{"\x04\x22\x4d\x18", "lz4"},
	{"7z\xbc\xaf\x27\x1c", "7z"},
	{"\x1f\x8b", "gzip"}, // twice compressed
	{"\x28\xb5\x2f\xfd", "zstd"},
	{"CDX ", "cdx"},
	{"!OpenWayback-CDXJ", "cdxj"},
	{"!meta {", "cdxj"},
}

// kinds are the formats that a name's extension stands for, once .gz or .zst is off.
var kinds = map[string]format{
	".warc": {name: FormatWARC}, ".wet": {name: FormatWARC},
	".wat": {unsupported: "wat"}, ".arc": {name: FormatARC},
	".cdx": {unsupported: "cdx"}, ".cdxj": {unsupported: "cdxj"},
	".wacz": {unsupported: "wacz"}, ".zip": {unsupported: "zip"},
	".parquet": {name: FormatParquet}, ".pdf": {name: FormatPDF},
	".jsonl": {name: FormatJSONL}, ".ndjson": {name: FormatJSONL},
	".json": {name: FormatJSON}, ".xml": {unsupported: "xml"},
	".mhtml": {unsupported: "mhtml"}, ".mht": {unsupported: "mhtml"},
	".html": {name: FormatHTML}, ".htm": {name: FormatHTML}, ".xhtml": {name: FormatHTML},
	".txt": {name: FormatText}, ".text": {name: FormatText}, ".md": {name: FormatText},
}

// A line of an index: a sortable address, a time of 14 digits, then JSON (CDXJ) or columns (CDX).
var (
	cdxjLine = regexp.MustCompile(`^\S+ \d{14} ?\{`)
	cdxLine  = regexp.MustCompile(`^\S+ \d{14} \S+ \S+ \S+ `)
)

// detect finds a file's format: the one asked for, else by content, else by name.
func (in *input) detect(file, asked string) format {
	f := in.detectKind(file, asked)
	if f.name == FormatMediaWiki {
		head := in.ensure(sniffBytes)
		f.site = readSite(head[:min(len(head), sniffBytes)])
	}
	return f
}

func (in *input) detectKind(file, asked string) format {
	head := in.ensure(sniffBytes)
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n\f")
	blind := len(in.marks) > 0 && in.marks[0].stops() && in.marks[0].cause != end
	if len(trimmed) == 0 && !blind && len(head) < sniffBytes {
		return format{unsupported: "empty"}
	}
	if asked != FormatAuto {
		return format{name: asked}
	}
	byName := kinds[extension(file)]
	if f, ok := byContent(head, trimmed, byName); ok {
		return f
	}
	if byName != (format{}) {
		return byName
	}
	if looksLikeText(head) {
		return format{name: FormatText}
	}
	return format{unsupported: "binary"}
}

// byContent knows the formats whose beginning is unmistakable.
func byContent(head, trimmed []byte, byName format) (format, bool) {
	if n := versionLine(trimmed); n > 0 {
		if byName.unsupported == "wat" || isWAT(trimmed) {
			return format{unsupported: "wat"}, true
		}
		return format{name: FormatWARC}, true
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) || m.kind == "cdx" && bytes.HasPrefix(trimmed, []byte(m.prefix)) {
			if m.kind == "zip" && byName.unsupported == "wacz" {
				return byName, true
			}
			if m.kind == FormatParquet || m.kind == FormatPDF {
				return format{name: m.kind}, true
			}
			return format{unsupported: m.kind}, true
		}
	}
	switch {
	case beginsArc(trimmed):
		return format{name: FormatARC}, true
	case cdxjLine.Match(trimmed):
		return format{unsupported: "cdxj"}, true
	case cdxLine.Match(trimmed):
		return format{unsupported: "cdx"}, true
	case bytes.HasPrefix(trimmed, []byte("{")):
		return jsonKind(trimmed, byName)
	case objectsInArray.Match(trimmed) && (byName == format{} || byName.name == FormatJSON):
		return format{name: FormatJSON}, true
	case isExport(trimmed):
		return format{name: FormatMediaWiki}, true
	case looksLikeHTML(trimmed):
		return format{name: FormatHTML}, true
	case byName.name == FormatWARC || byName.name == FormatARC || byName.name == FormatJSONL:
		// Damage at the beginning must not turn such a file into a text.
		return byName, true
	}
	return format{}, false
}

// jsonKind tells JSON Lines from one JSON value over several lines.
func jsonKind(trimmed []byte, byName format) (format, bool) {
	if byName.name == FormatJSONL {
		return byName, true
	}
	line, rest, whole := bytes.Cut(trimmed, []byte("\n"))
	if !whole && len(trimmed) >= sniffBytes-1024 {
		// A line longer than what was looked at: only the name can tell.
		return byName, byName != format{}
	}
	if json.Valid(line) {
		return format{name: FormatJSONL}, true
	}
	if len(rest) > 0 && byName.name == FormatJSON {
		return byName, true
	}
	return format{}, false
}

// objectsInArray is how an array of objects begins.
var objectsInArray = regexp.MustCompile(`^\[\s*\{\s*"`)

// isWAT says whether the first record behind warcinfo records is an envelope of metadata in JSON.
func isWAT(b []byte) bool {
	for range 4 {
		n := versionLine(b)
		if n == 0 {
			return false
		}
		var h warcHeader
		size, ok := h.parse(b)
		if !ok {
			return false
		}
		if h.kind == "metadata" {
			return strings.HasPrefix(strings.ToLower(h.contentType), "application/json") &&
				bytes.Contains(b[size:min(len(b), size+4096)], []byte(`"Envelope"`))
		}
		length, ok := h.length()
		if h.kind != "warcinfo" || !ok || length > int64(len(b)-size) {
			return false
		}
		b = bytes.TrimLeft(b[size+int(length):], "\r\n")
	}
	return false
}

// extension is a name's last extension in lower case, without a compression's.
func extension(file string) string {
	name := strings.ToLower(path.Base(storage.Redacted(file))) // without the parameters of an address
	for _, compression := range []string{".gz", ".zst", ".zstd", ".gzip", ".bz2", ".bzip2"} {
		if rest, ok := strings.CutSuffix(name, compression); ok {
			name = rest
			break
		}
	}
	return path.Ext(name)
}

var utf8BOM = []byte("\xef\xbb\xbf")

// looksLikeText says whether the beginning of a file is text: UTF-16 by its mark,
// or no control characters but white space, and UTF-8 or mostly ASCII.
func looksLikeText(b []byte) bool {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return true
	}
	ascii := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b || c == 0x7f {
			return false
		}
		if c < 0x80 {
			ascii++
		}
	}
	// The last character may be cut.
	for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b); i++ {
		if i == utf8.UTFMax-1 {
			return ascii*2 > len(b)
		}
		b = b[:len(b)-1]
	}
	return true
}

// readUnsupported yields the one document of a file of an unsupported kind. The
// file is read to its end, for its size and for whoever counts its bytes.
func readUnsupported(in *input, kind string, yield func(*corpus.Document) bool) {
	size := in.drain()
	if in.raw.failed != nil {
		return
	}
	d := &corpus.Document{Origin: corpus.Origin{Length: size}}
	d.Reject(Stage, RuleUnsupportedFormat, kind)
	yield(d)
}
