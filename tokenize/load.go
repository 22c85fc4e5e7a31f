package tokenize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile is the largest vocabulary file, in bytes, that is read.
const maxFile = 256 << 20

// maxHoles is the most ids that special tokens may leave free.
const maxHoles = 1 << 16

// The names of the files in a tokenizer's folder.
const (
	jsonFile     = "tokenizer.json"
	configFile   = "tokenizer_config.json"
	specialsFile = "special_tokens_map.json"
	tiktokenFile = "vocab.tiktoken"
	vocabFile    = "vocab.json"
	mergesFile   = "merges.txt"
)

// LoadOptions say what the files of a tokenizer leave open. The zero value leaves it to them.
type LoadOptions struct {
	// Pattern is the name of the rule that cuts text into words, for a .tiktoken file or vocab.json and merges.txt.
	Pattern string
	// Specials are the special tokens, for the same files.
	Specials []SpecialToken
	// BOS, EOS and Pad name the special tokens that begin a document, end one and fill sequences up. Empty: what
	// tokenizer_config.json says.
	BOS, EOS, Pad string
}

// Load reads a tokenizer: a folder with a tokenizer.json or with vocab.json and merges.txt, one of these files, or a .tiktoken file.
//
// A .tiktoken file names neither a pattern nor special tokens. They are known for the published files, which are told by
// their digest: r50k_base, p50k_base, cl100k_base, o200k_base, and those of Llama 3 and Qwen. Else they are those of the
// tokenizer.json in the same folder. LoadWith takes others.
//
// A vocabulary with gaps, duplicates or unreachable tokens is refused, with the line, and so is one that would need
// anything that this package does not do to give the ids that its makers' tools give. Post-processors are not
// applied: no special tokens are added.
func Load(path string) (*Model, error) { return LoadWith(path, LoadOptions{}) }

// LoadWith is Load with what the files do not say.
func LoadWith(path string, o LoadOptions) (*Model, error) {
	file, err := fileOf(path)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	m, err := loadFile(file, o)
	if err == nil {
		err = m.nameRoles(o)
	}
	if err != nil {
		return nil, fmt.Errorf("load tokenizer %s: %w", file, err)
	}
	return m, nil
}

// fileOf returns the file to read for a path, which may be that of a folder.
func fileOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return path, nil
	}
	file := filepath.Join(path, jsonFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(path, vocabFile)); err == nil {
			return filepath.Join(path, vocabFile), nil
		}
	}
	return file, nil
}

func loadFile(path string, o LoadOptions) (*Model, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	vocab, merges, paired := pairedFiles(path)
	if strings.HasSuffix(path, ".tiktoken") || !paired && looksRanked(data) {
		return loadRanks(data, filepath.Dir(path), o)
	}
	config, err := readConfig(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	var m *Model
	if paired {
		m, err = loadGPT2(path, vocab, merges, config, o)
	} else if o.Pattern != "" || len(o.Specials) > 0 {
		err = errors.New("the file names its pattern and its special tokens itself: they cannot be chosen")
	} else {
		m, err = parseHF(data)
	}
	if err != nil {
		return nil, err
	}
	m.setConfig(config)
	return m, nil
}

// readFile reads a whole file of bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := int64(0)
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	if size > maxFile {
		return nil, fmt.Errorf("file is larger than %d bytes", maxFile)
	}
	data := make([]byte, 0, size+1) // and 1, so that the end is found without growing
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case len(data) > maxFile:
			return nil, fmt.Errorf("file is larger than %d bytes", maxFile)
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, err
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

// nameRoles gives the roles that the options name.
func (m *Model) nameRoles(o LoadOptions) error {
	bos, eos, pad := m.roleName(m.bos), m.roleName(m.eos), m.roleName(m.pad)
	for _, role := range []struct{ name, want *string }{{&bos, &o.BOS}, {&eos, &o.EOS}, {&pad, &o.Pad}} {
		if *role.want != "" {
			*role.name = *role.want
		}
	}
	return m.setRoles(bos, eos, pad)
}

func (m *Model) roleName(id int64) string {
	if id < 0 {
		return ""
	}
	return string(m.tokens[id])
}
