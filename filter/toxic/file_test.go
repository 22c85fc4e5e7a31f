package toxic

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func smallWeights() Weights {
	w := Weights{Bias: -1, WordUnit: .5, PairUnit: .25, GramUnit: .125, Words: map[uint64]int16{hashWord([]byte("blorp")): 8, 7: -3}, Masked: []uint64{hashWord([]byte("martians"))},
		Pairs: make([]int8, 1<<pairBits), Grams: make([]int8, 1<<gramBits)}
	w.Pairs[Pair(hashWord([]byte("blorp")), Mask)] = 4
	w.Pairs[3], w.Grams[5] = -128, 127
	return w
}

func TestFileRoundTrip(t *testing.T) {
	w := smallWeights()
	m, err := Parse(w.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, m.weights); diff != "" {
		t.Error(diff)
	}
	// Two words: the bias, 8 halves for blorp, 4 quarters for the pair.
	want := 1 / (1 + math.Exp(-(-1 + (4+1)/math.Pow(3, .6))))
	if got := m.Score("Blorp Martians").Max; math.Abs(got-want) > 1e-12 {
		t.Errorf("score %v, want %v", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	good := smallWeights().Append(nil)
	change := func(f func([]byte) []byte) []byte { return f(bytes.Clone(good)) }
	reseal := func(b []byte) []byte {
		b = b[:len(b)-tailLen]
		return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	}
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "no \"corptoxi\""},
		{"another magic", change(func(b []byte) []byte { b[0] = 'x'; return b }), "no \"corptoxi\""},
		{"another version", change(func(b []byte) []byte { b[8] = 2; return b }), "version 2"},
		{"cut short", good[:len(good)-1], "where its head says"},
		{"too long", append(bytes.Clone(good), 0), "where its head says"},
		{"huge counts", change(func(b []byte) []byte { copy(b[12:], "\xff\xff\xff\xff\xff\xff\xff\xff"); return b }), "where its head says"},
		{"a flipped bit", change(func(b []byte) []byte { b[100] ^= 1; return b }), "checksum"},
		{"a bias that is no number", change(func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[20:], math.Float32bits(float32(math.NaN())))
			return reseal(b)
		}), "NaN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.data)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// FuzzParse changes the head and the words of a file; the tables, half a megabyte of any bytes, and the checksum are put behind them.
func FuzzParse(f *testing.F) {
	good := smallWeights().Append(nil)
	tables := 1<<pairBits + 1<<gramBits
	f.Add(good[:len(good)-tables-tailLen])
	f.Add(good[:headLen])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Parse(data); err == nil && len(data) < tables {
			t.Error("a file without tables is read")
		}
		whole := append(bytes.Clone(data), good[len(good)-tables-tailLen:len(good)-tailLen]...)
		m, err := Parse(binary.LittleEndian.AppendUint32(whole, crc32.Checksum(whole, castagnoli)))
		if err != nil {
			return
		}
		if s := m.Score("A text, with words!"); !(s.Max >= 0 && s.Max <= 1) {
			t.Errorf("score %v", s.Max)
		}
	})
}
