package ingest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"corpus"
)

// roles are the names under which the parts of a document are looked for, in order. A name with dots goes into an object, where
// no field has the whole name.
type roles struct {
	id, text, url, date, metadata, html, htmlBase64, source, contentType []string
	title, author, language, license                                     []string
}

// rolesOf lists the configured name of each part. Behind a name that was left at its default come those under which known
// corpora keep that part: Dolma and peS2o; the Pile, SlimPajama and RedPajama 1 (meta); OSCAR 22.01 and later (content,
// warc_headers); mC4, C4 and CulturaX (timestamp); RefinedWeb (content); RedPajama 2 (raw_content, date_download); The Stack (content,
// hexsha); the tables of data-prep-kit (contents). A name that was configured is the only one.
func rolesOf(f Fields) roles {
	d := DefaultOptions().Fields
	return roles{
		id:          names(f.ID, d.ID, "document_id", "doc_id", "warc_headers.warc-record-id", "hexsha", "blob_id"),
		text:        names(f.Text, d.Text, "content", "raw_content", "contents"),
		url:         names(f.URL, d.URL, "warc_headers.warc-target-uri", "metadata.url", "meta.url"),
		date:        names(f.Date, d.Date, "created", "added", "timestamp", "date_download", "warc_headers.warc-date", "meta.timestamp", "meta.date"),
		metadata:    names(f.Metadata, d.Metadata, "meta"),
		html:        names(f.HTML, d.HTML),
		htmlBase64:  names(f.HTMLBase64, d.HTMLBase64),
		source:      names(f.Source, d.Source, "meta.pile_set_name", "meta.redpajama_set_name", "meta.source"),
		contentType: names(f.ContentType, d.ContentType),
		title:       []string{"title", "metadata.title", "meta.title"},
		author:      []string{"author", "metadata.author", "metadata.authors", "meta.author"},
		language: []string{"language", "metadata.identification.label", "metadata.language", "meta.language",
			"warc_headers.warc-identified-content-language", "lang"},
		license: []string{"license", "licence", "metadata.license", "meta.license", "max_stars_repo_licenses", "detected_licenses"},
	}
}

// names is the configured name, and what else is tried where that is the default.
func names(configured, normal string, others ...string) []string {
	switch configured {
	case "":
		return nil
	case normal:
		return append([]string{configured}, others...)
	}
	return []string{configured}
}

// object is a JSON object whose inner objects are decoded when they are asked for. Its fields are in a list or in a map.
type object struct {
	list   []field
	fields map[string]json.RawMessage
	inner  map[string]*object
}

// field is the value of a field. Of several with one name the last counts.
func (o *object) field(name string) (value json.RawMessage, ok bool) {
	if o.list == nil {
		value, ok = o.fields[name]
		return value, ok
	}
	for i := len(o.list) - 1; i >= 0; i-- {
		if o.list[i].name == name {
			return o.list[i].value, true
		}
	}
	return nil, false
}

func parseObject(b []byte) (*object, error) {
	o := &object{}
	err := json.Unmarshal(b, &o.fields)
	return o, err
}

// get is the value at a path, or nothing.
func (o *object) get(path string) json.RawMessage {
	if v, ok := o.field(path); ok || path == "" {
		return v
	}
	outer, rest, ok := strings.Cut(path, ".")
	if !ok {
		return nil
	}
	around, _ := o.field(outer)
	if len(around) == 0 {
		return nil
	}
	key, _, _ := strings.Cut(rest, ".")
	if !bytes.Contains(around, []byte(key)) && bytes.IndexByte(around, '\\') < 0 { // a name may be written with escapes
		return nil // most lines: nothing to decode
	}
	in, known := o.inner[outer]
	if !known {
		in, _ = readObject(objectBytes(around))
		if o.inner == nil {
			o.inner = make(map[string]*object)
		}
		o.inner[outer] = in
	}
	return in.get(rest)
}

// first is the first value of some paths for which take is true.
func (o *object) first(paths []string, take func(json.RawMessage) bool) {
	for _, path := range paths {
		if v := o.get(path); len(v) > 0 && take(v) {
			return
		}
	}
}

