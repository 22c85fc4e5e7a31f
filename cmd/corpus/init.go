package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/configs"

	"github.com/spf13/cobra"
)

func newInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented starter config",
		Long: `Init writes corpus.yaml, a config with comments, and corpus.schema.json, its JSON Schema for editors,
into a folder (default: the current one). It never overwrites a file.`,
		Example: `  corpus init my-corpus
  cd my-corpus && corpus build corpus.yaml`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			dir := "."
			if len(list) == 1 {
				dir = list[0]
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			for name, content := range map[string][]byte{"corpus.yaml": configs.Starter, "corpus.schema.json": configs.Schema} {
				if err := writeNew(filepath.Join(dir, name), content); err != nil {
					return err
				}
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s: set its sources, then: corpus build %s\n",
				filepath.Join(dir, "corpus.yaml"), filepath.Join(dir, "corpus.yaml"))
			return nil
		},
	}
}

// writeNew writes a file that is not there yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is already there", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
