package ingest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
)

var update = flag.Bool("update", false, "write the table of the docs anew")

// tablePath is the table over the files of other projects that docs/ingest.md shows.
const tablePath = "../docs/ingest-warc-table.md"

// tally is what became of one file.
type tally struct {
	format  string
	records int
	kept    int
	rules   map[string]int // by rule, and by value for those that damage decides
	order   []string
	lost    int64 // bytes of the places of records that damage cost
}

// isDamage says whether a rule means that bytes could not be used.
func isDamage(rule string) bool {
	return slices.Contains([]string{RuleMalformed, RuleTruncated, RuleContentLength, RuleChecksum, RuleUndecodable, RuleTooLarge, RuleUnsupportedFormat}, rule)
}

func (c *tally) add(d *corpus.Document) {
	if d.Type != "" {
		c.records++
	}
	if d.Reason == nil {
		c.kept++
		return
	}
	fate := d.Reason.Rule
	if isDamage(fate) {
		c.lost += d.Origin.Length
	}
	if isDamage(fate) || fate == RuleRecordType || fate == RuleHTTPStatus || fate == RuleContentType {
		fate += " " + d.Reason.Value
	}
	if c.rules[fate] == 0 {
		c.order = append(c.order, fate)
	}
	c.rules[fate]++
}

// readTally reads one file.
func readTally(t *testing.T, path string) *tally {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := newInput(t.Context(), f, 0, DefaultOptions())
	found := in.detect(path, FormatAuto)
	in.close()
	c := &tally{format: found.name + found.unsupported, rules: map[string]int{}}
	codec := ""
	r := &realReader{t: t, name: path}
	r.read(path, func(d *corpus.Document) {
		c.add(d)
		if c.records <= 1 {
			codec = d.Origin.Codec
		}
	})
	c.format = strings.TrimSpace(c.format + " " + codec)
	return c
}

