package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/filter/langid/internal/linear"
)

// folder writes a few sentences over and over, with numbers between, in the files that load reads.
func folder(t *testing.T) string {
	t.Helper()
	sentences := map[string]string{
		"eng": "yesterday we took the train to the coast and did not get home until late",
		"deu": "gestern sind wir mit dem zug an die küste gefahren und kamen erst spät nach hause",
		"rus": "вчера мы ездили на поезде к морю и вернулись домой поздно вечером",
		"zho": "昨天我们坐火车去了海边很晚才回到家",
		"spa": "ayer fuimos en tren a la costa y volvimos a casa muy tarde con los amigos",
		"fin": "eilen matkustimme junalla rannikolle ja tulimme kotiin vasta myöhään",
	}
	var lines strings.Builder
	for i := range 40 {
		for _, code := range []string{"deu", "eng", "fin", "rus", "spa", "zho"} {
			words := strings.Fields(sentences[code])
			at := i % len(words)
			text := strings.Join(append(words[at:], words[:at]...), " ")
			lines.WriteString(code + "\t" + text + strings.Repeat(".", i/len(words)) + "\n")
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"lingua_sentences.tsv": lines.String(), "lingua_word-pairs.tsv": lines.String(), "lingua_single-words.tsv": lines.String(), "tatoeba75.tsv": lines.String(),
		"tatoeba_other.tsv": strings.Repeat("bre\tdegemer mat deoc'h er gêr\nido\tme esas en la domo\nwuu\t今朝天气老好\n", 20),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTrainIsRepeatable(t *testing.T) {
	s := settings{bits: 14, minCount: 1, epochs: 3, rate: 0.5, limit: 200, crops: 1, noise: 20, swapped: 20, seed: 1}
	dir := folder(t)
	var files [2][]byte
	for i := range files {
		d, err := load(dir, -1)
		if err != nil {
			t.Fatal(err)
		}
		if files[i], err = linear.Append(nil, train(d, s)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two runs give different models")
	}
	m, err := linear.Read(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"we did not get home": "en", "wir kamen erst spät": "de", "我们坐火车": "zh"} {
		sum := m.Sum(text, 100)
		p := m.Scores(sum, make([]float64, len(m.Labels)))
		best := 0
		for l := range p {
			if p[l] > p[best] {
				best = l
			}
		}
		if m.Labels[best] != want {
			t.Errorf("%q is %s, want %s", text, m.Labels[best], want)
		}
	}
}

func TestLoadKeepsTheCutsApart(t *testing.T) {
	d, err := load(folder(t), -1)
	if err != nil {
		t.Fatal(err)
	}
	for c, list := range d.sentences {
		if len(list) == 0 {
			t.Errorf("cut %d is empty", c)
		}
		for _, e := range list {
			if textCut(e.text) != cut(c) {
				t.Errorf("%q lies in the wrong cut", e.text)
			}
		}
	}
	for c, list := range d.others {
		for _, e := range list {
			if languageCut(e.code) != forTraining || macrolanguages()[e.code] != "" {
				t.Errorf("%s is set aside, but in cut %d", e.code, c)
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := folder(t)
	if _, err := load(dir, folds); err == nil || !strings.Contains(err.Error(), "no fold 7") {
		t.Errorf("error %v, want one that names the fold", err)
	}
	path := filepath.Join(dir, "tatoeba75.tsv")
	for content, want := range map[string]string{"eng no tab": "without a tab", "xxx\ttext": `unknown language "xxx"`} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := load(dir, -1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestFoldSetsWholeLanguagesAside(t *testing.T) {
	usual, err := load(folder(t), -1)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		fold              int
		strangers, others int
	}{
		"the fold of ido": {languageFold("ido"), 20, 0},
		"another":         {(languageFold("ido") + 1) % folds, 0, 20},
	} {
		d, err := load(folder(t), test.fold)
		if err != nil {
			t.Fatal(err)
		}
		others := len(d.others[forTraining]) + len(d.others[forTuning]) + len(d.others[forTest])
		if len(d.strangers[forTuning]) != test.strangers || others != test.others || len(d.strangers[forTest]) != len(usual.strangers[forTest]) {
			t.Errorf("%s: %d texts aside, %d others, %d for the test", name, len(d.strangers[forTuning]), others, len(d.strangers[forTest]))
		}
	}
}

func TestWithoutTatoebaLearnsFromNoneOfIt(t *testing.T) {
	d, err := load(folder(t), -1)
	if err != nil {
		t.Fatal(err)
	}
	test := len(d.short[forTest])
	d.withoutTatoeba()
	for _, c := range []cut{forTraining, forTuning} {
		if len(d.short[c])+len(d.others[c])+len(d.strangers[c]) != 0 || len(d.sentences[c]) == 0 {
			t.Errorf("cut %d still has Tatoeba, or no sentences", c)
		}
	}
	if len(d.short[forTest]) != test || test == 0 {
		t.Errorf("%d sentences for the test, had %d", len(d.short[forTest]), test)
	}
}
