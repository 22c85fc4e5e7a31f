package shard

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeShard writes a shard file of the given tokens.
func writeShard(t testing.TB, dir, split string, h Header, tokens []uint32) string {
	t.Helper()
	path := filepath.Join(dir, FileName(split, h.Shard))
	w, err := Create(path, h)
	if err != nil {
		t.Fatal(err)
	}
	// Uneven pieces, so that the writer's buffer is cut in many places.
	for i := 0; i < len(tokens); i += 1 + i/3 {
		if err := w.Write(tokens[i:min(len(tokens), i+1+i/3)]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func randomTokens(seed uint64, n, vocab int) []uint32 {
	r := rand.New(rand.NewPCG(seed, 1))
	tokens := make([]uint32, n)
	for i := range tokens {
		tokens[i] = uint32(r.IntN(vocab))
	}
	return tokens
}

// edit changes a file's bytes in place.
func edit(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestHeaderBytes(t *testing.T) {
	h := Header{TokenBytes: 2, Packing: BestFit, Tokens: 0x0102030400, VocabSize: 50257, EOS: 50256, BOS: 50255, Pad: 50254, SequenceLength: 0x100,
		CRC: 0xAABBCCDD, BoundaryCRC: 0x11223344, Shard: 7, FirstToken: 0x0A0B00, Boundaries: 0x908}
	b := h.appendTo(nil)
	want := []byte("CORPUSSH\x02\x00\x00\x00\x02\x00\x01\x00" +
		"\x00\x04\x03\x02\x01\x00\x00\x00\x51\xC4\x00\x00\x50\xC4\x00\x00" +
		"\x4F\xC4\x00\x00\x4E\xC4\x00\x00\x00\x0B\x0A\x00\x00\x00\x00\x00" +
		"\x07\x00\x00\x00\x00\x01\x00\x00\x08\x09\x00\x00\x00\x00\x00\x00" +
		"\xDD\xCC\xBB\xAA\x44\x33\x22\x11")
	want = append(want, make([]byte, 52)...)
	if !bytes.Equal(b[:124], want) {
		t.Errorf("header bytes\n%x, want\n%x", b[:124], want)
	}
	got, err := ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h, got); diff != "" {
		t.Error(diff)
	}
}

func TestFileRoundTrip(t *testing.T) {
	for _, tc := range []struct {
		name      string
		vocab, n  int
		wantBytes int64
	}{
		{"empty", 300, 0, 128},
		{"one token", 300, 1, 128 + 8 + 8},
		{"two bytes", 65536, 300_001, 128 + 600_002 + 6 + 8},
		{"four bytes", 65537, 150_003, 128 + 600_012 + 4 + 8},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := randomTokens(1, tc.n, tc.vocab)
			path := writeShard(t, t.TempDir(), Train, Header{VocabSize: tc.vocab, EOS: NoEOS}, want)
			info, err := os.Stat(path)
			if err != nil || info.Size() != tc.wantBytes {
				t.Fatalf("size %d, %v; want %d", info.Size(), err, tc.wantBytes)
			}
			f, err := OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := f.Verify(); err != nil {
				t.Error(err)
			}
			got := make([]uint32, tc.n)
			if n, err := f.Read(got, 0); n != tc.n || err != nil {
				t.Fatalf("Read = %d, %v", n, err)
			}
			if !slices.Equal(want, got) { // too many for cmp
				t.Error("tokens differ from those written")
			}
			if n, err := f.Read(make([]uint32, 2), int64(tc.n)-1); tc.n > 0 && (n != 1 || err != io.EOF) {
				t.Errorf("Read over the end = %d, %v; want 1, EOF", n, err)
			}
			if _, err := os.Stat(path + ".tmp"); !os.IsNotExist(err) {
				t.Errorf("temporary file is still there: %v", err)
			}
		})
	}
}

func TestWriterRefusesForeignToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName(Train, 0))
	w, err := Create(path, Header{TokenBytes: 2, VocabSize: 100, EOS: NoEOS})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	err = w.Write([]uint32{99, 100})
	if err == nil || !strings.Contains(err.Error(), "token 1 is id 100, outside the vocabulary of 100 ids") {
		t.Errorf("Write = %v", err)
	}
	if w.Tokens() != 0 {
		t.Errorf("%d tokens were written", w.Tokens())
	}
}

