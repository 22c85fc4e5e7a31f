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
		Long: `Verify reads a finished output folder and checks that every file is there with its digest
and none besides; that the manifest agrees with the plan and with every commit record; the
conservation of documents and bytes from stage to stage and into the shards; the ledger
against those accounts; documents and clusters against the ledger, row by row; and that the
shards hold every document once, by its id, with tokens that give its text. Of earlier builds
that it was deduplicated against it needs nothing; it says on standard error which of them
are not where the config names them, or are others by now.

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
			unchecked, err := audit.Unchecked(list[0], o.Root)
			if err != nil {
				return err
			}
			for _, note := range unchecked {
				fmt.Fprintln(cmd.ErrOrStderr(), note)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: all digests, accounts, tables and shards are as the manifest says\n", list[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.Inputs, "inputs", false, "also digest the input files and the files that the config names")
	cmd.Flags().StringVar(&o.Root, "root", ".", "`folder` that relative input paths start from")
	return cmd
}
