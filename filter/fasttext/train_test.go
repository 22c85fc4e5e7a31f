package fasttext

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"corpus"
)

func examples(t testing.TB) []Example {
	var all []Example
	for _, line := range lines(t, "train.txt") {
		label, text, _ := strings.Cut(line, " ")
		all = append(all, Example{Labels: []string{strings.TrimPrefix(label, LabelPrefix)}, Text: text})
	}
	return all
}

func trainOptions() TrainOptions {
	o := DefaultTrainOptions()
	o.Dim, o.Epochs, o.LearningRate, o.MinChars, o.MaxChars, o.Buckets, o.WordNgrams = 8, 100, 2, 2, 3, 1000, 2
	return o
}

func TestTrainLearns(t *testing.T) {
	for _, loss := range Losses() {
		t.Run(loss, func(t *testing.T) {
			o := trainOptions()
			o.Loss = loss
			var losses []float64
			m, err := Train(t.Context(), examples(t), o, func(_, loss float64) { losses = append(losses, loss) })
			if err != nil {
				t.Fatal(err)
			}
			texts := lines(t, "texts.txt")
			for i, want := range []string{"en", "de", "fr", "ru", "ja"} {
				if got := m.Predict(texts[i], 1, 0); len(got) != 1 || got[0].Label != LabelPrefix+want {
					t.Errorf("%q is %v, want %s", texts[i], got, want)
				}
			}
			if len(losses) == 0 {
				t.Error("no progress was reported")
			}
		})
	}
}

// TestSeveralLabels: with independent labels a text gets all of its own.
func TestSeveralLabels(t *testing.T) {
	var all []Example
	for range 50 {
		all = append(all, Example{[]string{"red", "red"}, "rose brick"}, Example{[]string{"blue"}, "sky sea"},
			Example{[]string{"red", "blue"}, "rose sea"}, Example{[]string{"none at all"}, "fog"}, Example{nil, "unlabelled"})
	}
	o := trainOptions()
	o.Loss, o.MaxChars, o.WordNgrams, o.LearningRate = "ova", 0, 1, 0.5
	m, err := Train(t.Context(), all, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"brick sea": "__label__blue __label__red", "brick rose": "__label__red", "fog": "__label__none_at_all"} {
		var got []string
		for _, p := range m.Predict(text, 3, 0.5) {
			got = append(got, p.Label)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q is %v, want %s", text, got, want)
		}
	}
	if _, known := m.dict.index.word(hash("unlabelled"), "unlabelled", m.dict.names); known {
		t.Error("a word of a text without labels is in the dictionary")
	}
}

