package shard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"corpus"
	"corpus/internal/spill"
)

func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func crcOf(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// A header that is accepted says exactly what its bytes say: written again, it is the same bytes.
func FuzzShardHeader(f *testing.F) {
	f.Add(Header{TokenBytes: 2, Tokens: 5, VocabSize: 300, EOS: 7, FirstToken: 9}.appendTo(nil))
	f.Add(Header{TokenBytes: 4, Tokens: 1 << 40, VocabSize: 1 << 20, EOS: NoEOS, Shard: 3}.appendTo(nil))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= HeaderSize { // give every input a right checksum, or nothing beyond it is reached
			copy(b[60:], le32(crcOf(b[:60])))
		}
		h, err := ParseHeader(b)
		if err != nil {
			return
		}
		if again := h.appendTo(nil); !bytes.Equal(again, b[:HeaderSize]) {
			t.Errorf("header %+v is written as %x, was read from %x", h, again, b[:HeaderSize])
		}
	})
}

// A file that is opened and verified can be read to its end, and every id is within the vocabulary.
func FuzzOpen(f *testing.F) {
	whole := func(tokens []byte, h Header) []byte {
		h.CRC = crcOf(tokens)
		return append(h.appendTo(nil), tokens...)
	}
	f.Add(whole([]byte{1, 0, 2, 0}, Header{TokenBytes: 2, Tokens: 2, VocabSize: 3, EOS: NoEOS}))
	f.Add(whole([]byte{1, 0, 0, 0}, Header{TokenBytes: 4, Tokens: 1, VocabSize: 3, EOS: 1}))
	f.Add(whole(nil, Header{TokenBytes: 2, VocabSize: 3, EOS: 1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= HeaderSize {
			copy(b[32:], le32(crcOf(b[HeaderSize:])))
			copy(b[60:], le32(crcOf(b[:60])))
		}
		path := filepath.Join(t.TempDir(), FileName(Train, 0))
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := OpenFile(path)
		if err != nil {
			return
		}
		defer file.Close()
		verified := file.Verify()
		tokens := make([]uint32, file.Header().Tokens)
		n, err := file.Read(tokens, 0)
		if (verified == nil) != (err == nil && n == len(tokens)) {
			t.Fatalf("Verify says %v, Read %d of %d, %v", verified, n, len(tokens), err)
		}
		for i, id := range tokens[:n] {
			if int64(id) >= int64(file.Header().VocabSize) {
				t.Fatalf("token %d is %d", i, id)
			}
		}
	})
}

// A record that is accepted is an id and whole tokens, with nothing lost between them.
func FuzzRunRecord(f *testing.F) {
	f.Add(uint64(7), uint32(0), []byte("\x02\x01\x02\x00\x00\x00id\x05\x00"))
	f.Add(uint64(1<<32), uint32(9), []byte("\x02\x00\x00\x00\x00\x00\x05\x00"))
	f.Add(uint64(7), uint32(0), []byte("\x02\x01\xFF\xFF\xFF\xFFid\x05\x00"))
	f.Fuzz(func(t *testing.T, ref uint64, number uint32, value []byte) {
		opts := testOptions(300)
		at := opts.place(corpus.Ref(ref))
		p, err := opts.parse(spill.Record{Key: binary.BigEndian.AppendUint32(at[:], number), Value: value})
		if err != nil {
			return
		}
		if p.place.ref() != corpus.Ref(ref) || p.number != number || len(p.tokens) == 0 || len(p.tokens)%2 != 0 ||
			!bytes.Equal(append(append([]byte(nil), p.id...), p.tokens...), value[valueOverhead:]) {
			t.Errorf("%x is read as id %x and tokens %x", value, p.id, p.tokens)
		}
	})
}

// What was sealed opens and reads back as written, and no flipped bit of it passes.
func FuzzSeal(f *testing.F) {
	f.Add([]byte("PAR1 pages"), uint16(1), []byte("footer"), uint32(3), uint8(1))
	f.Add([]byte("a block and more "), uint16(5000), []byte(sealField), uint32(70000), uint8(7))
	f.Add([]byte{}, uint16(0), []byte{}, uint32(1<<31), uint8(0))
	f.Fuzz(func(t *testing.T, piece []byte, times uint16, footer []byte, at uint32, bit uint8) {
		body := bytes.Repeat(piece, min(int(times), 200_000/(len(piece)+1)))
		footer = append(append(footer[:len(footer):len(footer)], sealField...), emptySeal...)
		var out bytes.Buffer
		w := &sealedWriter{out: &out}
		w.Write(body[:len(body)/2])
		w.holding = true
		w.Write(body[len(body)/2:])
		w.Write(append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), "PAR1"...))
		if err := w.seal(); err != nil {
			t.Fatal(err)
		}
		file := out.Bytes()
		r, err := openSealed(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(body))
		if _, err := r.ReadAt(got, 0); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("reads back other bytes, or %v", err)
		}
		file[int(at)%len(file)] ^= 1 << (bit % 8)
		if r, err := openSealed(bytes.NewReader(file), int64(len(file))); err == nil && r.checkAll() == nil {
			t.Errorf("bit %d of byte %d of %d was flipped unnoticed", bit%8, int(at)%len(file), len(file))
		}
	})
}
