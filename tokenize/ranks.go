package tokenize

import (
	"bytes"
	"corpus/tokenize/pretoken"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// rankFile is a published .tiktoken file, with what its makers' tools add to it.
type rankFile struct {
	name, sha256, pattern string
	nfc                   bool
	bos, eos              string
	specials              []SpecialToken
}

// rankFiles are told by their digest: nothing else is sure. Those of OpenAI stand in openai/tiktoken,
// tiktoken_ext/openai_public.py; that of Llama 3 in meta-llama/llama-models, models/llama3/tokenizer.py, of whose special tokens only
// those are here whose id is the same in all versions; that of Qwen in QwenLM/Qwen, tokenization_qwen.py.
var rankFiles = []rankFile{
	{name: "r50k_base", sha256: "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
		pattern: "gpt2", eos: EndOfText, specials: []SpecialToken{{50256, EndOfText}}},
	{name: "p50k_base", sha256: "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
		pattern: "gpt2", eos: EndOfText, specials: []SpecialToken{{50256, EndOfText}}},
	{name: "cl100k_base", sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
		pattern: "cl100k", eos: EndOfText, specials: []SpecialToken{
			{100257, EndOfText}, {100258, "<|fim_prefix|>"}, {100259, "<|fim_middle|>"}, {100260, "<|fim_suffix|>"}, {100276, "<|endofprompt|>"},
		}},
	{name: "o200k_base", sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
		pattern: "o200k", eos: EndOfText, specials: []SpecialToken{{199999, EndOfText}, {200018, "<|endofprompt|>"}}},
	{name: "Llama 3", sha256: "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
		pattern: "llama3", bos: "<|begin_of_text|>", eos: "<|end_of_text|>", specials: []SpecialToken{
			{128000, "<|begin_of_text|>"}, {128001, "<|end_of_text|>"}, {128006, "<|start_header_id|>"}, {128007, "<|end_header_id|>"}, {128009, "<|eot_id|>"},
		}},
	{name: "Llama 4", sha256: "d0bdbaf59b0762c8c807617e2d8ea51420eb1b1de266df2495be755c8e0ed6ed",
		pattern: "o200k", bos: "<|begin_of_text|>", eos: "<|end_of_text|>", specials: []SpecialToken{
			{200000, "<|begin_of_text|>"}, {200001, "<|end_of_text|>"}, {200002, "<|fim_prefix|>"}, {200003, "<|fim_middle|>"}, {200004, "<|fim_suffix|>"},
		}},
	{name: "Qwen", sha256: "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186",
		pattern: "qwen2", nfc: true, eos: EndOfText, specials: []SpecialToken{{151643, EndOfText}, {151644, "<|im_start|>"}, {151645, "<|im_end|>"}}},
}

// looksRanked says whether a file without a name for it begins as a .tiktoken file does: Llama's is called tokenizer.model.
func looksRanked(data []byte) bool {
	line, _, _ := bytes.Cut(data[:min(len(data), 100)], []byte{'\n'})
	token, rank, ok := bytes.Cut(bytes.TrimRight(line, "\r"), []byte{' '})
	return ok && len(token)%4 == 0 && len(token) > 0 && len(rank) > 0 && len(bytes.Trim(rank, "0123456789")) == 0
}

// loadRanks reads a .tiktoken file from the folder dir.
func loadRanks(data []byte, dir string, o LoadOptions) (*Model, error) {
	known := findRankFile(data)
	if known != nil && (o.Pattern == "" || o.Pattern == known.pattern) {
		return known.model(data, o.Specials)
	}
	if o.Pattern != "" {
		pattern, err := pretoken.Find(o.Pattern)
		if err != nil {
			return nil, err
		}
		return parseTiktoken(data, pattern, o.Specials)
	}
	beside, err := loadFile(filepath.Join(dir, jsonFile), LoadOptions{})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file is none of the known ones, and there is no %s beside it to name the pattern", jsonFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%s beside the file: %w", jsonFile, err)
	}
	specials := beside.SpecialTokens()
	if len(o.Specials) > 0 {
		specials = o.Specials
	}
	m, err := parseTiktoken(data, beside.pattern, specials)
	if err != nil {
		return nil, err
	}
	if len(o.Specials) == 0 {
		m.bos, m.eos, m.pad, m.added = beside.bos, beside.eos, beside.pad, beside.added
	}
	m.nfc = beside.nfc
	return m, nil
}

func findRankFile(data []byte) *rankFile {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	for i := range rankFiles {
		if rankFiles[i].sha256 == digest {
			return &rankFiles[i]
		}
	}
	return nil
}

// model reads the file; specials, if there are any, take the place of its own.
func (f *rankFile) model(data []byte, specials []SpecialToken) (*Model, error) {
	pattern, err := pretoken.Find(f.pattern)
	if err != nil {
		return nil, fmt.Errorf("the file is that of %s: %w", f.name, err)
	}
	if len(specials) > 0 {
		return parseTiktoken(data, pattern, specials)
	}
	m, err := parseTiktoken(data, pattern, f.specials)
	if err != nil {
		return nil, err
	}
	m.nfc = f.nfc
	return m, m.setRoles(f.bos, f.eos, "")
}
