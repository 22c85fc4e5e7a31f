package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"corpus/configs"

	"github.com/spf13/cobra"
)

func newInitCommand() *cobra.Command {
	var recipe string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented starter config",
		Long: `Init writes corpus.yaml, a config with comments, and corpus.schema.json, its JSON Schema for editors,
into a folder (default: the current one). It never overwrites a file.
With --recipe, corpus.yaml has the filters of a published data set: ` + strings.Join(configs.RecipeNames(), ", ") + `.`,
		Example: `  corpus init my-corpus
  cd my-corpus && corpus build corpus.yaml
  corpus init --recipe fineweb`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			dir := "."
			if len(list) == 1 {
				dir = list[0]
			}
			path, err := runInit(dir, recipe)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %s: set its sources, then: corpus build %s\n", path, path)
			return nil
		},
	}
	cmd.Flags().StringVar(&recipe, "recipe", "", "filters of a published data set in the place of the starter config")
	return cmd
}

// initConfig is the starter config, or a recipe that names the schema beside it.
func initConfig(recipe string) ([]byte, error) {
	if recipe == "" {
		return configs.Starter, nil
	}
	config, ok := configs.Recipe(recipe)
	if !ok {
		return nil, fmt.Errorf("unknown recipe %q; there are %s", recipe, strings.Join(configs.RecipeNames(), ", "))
	}
	return bytes.Replace(config, []byte("$schema=../schema.json"), []byte("$schema=corpus.schema.json"), 1), nil
}

// runInit writes both files or, where one is there already, none.
func runInit(dir, recipe string) (path string, err error) {
	config, err := initConfig(recipe)
	if err != nil {
		return "", err
	}
	files := []struct {
		path    string
		content []byte
	}{
		{filepath.Join(dir, "corpus.yaml"), config},
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
