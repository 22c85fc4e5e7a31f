// Package config reads a build's YAML into the stage packages' option structs.
//
// A config is checked whole before any work starts: an unknown key, a value of the wrong type or
// out of range is an error that shows the line with a caret. Every option has a default, and the
// resolved config (defaults included) goes into the manifest.
//
// Paths in a config are relative to the folder in which the command runs, as on the command line.
package config

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"slices"

	"corpus/clean"
	"corpus/dedup"
	"corpus/dedup/paragraph"
	"corpus/dedup/substring"
	"corpus/ingest"
	"corpus/internal/manifest"
	"corpus/shard"
	"corpus/tokenize"
	"corpus/train"

	"github.com/goccy/go-yaml/ast"
)

// Config is a build's configuration.
type Config struct {
	// Output is the folder that the build writes; -o overrides it.
	Output string `yaml:"output" jsonschema_description:"Folder that the build writes; -o overrides it."`
	// Seed drives every shuffle and sample.
	Seed uint64 `yaml:"seed" jsonschema_description:"Seed of every shuffle and sample. Default 1."`
	// Workers per stage; 0 means one per core. It changes speed, never a byte of the output.
	Workers int `yaml:"workers" jsonschema_description:"Workers per stage; 0 means one per core. It changes speed, never a byte of the output."`
	// MemoryMB bounds the resident memory of the whole build, in MiB; 0 means half of the machine's. It changes speed, never a byte of the output.
	MemoryMB int64 `yaml:"memory_mb" jsonschema:"minimum=0" jsonschema_description:"Memory of the whole build, in MiB, kept within 10 percent; 0 for half of the machine's memory. It changes speed, never a byte of the output. Default 0."`
	// Corpus is what you declare about the corpus; it goes into the datasheet word for word.
	Corpus Corpus `yaml:"corpus" jsonschema_description:"What you declare about the corpus; it goes into the datasheet word for word."`
	// SplitBytes is the size above which an input file is read in parts.
	SplitBytes int64 `yaml:"split_bytes" jsonschema:"minimum=0" jsonschema_description:"Input files of more bytes are read in parts of at most so many, by several workers at once, where their format allows it; 0 for never, else at least 65536. Default 268435456 (256 MiB)."`
	// Sources are read in this order; earlier sources win among duplicates.
	Sources []Source `yaml:"sources" jsonschema_description:"Inputs, read in this order; earlier sources win among duplicates."`
	// Clean turns pages into text.
	Clean clean.Options `yaml:"clean" jsonschema_description:"HTML to text."`
	// Filters run in this order, each named once.
	Filters []Filter `yaml:"filters" jsonschema_description:"Filters in the order in which they run; each is a name with its options."`
	Dedup   Dedup    `yaml:"dedup" jsonschema_description:"Which duplicates are removed."`
	// Tokenizer is trained on the surviving text, or loaded.
	Tokenizer Tokenizer     `yaml:"tokenizer" jsonschema_description:"The tokenizer: trained on the surviving text, or loaded from a path."`
	Shards    Shards        `yaml:"shards" jsonschema_description:"Token shards."`
	Train     train.Options `yaml:"train" jsonschema_description:"Defaults of corpus train on this build's shards."`
}

// Corpus is the declared part of the datasheet.
type Corpus struct {
	Title       string `yaml:"title" jsonschema_description:"Name of the corpus."`
	Description string `yaml:"description" jsonschema_description:"What it is, in a sentence or two."`
	Provider    string `yaml:"provider" jsonschema_description:"Who answers for it."`
	Contact     string `yaml:"contact" jsonschema_description:"Where to write to."`
	License     string `yaml:"license" jsonschema_description:"Licence of the corpus as a whole (SPDX id or words)."`
	Version     string `yaml:"version" jsonschema_description:"Your version of the corpus."`
	Date        string `yaml:"date" jsonschema_description:"Date of these declarations (YYYY-MM-DD)."`
	Purpose     string `yaml:"purpose" jsonschema_description:"What it was made for."`
	Maintenance string `yaml:"maintenance" jsonschema_description:"Who keeps it and how takedowns are handled."`
}

