package dedup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// The golden values of this file were made by datatrove 0.10.1 with numpy 2.4.6, xxhash 4.1.0 and Python 3.11 (Unicode 14): simplify_text, and
// MinhashDedupSignature.get_shingles and get_signature with words parted at spaces.

var datatroveTexts = []string{
	"The quick brown fox jumps over the lazy dog, and 3.14 times 1,000 is 3140.",
	"Ärger über ÜBERGRÖSSEN: Der Fluß ΟΔΟΣ İstanbul — “quoted” naïve café №５ ١٢٫٥ 100.200.300",
	"one two three four",
	"",
	"a b c d e",
	"e\u0301 \u0301 x y z w v 〈u〉 \u2329t\u232a\u00a0s\u0085r\x1fq`p·o",
}

func TestSimplify(t *testing.T) {
	want := []string{
		"the quick brown fox jumps over the lazy dog and 0 times 0 is 0",
		"arger uber ubergrossen der flu\u00df \u03bf\u03b4\u03bf\u03c2 istanbul quoted naive cafe \u21160 0 0 0",
		"one two three four",
		"",
		"a b c d e",
		"e x y z w v u \u3008t\u3009 s r q p\u00b7o", // datatrove has two spaces behind the e
	}
	var s simplifier
	for i, text := range datatroveTexts {
		if got := string(s.simplify(text)); got != want[i] {
			t.Errorf("%q becomes %q, want %q", text, got, want[i])
		}
	}
}

// TestLowered holds what Python 3.11's str.lower says.
func TestLowered(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"end of a word", "ΟΔΟΣ ΣΑΣ, Σ", "οδος σας, σ"},
		{"mark and apostrophe behind it", "ΑΣ\u0301' ΑΣ'Α", "ας\u0301' ασ'α"},
		{"point in front", "Α.Σ 1.Σ", "α.ς 1.σ"},
		{"modifier letter with a case in front", "\u209aΣ", "\u209aσ"},
		{"dotted I", "İI", "i\u0307i"},
		{"no UTF-8", "A\xffB", "a\ufffdb"},
	}
	for _, tt := range tests {
		if got := string(lowered(nil, tt.text)); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
	for n := range 600 { // wherever it stands
		before := strings.Repeat("a", n+1)
		if got, want := string(lowered(nil, before+"Σ b")), before+"ς b"; got != want {
			t.Fatalf("%d letters and Σ become %q", n+1, got)
		}
	}
}

// Separators of decimals are datatrove's own, not all that look like one.
func TestSimplifyNumbers(t *testing.T) {
	var s simplifier
	if got, want := string(s.simplify("1⎖2 3⎗4 5⎘6 7⎎8 9،9 1:2")), "0 0 0 0⎎0 0 0 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func newDatatrove(t testing.TB, change func(*MinHashOptions)) *MinHash {
	return newMinHash(t, func(o *MinHashOptions) {
		o.Family, o.Bands, o.Rows, o.Verify = familyDatatrove, 14, 8, false
		if change != nil {
			change(o)
		}
	})
}

func TestDatatroveSignatures(t *testing.T) {
	tests := []struct {
		seed      uint64
		hash      string
		precision int
		a, b      []uint64 // the first three and the last parameter
		first     [][]uint64
		digest    []string // of the whole signature as 64-bit numbers
	}{
		{1, hashXX, 64, []uint64{775169054918279404, 1758426461858698313, 2109959069025162, 223865076026037746},
			[]uint64{1062448801025099917, 1324811268927594100, 1217488311597731462, 1097409548522419201},
			[][]uint64{{66774786111929274, 469500836962451694, 302227827184868053}, {135096450469596181, 48851540973972056, 77624652345317409}, nil, nil,
				{608970002929154467, 47158559598946917, 843810096883975682}, {710506866072085861, 425767278338026711, 118606080556736206}},
			[]string{"51453b87714cb4fe", "c5b7fee71aec1926", "", "", "dd48c7274a9ba75f", "df0457bbc0db005f"}},
		{1, hashXX, 32, nil, nil,
			[][]uint64{{125697124, 91923951, 441372471}, {384774885, 82829827, 231976669}, nil, nil, {4686190, 4223121302, 4069172763}, {293211584, 295299717, 97241015}},
			[]string{"575ed08dd6138e82", "1ee670e54efc438d", "", "", "df3a84b19c950695", "c978db3c375cf33f"}},
		{7, hashSHA1, 64, []uint64{1407639518939636933, 551904368352831991, 1169693746941186260, 1023785140444320999},
			[]uint64{764472360768384811, 1988019532737119058, 1447206064883980188, 1695345227136028884},
			[][]uint64{{226747064137941242, 140378309326185970, 49659409902104959}, {422132771665399052, 7066685005342274, 141435942629719930}, nil, nil,
				{1156071845261245461, 1962460217831942038, 1864428319451962216}, {269576735351307419, 580747572443255369, 76673174929506653}},
			[]string{"7ffd4bde3c777ce9", "10f246885912021f", "", "", "f16688ff562c32af", "92ccc5c3c50f0456"}},
		{4294967295, hashSHA1, 32, []uint64{1800993050274709795, 689591756664908872, 720074238920031809, 1802021346452794583},
			[]uint64{170188868942024698, 1947238803594231927, 199860680111615545, 580489220341456171},
			[][]uint64{{772678225, 558220706, 253989043}, {38434737, 615237354, 476583448}, nil, nil, {1918273650, 904135281, 4054308736}, {143114768, 814338790, 468530981}},
			[]string{"b4b955397721b579", "b67f5afd6804fb17", "", "", "0b7e32d9539397f5", "04d0b66ee2d90928"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.seed, tt.hash, tt.precision), func(t *testing.T) {
			m := newDatatrove(t, func(o *MinHashOptions) { o.Seed, o.Hash, o.Precision = tt.seed, tt.hash, tt.precision })
			ends := func(x []uint64) []uint64 { return append(slices.Clone(x[:3]), x[len(x)-1]) }
			if tt.a != nil {
				if diff := cmp.Diff([][]uint64{tt.a, tt.b}, [][]uint64{ends(m.permutations.a), ends(m.permutations.b)}); diff != "" {
					t.Errorf("parameters: -want +got:\n%s", diff)
				}
			}
			s := m.signers.Get().(*signer)
			for i, text := range datatroveTexts {
				signature := m.permuted(s, text)
				if tt.first[i] == nil {
					if signature != nil {
						t.Errorf("%q has a signature", text)
					}
					continue
				}
				var all []byte
				for _, v := range signature {
					all = binary.LittleEndian.AppendUint64(all, v)
				}
				sum := sha256.Sum256(all)
				if !slices.Equal(signature[:3], tt.first[i]) || hex.EncodeToString(sum[:8]) != tt.digest[i] {
					t.Errorf("%q: signature begins %d, digest %x; want %d and %s", text, signature[:3], sum[:8], tt.first[i], tt.digest[i])
				}
			}
		})
	}
}

