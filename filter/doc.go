// Package filter holds the stages that decide whether a cleaned document is worth
// keeping, and those that take personal data out of it.
//
// Each filter is a corpus.Stage with a struct of options of its own:
//
//	url                address rules: scheme, domains, words
//	language           language identification (lingua-go)
//	gopher_quality     the quality rules of Gopher
//	gopher_repetition  the repetition rules of Gopher
//	c4                 the line edits and document rules of C4
//	fineweb            the extra rules of FineWeb
//	toxicity           words of a list
//	fasttext           classifiers in fastText's format, by path
//	pii                email, IP addresses, phone, card and bank account numbers
//
// Invariants:
//   - A filter looks only at live documents. It rejects one by Document.Reject under a
//     stable rule name, with the measurement that decided. The names are listed in docs/filters.md.
//   - Filters are safe for concurrent use, keep no state between documents and start no goroutine.
//     The verdict on a document depends on that document and the options alone.
//   - No text makes a filter panic or take more than linear time: empty text, invalid
//     UTF-8, NUL bytes and a single line of 100 MB are all just text.
//
// The rules follow datatrove, the reference implementation of FineWeb, down to the
// names; docs/filters.md says where we differ and why.
//
//	quality, err := filter.NewGopherQuality(filter.DefaultGopherQualityOptions())
//	…
//	err = quality.Process(ctx, batch) // documents that fail now carry a Reason
package filter
