package commoncrawl

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// query gathers the records that are asked for.
type query struct {
	crawl              string
	domains, languages []string
	prefixes           []string        // of the keys that match; none: all do
	files              map[string]bool // the files that are asked for; nil: all

	mu    sync.Mutex
	found map[string][]Place // by file
	count int
}

func newQuery(o Options) (*query, error) {
	q := &query{crawl: o.Crawl, domains: o.Domains, languages: o.Languages, found: make(map[string][]Place)}
	for _, d := range o.Domains {
		p, err := prefixes(d)
		if err != nil {
			return nil, err
		}
		q.prefixes = append(q.prefixes, p...)
	}
	slices.Sort(q.prefixes)
	q.prefixes = slices.Compact(q.prefixes)
	return q, nil
}

// matches says whether a key is one of a host that is asked for.
func (q *query) matches(key string) bool {
	if len(q.prefixes) == 0 {
		return true
	}
	return slices.ContainsFunc(q.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// add takes a record whose key matches, if it is a page in a language and a file that are asked for. Languages are a list
// such as "deu,eng", the main one first. The index also has the robots.txt files and what could not be fetched, which lie elsewhere.
func (q *query) add(name, languages string, p Place) error {
	if path.Base(path.Dir(name)) != KindWARC || q.files != nil && !q.files[name] {
		return nil
	}
	if main, _, _ := strings.Cut(languages, ","); len(q.languages) > 0 && !slices.Contains(q.languages, main) {
		return nil
	}
	if p.Offset < 0 || p.Offset > maxOffset || p.Length <= 0 || p.Length > maxPlaceBytes || len(name) > maxNameBytes {
		name = name[:min(len(name), 100)]
		return fmt.Errorf("%s: no record can lie at %d with %d bytes", name, p.Offset, p.Length)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.count++; q.count > maxPlaces {
		return fmt.Errorf("more than %d records match: name fewer domains or files", maxPlaces)
	}
	q.found[name] = append(q.found[name], p)
	return nil
}

// Bounds far above those of any record.
const (
	maxPlaceBytes = 1 << 32
	maxOffset     = 1 << 50
	maxNameBytes  = 1 << 10
)

var hostName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$`)

var leadingWWW = regexp.MustCompile(`^www\d*\.`)

// prefixes are what the index's keys begin with for a host, or for "*.host" and all below it. A key is the address in sort-friendly
// form (SURT): the host's names from the last to the first, joined by commas and without a leading www, the port, then ')' and the path.
// The numbers of an IP address are turned round as names are (https://github.com/internetarchive/surt).
func prefixes(domain string) ([]string, error) {
	host, all := strings.CutPrefix(domain, "*.")
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		ascii = strings.ToLower(host)
	}
	if !hostName.MatchString(ascii) || len(ascii) > 253 {
		return nil, fmt.Errorf("%q is no host such as example.org or *.example.org", domain)
	}
	key := backwards(leadingWWW.ReplaceAllString(ascii, ""))
	p := []string{key + ")", key + ":"}
	if all {
		p = append(p, backwards(ascii)+",") // a.www.example.org keeps its www
	}
	return p, nil
}

// backwards is a host's names from the last to the first.
func backwards(host string) string {
	names := strings.Split(host, ".")
	slices.Reverse(names)
	return strings.Join(names, ",")
}
