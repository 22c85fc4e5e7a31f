package tokenize

import (
	"bytes"
	"corpus/tokenize/pretoken"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// pairedFiles returns the two files of GPT-2's format, if a path is that of either: vocab.json and merges.txt, or
// encoder.json and vocab.bpe, also with something before these names.
func pairedFiles(path string) (vocab, merges string, ok bool) {
	dir, name := filepath.Split(path)
	for _, pair := range [][2]string{{vocabFile, mergesFile}, {"encoder.json", "vocab.bpe"}} {
		for _, end := range pair {
			if before, ok := strings.CutSuffix(name, end); ok {
				return dir + before + pair[0], dir + before + pair[1], true
			}
		}
	}
	return "", "", false
}

// gpt2Classes are the tokenizers of transformers that read these files and do no more than a Pattern does.
var gpt2Classes = map[string]struct {
	pattern string
	nfc     bool
}{
	"": {"gpt2", false}, "GPT2Tokenizer": {"gpt2", false}, "Qwen2Tokenizer": {"qwen2", true},
}

// loadGPT2 reads vocab.json, an object of tokens in the byte-level alphabet and their ids, and merges.txt, a merge
// in a line (openai/gpt-2, encoder.py). Of the tokens that are in no merge those are special that the options, the
// configuration or the format itself names, which has only <|endoftext|>. Errors name the file of the two that path is not.
func loadGPT2(path, vocabPath, mergesPath string, config *hfConfig, o LoadOptions) (*Model, error) {
	vocabText, err := readFile(vocabPath)
	if err != nil {
		return nil, err
	}
	mergesText, err := readFile(mergesPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the merges are not beside it: %w", err)
	}
	if err != nil {
		return nil, err
	}
	class, ok := gpt2Classes[strings.TrimSuffix(config.class, "Fast")]
	if o.Pattern != "" {
		class.pattern, class.nfc = o.Pattern, false
	} else if !ok {
		return nil, fmt.Errorf("%s: tokenizer_class %q is not known to cut text as a pattern does: name the pattern", configFile, config.class)
	}
	pattern, err := pretoken.Find(class.pattern)
	if err != nil {
		return nil, err
	}
	specials := o.Specials
	if len(specials) == 0 {
		specials = config.added
	}
	files := gpt2Files{pattern: pattern, specials: specials}
	if path == vocabPath {
		files.mergesName = filepath.Base(mergesPath) + ": "
	} else {
		files.vocabName = filepath.Base(vocabPath) + ": "
	}
	m, err := files.parse(vocabText, mergesText)
	if err != nil {
		return nil, err
	}
	m.nfc = class.nfc
	return m, nil
}

type gpt2Files struct {
	pattern               *pretoken.Pattern
	specials              []SpecialToken
	vocabName, mergesName string // what errors about the file begin with
}

func (f *gpt2Files) parse(vocabText, mergesText []byte) (*Model, error) {
	var where places
	m, vocab, err := f.readVocab(vocabText, &where)
	if err != nil {
		return nil, fmt.Errorf("%s%w", f.vocabName, where.locate(vocabText, true, err))
	}
	var lines places
	merges, err := readMerges(mergesText, vocab.ids, &lines)
	if err == nil {
		err = m.setMerges(merges, false)
	}
	var token *ofToken
	if errors.As(err, &token) {
		return nil, fmt.Errorf("%s%w", f.vocabName, where.locate(vocabText, true, err))
	}
	if err != nil {
		return nil, fmt.Errorf("%s%w", f.mergesName, lines.locate(mergesText, false, err))
	}
	return m, nil
}

func (f *gpt2Files) readVocab(text []byte, where *places) (*Model, *vocabReader, error) {
	specials := append([]SpecialToken(nil), f.specials...)
	if len(specials) == 0 {
		if id, ok := findKey(text, EndOfText); ok {
			specials = []SpecialToken{{id, EndOfText}}
		}
	}
	names := make([]string, len(specials))
	vocab := &vocabReader{places: where, special: make(map[string]int64, len(specials))}
	for i, s := range specials {
		names[i] = s.Content
		vocab.special[s.Content] = int64(s.ID)
	}
	if err := checkSpecials(names); err != nil {
		return nil, nil, err
	}
	r := &jsonReader{data: text}
	if err := vocab.read(r); err != nil {
		return nil, nil, err
	}
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	at := make([]int, len(specials))
	for i := range at {
		at[i] = nowhere
	}
	tokens, err := vocab.place(specials, at)
	if err != nil {
		return nil, nil, err
	}
	m := baseModel(f.pattern, tokens, specials)
	return m, vocab, m.setTokens(vocab.ids)
}

// findKey looks for one token of the vocabulary.
func findKey(text []byte, token string) (id uint32, ok bool) {
	r := &jsonReader{data: text}
	// What is wrong with the text is found when it is read in earnest.
	_ = r.object(func(key []byte, at int) error {
		if string(key) != token {
			_, err := r.skip()
			return err
		}
		n, err := r.integer()
		if err == nil && n >= 0 && n < maxVocabSize {
			id, ok = uint32(n), true
		}
		return err
	})
	return id, ok
}

// readMerges reads the lines "a b". A first line that begins with "#version" is no merge.
func readMerges(text []byte, ids map[string]uint32, where *places) ([]merge, error) {
	merges := mergeReader{ids: ids, letters: newLetterTable()}
	offset := 0
	for raw := range bytes.Lines(text) {
		line := bytes.TrimRight(raw, "\r\n")
		if len(line) > 0 && (offset > 0 || !bytes.HasPrefix(line, []byte("#version"))) {
			left, right, err := cutPair(line)
			if err == nil {
				err = merges.add(left, right)
			}
			if err != nil {
				return nil, &atOffset{offset, err}
			}
			where.merges = append(where.merges, int32(offset))
		}
		offset += len(raw)
	}
	return merges.list, nil
}
