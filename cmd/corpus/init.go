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
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			dir := "."
			if len(list) == 1 {
				dir = list[0]
			}
			path, err := runInit(dir)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s: set its sources, then: corpus build %s\n", path, path)
			return nil
		},
	}
}

// runInit writes both files or, where one is there already, none.
func runInit(dir string) (path string, err error) {
	files := []struct {
		path    string
		content []byte
	}{
		{filepath.Join(dir, "corpus.yaml"), configs.Starter},
		{filepath.Join(dir, "corpus.schema.json"), configs.Schema},
	}
	for _, f := range files {
		if _, err := os.Lstat(f.path); err == nil {
			return "", fmt.Errorf("%s is already there", f.path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		if err := writeNew(f.path, f.content); err != nil {
			return "", err
		}
	}
	return files[0].path, nil
}

// writeNew writes a file that is not there yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
