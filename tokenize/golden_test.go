package tokenize

import (
	"bytes"
	"corpus/tokenize/internal/testtext"
	"encoding/binary"
	"strings"
	"testing"
)

func loadVector(t testing.TB, name string) *Model {
	t.Helper()
	m, err := Load(testtext.Vector(t, name))
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
			want := testtext.ReadVector(t, c.ids)
			var ids []uint32
			for i, doc := range strings.Split(string(testtext.ReadVector(t, c.text)), "\x00") {
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

// TestVocabularyOfGPT2 reads the form in which gpt2 was published first, put together as a tokenizer.json.
func TestVocabularyOfGPT2(t *testing.T) {
	vocab, lines := testtext.ReadVector(t, "gpt2.encoder.json"), testtext.ReadVector(t, "gpt2.vocab.bpe")
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
