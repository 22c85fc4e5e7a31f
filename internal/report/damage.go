package report

import "corpus/internal/manifest"

// ruleUnread is the ingest rule for a whole file of a kind that is not read.
const ruleUnread = "unsupported_format"

// damageRule is an ingest rule for input that could not be read as it should, and what it means. Its name is that of the package ingest,
// which a datasheet that is rebuilt years later cannot ask.
type damageRule struct{ rule, meaning string }

// damageRules lists them in the order in which they are shown.
func damageRules() []damageRule {
	return []damageRule{
		{ruleUnread, "a whole file of a kind that is not read, or without content; the value is the kind"},
		{"malformed", "bytes that belong to no readable record, or rows or a file that cannot be read; the value is how many bytes were skipped, or why"},
		{"truncated", "a record that ends early; the value is the bytes that are missing or were skipped, as far as they can be counted"},
		{"content_length", "a record that goes on behind its declared length, or declares none that can be read; the value is what it declares"},
		{"checksum", "compressed data whose checksum does not match; the value is the compression"},
		{"digest", "a record whose bytes do not have the digest that it declares; the value is which one"},
		{"undecodable", "a content encoding that fails; the value is its name"},
		{"encrypted", "a document or a table that cannot be read without a key; the value is its kind, or the column"},
		{"bad_json", "a line that is not one JSON object; the value is the byte of the line at which that shows"},
		{"too_large", "a record over the configured bound, passed over; the value is its size in bytes"},
	}
}

// Damaged counts, from a manifest, the records that could not be read as they should and the files that were not read.
func Damaged(m *manifest.Manifest) (records, files int64) {
	for _, d := range damageRules() {
		n := m.Stages[0].Dropped[d.rule].Documents
		if d.rule == ruleUnread {
			files += n
		} else {
			records += n
		}
	}
	return records, files
}
