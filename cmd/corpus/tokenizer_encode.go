package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync/atomic"

	"corpus"
	"corpus/internal/build"
	"corpus/tokenize"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newTokenizerEncodeCommand() *cobra.Command {
	var from tokenizerFlags
	var lines bool
	var e textEncoder
	cmd := &cobra.Command{
		Use:   "encode -t TOKENIZER",
		Short: "Encode standard input into token ids",
		Long: `Encode writes one JSON array of ids for standard input as one document; with --jsonl an array per line of
JSON Lines ("text"), in the order of the lines, which is empty for a line without text. No special tokens are added, and text that spells one is ordinary text
unless --special is given. A document is held in memory, with its ids: how a text is encoded can depend on
what comes last in it. With --jsonl, that is one batch of lines.`,
		Example: `  echo "Hello, world." | corpus tokenizer encode -t out/quickstart/tokenizer
  corpus tokenizer encode -t cl100k_base.tiktoken --jsonl < text.jsonl
  corpus tokenizer encode -t ranks.tiktoken --pattern cl100k --special-token '<|endoftext|>=50000' --special < chat.txt`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := from.load(cmd)
			if err != nil {
				return err
			}
			e.model = model
			w := bufio.NewWriter(cmd.OutOrStdout())
			if lines {
				err = e.lines(cmd.Context(), cmd.InOrStdin(), w)
			} else {
				err = e.document(cmd.Context(), cmd.InOrStdin(), w)
			}
			if err != nil {
				return err
			}
			if e.without > 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s without text or no JSON: an empty array stands for each\n", plural(e.without, "line"))
			}
			return w.Flush()
		},
	}
	from.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&lines, "jsonl", false, "one document per line")
	f.BoolVar(&e.special, "special", false, "recognise special tokens in the text")
	addWorkers(cmd, &e.workers, "workers (default one per core)")
	return cmd
}

// textEncoder encodes texts by several goroutines and writes the ids in order.
type textEncoder struct {
	model    *tokenize.Model
	special  bool
	workers  int
	encoders []*tokenize.Encoder // of each goroutine
	texts    []string            // of the batch that is being collected
	size     int                 // its bytes
	without  int64               // lines that give no text
}

// batchBytes and batchTexts bound a batch, but for its last text.
const (
	batchBytes = 4 << 20
	batchTexts = 4096
)

func (e *textEncoder) document(ctx context.Context, r io.Reader, w *bufio.Writer) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	e.texts = append(e.texts, string(data))
	return e.flush(ctx, w)
}

func (e *textEncoder) lines(ctx context.Context, r io.Reader, w *bufio.Writer) error {
	_, err := build.Filter(ctx, r, build.FilterOptions{Workers: e.workers, Write: func(d *corpus.Document) error {
		if d.Reason != nil {
			e.without++
		}
		e.texts = append(e.texts, d.Text)
		if e.size += len(d.Text); e.size < batchBytes && len(e.texts) < batchTexts {
			return nil
		}
		return e.flush(ctx, w)
	}})
	if err != nil {
		return err
	}
	return e.flush(ctx, w)
}

// flush encodes the batch and writes it.
func (e *textEncoder) flush(ctx context.Context, w *bufio.Writer) error {
	if len(e.encoders) == 0 {
		workers := e.workers
		if workers < 1 {
			workers = runtime.GOMAXPROCS(0)
		}
		for range workers {
			e.encoders = append(e.encoders, e.model.NewEncoder())
		}
	}
	ids := make([][]uint32, len(e.texts))
	var taken atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for _, encoder := range e.encoders[:min(len(e.encoders), len(e.texts))] {
		encode := encoder.Encode
		if e.special {
			encode = encoder.EncodeSpecial
		}
		g.Go(func() error {
			for {
				i := int(taken.Add(1)) - 1
				if i >= len(e.texts) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				ids[i] = encode(nil, e.texts[i])
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	clear(e.texts)
	e.texts, e.size = e.texts[:0], 0
	for _, list := range ids {
		if err := writeIDs(w, list); err != nil {
			return err
		}
	}
	return nil
}

// writeIDs writes a JSON array and a line end.
func writeIDs(w *bufio.Writer, ids []uint32) error {
	buf := append(w.AvailableBuffer(), '[')
	for i, id := range ids {
		if i > 0 {
			buf = append(buf, ',')
		}
		if buf = strconv.AppendUint(buf, uint64(id), 10); len(buf) > 1<<15 {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = w.AvailableBuffer()
		}
	}
	_, err := w.Write(append(buf, ']', '\n'))
	return err
}
