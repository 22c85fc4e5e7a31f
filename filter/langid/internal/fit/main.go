// Command fit makes filter/langid/model.bin, the language classifier, and measures it.
//
//	go run ./filter/langid/internal/fit -data DIR -o filter/langid/model.bin
//	go run ./filter/langid/internal/fit -data DIR -check tuning
//
// DIR holds lines of "language, tab, text" in lingua_sentences.tsv, lingua_word-pairs.tsv, lingua_single-words.tsv, tatoeba75.tsv and
// tatoeba_other.tsv, or the same compressed (.xz). filter/langid/model.LICENSE.md says whose texts they are. data.go cuts them by hash into
// parts for training, tuning and test. The same data gives the same model on the same processor architecture, byte for byte.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strings"

	"corpus/filter/langid/internal/linear"
)

// usual are the settings of the model that is shipped, chosen on the texts for tuning.
var usual = settings{bits: 19, minCount: 4, epochs: 8, rate: 0.5, limit: 1000, crops: 3, noise: 400, swapped: 1200, seed: 1}

func main() {
	dir := flag.String("data", "", "folder of the texts")
	out := flag.String("o", "", "file to write the model to")
	without := flag.Bool("without-tatoeba", false, "train on none of the Tatoeba sentences, to measure on texts of another origin")
	fold := flag.Int("fold", -1, "set this seventh, 0 to 6, of the unknown languages aside for tuning in place of the usual ones, to measure on all by turns; -1 for none")
	in := flag.String("model", "", "measure this model instead of training one")
	cut := flag.String("check", "", "measure on the part for \"tuning\" or \"test\"")
	table := flag.Bool("table", false, "with -check: also a table by language")
	s := usual
	flag.IntVar(&s.bits, "bits", s.bits, "binary logarithm of the number of buckets")
	flag.IntVar(&s.minCount, "min-count", s.minCount, "occurrences that a feature needs")
	flag.IntVar(&s.epochs, "epochs", s.epochs, "rounds over the texts")
	flag.Float64Var(&s.rate, "rate", s.rate, "learning rate at the start")
	flag.IntVar(&s.crops, "crops", s.crops, "pieces cut out of each sentence")
	flag.IntVar(&s.swapped, "swapped", s.swapped, "sentences with letters swapped")
	flag.Parse()
	d, err := load(*dir, *fold)
	if err == nil {
		if *without {
			d.withoutTatoeba()
		}
		err = run(d, *out, *in, *cut, *table, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(d *data, out, in, cut string, table bool, s settings) error {
	var file []byte
	var err error
	if in != "" {
		file, err = os.ReadFile(in)
	} else {
		file, err = linear.Append(nil, train(d, s))
	}
	if err != nil {
		return err
	}
	m, err := linear.Read(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d bytes, %.1f s of processor time\n", len(file), cpu())
	switch cut {
	case "":
	case "tuning":
		check(os.Stdout, m, d, forTuning, s.limit, table)
	case "test":
		check(os.Stdout, m, d, forTest, s.limit, table)
	default:
		return fmt.Errorf("no part is called %q", cut)
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, file, 0o644)
}

// train makes the model of the texts for training and calibrates it on those for tuning.
func train(d *data, s settings) *linear.Model {
	random := rand.New(rand.NewPCG(s.seed, 0))
	names := []string{undetermined}
	for _, code := range labels() {
		names = append(names, code)
	}
	sort.Strings(names)
	index := make(map[string]int32)
	for i, name := range names {
		index[name] = int32(i)
	}
	const c = forTraining
	var list []example
	list = append(list, d.sentences[c]...)
	list = append(list, d.short[c]...)
	list = append(list, d.pairs[c]...)
	list = append(list, d.words[c]...)
	list = append(list, d.others[c]...)
	list = append(list, noise(d.sentences[c], s.noise, s.swapped, random)...)
	v := newVocabulary(list, s)
	list = append(list, soiled(d.sentences[c], random)...)
	for range s.crops {
		list = append(list, cropped(d.sentences[c], random)...)
	}
	t := fit(v, items(v, list, index, s, random), len(names), s, random)
	m := quantise(t, names)
	const u = forTuning
	var tuning []example
	for _, l := range [][]example{d.sentences[u], d.short[u], d.pairs[u], joined(d.sentences[u], 500), joined(d.sentences[u], 2000), soiled(d.sentences[u], random), d.strangers[u], joined(d.strangers[u], 200)} {
		tuning = append(tuning, l...)
	}
	calibrate(m, tuning, index, s.limit)
	return m
}

// cropped are pieces of two to nine words, one of each sentence; of five to forty characters where there are hardly any spaces.
func cropped(list []example, random *rand.Rand) (out []example) {
	for _, e := range list {
		words := strings.Fields(e.text)
		if len(words)*20 > len(e.text) {
			n := min(len(words), 2+random.IntN(8))
			at := random.IntN(len(words) - n + 1)
			out = append(out, example{strings.Join(words[at:at+n], " "), e.label, e.code})
			continue
		}
		runes := []rune(e.text)
		n := min(len(runes), 5+random.IntN(36))
		at := random.IntN(len(runes) - n + 1)
		out = append(out, example{string(runes[at : at+n]), e.label, e.code})
	}
	return out
}
