// Package manifest holds what a build says about itself: commit records per phase and unit, the manifest corpus.json, and
// the ledger with one row for every input record.
//
// Everything an auditor needs is in these files; internal/report reads nothing else.
//
// Invariants:
//   - A commit record is written last, after every file that it names was synced: what a record names is whole.
//   - No file holds a time of day, a host name or an absolute path that the config did not name: the same
//     inputs, config and binary give the same bytes.
//   - JSON is written by Marshal only: sorted keys, two-space indent, a newline at the end. Parse and ParseCommit refuse any other spelling,
//     so that a changed byte is found even where it would not change the meaning.
package manifest

import (
	"encoding/json"
	"errors"
	"fmt"

	"corpus"
	"corpus/internal/engine"
)

// Formats of the files in this package; a reader refuses every other.
const (
	CommitFormat   = "corpus-commit/2"
	ManifestFormat = "corpus-manifest/5"
)

// Name is the manifest's file name in the output folder; it is written last of all.
const Name = "corpus.json"

// File is an input or output with its digest. Output paths are relative to the output folder, with slashes.
type File struct {
	Path string `json:"path"`
	// Offset is where the bytes begin in the file: above 0 in the second and later parts of a large input.
	Offset int64  `json:"offset,omitempty"`
	Bytes  int64  `json:"bytes"`  // from Offset on
	SHA256 string `json:"sha256"` // of these bytes, 64 hex digits
}

// Input is an input file of the build, or a part of one. Parts of a file stand one behind the other.
type Input struct {
	File
	Source string `json:"source"` // the configured source it belongs to
	Unit   int    `json:"unit"`   // the unit of work that read it: the number of its tables
}