func TestXXHash32(t *testing.T) {
	for text, want := range map[string]uint32{
		"": 0x2cc5d05, "a": 0x550d7456, "abcd": 0xa3643705, "Hello, this is a text of more than sixteen bytes!": 0x8414a2e5,
	} {
		if got := xxhash32([]byte(text)); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}

// TestDatatroveClusters joins all documents that agree in all rows of a band, as datatrove's buckets and clusters do.
func TestDatatroveClusters(t *testing.T) {
	m := newDatatrove(t, nil)
	rng := rand.New(rand.NewPCG(6, 6))
	var texts []string
	for i := range 60 {
		a, b := alike(rng, 120, []float64{.6, .75, .9}[i%3])
		texts = append(texts, a, b)
	}
	s := m.signers.Get().(*signer)
	signatures := make([][]uint64, len(texts))
	root := make([]int, len(texts))
	for i, text := range texts {
		signatures[i], root[i] = m.permuted(s, text), i
	}
	for j := range texts {
		for i := range j {
			for band := 0; band < 112; band += 8 {
				if slices.Equal(signatures[i][band:band+8], signatures[j][band:band+8]) {
					a, b := min(root[i], root[j]), max(root[i], root[j])
					for k := range root {
						if root[k] == b {
							root[k] = a
						}
					}
				}
			}
		}
	}
	size := map[int]int{}
	for _, r := range root {
		size[r]++
	}
	want := map[corpus.Ref]corpus.Ref{}
	for i, r := range root {
		if size[r] > 1 {
			want[corpus.Ref(i)] = corpus.Ref(r)
		}
	}
	members, stats := resolve(t, setup{minhash: m}, texts)
	got := map[corpus.Ref]corpus.Ref{}
	for _, x := range members {
		got[x.Ref] = x.Survivor
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if stats.Clusters < 20 || stats.Clusters == 60 {
		t.Errorf("%d clusters: the texts do not test it", stats.Clusters)
	}
}

// Verification compares the shingles that the signature was made of.
func TestDatatroveVerifies(t *testing.T) {
	m := newDatatrove(t, func(o *MinHashOptions) { o.Verify, o.Threshold = true, 1 })
	base := strings.Join(words(rand.New(rand.NewPCG(1, 9)), 50), " ")
	members, stats := resolve(t, setup{minhash: m}, []string{base + " 12.5 cafés", base + "; 7 café's"[:len("; 7 café")] + "s", base + " other"})
	want := []Member{{Ref: 0, Survivor: 0, Similarity: 1}, {Ref: 1, Survivor: 0, Method: "minhash", Similarity: 1}}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("%+v; -want +got:\n%s", stats, diff)
	}
}

func FuzzSimplify(f *testing.F) {
	for _, text := range datatroveTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		var s simplifier
		got := string(s.simplify(text))
		if got != strings.Join(strings.Fields(got), " ") || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q: words do not stand one space apart", text, got)
		}
		o := DefaultMinHashOptions()
		o.Family = familyDatatrove
		n := 0
		newDatatroveShingling(o).shingles(text, func(block []uint64) { n += len(block) })
		if want := max(0, len(strings.Fields(got))-o.Ngram+1); n != want {
			t.Errorf("%q has %d shingles, want %d", text, n, want)
		}
	})
}

func BenchmarkDatatroveSignature(b *testing.B) {
	text := benchText()
	m := newDatatrove(b, nil)
	s := m.signers.Get().(*signer)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.permuted(s, text)
	}
}
