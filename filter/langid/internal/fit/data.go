package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cut is the part of the data that a text belongs to.
type cut int

const (
	forTraining cut = iota
	forTuning       // calibration, and the choice of settings
	forTest
)

// textCut goes by the text alone: FNV-1a of 32 bits, a third for the test, an eighth of the rest for tuning.
func textCut(text string) cut {
	h := fnv.New32a()
	h.Write([]byte(text))
	sum := h.Sum32()
	switch {
	case sum%3 == 0:
		return forTest
	case sum/3%8 == 0:
		return forTuning
	}
	return forTraining
}

// languageCut sets whole unlabelled languages aside: a third for the test, a fifth of the rest for tuning, by hash of the code.
func languageCut(code string) cut {
	h := fnv.New32a()
	h.Write([]byte(code))
	sum := h.Sum32()
	switch {
	case sum%3 == 0:
		return forTest
	case sum/3%5 == 0:
		return forTuning
	}
	return forTraining
}

// folds is the number of parts that unlabelled languages which are not for the test fall into, to measure by turns on each.
const folds = 7

// languageFold is the part that a language falls into.
func languageFold(code string) int {
	h := fnv.New32a()
	h.Write([]byte("fold" + code))
	return int(h.Sum32() % folds)
}

// withoutTatoeba takes Tatoeba's sentences out of training and tuning; what is in no language is then learned from noise alone.
func (d *data) withoutTatoeba() {
	for _, c := range []cut{forTraining, forTuning} {
		d.short[c], d.others[c], d.strangers[c] = nil, nil, nil
	}
}

// macrolanguages gives the languages of tatoeba_other.tsv whose ISO 639-1 code is that of a macrolanguage: Algerian and Egyptian Arabic, Wu and
// Cantonese, North Moluccan Malay.
func macrolanguages() map[string]string {
	return map[string]string{"arq": "ar", "arz": "ar", "wuu": "zh", "yue": "zh", "max": "ms"}
}

// example is a text in a language.
type example struct {
	text  string
	label string // ISO 639-1, or und
	code  string // as the file has it
}

// data are the texts by cut.
type data struct {
	sentences, short, pairs, words, others [3][]example
	// strangers are in languages that training never sees.
	strangers [3][]example
	// members are in languages that belong to a macrolanguage of the model, by the table of ISO 639-3; they are only measured.
	members [3][]example
}

// load reads the files of a folder. A fold from 0 on stands in for the languages set aside for tuning; training then has the others.
func load(dir string, fold int) (*data, error) {
	if fold >= folds {
		return nil, fmt.Errorf("there is no fold %d: they are 0 to %d", fold, folds-1)
	}
	d := &data{}
	codes := labels()
	for _, file := range []struct {
		name string
		to   *[3][]example
	}{
		{"lingua_sentences.tsv", &d.sentences}, {"lingua_word-pairs.tsv", &d.pairs}, {"lingua_single-words.tsv", &d.words},
		{"tatoeba75.tsv", &d.short}, {"tatoeba_other.tsv", nil},
	} {
		b, err := read(filepath.Join(dir, file.name))
		if err != nil {
			return nil, err
		}
		s := bufio.NewScanner(bytes.NewReader(b))
		s.Buffer(nil, 1<<24)
		for s.Scan() {
			code, text, ok := strings.Cut(s.Text(), "\t")
			if !ok {
				return nil, fmt.Errorf("%s: a line without a tab", file.name)
			}
			c := textCut(text)
			if file.to != nil {
				label := codes[code]
				if label == "" {
					return nil, fmt.Errorf("%s: unknown language %q", file.name, code)
				}
				file.to[c] = append(file.to[c], example{text, label, code})
				continue
			}
			if member := macrolanguages()[code]; member != "" {
				d.members[c] = append(d.members[c], example{text, member, code})
				continue
			}
			l := languageCut(code)
			if fold >= 0 && l != forTest {
				if l = forTraining; languageFold(code) == fold {
					l = forTuning
				}
			}
			if l != forTraining {
				d.strangers[l] = append(d.strangers[l], example{text, undetermined, code})
				continue
			}
			d.others[c] = append(d.others[c], example{text, undetermined, code})
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
	}
	return d, nil
}

// read reads a file, or the same with .xz behind its name through the program xz.
func read(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	b, err = exec.Command("xz", "-dc", path+".xz").Output()
	if err != nil {
		return nil, fmt.Errorf("xz -dc %s.xz: %w", path, err)
	}
	return b, nil
}

// joined makes texts of about size bytes of the sentences of each language, in their order; what is left over is no text.
func joined(list []example, size int) (out []example) {
	var b strings.Builder
	for i, e := range list {
		if i > 0 && e.code != list[i-1].code {
			b.Reset()
		}
		b.WriteString(e.text)
		b.WriteByte('\n')
		if b.Len() >= size {
			out = append(out, example{b.String(), e.label, e.code})
			b.Reset()
		}
	}
	return out
}
