// Package tokenize is byte-level byte-pair encoding: it cuts text into words, counts them, trains
// a vocabulary on the counts, turns text into token ids and back, and reads and writes the files that
// other tools use for this (tokenizer.json and .tiktoken).
//
// Invariants:
//   - Every byte string encodes, and Decode of its ids gives the same bytes back.
//   - Ids depend on the text and the model alone. A trained model depends on the words and their
//     counts alone: not on their order, the number of goroutines or the memory that a Counter had.
//   - Training follows the rules of Hugging Face's BpeTrainer and encoding those of tiktoken, so
//     that both open our files and give the same ids.
//   - Encode never recognises special tokens in text: text that spells one is ordinary text. EncodeSpecial does.
//
// For example:
//
//	counter, err := tokenize.NewCounter("cl100k", dir, 256<<20)
//	…
//	defer counter.Close()
//	err = counter.Add(text) // from any number of goroutines
//	model, err := tokenize.Train(ctx, counter.Words(ctx), tokenize.DefaultTrainOptions(), nil)
//	…
//	ids := model.NewEncoder().Encode(nil, "hello world")
//	err = model.Save("tokenizer")
package tokenize
