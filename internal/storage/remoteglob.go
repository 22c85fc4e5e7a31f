package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"gocloud.dev/blob"
)

const (
	pageSize = 1000
	// maxListed bounds a listing, whose entries are held in memory.
	maxListed = 1 << 22
)

// listRemote lists the objects below a prefix that ends in a slash, or a whole bucket. As in a listing of local files, hidden
// names are left out, and so are the empty objects that stand for folders.
func listRemote(ctx context.Context, at address) ([]Entry, error) {
	if at.isWeb() {
		return nil, noListing(at)
	}
	prefix := at.key()
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	m, err := newMatcher(ctx, at)
	if err != nil {
		return nil, err
	}
	if err := m.below(prefix); err != nil {
		return nil, err
	}
	return m.entries(), nil
}

func noListing(at address) error {
	return fmt.Errorf("list %s: web servers have no listings: name each file", Redacted(at.String()))
}

// globRemote returns the objects that a pattern names. A '?' begins the parameters of an address and is no wildcard in it;
// a character that is written as %XX always stands for itself.
func globRemote(ctx context.Context, at address) ([]Entry, error) {
	raw := strings.TrimPrefix(at.written(), "/")
	if at.isWeb() && strings.Contains(raw, "*") {
		return nil, noListing(at)
	}
	if at.isWeb() || !strings.ContainsAny(raw, `*[`) {
		return globLiteral(ctx, at)
	}
	var names []string
	for _, name := range strings.Split(raw, "/") {
		name = unescapePattern(name)
		if _, err := path.Match(name, ""); err != nil {
			return nil, fmt.Errorf("%s: %w", Redacted(at.String()), err)
		}
		names = append(names, name)
	}
	m, err := newMatcher(ctx, at)
	if err != nil {
		return nil, err
	}
	if err := m.match("", names); err != nil {
		return nil, err
	}
	if len(m.found) == 0 {
		return nil, fmt.Errorf("%s: no object matches", Redacted(at.String()))
	}
	return m.entries(), nil
}

// globLiteral is one object, or all below it where it is no object.
func globLiteral(ctx context.Context, at address) ([]Entry, error) {
	if !at.isWeb() && (at.key() == "" || strings.HasSuffix(at.key(), "/")) {
		return listRemote(ctx, at)
	}
	e, err := statRemote(ctx, at)
	if err == nil || at.isWeb() || !errors.Is(err, fs.ErrNotExist) {
		return []Entry{e}, err
	}
	below, listErr := listRemote(ctx, at)
	if listErr != nil || len(below) == 0 {
		return nil, err
	}
	return below, nil
}

// matcher gathers objects of a bucket.
type matcher struct {
	ctx    context.Context
	at     address
	bucket *bucket
	found  map[string]int64 // sizes by key
}

func newMatcher(ctx context.Context, at address) (*matcher, error) {
	b, err := openBucket(ctx, at)
	return &matcher{ctx: ctx, at: at, bucket: b, found: make(map[string]int64)}, err
}

// entries are sorted by key, as those of a folder are by path, and not by their escaped form.
func (m *matcher) entries() []Entry {
	all := make([]Entry, 0, len(m.found))
	for _, key := range slices.Sorted(maps.Keys(m.found)) {
		all = append(all, Entry{Path: m.at.withKey(key), Bytes: m.found[key]})
	}
	return all
}