func TestDamagedFile(t *testing.T) {
	resum := func(b []byte) []byte { // a header whose checksum is right again
		h := append([]byte(nil), b[:124]...)
		copy(b[124:128], le32(crcOf(h)))
		return b
	}
	for _, tc := range []struct {
		name   string
		damage func([]byte) []byte
		want   string
	}{
		{"empty file", func([]byte) []byte { return nil }, "header is 0 bytes"},
		{"cut header", func(b []byte) []byte { return b[:40] }, "header is 40 bytes"},
		{"another format", func(b []byte) []byte { b[0] = 'X'; return b }, `magic is "XORPUSSH"`},
		{"older version", func(b []byte) []byte { b[8] = 1; return b[:64] }, "unknown shard version 1: this program reads version 2"},
		{"newer version", func(b []byte) []byte { b[8] = 3; return b }, "unknown shard version 3"},
		{"flipped header", func(b []byte) []byte { b[24] ^= 1; return b }, "header checksum"},
		{"reserved bytes", func(b []byte) []byte { b[100] = 1; return resum(b) }, "reserved"},
		{"unknown packing", func(b []byte) []byte { b[14] = 2; return resum(b) }, "unknown packing 2"},
		{"best fit without sequences", func(b []byte) []byte { b[14] = 1; return resum(b) }, "are not whole sequences of 0"},
		{"padding without best fit", func(b []byte) []byte { copy(b[36:], le32(5)); return resum(b) }, "with padding id 5"},
		{"sequences of one token", func(b []byte) []byte { b[52] = 1; return resum(b) }, "sequence length 1"},
		{"begins inside a sequence", func(b []byte) []byte { b[52], b[40] = 4, 5; return resum(b) }, "first token is at position 5, inside a sequence of 4"},
		{"three-byte tokens", func(b []byte) []byte { b[12] = 3; return resum(b) }, "3 bytes per token"},
		{"no vocabulary", func(b []byte) []byte { b[24], b[25] = 0, 0; return resum(b) }, "vocabulary size 0"},
		{"foreign end of document", func(b []byte) []byte { copy(b[28:], le32(5000)); return resum(b) }, "end-of-document id 5000"},
		{"absurd count", func(b []byte) []byte { b[23] = 0xFF; return resum(b) }, "more than a shard can hold"},
		{"absurd boundaries", func(b []byte) []byte { b[57] = 0x10; return resum(b) }, "4097 stretches cannot make up 101 tokens"},
		{"truncated", func(b []byte) []byte { return b[:len(b)-1] }, "file is 343 bytes, its header promises 344 (101 tokens of 2 bytes, 1 boundaries)"},
		{"too long", func(b []byte) []byte { return append(b, 0) }, "file is 345 bytes"},
		{"flipped token", func(b []byte) []byte { b[200] ^= 1; return b }, "checksum of the tokens"},
		{"flipped gap", func(b []byte) []byte { b[330] ^= 1; return b }, "between tokens and boundaries"},
		{"flipped boundary", func(b []byte) []byte { b[336] ^= 1; return b }, "checksum of the boundaries"},
		{"a first boundary behind the first token", func(b []byte) []byte {
			b[336] = 1
			copy(b[68:], le32(crcOf(b[336:])))
			return resum(b)
		}, "stretch of tokens 1 to 101 follows token 0"},
		{"unknown flag", func(b []byte) []byte {
			b[343] |= 0x10
			copy(b[68:], le32(crcOf(b[336:])))
			return resum(b)
		}, "unknown flags"},
		{"token outside the vocabulary", func(b []byte) []byte {
			b[228], b[229] = 0xFF, 0xFF
			copy(b[64:], le32(crcOf(b[128:330])))
			return resum(b)
		}, "token 50 is id 65535, outside the vocabulary of 1000 ids"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := writeShard(t, t.TempDir(), Train, Header{VocabSize: 1000, EOS: 0}, randomTokens(2, 101, 1000))
			edit(t, path, tc.damage)
			f, err := OpenFile(path)
			if err == nil {
				err = f.Verify()
				f.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that holds %q and the path", err, tc.want)
			}
		})
	}
}

func TestReadRefusesForeignToken(t *testing.T) {
	path := writeShard(t, t.TempDir(), Train, Header{VocabSize: 1000, EOS: 0}, randomTokens(2, 100, 1000))
	edit(t, path, func(b []byte) []byte { b[229] = 0xFF; return b })
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Read(make([]uint32, 10), 45); err == nil || !strings.Contains(err.Error(), "token 50 is id") {
		t.Errorf("Read = %v", err)
	}
	if _, err := f.Read(make([]uint32, 10), 60); err != nil {
		t.Errorf("Read beside the damage = %v", err)
	}
	if _, err := f.Read(make([]uint32, 1), -1); err == nil {
		t.Error("Read before the start succeeded")
	}
}

var errDiskFull = errors.New("no space left on device")

// createOnFullDisk shares one budget of bytes among all files that it creates.
func createOnFullDisk(budget int) createFunc {
	return func(path string) (outputFile, error) {
		f, err := createOnDisk(path)
		return &sharedDisk{f, &budget}, err
	}
}

// sharedDisk is a file on a disk with so many bytes left.
type sharedDisk struct {
	outputFile
	left *int
}

func (f *sharedDisk) Write(b []byte) (int, error) {
	if len(b) > *f.left {
		return 0, errDiskFull
	}
	*f.left -= len(b)
	return f.outputFile.Write(b)
}

func TestWriterOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	w, err := create(filepath.Join(dir, FileName(Train, 0)), Header{TokenBytes: 2, VocabSize: 1000, EOS: NoEOS}, createOnFullDisk(chunkBytes))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(randomTokens(3, chunkBytes, 1000)); !errors.Is(err, errDiskFull) {
		t.Errorf("Write = %v", err)
	}
	if err := w.Close(); !errors.Is(err, errDiskFull) {
		t.Errorf("Close = %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSetReadsAcrossFiles(t *testing.T) {
	dir := t.TempDir()
	all := randomTokens(4, 1000, 70000)
	cuts := []int{0, 400, 400, 401, 1000} // the second shard is empty
	for i := 0; i+1 < len(cuts); i++ {
		writeShard(t, dir, Validation, Header{VocabSize: 70000, EOS: 3, Shard: i, FirstToken: int64(cuts[i])}, all[cuts[i]:cuts[i+1]])
	}
	s, err := OpenSet(dir, Validation)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if eos, ok := s.EOS(); s.Tokens() != 1000 || s.VocabSize() != 70000 || eos != 3 || !ok || len(s.Files()) != 4 {
		t.Errorf("set has %d tokens, vocabulary %d, end %d %v, %d files", s.Tokens(), s.VocabSize(), eos, ok, len(s.Files()))
	}
	for from := 0; from < 1000; from += 37 {
		got := make([]uint32, 450)
		n, err := s.Read(got, int64(from))
		want := all[from:min(1000, from+450)]
		if diff := cmp.Diff(want, got[:n]); diff != "" || (err == io.EOF) != (len(want) < 450) {
			t.Fatalf("Read from %d: %v\n%s", from, err, diff)
		}
	}
	if n, err := s.Read(make([]uint32, 1), 1000); n != 0 || err != io.EOF {
		t.Errorf("Read at the end = %d, %v", n, err)
	}
	if _, err := OpenSet(dir, Train); !errors.Is(err, ErrNoShards) {
		t.Errorf("OpenSet of the absent split = %v", err)
	}
}

func TestOpenSetRefuses(t *testing.T) {
	h := func(shard int, first int64) Header {
		return Header{VocabSize: 1000, EOS: 0, Shard: shard, FirstToken: first}
	}
	for _, tc := range []struct {
		name  string
		write func(dir string)
		want  string
	}{
		{"a gap in the names", func(dir string) {
			writeShard(t, dir, Train, h(0, 0), make([]uint32, 5))
			writeShard(t, dir, Train, h(2, 5), make([]uint32, 5))
		}, "train-00001.bin: missing"},
		{"a gap in the positions", func(dir string) {
			writeShard(t, dir, Train, h(0, 0), make([]uint32, 5))
			writeShard(t, dir, Train, h(1, 6), make([]uint32, 5))
		}, "train-00001.bin: first token is at position 6, want 5"},
		{"a renamed shard", func(dir string) {
			p := writeShard(t, dir, Train, h(1, 0), make([]uint32, 5))
			os.Rename(p, filepath.Join(dir, FileName(Train, 0)))
		}, "header says shard 1, the name says 0"},
		{"another vocabulary", func(dir string) {
			writeShard(t, dir, Train, h(0, 0), make([]uint32, 5))
			writeShard(t, dir, Train, Header{VocabSize: 999, EOS: 0, Shard: 1, FirstToken: 5}, make([]uint32, 5))
		}, "train-00001.bin: vocabulary of 999 ids"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			tc.write(dir)
			s, err := OpenSet(dir, Train)
			if err == nil {
				s.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %q, want %q in it", err, tc.want)
			}
		})
	}
	if _, err := OpenSet(t.TempDir(), "test"); err == nil {
		t.Error("unknown split was opened")
	}
}

func TestParseFileName(t *testing.T) {
	for _, name := range []string{"train-00000.bin", "val-00012.bin", "train-123456.bin"} {
		split, n, err := ParseFileName(name)
		if err != nil || FileName(split, n) != name {
			t.Errorf("ParseFileName(%q) = %q, %d, %v", name, split, n, err)
		}
	}
	for _, name := range []string{"", "train", "train-0.bin", "train-000000.bin", "train--0001.bin", "train-+0001.bin", "test-00000.bin", "train-00000.bin.tmp"} {
		if _, _, err := ParseFileName(name); err == nil {
			t.Errorf("ParseFileName(%q) succeeded", name)
		}
	}
}
