package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"corpus"
	"corpus/ingest/parquet"
)

// codecParquet is the Origin.Codec of a row.
const codecParquet = "parquet"

// maxGathered bounds what a row's other columns may take together as metadata, in bytes.
const maxGathered = 64 << 10

// parquetReader makes documents of the rows of one file.
type parquetReader struct {
	f        *file
	table    *parquet.File
	content  parquetContent
	rest     parquetRest
	gathered []*parquet.Node // top-level columns that become metadata, by name
	object   *parquet.Node   // the column that is metadata itself, nil for none
}

// parquetContent is where a row's text or page stands, by the columns that the file has, in order of preference.
type parquetContent struct {
	text, html, htmlBase64 []*parquet.Node
}

// parquetRest is where the other parts stand.
type parquetRest struct {
	roles roles
	nodes map[string]*parquet.Node // by the names of roles
}

// tracked remembers the first error of reading that is none of the file's bytes.
type tracked struct {
	in     *input
	r      io.ReaderAt
	failed error
}

func (t *tracked) ReadAt(p []byte, at int64) (int, error) {
	if t.failed == nil {
		t.failed = t.in.raw.ctx.Err()
	}
	if t.failed != nil {
		return 0, t.failed
	}
	n, err := t.r.ReadAt(p, at)
	if n < len(p) && err != nil {
		t.failed = err
	}
	return n, err
}

// readParquet yields the rows of a Parquet file. It is read through ReadAt where it can be, else in memory within the bound of a record.
func (f *file) readParquet(in *input, yield func(*corpus.Document) bool) {
	source := &tracked{in: in}
	var size int64
	var whole corpus.Origin
	if r, ok := f.r.(RandomAccess); ok && in.codec == nil {
		source.r, size = r, r.Size()
		whole.Length = size
	} else {
		b, d := wholeInput(in, f.opts, FormatParquet)
		whole = d.Origin
		if d.Reason != nil && in.raw.failed == nil {
			yield(d)
			return
		}
		source.r, size = bytes.NewReader(b), int64(len(b))
	}
	if in.raw.failed == nil {
		f.parquetRows(source, size, whole, 0, yield)
	}
	if source.failed != nil {
		in.raw.failed = source.failed
	}
}

// parquetRows yields the rows from one on. A file that cannot be read is one rejected document at the place whole.
func (f *file) parquetRows(r *tracked, size int64, whole corpus.Origin, from int64, yield func(*corpus.Document) bool) {
	table, err := parquet.Open(r, size, parquet.DefaultLimits())
	if r.failed != nil {
		return
	}
	if err != nil {
		d := &corpus.Document{Type: codecParquet, Origin: whole}
		rejectFault(d, err)
		yield(d)
		return
	}
	p := newParquetReader(f, table)
	rows := table.Reader(p.columns())
	rows.SeekRow(from)
	for {
		row, err := rows.Next()
		if r.failed != nil || err == io.EOF {
			return
		}
		d := &corpus.Document{Type: codecParquet, Origin: corpus.Origin{Codec: codecParquet, Length: 1}}
		if err != nil {
			var lost *parquet.LostRows
			if !errors.As(err, &lost) {
				r.failed = err
				return
			}
			d.Origin.Offset, d.Origin.Length = lost.First, lost.Count
			rejectFault(d, lost.Fault)
		} else {
			d.Origin.Offset = row.Index
			p.fill(d, row)
		}
		if !yield(d) {
			return
		}
	}
}

// rejectFault rejects what a fault of the file's bytes cost.
func rejectFault(d *corpus.Document, err error) {
	var fault *parquet.Fault
	if !errors.As(err, &fault) {
		d.Reject(Stage, RuleMalformed, clip(err.Error()))
		return
	}
	rule := RuleMalformed
	switch fault.Kind {
	case parquet.TooLarge:
		rule = RuleTooLarge
	case parquet.Unsupported:
		rule = RuleUndecodable
	case parquet.Encrypted:
		rule = RuleEncrypted
	}
	d.Reject(Stage, rule, clip(fault.Error()))
}

