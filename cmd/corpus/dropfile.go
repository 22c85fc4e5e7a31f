package main

import (
	"corpus"
	"corpus/internal/jsonl"
	"corpus/internal/storage"
)

// dropFile is the optional file for what a stage command drops.
type dropFile struct {
	file *storage.File
	w    *jsonl.Writer
}

// newDropFile starts the file; without a path drops are forgotten.
func newDropFile(path string) (*dropFile, error) {
	if path == "" {
		return &dropFile{}, nil
	}
	f, err := storage.Create(path)
	if err != nil {
		return nil, err
	}
	return &dropFile{file: f, w: jsonl.NewWriter(f, jsonl.Options{Reason: true})}, nil
}

func (d *dropFile) write(doc *corpus.Document) error {
	if d.w == nil {
		return nil
	}
	return d.w.Write(doc)
}

func (d *dropFile) close() error {
	if d.w == nil {
		return nil
	}
	if err := d.w.Flush(); err != nil {
		d.file.Abort()
		return err
	}
	return d.file.Commit()
}

func (d *dropFile) abort() {
	if d.file != nil {
		d.file.Abort()
	}
}

// finish ends a stage command: it hands on what w buffers and makes the file whole, or, after an error, leaves none.
func (d *dropFile) finish(w *jsonl.Writer, err error) error {
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		d.abort()
		return err
	}
	return d.close()
}
