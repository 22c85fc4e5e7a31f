package ingest

import (
	"bufio"
	"bytes"
	stdflate "compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
)

// inflateAll decodes a stream, and returns the bytes behind it.
func inflateAll(r io.Reader, piece int) (out, rest []byte, err error) {
	br := bufio.NewReaderSize(r, 64)
	z := new(inflater)
	z.reset(br)
	p := make([]byte, piece)
	for err == nil {
		var n int
		n, err = z.Read(p)
		out = append(out, p[:n]...)
	}
	if err == io.EOF {
		rest, err = io.ReadAll(br)
	}
	return out, rest, err
}

// reference decodes with a flate that is known to be right.
func reference(b []byte, open func(io.Reader) io.ReadCloser) (out, rest []byte, err error) {
	br := bufio.NewReader(bytes.NewReader(b))
	out, err = io.ReadAll(open(br))
	rest, _ = io.ReadAll(br)
	return out, rest, err
}

// errorClass is "" for no error, "cut" where the input ends too early, else "wrong".
func errorClass(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut"
	}
	return "wrong"
}

func deflated(t testing.TB, level int, b []byte) []byte {
	var out bytes.Buffer
	w, err := stdflate.NewWriter(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// checkInflate compares with the standard library, and with klauspost's flate what both of these agree on: that one takes a block that
// declares no distances, and uses one all the same, for the code of the block before, and looks further ahead.
func checkInflate(t *testing.T, b []byte) {
	t.Helper()
	want, wantRest, wantErr := reference(b, stdflate.NewReader)
	fast, fastRest, fastErr := reference(b, flate.NewReader)
	if wantErr == nil && (fastErr != nil || !bytes.Equal(fast, want) || !bytes.Equal(fastRest, wantRest)) {
		t.Fatalf("the references disagree: %v, %v", wantErr, fastErr)
	}
	readers := []io.Reader{bytes.NewReader(b), iotest.DataErrReader(bytes.NewReader(b))}
	if len(b) < 300 {
		readers = append(readers, iotest.OneByteReader(bytes.NewReader(b)))
	}
	for i, r := range readers {
		got, rest, err := inflateAll(r, []int{1000 + len(b)%1000, 1 + len(b)%7, 1 << 20}[i])
		if errorClass(err) != errorClass(wantErr) {
			t.Fatalf("reader %d: got %v, the reference %v", i, err, wantErr)
		}
		if err == nil && (!bytes.Equal(got, want) || !bytes.Equal(rest, wantRest)) {
			t.Fatalf("reader %d: %d bytes and %d behind them, the reference has %d and %d", i, len(got), len(rest), len(want), len(wantRest))
		}
		if err != nil && !bytes.HasPrefix(got, want) {
			t.Fatalf("reader %d: %d bytes before the error, of which the reference has %d others", i, len(got), len(want))
		}
	}
}

// inflateSeeds are contents of many kinds.
func inflateSeeds() [][]byte {
	r := rand.New(rand.NewPCG(5, 6))
	random := make([]byte, 200_000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 300_000) // code lengths up to 15
	for i := range skewed {
		skewed[i] = byte(min(r.ExpFloat64()*7, 255))
	}
	var far bytes.Buffer // matches at every distance
	far.Write(random[:40_000])
	for far.Len() < 400_000 {
		from := far.Len() - 1 - r.IntN(32<<10)
		far.Write(bytes.Clone(far.Bytes()[from:min(far.Len(), from+3+r.IntN(300))]))
	}
	return [][]byte{
		nil, []byte("a"), []byte("abc"), bytes.Repeat([]byte("a"), 100_000), bytes.Repeat([]byte("ab"), 70_000), bytes.Repeat([]byte("abcdefg"), 30_000),
		random, skewed, far.Bytes(), []byte(strings.Repeat(page("x"), 2000)), []byte(noise(100_000)),
	}
}

func TestInflate(t *testing.T) {
	for i, content := range inflateSeeds() {
		for _, level := range []int{stdflate.HuffmanOnly, stdflate.NoCompression, 1, 6, 9} {
			t.Run(fmt.Sprintf("%d at level %d", i, level), func(t *testing.T) {
				b := append(deflated(t, level, content), "behind"...)
				got, rest, err := inflateAll(bytes.NewReader(b), 1000)
				if err != nil || !bytes.Equal(got, content) || string(rest) != "behind" {
					t.Fatalf("%d bytes of %d, behind them %q, %v", len(got), len(content), rest, err)
				}
			})
		}
	}
}

// Streams that are cut or changed anywhere fail where the reference does.
func TestInflateDamaged(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, content := range inflateSeeds() {
		content = content[:min(len(content), 3000)]
		for _, level := range []int{0, 1, 9} {
			b := deflated(t, level, content)
			for range 12 {
				checkInflate(t, b[:r.IntN(len(b)+1)])
				changed := bytes.Clone(b)
				changed[r.IntN(len(changed))] ^= 1 << r.IntN(8)
				checkInflate(t, changed)
			}
		}
	}
}

// fromBits makes bytes of bits in the order in which they come.
func fromBits(bits ...string) []byte {
	var b []byte
	for i, c := range strings.Join(bits, "") {
		if i%8 == 0 {
			b = append(b, 0)
		}
		b[i/8] |= byte(c-'0') << (i % 8)
	}
	return b
}

// Codes that mean nothing, in a block of the fixed codes: once at the input's end, once in its middle.
func TestInflateRefuses(t *testing.T) {
	const block, letter, match, end = "110", "10010001", "0000001", "0000000"
	tests := []struct {
		name string
		bits []string
		want string
	}{
		{"a letter, and three more of it", []string{block, letter, match, "00000", end}, "aaaa"},
		{"distance 30", []string{block, letter, match, "11110", end}, ""},
		{"distance 31", []string{block, letter, match, "11111", end}, ""},
		{"length 286", []string{block, letter, "11000110", "00000", end}, ""},
		{"distance before the beginning", []string{block, letter, match, "00001", end}, ""},
		{"a third kind of block", []string{"111"}, ""},
		{"no end", []string{block, letter}, ""},
		{"nothing", nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := fromBits(test.bits...)
			for _, behind := range []string{"", strings.Repeat("\x00", 100)} {
				if test.name == "no end" || test.name == "nothing" {
					behind = ""
				}
				out, rest, err := inflateAll(strings.NewReader(string(b)+behind), 10)
				if (err == nil) != (test.want != "") || err == nil && (string(out) != test.want || string(rest) != behind) {
					t.Errorf("got %q, then %q, %v", out, rest, err)
				}
				checkInflate(t, append(bytes.Clone(b), behind...))
			}
		})
	}
}

func TestCopyMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	start := make([]byte, 600+maxMatch+overshoot)
	for i := range start {
		start[i] = byte(r.Uint32())
	}
	for distance := 1; distance <= 600; distance++ {
		for length := 3; length <= maxMatch; length++ {
			// No more room than the decoder leaves.
			got, want := bytes.Clone(start[:600+length+overshoot]), bytes.Clone(start[:600+length])
			copyMatch(got, 600, distance, length)
			for i := 600; i < len(want); i++ {
				want[i] = want[i-distance]
			}
			if !bytes.Equal(got[:len(want)], want) {
				t.Fatalf("%d bytes from %d before", length, distance)
			}
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, content := range inflateSeeds() {
		content = content[:min(len(content), 2000)]
		for _, level := range []int{stdflate.HuffmanOnly, 0, 1, 9} {
			f.Add(deflated(f, level, content))
		}
	}
	// What unfolds over the decoder's buffer.
	f.Add(deflated(f, 9, bytes.Repeat([]byte("<p>again and again</p>\n"), 20_000)))
	f.Fuzz(func(t *testing.T, b []byte) { checkInflate(t, b) })
}

// BenchmarkInflate decodes the bench crawl's members, next to klauspost.
func BenchmarkInflate(b *testing.B) {
	content := []byte(strings.Repeat(page("some page")+noise(200), 3000))
	packed := deflated(b, 6, content)
	b.Run("inflater", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		z, p := new(inflater), make([]byte, 64<<10)
		for b.Loop() {
			z.reset(bufio.NewReaderSize(bytes.NewReader(packed), 64<<10))
			for err := error(nil); err == nil; {
				_, err = z.Read(p)
			}
		}
	})
	b.Run("klauspost", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{flate.NewReader(bytes.NewReader(packed))}, make([]byte, 64<<10))
		}
	})
}
