package linear

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainSum is Sum in its plainest form: a map from hash to row.
func plainSum(m *Model, text string, limit int) Sum {
	type key struct {
		bucket uint32
		mark   uint8
	}
	rows := map[key][Dim]int32{}
	for b, mark := range m.Marks {
		if mark == 0 {
			continue
		}
		var row [Dim]int32
		for d := range row {
			row[d] = int32(m.Rows[b][d/8]>>(8*(d%8))&0xFF) - 128
		}
		rows[key{uint32(b), mark}] = row
	}
	var s Sum
	Features(text, limit, func(h uint64, kind int) {
		row, ok := rows[key{Bucket(h, m.Bits), Mark(h)}]
		s.Count++
		for d := range row {
			if ok {
				s.Row[d] += row[d]
			} else {
				s.Row[d] += int32(m.Missing[kind][d])
			}
		}
	})
	lettered := false // the word has a letter
	for _, r := range text {
		if limit <= 0 {
			break
		}
		limit--
		c := foldPlain(r)
		lettered = c != 0 && c&wideMark == 0 && (lettered || c&combiningMark == 0)
		switch {
		case c&wideMark != 0:
			s.Letters += 3
		case lettered:
			s.Letters++
		}
	}
	return s
}

// small is a model of random numbers whose buckets hold about half of the features of a text.
func small(bits int) *Model {
	random := rand.New(rand.NewPCG(5, 5))
	m := &Model{Labels: []string{"aa", "bb", "und"}, Bits: bits, Marks: make([]uint8, 1<<bits), Rows: NewRows(bits), Scale: 1e-4, Offset: []float32{0, 0.5, -0.5}, Head: make([][Dim]int16, 3)}
	row := func() (out [Dim]int8) {
		for d := range out {
			out[d] = int8(random.IntN(255) - 127)
		}
		return out
	}
	for _, text := range texts() {
		Features(text, 1<<30, func(h uint64, _ int) {
			if b := Bucket(h, bits); random.IntN(2) == 0 {
				m.Marks[b] = Mark(h)
				m.SetRow(b, row())
			}
		})
	}
	for kind := range m.Missing {
		m.Missing[kind] = row()
	}
	for l := range m.Head {
		for d := range m.Head[l] {
			m.Head[l][d] = int16(random.IntN(1<<16) - 1<<15)
		}
	}
	for i := range m.Sharpness {
		m.Sharpness[i] = float32(i+1) / 4
	}
	return m
}

func texts() map[string]string {
	return map[string]string{
		"empty":         "",
		"one letter":    "a",
		"words":         "The Quick brown fox's jumped, over 12 lazy dogs and antidisestablishmentarianismabcdef",
		"ends in space": "ab ",
		"identifiers":   "isReadOnly HTTPServer x.AbstractConfigKey aBcD éÉ ЯблокоЯ",
		"wide":          "市議会は木曜日に再び集まり、川にかかる新しい橋について決めます。 and Latin字字 x",
		"korean":        "시의회는 목요일에 다시 모인다",
		"combining":     "e\u0301\u0302 a\u0300bc \u0301",
		"marks alone":   "\u0301\u0302 1\u0301 字\u3099x E\u0301A\u0300B e\u0301A",
		"arabic":        "سيجتمع المجلس مرة أخرى يوم الخميس",
		"foreign":       "ተማሪ አይደለሁም។ abc",
		"beyond 64 K":   "𐌰𐌱 𠀀𠀁 x",
		"invalid":       "ab\xffcd\xc3",
		"nul":           "a\x00b",
		"long word":     strings.Repeat("x", 3000),
		"long text":     strings.Repeat("Straße über alles ", 400),
	}
}

func TestSumIsThatOfTheMap(t *testing.T) {
	for _, bits := range []int{8, 14} {
		m := small(bits)
		for name, text := range texts() {
			t.Run(name, func(t *testing.T) {
				for _, limit := range []int{-1, 0, 1, 2, 7, 100, 1 << 30} {
					if diff := cmp.Diff(plainSum(m, text, limit), m.Sum(text, limit)); diff != "" {
						t.Errorf("limit %d (-plain +fast):\n%s", limit, diff)
					}
				}
			})
		}
	}
}

func FuzzSum(f *testing.F) {
	m := small(12)
	for _, text := range texts() {
		f.Add(text, 50)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = min(max(limit, 0), 1<<20)
		if diff := cmp.Diff(plainSum(m, text, limit), m.Sum(text, limit)); diff != "" {
			t.Errorf("(-plain +fast):\n%s", diff)
		}
	})
}

