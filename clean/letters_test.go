package clean

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

func TestLetters(t *testing.T) {
	m, err := readLetters(lettersFile)
	if err != nil {
		t.Fatal(err)
	}
	cost := func(code, pair string) uint8 {
		for _, l := range m.languages {
			if l.code != code {
				continue
			}
			at := func(r rune) int { return strings.IndexRune(string(l.letters), r) }
			index := func(r rune) int {
				if at(r) < 0 {
					return 0
				}
				return len([]rune(string(l.letters)[:at(r)])) + 1
			}
			runes := []rune(pair)
			return l.follow[index(runes[0])*(len(l.letters)+1)+index(runes[1])]
		}
		t.Fatalf("no language %q", code)
		return 0
	}
	for _, tt := range []struct{ code, likely, unlikely string }{
		{"en", "th", "tq"}, {"de", "üb", "üü"}, {"pl", "ść", "żq"}, {"ru", "ст", "ыы"}, {"ro", "ţi", "qţ"}, {"vi", "ô\u0323", "b\u0323"}, {"en", "e ", "q "},
	} {
		if a, b := cost(tt.code, tt.likely), cost(tt.code, tt.unlikely); a >= b {
			t.Errorf("%s: %q costs %d, %q costs %d", tt.code, tt.likely, a, tt.unlikely, b)
		}
	}
	for _, c := range singleCharsets {
		for _, code := range strings.Fields(c.langs) {
			cost(code, "  ")
		}
	}
}

func TestReadLettersRefuses(t *testing.T) {
	sum := func(b []byte) []byte {
		b = b[:len(b)-4]
		return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	}
	for _, tt := range []struct {
		name, want string
		edit       func(b []byte) []byte
	}{
		{"magic", "magic", func(b []byte) []byte { b[0] = 'x'; return b }},
		{"version", "version 2", func(b []byte) []byte { b[8] = 2; return sum(b) }},
		{"checksum", "checksum", func(b []byte) []byte { b[100]++; return b }},
		{"length", "lengths", func(b []byte) []byte { return sum(append(b, 0)) }},
		{"cut", "lengths", func(b []byte) []byte { return sum(b[:len(b)/2]) }},
		{"empty", "magic", func([]byte) []byte { return nil }},
	} {
		_, err := readLetters(tt.edit(bytes.Clone(lettersFile)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func FuzzReadLetters(f *testing.F) {
	f.Add(lettersFile[:300])
	f.Add(append([]byte(lettersMagic), 1, 0, 0, 0, 1, 0, 1, 0, 'e', 'n', 1, 0, 'a', 0, 1, 2, 3, 4, 'z', 'h', 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = binary.LittleEndian.AppendUint32(bytes.Clone(b), crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
		m, err := readLetters(b)
		if err != nil {
			return
		}
		size := len(lettersMagic) + 12
		for _, l := range m.languages {
			size += 4 + 2*len(l.letters) + len(l.follow)
			if n := len(l.letters) + 1; len(l.follow) != n*n || n > maxLetters+1 {
				t.Errorf("%q: %d letters and %d pairs", l.code, n-1, len(l.follow))
			}
		}
		for _, w := range m.wide {
			size += 4 + 3*len(w.letters)
		}
		if size != len(b) {
			t.Errorf("%d bytes hold %d", len(b), size)
		}
	})
}
