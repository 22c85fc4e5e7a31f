package classifier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"corpus"
	"corpus/filter/fasttext"
	"corpus/internal/storage"

	"github.com/cespare/xxhash/v2"
)

// TrainOptions describe a training run.
type TrainOptions struct {
	Source Source
	// Out is the model's path; its card lies beside it.
	Out   string
	Model fasttext.TrainOptions
	// Quantize makes a quantised model (.ftz); nil for none.
	Quantize *fasttext.QuantizeOptions
	// Validation is a file, or a share of the training texts, 0 to 0.9 ("0.1"), that is held back by the hash of the text, so that
	// equal texts stay together; empty for none.
	Validation string
	// Evaluate says what is measured on the validation texts; its set is filled in.
	Evaluate EvaluateOptions
	// Name, License and Attribution are for the card. An empty name is that of the file.
	Name, License, Attribution string
	// Progress is told what is done; nil for none. Off the reading, done is the share of the work.
	Progress func(phase string, done, loss float64, words int)
}

// Validate returns an OptionError for the first bad value, before anything is read.
func (o TrainOptions) Validate() error {
	if err := o.Model.Validate(); err != nil {
		return err
	}
	if o.Quantize != nil {
		if err := o.Quantize.Validate(); err != nil {
			return err
		}
	}
	if share, ok := o.share(); ok && !(share >= 0 && share <= 0.9) {
		return corpus.BadOption("validation", "%q is not a share within 0 to 0.9", o.Validation)
	}
	if err := o.Evaluate.Validate(); err != nil {
		return err
	}
	return o.Source.Validate()
}

// share is the validation as a number.
func (o TrainOptions) share() (float64, bool) {
	share, err := strconv.ParseFloat(o.Validation, 64)
	if err != nil {
		return 0, false
	}
	return share, true
}

// Trained is what a training run made.
type Trained struct {
	Card  *fasttext.Card
	Files []File
	// Report is on the validation texts; nil without.
	Report *Report
	// Texts and Words are those trained on.
	Texts, Words int
}

// Train trains a model on files, measures it, and writes it with its card.
func Train(ctx context.Context, paths []string, o TrainOptions) (*Trained, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := o.checkOutput(paths); err != nil {
		return nil, err
	}
	examples, held, files, err := o.read(ctx, paths)
	if err != nil {
		return nil, err
	}
	// A path that cannot be written to is found out before the training, not after it.
	out, err := storage.Create(o.Out)
	if err != nil {
		return nil, err
	}
	defer out.Abort()
	done := &Trained{Files: files, Texts: examples.Len(), Words: examples.Words()}
	model, err := examples.Train(ctx, o.Model, func(share, loss float64) { o.progress("train", share, loss, done.Words) })
	if err != nil {
		return nil, err
	}
	if o.Quantize != nil {
		o.progress("quantise", 0, math.NaN(), 0)
		if model, err = model.Quantize(ctx, *o.Quantize); err != nil {
			return nil, err
		}
	}
	if done.Report, err = o.measure(ctx, model, held); err != nil {
		return nil, err
	}
	return done, o.write(out, model, done)
}

// checkOutput refuses to write the model or its card over the texts.
func (o TrainOptions) checkOutput(paths []string) error {
	for _, out := range []string{o.Out, fasttext.CardPath(o.Out)} {
		for _, in := range append(slices.Clone(paths), o.Validation) {
			if sameFile(out, in) {
				return corpus.BadOption("output", "%s would be written over: it holds labelled texts", in)
			}
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func (o TrainOptions) progress(phase string, done, loss float64, words int) {
	if o.Progress != nil {
		o.Progress(phase, done, loss, words)
	}
}

// read collects the examples and the validation texts: a share of the examples, or those of a file of their own.
func (o TrainOptions) read(ctx context.Context, paths []string) (*fasttext.Examples, []Text, []File, error) {
	share, isShare := o.share()
	bound := uint64(share * (1 << 63) * 2) // of the hashes, those below are held back
	examples := fasttext.NewExamples()
	var held []Text
	hold := func(t Text) error { held = append(held, t); return nil }
	var files []File
	for _, path := range paths {
		o.progress("read", 0, math.NaN(), examples.Words())
		file, err := o.Source.Read(ctx, path, func(t Text) error {
			if xxhash.Sum64String(t.Text) < bound {
				return hold(t)
			}
			examples.Add(fasttext.Example{Labels: t.Labels, Text: t.Text})
			return nil
		})
		if err != nil {
			return nil, nil, nil, err
		}
		files = append(files, file)
	}
	if examples.Len() == 0 {
		return nil, nil, nil, errors.New("no labelled text is left to train on")
	}
	if o.Validation != "" && !isShare {
		file, err := o.Source.Read(ctx, o.Validation, hold)
		if err != nil {
			return nil, nil, nil, err
		}
		files = append(files, file)
	}
	return examples, held, files, o.checkLabel(examples.Labels())
}

// checkLabel finds out before the training that the label to measure is none of the model's.
func (o TrainOptions) checkLabel(labels []string) error {
	if o.Evaluate.Label == "" || len(labels) == 0 {
		return nil
	}
	for i, l := range labels {
		labels[i] = plainLabel(l)
	}
	slices.Sort(labels)
	if !slices.Contains(labels, plainLabel(o.Evaluate.Label)) {
		return corpus.BadOption("label", "%w", noLabel(o.Evaluate.Label, labels))
	}
	return nil
}

// measure evaluates the model on the validation texts.
func (o TrainOptions) measure(ctx context.Context, model *fasttext.Model, held []Text) (*Report, error) {
	if len(held) == 0 {
		return nil, nil
	}
	eval := o.Evaluate
	eval.Set = "validation: " + filepath.Base(o.Validation)
	if share, ok := o.share(); ok {
		eval.Set = fmt.Sprintf("validation: %g of the training files by hash", share)
	}
	e, err := NewEvaluation(fastText{model}, eval)
	if err != nil {
		return nil, err
	}
	o.progress("evaluate", 0, math.NaN(), 0)
	for i, t := range held {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := e.Add(t); err != nil {
			return nil, err
		}
	}
	return e.Report(), nil
}

// write writes the model, then its card: a model beside an old card is refused until the new card is there.
func (o TrainOptions) write(out *storage.File, model *fasttext.Model, done *Trained) error {
	sum := sha256.New()
	if err := model.Write(io.MultiWriter(out, sum)); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	card := &fasttext.Card{Options: &o.Model, Quantized: o.Quantize}
	card.Name = o.Name
	if card.Name == "" {
		base := filepath.Base(o.Out)
		card.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	card.Origin, card.Digest = o.Out, "sha256:"+hex.EncodeToString(sum.Sum(nil))
	card.License, card.Attribution = o.License, o.Attribution
	if done.Report != nil {
		done.Report.Model, done.Report.Digest = o.Out, card.Digest
		card.Metrics = done.Report.Metrics()
	}
	_, isShare := o.share()
	for i, f := range done.Files {
		use := "train"
		if o.Validation != "" && !isShare && i == len(done.Files)-1 {
			use = "validation"
		}
		card.Data = append(card.Data, fasttext.CardData{Path: f.Path, Digest: f.Digest, Use: use, Examples: f.Texts})
	}
	done.Card = card
	return WriteCard(o.Out, card)
}

// WriteCard writes the card beside a model.
func WriteCard(model string, card *fasttext.Card) error {
	return storage.WriteFile(fasttext.CardPath(model), card.Write)
}