// Declared is the section as the manifest carries it.
func (c Corpus) Declared() manifest.Declared { return manifest.Declared(c) }

// Source is one named input.
type Source struct {
	Name  string   `yaml:"name" jsonschema_description:"Name in the ledger and the datasheet."`
	Paths []string `yaml:"paths" jsonschema_description:"Files, folders and globs (** too), local or at s3://, gs://, azblob:// and https://."`
	// CC names a crawl of Common Crawl instead of paths.
	CC          CommonCrawl `yaml:"cc" jsonschema_description:"Instead of paths: a crawl of commoncrawl.org by its name, such as CC-MAIN-2025-13, or with options."`
	License     string      `yaml:"license" jsonschema_description:"Declared licence of the source."`
	Description string      `yaml:"description" jsonschema_description:"What the source is."`
	Crawler     string      `yaml:"crawler" jsonschema_description:"Declared name of the crawler."`
	// Language is a hint: the declared language of documents that declare none.
	Language string `yaml:"language" jsonschema_description:"Language of the source (BCP 47, such as de or en-GB), taken for the declared language of documents that declare none."`
	// Limits take a part of the source only.
	Limits Limits `yaml:"limits" jsonschema_description:"Bounds of how much of the source is taken."`
	// Options say how its files are read.
	Options ingest.Options `yaml:",inline"`
}

// decode decodes over the defaults.
func (s *Source) decode(d *decoder, node ast.Node, key string) error {
	*s = Source{Options: ingest.DefaultOptions(), Limits: Limits{Sample: 1}}
	return d.section(node, reflect.ValueOf(s).Elem(), key)
}

// Limits bound how much of a source is taken. All are deterministic, whatever the workers.
type Limits struct {
	// Files and Bytes take input files in their order, up to the first that would go over.
	Files int64 `yaml:"files" jsonschema:"minimum=0" jsonschema_description:"Most input files, in their order; 0 for all. Default 0."`
	Bytes int64 `yaml:"bytes" jsonschema:"minimum=0" jsonschema_description:"Most bytes of input files, as stored and in their order, up to the first file that would go over; 0 for all. Default 0."`
	// Records keeps the first documents that pass the filters; all of the source is read all the same.
	Records int64 `yaml:"records" jsonschema:"minimum=0" jsonschema_description:"Most documents that pass the filters, in the order of the input; 0 for all. All of the source is read all the same, and duplicates are looked for among what is left. Default 0."`
	// Sample keeps records by a hash of their file and offset and the seed.
	Sample float64 `yaml:"sample" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Share of the records that are taken, above 0 to 1, by a hash of seed, file and offset. Default 1."`
}

// Dedup chooses the duplicates that are removed.
type Dedup struct {
	// Survivor says which document of a cluster stays.
	Survivor  dedup.SurvivorOptions `yaml:"survivor" jsonschema_description:"Which document of a cluster stays, by the first of these keys that decides: source (order of the sources), signal:NAME (larger first), -signal:NAME (smaller first), longest, shortest (bytes of text), newest, oldest (date), id. A document that lacks what a key asks for comes last. What no key decides, the order of the inputs does. Default [], the order of the inputs alone."`
	URL       dedup.URLOptions      `yaml:"url" jsonschema_description:"Same address."`
	Exact     dedup.ExactOptions    `yaml:"exact" jsonschema_description:"Same text."`
	MinHash   dedup.MinHashOptions  `yaml:"minhash" jsonschema_description:"Nearly the same text."`
	Paragraph paragraph.Options     `yaml:"paragraph" jsonschema_description:"Paragraphs or lines that stand more than once, taken out of texts."`
	Substring substring.Options     `yaml:"substring" jsonschema_description:"Passages that stand more than once, taken out of texts."`
	// Methods lists which run.
	Methods []string `yaml:"methods" jsonschema_description:"Methods that run, in whatever order they are named: url, then exact, then minhash, then paragraph, then substring. Default exact and minhash; [] for none."`
	// Index keeps what a later build needs to be deduplicated against this one.
	Index bool `yaml:"index" jsonschema_description:"Keep the folder index, with which a later build is deduplicated against this one; it holds the texts of all documents that pass the filters. For the methods url, exact and minhash. Default false."`
	// Against are finished builds with an index, oldest first.
	Against []string `yaml:"against" jsonschema_description:"Folders of finished builds with an index, oldest first: documents that are duplicates of theirs are removed, as if all had been built at once. The methods and their options must be those of these builds. Default []."`
	// WarnRemoved is the share above which the datasheet warns of what a source, language or domain lost.
	WarnRemoved float64 `yaml:"warn_removed" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Warn where a source, or a language or domain of at least 100 documents, loses more than this share of its documents or text to these methods; above 0 to 1, which never warns. Default 0.5."`
}

