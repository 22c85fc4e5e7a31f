package fasttext

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	for _, loss := range []string{"softmax", "ova"} {
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

// TestProgramReadsOurModel needs the fastText program; the other direction is in the golden files.
func TestProgramReadsOurModel(t *testing.T) {
	program, err := exec.LookPath("fasttext")
	if err != nil {
		t.Skip("the fasttext program is not installed")
	}
	m, err := Train(t.Context(), examples(t), trainOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.bin")
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "predict", path, "testdata/texts.txt").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	said := strings.Fields(string(out))
	for i, text := range lines(t, "texts.txt") {
		if got := m.Predict(text, 1, 0); got[0].Label != said[i] {
			t.Errorf("%q: %s here, %s there", text, got[0].Label, said[i])
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
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Train(ctx, examples(t), trainOptions(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func BenchmarkPredict(b *testing.B) {
	m := open(b, "softmax.bin")
	text := strings.Repeat("nobody knew why the train was late again that morning ", 36)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.Score(text, 0)
	}
}
