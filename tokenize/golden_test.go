package tokenize

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// vectors is where the published rank files and the ids that tiktoken gave lie, if they are there.
const vectors = "../../shared/data/tokenizer"

// readVector reads a file of the vectors, unpacked if its name ends in .xz.
func readVector(t testing.TB, name string) []byte {
	t.Helper()
	path := filepath.Join(vectors, name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Skipf("no vectors: %v", err)
	}
	if !strings.HasSuffix(name, ".xz") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skipf("cannot unpack %s: %v", name, err)
	}
	data, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func loadVector(t testing.TB, name string) *Model {
	t.Helper()
	path := filepath.Join(vectors, name)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Skipf("no vectors: %v", err)
	}
	m, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestIDsEqualTiktoken compares with ids that openai/tiktoken 0.14 gave.
func TestIDsEqualTiktoken(t *testing.T) {
	for _, c := range []struct{ ranks, text, ids string }{
		{"r50k_base", "golden/fuzz5k.txt", "golden/fuzz5k.r50k_base.u32"},
		{"cl100k_base", "golden/fuzz5k.txt", "golden/fuzz5k.cl100k_base.u32"},
		{"o200k_base", "golden/fuzz5k.txt", "golden/fuzz5k.o200k_base.u32"},
		{"r50k_base", "golden/udhr.txt.xz", "golden/udhr.r50k_base.u32.xz"},
	} {
		t.Run(c.ids, func(t *testing.T) {
			encoder := loadVector(t, c.ranks+".tiktoken").NewEncoder()
			want := readVector(t, c.ids)
			var ids []uint32
			for i, doc := range strings.Split(string(readVector(t, c.text)), "\x00") {
				ids = encoder.Encode(ids[:0], doc)
				for k, id := range ids {
					if len(want) < 4 || binary.LittleEndian.Uint32(want) != id {
						t.Fatalf("document %d %q: id %d is %d, %d bytes of ids are left", i, doc, k, id, len(want))
					}
					want = want[4:]
				}
			}
			if len(want) > 0 {
				t.Errorf("%d ids are missing at the end", len(want)/4)
			}
		})
	}
}

// TestClassesAreThoseOfUnicode16 compares the character classes with those that Rust's regex-syntax has.
func TestClassesAreThoseOfUnicode16(t *testing.T) {
	want := map[string]map[rune]bool{}
	for line := range strings.Lines(string(readVector(t, "golden/unicode16-classes.txt.xz"))) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = map[rune]bool{}
		for n := range strings.SplitSeq(list, ",") {
			r, err := strconv.Atoi(n)
			if err != nil {
				t.Fatal(err)
			}
			want[name][rune(r)] = true
		}
	}
	in := func(r rune, names ...string) bool {
		for _, n := range names {
			if want[n][r] {
				return true
			}
		}
		return false
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if 0xD800 <= r && r <= 0xDFFF {
			continue // no character
		}
		got, _ := classes.at(string(r), 0)
		for _, c := range []struct {
			class class
			want  bool
		}{
			{letter, in(r, "L")},
			{number, in(r, "N")},
			{space, in(r, "S")},
			{upper, in(r, "Lu", "Lt", "Lm", "Lo", "M")},
			{lower, in(r, "Ll", "Lm", "Lo", "M")},
		} {
			if (got&c.class != 0) != c.want {
				t.Fatalf("U+%04X: class %d is %v, want %v", r, c.class, !c.want, c.want)
			}
		}
	}
}

// TestClassesEqualGoTables compares characters that Go's tables of Unicode 15.0 have already: none of them changed its class
// until 16.0. The vectors have no signs, so that this is the second opinion on them.
func TestClassesEqualGoTables(t *testing.T) {
	if unicode.Version != "15.0.0" || unicodeVersion != "16.0.0" {
		t.Skipf("Go's tables are of Unicode %s and ours of %s: which characters changed between these was not looked up", unicode.Version, unicodeVersion)
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co) {
			continue // unassigned in 15.0
		}
		got := classes.of(r)
		for _, c := range []struct {
			class class
			want  bool
		}{
			{letter, unicode.Is(unicode.L, r)},
			{number, unicode.Is(unicode.N, r)},
			{sign, unicode.In(r, unicode.P, unicode.S)},
			{space, unicode.Is(unicode.White_Space, r)},
			{newline, r == '\n' || r == '\r'},
			{upper, unicode.In(r, unicode.Lu, unicode.Lt, unicode.Lm, unicode.Lo, unicode.M)},
			{lower, unicode.In(r, unicode.Ll, unicode.Lm, unicode.Lo, unicode.M)},
			{kana, r >= 0x4E00 && r <= 0x9FA5 || r >= 0x3040 && r <= 0x30FF},
		} {
			if (got&c.class != 0) != c.want {
				t.Fatalf("U+%04X: class %d is %v, want %v", r, c.class, !c.want, c.want)
			}
		}
	}
}

// TestVocabularyOfGPT2 reads the form in which gpt2 was published first, put together as a tokenizer.json.
func TestVocabularyOfGPT2(t *testing.T) {
	vocab, lines := readVector(t, "gpt2.encoder.json"), readVector(t, "gpt2.vocab.bpe")
	ranks := loadVector(t, "r50k_base.tiktoken")
	var b jsonText
	b.raw(`{"version":"1.0","added_tokens":[{"id":50256,"content":"<|endoftext|>","special":true}],"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"model":{"vocab":`)
	b.raw(string(vocab)).raw(`,"merges":[`)
	comma := ""
	for line := range bytes.Lines(bytes.TrimSpace(lines)) {
		if !bytes.HasPrefix(line, []byte("#version")) {
			b.raw(comma).value(strings.TrimSuffix(string(line), "\n"))
			comma = ","
		}
	}
	text, err := b.raw("]}}").bytes()
	if err != nil {
		t.Fatal(err)
	}
	m, err := parseHF(text)
	if err != nil {
		t.Fatal(err)
	}
	if m.VocabSize() != ranks.VocabSize() {
		t.Fatalf("vocabulary of %d, of the rank file %d", m.VocabSize(), ranks.VocabSize())
	}
	for id := range uint32(m.VocabSize()) {
		got, _ := m.Token(id)
		want, _ := ranks.Token(id)
		if !bytes.Equal(got, want) {
			t.Fatalf("token %d is %q, in the rank file %q", id, got, want)
		}
	}
	for rank, g := range m.merges {
		if g != ranks.merges[rank] {
			t.Fatalf("merge %d is %v, from the rank file %v", rank, g, ranks.merges[rank])
		}
	}
}
