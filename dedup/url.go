package dedup

import (
	"context"
	"crypto/sha256"
	"iter"

	"golang.org/x/net/publicsuffix"

	"corpus"
)

// URLOptions configure URL: which addresses count as one.
type URLOptions struct {
	// IgnoreScheme takes http and https for one. Default true.
	IgnoreScheme bool `yaml:"ignore_scheme" jsonschema_description:"Take http and https for one. Default true."`
	// IgnoreWWW takes a host with www. in front for the one without. Default true.
	IgnoreWWW bool `yaml:"ignore_www" jsonschema_description:"Take a host with www. in front for the one without. Default true."`
	// IgnoreSlash takes a path with a slash at its end for the one without. Default true.
	IgnoreSlash bool `yaml:"ignore_slash" jsonschema_description:"Take a path with a slash at its end for the one without. Default true."`
	// IgnoreTracking leaves out the parameters that say who followed which link or which visit this is (utm_source, gclid, jsessionid and the like). Default true.
	IgnoreTracking bool `yaml:"ignore_tracking" jsonschema_description:"Leave out the parameters that say who followed which link or which visit this is (utm_source, gclid, jsessionid and the like). Default true."`
	// IgnoreQuery leaves out the whole query, whatever it chooses. Default false.
	IgnoreQuery bool `yaml:"ignore_query" jsonschema_description:"Leave out the whole query, whatever it chooses. Default false."`
	// SortQuery takes the parameters of a query in the order of their names, where all have one. Default true.
	SortQuery bool `yaml:"sort_query" jsonschema_description:"Take the parameters of a query in the order of their names, where all have one. Default true."`
	// UseCanonical takes the address that a page declares as its own, where that lies on the same registrable domain. Pages may declare what is wrong. Default false.
	UseCanonical bool `yaml:"use_canonical" jsonschema_description:"Take the address that a page declares as its own, where that lies on the same registrable domain. Pages may declare what is wrong. Default false."`
}

// DefaultURLOptions returns the defaults.
func DefaultURLOptions() URLOptions {
	return URLOptions{IgnoreScheme: true, IgnoreWWW: true, IgnoreSlash: true, IgnoreTracking: true, SortQuery: true}
}

// Validate returns nil: no value is bad.
func (o URLOptions) Validate() error { return nil }

// URL groups documents that were fetched from one address, in the canonical form that URLOptions describe. Documents
// without an address of http or https take no part. The key is the first 128 bits of the address's SHA-256, for the reason that Exact gives.
type URL struct{ opts URLOptions }

// NewURL returns the exchange, or the error of opts.Validate.
func NewURL(opts URLOptions) (*URL, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	return &URL{opts: opts}, nil
}

// Name implements corpus.Exchange.
func (u *URL) Name() string { return "url" }

// Partitions implements corpus.Exchange.
func (u *URL) Partitions() int { return exactPartitions }

// Map emits the key of the address with an empty value.
func (u *URL) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	address := u.address(doc)
	if address == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(address))
	emit(int(sum[0])*exactPartitions>>8, sum[:16], nil)
	return nil
}

// Reduce emits the pairs that Exact.Reduce does, for documents of one address.
func (u *URL) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	return reduceEqual(ctx, u.Name(), partition, pairs, emit)
}

// address is the canonical form of the document's address, "" where it takes no part.
func (u *URL) address(doc *corpus.Document) string {
	own := splitURL(doc.URL)
	if own.host == "" {
		return ""
	}
	if u.opts.UseCanonical && doc.Declared.Canonical != "" {
		declared := splitURL(doc.Declared.Canonical)
		// A template that is set up wrongly declares the home page for all pages of a site.
		home := (declared.path == "" || declared.path == "/") && declared.query == ""
		ownHome := (own.path == "" || own.path == "/") && own.query == ""
		if declared.host != "" && (!home || ownHome) && sameDomain(own.host, declared.host) {
			own = declared
		}
	}
	return u.opts.canonical(own)
}

// sameDomain reports whether two hosts lie on one registrable domain.
func sameDomain(a, b string) bool {
	if a == b {
		return true
	}
	x, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	y, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && x == y
}
