// Package crawltest writes a small crawl in the layout of commoncrawl.org, for tests: WARC and WET files, their lists, and both forms
// of the index.
//
// Example:
//
//	crawl := crawltest.Crawl{Name: "CC-MAIN-2025-13", Files: 2, BlockLines: 3, Pages: pages}
//	records, err := crawl.Write(dir)
package crawltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"
)

// Crawl is what is written.
type Crawl struct {
	Name string
	// Files is the number of WARC files, over which the pages are dealt out in turn.
	Files int
	// BlockLines is the number of lines of a block of the index; the real one has 3,000.
	BlockLines int
	Pages      []Page
}

// Page is one page of a crawl.
type Page struct {
	URL string
	// Language is the index's: "deu" or "deu,eng".
	Language string
	HTML     string
}

// Record is where a page's record lies.
type Record struct {
	Page
	// Key is the index's key of the page.
	Key            string
	File           string // below the crawl's folder
	Offset, Length int64
}

// Write writes the crawl into a folder and returns its records in the order of the index.
func (c Crawl) Write(dir string) ([]Record, error) {
	w := writer{dir: dir}
	records := c.warcs(&w)
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.line(), b.line()) })
	c.cdx(&w, records)
	c.table(&w, records)
	return records, w.err
}

// writer writes files and remembers the first error.
type writer struct {
	dir string
	err error
}

func (w *writer) file(name string, data []byte) {
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if w.err == nil {
		w.err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if w.err == nil {
		w.err = os.WriteFile(path, data, 0o644)
	}
}

func (w *writer) member(data string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(data))
	if err == nil {
		err = z.Close()
	}
	if w.err == nil {
		w.err = err
	}
	return b.Bytes()
}

func (c Crawl) warcs(w *writer) []Record {
	var records []Record
	warc, wet := make([]bytes.Buffer, c.Files), make([]bytes.Buffer, c.Files)
	var warcs, wets []string
	for i := range c.Files {
		segment := fmt.Sprintf("crawl-data/%s/segments/%d/", c.Name, 1700000000+i)
		warcs = append(warcs, fmt.Sprintf("%swarc/%s-%05d.warc.gz", segment, c.Name, i))
		wets = append(wets, fmt.Sprintf("%swet/%s-%05d.warc.wet.gz", segment, c.Name, i))
		for _, b := range []*bytes.Buffer{&warc[i], &wet[i]} {
			b.Write(w.member(warcRecord("warcinfo", "", "application/warc-fields", "software: test\r\n")))
		}
	}
	for n, p := range c.Pages {
		i := n % c.Files
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n", len(p.HTML))
		response := w.member(warcRecord("response", p.URL, "application/http; msgtype=response", head+p.HTML))
		warc[i].Write(w.member(warcRecord("request", p.URL, "application/http; msgtype=request", "GET / HTTP/1.1\r\n\r\n")))
		records = append(records, Record{Page: p, Key: surt(p.URL), File: warcs[i], Offset: int64(warc[i].Len()), Length: int64(len(response))})
		warc[i].Write(response)
		wet[i].Write(w.member(warcRecord("conversion", p.URL, "text/plain", "The text of "+p.URL+" as plain text.\n")))
	}
	for i := range c.Files {
		w.file(warcs[i], warc[i].Bytes())
		w.file(wets[i], wet[i].Bytes())
	}
	w.file("crawl-data/"+c.Name+"/warc.paths.gz", w.member(strings.Join(warcs, "\n")+"\n"))
	w.file("crawl-data/"+c.Name+"/wet.paths.gz", w.member(strings.Join(wets, "\n")+"\n"))
	return records
}

func warcRecord(kind, target, contentType, block string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Date: 2025-03-15T12:00:00Z\r\n", kind)
	if target != "" {
		fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", target)
	}
	fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", contentType, len(block), block)
	return b.String()
}

