package main

import "github.com/spf13/cobra"

func newTokenizerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tokenizer",
		Short: "Train a byte-level tokenizer, encode, decode, export and measure",
		Long:  `Tokenizer trains a tokenizer and runs it, in the formats of Hugging Face (tokenizer.json), GPT-2 and tiktoken.`,
		Example: `  corpus tokenizer train -o tok --vocab-size 8192 text.jsonl
  corpus tokenizer encode -t tok < document.txt`,
	}
	group(cmd, newTokenizerTrainCommand(), newTokenizerEncodeCommand(), newTokenizerDecodeCommand(), newTokenizerExportCommand(), newTokenizerStatsCommand())
	return cmd
}
