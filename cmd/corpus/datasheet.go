package main

import (
	"fmt"
	"path/filepath"

	"corpus/internal/build"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

func newDatasheetCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "datasheet DIR",
		Short: "Rebuild the datasheet from the manifest and the ledger",
		Long: `Datasheet writes DIR/datasheet again, or a datasheet of that build in another folder. It reads the manifest and the
ledger alone, so it works years after the build, without the inputs, and writes the same bytes.

A folder that another version built is sealed with that version's page: give -o.`,
		Example: `  corpus datasheet out/quickstart
  corpus datasheet out/quickstart -o review`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := build.RewriteDatasheet(cmd.Context(), list[0], output); err != nil {
				return err
			}
			dir := output
			if dir == "" {
				dir = filepath.Join(list[0], report.Folder)
			}
			fmt.Fprintln(cmd.ErrOrStderr(), filepath.Join(dir, "index.html"))
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "`folder` to write to (default: DIR/datasheet)")
	return cmd
}
