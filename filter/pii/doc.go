// Package pii finds personal data and credentials in text by their form: email addresses, phone numbers, IP and MAC addresses,
// payment cards, bank accounts, national identity numbers, crypto addresses, API keys, private keys, and logins in URLs.
//
// A Finder walks once over the bytes from anchor to anchor ('@', the start of a run of digits, the "_" of "ghp_") and tests the grammar
// of each type only there. Whatever has a checksum is checked by it, and whatever is no more than a run of digits with a weak
// checksum is taken only beside a word that announces it ("SSN", "Steuer-ID").
//
// Invariants:
//   - Finds are in order and do not overlap. They begin and end at boundaries of words.
//   - Every test looks at a bounded stretch of text, so that the time is linear in the text whatever it holds. Bytes that are
//     no valid UTF-8 are just bytes.
//   - A Finder and a Surrogates are safe for concurrent use, and what they return depends on the text and the options alone.
//
// The package knows text only; what is done with a find is decided by the stage pii of package filter.
//
//	finder, err := pii.NewFinder(pii.DefaultOptions())
//	…
//	for _, find := range finder.Find(text) {
//		fmt.Println(find.Type, find.Start, find.End) // email 5 22
//	}
package pii
