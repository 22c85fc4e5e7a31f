package trees

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomModel makes a model of some trees.
func randomModel(r *rand.Rand, features, depth, trees int) *Model {
	m := &Model{Features: features, Depth: depth, Bias: int32(r.IntN(2000) - 1000)}
	for range trees * depth {
		m.Asks = append(m.Asks, uint16(r.IntN(features)))
		m.Thresholds = append(m.Thresholds, uint8(r.IntN(MaxValue+1)))
	}
	for range trees << depth {
		m.Leaves = append(m.Leaves, int16(r.IntN(1<<16)-1<<15))
	}
	return m
}

func TestSum(t *testing.T) {
	// One tree of two questions: is feature 1 above 5, is feature 0 above 9?
	m := &Model{Features: 2, Depth: 2, Bias: 100, Asks: []uint16{1, 0}, Thresholds: []uint8{5, 9}, Leaves: []int16{1, 2, 3, 4}}
	for _, tt := range []struct {
		row  []uint8
		want int32
	}{
		{[]uint8{9, 5}, 101}, {[]uint8{9, 6}, 102}, {[]uint8{10, 5}, 103}, {[]uint8{10, 6}, 104},
	} {
		if got := m.Sum(tt.row); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.row, got, tt.want)
		}
	}
}

func TestFastEqualsSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	odds := NewOdds()
	for _, depth := range []int{1, 3, 6} {
		m := randomModel(r, 40, depth, 30)
		fast, err := NewFast(m)
		if err != nil {
			t.Fatal(err)
		}
		const width = 43
		for _, n := range []int{0, 1, 7, 8, 9, 64, 101} {
			rows := make([]uint8, n*width)
			for i := range rows {
				rows[i] = uint8(r.IntN(MaxValue + 1))
			}
			got := make([]float32, n)
			odds.Rows(fast, rows, width, got)
			for i := range got {
				if want := odds.Probability(m.Sum(rows[i*width:])); got[i] != want {
					t.Fatalf("depth %d, row %d of %d: %v, want %v", depth, i, n, got[i], want)
				}
			}
		}
	}
}

func TestNewFastRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, m := range []*Model{randomModel(r, 257, 3, 1), randomModel(r, 10, 7, 1)} {
		if _, err := NewFast(m); err == nil {
			t.Errorf("%d features, depth %d: no error", m.Features, m.Depth)
		}
	}
}

func TestProbability(t *testing.T) {
	odds := NewOdds()
	for _, x := range []float64{-20, -8, -3.3, -1, -0.01, 0, 0.5, 2, 7.99, 8, 1000} {
		got := float64(odds.Probability(int32(x * Unit)))
		want := 1 / (1 + math.Exp(-max(-oddsEnd, min(oddsEnd, x))))
		if math.Abs(got-want) > 0.001 {
			t.Errorf("log odds %g: %g, want %g", x, got, want)
		}
	}
}

func TestFile(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	want := []*Model{randomModel(r, 20, 3, 5), randomModel(r, 200, 6, 2)}
	file := Append(nil, want)
	got, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i := range file {
		bad := append([]byte(nil), file...)
		bad[i] ^= 0x10
		if _, err := Read(bad); err == nil {
			t.Errorf("a changed byte %d is not noticed", i)
		}
		if _, err := Read(file[:i]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	file[4] = 9
	if _, err := Read(file); err == nil || !strings.Contains(err.Error(), "version 9") {
		t.Errorf("version 9: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	f.Add(Append(nil, []*Model{randomModel(r, 20, 3, 5)}))
	f.Add(Append(nil, nil))
	f.Add([]byte("CTRE\x01\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		models, err := Read(b)
		if err != nil {
			return
		}
		if diff := cmp.Diff(b, Append(nil, models)); diff != "" {
			t.Error(diff)
		}
		for _, m := range models {
			m.Sum(make([]uint8, m.Features))
		}
	})
}

func BenchmarkRows(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	m := randomModel(r, 190, 6, 150)
	fast, err := NewFast(m)
	if err != nil {
		b.Fatal(err)
	}
	rows := make([]uint8, 256*190)
	for i := range rows {
		rows[i] = uint8(r.IntN(MaxValue + 1))
	}
	odds, prob := NewOdds(), make([]float32, 256)
	b.Run("fast", func(b *testing.B) {
		b.SetBytes(int64(len(rows)))
		for b.Loop() {
			odds.Rows(fast, rows, 190, prob)
		}
	})
	b.Run("plain", func(b *testing.B) {
		b.SetBytes(int64(len(rows)))
		for b.Loop() {
			for i := range prob {
				prob[i] = odds.Probability(m.Sum(rows[i*190 : (i+1)*190]))
			}
		}
	})
}
