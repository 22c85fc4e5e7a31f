package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"

	"corpus/clean"
)

// example is a page with what is known of its main content.
type example struct {
	set, id string
	page    *clean.Sample
	truth   string
	count   []int     // tokens by block
	share   []float32 // share of them that is wanted
	weight  []float32 // by block; 0 where nothing is known
}

type record struct {
	ID            string
	HTML          string
	Base64        string `json:"html_base64"`
	Text          string
	With, Without []string
}

// isDev reports whether a page is of the half that may be learned from: FNV-1a of its id is even.
func isDev(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()%2 == 0
}

// fold is a page's part, 0 to n-1, in cross-validation.
func fold(id string, n int) int {
	h := fnv.New64a()
	h.Write([]byte(id))
	return int(h.Sum64() >> 20 % uint64(n))
}

// load reads the learnable half of a set: DIR/SET.pages.jsonl and DIR/SET.truth.jsonl.
func load(dir, set string) ([]*example, error) {
	truth := make(map[string]record)
	err := each(filepath.Join(dir, set+".truth.jsonl"), func(r record) error { truth[r.ID] = r; return nil })
	if err != nil {
		return nil, err
	}
	var out []*example
	err = each(filepath.Join(dir, set+".pages.jsonl"), func(r record) error {
		if !isDev(r.ID) {
			return nil
		}
		body, contentType := []byte(r.HTML), "text/html; charset=utf-8"
		if r.Base64 != "" {
			var err error
			if body, err = base64.StdEncoding.DecodeString(r.Base64); err != nil {
				return fmt.Errorf("page %s: %w", r.ID, err)
			}
			contentType = "text/html"
		}
		t := truth[r.ID]
		e := &example{set: set, id: r.ID, page: clean.NewSample(body, contentType), truth: t.Text}
		if e.page == nil {
			return nil
		}
		e.label(t)
		out = append(out, e)
		return nil
	})
	return out, err
}

func each(path string, do func(record) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 256<<20)
	for n := 1; s.Scan(); n++ {
		var r record
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return fmt.Errorf("%s line %d: %w", path, n, err)
		}
		if err := do(r); err != nil {
			return fmt.Errorf("%s line %d: %w", path, n, err)
		}
	}
	return s.Err()
}

// label fills in what the truth says of each block. The blocks of a page weigh together about as much as its
// main content is part of the score: tokens over the tokens of the truth.
func (e *example) label(t record) {
	blocks := make([]string, e.page.Len())
	for i := range blocks {
		blocks[i] = e.page.Text(i)
	}
	e.weight = make([]float32, len(blocks))
	if t.Text == "" {
		e.snippets(blocks, t)
		return
	}
	e.share, e.count = shares(blocks, t.Text)
	want := float32(len(tokens(t.Text)))
	sum := float32(0)
	for i, n := range e.count {
		e.weight[i] = float32(n) / (want + 20)
		sum += e.weight[i]
	}
	for i := range e.weight {
		e.weight[i] /= max(1, sum/4)
	}
}

// snippets labels the blocks that hold a text which must or must not be there; no more is known of such a page.
func (e *example) snippets(blocks []string, t record) {
	e.share, e.count = make([]float32, len(blocks)), make([]int, len(blocks))
	for i, b := range blocks {
		b = strings.ToLower(strings.Join(strings.Fields(b), " "))
		has := func(list []string) bool {
			for _, s := range list {
				if strings.Contains(b, strings.ToLower(strings.Join(strings.Fields(s), " "))) {
					return true
				}
			}
			return false
		}
		with, without := has(t.With), has(t.Without)
		e.count[i] = len(tokens(b))
		if with != without {
			e.weight[i] = 0.1
			e.share[i] = 0
			if with {
				e.share[i] = 1
			}
		}
	}
}
