package ingest

// Stage is the name under which this package rejects.
const Stage = "ingest"

// The rules by which this package rejects a record. Their names are stable: they stand in ledgers.
const (
	// RuleUnsupportedFormat: the whole file is of a kind that is not read; value: the kind ("arc", "parquet", "empty").
	RuleUnsupportedFormat = "unsupported_format"
	// RuleRecordType: a WARC record that holds no page; value: its type ("request").
	RuleRecordType = "record_type"
	// RuleRevisit: a page that was seen unchanged; its content is in another record, which was not read, not kept, or is not
	// looked for (Options.Revisits). Value: the profile's last part.
	RuleRevisit = "revisit"
	// RuleSegmented: a part of a record that was split over several; value: the segment's number.
	RuleSegmented = "segmented"
	// RuleHTTPStatus: value: the status ("404"), or "none" where there is no status line.
	RuleHTTPStatus = "http_status"
	// RuleContentType: value: the media type without parameters ("image/png"), or "none" where none is
	// declared and the body does not begin like HTML.
	RuleContentType = "content_type"
	// RuleEmpty: a page of no bytes, or of nothing but white space.
	RuleEmpty = "empty"
	// RuleUndecodable: a content encoding that fails; value: its name ("gzip", "br", "base64").
	RuleUndecodable = "undecodable"
	// RuleTooLarge: over Options.MaxRecordBytes; value: the size in bytes, declared or counted, or
	// the bound and "+" where only unfolding all of it would tell; for pages of a Parquet file and the text of a PDF: what is too large.
	RuleTooLarge = "too_large"
	// RuleTruncated: a record that ends before its declared length, at the input's end, at
	// damage, or where the next record begins; value: the bytes that are missing, 0 for
	// a compressed member whose trailer is missing.
	RuleTruncated = "truncated"
	// RuleContentLength: the block goes on behind the declared length, or the length cannot be read; value: what is declared.
	RuleContentLength = "content_length"
	// RuleChecksum: a compressed member whose checksum does not match; value: "gzip", "zstd" or "bzip2".
	RuleChecksum = "checksum"
	// RuleDigest: a digest that a record declares is not that of its bytes (Options.Digests); value: "block" or "payload".
	RuleDigest = "digest"
	// RuleMalformed: bytes that belong to no readable record, or a record in damaged compressed data;
	// value: the bytes skipped. Rows of a Parquet file, or all of a Parquet or PDF file, that cannot be read; value: why.
	RuleMalformed = "malformed"
	// RuleBadJSON: a line that is not one JSON object; value: the byte offset of the fault in the line, from 1.
	RuleBadJSON = "bad_json"
	// RuleFieldTooLong: an id over 4 KiB or an address over 64 KiB, which is left out; value: "id" or "url".
	RuleFieldTooLong = "field_too_long"
	// RuleEncrypted: a PDF that asks for a password, or an encrypted Parquet file; value: "pdf", or which column.
	RuleEncrypted = "encrypted"
	// RuleNoText: a JSON line, a row or a PDF without text or HTML; value: the kind of value that stands there instead, if any.
	RuleNoText = "no_text"
	// RuleSample: left out by the sample that the limits of a source ask for. It is no judgement, and decided by the build.
	RuleSample = "sample"
	// RuleNamespace: a wiki page of a namespace that is not asked for; value: its number.
	RuleNamespace = "namespace"
	// RuleRedirect: a wiki page that only leads to another; value: the other's title.
	RuleRedirect = "redirect"
	// RuleContentModel: a wiki page that is not wiki text; value: what it is ("css", "Scribunto").
	RuleContentModel = "content_model"
)
