package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/internal/storage"
)

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// decode refuses unknown fields and formats.
func decode(data []byte, v any, format *string, want string) error {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	if head.Format != want {
		return fmt.Errorf("format is %q, this binary reads %q", head.Format, want)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	*format = head.Format
	return nil
}

// canonical compares the bytes of a file with what Marshal makes of its content.
func canonical(data []byte, v any) error {
	again, err := Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, again) {
		return errors.New("bytes differ from their canonical form: the file was changed")
	}
	return nil
}

// DigestFile reads a file of the output folder and returns its entry.
func DigestFile(dir, path string) (File, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return File{Path: path, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// CommitPath is where a unit's commit record lies in the output folder.
func CommitPath(phase string, unit int) string {
	return fmt.Sprintf("state/%s/%05d.json", phase, unit)
}

// WriteCommit writes a commit record; its outputs must be durable already.
func WriteCommit(dir string, c *Commit) error {
	c.Format = CommitFormat
	if c.Result == nil {
		c.Result = json.RawMessage("null")
	}
	data, err := Marshal(c)
	if err != nil {
		return err
	}
	return WriteFile(dir, CommitPath(c.Phase, c.Unit), data)
}

// ReadCommit reads the commit record of a unit; nil without an error when there is none.
func ReadCommit(dir, phase string, unit int) (*Commit, error) {
	path := CommitPath(phase, unit)
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := ParseCommit(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// ParseCommit reads a commit record's bytes.
func ParseCommit(data []byte) (*Commit, error) {
	var c Commit
	if err := decode(data, &c, &c.Format, CommitFormat); err != nil {
		return nil, err
	}
	return &c, canonical(data, &c)
}

// Read reads the manifest of an output folder.
func Read(dir string) (*Manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, Name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no %s: not a finished build (see corpus status)", dir, Name)
	}
	if err != nil {
		return nil, err
	}
	m, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, Name), err)
	}
	return m, nil
}

// WriteFile writes a small file of the output folder: temporary name, sync, rename.
func WriteFile(dir, path string, data []byte) error {
	full := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	return storage.WriteFile(full, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
