package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"corpus/tokenize"

	"github.com/spf13/cobra"
)

func newTokenizerDecodeCommand() *cobra.Command {
	var from tokenizerFlags
	var lines bool
	cmd := &cobra.Command{
		Use:   "decode -t TOKENIZER",
		Short: "Turn JSON arrays of ids back into text",
		Long: `Decode reads JSON arrays of token ids on standard input and writes the bytes that they stand for, nothing between them.
With --jsonl it writes a line of JSON Lines ("text") for each array; there, bytes that are not UTF-8 become U+FFFD.`,
		Example: `  echo "Hello" | corpus tokenizer encode -t tok | corpus tokenizer decode -t tok
  corpus tokenizer decode -t cl100k_base.tiktoken --jsonl < ids.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := from.load(cmd)
			if err != nil {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			if err := decodeArrays(cmd.InOrStdin(), w, model, lines); err != nil {
				return err
			}
			return w.Flush()
		},
	}
	from.add(cmd)
	cmd.Flags().BoolVar(&lines, "jsonl", false, "write a JSON line for each array")
	return cmd
}

// decodeArrays decodes array after array. What comes before a bad one is written.
func decodeArrays(r io.Reader, w *bufio.Writer, model *tokenize.Model, lines bool) error {
	dec := json.NewDecoder(r)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	var ids tokenIDs
	var text []byte
	var line struct {
		Text string `json:"text"`
	}
	for array := 1; ; array++ {
		ids = ids[:0]
		err := dec.Decode(&ids)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			err = fmt.Errorf("standard input at byte %d: no array of token ids: %w", dec.InputOffset(), err)
		} else if text, err = model.AppendDecode(text[:0], ids); err != nil {
			err = fmt.Errorf("standard input: array %d: %w", array, err)
		} else if !lines {
			_, err = w.Write(text)
		} else if line.Text, err = model.DecodeText(ids); err == nil {
			err = out.Encode(line)
		}
		if err != nil {
			if flush := w.Flush(); flush != nil {
				return flush
			}
			return err
		}
	}
}

// tokenIDs is an array of ids. Unlike a plain slice it takes no null, neither for an id nor for the array.
type tokenIDs []uint32

// UnmarshalJSON appends the ids of an array; data is valid JSON.
func (t *tokenIDs) UnmarshalJSON(data []byte) error {
	list, ok := bytes.CutPrefix(data, []byte{'['})
	if !ok {
		return fmt.Errorf("%.30s is no array", data)
	}
	list = bytes.TrimSpace(bytes.TrimSuffix(list, []byte{']'}))
	if len(list) == 0 {
		return nil
	}
	for part := range bytes.SplitSeq(list, []byte{','}) {
		part = bytes.TrimSpace(part)
		id, err := strconv.ParseUint(string(part), 10, 32)
		if err != nil {
			return fmt.Errorf("%.30s at index %d is no id", part, len(*t))
		}
		*t = append(*t, uint32(id))
	}
	return nil
}