// readRow reads one row, or what stood for lost ones, again.
func readRow(r io.ReaderAt, size int64, o corpus.Origin, source string, opts Options) (*corpus.Document, error) {
	at, err := openAt(r, size, corpus.Origin{File: o.File, Length: size}, opts)
	if err != nil {
		return nil, err
	}
	defer at.close()
	if at.format.name != FormatParquet {
		return nil, fmt.Errorf("read %s: the file is no Parquet file", placeName(o))
	}
	f := &file{path: o.File, source: source, r: io.NewSectionReader(r, 0, size), opts: opts}
	t := &tracked{in: at.in, r: io.NewSectionReader(r, 0, size)}
	if at.in.codec != nil {
		b, d := wholeInput(at.in, opts, FormatParquet)
		if d.Reason != nil {
			return nil, fmt.Errorf("read %s: the file is rejected: %s", placeName(o), d.Reason.Rule)
		}
		t.r, size = bytes.NewReader(b), int64(len(b))
	}
	var found *corpus.Document
	f.parquetRows(t, size, corpus.Origin{Length: size}, o.Offset, f.finish(func(d *corpus.Document) bool {
		found = d
		return false
	}))
	if t.failed != nil {
		return nil, fmt.Errorf("read %s: %w", placeName(o), t.failed)
	}
	return found, nil
}

// newParquetReader finds the columns of a file that are known.
func newParquetReader(f *file, table *parquet.File) *parquetReader {
	roles := rolesOf(f.opts.Fields)
	p := &parquetReader{f: f, table: table, rest: parquetRest{roles: roles, nodes: map[string]*parquet.Node{}}}
	root := table.Root()
	used := map[*parquet.Node]bool{}
	content := func(names []string) (found []*parquet.Node) {
		for _, name := range names {
			if n := root.Find(name); n != nil && n.Leaf >= 0 && n.Rep == 0 && (n.Type == parquet.ByteArray || n.Type == parquet.FixedByteArray) {
				found = append(found, n)
				used[topOf(root, n)] = true // a group that holds the text is no metadata
			}
		}
		return found
	}
	p.content.html, p.content.htmlBase64 = content(roles.html), content(roles.htmlBase64)
	text := roles.text
	if len(p.content.html)+len(p.content.htmlBase64) > 0 && len(text) > 1 {
		text = text[:1]
	}
	p.content.text = content(text)
	for _, names := range [][]string{roles.id, roles.url, roles.date, roles.source, roles.contentType, roles.title, roles.author, roles.language, roles.license} {
		for _, name := range names {
			if n := root.Find(name); n != nil {
				p.rest.nodes[name] = n
				used[n] = true
				break // the others are metadata
			}
		}
	}
	if f.opts.Fields.Metadata != "" {
		for _, name := range roles.metadata {
			if n := root.Child(name); n != nil && p.object == nil && !used[n] {
				p.object = n
				used[n] = true
			}
		}
		for _, c := range root.Children {
			if !used[c] && root.Child(c.Name) == c {
				p.gathered = append(p.gathered, c)
			}
		}
		slices.SortFunc(p.gathered, func(a, b *parquet.Node) int { return strings.Compare(a.Name, b.Name) })
	}
	return p
}

// topOf is the top-level column that a leaf belongs to.
func topOf(root, leaf *parquet.Node) *parquet.Node {
	for _, c := range root.Children {
		if slices.Contains(c.Leaves(), leaf) {
			return c
		}
	}
	return leaf
}

// columns are those that have to be read.
func (p *parquetReader) columns() []*parquet.Node {
	seen := map[*parquet.Node]bool{}
	var all []*parquet.Node
	add := func(nodes ...*parquet.Node) {
		for _, n := range nodes {
			for _, leaf := range n.Leaves() {
				if !seen[leaf] {
					seen[leaf] = true
					all = append(all, leaf)
				}
			}
		}
	}
	add(p.content.text...)
	add(p.content.html...)
	add(p.content.htmlBase64...)
	for _, n := range p.rest.nodes {
		add(n)
	}
	if p.object != nil {
		add(p.object)
	}
	add(p.gathered...)
	if len(all) == 0 {
		add(p.table.Root().Leaves()[0]) // rows are counted all the same
	}
	slices.SortFunc(all, func(a, b *parquet.Node) int { return a.Leaf - b.Leaf })
	return all
}

