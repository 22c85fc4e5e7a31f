package main

import (
	"fmt"
	"path/filepath"

	"corpus/internal/build"

	"github.com/spf13/cobra"
)

func newDatasheetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "datasheet DIR",
		Short: "Rebuild the datasheet from the manifest and the ledger",
		Long: `Datasheet writes DIR/datasheet again. It reads the manifest and the ledger alone, so it works years
after the build, without the inputs, and writes the same bytes.`,
		Example: `  corpus datasheet out/quickstart`,
		Args:    arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := build.RewriteDatasheet(cmd.Context(), list[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), filepath.Join(list[0], "datasheet", "index.html"))
			return nil
		},
	}
}
