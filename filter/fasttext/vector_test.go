package fasttext

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// plainRows is the definition of a text's rows, word by word with maps and slices (fastText's Dictionary::getLine).
func plainRows(d *dictionary, text string) []int32 {
	ids := map[string]int32{}
	for i, name := range d.names {
		if _, ok := ids[name]; !ok {
			ids[name] = int32(i)
		}
	}
	kept := map[uint32]int32{}
	if d.pruned != nil {
		for _, s := range d.pruned.slots {
			if s.value != empty {
				kept[s.key] = s.value
			}
		}
	}
	var rows []int32
	bucket := func(h uint64) {
		if d.bucket == 0 {
			return
		}
		row := int32(h % uint64(d.bucket))
		if d.pruned != nil {
			to, ok := kept[uint32(row)]
			if !ok {
				return
			}
			row = to
		}
		rows = append(rows, int32(d.words)+row)
	}
	var hashes []uint32
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n\r\t\v\f\x00", r) })
	if i := slices.Index(words, endOfSentence); i >= 0 {
		words = words[:i]
	}
	for _, w := range append(words, endOfSentence) {
		id, known := ids[w]
		if known && int(id) >= d.words || !known && strings.HasPrefix(w, LabelPrefix) {
			continue
		}
		if known {
			rows = append(rows, id)
		}
		if d.maxn > 0 && w != endOfSentence {
			plainSubwords(d, "<"+w+">", bucket)
		}
		hashes = append(hashes, hash(w))
	}
	for i := range hashes {
		h := uint64(int64(int32(hashes[i])))
		for j := i + 1; j < min(len(hashes), i+d.ngrams); j++ {
			h = h*ngramPrime + uint64(int64(int32(hashes[j])))
			bucket(h)
		}
	}
	return rows
}

func plainSubwords(d *dictionary, marked string, bucket func(uint64)) {
	var starts []int // of characters
	for i := range len(marked) {
		if marked[i]&0xC0 != 0x80 {
			starts = append(starts, i)
		}
	}
	starts = append(starts, len(marked))
	for i := range starts[:len(starts)-1] {
		for n := max(1, d.minn); n <= d.maxn && i+n < len(starts); n++ {
			if gram := marked[starts[i]:starts[i+n]]; n > 1 || gram != "<" && gram != ">" || i != 0 && i+n != len(starts)-1 {
				bucket(uint64(hash(gram)))
			}
		}
	}
}

func plainMean(m *Model, rows []int32) []float32 {
	hidden := make([]float32, m.args.dim)
	for _, row := range rows {
		for k := range hidden {
			switch in := m.input.(type) {
			case *dense:
				hidden[k] += in.row(int(row))[k]
			case *quantized:
				part := k / in.pq.width
				x := in.pq.centroid(part, in.codes[int(row)*in.pq.parts+part])[k-part*in.pq.width]
				hidden[k] += float32(in.norm(int(row)) * x)
			}
		}
	}
	scale := float32(1 / float64(len(rows)))
	for k := range hidden {
		hidden[k] *= scale
	}
	return hidden
}

func checkVector(t *testing.T, name string, m *Model, text string) {
	t.Helper()
	buf := newBuffers(m)
	rows := plainRows(m.dict, text)
	if ok := m.vector(text, buf); ok != (len(rows) > 0) {
		t.Fatalf("%s: %.80q has %d rows, vector says %v", name, text, len(rows), ok)
	}
	if len(rows) > 0 && !slices.Equal(buf.hidden, plainMean(m, rows)) {
		t.Errorf("%s: %.80q has another vector than by definition", name, text)
	}
}

func TestVectorAgainstTheDefinition(t *testing.T) {
	long := strings.Repeat("the lamp in the window was still lit and 窓の下 brannte noch ", 900)
	texts := append(lines(t, "texts.txt"), "", " \x00\t", "</s>", "lamp </s> window", "__label__en lamp", "__label__zz lamp", "\xff\xfe\x80 x",
		"a", "é", strings.Repeat("x", 3*pending), long)
	for _, name := range models {
		m := open(t, name)
		for _, text := range texts {
			checkVector(t, name, m, text)
		}
	}
}

func FuzzVector(f *testing.F) {
	for _, text := range []string{"the lamp in the window", "窓の下 \x00 __label__en </s> x", "\xff\x80\x80 é"} {
		f.Add(text)
	}
	var loaded []*Model
	for _, name := range models {
		loaded = append(loaded, open(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i, m := range loaded {
			checkVector(t, models[i], m, text)
		}
	})
}

// TestLongTextsNeedLittleMemory: a word of 8 MB with character n-grams, and a text of as many words.
func TestLongTextsNeedLittleMemory(t *testing.T) {
	m := open(t, "softmax.bin")
	for name, text := range map[string]string{"one word": strings.Repeat("x", 8<<20), "words": strings.Repeat("lamp oil ", 1<<20)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m.Score(text, 0)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
			t.Errorf("%s: %d bytes allocated for %d of text", name, got, len(text))
		}
	}
}

