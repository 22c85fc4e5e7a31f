// Command fit makes filter/toxic/model.bin, the linear classifier of toxic English, and card.json beside it, which says how it was measured.
//
//	go run ./filter/toxic/internal/fit -data DIR -text docs.jsonl.xz -hatecheck test_suite_cases.csv [-check] [-compare]
//
// DIR holds jigsaw_toxic.tsv.xz and cat_large.tsv.xz, lines of label ("pos" or "neg"), tab and text; docs.jsonl.xz holds technical documents,
// lines of {"id", "text"}. The model is made from these and from the sentences of frames.go. Other sets in DIR (davidson_tox, davidson_hate, stormfront) and HateCheck are only measured on.
// The same data give the same bytes on machines of one kind: -check says so instead of writing.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"corpus"
	"corpus/filter/toxic"
)

func main() {
	var o options
	flag.StringVar(&o.data, "data", "", "folder of the labelled sets")
	flag.StringVar(&o.text, "text", "", "technical documents, lines of id and text in JSON, compressed by xz")
	flag.StringVar(&o.hatecheck, "hatecheck", "", "test_suite_cases.csv of HateCheck, to measure on")
	flag.StringVar(&o.folder, "o", "filter/toxic", "folder of model.bin, card.json and testdata/groups.tsv")
	flag.BoolVar(&o.check, "check", false, "compare with the files there instead of writing them")
	flag.BoolVar(&o.compare, "compare", false, "print what masking and the frames change, and stop")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

type options struct {
	data, text, hatecheck, folder string
	check, compare                bool
}

func run(o options) error {
	if o.data == "" || o.text == "" || o.hatecheck == "" && !o.compare {
		return errors.New("-data, -text and -hatecheck are needed")
	}
	d, tests, err := load(o.data, o.text)
	if err != nil {
		return err
	}
	if o.compare {
		return compare(d)
	}
	s := chosen()
	rows, frames, err := d.crossScore(s)
	if err != nil {
		return err
	}
	c := calibrate(rows)
	c.apply(rows)
	c.apply(frames)
	t := threshold(rows, frames)
	w := train(s, d.rows(s, d.jigsaw))
	c.put(&w)
	file := w.Append(nil)
	m, err := toxic.Parse(file)
	if err != nil {
		return err
	}
	card := toxic.Card{Threshold: t, Model: corpus.Model{Name: "toxicity-en", Origin: "built in", Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(file)),
		License: license, Attribution: attribution}}
	if err := measure(&card, m, d, tests, o); err != nil {
		return err
	}
	card.Metrics = append(card.Metrics, metrics("jigsaw_toxic, folds of the training rows", rows, t)...)
	card.Metrics = append(card.Metrics, groupMetrics("frames, development", frames, t, byGroup)...)
	text, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(put(o, "model.bin", file), put(o, "card.json", append(text, '\n')))
}

const (
	license     = "CC BY-SA 3.0"
	attribution = "weights derived from comments on talk pages of Wikipedia by its contributors (CC BY-SA 3.0), as labelled in the Jigsaw Toxic Comment " +
		"Classification set (labels CC0) and in CAT_LARGE by Pavlopoulos et al. 2020 (labels Apache-2.0), from Python Enhancement Proposals that are in the public domain, and from sentences written by the corpus project; " +
		"licence: https://creativecommons.org/licenses/by-sa/3.0/"
)

// testSet is a set to measure on.
type testSet struct {
	name string
	rows []row
}

// load reads the sets and cuts them.
func load(dir, text string) (d data, tests []testSet, err error) {
	d.frames, d.dev = fillFrames("train"), fillFrames("dev")
	if d.technical, err = readTechnical(text); err != nil {
		return d, nil, err
	}
	for _, set := range []struct {
		name  string
		train *[]row
	}{{"jigsaw_toxic", &d.jigsaw}, {"cat_large", &d.cat}, {"davidson_tox", nil}, {"davidson_hate", nil}, {"stormfront", nil}} {
		rows, err := readSet(dir, set.name)
		if set.train == nil && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return d, nil, err
		}
		name := set.name + ", all"
		if set.train != nil {
			*set.train = append(cut(rows, cutTrain), cut(rows, cutDev)...)
			rows, name = cut(rows, cutTest), set.name+", test cut"
		}
		tests = append(tests, testSet{name, rows})
	}
	return d, tests, nil
}

// measure adds to a card what is known of the model beside the folds. What a reader of a datasheet asks for first stands first.
func measure(card *toxic.Card, m *toxic.Model, d data, tests []testSet, o options) error {
	if err := measureGroups(m, card, "HateCheck", o.hatecheck, readHateCheck); err != nil {
		return err
	}
	for _, test := range tests {
		card.Metrics = append(card.Metrics, metrics(test.name, scoreRows(m, test.rows), card.Threshold)...)
	}
	if err := measureGroups(m, card, "groups.tsv", filepath.Join(o.folder, "testdata", "groups.tsv"), readGroups); err != nil {
		return err
	}
	card.Metrics = append(card.Metrics, documentMetrics(m, d.technical, card.Threshold)...)
	return nil
}

// measureGroups adds the rates of a set by group and by test.
func measureGroups(m *toxic.Model, card *toxic.Card, set, path string, read func(string) ([]groupRow, error)) error {
	rows, err := read(path)
	if err != nil {
		return err
	}
	found := scoreGroups(m, rows)
	card.Metrics = append(card.Metrics, metrics(set, found, card.Threshold)...)
	card.Metrics = append(card.Metrics, groupMetrics(set, found, card.Threshold, byGroup)...)
	card.Metrics = append(card.Metrics, groupMetrics(set+", tests", found, card.Threshold, byTest)...)
	return nil
}

// put writes a file of the folder, or compares it with what is there.
func put(o options, name string, data []byte) error {
	path := filepath.Join(o.folder, name)
	if !o.check {
		if err := os.WriteFile(path+".tmp", data, 0o644); err != nil {
			return err
		}
		return os.Rename(path+".tmp", path)
	}
	old, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(old, data) {
		err = fmt.Errorf("%s: differs from what the data give", path)
	}
	return err
}
