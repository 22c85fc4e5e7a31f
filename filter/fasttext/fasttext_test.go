package fasttext

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScoresEqualTheReference compares with what the fastText program said of the same models and texts (testdata/README.md).
func TestScoresEqualTheReference(t *testing.T) {
	texts := lines(t, "texts.txt")
	for _, name := range models {
		t.Run(name, func(t *testing.T) {
			m := open(t, name)
			for i, golden := range lines(t, name+".golden") {
				fields := strings.Fields(golden)
				got := m.Predict(texts[i], 5, 0)
				if len(got) != len(fields)/2 {
					t.Fatalf("%q: %d predictions, want %d", texts[i], len(got), len(fields)/2)
				}
				for j, p := range got {
					want, err := strconv.ParseFloat(fields[2*j+1], 64)
					if err != nil {
						t.Fatal(err)
					}
					if math.Abs(want-float64(p.Score)) > 1e-5 || p.Label != fields[2*j] && !isTie(got, j) {
						t.Errorf("%q: prediction %d is %s %v, want %s %v", texts[i], j, p.Label, p.Score, fields[2*j], want)
					}
					if k := labelIndex(m, p.Label); m.Score(texts[i], k) != p.Score {
						t.Errorf("%q: Score and Predict differ on %s", texts[i], p.Label)
					}
				}
			}
		})
	}
}

var models = []string{"softmax.bin", "hs.bin", "ova.bin", "words.bin", "quant.ftz", "norm.ftz"}

// isTie says that the order of a prediction and a neighbour is open.
func isTie(got []Prediction, i int) bool {
	return i > 0 && got[i-1].Score == got[i].Score || i+1 < len(got) && got[i+1].Score == got[i].Score
}

func labelIndex(m *Model, label string) int {
	for i, l := range m.Labels() {
		if l == label {
			return i
		}
	}
	return -1
}

func TestWriteGivesTheSameBytes(t *testing.T) {
	for _, name := range models {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := open(t, name).Write(&got); err != nil {
				t.Fatal(err)
			}
			if name == "norm.ftz" {
				// The program writes the buckets that it kept in the order of a hash table.
				if diff := cmp.Diff(sorted(want), sorted(got.Bytes())); diff != "" {
					t.Error(diff)
				}
			} else if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%d bytes written differ from the %d read", got.Len(), len(want))
			}
		})
	}
}

func sorted(b []byte) []byte {
	b = bytes.Clone(b)
	slices.Sort(b)
	return b
}

func TestLimitAndThreshold(t *testing.T) {
	m := open(t, "words.bin")
	const text = "the lamp in the window was still lit"
	if got := m.Predict(text, 2, 0); len(got) != 2 || got[0].Label != "__label__en" {
		t.Errorf("two best: %v", got)
	}
	if got := m.Predict(text, 5, 0.5); len(got) != 1 {
		t.Errorf("at least .5: %v", got)
	}
	if diff := cmp.Diff(m.Predict(text, 5, 0), m.Predict("the lamp\nin the\r\n\twindow was still lit\n", 5, 0)); diff != "" {
		t.Errorf("line ends are not spaces: %s", diff)
	}
}

func TestBrokenFiles(t *testing.T) {
	whole, err := os.ReadFile("testdata/softmax.bin")
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, to ...byte) []byte {
		b := bytes.Clone(whole)
		copy(b[at:], to)
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "unexpected EOF"},
		{"no model", []byte("not a model at all"), "magic number"},
		{"version", change(4, 13), "version is 13"},
		{"word vectors", change(8+7*4, 1), "word vectors"},
		{"huge dim", change(8, 0xff, 0xff, 0xff, 0x7f), "dim is"},
		{"huge dictionary", change(64, 0xff, 0xff, 0xff, 0x7f, 0xfd, 0xff, 0xff, 0x7f), "dictionary of"},
		{"a huge bucket", change(8+8*4, 0xff, 0xff, 0xff, 0x7f), "input matrix has"},
		{"a weight that is no number", change(len(whole)-4, 0, 0, 0xc0, 0x7f), "a weight is NaN"},
		{"a huge weight", change(len(whole)-4, 0, 0, 0x80, 0x7e), "not within ±1e+07"},
		{"truncated", whole[:len(whole)/2], "unexpected EOF"},
		{"one byte short", whole[:len(whole)-1], "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(bytes.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "at byte") {
				t.Errorf("error %v, want one with %q and the place", err, c.want)
			}
		})
	}
}

// TestTruncatedFiles: beginnings of a file are refused, with the place.
func TestTruncatedFiles(t *testing.T) {
	for _, name := range models {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(whole); n += 11 {
			if _, err := Read(bytes.NewReader(whole[:n])); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("at byte %d:", n)) {
				t.Fatalf("%s, %d bytes of it: error %v", name, n, err)
			}
		}
	}
}

// FuzzRead: a hostile file gives an error or a model that predicts without a panic.
func FuzzRead(f *testing.F) {
	for _, name := range models {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/3])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, p := range m.Predict("the lamp 窓の下 zz\x00 \xff", 3, 0) {
			if p.Score != p.Score {
				t.Errorf("the score of %q is NaN", p.Label)
			}
			if !strings.Contains(strings.Join(m.Labels(), "\x00"), p.Label) {
				t.Errorf("predicts %q, which is no label", p.Label)
			}
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&b); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}

func open(t testing.TB, name string) *Model {
	t.Helper()
	m, err := Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func lines(t testing.TB, name string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}
