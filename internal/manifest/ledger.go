package manifest

import (
	"fmt"

	"corpus"
	"corpus/internal/table"
)

// Row is one row of the ledger: the fate of one input record. docs/format/ledger.md.
type Row struct {
	Unit   int32  `parquet:"unit"`   // index of the unit in the build
	Record int64  `parquet:"record"` // index of the record in its file
	Index  int64  `parquet:"index"`  // index among the documents that curate kept from the file; -1: not kept by curate
	ID     string `parquet:"id"`
	Source string `parquet:"source,dict"`
	File   string `parquet:"file,dict"`
	Offset int64  `parquet:"offset"`
	Length int64  `parquet:"length"`
	Codec  string `parquet:"codec,dict"`
	Digest string `parquet:"digest"`
	Type   string `parquet:"type,dict"`
	URL    string `parquet:"url"`
	Domain string `parquet:"domain,dict"`
	Date   string `parquet:"date"`
	// MediaType is the declared content type without parameters.
	MediaType string `parquet:"media_type,dict"`
	Bytes     int64  `parquet:"bytes"` // content bytes as read

	Kept  bool   `parquet:"kept"`
	Stage string `parquet:"stage,dict"` // the stage that dropped it; "" when kept
	Rule  string `parquet:"rule,dict"`
	Value string `parquet:"value"`
	// LastBytes is the content's size on entry to the stage that dropped it, or the text's size when kept.
	LastBytes int64 `parquet:"last_bytes"`
	// DuplicateOf is "unit:index" of the document that was kept instead; "" when not dropped as a duplicate.
	DuplicateOf string `parquet:"duplicate_of"`

	Language      string         `parquet:"language,dict"`
	LanguageScore float64        `parquet:"language_score"`
	Signals       []table.Signal `parquet:"signals,list"`
	// Rights are the statements about its use that the record carries, as far as it was read: the head of a response by ingest, a page by clean.
	Rights []table.Evidence `parquet:"rights,list"`
}

// Size is what bounds a row group: table.Sized.
func (r Row) Size() int {
	n := len(r.ID) + len(r.URL) + len(r.Value)
	for _, e := range r.Rights {
		n += len(e.Value)
	}
	return n
}

// DuplicateRef spells a Ref as the ledger does.
func DuplicateRef(r corpus.Ref) string { return fmt.Sprintf("%d:%d", r.Unit(), r.Index()) }

// LedgerPath is the ledger's file for a unit.
func LedgerPath(unit int) string { return fmt.Sprintf("ledger/%05d.parquet", unit) }
