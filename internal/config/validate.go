package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"corpus"
	"corpus/dedup/paragraph"
)

var (
	sourceName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$`)
)

// minSplit is the smallest SplitBytes but 0.
const minSplit = 64 << 10

// mostMemory is the largest number of MiB that an option may name: a pebibyte, whose bytes can still be counted.
const mostMemory = 1 << 30

// Validate checks every section; the error is a *corpus.OptionError with the full key.
func (c *Config) Validate() error {
	if c.Workers < 0 {
		return corpus.BadOption("workers", "must be 0 or more, not %d", c.Workers)
	}
	if c.MemoryMB < 0 || c.MemoryMB > mostMemory {
		return corpus.BadOption("memory_mb", "must be 0 to %d, not %d", mostMemory, c.MemoryMB)
	}
	if c.SplitBytes != 0 && c.SplitBytes < minSplit {
		return corpus.BadOption("split_bytes", "must be 0 or at least %d, not %d", minSplit, c.SplitBytes)
	}
	if len(c.Sources) == 0 {
		return corpus.BadOption("sources", "no sources: name at least one")
	}
	seen := map[string]bool{}
	for i, s := range c.Sources {
		key := fmt.Sprintf("sources[%d]", i)
		switch {
		case !sourceName.MatchString(s.Name):
			return corpus.BadOption(key+".name", "a source needs a name of letters, digits, '.', '_' and '-', not %q", s.Name)
		case seen[s.Name]:
			return corpus.BadOption(key+".name", "two sources are named %q", s.Name)
		case s.Language != "" && !languageTag.MatchString(s.Language):
			return corpus.BadOption(key+".language", "%q is no language tag such as de or en-GB", s.Language)
		}
		seen[s.Name] = true
		if err := errors.Join(under(key, s.validateInputs()), under(key+".limits", s.Limits.validate()), under(key, s.Options.Validate())); err != nil {
			return err
		}
	}
	if err := c.validateFilters(); err != nil {
		return err
	}
	if err := c.Dedup.validateMethods(); err != nil {
		return err
	}
	if err := c.Dedup.validateIndex(); err != nil {
		return err
	}
	if !(c.Dedup.WarnRemoved > 0 && c.Dedup.WarnRemoved <= 1) { // also refuses NaN
		return corpus.BadOption("dedup.warn_removed", "must be above 0 and at most 1, not %v", c.Dedup.WarnRemoved)
	}
	_, priorityErr := c.Priority()
	return errors.Join(
		under("clean", c.Clean.Validate()),
		under("dedup", priorityErr),
		under("dedup.url", c.Dedup.URL.Validate()),
		under("dedup.exact", c.Dedup.Exact.Validate()),
		under("dedup.minhash", c.Dedup.MinHash.Validate()),
		under("dedup.paragraph", c.Dedup.Paragraph.Validate()),
		under("dedup.substring", c.Dedup.Substring.Validate()),
		under("tokenizer", c.Tokenizer.validate(c.Sources)),
		under("shards", c.Shards.Options.Validate()),
		under("shards.mixture", errors.Join(c.Shards.Mixture.Validate(), c.Shards.Mixture.ValidateSources(c.sourceNames()))),
		under("train", c.Train.Validate()),
	)
}

func (c *Config) sourceNames() (names []string) {
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names
}

func (l Limits) validate() error {
	switch {
	case l.Files < 0:
		return corpus.BadOption("files", "must be 0 or more, not %d", l.Files)
	case l.Bytes < 0:
		return corpus.BadOption("bytes", "must be 0 or more, not %d", l.Bytes)
	case l.Records < 0:
		return corpus.BadOption("records", "must be 0 or more, not %d", l.Records)
	case !(l.Sample > 0 && l.Sample <= 1):
		return corpus.BadOption("sample", "must be above 0 and at most 1, not %v", l.Sample)
	}
	return nil
}

func (d Dedup) validateMethods() error {
	for i, m := range d.Methods {
		if !slices.Contains(DedupMethods(), m) {
			return corpus.BadOption("dedup.methods", "unknown method %q; there are %s", m, strings.Join(DedupMethods(), ", "))
		}
		if slices.Contains(d.Methods[:i], m) {
			return corpus.BadOption("dedup.methods", "method %s is named twice", m)
		}
	}
	if d.Has("paragraph") && d.Paragraph.Method == paragraph.Bloom && len(d.Survivor) > 0 {
		return corpus.BadOption("dedup.paragraph.method", "bloom keeps the first copy in the order of the inputs and cannot follow dedup.survivor; exact can")
	}
	return nil
}

// validateIndex refuses what an index does not serve.
func (d Dedup) validateIndex() error {
	key := "dedup.index"
	if len(d.Against) > 0 {
		key = "dedup.against"
	} else if !d.Index {
		return nil
	}
	served := []string{"url", "exact", "minhash"}
	for _, m := range d.Methods {
		if !slices.Contains(served, m) {
			return corpus.BadOption(key, "method %s finds repeats within one build only: an index serves %s", m, strings.Join(served, ", "))
		}
	}
	if len(d.Methods) == 0 {
		return corpus.BadOption(key, "no method is chosen: an index serves %s", strings.Join(served, ", "))
	}
	for i, path := range d.Against {
		if path == "" || slices.Contains(d.Against[:i], path) {
			return corpus.BadOption(key, "%q is empty or named twice", path)
		}
	}
	return nil
}

func (c *Config) validateFilters() error {
	named := map[string]bool{}
	for i, f := range c.Filters {
		key := fmt.Sprintf("filters[%d]", i)
		if named[f.Name] {
			return corpus.BadOption(key, "filter %s is named twice", f.Name)
		}
		named[f.Name] = true
		k, ok := filterKinds()[f.Name]
		if !ok {
			return corpus.BadOption(key, "unknown filter %q", f.Name)
		}
		if err := under(key+"."+f.Name, k.validate(f.Options)); err != nil {
			return err
		}
	}
	return nil
}

// under puts a section's key before the key of an OptionError.
func under(section string, err error) error {
	var opt *corpus.OptionError
	if !errors.As(err, &opt) {
		if err == nil {
			return nil
		}
		return &corpus.OptionError{Key: section, Err: err}
	}
	return &corpus.OptionError{Key: section + "." + opt.Key, Err: opt.Err}
}
