// Command fit makes clean/model.bin, the model of main content, and measures it.
//
//	go run ./clean/internal/fit -data DIR -o clean/model.bin
//	go run ./clean/internal/fit -data DIR -check
//
// DIR holds two files for each set: SET.pages.jsonl, a page a line ("id", and "html" or "html_base64"), and SET.truth.jsonl,
// what is wanted of it ("id", and "text", or the snippets "with" and "without" that must and must not be there).
// clean/model.LICENSE.md names the sets that are learned from, their authors and licences. Only pages whose
// id has an even FNV-1a hash (32 bits) are read.
//
// A block's label is the share of its words that the wanted text has at the same place (label.go). Two ensembles of oblivious trees are boosted
// (boost.go): the second sees what the first, fitted to other pages, thinks of a block's surroundings. The same data gives the
// same model on the same processor architecture, byte for byte.
package main

import (
	"flag"
	"fmt"
	"os"

	"corpus/clean/internal/trees"
)

// learned are the sets whose licence lets a model be made of them and given away.
var learned = []string{"wcxb", "scrapinghub", "readability", "magic-article", "magic-forum", "trafilatura-eval"}

// measured are the sets that serve for measuring only.
var measured = []string{"chinese69", "cleaneval", "daniel", "dragnet", "l3s-gn1"}

func main() {
	dir := flag.String("data", "", "folder of the sets")
	out := flag.String("o", "", "file to write the model to")
	measure := flag.Bool("check", false, "measure by cross-validation, and on the sets that are not learned from")
	flag.Parse()
	if err := run(*dir, *out, *measure); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(dir, out string, measure bool) error {
	pages, err := loadAll(dir, learned)
	if err != nil {
		return err
	}
	weigh(pages)
	if measure {
		if err := check(dir, pages); err != nil {
			return err
		}
	}
	if out == "" {
		return nil
	}
	m := train(pages, usual)
	return os.WriteFile(out, trees.Append(nil, m[:]), 0o644)
}

func loadAll(dir string, sets []string) (all []*example, err error) {
	for _, set := range sets {
		pages, err := load(dir, set)
		if err != nil {
			return nil, err
		}
		all = append(all, pages...)
	}
	return all, nil
}
