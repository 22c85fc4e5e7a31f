// Package filter holds the stages that decide whether a cleaned document is worth
// keeping, and those that take personal data out of it.
//
// Each filter is a corpus.Stage with a struct of options of its own:
//
//	url                address rules: scheme, host, lists of domains and URLs, words
//	rights             reservations, directives for robots and licences that records state
//	language           language identification (package langid, lingua-go)
//	gopher_quality     the quality rules of Gopher
//	gopher_repetition  the repetition rules of Gopher
//	c4                 the line edits and document rules of C4
//	fineweb            the extra rules of FineWeb
//	length             bounds of size: characters, long lines (mC4, DCLM's C4, OLMo 3)
//	refinedweb_text    web addresses and newlines out of the text, as RefinedWeb and DCLM do it
//	refinedweb_lines   the line edits of RefinedWeb, as DCLM has them
//	dclm_gopher        DCLM's reading of the Gopher rules
//	dolma_gopher       Dolma's reading of the Gopher rules
//	curator            the heuristic filters of NeMo Curator
//	toxicity           lists of obscene words, and a classifier of toxic English
//	fasttext           classifiers in fastText's format, by path
//	pii                email, IP addresses, phone, card, bank account and identity numbers, crypto addresses, keys and logins
//
// Invariants:
//   - A filter looks only at live documents. It rejects one by Document.Reject under a
//     stable rule name, with the measurement that decided. The names are listed in docs/filters.md.
//   - Filters are safe for concurrent use, keep no state between documents and start no goroutine.
//     The verdict on a document depends on that document and the options alone.
//   - What the quality filters work out from a text, they leave to one another in Document.Analysis (quality_analysis.go).
//     It is void once the text is another one.
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
