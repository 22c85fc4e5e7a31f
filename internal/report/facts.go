package report

import (
	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// Facts are what the datasheet says, counted from the manifest and the ledger; datasheet.json carries them whole.
//
// Content bytes are the HTML and text that a record brought once transfer and content
// encodings were undone; a record that ingest rejects has mostly none. Text bytes are UTF-8.
type Facts struct {
	Manifest *manifest.Manifest `json:"-"`

	Inputs     engine.Count       `json:"inputs"`          // input files and their bytes on disk
	Records    engine.Count       `json:"records"`         // ledger rows and their content bytes
	Pages      engine.Count       `json:"pages"`           // pages and texts: the records that ingest let through
	Kept       engine.Count       `json:"kept"`            // documents and text bytes
	Types      []TypeFact         `json:"types"`           // of input records, most first
	Stages     []StageFact        `json:"stages"`          // in pipeline order
	Sources    []SourceFact       `json:"sources"`         // in the order of the config
	Languages  []LanguageFact     `json:"languages"`       // most kept text first
	Domains    DomainFacts        `json:"domains"`         // of pages and texts, and of kept documents
	Years      []YearFact         `json:"years"`           // of kept documents, ascending, unknown last
	Lengths    []LengthFact       `json:"lengths"`         // of kept documents, ascending, without gaps
	Duplicates DuplicateFacts     `json:"duplicates"`      // what dedup found
	PII        []PIIFact          `json:"pii"`             // by type; empty without the filter
	Signals    []SignalFact       `json:"signals"`         // all of them, by name
	Scores     []ScoreFact        `json:"toxicity_scores"` // ten parts from 0 to 1; empty where nothing was scored
	Rights     []RightsFact       `json:"rights"`          // by kind, where and value; the most frequent maxListed
	Speaking   engine.Count       `json:"rights_records"`  // records with a statement in rights
	Heads      int64              `json:"rights_heads"`    // records whose HTTP head was read for statements
	Parsed     int64              `json:"rights_pages"`    // records whose page was
	Models     []manifest.Model   `json:"models"`          // as in the manifest
	Tokenizer  manifest.Tokenizer `json:"tokenizer"`       // as in the manifest
	Shards     manifest.Shards    `json:"shards"`          // as in the manifest
	Warnings   []Warning          `json:"warnings"`        // of what a reader should look at, in a fixed order
	Damage     []DamageFact       `json:"damage"`          // by rule, in the order of damageRules
	Broken     []BrokenFact       `json:"broken_records"`  // the first maxListed
	Unread     []UnreadFact       `json:"unread_files"`    // the first maxListed
}

// StageFact is one step of the funnel.
type StageFact struct {
	Stage   string       `json:"stage"`
	Label   string       `json:"-"` // the name that people read: StageLabels
	In      engine.Count `json:"in"`
	Out     engine.Count `json:"out"`
	Dropped engine.Count `json:"dropped"`
	Edited  int64        `json:"edited_bytes"` // taken from the documents that stay
	Rules   []RuleFact   `json:"rules"`        // by documents dropped, most first
}

// RuleFact counts what a rule dropped; bytes are those on entry to the stage.
type RuleFact struct {
	Rule string `json:"rule"`
	engine.Count
}

// SourceFact counts a source's records and what is left of them.
type SourceFact struct {
	Source     string       `json:"source"`
	Records    engine.Count `json:"records"` // content bytes
	Curated    int64        `json:"curated"` // documents that reached dedup
	Duplicates int64        `json:"duplicates"`
	Kept       engine.Count `json:"kept"`
}

// TypeFact counts input records by record type; "" is what is no record: skipped bytes and files that are not read.
type TypeFact struct {
	Type string `json:"type"`
	engine.Count
}

// LanguageFact counts the documents in a language; "" is not identified.
type LanguageFact struct {
	Language   string       `json:"language"`
	Identified int64        `json:"identified"` // documents that got this label, kept or dropped
	Kept       engine.Count `json:"kept"`
	Tokens     int64        `json:"tokens"` // of kept documents, without ends of documents
}

// YearFact counts kept documents by the year of their date; "" is unknown.
type YearFact struct {
	Year      string `json:"year"`
	Documents int64  `json:"documents"`
}

// LengthFact counts kept documents of From to below To bytes of text.
type LengthFact struct {
	From      int64 `json:"from"`
	To        int64 `json:"to"`
	Documents int64 `json:"documents"`
}

// DuplicateFacts say what dedup found, and what it took from whom.
type DuplicateFacts struct {
	Methods        []string         `json:"methods"` // in order of application
	Clusters       int64            `json:"clusters"`
	Largest        int64            `json:"largest_cluster"`
	CandidatePairs int64            `json:"candidate_pairs"`
	AcceptedPairs  int64            `json:"accepted_pairs"`
	Threshold      float64          `json:"threshold"` // least similarity that the config asks of near-duplicates; 0: not known
	Verified       bool             `json:"verified"`  // pairs were compared before they counted
	Shingle        string           `json:"shingle"`   // what the sets that are compared are made of, word or character; "": not known
	Survivor       []string         `json:"survivor"`  // what decides who stays, as the config says; empty: the order of the inputs
	Sizes          []ClusterFact    `json:"sizes"`     // ascending
	Sources        []RemovalFact    `json:"sources"`   // in the order of the config
	Languages      []RemovalFact    `json:"languages"` // by text removed, most first
	Domains        RemovedDomains   `json:"domains"`
	Similarities   []SimilarityFact `json:"similarities"` // of the pairs compared; empty where none was measured
	Pairs          []PairFact       `json:"pairs"`        // some of them, the nearest to the threshold first
	HotKeys        int64            `json:"hot_keys"`     // keys with more documents than are compared each with each
	HotDocuments   int64            `json:"hot_documents"`
	Hot            []HotFact        `json:"hot"` // those with most documents, most first
	// Earlier counts documents of earlier builds, as in the manifest; absent where there are none.
	Earlier *manifest.EarlierChanges `json:"earlier,omitempty"`
}

// SimilarityFact counts compared pairs by their similarity, From to below To; the last part has 1 too.
type SimilarityFact struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Pairs int64   `json:"pairs"`
}

