package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// technical are texts about programs, which nobody would call toxic. Comments hold no code, so that a model made from them alone takes
// the names f, u and dir for what they mean in abuse.
type technical struct {
	train []row
	// dev are whole documents, and tests those of other projects, none of which is trained on.
	dev   []string
	tests []documentSet
}

// documentSet is a set of documents without labels.
type documentSet struct {
	name  string
	texts []string
}

// Of the Python Enhancement Proposals that say that they are in the public domain, a third is the development cut. Of the others, cut
// into pieces as long as a passage, one piece in technicalEvery is trained on. A set of fewer than technicalLeast documents is not measured on.
const (
	technicalPrefix = "python+peps/"
	technicalPhrase = "the public domain"
	technicalLeast  = 100
	technicalPiece  = 400
	technicalEvery  = 20
)

// readTechnical reads lines of {"id", "text"}, compressed by xz. The first part of an id, up to a slash, names its project.
func readTechnical(path string) (t technical, err error) {
	cmd := exec.Command("xz", "-dc", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return t, err
	}
	if err := cmd.Start(); err != nil {
		return t, err
	}
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, 1<<26)
	places := map[string]int{}
	t.train = codeRows()
	for scanner.Scan() {
		var d struct{ ID, Text string }
		if err := json.Unmarshal(scanner.Bytes(), &d); err != nil {
			return t, fmt.Errorf("%s: %w", path, err)
		}
		project, _, _ := strings.Cut(d.ID, "/")
		switch {
		case !strings.HasPrefix(d.ID, technicalPrefix):
			at, ok := places[project]
			if !ok {
				at = len(t.tests)
				places[project], t.tests = at, append(t.tests, documentSet{name: project})
			}
			t.tests[at].texts = append(t.tests[at].texts, d.Text)
		case !strings.Contains(strings.Join(strings.Fields(d.Text), " "), technicalPhrase):
		case digest(d.ID)%3 == 0:
			t.dev = append(t.dev, d.Text)
		default:
			t.train = append(t.train, technicalRows(d.Text)...)
		}
	}
	if err := scanner.Err(); err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	if err := cmd.Wait(); err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	if len(t.train) == len(codeRows()) || len(t.dev) == 0 {
		return t, fmt.Errorf("%s: no documents %s… that say %q", path, technicalPrefix, technicalPhrase)
	}
	t.tests = slices.DeleteFunc(t.tests, func(s documentSet) bool { return len(s.texts) < technicalLeast })
	return t, nil
}

// technicalRows are the pieces of a document that are trained on.
func technicalRows(text string) (rows []row) {
	for len(text) > 0 {
		end := min(technicalPiece, len(text))
		if i := strings.LastIndexAny(text[:end], " \n"); i > 0 && end < len(text) {
			end = i
		}
		if digest(text[:end])%technicalEvery == 0 {
			rows = append(rows, row{text: text[:end], weight: 1})
		}
		text = text[end:]
	}
	return rows
}
