// Package toxic is a linear classifier of toxic English: the sum of the weights of a text's words and signs of code and of their pairs.
//
// A word that the model knows weighs what was learned for it and for its parts; one that it does not know weighs what its parts do. Words
// that name a group of people weigh nothing, so that naming one makes no text toxic. A text is scored by passages of about 400 bytes
// that overlap by half, so that a toxic passage shows in a long document.
//
// Invariants:
//   - Score takes one pass, memory of its own of constant size, and any bytes.
//   - A score depends on the text and the model alone: weights are whole numbers, and their sums do not depend on the order.
//   - Parse returns an error for a file that is damaged, cut short or of another version.
//
// Example:
//
//	model, card, err := toxic.Builtin()
//	…
//	if model.Score(text).Max >= card.Threshold { … }
//
// internal/fit makes the model that is built in; LICENSE-MODEL.md says under which terms it may be used.
package toxic
