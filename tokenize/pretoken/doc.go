// Package pretoken cuts text into the words (pre-tokens) that a tokenizer then encodes one by one, by the patterns that
// published tokenizers use. Each pattern is a scanner by hand for its regular expression; those of GPT-2, GPT-4, GPT-4o,
// Llama 3 and Qwen 2 are also cut 64 bytes at a time by masks of the bytes' classes, in AVX-512, AVX2 or 64-bit integers.
//
// The words of a text, put together, are the text: whatever its bytes are, nothing is lost. Classes of characters are those of
// Unicode 16.0. Patterns hold no state and are safe for concurrent use.
//
//	p, err := pretoken.Find("cl100k")
//	for word := range p.Words("It's 12345.") { … } // "It", "'s", " ", "123", "45", "."
package pretoken
