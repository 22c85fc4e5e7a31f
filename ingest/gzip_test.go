package ingest

import (
	"bytes"
	stdgzip "compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
)

// gunzipped decodes one member by piece bytes, and returns what is behind it.
func gunzipped(t testing.TB, r io.Reader, piece int) (out, rest []byte, err error) {
	t.Helper()
	raw := newRaw(t.Context(), r, 0)
	c := new(gzipCodec)
	if err = c.open(raw); err == nil {
		p := make([]byte, piece)
		for err == nil {
			var n int
			n, err = c.Read(p)
			out = append(out, p[:n]...)
		}
	}
	rest, _ = io.ReadAll(raw.br)
	if err == io.EOF {
		err = nil
	}
	return out, rest, err
}

// plainGunzip is the reference: klauspost's gzip.
func plainGunzip(b []byte) (out, rest []byte, err error) {
	r := bytes.NewReader(b)
	z, err := gzip.NewReader(r)
	if err == nil {
		z.Multistream(false)
		out, err = io.ReadAll(z)
	}
	rest, _ = io.ReadAll(r)
	return out, rest, unexpected(err)
}

// gzipClass tells the errors apart on which reading on depends.
func gzipClass(err error) string {
	for _, class := range []error{gzip.ErrChecksum, gzip.ErrHeader} {
		if errors.Is(err, class) {
			return class.Error()
		}
	}
	return errorClass(err)
}

func checkGunzip(t *testing.T, b []byte) {
	t.Helper()
	want, wantRest, wantErr := plainGunzip(b)
	readers := []io.Reader{bytes.NewReader(b), iotest.HalfReader(bytes.NewReader(b)), iotest.DataErrReader(iotest.OneByteReader(bytes.NewReader(b)))}
	for i, r := range readers {
		got, rest, err := gunzipped(t, r, []int{64 << 10, 1 + len(b)%5, 700}[i])
		// The reference looks at the reserved flags last, when the input may have ended.
		reserved := errors.Is(err, gzip.ErrHeader) && wantErr != nil && len(b) > 3 && b[3]&0xe0 != 0
		if gzipClass(err) != gzipClass(wantErr) && !reserved {
			t.Fatalf("reader %d: got %v, the reference %v", i, err, wantErr)
		}
		if errorClass(err) == "" || gzipClass(err) == gzip.ErrChecksum.Error() {
			if !bytes.Equal(got, want) || !bytes.Equal(rest, wantRest) {
				t.Fatalf("reader %d: %d bytes and %d behind them, the reference has %d and %d", i, len(got), len(rest), len(want), len(wantRest))
			}
		}
	}
}

// gzipMember makes a member with what a header may hold. Sum is added to its checksum, which is there if flags say so.
func gzipMember(flags byte, extra, name, comment, content string, sum uint16) []byte {
	b := []byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 255}
	if flags&flagExtra != 0 {
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(extra))), extra...)
	}
	if flags&flagName != 0 {
		b = append(append(b, name...), 0)
	}
	if flags&flagComment != 0 {
		b = append(append(b, comment...), 0)
	}
	if flags&flagChecksum != 0 {
		b = binary.LittleEndian.AppendUint16(b, uint16(crc32.ChecksumIEEE(b))+sum)
	}
	var packed bytes.Buffer
	z := stdgzip.NewWriter(&packed)
	io.WriteString(z, content)
	z.Close()
	return append(b, packed.Bytes()[10:]...)
}