// match finds what names match below a prefix, one name at a time, so that only folders that can hold a match are listed.
func (m *matcher) match(prefix string, names []string) error {
	name, rest := names[0], names[1:]
	if name == "**" {
		return m.list(prefix, "", func(key string, _ bool, size int64) error {
			if matchNames(names, strings.Split(key[len(prefix):], "/")) {
				return m.add(key, size)
			}
			return nil
		})
	}
	if len(rest) > 0 && !strings.ContainsAny(name, `*[\`) {
		return m.match(prefix+name+"/", rest)
	}
	var folders []string
	err := m.list(prefix+literal(name), "/", func(key string, folder bool, size int64) error {
		last := strings.TrimSuffix(key[len(prefix):], "/")
		if ok, err := path.Match(name, last); err != nil || !ok || hidden(last, name) {
			return err
		}
		if folder {
			folders = append(folders, key)
		} else if len(rest) == 0 {
			return m.add(key, size)
		}
		return nil
	})
	for _, folder := range folders {
		if err != nil {
			return err
		}
		if len(rest) == 0 {
			err = m.below(folder)
		} else {
			err = m.match(folder, rest)
		}
	}
	return err
}

// below takes all objects under a prefix.
func (m *matcher) below(prefix string) error {
	return m.list(prefix, "", func(key string, _ bool, size int64) error {
		for _, name := range strings.Split(key[len(prefix):], "/") {
			if hidden(name, "") {
				return nil
			}
		}
		return m.add(key, size)
	})
}

func (m *matcher) add(key string, size int64) error {
	if strings.HasSuffix(key, "/") {
		return nil // stands for a folder
	}
	if m.found[key] = size; len(m.found) > maxListed {
		return fmt.Errorf("list %s: more than %d objects", Redacted(m.at.String()), maxListed)
	}
	return nil
}

// list yields the objects whose keys begin with a prefix, and with a delimiter the folders there in the place of what is in them.
func (m *matcher) list(prefix, delimiter string, yield func(key string, folder bool, size int64) error) error {
	options := &blob.ListOptions{Prefix: prefix, Delimiter: delimiter}
	policy := policyOf(m.ctx)
	for token := blob.FirstPageToken; ; {
		var page []*blob.ListObject
		var next []byte
		err := policy.retry(m.ctx, "list", m.at, func(ctx context.Context, _ *watchdog) (further bool, err error) {
			page, next, err = m.bucket.page(ctx, token, options)
			return false, err
		})
		if err != nil {
			return err
		}
		for _, o := range page {
			if !strings.HasPrefix(o.Key, prefix) {
				return fmt.Errorf("list %s: the server lists %q, which is not below %q", Redacted(m.at.String()), o.Key, prefix)
			}
			if err := yield(o.Key, o.IsDir, o.Size); err != nil {
				return err
			}
		}
		if len(next) == 0 {
			return nil
		}
		if bytes.Equal(next, token) {
			return fmt.Errorf("list %s: the server gives the same page again and again", Redacted(m.at.String()))
		}
		token = next
	}
}

// matchNames matches the names of a key, of which "**" takes any number, also none.
func matchNames(pattern, names []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(names) > 0 && !slices.ContainsFunc(names, func(s string) bool { return hidden(s, "") })
			}
			for {
				if matchNames(pattern[1:], names) {
					return true
				}
				if len(names) == 0 || hidden(names[0], "") {
					return false
				}
				names = names[1:]
			}
		}
		if len(names) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], names[0]); err != nil || !ok || hidden(names[0], pattern[0]) {
			return false
		}
		pattern, names = pattern[1:], names[1:]
	}
	return !slices.ContainsFunc(names, func(s string) bool { return hidden(s, "") }) // a folder stands for all in it
}

// hidden says that a name begins with a dot and the pattern that it is matched with does not.
func hidden(name, pattern string) bool {
	return strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".")
}

// literal is what a name of a pattern begins with before its first wildcard.
func literal(pattern string) string {
	if end := strings.IndexAny(pattern, `*[\`); end >= 0 {
		return pattern[:end]
	}
	return pattern
}

// unescapePattern undoes the %XX of one name, so that what they stand for is matched literally, and '?', which an address
// cannot have as a wildcard, too.
func unescapePattern(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '%' && i+2 < len(name) {
			hi, lo := unhex(name[i+1]), unhex(name[i+2])
			if hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo)
				i += 2
				if strings.IndexByte(`*?[]\`, c) >= 0 {
					b.WriteByte('\\')
				}
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unhex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }
