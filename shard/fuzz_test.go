package shard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/spill"
)

func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func crcOf(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// A header that is accepted says exactly what its bytes say: written again, it is the same bytes.
func FuzzShardHeader(f *testing.F) {
	f.Add(Header{TokenBytes: 2, Packing: Concat, Tokens: 5, VocabSize: 300, EOS: 7, BOS: NoToken, Pad: NoToken, FirstToken: 9, Boundaries: 2}.appendTo(nil))
	f.Add(Header{TokenBytes: 4, Packing: BestFit, Tokens: 1 << 40, VocabSize: 1 << 20, EOS: NoEOS, Pad: 4, SequenceLength: 64, Shard: 3, Boundaries: 1}.appendTo(nil))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= HeaderSize { // give every input a right checksum, or nothing beyond it is reached
			copy(b[124:], le32(crcOf(b[:124])))
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

// A file that is opened and verified can be read to its end, every id is within the vocabulary, and its boundaries cut it into
// stretches that lie within sequences.
func FuzzOpen(f *testing.F) {
	whole := func(tokens []byte, h Header, boundaries ...uint64) []byte {
		if h.Packing == "" {
			h.Packing, h.BOS, h.Pad = Concat, NoToken, NoToken
		}
		h.Tokens, h.Boundaries = int64(len(tokens)/h.TokenBytes), int64(len(boundaries))
		b := append(h.appendTo(nil), tokens...)
		b = append(b, make([]byte, h.boundaryOffset()-int64(len(b)))...)
		for _, v := range boundaries {
			b = binary.LittleEndian.AppendUint64(b, v)
		}
		return b
	}
	f.Add(whole([]byte{1, 0, 2, 0}, Header{TokenBytes: 2, VocabSize: 3, EOS: NoEOS}, flagBegin, 1))
	f.Add(whole([]byte{1, 0, 0, 0}, Header{TokenBytes: 4, VocabSize: 3, EOS: 1}, flagBegin|flagEnd))
	f.Add(whole(nil, Header{TokenBytes: 2, VocabSize: 3, EOS: 1}))
	f.Add(whole([]byte{1, 0, 2, 0, 0, 0, 0, 0}, Header{TokenBytes: 2, Packing: BestFit, SequenceLength: 4, VocabSize: 3, EOS: 2, BOS: 1, Pad: 0}, flagBegin|flagEnd, 2|flagPadding))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= HeaderSize {
			h, err := ParseHeader(b)
			if at := h.boundaryOffset(); err == nil && at <= int64(len(b)) {
				copy(b[64:], le32(crcOf(b[HeaderSize:HeaderSize+h.Tokens*int64(h.TokenBytes)])))
				copy(b[68:], le32(crcOf(b[at:])))
			}
			copy(b[124:], le32(crcOf(b[:124])))
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
		h := file.Header()
		tokens := make([]uint32, h.Tokens)
		n, err := file.Read(tokens, 0)
		if verified == nil && (err != nil || n != len(tokens)) {
			t.Fatalf("Verify is content, Read gives %d of %d, %v", n, len(tokens), err)
		}
		for i, id := range tokens[:n] {
			if int64(id) >= int64(h.VocabSize) {
				t.Fatalf("token %d is %d", i, id)
			}
		}
		if verified != nil {
			return
		}
		all, err := file.Boundaries(0, h.Tokens)
		if err != nil || int64(len(all)) != h.Boundaries {
			t.Fatalf("%d boundaries of %d, %v", len(all), h.Boundaries, err)
		}
		for i, at := range all {
			end := h.Tokens
			if i+1 < len(all) {
				end = all[i+1].Token
			}
			if length := int64(h.SequenceLength); at.Token >= end || i == 0 && at.Token != 0 || length > 0 && at.Token/length != (end-1)/length {
				t.Fatalf("stretch of %d to %d", at.Token, end)
			}
			if found, err := file.Boundaries(end-1, end); err != nil || len(found) != 1 || found[0] != at {
				t.Fatalf("Boundaries(%d) = %v, %v, want %v", end-1, found, err, at)
			}
		}
	})
}

// A record that is accepted is an id and whole tokens, with nothing lost between them.
func FuzzRunRecord(f *testing.F) {
	head := "\x02\x03\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	f.Add(uint64(7), uint32(0), uint32(0), uint32(0), []byte(head+"id\x05\x00"))
	f.Add(uint64(1<<32), uint32(3), uint32(1), uint32(9), []byte(strings.Replace(head, "\x03", "\x00", 1)+"\x05\x00"))
	f.Add(uint64(7), uint32(0), uint32(0), uint32(0), []byte("\x02\x01\xFF\xFF\xFF\xFF"+head[6:]+"id\x05\x00"))
	f.Fuzz(func(t *testing.T, ref uint64, copy, chunk, number uint32, value []byte) {
		opts := testOptions(300)
		at := opts.place(corpus.Ref(ref), copy, chunk)
		p, err := opts.parse(spill.Record{Key: binary.BigEndian.AppendUint32(at[:], number), Value: value})
		if err != nil {
			return
		}
		if p.place.ref() != corpus.Ref(ref) || p.place.copy() != copy || p.place.chunk() != chunk || p.number != number || len(p.tokens) == 0 || len(p.tokens)%2 != 0 ||
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
