package tokenize

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncodeSpecial(t *testing.T) {
	specials := []string{EndOfText, "<|end|>", "<|end|><|end|>x", "[SEP]", "[SEP", "\xc3\xa9!"}
	m := trained(t, func(o *TrainOptions) { o.SpecialTokens = specials })
	ids := map[string]uint32{}
	for _, s := range m.SpecialTokens() {
		ids[s.Content] = s.ID
	}
	e := m.NewEncoder()
	for _, c := range []struct {
		name, text string
		want       []string // pieces: special tokens, and text between them
	}{
		{"none", "no special token, <|not|>", []string{"no special token, <|not|>"}},
		{"empty", "", nil},
		{"alone", EndOfText, []string{EndOfText}},
		{"between", "a b" + EndOfText + " c", []string{"a b", EndOfText, " c"}},
		{"one after another", EndOfText + EndOfText, []string{EndOfText, EndOfText}},
		{"longest", "<|end|><|end|>xy", []string{"<|end|><|end|>x", "y"}},
		{"start of a longer one", "<|end|><|end|>y", []string{"<|end|>", "<|end|>", "y"}},
		{"prefix of another", "[SEP [SEP]", []string{"[SEP", " ", "[SEP]"}},
		{"cut short", "<|end|", []string{"<|end|"}},
		{"begins within another's start", "<<|end|>", []string{"<", "<|end|>"}},
		{"more than ASCII", "caf\xc3\xa9!", []string{"caf", "\xc3\xa9!"}},
		{"broken UTF-8", "\xff" + EndOfText + "\xc3", []string{"\xff", EndOfText, "\xc3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := []uint32{7}
			for _, piece := range c.want {
				if slices.Contains(specials, piece) {
					want = append(want, ids[piece])
				} else {
					want = e.Encode(want, piece)
				}
			}
			if diff := cmp.Diff(want, e.EncodeSpecial([]uint32{7}, c.text)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEncodeSpecialWithoutSpecials(t *testing.T) {
	m := trained(t, func(o *TrainOptions) { o.SpecialTokens = nil })
	e, text := m.NewEncoder(), "text "+EndOfText
	if diff := cmp.Diff(e.Encode(nil, text), e.EncodeSpecial(nil, text)); diff != "" {
		t.Errorf("-without +with special tokens:\n%s", diff)
	}
}

// FuzzEncodeSpecial checks that decoding gives the text back and that no special token is left in ordinary text.
func FuzzEncodeSpecial(f *testing.F) {
	f.Add("a" + EndOfText + "b")
	f.Add("<|end" + EndOfText + "of|><|endoftext|")
	m := trained(f, nil)
	e := m.NewEncoder()
	eos, _ := m.EOS()
	f.Fuzz(func(t *testing.T, text string) {
		ids := e.EncodeSpecial(nil, text)
		back, err := m.Decode(ids)
		if err != nil || string(back) != text {
			t.Errorf("%q comes back as %q, %v", text, back, err)
		}
		n := 0
		for _, id := range ids {
			if id == eos {
				n++
			}
		}
		if want := strings.Count(text, EndOfText); n != want {
			t.Errorf("%q has %d special tokens, want %d", text, n, want)
		}
	})
}
