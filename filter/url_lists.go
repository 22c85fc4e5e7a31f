package filter

import (
	"fmt"
	"slices"
	"strings"

	"corpus"
)

// NewURL makes the stage and reads its files, or returns an OptionError.
func NewURL(options URLOptions) (*URL, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &URL{options: options}
	if err := stage.readPlaces(); err != nil {
		return nil, err
	}
	if err := stage.readWords(); err != nil {
		return nil, err
	}
	if options.BlockAdult {
		stage.adult = newAdultRule()
	}
	return stage, nil
}

// readPlaces makes the sets of domains and of beginnings of addresses.
func (u *URL) readPlaces() error {
	o := &u.options
	var allow, block urlLists
	for _, source := range []struct {
		key   string
		inner []string
		files []string
		lists *urlLists
		add   func(entry []byte) error
	}{
		{"allow_domains", o.AllowDomains, o.AllowDomainFiles, &allow, allow.addDomain},
		{"allow_urls", o.AllowURLs, o.AllowURLFiles, &allow, allow.addPrefix},
		{"block_domains", o.BlockDomains, o.BlockDomainFiles, &block, block.addDomain},
		{"block_urls", o.BlockURLs, o.BlockURLFiles, &block, block.addPrefix},
	} {
		for _, entry := range source.inner {
			if err := source.add([]byte(strings.TrimSpace(entry))); err != nil {
				return corpus.BadOption(source.key, "%w", err)
			}
		}
		key := strings.TrimSuffix(source.key, "s") + "_files"
		for _, path := range source.files {
			if err := source.lists.read(urlFile{path: path, name: key + " " + path, origin: path, add: source.add}); err != nil {
				return corpus.BadOption(key, "%w", err)
			}
		}
	}
	for _, folder := range o.BlockCategories {
		if err := block.readCategory(folder); err != nil {
			return corpus.BadOption("block_categories", "%w", err)
		}
	}
	for _, b := range []*urlSetBuilder{&allow.domains, &allow.prefixes, &block.domains, &block.prefixes} {
		if len(b.hashes) > maxURLSet {
			return fmt.Errorf("more than %d entries in the lists of one kind", maxURLSet)
		}
	}
	u.allowed = urlPlaces{allow.domains.set(), allow.prefixes.set()}
	u.blocked = urlPlaces{block.domains.set(), block.prefixes.set()}
	u.models = append(u.models, allow.files...)
	u.models = append(u.models, block.files...)
	return nil
}

// readWords makes the lists of words and substrings.
func (u *URL) readWords() error {
	o := &u.options
	word := func(kind urlWord) func(entry string) {
		return func(entry string) { u.words.add(entry, kind) }
	}
	for _, source := range []struct {
		key   string
		inner []string
		files []string
		add   func(entry string)
	}{
		{"block_word_files", o.BlockWords, o.BlockWordFiles, word(hardURLWord)},
		{"soft_word_files", o.SoftWords, o.SoftWordFiles, word(softURLWord)},
		{"block_substring_files", o.BlockSubstrings, o.BlockSubstringFiles, func(entry string) { u.substrings = append(u.substrings, entry) }},
	} {
		for _, entry := range source.inner {
			source.add(alnumOnly(entry))
		}
		for _, path := range source.files {
			var lists urlLists
			err := lists.read(urlFile{path: path, name: source.key + " " + path, origin: path, add: func(entry []byte) error {
				text := alnumOnly(string(entry))
				if text == "" {
					return fmt.Errorf("%q holds no ASCII letter or digit", entry)
				}
				source.add(text)
				return nil
			}})
			if err != nil {
				return corpus.BadOption(source.key, "%w", err)
			}
			u.models = append(u.models, lists.files...)
		}
	}
	slices.Sort(u.substrings)
	u.substrings = slices.Compact(u.substrings)
	return u.readSubstrings()
}

// listedDomain returns the listed domain that the host is or lies under, "" for none. Of a host that is longer than any name its end is looked up.
func (u *URL) listedDomain(list *urlSet, host string) string {
	if list.len() == 0 || host == "" {
		return ""
	}
	if u.options.MatchDomains == MatchRegistered {
		if domain := registeredDomain(host); domain != "" && list.has(domain) {
			return domain
		}
		if list.has(host) {
			return host
		}
		return ""
	}
	for len(host) > maxHost {
		_, host, _ = strings.Cut(host[len(host)-maxHost-1:], ".")
	}
	for domain := host; ; {
		if list.has(domain) {
			return domain
		}
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return ""
		}
		domain = parent
	}
}

// Bounds of the search for the beginning of an address.
const (
	maxURLPath     = 2048 // bytes of an address that are looked at
	maxURLPrefixes = 64   // beginnings that are looked up
)

// listedPrefix returns the listed beginning of an address, "" for none: the host alone, or with a path that ends where a part of the address's does.
func (p *urlPlaces) listedPrefix(parts urlParts) string {
	if p.prefixes.len() == 0 || parts.host == "" {
		return ""
	}
	path, _, _ := strings.Cut(parts.rest[:min(len(parts.rest), maxURLPath)], "#")
	host := strings.TrimPrefix(parts.host, "www.")
	whole := host + strings.ToLower(path)
	tried := 0
	for i := len(host); i < len(whole) && tried < maxURLPrefixes; i++ {
		if c := whole[i]; c == '/' || c == '?' || c == '&' {
			if tried++; p.prefixes.has(whole[:i]) {
				return whole[:i]
			}
		}
	}
	if p.prefixes.has(whole) {
		return whole
	}
	return ""
}