// TestRareWords: words under the least count have no row of their own, but their character n-grams teach.
func TestRareWords(t *testing.T) {
	o := trainOptions()
	o.MinCount = 1_000_000
	m, err := Train(t.Context(), examples(t), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.dict.words != 0 {
		t.Errorf("%d words are left", m.dict.words)
	}
	if got := m.Predict(lines(t, "texts.txt")[1], 1, 0); len(got) != 1 || got[0].Label != "__label__de" {
		t.Errorf("got %v", got)
	}
}

// TestLongWords: a word that no file can hold is left out of the dictionary, and the model can be read again.
func TestLongWords(t *testing.T) {
	m, err := Train(t.Context(), []Example{{Labels: []string{"a"}, Text: strings.Repeat("x", maxWord) + " y"}, {Labels: []string{"b"}, Text: "z"}}, trainOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(&b); err != nil {
		t.Error(err)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	var one, two, other bytes.Buffer
	for _, c := range []struct {
		to   *bytes.Buffer
		seed uint64
	}{{&one, 1}, {&two, 1}, {&other, 2}} {
		o := trainOptions()
		o.Seed = c.seed
		m, err := Train(t.Context(), examples(t), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Write(c.to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same seed gave two models")
	}
	if bytes.Equal(one.Bytes(), other.Bytes()) {
		t.Error("the seed changes nothing")
	}
}

// TestProgramReadsOurModel needs the fastText program; the other direction is in the golden files. It scores as the program does.
func TestProgramReadsOurModel(t *testing.T) {
	program, err := exec.LookPath("fasttext")
	if err != nil {
		t.Skip("the fasttext program is not installed")
	}
	quantize := func(norms bool, cutoff int) func(*Model) (*Model, error) {
		return func(m *Model) (*Model, error) {
			return m.Quantize(t.Context(), QuantizeOptions{PartWidth: 2, Norms: norms, Cutoff: cutoff, Seed: 1})
		}
	}
	same := func(m *Model) (*Model, error) { return m, nil }
	for _, c := range []struct {
		name, loss string
		change     func(*Model) (*Model, error)
	}{
		{"softmax.bin", "softmax", same}, {"ova.bin", "ova", same}, {"hs.bin", "hs", same}, {"ns.bin", "ns", same},
		{"quantised.ftz", "softmax", quantize(false, 0)}, {"norms.ftz", "hs", quantize(true, 0)}, {"cutoff.ftz", "softmax", quantize(true, 600)},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := trainOptions()
			o.Loss = c.loss
			m, err := Train(t.Context(), examples(t), o, nil)
			if err != nil {
				t.Fatal(err)
			}
			if m, err = c.change(m); err != nil {
				t.Fatal(err)
			}
			texts := append(lines(t, "texts.txt"), "__label__en die Lampe", "the lamp </s> die Lampe im Fenster")
			checkProgram(t, program, filepath.Join(t.TempDir(), c.name), m, texts)
		})
	}
}

func checkProgram(t *testing.T, program, path string, m *Model, texts []string) {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "predict-prob", path, "-", "5")
	cmd.Stdin = strings.NewReader(strings.Join(texts, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said := strings.Split(string(out), "\n")
	for i, text := range texts {
		fields := strings.Fields(said[i])
		got := m.Predict(text, 5, 0)
		if len(fields) != 2*len(got) {
			t.Fatalf("%q: %v here, %v there", text, got, fields)
		}
		for j, p := range got {
			want, err := strconv.ParseFloat(fields[2*j+1], 64)
			if err != nil || math.Abs(want-float64(p.Score)) > 1e-5 || p.Label != fields[2*j] && !isTie(got, j) {
				t.Errorf("%q: %s %v here, %s %v there", text, p.Label, p.Score, fields[2*j], want)
			}
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	var bad *corpus.OptionError
	o := trainOptions()
	o.MinChars = 5
	if _, err := Train(t.Context(), examples(t), o, nil); !errors.As(err, &bad) {
		t.Errorf("minn over maxn: %v", err)
	}
	if _, err := Train(t.Context(), []Example{{Text: "x"}}, trainOptions(), nil); err == nil {
		t.Error("no labels: no error")
	}
	for _, loss := range Losses() {
		o := trainOptions()
		o.Loss, o.LearningRate, o.Dim, o.Epochs = loss, 10, 64, 300
		if m, err := Train(t.Context(), examples(t), o, nil); err == nil { // may converge all the same, but then to numbers
			for _, p := range m.Predict("der Hund", 5, -1) {
				if p.Score != p.Score {
					t.Errorf("%s: a score is NaN", loss)
				}
			}
		} else if !errors.As(err, &bad) || bad.Key != "lr" {
			t.Errorf("%s diverged: %v", loss, err)
		}
	}
	if _, err := Train(t.Context(), []Example{{Labels: []string{strings.Repeat("a", maxWord)}, Text: "x"}}, trainOptions(), nil); err == nil {
		t.Error("a label that no file can hold: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Train(ctx, examples(t), trainOptions(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// made are examples of 40 to 400 made-up words of a vocabulary of 30,000, as frequent as Zipf says, with two labels, and their size in bytes.
func made(n int) (list []Example, size int) {
	random := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(random, 1.1, 8, 30_000)
	for i := range n {
		var words []string
		for range 40 + random.IntN(360) {
			words = append(words, fmt.Sprintf("w%x", zipf.Uint64()*2654435761%1_000_003))
		}
		text := strings.Join(words, " ")
		size += len(text)
		list = append(list, Example{[]string{strconv.Itoa(i % 2)}, text})
	}
	return list, size
}

func madeOptions() TrainOptions {
	o := DefaultTrainOptions()
	o.Epochs, o.WordNgrams, o.Buckets = 1, 2, 500_000
	return o
}

// BenchmarkTrain is an epoch on words and bigrams; MB/s are of text. Words and rows are set up anew each time, as a command would.
func BenchmarkTrain(b *testing.B) {
	list, size := made(2000)
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := Train(b.Context(), list, madeOptions(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScore is on the same texts: words with bigrams, with character n-grams, and with both quantised.
func BenchmarkScore(b *testing.B) {
	list, size := made(2000)
	chars := madeOptions()
	chars.MinChars, chars.MaxChars = 2, 4
	for _, c := range []struct {
		name     string
		options  TrainOptions
		quantize bool
	}{{"bigrams", madeOptions(), false}, {"characters", chars, false}, {"bigrams quantised", madeOptions(), true}} {
		b.Run(c.name, func(b *testing.B) {
			m, err := Train(b.Context(), list, c.options, nil)
			if err != nil {
				b.Fatal(err)
			}
			if c.quantize {
				if m, err = m.Quantize(b.Context(), DefaultQuantizeOptions()); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, x := range list {
					m.Score(x.Text, 0)
				}
			}
		})
	}
}

// TestTrainedBytes holds the digests of models trained elsewhere: training must not depend on the machine. Run it with GOAMD64=v3 too, for
// which the compiler fuses multiplications and additions where it may.
func TestTrainedBytes(t *testing.T) {
	for loss, want := range map[string]string{
		"softmax": "02ab1a99be829fcd", "ova": "ddf91e22f74779c7", "hs": "c8b3ea17802ea5be", "ns": "006faba77315268e",
	} {
		o := trainOptions()
		o.Loss, o.Epochs = loss, 20
		m, err := Train(t.Context(), examples(t), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if loss == "hs" {
			if m, err = m.Quantize(t.Context(), QuantizeOptions{PartWidth: 3, Norms: true, Cutoff: 500, Seed: 1}); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if got := corpus.PayloadDigest(b.Bytes())[7:23]; got != want {
			t.Errorf("%s: digest begins with %s, not %s", loss, got, want)
		}
	}
}
