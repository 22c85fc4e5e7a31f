package filter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corpus"
	"corpus/filter/ahocorasick"
)

// Values of URLOptions.MatchDomains.
const (
	MatchParents    = "parents"
	MatchRegistered = "registered"
)

// URLOptions are the rules on a document's address. A document without a URL passes them all.
type URLOptions struct {
	// Schemes are the schemes allowed; an empty list allows all; default http and https. An address without a scheme passes.
	Schemes []string `yaml:"schemes" jsonschema_description:"Schemes allowed; default http and https; an empty list allows all. An address without a scheme passes."`
	// MaxLength is the largest length in bytes; default 2,000, 0 for no limit.
	MaxLength int `yaml:"max_length" jsonschema_description:"Largest length of a URL in bytes; default 2000, 0 for no limit."`

	// AllowDomains are domains, each with all its subdomains, that pass all rules but scheme and max_length; default none.
	AllowDomains []string `yaml:"allow_domains" jsonschema_description:"Domains, each with all its subdomains, that pass all rules but schemes and max_length; default none."`
	// AllowDomainFiles are files of such domains, in the form of block_domain_files; default none.
	AllowDomainFiles []string `yaml:"allow_domain_files" jsonschema_description:"Files of such domains, in the form of block_domain_files; default none."`
	// AllowURLs are beginnings of URLs that pass all rules but scheme and max_length, in the form of block_urls; default none.
	AllowURLs []string `yaml:"allow_urls" jsonschema_description:"Beginnings of URLs that pass all rules but schemes and max_length, in the form of block_urls; default none."`
	// AllowURLFiles are files of such beginnings; default none.
	AllowURLFiles []string `yaml:"allow_url_files" jsonschema_description:"Files of such beginnings; default none."`

	// BlockIPHosts rejects hosts that are IP addresses instead of names; default false.
	BlockIPHosts bool `yaml:"block_ip_hosts" jsonschema_description:"Reject hosts that are IP addresses instead of names; default false."`
	// BlockPorts rejects URLs that name a port other than 80 and 443; default false.
	BlockPorts bool `yaml:"block_ports" jsonschema_description:"Reject URLs that name a port other than 80 and 443; default false."`
	// BlockPunycode rejects international host names, in either form; default false.
	BlockPunycode bool `yaml:"block_punycode" jsonschema_description:"Reject international host names, in either form; default false."`
	// BlockDomains are domains to reject, each with all its subdomains; a top-level domain is one too; default none.
	BlockDomains []string `yaml:"block_domains" jsonschema_description:"Domains to reject, each with all its subdomains; a top-level domain is one too; default none."`
	// BlockDomainFiles are files of such domains, one a line, plain or gzip, with # comments; default none.
	BlockDomainFiles []string `yaml:"block_domain_files" jsonschema_description:"Files of domains to reject, one a line, plain or gzip; # starts a comment; default none."`
	// BlockCategories are folders in the format of the UT1 lists, with a file domains, a file urls, or both, plain or gzip; default none.
	BlockCategories []string `yaml:"block_categories" jsonschema_description:"Folders in the format of the UT1 lists, each with a file domains, a file urls, or both, plain or gzip; default none."`
	// MatchDomains says which parts of a host are looked up in lists of domains: parents (the host and every domain above it) or registered (the host and the domain that was registered, as datatrove does); default parents.
	MatchDomains string `yaml:"match_domains" jsonschema:"enum=parents,enum=registered" jsonschema_description:"Which parts of a host are looked up in lists of domains: parents (the host and every domain above it) or registered (the host and the domain that was registered, as datatrove does); default parents."`
	// BlockURLs are beginnings of URLs to reject: a host, with or without www., and a path, which ends where a part of the path does; default none.
	BlockURLs []string `yaml:"block_urls" jsonschema_description:"Beginnings of URLs to reject: a host, with or without www., and a path, which ends where a part of the path does; default none."`
	// BlockURLFiles are files of such beginnings, one a line, plain or gzip, with # comments; default none.
	BlockURLFiles []string `yaml:"block_url_files" jsonschema_description:"Files of such beginnings, one a line, plain or gzip; # starts a comment; default none."`

	// BlockWords are rejected where they stand as a whole word of the URL, between anything but ASCII letters and digits; letter case is ignored; default none.
	BlockWords []string `yaml:"block_words" jsonschema_description:"Words to reject where they stand as a whole word of the URL, between anything but ASCII letters and digits, in any letter case; default none."`
	// BlockWordFiles are files of such words, one a line; other signs than ASCII letters and digits are taken out of them; default none.
	BlockWordFiles []string `yaml:"block_word_files" jsonschema_description:"Files of such words, one a line; other signs than ASCII letters and digits are taken out of them; default none."`
	// SoftWords are words of which a URL is rejected for several; default none.
	SoftWords []string `yaml:"soft_words" jsonschema_description:"Words of which a URL is rejected for several; default none."`
	// SoftWordFiles are files of such words, in the form of block_word_files; default none.
	SoftWordFiles []string `yaml:"soft_word_files" jsonschema_description:"Files of such words, in the form of block_word_files; default none."`
	// MinSoftWords is the number of different soft words from which a URL is rejected, 1 or more; default 2.
	MinSoftWords int `yaml:"min_soft_words" jsonschema:"minimum=1" jsonschema_description:"Number of different soft words from which a URL is rejected, 1 or more; default 2."`
	// BlockSubstrings are rejected anywhere in the URL with all but ASCII letters and digits taken out; letter case is ignored; default none.
	BlockSubstrings []string `yaml:"block_substrings" jsonschema_description:"Strings to reject anywhere in the URL after all but ASCII letters and digits are taken out, in any letter case; default none."`
	// BlockSubstringFiles are files of such strings, one a line; default none.
	BlockSubstringFiles []string `yaml:"block_substring_files" jsonschema_description:"Files of such strings, one a line; default none."`
	// BlockAdult rejects URLs that a short list of built-in words tells to be adult sites'; default false.
	BlockAdult bool `yaml:"block_adult" jsonschema_description:"Reject URLs that a short list of built-in words tells to be adult sites'; default false."`
}