// surt is the key of an address: as the index has it, for plain addresses.
func surt(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	names := strings.Split(strings.TrimPrefix(u.Hostname(), "www."), ".")
	slices.Reverse(names)
	key := strings.Join(names, ",")
	if u.Port() != "" {
		key += ":" + u.Port()
	}
	return key + ")" + u.RequestURI()
}

// line is the record's line of the index.
func (r Record) line() string {
	data, err := json.Marshal(map[string]string{
		"url": r.URL, "mime": "text/html", "status": "200", "languages": r.Language, "filename": r.File,
		"offset": strconv.FormatInt(r.Offset, 10), "length": strconv.FormatInt(r.Length, 10),
	})
	if err != nil {
		return r.Key
	}
	return r.Key + " 20250315120000 " + string(data)
}

// cdx writes the sorted index: two files of blocks, and cluster.idx.
func (c Crawl) cdx(w *writer, records []Record) {
	folder := "cc-index/collections/" + c.Name + "/indexes/"
	var cluster strings.Builder
	var files [2]bytes.Buffer
	blocks := (len(records) + c.BlockLines - 1) / c.BlockLines
	for n := range blocks {
		f := n * len(files) / blocks
		var lines strings.Builder
		for _, r := range records[n*c.BlockLines : min((n+1)*c.BlockLines, len(records))] {
			lines.WriteString(r.line() + "\n")
		}
		data := w.member(lines.String())
		key, _, _ := strings.Cut(lines.String(), " {")
		fmt.Fprintf(&cluster, "%s\tcdx-%05d.gz\t%d\t%d\t%d\n", key, f, files[f].Len(), len(data), n+1)
		files[f].Write(data)
	}
	for f := range files {
		w.file(fmt.Sprintf("%scdx-%05d.gz", folder, f), files[f].Bytes())
	}
	w.file(folder+"cluster.idx", []byte(cluster.String()))
}

// row has some columns of the table, in the types that it has.
type row struct {
	Key       string  `parquet:"url_surtkey"`
	URL       string  `parquet:"url"`
	Status    int16   `parquet:"fetch_status"`
	Languages *string `parquet:"content_languages,optional"`
	Filename  string  `parquet:"warc_filename"`
	Offset    int32   `parquet:"warc_record_offset"`
	Length    int32   `parquet:"warc_record_length"`
}

// table writes the index as Parquet files: two of pages, and one of what is no page.
func (c Crawl) table(w *writer, records []Record) {
	folder := "cc-index/table/cc-main/warc/crawl=" + c.Name + "/subset="
	var names []string
	for part, rows := range [][]Record{records[:len(records)/2], records[len(records)/2:]} {
		names = append(names, fmt.Sprintf("%swarc/part-%05d.c000.gz.parquet", folder, part))
		w.file(names[part], w.parquet(rows))
	}
	other := append([]Record(nil), records...)
	for i := range other {
		other[i].File = strings.Replace(other[i].File, "/warc/", "/robotstxt/", 1)
	}
	names = append(names, folder+"robotstxt/part-00000.c000.gz.parquet")
	w.file(names[2], w.parquet(other))
	w.file("crawl-data/"+c.Name+"/cc-index-table.paths.gz", w.member(strings.Join(names, "\n")+"\n"))
}

func (w *writer) parquet(records []Record) []byte {
	var b bytes.Buffer
	p := parquet.NewGenericWriter[row](&b, parquet.MaxRowsPerRowGroup(4))
	for _, r := range records {
		one := row{Key: r.Key, URL: r.URL, Status: 200, Filename: r.File, Offset: int32(r.Offset), Length: int32(r.Length)}
		if r.Language != "" {
			one.Languages = &r.Language
		}
		if _, err := p.Write([]row{one}); err != nil && w.err == nil {
			w.err = err
		}
	}
	if err := p.Close(); err != nil && w.err == nil {
		w.err = err
	}
	return b.Bytes()
}