// TestSharedTable reads every file that other projects test with, and compares what becomes of each with the table of the docs.
// With -update it writes the table.
func TestSharedTable(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(sharedData, "warc")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no real crawls here: ", err)
	}
	if testing.Short() {
		t.Skip("reads 24 MB of crawls")
	}
	inputs, err := Expand(t.Context(), []string{folder})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| file | format | records | kept | rejected, by rule and value | bytes lost | notes |\n| --- | --- | ---: | ---: | --- | ---: | --- |\n")
	for _, input := range inputs {
		name := strings.TrimPrefix(input.Path, folder+"/")
		c := readTally(t, input.Path)
		var rules []string
		for _, fate := range c.order {
			rules = append(rules, fmt.Sprintf("%s ×%d", strings.ReplaceAll(fate, "|", `\|`), c.rules[fate]))
		}
		project, _, _ := strings.Cut(name, "/")
		fmt.Fprintf(&b, "| %s … %s | %s | %d | %d | %s | %d | %s |\n", project, filepath.Base(name), c.format, c.records, c.kept, strings.Join(rules, ", "), c.lost, c.why(name))
	}
	if *update {
		if err := os.WriteFile(tablePath, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	old, now := strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")
	for i, line := range now {
		if i >= len(old) || line != old[i] {
			t.Fatalf("the table of the docs is not what is read (line %d): run with -update and look at what has changed\n%s", i+1, line)
		}
	}
}

// why explains a file's odd rows: what was found when it was looked into by hand, else what its rules say.
func (c *tally) why(name string) string {
	if text, ok := whyTable[name]; ok {
		return text
	}
	for _, group := range whyGroups {
		if strings.Contains(name, group.part) && len(c.order) > 0 && c.lost > 0 {
			return group.text
		}
	}
	for _, fate := range c.order {
		if kind, ok := strings.CutPrefix(fate, RuleUnsupportedFormat+" "); ok {
			return whyKinds[kind]
		}
	}
	return ""
}

// whyKinds explains the kinds that are not read.
var whyKinds = map[string]string{
	"wat":  "metadata of a crawl in JSON, no pages: skipped by name",
	"cdx":  "an index of a crawl, no pages",
	"cdxj": "an index of a crawl, no pages",
	"lz4":  "a compression that is not read",
	"zip":  "an archive of files: unpack it",
	"wacz": "a zip archive of WARC files and their index: unpack it",
}

// whyGroups explains files that are odd in the same way.
var whyGroups = []struct{ part, text string }{
	{"toimik+WarcProtocol/tests/Toimik.WarcProtocol.Tests/Data/Valid", "line ends were turned from CRLF into LF, so that the block is shorter than declared"},
	{"jhove-ext-modules/src/test/resources/warc/invalid-warcheaderfieldpolicy", "a header alone: its block is not there"},
}

// whyTable says for the files that are odd what was found when they were looked into by hand.
var whyTable = map[string]string{
	"OrestisRo+web_data_vu/predefined.warc.gz":                                                                                                                                 "an HTML page under the name of a WARC file",
	"commoncrawl+whirlwind-python/CC-MAIN-2024-22.warc.paths.gz":                                                                                                               "a list of file names: plain text",
	"castorini+anserini/src/test/resources/sample_docs/commoncrawlnewsen/collection1/segment1.warc.gz":                                                                         "the block of warcinfo lost its carriage returns: it ends 4 bytes early, and the page behind it is kept",
	"chatnoir-eu+chatnoir-resiliparse/tests/data/block-sized-records.warc":                                                                                                     "records without a known type, made to test buffers",
	"chatnoir-eu+chatnoir-resiliparse/tests/data/block-sized-records.warc.gz":                                                                                                  "records without a known type, made to test buffers",
	"chatnoir-eu+chatnoir-resiliparse/tests/data/clipped.warc.gz":                                                                                                              "the file breaks off in its only record",
	"iipc+warc-specifications/specifications/warc-deduplication/samples/20141129-heritrix-revisit-with-http-headers-and-new-warc-headers.warc.gz":                              "the original is in another file",
	"internetarchive+CDX-Writer/tests/small_warcs/10_digit_date.arc.gz":                                                                                                        "the date has 10 digits; the page was served as XML",
	"internetarchive+CDX-Writer/tests/small_warcs/14_digit_plus_text_date.arc.gz":                                                                                              "letters stand behind the date",
	"internetarchive+CDX-Writer/tests/small_warcs/15_digit_date.arc.gz":                                                                                                        "17,327,214 bytes are over max_record_bytes (16 MiB)",
	"internetarchive+CDX-Writer/tests/small_warcs/alexa_charset_in_header.arc.gz":                                                                                              "the media type holds a blank",
	"internetarchive+CDX-Writer/tests/small_warcs/arc_v1_with_v2_header.arc.gz":                                                                                                "declares version 2, holds version 1",
	"internetarchive+CDX-Writer/tests/small_warcs/bad_mime_type.arc.gz":                                                                                                        "the media type is no UTF-8",
	"internetarchive+CDX-Writer/tests/small_warcs/carriage_return_in_url.arc.gz":                                                                                               "a carriage return in the address is taken out",
	"internetarchive+CDX-Writer/tests/small_warcs/date_resolution_nanosecond.warc.gz":                                                                                          "line ends were turned into LF: the request is 3 bytes shorter than declared",
	"internetarchive+CDX-Writer/tests/small_warcs/empty-gzips.warc.gz":                                                                                                         "gzip members without content lie between the records; two revisits take the page of the first record",
	"internetarchive+CDX-Writer/tests/small_warcs/empty_payload_header_ending_with_lf.arc.gz":                                                                                  "a head without a body",
	"internetarchive+CDX-Writer/tests/small_warcs/giant_html.warc.gz":                                                                                                          "a page of 431,216,083 bytes is over max_record_bytes; it is passed over without being held",
	"internetarchive+CDX-Writer/tests/small_warcs/hex_instead_of_date.arc.gz":                                                                                                  "no date: the page is kept without one",
	"internetarchive+CDX-Writer/tests/small_warcs/missing_content_type.warc.gz":                                                                                                "an empty block",
	"internetarchive+CDX-Writer/tests/small_warcs/non_ascii_url.arc.gz":                                                                                                        "a byte of the address that is no UTF-8 becomes U+FFFD",
	"internetarchive+CDX-Writer/tests/small_warcs/revisit_without_sha1.warc.gz":                                                                                                "the original is in another file",
	"internetarchive+CDX-Writer/tests/small_warcs/spaces_in_url.arc.gz":                                                                                                        "the address holds blanks",
	"internetarchive+CDX-Writer/tests/small_warcs/transposed_header.arc.gz":                                                                                                    "the date stands before the IP address",
	"internetarchive+gowarc/testdata/warcs/corrupted-mid-record.warc.gz.open":                                                                                                  "one gzip stream that breaks off in a record; the 12 records before it are kept",
	"internetarchive+gowarc/testdata/warcs/corrupted-trailing-bytes.warc.gz.open":                                                                                              "55 bytes behind the last member that are none",
	"netarchivesuite+jwat/jwat-arc/src/test/resources/invalid-arcfile-record-then-garbage.arc":                                                                                 "25 bytes of text behind the only record",
	"netarchivesuite+jwat/jwat-arc/src/test/resources/test-arc-1.0-dashed-fields.arc":                                                                                          "line ends were turned from LF into CRLF: the block goes on behind its declared length",
	"netarchivesuite+jwat/jwat-warc/src/test/resources/invalid-warcfile-fields-empty.warc":                                                                                     "every field is empty, the length too",
	"netarchivesuite+jwat/jwat-warc/src/test/resources/invalid-warcfile-fields-invalidformat.warc":                                                                             "the length is no number",
	"netarchivesuite+netarchivesuite/archive/archive-core/tests/dk/netarkivet/archive/arcrepository/data/get/originals/bitarchive1/filedir/get1.ARC":                           "blocks were overwritten with others of another length",
	"netarchivesuite+netarchivesuite/archive/archive-core/tests/dk/netarkivet/archive/arcrepository/data/get/originals/bitarchive1/filedir/get2.ARC":                           "blocks were overwritten with others of another length",
	"netarchivesuite+netarchivesuite/archive/archive-core/tests/dk/netarkivet/archive/bitarchive/distribute/data/originals/file-2.arc":                                         "43 bytes of text behind the last record",
	"netarchivesuite+netarchivesuite/archive/archive-test/tests/dk/netarkivet/archive/arcrepository/bitpreservation/data/originals/bitarchive1/filedir/integrity11.ARC":        "the file breaks off in its first page",
	"netarchivesuite+netarchivesuite/archive/archive-test/tests/dk/netarkivet/archive/arcrepository/bitpreservation/data/originals/bitarchive1_to_fail/filedir/integrity1.ARC": "blocks were overwritten with others of another length",
	"netarchivesuite+netarchivesuite/archive/archive-test/tests/dk/netarkivet/archive/bitarchive/data/get/existing/filedir/GetTest.ARC":                                        "blocks were overwritten with others of another length",
	"netarchivesuite+netarchivesuite/harvester/harvester-test/tests/dk/netarkivet/harvester/harvesting/distribute/data/originals/testserverdir2/crawldir/arcs/42-117-20051212141242-00002-sb-test-har-001.statsbiblioteket.dk.arc": "blocks were overwritten with others of another length",
	"netarchivesuite+netarchivesuite/common/common-test/tests/dk/netarkivet/common/utils/warc/data/input/fyensdk.warc":                                                                                                             "converted from ARC: responses without a media type whose bodies are not HTML",
	"netarchivesuite+solrwayback/src/test/resources/compressions_warc/transfer_compression_none_truncated.warc.gz":                                                                                                                 "the response is 187 bytes shorter than declared",
	"openpreserve+jhove/jhove-ext-modules/src/test/resources/warc/invalid-warcrecord-1.warc":                                                                                                                                       "records without a length",
	"openpreserve+jhove/jhove-ext-modules/src/test/resources/warc/invalid-warcrecord-3.warc":                                                                                                                                       "blocks that are longer or shorter than declared",
	"sing-group+WARCProcessor/src/test/resources/in/warc/test.warc":                                                                                                                                                                "line ends were turned into LF: the blocks are 5 and 6 bytes shorter than declared",
	"sing-group+WARCProcessor/src/test/resources/in/warccsv/test1/en0000/test.warc":                                                                                                                                                "line ends were turned into LF: a block is 5 bytes shorter than declared",
	"slyrz+warc/testdata/bench.warc.bz2": "sizes up to 256 MiB, to test bounds: four are over max_record_bytes",
	"toimik+WarcProtocol/tests/Toimik.WarcProtocol.Tests/Data/Invalid/incorrect_content_length.warc":                                     "lengths that are too short and too long, on purpose",
	"openzim+warc2zim/tests/data/example-revisit.warc.gz":                                                                                "three revisits take the pages of records before them",
	"ukwa+webarchive-discovery/warc-indexer/src/test/resources/gov.uk-revisit-warcs/BL-20140325122341434-00000-32090~opera~8443.warc.gz": "the originals of the 55 revisits are in other files",
	"webrecorder+py-wacz/tests/fixtures/example-iana.warc":                                                                               "the originals of the 33 revisits are in other files",
	"webrecorder+pywb/sample_archive/warcs/dupes.warc.gz":                                                                                "one revisit takes the page of a record before it; the originals of 8 are in other files",
	"webrecorder+pywb/sample_archive/warcs/example-url-agnostic-revisit.warc.gz":                                                         "the original is in another file",
	"webrecorder+pywb/sample_archive/warcs/example.warc":                                                                                 "the block of a request goes on behind its declared length",
	"webrecorder+pywb/sample_archive/warcs/iana.warc.gz":                                                                                 "the 123 revisits are of images, scripts and styles that were not kept",
	"archivesunleashed+aut/src/test/resources/warc/issue-493.warc":                                                                       "of the 5 revisits 3 are of images, and 2 have their originals in another file",
	"webrecorder+warcio.js/test/data/example-bad-length.warc":                                                                            "a length that is one byte short, so that its page and the revisit of it are lost",
	"webrecorder+warcio/test/data/bad.arc":                                                                                               "lengths that are no lengths",
	"webrecorder+warcio/test/data/example-bad-non-chunked.warc.gz":                                                                       "one gzip stream: revisits are not resolved in those",
	"webrecorder+warcio/test/data/example-bad.warc.gz.bad":                                                                               "one gzip stream: revisits are not resolved in those",
	"webrecorder+warcio/test/data/example-space-in-url.arc":                                                                              "line ends were turned into LF: the block is 12 bytes shorter than declared",
	"webrecorder+warcio/test/data/example-trunc.warc":                                                                                    "a length that is 2 bytes short",
	"webrecorder+warcio/test/data/example-wrong-chunks.warc.gz":                                                                          "not chunked, though it says so: the page is kept as it is",
	"xmagam00+clueWeb/TEST/nieco/SEM/POD/test.warc":                                                                                      "edited by hand: lengths that are off by a few bytes",
}