func TestGzipHeaders(t *testing.T) {
	const all = flagChecksum | flagExtra | flagName | flagComment
	tests := []struct {
		name   string
		member []byte
		err    error
	}{
		{"bare", gzipMember(0, "", "", "", "content", 0), nil},
		{"text", gzipMember(1, "", "", "", "content", 0), nil},
		{"all fields", gzipMember(all|1, "extra", "näme", "comment", "content", 0), nil},
		{"no content", gzipMember(all, "", "", "", "", 0), nil},
		{"large extra field", gzipMember(flagExtra, strings.Repeat("x", 65535), "", "", "content", 0), nil},
		{"wrong checksum of the header", gzipMember(all, "extra", "name", "comment", "content", 1), gzip.ErrHeader},
		{"wrong checksum of a bare header", gzipMember(flagChecksum, "", "", "", "content", 1), gzip.ErrHeader},
		{"reserved flag", gzipMember(0x20, "", "", "", "content", 0), gzip.ErrHeader},
		{"longest name", gzipMember(flagName, "", strings.Repeat("x", maxGzipName-1), "", "content", 0), nil},
		{"name too long", gzipMember(flagName, "", strings.Repeat("x", maxGzipName), "", "content", 0), gzip.ErrHeader},
		{"comment too long", gzipMember(flagComment, "", "", strings.Repeat("x", maxGzipName), "content", 0), gzip.ErrHeader},
		{"another method", append([]byte{0x1f, 0x8b, 7}, gzipMember(0, "", "", "", "", 0)[3:]...), gzip.ErrHeader},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, rest, err := gunzipped(t, strings.NewReader(string(test.member)+"behind"), 100)
			if !errors.Is(err, test.err) || err == nil && string(rest) != "behind" {
				t.Errorf("got %v and %q behind it", err, rest)
			}
			checkGunzip(t, test.member)
			checkGunzip(t, append(bytes.Clone(test.member), "behind"...))
			for n := 0; n < min(len(test.member), 60); n++ {
				checkGunzip(t, test.member[:n])
			}
		})
	}
}

// What stands behind the content is checked whole: each byte of it, and that it is there.
func TestGzipTrailers(t *testing.T) {
	member := gzipMember(0, "", "", "", "content", 0)
	for i := 1; i <= 8; i++ {
		wrong := bytes.Clone(member)
		wrong[len(wrong)-i] ^= 0x10
		if out, rest, err := gunzipped(t, bytes.NewReader(append(wrong, "behind"...)), 100); err != gzip.ErrChecksum || string(out) != "content" || string(rest) != "behind" {
			t.Errorf("byte %d from the end: %q, %q, %v", i, out, rest, err)
		}
		if out, _, err := gunzipped(t, bytes.NewReader(member[:len(member)-i]), 100); err != io.ErrUnexpectedEOF || string(out) != "content" {
			t.Errorf("%d bytes fewer: %q, %v", i, out, err)
		}
	}
}

// A reader that fails, or gives nothing for ever in the midst of the content, is told apart from content that is cut.
func TestGzipOfReadersThatFail(t *testing.T) {
	member := gzipMember(flagName, "", "name", "", strings.Repeat("some content ", 100), 0)
	broken := errors.New("broken disk")
	for n := range member {
		_, _, err := gunzipped(t, io.MultiReader(bytes.NewReader(member[:n]), iotest.ErrReader(broken)), 100)
		if !errors.Is(err, broken) {
			t.Fatalf("behind %d bytes: %v", n, err)
		}
	}
	for n := len("0123456789name\x00"); n < len(member)-8; n++ {
		if _, _, err := inflateAll(io.MultiReader(bytes.NewReader(member[15:n]), idle{}), 100); !errors.Is(err, io.ErrNoProgress) {
			t.Fatalf("idle behind %d bytes: %v", n, err)
		}
	}
}

// idle gives neither bytes nor an error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func FuzzGunzip(f *testing.F) {
	for _, flags := range []byte{0, flagChecksum | flagExtra | flagName | flagComment, flagName, flagComment} {
		f.Add(append(gzipMember(flags, "extra", "name", "comment", strings.Repeat("some content ", 20), 0), "behind"...))
	}
	f.Add([]byte(gzipped("a") + gzipped("b")))
	f.Fuzz(func(t *testing.T, b []byte) { checkGunzip(t, b) })
}