func TestModulus(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, by := range []int{1, 2, 3, 7, 300, 1 << 20, 2_000_000, 99_999_989, math.MaxInt32} {
		m := newModulus(by)
		check := func(x uint64) {
			if got := m.of(x); got != x%uint64(by) {
				t.Fatalf("%d %% %d is %d, got %d", x, by, x%uint64(by), got)
			}
		}
		for range 1000 {
			check(r.Uint64())
			check(uint64(r.Uint32()))
		}
		for d := range uint64(3) {
			check(d)
			check(math.MaxUint64 - d)
			check(uint64(by)*(math.MaxUint64/uint64(by)) - d)
		}
	}
}

func TestTable(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	table, want := newTable(0), map[uint32]int32{}
	for i := range int32(5000) {
		key := r.Uint32() &^ 0xff00 // many near each other
		if _, ok := want[key]; !ok {
			want[key] = i
			table.add(key, i)
		}
	}
	for key, value := range want {
		if got, ok := table.find(key); !ok || got != value {
			t.Fatalf("key %d: %d %v, want %d", key, got, ok, value)
		}
		if _, there := want[key+1]; !there {
			if _, ok := table.find(key + 1); ok {
				t.Fatalf("key %d was never added", key+1)
			}
		}
	}
	// Two words of one hash are told apart.
	names := []string{"a", "b"}
	same := newTable(2)
	same.add(7, 0)
	same.add(7, 1)
	if got, ok := same.word(7, "b", names); !ok || got != 1 {
		t.Errorf("word b is %d %v", got, ok)
	}
	if _, ok := same.word(7, "c", names); ok {
		t.Error("word c was never added")
	}
}

func TestAddRowsAndDot(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, dim := range []int{1, 3, 4, 7, 8, 9, 16, 23, 100} {
		d := &dense{n: dim, data: make([]float32, 200*dim)}
		for i := range d.data {
			d.data[i] = r.Float32() - 0.5
		}
		rows := make([]int32, 150)
		for i := range rows {
			rows[i] = int32(r.IntN(200))
		}
		got, want := make([]float32, dim), make([]float32, dim)
		d.addRows(got, rows)
		for _, row := range rows {
			for k, x := range d.row(int(row)) {
				want[k] += x
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("dim %d: sums differ", dim)
		}
		sum := 0.0
		for k, x := range d.row(1) {
			sum += float64(x) * float64(d.row(0)[k])
		}
		if dot := d.dotRow(d.row(0), 1); math.Abs(float64(dot)-sum) > 1e-5 {
			t.Errorf("dim %d: inner product %v, want %v", dim, dot, sum)
		}
		add(got, d.row(2), 0.25)
		for k, x := range d.row(2) {
			want[k] += float32(0.25 * x)
		}
		if !slices.Equal(got, want) {
			t.Errorf("dim %d: add differs", dim)
		}
	}
}

func TestExp(t *testing.T) {
	for x := float32(-120); x < 100; x += 0.0137 {
		got, want := float64(exp(x)), math.Exp(float64(x))
		if math.Abs(got-want) > 1e-7*want+1e-44 && want < math.MaxFloat32 {
			t.Fatalf("exp(%v) is %v, want %v", x, got, want)
		}
	}
	inf := float32(math.Inf(1))
	if exp(inf) != inf || exp(-inf) != 0 || exp(0) != 1 || !math.IsNaN(float64(exp(float32(math.NaN())))) {
		t.Error("infinity, zero or NaN")
	}
}

// BenchmarkAddRows compares the sums by columns with those row by row.
func BenchmarkAddRows(b *testing.B) {
	d := &dense{n: 16, data: make([]float32, 1<<20)}
	rows := make([]int32, 1024)
	for i := range rows {
		rows[i] = int32(rand.IntN(d.rows()))
	}
	dst := make([]float32, d.n)
	b.Run("columns", func(b *testing.B) {
		b.SetBytes(int64(4 * d.n * len(rows)))
		for b.Loop() {
			d.addRows(dst, rows)
		}
	})
	b.Run("plain", func(b *testing.B) {
		b.SetBytes(int64(4 * d.n * len(rows)))
		for b.Loop() {
			for _, row := range rows {
				for k, x := range d.row(int(row)) {
					dst[k] += x
				}
			}
		}
	})
}
