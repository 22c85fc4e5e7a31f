package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Glob returns the files that a pattern names, sorted by path.
//
// A pattern that is the path of something that exists is taken literally, whatever
// characters it has: a file is itself, a folder is all that List finds in it. Else
// *, ? and [a-z] match within one name as in path.Match, and ** as a whole name
// matches any number of folders, also none. A folder that matches stands for all
// its files, as it does when a shell expands the pattern. Hidden names match only
// where the pattern's own name begins with a dot. No match at all is an error that names the pattern.
//
// Patterns of buckets work in the same way, except that '?' begins an address's parameters.
func Glob(ctx context.Context, pattern string) ([]Entry, error) {
	if pattern == "" {
		return nil, errors.New("empty input path")
	}
	if IsURL(pattern) {
		at, err := parseAddress(pattern)
		if err != nil {
			return nil, err
		}
		return globRemote(ctx, at)
	}
	if _, err := os.Stat(pattern); err == nil {
		return expand(ctx, pattern)
	} else if !hasMeta(pattern) || !errors.Is(err, fs.ErrNotExist) {
		return nil, named("open", pattern, err)
	}
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	g := globber{ctx: ctx, found: make(map[string]Entry)}
	root, rest := ".", filepath.Clean(pattern)
	if filepath.IsAbs(rest) {
		root = string(filepath.Separator)
		rest = strings.TrimPrefix(rest, root)
	}
	if err := g.match(root, strings.Split(rest, string(filepath.Separator))); err != nil {
		return nil, err
	}
	if len(g.found) == 0 {
		return nil, fmt.Errorf("%s: no file matches", pattern)
	}
	all := make([]Entry, 0, len(g.found))
	for _, e := range g.found {
		all = append(all, e)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	return all, nil
}

// expand turns an existing file into itself and an existing folder into its files.
func expand(ctx context.Context, path string) ([]Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, named("stat", path, err)
	}
	if info.IsDir() {
		return List(ctx, path)
	}
	e, err := Stat(ctx, path)
	return []Entry{e}, err
}

func hasMeta(s string) bool { return strings.ContainsAny(s, `*?[\`) }

type globber struct {
	ctx   context.Context
	found map[string]Entry
}

// match walks one name of the pattern at a time, so that only folders that can hold a match are read.
func (g *globber) match(folder string, names []string) error {
	if len(names) == 0 {
		entries, err := expand(g.ctx, folder)
		for _, e := range entries {
			g.found[e.Path] = e
		}
		return err
	}
	name, rest := names[0], names[1:]
	if name != "**" && !hasMeta(name) {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return g.match(path, rest)
	}
	if name == "**" && len(rest) > 0 {
		if err := g.match(folder, rest); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return named("list", folder, err)
	}
	for _, e := range entries {
		if err := g.matchEntry(filepath.Join(folder, e.Name()), e, names); err != nil {
			return err
		}
	}
	return nil
}

// matchEntry tries the first of names on one entry of a folder.
func (g *globber) matchEntry(path string, e fs.DirEntry, names []string) error {
	name, rest := names[0], names[1:]
	if strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".") {
		return nil
	}
	if name == "**" {
		switch {
		case e.IsDir():
			return g.match(path, names)
		case len(rest) == 0:
			return g.add(path)
		}
		return nil
	}
	if ok, err := filepath.Match(name, e.Name()); err != nil || !ok {
		return err
	}
	if len(rest) == 0 && !e.IsDir() {
		return g.add(path)
	}
	if len(rest) > 0 {
		// Only a folder, or a link to one, can hold the names that follow.
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			return nil
		}
	}
	return g.match(path, rest)
}

// add takes a file or a link that a wildcard matched. What is neither file nor folder is left out, as in List.
func (g *globber) add(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return named("follow link", path, err)
	}
	if info.IsDir() {
		return g.match(path, nil)
	}
	if info.Mode().IsRegular() {
		g.found[path] = Entry{Path: path, Bytes: info.Size()}
	}
	return nil
}