// fill makes a document of a row.
func (p *parquetReader) fill(d *corpus.Document, row *parquet.Row) {
	o := &object{fields: p.fields(row)}
	o.common(d, &p.rest.roles)
	d.Metadata = p.metadata(row, d.Metadata)
	raw, kind := p.take(d, row)
	if len(raw) > 0 {
		d.Origin.Digest = corpus.PayloadDigest(raw)
	}
	switch {
	case d.Reason != nil:
	case kind == "":
		d.Reject(Stage, RuleNoText, nil)
	case strings.TrimSpace(d.Text) == "" && len(bytes.TrimSpace(d.HTML)) == 0:
		d.Reject(Stage, RuleEmpty, nil)
	}
}

// take sets the document's content, and returns its bytes and the kind of column that they came from, empty for none.
func (p *parquetReader) take(d *corpus.Document, row *parquet.Row) (raw []byte, kind string) {
	for _, from := range []struct {
		kind    string
		columns []*parquet.Node
	}{{"base64", p.content.htmlBase64}, {"html", p.content.html}, {"text", p.content.text}} {
		for _, column := range from.columns {
			v := row.Values(column)
			if len(v) == 0 || int(v[0].Def) < column.Def {
				continue
			}
			raw = v[0].Bytes
			if int64(len(raw)) > p.f.opts.MaxRecordBytes {
				d.Reject(Stage, RuleTooLarge, len(raw))
				return raw, from.kind
			}
			switch {
			case from.kind == "base64":
				html, err := decodeBase64(string(raw))
				if err != nil {
					d.Reject(Stage, RuleUndecodable, "base64")
				}
				d.HTML = html
			case from.kind == "html" || !column.IsText() && looksLikeHTML(raw):
				d.HTML = bytes.Clone(raw)
				if column.IsText() {
					d.ContentType = "text/html; charset=utf-8" // the column's text is UTF-8, whatever the page was served as
				} else if d.ContentType == "" {
					d.ContentType = "text/html"
				}
			default:
				d.Text = strings.ToValidUTF8(string(raw), "\ufffd")
			}
			return raw, from.kind
		}
	}
	return nil, ""
}

// fields are the values of the columns that are known, in JSON, as a JSON line would have them.
func (p *parquetReader) fields(row *parquet.Row) map[string]json.RawMessage {
	fields := make(map[string]json.RawMessage, len(p.rest.nodes))
	for name, n := range p.rest.nodes {
		if b, ok := n.AppendJSON(nil, row, int(p.f.opts.MaxRecordBytes)); ok {
			fields[name] = b
		}
	}
	if p.object != nil {
		if b, ok := p.object.AppendJSON(nil, row, maxGathered); ok {
			fields[p.object.Name] = b
		}
	}
	return fields
}

// metadata joins the columns that are not otherwise known into one object, by name. A column that would make it larger than the bound is
// left out, and so is a null. The keys of carried, an object that the row has as its metadata, come first.
func (p *parquetReader) metadata(row *parquet.Row, carried []byte) []byte {
	var out []byte
	own, _ := parseObject(carried)
	if len(own.fields) > 0 {
		out = bytes.TrimRight(bytes.TrimSuffix(bytes.TrimSpace(carried), []byte("}")), " \t\r\n")
		out = bytes.Clone(out)
	}
	for _, n := range p.gathered {
		if own.fields[n.Name] != nil {
			continue
		}
		value, ok := n.AppendJSON(nil, row, maxGathered)
		if !ok || string(value) == "null" || len(out)+len(value)+len(n.Name)+8 > maxGathered {
			continue
		}
		if len(out) == 0 {
			out = append(out, '{')
		} else {
			out = append(out, ',')
		}
		out = append(append(append(out, parquet.Quote(n.Name)...), ':'), value...)
	}
	if len(out) == 0 {
		return nil
	}
	return append(out, '}')
}
