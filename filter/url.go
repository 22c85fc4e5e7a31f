package filter

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"corpus"
)

// URLOptions are the rules on a document's address. A document without a URL passes them all.
type URLOptions struct {
	// Schemes are the schemes allowed; an empty list allows all; default http and https. An address without a scheme passes.
	Schemes []string `yaml:"schemes" jsonschema_description:"Schemes allowed; default http and https; an empty list allows all. An address without a scheme passes."`
	// MaxLength is the largest length in bytes; default 2,000, 0 for no limit.
	MaxLength int `yaml:"max_length" jsonschema_description:"Largest length of a URL in bytes; default 2000, 0 for no limit."`
	// BlockIPHosts rejects hosts that are IP addresses instead of names; default false.
	BlockIPHosts bool `yaml:"block_ip_hosts" jsonschema_description:"Reject hosts that are IP addresses instead of names; default false."`
	// BlockDomains are domains to reject, each with all its subdomains; default none.
	BlockDomains []string `yaml:"block_domains" jsonschema_description:"Domains to reject, each with all its subdomains; default none."`
	// BlockDomainFiles are files of such domains, one a line, with # comments (the UT1 lists are such files); default none.
	BlockDomainFiles []string `yaml:"block_domain_files" jsonschema_description:"Files of domains to reject, one a line, # starts a comment; default none."`
	// BlockWords are rejected where they stand as a whole word of the URL, between anything but ASCII letters and digits; letter case is ignored; default none.
	BlockWords []string `yaml:"block_words" jsonschema_description:"Words to reject where they stand as a whole word of the URL, between anything but ASCII letters and digits, in any letter case; default none."`
	// BlockSubstrings are rejected anywhere in the URL with all but ASCII letters and digits taken out; letter case is ignored; default none.
	BlockSubstrings []string `yaml:"block_substrings" jsonschema_description:"Strings to reject anywhere in the URL after all but ASCII letters and digits are taken out, in any letter case; default none."`
}

// DefaultURLOptions returns the defaults: http and https, 2,000 bytes, no lists.
func DefaultURLOptions() URLOptions {
	return URLOptions{Schemes: []string{"http", "https"}, MaxLength: 2000}
}

// FileNames are the files that the options name.
func (o URLOptions) FileNames() []string { return o.BlockDomainFiles }

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
	for _, domain := range o.BlockDomains {
		if _, err := normalDomain(domain); err != nil {
			return corpus.BadOption("block_domains", "%w", err)
		}
	}
	for _, word := range o.BlockWords {
		if word == "" || alnumOnly(word) != strings.ToLower(word) {
			return corpus.BadOption("block_words", "%q is not one word of ASCII letters and digits", word)
		}
	}
	for _, s := range o.BlockSubstrings {
		if alnumOnly(s) == "" {
			return corpus.BadOption("block_substrings", "%q holds no ASCII letter or digit", s)
		}
	}
	return nil
}

// URL is the stage url.
type URL struct {
	options    URLOptions
	domains    map[string]struct{}
	words      map[string]struct{}
	substrings []string
}

// NewURL makes the stage and reads its files, or returns an OptionError.
func NewURL(options URLOptions) (*URL, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &URL{options: options, domains: map[string]struct{}{}, words: map[string]struct{}{}}
	add := func(entry string) error {
		domain, err := normalDomain(entry)
		if err == nil {
			stage.domains[domain] = struct{}{}
		}
		return err
	}
	for _, domain := range options.BlockDomains {
		if err := add(domain); err != nil {
			return nil, corpus.BadOption("block_domains", "%w", err)
		}
	}
	if err := readLists("block_domain_files", options.BlockDomainFiles, add); err != nil {
		return nil, err
	}
	for _, word := range options.BlockWords {
		stage.words[strings.ToLower(word)] = struct{}{}
	}
	for _, s := range options.BlockSubstrings {
		stage.substrings = append(stage.substrings, alnumOnly(s))
	}
	return stage, nil
}

