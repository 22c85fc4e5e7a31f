// Package audit reads a finished output folder: verify rechecks it, trace
// follows a token back to its source record, inspect samples what was kept and dropped. It writes nothing.
//
// Invariants:
//   - What a manifest, a plan or a table says is compared and never trusted: memory grows with the files that are
//     there, not with the numbers in them, and no content makes it panic.
//   - Memory is bounded: tables are walked row by row. What verify keeps of them is one bit
//     for each curated document, one more for each method that takes parts out of texts, and 12 bytes for each cluster of duplicates.
//   - Walks over files end soon after their context does.
package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"corpus"
	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/tokenize"
)

// VerifyOptions choose how much is rechecked.
type VerifyOptions struct {
	// Inputs also digests the input files, and the files that the config names, under Root where their paths are relative.
	Inputs bool
	Root   string
}

// Problem is one thing that is not as the manifest says.
type Problem struct {
	Path string // file, relative to the output folder
	What string
}

func (p Problem) String() string { return p.Path + ": " + p.What }

// Verify rechecks a finished build: the list of files and their digests, the plan and the commit records, conservation,
// the ledger against the accounts, the documents, clusters and removed parts against the ledger, the shards against the documents.
// Of a table it names the first row that is wrong. The error is for what kept it from checking; what it found wrong is in the list.
func Verify(ctx context.Context, dir string, opts VerifyOptions) ([]Problem, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		if _, statErr := os.Stat(filepath.Join(dir, manifest.Name)); statErr != nil {
			return nil, err
		}
		return []Problem{{manifest.Name, err.Error()}}, nil
	}
	v := &verifier{
		ctx: ctx, dir: dir, m: m, listed: map[string]manifest.File{}, known: map[string]bool{},
		languages: map[string]manifest.TextTokens{}, found: map[string]engine.Count{},
	}
	if err := v.all(); err != nil {
		return nil, err
	}
	if opts.Inputs {
		v.inputs(opts.Root)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v.problems, nil
}

// verifier is one run of Verify.
type verifier struct {
	ctx      context.Context // of the run
	dir      string
	m        *manifest.Manifest
	plan     *build.Plan
	id       string // the plan's digest
	problems []Problem

	listed map[string]manifest.File // the manifest's outputs by path
	known  map[string]bool          // outputs that a build of this plan writes
	sums   sums                     // of the units' accounts
	// How far the units have come: inputs of the manifest, and a place in the present file's parts.
	inputsRead int
	at         ingest.Position
	units      []unitDocuments                // what the shards must hold
	config     *config.Config                 // of the plan; nil when it cannot be read
	model      *tokenize.Model                // nil when it cannot be read
	train      []trainTokens                  // of the units' encode records
	languages  map[string]manifest.TextTokens // of the units' encode records
	found      map[string]engine.Count        // kept documents and their text by language
	empty      int64                          // kept documents without text
	clusters   clusterSizes
	arrived    []map[string]*documentSet // by unit: the documents that came to each method that edits
	damaged    bool                      // a unit's tables could not be walked to the end, so that sums over units say nothing
}

// all runs the checks. Each group stands on those before it: with a damaged file
// or another plan, the later ones would only repeat what was found.
func (v *verifier) all() error {
	if err := v.files(); err != nil || v.over() {
		return err
	}
	v.readPlan()
	if v.over() {
		return nil
	}
	v.required()
	if v.over() {
		return nil
	}
	v.units = make([]unitDocuments, len(v.plan.Units))
	v.train = make([]trainTokens, len(v.plan.Units))
	v.loadModel()
	v.leftOut()
	v.arrived = make([]map[string]*documentSet, len(v.plan.Units))
	v.clusters.first = corpus.MakeRef(v.plan.FirstUnit, 0)
	for _, unit := range v.plan.Numbers() {
		if v.ctx.Err() != nil {
			return nil // the caller reports it
		}
		v.unit(unit)
	}
	if !v.damaged {
		v.partners()
	}
	v.corpusRecords()
	v.earlierDocuments()
	v.index()
	v.accounts()
	v.shards()
	return nil
}

// over says that there is no point in going on.
func (v *verifier) over() bool { return len(v.problems) > 0 || v.ctx.Err() != nil }

// loadModel reads the tokenizer and the config of the build.
func (v *verifier) loadModel() {
	model, err := tokenize.Load(v.path("tokenizer"))
	if err != nil {
		v.check(tokenizerFile, err)
		return
	}
	v.model = model
	if v.config, err = buildConfig(v.dir); err != nil {
		v.check(planFile, err)
	}
}

// normalize is what the tokenizer does to a text before it cuts it into words.
func (v *verifier) normalize(text string) string {
	if v.model == nil {
		return text
	}
	return v.model.Normalize(text)
}

func (v *verifier) path(name string) string { return filepath.Join(v.dir, filepath.FromSlash(name)) }

func (v *verifier) add(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// check notes an error of reading a file, without the folder that the caller knows. The end of the context is no problem of the file's.
func (v *verifier) check(path string, err error) {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	what := strings.TrimPrefix(err.Error(), v.path(path)+": ")
	if v.dir != "." {
		what = strings.ReplaceAll(what, v.dir+string(filepath.Separator), "")
	}
	v.add(path, "%s", what)
}

// compare notes a number of the manifest that differs from what was counted.
func (v *verifier) compare(what string, says, found int64) {
	if says != found {
		v.add(manifest.Name, "%s is %d, found %d", what, says, found)
	}
}