func TestFeaturesOfAWord(t *testing.T) {
	hash := func(text string) (h uint64) { // last character first, ^ for an edge
		runes := []rune(text)
		for i := len(runes) - 1; i >= 0; i-- {
			c := uint32(runes[i])
			if c == '^' {
				c = edge
			}
			h = extend(h, c)
		}
		return h
	}
	want := map[uint64]int{}
	for _, gram := range strings.Fields("a b ^a ab b^ ^ab ab^ ^ab^") {
		want[hash(gram)] = len(gram)
	}
	got := map[uint64]int{}
	Features("-Ab!", 100, func(h uint64, kind int) { got[h] = kind })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
}

func TestFileKeepsTheModel(t *testing.T) {
	m := small(10)
	b, err := Append([]byte("before"), m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(b[len("before"):])
	if err != nil {
		t.Fatal(err)
	}
	for i, mark := range m.Marks {
		if mark == 0 {
			m.Rows[i] = [lanes]uint64{}
		}
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Errorf("model (-want +got):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	const firstLabel = headSize + 4*Lengths + Kinds*Dim
	good, err := Append(nil, small(9))
	if err != nil {
		t.Fatal(err)
	}
	seal := func(b []byte) []byte {
		binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[:len(b)-4], castagnoli()))
		return b
	}
	put := func(at int, v uint32) func([]byte) []byte {
		return func(b []byte) []byte { binary.LittleEndian.PutUint32(b[at:], v); return seal(b) }
	}
	for _, test := range []struct {
		name, want string
		change     func([]byte) []byte
	}{
		{"nothing", "wrong magic", func([]byte) []byte { return nil }},
		{"another magic", "wrong magic", func(b []byte) []byte { b[0] = 'x'; return b }},
		{"a later version", "version 2, want 1", put(8, 2)},
		{"a flipped bit", "wrong checksum", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		{"cut short", "wrong checksum", func(b []byte) []byte { return b[:len(b)-9] }},
		{"other dimensions", "8 dimensions, want 16", put(12, 8|3<<16)},
		{"one label", "1 labels are not within", put(12, 16|1<<16)},
		{"too many labels", "65535 labels are not within", put(12, 16|0xFFFF<<16)},
		{"too many buckets", "of 2^60 buckets", put(16, 60)},
		{"more in use than there are", "513 of 2^9 buckets", put(20, 513)},
		{"another number in use", "table", put(20, 1)},
		{"another length", "are not what its head says", put(24, 3)},
		{"a scale that is no number", "a number that is none", put(28, math.Float32bits(float32(math.NaN())))},
		{"a sharpness of infinity", "a number that is none", put(32, math.Float32bits(float32(math.Inf(1))))},
		{"labels out of order", "not in order", func(b []byte) []byte { b[firstLabel] = 'x'; return seal(b) }},
		{"the same label twice", "not in order", func(b []byte) []byte { copy(b[firstLabel:], "bb"); return seal(b) }},
		{"a label without a name", "not in order", func(b []byte) []byte { copy(b[firstLabel:], "\x00\x00"); return seal(b) }},
		{"a broken table", "table", func(b []byte) []byte { b[len(b)-20] ^= 0x55; return seal(b) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(test.change(bytes.Clone(good)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// FuzzRead seals its inputs, so that the checksum does not stand in the way of what lies behind it.
func FuzzRead(f *testing.F) {
	good, err := Append(nil, small(8))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:64])
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= 20 {
			// Models of more than 2^12 buckets only cost memory here.
			if binary.LittleEndian.Uint32(b[16:]) > 12 {
				return
			}
			binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[:len(b)-4], castagnoli()))
		}
		m, err := Read(b)
		if err != nil {
			return
		}
		p := make([]float64, len(m.Labels))
		s := m.Sum("some text of a few words", 100)
		m.Probabilities(s, m.Scores(s, p), nil)
		total := 0.0
		for _, v := range p {
			total += v
		}
		if math.Abs(total-1) > 1e-9 {
			t.Errorf("probabilities sum to %v", total)
		}
	})
}

func TestExpIsThatOfTheLibrary(t *testing.T) {
	for _, x := range []float64{0, -1e-9, -0.1, -math.Ln2, -1, -3.7, -50, -699} {
		if got, want := Exp(x), math.Exp(x); math.Abs(got-want) > 1e-12*want {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	if got := Exp(-701); got != 0 {
		t.Errorf("Exp(-701) = %v, want 0", got)
	}
}

// TestSumStopsBeforeItOverflows has a text whose sums would not fit into 32 bits.
func TestSumStopsBeforeItOverflows(t *testing.T) {
	m := small(8)
	for kind := range m.Missing {
		m.Missing[kind] = [Dim]int8{127, -128}
	}
	clear(m.Marks)
	text := strings.Repeat("abcdefghijklmnopqrstuvw ", 5<<20/24)
	s := m.Sum(text, 1<<40)
	if n := int64(s.Count); int64(s.Row[0]) != 127*n || int64(s.Row[1]) != -128*n {
		t.Errorf("%d features, sums %d and %d", s.Count, s.Row[0], s.Row[1])
	}
}