// ClusterFact counts clusters of duplicates by the number of their documents.
type ClusterFact struct {
	Size     int64 `json:"size"`
	Clusters int64 `json:"clusters"`
}

// SignalFact sums a signal over kept documents and over all that carry it, also those dropped later.
type SignalFact struct {
	Name         string  `json:"name"`
	Documents    int64   `json:"documents"` // kept documents with a value above 0
	Sum          float64 `json:"sum"`
	AllDocuments int64   `json:"all_documents"`
	AllSum       float64 `json:"all_sum"`
}

// ScoreFact counts documents with a toxicity_score of From to below To; the last part has 1 too.
type ScoreFact struct {
	From         float64 `json:"from"`
	To           float64 `json:"to"`
	Documents    int64   `json:"documents"` // kept
	AllDocuments int64   `json:"all_documents"`
}

// RightsFact counts the records that carry one statement about their use.
type RightsFact struct {
	Kind  string `json:"kind"`
	Where string `json:"where"` // http or html
	Value string `json:"value"`
	// Records carry the statement, Dropped of them went by the stage rights, Kept of them are in the corpus.
	Records int64 `json:"records"`
	Dropped int64 `json:"dropped"`
	Kept    int64 `json:"kept"`
}

// PIIFact counts the finds of one type of personal data. Action is what the config asked for.
type PIIFact struct {
	Type         string `json:"type"`
	Action       string `json:"action"` // mask, drop, count or off; "" when the config does not say
	Documents    int64  `json:"documents"`
	Found        int64  `json:"found"`
	AllDocuments int64  `json:"all_documents"`
	AllFound     int64  `json:"all_found"`
}

// DamageFact counts the records that an ingest rule for damage rejected.
type DamageFact struct {
	Rule    string `json:"rule"`
	Meaning string `json:"meaning"`
	Records int64  `json:"records"`
}

// BrokenFact is a record that could not be read. With a codec that ends in "-stream", offset
// and length count bytes of the uncompressed stream; else bytes of the file.
type BrokenFact struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Codec  string `json:"codec"`
	Rule   string `json:"rule"`
	Value  string `json:"value"`
}

// UnreadFact is an input file of a kind that is not read.
type UnreadFact struct {
	File  string `json:"file"`
	Kind  string `json:"kind"`
	Bytes int64  `json:"bytes"` // on disk
}
