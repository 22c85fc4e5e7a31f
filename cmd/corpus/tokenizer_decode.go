package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newTokenizerDecodeCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "decode -t TOKENIZER",
		Short:   "Turn JSON arrays of ids back into text",
		Long:    `Decode reads JSON arrays of token ids on standard input and writes the bytes that they stand for, nothing between them.`,
		Example: `  echo "Hello" | corpus tokenizer encode -t tok | corpus tokenizer decode -t tok`,
		Args:    standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := loadTokenizer(cmd, path)
			if err != nil {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			dec := json.NewDecoder(cmd.InOrStdin())
			for {
				var ids []uint32
				if err := dec.Decode(&ids); err == io.EOF {
					return w.Flush()
				} else if err != nil {
					return fmt.Errorf("standard input at byte %d: no array of token ids: %w", dec.InputOffset(), err)
				}
				text, err := model.Decode(ids)
				if err != nil {
					return err
				}
				if _, err := w.Write(text); err != nil {
					return err
				}
			}
		},
	}
	cmd.Flags().StringVarP(&path, "tokenizer", "t", "", "`path` of a folder, tokenizer.json or .tiktoken file")
	return cmd
}
