// Package parquet reads the rows of Parquet files from files that nobody vouches for.
//
// Invariants:
//   - Nothing is allocated on the word of the file: a count or a length is believed only as far as bytes, or a limit of Limits, back it.
//     What does not fit is a Fault, never a panic.
//   - A page that cannot be read costs the rows that it holds. Reading goes on behind it.
//   - Only the columns asked for are read, one page of each at a time.
//
// The format is that of https://github.com/apache/parquet-format, version 2.11: parquet.thrift, Encodings.md, LogicalTypes.md. Read are all
// physical and logical types, all encodings but the deprecated BIT_PACKED for levels, and the codecs SNAPPY, GZIP, BROTLI, ZSTD and LZ4_RAW.
//
// Example:
//
//	f, err := parquet.Open(r, size, parquet.DefaultLimits())
//	text := f.Root().Find("text")
//	rows := f.Reader(text.Leaves())
//	for row, err := rows.Next(); err == nil; row, err = rows.Next() { … row.Values(text) … }
package parquet
