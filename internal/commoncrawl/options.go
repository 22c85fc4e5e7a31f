package commoncrawl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"corpus"
)

// The kinds of files of a crawl that can be read.
const (
	KindWARC = "warc"
	KindWET  = "wet"
)

// The two forms of a crawl's index. They hold the same records.
const (
	IndexCDX   = "cdx"
	IndexTable = "table"
)

// Options choose what is read of a crawl. The zero value means that nothing is.
type Options struct {
	// Name of the crawl, as commoncrawl.org lists it, such as CC-MAIN-2025-13 or CC-NEWS/2025/03.
	Crawl string `yaml:"crawl" jsonschema_description:"Name of the crawl, as commoncrawl.org lists it, such as CC-MAIN-2025-13 or CC-NEWS/2025/03."`
	// Which files are read: warc (pages) or wet (their plain text). Default warc.
	Kind string `yaml:"kind" jsonschema:"enum=warc,enum=wet" jsonschema_description:"Which files are read: warc (pages) or wet (their plain text). Default warc."`
	// Slice of the list of files, from:to as in Python, such as 0:100 or -10:. Default all.
	Files string `yaml:"files" jsonschema_description:"Slice of the list of files, from:to as in Python, such as 0:100 or -10:. Default all."`
	// Address under which the crawls lie: https://data.commoncrawl.org, s3://commoncrawl, or a mirror. Default https://data.commoncrawl.org.
	Base string `yaml:"base" jsonschema_description:"Address under which the crawls lie: https://data.commoncrawl.org, s3://commoncrawl, or a mirror. Default https://data.commoncrawl.org."`
	// Only pages of these hosts, by the crawl's index: example.org (www.example.org is the same to it), or *.example.org for all below it too.
	Domains []string `yaml:"domains" jsonschema_description:"Only pages of these hosts, by the crawl's index: example.org (www.example.org is the same to it), or *.example.org for all below it too."`
	// Only pages whose main language is one of these, by the crawl's index: ISO 639-3 codes such as deu. Crawls before August 2018 have none.
	Languages []string `yaml:"languages" jsonschema_description:"Only pages whose main language is one of these, by the crawl's index: ISO 639-3 codes such as deu. Crawls before August 2018 have none."`
	// Form of the index that is read: cdx, which is quick for domains, or table (Parquet), which can be asked for languages alone. Default cdx.
	Index string `yaml:"index" jsonschema:"enum=cdx,enum=table" jsonschema_description:"Form of the index that is read: cdx, which is quick for domains, or table (Parquet), which can be asked for languages alone. Default cdx."`
}

// DefaultOptions returns the options of a source that names a crawl and nothing else.
func DefaultOptions() Options {
	return Options{Kind: KindWARC, Base: "https://data.commoncrawl.org", Index: IndexCDX}
}

// IsZero says that the options name nothing at all.
func (o Options) IsZero() bool {
	return o.Crawl == "" && o.Kind == "" && o.Files == "" && o.Base == "" && o.Index == "" && len(o.Domains) == 0 && len(o.Languages) == 0
}

var (
	crawlName    = regexp.MustCompile(`^CC-[A-Z]+(-[0-9]+)*(/[0-9]{4}/[0-9]{2})?$`)
	languageCode = regexp.MustCompile(`^[a-z]{3}$`)
)

// Validate checks every value; the error is a corpus.OptionError.
func (o Options) Validate() error {
	switch {
	case o.Crawl == "":
		return corpus.BadOption("crawl", "names no crawl, such as CC-MAIN-2025-13")
	case !crawlName.MatchString(o.Crawl):
		return corpus.BadOption("crawl", "%q is no crawl's name, such as CC-MAIN-2025-13", o.Crawl)
	case o.Kind != KindWARC && o.Kind != KindWET:
		return corpus.BadOption("kind", "unknown kind %q: want %s or %s", o.Kind, KindWARC, KindWET)
	case o.Index != IndexCDX && o.Index != IndexTable:
		return corpus.BadOption("index", "unknown index %q: want %s or %s", o.Index, IndexCDX, IndexTable)
	case o.Base == "":
		return corpus.BadOption("base", "is empty")
	}
	if _, _, err := parseSlice(o.Files, 0); err != nil {
		return corpus.BadOption("files", "%w", err)
	}
	for _, d := range o.Domains {
		if _, err := prefixes(d); err != nil {
			return corpus.BadOption("domains", "%w", err)
		}
	}
	for _, l := range o.Languages {
		if !languageCode.MatchString(l) {
			return corpus.BadOption("languages", "%q is no ISO 639-3 code of three letters, such as deu", l)
		}
	}
	if len(o.Domains)+len(o.Languages) > 0 && o.Kind != KindWARC {
		return corpus.BadOption("kind", "the index knows pages only: domains and languages need kind %s", KindWARC)
	}
	if len(o.Languages) > 0 && len(o.Domains) == 0 && o.Index != IndexTable {
		return corpus.BadOption("languages", "without domains this takes all of the index: that needs index: %s", IndexTable)
	}
	return nil
}

// parseSlice reads "from:to" over a list of n names, as Python does: either may be absent, or negative to count from the end.
func parseSlice(s string, n int) (from, to int, err error) {
	if s == "" {
		return 0, n, nil
	}
	a, b, ok := strings.Cut(s, ":")
	from, errFrom := sliceIndex(a, 0, n)
	to, errTo := sliceIndex(b, n, n)
	if !ok || errFrom != nil || errTo != nil {
		return 0, 0, fmt.Errorf("%q is no slice such as 0:100", s)
	}
	return from, max(from, to), nil
}

func sliceIndex(s string, absent, n int) (int, error) {
	if s = strings.TrimSpace(s); s == "" {
		return absent, nil
	}
	i, err := strconv.Atoi(s)
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n), err
}
