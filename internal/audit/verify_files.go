package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/internal/storage"
)

// The files that every build has, beside those of its units.
const (
	planFile      = "state/plan.json"
	tokenizerFile = "tokenizer/tokenizer.json"
	indexFile     = "shards/index.parquet"
	documentsFile = "shards/documents.parquet"
	sheetFolder   = "datasheet"
	sheetFile     = sheetFolder + "/index.html"
)

// files compares the folder with the manifest's list, file by file.
func (v *verifier) files() error {
	found := map[string]fs.FileMode{}
	err := fs.WalkDir(os.DirFS(v.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != manifest.Name {
			found[name] = d.Type()
		}
		return err
	})
	if err != nil {
		return err
	}
	last := ""
	for _, want := range v.m.Outputs {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if !fs.ValidPath(want.Path) || want.Path <= last {
			v.add(manifest.Name, "outputs: %q is not a path within the folder, or not in order", want.Path)
			continue
		}
		last = want.Path
		v.listed[want.Path] = want
		if mode, ok := found[want.Path]; !ok {
			v.add(want.Path, "is missing")
		} else if !mode.IsRegular() {
			v.add(want.Path, "is not a regular file")
		} else {
			v.digest(want, want.Path, v.path(want.Path))
		}
	}
	v.leftovers(found)
	return nil
}

// digest compares a file with its entry in the manifest.
func (v *verifier) digest(want manifest.File, name, path string) {
	got, err := digestFile(v.ctx, path)
	switch {
	case err != nil:
		v.check(name, err)
	case got.Bytes != want.Bytes:
		v.add(name, "has %d bytes, the manifest says %d", got.Bytes, want.Bytes)
	case got.SHA256 != want.SHA256:
		v.add(name, "digest differs from the manifest's: the file was changed")
	}
}

// leftovers names the files that the manifest does not.
func (v *verifier) leftovers(found map[string]fs.FileMode) {
	var extra []string
	for name := range found {
		if _, ok := v.listed[name]; !ok {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		if ext := path.Ext(name); strings.HasPrefix(name, "work/") || ext == ".tmp" || ext == ".part" {
			v.add(name, "is left over from an interrupted build: run the build again, or remove it")
		} else {
			v.add(name, "is not in the manifest")
		}
	}
}

// required sees that the manifest lists every file that a build of this plan has.
func (v *verifier) required() {
	need := func(name string) {
		v.known[name] = true
		if _, ok := v.listed[name]; !ok {
			v.add(manifest.Name, "outputs: %s is not listed, but every build of this plan has it", name)
		}
	}
	for _, name := range []string{planFile, tokenizerFile, indexFile, documentsFile, sheetFile} {
		need(name)
	}
	for _, phase := range []string{"resolve", "tokenizer", "pack"} {
		need(manifest.CommitPath(phase, 0))
	}
	if len(v.plan.Earlier) > 0 {
		need(manifest.CommitPath("earlier", 0))
		need(build.EarlierPath)
	}
	edits := build.EditMethods(v.m.Dedup.Methods)
	for _, method := range edits {
		need(manifest.CommitPath(method, 0))
	}
	for _, unit := range v.plan.Numbers() {
		for _, phase := range []string{"curate", "dedup", "encode"} {
			need(manifest.CommitPath(phase, unit))
		}
		for _, name := range []string{documents.Path(unit), manifest.LedgerPath(unit), build.ClustersPath(unit)} {
			need(name)
		}
		if len(edits) > 0 {
			need(build.RangesPath(unit))
		}
	}
}

// inputs digests the input files again, and those that the config names. Of a file in several parts it names the first that changed.
func (v *verifier) inputs(root string) {
	files := slices.Clone(v.m.ConfigFiles)
	for _, in := range v.m.Inputs {
		files = append(files, in.File)
	}
	places := v.places(len(v.m.ConfigFiles))
	changed := ""
	for i, in := range files {
		if in.Path == changed {
			continue
		}
		last := i+1 == len(files) || files[i+1].Path != in.Path || files[i+1].Offset == 0
		same, err := sameInput(v.ctx, under(root, in.Path), in, last, places[i])
		if err != nil {
			v.check(in.Path, err)
		} else if !same {
			v.add(in.Path, "input changed since the build")
		}
		if err != nil || !same {
			changed = in.Path
		}
	}
}

// places are those of the inputs of which only some records are read, by their number behind the files that the config names.
func (v *verifier) places(before int) map[int][]ingest.Place {
	found := map[int][]ingest.Place{}
	if v.plan == nil {
		return found
	}
	for _, u := range v.plan.Units {
		for _, p := range u.Pieces {
			if p.Places != nil {
				found[before] = p.Places
			}
			before++
		}
	}
	return found
}

// samePlaces says whether some records of a file have the bytes of its entry.
func samePlaces(ctx context.Context, f storage.Reader, want manifest.File, places []ingest.Place) (bool, error) {
	h := sha256.New()
	for _, p := range places {
		if _, err := io.Copy(h, io.NewSectionReader(&contextReaderAt{ctx: ctx, r: f}, p.Offset, p.Length)); err != nil {
			return false, err
		}
	}
	return hex.EncodeToString(h.Sum(nil)) == want.SHA256, nil
}

// sameInput says whether a file has the bytes of its entry and, where that is the last of the file, none behind them.
func sameInput(ctx context.Context, path string, want manifest.File, last bool, places []ingest.Place) (bool, error) {
	f, err := storage.Open(ctx, path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if places != nil {
		return samePlaces(ctx, f, want, places)
	}
	if rest := f.Size() - want.Offset; want.Offset < 0 || rest < want.Bytes || last && rest != want.Bytes {
		return false, nil
	}
	r, err := build.ReaderFrom(f, want.Offset)
	if err != nil {
		return false, err
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(&contextReader{ctx: ctx, r: r}, want.Bytes))
	return n == want.Bytes && hex.EncodeToString(h.Sum(nil)) == want.SHA256, err
}

// under is where the file of a path that a config names is looked for.
func under(root, path string) string {
	if filepath.IsAbs(path) || storage.IsURL(path) {
		return path
	}
	return filepath.Join(root, path)
}

// digestFile is manifest.DigestFile for large files: it ends with the context.
func digestFile(ctx context.Context, path string) (manifest.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return manifest.File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, &contextReader{ctx: ctx, r: f})
	return manifest.File{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// contextReader reads until its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
