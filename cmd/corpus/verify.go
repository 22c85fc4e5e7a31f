package main

import (
	"fmt"

	"corpus/internal/audit"

	"github.com/spf13/cobra"
)

func newVerifyCommand() *cobra.Command {
	var o audit.VerifyOptions
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Recheck digests, conservation, the ledger and the shards of a build",
		Long: `Verify reads a finished output folder and checks every file's digest against the manifest,
the manifest against its own, the conservation of documents and bytes from stage to stage, the
ledger against those accounts, the documents against the ledger, and every shard and its index.

It prints one line per mismatch on standard output, naming the file, and then exits with 3.`,
		Example: `  corpus verify out/quickstart
  corpus verify out/quickstart --inputs`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			problems, err := audit.Verify(cmd.Context(), list[0], o)
			if err != nil {
				return err
			}
			for _, p := range problems {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), p); err != nil {
					return err
				}
			}
			if len(problems) > 0 {
				return errMismatch
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: all digests, accounts, tables and shards are as the manifest says\n", list[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.Inputs, "inputs", false, "also digest the input files")
	cmd.Flags().StringVar(&o.Root, "root", ".", "`folder` that relative input paths start from")
	return cmd
}
