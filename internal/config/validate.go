package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"corpus"
)

var (
	sourceName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$`)
)

// minSplit is the smallest SplitBytes but 0.
const minSplit = 64 << 10

// Validate checks every section; the error is a *corpus.OptionError with the full key.
func (c *Config) Validate() error {
	if c.Workers < 0 {
		return corpus.BadOption("workers", "must be 0 or more, not %d", c.Workers)
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
	if c.Tokenizer.MemoryMB < 1 {
		return corpus.BadOption("tokenizer.memory_mb", "must be at least 1, not %d", c.Tokenizer.MemoryMB)
	}
	return errors.Join(
		under("clean", c.Clean.Validate()),
		under("dedup.exact", c.Dedup.Exact.Validate()),
		under("dedup.minhash", c.Dedup.MinHash.Validate()),
		under("tokenizer", c.Tokenizer.TrainOptions.Validate()),
		under("shards", c.Shards.Validate()),
		under("train", c.Train.Validate()),
	)
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
		if m != "exact" && m != "minhash" {
			return corpus.BadOption("dedup.methods", "unknown method %q; there are exact, minhash", m)
		}
		if slices.Contains(d.Methods[:i], m) {
			return corpus.BadOption("dedup.methods", "method %s is named twice", m)
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