// DedupMethods are the methods in their order of application.
func DedupMethods() []string { return []string{"url", "exact", "minhash", "paragraph", "substring"} }

// Priority is the order in which the documents of a cluster stay.
func (c *Config) Priority() (dedup.Priority, error) {
	var sources []string
	for _, s := range c.Sources {
		sources = append(sources, s.Name)
	}
	return dedup.NewPriority(c.Dedup.Survivor, sources)
}

// Has says whether a method runs.
func (d Dedup) Has(method string) bool { return slices.Contains(d.Methods, method) }

// Shards says how tokens become shards.
type Shards struct {
	shard.Options `yaml:",inline"`
	// Mixture says how much of the training split each source makes up.
	Mixture shard.MixtureOptions `yaml:"mixture" jsonschema_description:"How much of the training split each source makes up. Without it every document is taken once."`
}

// Default is the config of an empty file.
func Default() Config {
	return Config{
		Seed:       1,
		SplitBytes: 256 << 20,
		Clean:      clean.DefaultOptions(),
		Dedup:      Dedup{WarnRemoved: 0.5, Against: []string{}, Survivor: dedup.SurvivorOptions{}, URL: dedup.DefaultURLOptions(), Exact: dedup.DefaultExactOptions(), MinHash: dedup.DefaultMinHashOptions(), Paragraph: paragraph.DefaultOptions(), Substring: substring.DefaultOptions(), Methods: []string{"exact", "minhash"}},
		Tokenizer:  Tokenizer{TrainOptions: tokenize.DefaultTrainOptions(), TokenizerSample: DefaultTokenizerSample(), MemoryMB: 256},
		Shards:     Shards{Options: shard.DefaultOptions(), Mixture: shard.DefaultMixtureOptions()},
		Train:      train.DefaultOptions(),
	}
}

// Load reads a config file, applies settings of the form key=value ("dedup.minhash.threshold=0.8"; the value
// is YAML) and checks the whole.
func Load(path string, settings []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, settings)
}

// LoadFilters is Load for a command that runs the filters alone: sources are not asked for.
func LoadFilters(path string, settings []string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(path, data, settings, (*Config).validateFilters)
}

// Settings are the defaults with settings applied, for commands that need no config file.
func Settings(settings []string) (*Config, error) {
	return parse("--set", nil, settings, func(*Config) error { return nil })
}

// Parse is Load on bytes; name is for errors.
func Parse(name string, data []byte, settings []string) (*Config, error) {
	return parse(name, data, settings, (*Config).Validate)
}

func parse(name string, data []byte, settings []string, validate func(*Config) error) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors begin a file with it
	if !isText(data) {
		return nil, fmt.Errorf("%s: not a text file", name)
	}
	c := Default()
	if err := decodeDocument(data, &c); err != nil {
		return nil, decodeError(name, data, err)
	}
	for _, s := range settings {
		if err := c.set(s); err != nil {
			return nil, err
		}
	}
	if err := validate(&c); err != nil {
		return nil, locate(name, data, settings, err)
	}
	return &c, nil
}