// LeftOut are the files of a source that its limits left out, the last ones in the order of the inputs.
type LeftOut struct {
	Source string `json:"source"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
}

// StageLimit is the stage behind the filters that drops what goes over a source's limit of records, with the rule RuleRecords.
const (
	StageLimit  = "limit"
	RuleRecords = "records"
)

// Model is a classifier or list that a stage judged by.
type Model struct {
	Stage string `json:"stage"`
	corpus.Model
}

// Tool says which binary built the folder.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Source is what the config declares about a source: declared, not measured.
type Source struct {
	Name        string `json:"name"`
	License     string `json:"license,omitempty"`
	Description string `json:"description,omitempty"`
	Crawler     string `json:"crawler,omitempty"`
	Language    string `json:"language,omitempty"`
}

// Declared is what the person who built the corpus says about it, word for word from the config.
type Declared struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Provider    string `json:"provider,omitempty"`
	Contact     string `json:"contact,omitempty"`
	License     string `json:"license,omitempty"`
	Version     string `json:"version,omitempty"`
	Date        string `json:"date,omitempty"`
	Purpose     string `json:"purpose,omitempty"`
	Maintenance string `json:"maintenance,omitempty"`
}

// Tokenizer describes the tokenizer that the shards were made with.
type Tokenizer struct {
	Pattern   string `json:"pattern"`
	VocabSize int    `json:"vocab_size"`
	Merges    int    `json:"merges"`
	// Trained is false when a ready tokenizer was loaded.
	Trained bool `json:"trained"`
	// Model is the kind of model: "bpe", "wordpiece" or "unigram".
	Model string `json:"model,omitempty"`
	// Training is what it was trained on; nil when it was loaded.
	Training *TokenizerTraining `json:"training,omitempty"`
	// TextBytes and Tokens are over the text that was encoded into the shards, without end-of-document tokens.
	TextBytes int64 `json:"text_bytes"`
	Tokens    int64 `json:"tokens"`
	// Languages has the same per language.
	Languages map[string]TextTokens `json:"languages"`
}

// TokenizerTraining is the text that a tokenizer was trained on and how the training ended.
type TokenizerTraining struct {
	// All says that every kept document counted once; else a sample was drawn or sources had weights.
	All       bool  `json:"all"`
	Documents int64 `json:"documents"` // that counted at least once
	Bytes     int64 `json:"bytes"`     // of text, as often as it counted
	// Words are distinct, Occurrences all of the text. LeftOutWords were beyond tokenizer.max_word_bytes, LeftOutOccurrences
	// is how often they occurred.
	Words              int64 `json:"words"`
	Occurrences        int64 `json:"occurrences"`
	LeftOutWords       int64 `json:"left_out_words"`
	LeftOutOccurrences int64 `json:"left_out_occurrences"`
	// Wanted is the number of merges that vocab_size asked for, LastCount how often the last pair merged occurred; both 0 for unigram.
	Wanted    int   `json:"merges_wanted"`
	LastCount int64 `json:"last_count"`
}

// TextTokens is an amount of text in bytes and in tokens.
type TextTokens struct {
	Documents int64 `json:"documents"`
	Bytes     int64 `json:"bytes"`
	Tokens    int64 `json:"tokens"`
}

// Shards is what the shard phase wrote.
type Shards struct {
	Documents      int64 `json:"documents"` // each counted once, however often it is taken
	TrainDocuments int64 `json:"train_documents"`
	ValDocuments   int64 `json:"val_documents"`
	// TrainTokens and ValTokens are all that the shards of a split hold: with the tokens that mark documents, with padding, with repeats.
	TrainTokens int64 `json:"train_tokens"`
	ValTokens   int64 `json:"val_tokens"`
	TokenBytes  int   `json:"token_bytes"`
	// EndOfDocument, BeginOfDocument and Pad are token ids; -1: none.
	EndOfDocument   int64 `json:"end_of_document"`
	BeginOfDocument int64 `json:"begin_of_document"`
	Pad             int64 `json:"pad"`
	// Packing is how documents fill sequences, and SequenceLength the tokens of one; 0: there are none.
	Packing        string `json:"packing"`
	SequenceLength int64  `json:"sequence_length"`
	TrainSequences int64  `json:"train_sequences"`
	ValSequences   int64  `json:"val_sequences"`
	TrainPadding   int64  `json:"train_padding"` // tokens that fill sequences up
	ValPadding     int64  `json:"val_padding"`
	// CutDocuments are those that lie in more than one sequence or shard, each of its copies counted.
	CutDocuments int64 `json:"cut_documents"`
	// EmptyDocuments are kept documents that the tokenizer made no token of; no shard holds them.
	EmptyDocuments int64 `json:"empty_documents"`
	// LeftOutDocuments are kept documents that the mixture left out; no shard holds them.
	LeftOutDocuments int64 `json:"left_out_documents"`
	// RepeatedDocuments and RepeatedTokens are those of second and later copies, all of them in the training split.
	RepeatedDocuments int64 `json:"repeated_documents"`
	RepeatedTokens    int64 `json:"repeated_tokens"`
	// Mixture has the sources in the order of the config; empty where the config has no mixture.
	Mixture []MixtureSource `json:"mixture"`
}

// FirstCopies is the number of tokens in both splits without padding and without second and later copies.
func (s Shards) FirstCopies() int64 {
	return s.TrainTokens + s.ValTokens - s.TrainPadding - s.ValPadding - s.RepeatedTokens
}

// Marks is the number of tokens that mark the beginnings and ends of the first copies.
func (s Shards) Marks() int64 {
	n := int64(0)
	for _, id := range []int64{s.BeginOfDocument, s.EndOfDocument} {
		if id >= 0 {
			n += s.Documents
		}
	}
	return n
}

// MixtureSource says how much of a source was wanted for training, and how much there is. Tokens are with those that mark documents.
type MixtureSource struct {
	Source        string  `json:"source"`
	Documents     int64   `json:"documents"`    // found for training
	FoundTokens   int64   `json:"found_tokens"` // theirs
	WantedTokens  int64   `json:"wanted_tokens"`
	PlannedTokens int64   `json:"planned_tokens"` // with the cap, and with what capped sources left to the others
	Epochs        float64 `json:"epochs"`         // planned: how often a document is taken, on average
	Capped        bool    `json:"capped"`         // more was wanted than max_epochs allows
	GotTokens     int64   `json:"got_tokens"`
	Taken         int64   `json:"taken_documents"`    // in the shards, each counted once
	Repeated      int64   `json:"repeated_documents"` // second and later copies
	LeftOut       int64   `json:"left_out_documents"`
}

// Manifest is corpus.json.
type Manifest struct {
	Format   string   `json:"format"`
	Tool     Tool     `json:"tool"`
	Declared Declared `json:"declared"`
	Sources  []Source `json:"sources"`
	// Config is the resolved configuration, as JSON, without the output path and the worker count (they change no byte).
	Config json.RawMessage `json:"config"`
	Seed   uint64          `json:"seed"`
	// ConfigFiles are the files that the config names beside the inputs (word lists, a tokenizer), sorted by path.
	ConfigFiles []File `json:"config_files"`
	// Models are what stages judged by, in pipeline order: those that came with the program and those that the config names.
	Models []Model `json:"models"`
	// Stages are the conservation accounts in pipeline order, from the source to the last dedup method.
	Stages    []engine.Counts `json:"stages"`
	Dedup     Dedup           `json:"dedup"`
	Tokenizer Tokenizer       `json:"tokenizer"`
	Shards    Shards          `json:"shards"`
	// Earlier are the builds that this one was deduplicated against, oldest first; see docs/dedup-incremental.md.
	Earlier []Earlier `json:"earlier,omitempty"`
	// Inputs are in the order of the config; LeftOut is what limits kept out of them.
	Inputs  []Input   `json:"inputs"`
	LeftOut []LeftOut `json:"left_out"`
	// Outputs are all files of the folder but this one, sorted by path.
	Outputs []File `json:"outputs"`
	// Digest is the SHA-256 of this file's canonical bytes with Digest empty.
	Digest string `json:"digest"`
}

// Commit says that one unit of one phase is done.
type Commit struct {
	Format string `json:"format"`
	Phase  string `json:"phase"`
	Unit   int    `json:"unit"`
	Name   string `json:"name"` // of the input
	// Build is the digest of the build's plan (config, tool, inputs): a record of another build is refused.
	Build   string          `json:"build"`
	Inputs  []File          `json:"inputs"`
	Outputs []File          `json:"outputs"`
	Stages  []engine.Counts `json:"stages"`
	// Result is the phase's own outcome (Dedup, Tokenizer, Shards, …) as JSON; null when none.
	Result json.RawMessage `json:"result"`
}

// Marshal writes the canonical JSON of v.
func Marshal(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}

// Seal sets the manifest's digest and returns its bytes.
func (m *Manifest) Seal() ([]byte, error) {
	m.Format, m.Digest = ManifestFormat, ""
	data, err := Marshal(m)
	if err != nil {
		return nil, err
	}
	m.Digest = digest(data)
	return Marshal(m)
}

// Parse reads corpus.json and refuses an unknown format, a wrong digest and any byte that Marshal would not have written.
func Parse(data []byte) (*Manifest, error) {
	var m Manifest
	if err := decode(data, &m, &m.Format, ManifestFormat); err != nil {
		return nil, err
	}
	want := m.Digest
	m.Digest = ""
	unsealed, err := Marshal(&m)
	if err != nil {
		return nil, err
	}
	if got := digest(unsealed); got != want {
		return nil, fmt.Errorf("digest is %s, content has %s", want, got)
	}
	m.Digest = want
	if len(m.Stages) == 0 {
		return nil, errors.New("no stages: not the manifest of a build")
	}
	return &m, canonical(data, &m)
}

// Units is the number of units of work, each with tables of its own: 0 without inputs.
func (m *Manifest) Units() int {
	if len(m.Inputs) == 0 {
		return 0
	}
	return m.Inputs[len(m.Inputs)-1].Unit + 1
}
