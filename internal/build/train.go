package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/internal/storage"
	"corpus/train"
)

// TrainFolders completes the folders of a training run: shards without a run folder train beside the
// build that they belong to (out/web/shards → out/web-model), never in it, since a build's folder is sealed.
func TrainFolders(o train.Options) train.Options {
	if o.Out != "" || o.Shards == "" {
		return o
	}
	dir := filepath.Join(o.Shards, "..")
	name := filepath.Base(dir)
	if full, err := filepath.Abs(dir); err == nil {
		name = filepath.Base(full) // dir may be "." or end in ".."
	}
	o.Out = filepath.Join(dir, "..", name+"-model")
	return o
}

// Train runs the trainer and keeps the build's tokenizer with the model, so that `corpus generate` needs the run folder
// alone. It is copied once the trainer has made sure that the shards are those of the run.
func Train(ctx context.Context, o train.Options, observe func(train.Progress)) (train.Result, error) {
	if _, err := os.Stat(o.Shards); err != nil {
		return train.Result{}, fmt.Errorf("no shards: %w", err)
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return train.Result{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var copied bool
	var copyErr error
	result, err := train.Run(ctx, o, func(p train.Progress) {
		if !copied {
			copied = true
			copyErr = copyTokenizer(filepath.Join(o.Shards, "..", "tokenizer"), filepath.Join(o.Out, "tokenizer"))
			if copyErr != nil {
				cancel()
				return
			}
		}
		observe(p)
	})
	if copyErr != nil {
		return result, copyErr
	}
	return result, err
}

// copyTokenizer copies the files of a tokenizer's folder; shards from elsewhere may have none.
func copyTokenizer(from, to string) error {
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return storage.WriteFile(to, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}