// Name returns "url".
func (*URL) Name() string { return "url" }

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
	scheme, host := splitURL(address)
	if len(u.options.Schemes) > 0 && scheme != "" && !slices.Contains(u.options.Schemes, scheme) {
		return "scheme", scheme
	}
	if u.options.BlockIPHosts {
		if _, err := netip.ParseAddr(host); err == nil {
			return "ip_host", nil // the address itself may be personal data
		}
	}
	if domain := u.blockedDomain(host); domain != "" {
		return "domain", domain
	}
	if len(u.words) > 0 {
		for word := range strings.FieldsFuncSeq(address, notAlnum) {
			word = strings.ToLower(word)
			if _, ok := u.words[word]; ok {
				return "word", word
			}
		}
	}
	if len(u.substrings) > 0 {
		squeezed := alnumOnly(address)
		for _, s := range u.substrings {
			if strings.Contains(squeezed, s) {
				return "substring", s
			}
		}
	}
	return "", nil
}

// blockedDomain returns the listed domain that the host is or lies under, "" for none.
func (u *URL) blockedDomain(host string) string {
	if len(u.domains) == 0 || host == "" {
		return ""
	}
	for domain := host; ; {
		if _, ok := u.domains[domain]; ok {
			return domain
		}
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return ""
		}
		domain = parent
	}
}

// splitURL returns an address's scheme and host, in lower case and the host in its ASCII form, without user, port, brackets and
// final dot. It takes any string: crawls hold URLs that a strict parser refuses.
func splitURL(address string) (scheme, host string) {
	rest := strings.Trim(address, " \t\r\n<>")
	if i := strings.IndexByte(rest, ':'); i > 0 && isScheme(rest[:i]) {
		if name := strings.ToLower(rest[:i]); name == "http" || name == "https" {
			// A browser takes any number of slashes here, of either kind (WHATWG URL, section 4.4).
			return name, hostOf(strings.TrimLeft(rest[i+1:], `/\`))
		}
		if strings.HasPrefix(rest[i:], "://") {
			scheme, rest = strings.ToLower(rest[:i]), rest[i+3:]
		} else if port := rest[i+1:]; port == "" || port[0] < '0' || port[0] > '9' {
			return strings.ToLower(rest[:i]), "" // dns:example.org, mailto:…: no host part
		}
	} else {
		rest = strings.TrimPrefix(rest, "//")
	}
	return scheme, hostOf(rest)
}

// hostOf returns the host that begins what follows a scheme and its slashes.
func hostOf(rest string) string {
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if strings.HasPrefix(rest, "[") {
		host, _, _ := strings.Cut(rest[1:], "]")
		return strings.ToLower(host)
	}
	rest, _, _ = strings.Cut(rest, ":")
	if domain, err := normalDomain(rest); err == nil {
		return domain
	}
	return strings.ToLower(rest)
}

// isScheme follows RFC 3986, section 3.1. A dot, allowed there, is taken as the sign of a host with a port.
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&classAlpha == 0 && (i == 0 || class[s[i]]&classDigit == 0 && s[i] != '+' && s[i] != '-') {
			return false
		}
	}
	return s != ""
}

// normalDomain is a domain name in lower case and ASCII form, without leading "*." and final dot.
func normalDomain(s string) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "*."), ".")
	if name == "" || strings.ContainsAny(name, "/:@ \t") {
		return "", fmt.Errorf("%q is not a domain name", s)
	}
	for i := 0; i < len(name); i++ {
		if name[i] >= 0x80 {
			ascii, err := idna.Punycode.ToASCII(strings.ToLower(name))
			if err != nil {
				return "", fmt.Errorf("%q is not a domain name: %w", s, err)
			}
			return ascii, nil
		}
	}
	return strings.ToLower(name), nil
}

func notAlnum(r rune) bool { return r >= 0x80 || class[r]&classAlnum == 0 }

// alnumOnly keeps the ASCII letters, in lower case, and digits.
func alnumOnly(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case class[c]&classUpper != 0:
			b = append(b, c+'a'-'A')
		case class[c]&classAlnum != 0:
			b = append(b, c)
		}
	}
	return string(b)
}