// DefaultURLOptions returns the defaults: http and https, 2,000 bytes, no lists.
func DefaultURLOptions() URLOptions {
	return URLOptions{Schemes: []string{"http", "https"}, MaxLength: 2000, MatchDomains: MatchParents, MinSoftWords: 2}
}

// FileNames are the files that the options name, and those in the folders that they name.
func (o URLOptions) FileNames() []string {
	names := slices.Concat(o.AllowDomainFiles, o.AllowURLFiles, o.BlockDomainFiles, o.BlockURLFiles, o.BlockWordFiles, o.SoftWordFiles, o.BlockSubstringFiles)
	for _, folder := range o.BlockCategories {
		domains, urls := categoryFiles(folder)
		names = slices.Concat(names, domains, urls)
	}
	return names
}

// Validate reports the first bad option. The files are read by NewURL.
func (o URLOptions) Validate() error {
	for _, s := range o.Schemes {
		if s == "" || s != strings.ToLower(s) || strings.ContainsAny(s, ":/ ") {
			return corpus.BadOption("schemes", "%q is not a scheme in lower case, such as \"https\"", s)
		}
	}
	if err := checkRange("max_length", float64(o.MaxLength), 0); err != nil {
		return err
	}
	for _, list := range []struct {
		key     string
		entries []string
		check   func(string) (string, error)
	}{
		{"allow_domains", o.AllowDomains, normalDomain},
		{"block_domains", o.BlockDomains, normalDomain},
		{"allow_urls", o.AllowURLs, urlPrefix},
		{"block_urls", o.BlockURLs, urlPrefix},
		{"block_words", o.BlockWords, oneWord},
		{"soft_words", o.SoftWords, oneWord},
	} {
		for _, entry := range list.entries {
			if _, err := list.check(entry); err != nil {
				return corpus.BadOption(list.key, "%w", err)
			}
		}
	}
	if o.MatchDomains != "" && o.MatchDomains != MatchParents && o.MatchDomains != MatchRegistered {
		return corpus.BadOption("match_domains", "%q is neither parents nor registered", o.MatchDomains)
	}
	if o.MinSoftWords < 1 && (len(o.SoftWords) > 0 || len(o.SoftWordFiles) > 0) {
		return corpus.BadOption("min_soft_words", "must be at least 1, not %d", o.MinSoftWords)
	}
	for _, s := range o.BlockSubstrings {
		if alnumOnly(s) == "" {
			return corpus.BadOption("block_substrings", "%q holds no ASCII letter or digit", s)
		}
	}
	return nil
}

func oneWord(s string) (string, error) {
	word := alnumOnly(s)
	if word == "" || word != strings.ToLower(s) {
		return "", fmt.Errorf("%q is not one word of ASCII letters and digits", s)
	}
	return word, nil
}

// URL is the stage url.
type URL struct {
	options    URLOptions
	allowed    urlPlaces
	blocked    urlPlaces
	words      urlWords
	substrings []string
	search     *ahocorasick.Automaton // for the substrings; nil for none
	adult      *adultRule             // nil where it is off
	models     []corpus.Model
}

// urlPlaces are domains and beginnings of addresses.
type urlPlaces struct{ domains, prefixes urlSet }

// Name returns "url".
func (*URL) Name() string { return "url" }

// Models returns the list files by name, with the number of their entries.
func (u *URL) Models() []corpus.Model { return u.models }

// Process rejects the documents whose URL fails a rule.
func (u *URL) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if doc.URL == "" {
			continue
		}
		if rule, value := u.judge(doc.URL); rule != "" {
			doc.Reject(u.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the address fails and the list entry or measurement that decided; "" when it passes.
func (u *URL) judge(address string) (string, any) {
	if u.options.MaxLength > 0 && len(address) > u.options.MaxLength {
		return "too_long", len(address)
	}
	parts := splitURL(address)
	if len(u.options.Schemes) > 0 && parts.scheme != "" && !slices.Contains(u.options.Schemes, parts.scheme) {
		return "scheme", clipValue(parts.scheme)
	}
	if u.listedDomain(&u.allowed.domains, parts.host) != "" || u.allowed.listedPrefix(parts) != "" {
		return "", nil
	}
	switch {
	case u.options.BlockIPHosts && isIPHost(parts.host):
		return "ip_host", nil // the address itself may be personal data
	case u.options.BlockPorts && parts.port != "" && parts.port != "80" && parts.port != "443":
		return "port", parts.portNumber()
	case u.options.BlockPunycode && (strings.HasPrefix(parts.host, "xn--") || strings.Contains(parts.host, ".xn--")):
		return "punycode", nil
	}
	if domain := u.listedDomain(&u.blocked.domains, parts.host); domain != "" {
		return "domain", clipValue(domain)
	}
	if prefix := u.blocked.listedPrefix(parts); prefix != "" {
		return "url", clipValue(prefix)
	}
	if rule, value := u.judgeWords(address); rule != "" {
		return rule, value
	}
	if u.adult != nil {
		if words := u.adult.judge(parts); words != "" {
			return "adult", words
		}
	}
	return "", nil
}

// maxURLValue bounds the value of a reason, in bytes.
const maxURLValue = 128

func clipValue(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxURLValue)], "")
}
