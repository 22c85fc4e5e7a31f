package build

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"corpus"
	"corpus/dedup"
	"corpus/internal/config"
	"corpus/internal/manifest"
)

// indexFormat is that of index/index.json; a build with another one is refused.
const indexFormat = "corpus-index/1"

// The files of an index, relative to the output folder. docs/format/dedup-index.md.
const (
	indexDir           = "index"
	indexHeadPath      = indexDir + "/index.json"
	indexPairsPath     = indexDir + "/pairs.run"
	indexMembersPath   = indexDir + "/members.run"
	indexSurvivorsPath = indexDir + "/survivors.run"
)

func indexKeysPath(exchange string, partition int) string {
	return fmt.Sprintf("%s/%s-%05d.keys", indexDir, exchange, partition)
}

func indexTextsPath(unit int) string { return fmt.Sprintf("%s/texts-%05d.run", indexDir, unit) }

// indexHead is index/index.json.
type indexHead struct {
	Format    string `json:"format"`
	FirstUnit int    `json:"first_unit"`
	Units     int    `json:"units"`
	// Partitions are the numbers of files of keys by method.
	Partitions map[string]int `json:"partitions"`
	// Survivors says that there are priorities of documents.
	Survivors bool `json:"survivors"`
}

// addEarlier reads what dedup.against names. It notes the differences that the result of one build over all would not have.
func (p *Plan) addEarlier(paths []string) error {
	for _, path := range paths {
		e, notes, err := p.earlierBuild(path)
		if err != nil {
			return corpus.BadOption("dedup.against", "%s: %w", path, err)
		}
		p.Earlier, p.FirstUnit = append(p.Earlier, e), e.FirstUnit+e.Units
		for _, note := range notes {
			p.Notes = append(p.Notes, path+": "+note)
		}
	}
	return nil
}

// earlierBuild reads a folder that comes behind those which the plan has.
func (p *Plan) earlierBuild(path string) (e manifest.Earlier, notes []string, err error) {
	m, err := manifest.Read(path)
	if err != nil {
		return e, nil, fmt.Errorf("no finished build: %w", err)
	}
	e = manifest.Earlier{Path: path, Digest: m.Digest, FirstUnit: m.FirstUnit(), Units: m.Units() - m.FirstUnit(), Sources: []string{}}
	for _, s := range m.Sources {
		e.Sources = append(e.Sources, s.Name)
	}
	if err := checkChain(m.Earlier, p.Earlier); err != nil {
		return e, nil, err
	}
	if err := checkIndex(path, m); err != nil {
		return e, nil, err
	}
	change, notes, err := optionChanges(m.Config, p.Config)
	if err == nil && change != "" {
		err = fmt.Errorf("it has another option: %s", change)
	}
	return e, append(notes, p.otherMeans(m)...), err
}

// otherMeans says what else shaped an earlier build's texts and is another now: the program, the models, and the files that both configs name.
func (p *Plan) otherMeans(m *manifest.Manifest) (notes []string) {
	if m.Tool != p.Tool {
		notes = append(notes, fmt.Sprintf("version was %s, %s, is %s, %s", m.Tool.Version, m.Tool.Go, p.Tool.Version, p.Tool.Go))
	}
	if change := modelChange(m.Models, p.Models); change != "" {
		notes = append(notes, "another model: "+change)
	}
	both := slices.DeleteFunc(slices.Clone(p.Files), func(f manifest.File) bool {
		return !slices.ContainsFunc(m.ConfigFiles, func(old manifest.File) bool { return old.Path == f.Path })
	})
	if change := fileChange(m.ConfigFiles, both); change != "" {
		notes = append(notes, "another content of "+change)
	}
	return notes
}

// checkChain sees that the builds that a build was deduplicated against stand before it, and no others.
func checkChain(of, before []manifest.Earlier) error {
	for i, e := range of {
		if i >= len(before) || before[i].Digest != e.Digest {
			return fmt.Errorf("it was deduplicated against %s with the digest %.12s…, which must stand before it", e.Path, e.Digest)
		}
	}
	if len(before) > len(of) {
		return fmt.Errorf("it was not deduplicated against %s, which stands before it", before[len(of)].Path)
	}
	return nil
}

// checkIndex reads the head of a folder's index and compares the sizes of all its files with the manifest.
func checkIndex(path string, m *manifest.Manifest) error {
	found := false
	for _, out := range m.Outputs {
		if !strings.HasPrefix(out.Path, indexDir+"/") {
			continue
		}
		file := filepath.Join(path, filepath.FromSlash(out.Path))
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		if info.Size() != out.Bytes {
			return fmt.Errorf("%s has %d bytes, not %d as it was written", out.Path, info.Size(), out.Bytes)
		}
		if out.Path != indexHeadPath {
			continue
		}
		found = true
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != out.SHA256 {
			return fmt.Errorf("%s was changed", out.Path)
		}
		var head indexHead
		if err := json.Unmarshal(data, &head); err != nil {
			return fmt.Errorf("%s: %w", out.Path, err)
		}
		if head.Format != indexFormat {
			return fmt.Errorf("%s has the format %q, this binary reads %q", out.Path, head.Format, indexFormat)
		}
	}
	if !found {
		return fmt.Errorf("it has no index: build it with dedup.index: true")
	}
	return nil
}

// optionChanges names the first dedup option in which two configs differ, and of each section that shapes texts and records the first key.
func optionChanges(old, now json.RawMessage) (change string, notes []string, err error) {
	var x, y any
	if err := errors.Join(decodeNumbers(old, &x), decodeNumbers(now, &y)); err != nil {
		return "", nil, err
	}
	a, _ := x.(map[string]any)
	b, _ := y.(map[string]any)
	change = valueChange("dedup", indexedOptions(a), indexedOptions(b))
	for _, key := range []string{"clean", "filters", "seed"} {
		if note := valueChange(key, a[key], b[key]); note != "" {
			notes = append(notes, note)
		}
	}
	return change, notes, nil
}

// indexedOptions are the dedup options that an index depends on: the methods in their order of application, what they are given, and who survives.
func indexedOptions(c map[string]any) map[string]any {
	section, _ := c["dedup"].(map[string]any)
	methods, _ := section["methods"].([]any)
	var names []any
	options := map[string]any{"survivor": section["survivor"]}
	for _, m := range config.DedupMethods() {
		if slices.Contains(methods, any(m)) {
			names = append(names, m)
			options[m] = section[m]
		}
	}
	options["methods"] = names
	return options
}

// priority is the order in which documents survive: the sources of the earlier builds come before this one's.
func (b *build) priority() (dedup.Priority, error) {
	var sources []string
	if b.plan != nil {
		for _, e := range b.plan.Earlier {
			sources = append(sources, e.Sources...)
		}
	}
	for _, s := range b.Config.Sources {
		sources = append(sources, s.Name)
	}
	return dedup.NewPriority(b.Config.Dedup.Survivor, sources)
}