// text is the first string of some paths.
func (o *object) text(paths []string) (s string, ok bool) {
	o.first(paths, func(v json.RawMessage) bool {
		s, ok = text(v)
		return ok
	})
	return s, ok
}

// objectBytes is a JSON object, also one that stands in a string as some tables keep it; nil for other values.
func objectBytes(v json.RawMessage) []byte {
	b := bytes.TrimSpace(v)
	if s, ok := text(b); ok {
		b = []byte(strings.TrimSpace(s))
		if !json.Valid(b) {
			return nil
		}
	}
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	return b
}

// common takes the parts that any shape has but its content.
func (o *object) common(d *corpus.Document, r *roles) {
	o.first(r.id, func(v json.RawMessage) bool {
		d.ID = bare(idText(v))
		return d.ID != ""
	})
	d.URL, _ = o.text(r.url)
	d.URL = bare(d.URL)
	d.Source, _ = o.text(r.source)
	d.ContentType, _ = o.text(r.contentType)
	o.first(r.date, func(v json.RawMessage) bool {
		s := idText(v) // a year may be a number
		if len(s) > 10 && s[4] == '/' && s[7] == '/' {
			s = s[:4] + "-" + s[5:7] + "-" + s[8:] // CulturaX
		}
		d.Date = normalizeDate(s, firstText)
		return d.Date != ""
	})
	o.first(r.metadata, func(v json.RawMessage) bool {
		d.Metadata = bytes.Clone(objectBytes(v)) // v is part of the line
		return d.Metadata != nil
	})
	d.Declared = corpus.Declared{
		Title:    o.line(r.title),
		Author:   o.line(r.author),
		Language: o.language(r.language),
		License:  o.line(r.license),
	}
	d.Rights = o.rights()
}

// maxStatements bounds the statements of rights that a line carries on.
const maxStatements = 64

// rights are the statements that corpus ingest or clean wrote under "rights"; any other value of that name says nothing to us.
func (o *object) rights() (list []corpus.Evidence) {
	v := o.get("rights")
	if len(v) == 0 || v[0] != '[' || json.Unmarshal(v, &list) != nil {
		return nil
	}
	list = slices.DeleteFunc(list[:min(len(list), maxStatements)], func(e corpus.Evidence) bool { return e.Kind == "" || e.Where == "" })
	for i := range list {
		e := &list[i]
		e.Kind, e.Where, e.Value = oneLine(e.Kind), oneLine(e.Where), oneLine(e.Value)
	}
	return list
}

// bare takes the angle brackets of WARC headers off, which OSCAR keeps.
func bare(s string) string {
	if strings.HasPrefix(s, "<") {
		return unbracket(s)
	}
	return s
}

// line is the first text of some paths on one line. Several texts in a list are joined.
func (o *object) line(paths []string) (line string) {
	o.first(paths, func(v json.RawMessage) bool {
		line = oneLine(strings.Join(texts(v), "; "))
		return line != ""
	})
	return line
}

// language is the first text of some paths that can be a language's tag or name. OSCAR lists several; "lang" may also name a
// programming language, which is written with a capital.
func (o *object) language(paths []string) (language string) {
	for _, path := range paths {
		s, _ := text(o.get(path))
		s, _, _ = strings.Cut(s, ",")
		s = oneLine(s)
		if s == "" || len(s) > 64 || path == "lang" && (len(s) > 3 || strings.ToLower(s) != s) {
			continue
		}
		return s
	}
	return ""
}

// texts are the strings of a value: itself, or those in an array.
func texts(v json.RawMessage) []string {
	if s, ok := text(v); ok {
		return []string{s}
	}
	var list []json.RawMessage
	if len(v) == 0 || v[0] != '[' || json.Unmarshal(v, &list) != nil {
		return nil
	}
	var all []string
	for _, item := range list[:min(len(list), 64)] {
		if s, ok := text(item); ok && strings.TrimSpace(s) != "" {
			all = append(all, strings.TrimSpace(s))
		}
	}
	return all
}

// oneLine is s as Declared takes it: valid UTF-8, one line, at most 1 KiB.
func oneLine(s string) string {
	if len(s) > 8*maxShortBytes {
		s = s[:8*maxShortBytes]
	}
	return strings.TrimSpace(shorten(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")))
}
