package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

// plain is the reference: all documents of each key, in memory.
type plain map[string][]corpus.Ref

// find is what a file that keeps keep documents of a key should answer.
func (p plain) find(key string, keep int) Bucket {
	all := p[key]
	b := Bucket{Documents: int64(len(all)), Refs: all}
	if len(all) > keep {
		b.Refs = slices.Clone(all[:keep])
		if keep > 1 {
			b.Refs[keep-1] = all[len(all)-1]
		}
	}
	return b
}

// randomKeys draws n keys of some bytes, some of which share their beginning, each with one to most documents.
func randomKeys(rng *rand.Rand, n, keyBytes, most int) plain {
	p := plain{}
	for len(p) < n {
		key := make([]byte, keyBytes)
		for i := range key {
			key[i] = byte(rng.Uint32())
			if i < keyBytes/2 && rng.IntN(2) == 0 {
				key[i] = 7
			}
		}
		refs := map[corpus.Ref]bool{}
		for range 1 + rng.IntN(most)*rng.IntN(2) {
			refs[corpus.MakeRef(rng.IntN(3)*rng.IntN(1<<20), rng.IntN(1<<(1+rng.IntN(32))))] = true
		}
		for r := range refs {
			p[string(key)] = append(p[string(key)], r)
		}
		slices.Sort(p[string(key)])
	}
	return p
}

func (p plain) keys() []string {
	var keys []string
	for k := range p {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func write(t testing.TB, path string, p plain, o Options) Info {
	t.Helper()
	w, err := Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, k := range p.keys() {
		for _, r := range p[k] {
			if err := w.Add([]byte(k), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	info, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestLookupAgainstPlain(t *testing.T) {
	for _, c := range []struct {
		name           string
		keys, keyBytes int
		most, keep     int
	}{
		{"none", 0, 16, 1, 1},
		{"one key", 1, 9, 1, 16},
		{"two keys of one byte", 2, 1, 3, 2},
		{"only the first is kept", 3000, 16, 20, 1},
		{"first and last", 3000, 9, 40, 16},
		{"large buckets", 40, 9, 3000, 255},
		{"several sections", 1<<18 + 9000, 9, 1, 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, uint64(c.keys)))
			p := randomKeys(rng, c.keys, c.keyBytes, c.most)
			path := filepath.Join(t.TempDir(), "k.keys")
			info := write(t, path, p, Options{KeyBytes: c.keyBytes, Keep: c.keep})
			r := open(t, path)
			if err := r.Verify(nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(info, r.Info()); diff != "" {
				t.Errorf("Close and Open disagree (-close +open):\n%s", diff)
			}
			if stat, err := os.Stat(path); err != nil || stat.Size() != info.Bytes || info.Keys != int64(c.keys) {
				t.Errorf("info is %+v, the file has %v", info, stat.Size())
			}
			asked := p.keys()
			for range 2000 { // keys that are most likely not there
				key := make([]byte, c.keyBytes)
				binary.BigEndian.PutUint64(append(key, make([]byte, 8)...)[:8], rng.Uint64())
				asked = append(asked, string(key))
			}
			asked = append(asked, strings.Repeat("\x00", c.keyBytes), strings.Repeat("\xff", c.keyBytes))
			slices.Sort(asked)
			l := r.Lookup()
			for i, k := range asked {
				got, err := l.Find([]byte(k))
				if err != nil {
					t.Fatal(err)
				}
				want := p.find(k, c.keep)
				if got.Documents != want.Documents || want.Documents > 0 && !slices.Equal(got.Refs, want.Refs) {
					t.Fatalf("key %d (%x): got %v, want %v", i, k, got, want)
				}
			}
		})
	}
}

func TestEach(t *testing.T) {
	p := randomKeys(rand.New(rand.NewPCG(3, 4)), 4000, 9, 30)
	path := filepath.Join(t.TempDir(), "k.keys")
	write(t, path, p, Options{KeyBytes: 9, Keep: 255})
	got := plain{}
	if err := open(t, path).Each(func(key []byte, b Bucket) error {
		got[string(key)] = slices.Clone(b.Refs)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got); diff != "" {
		t.Error(diff)
	}
}

func TestSameBytes(t *testing.T) {
	p := randomKeys(rand.New(rand.NewPCG(1, 2)), 20000, 9, 5)
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	write(t, a, p, Options{KeyBytes: 9, Keep: 16})
	write(t, b, p, Options{KeyBytes: 9, Keep: 16})
	first, _ := os.ReadFile(a)
	second, _ := os.ReadFile(b)
	if len(first) == 0 || !bytes.Equal(first, second) {
		t.Error("the same pairs gave other bytes")
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	key := func(s string) []byte { return []byte(s) }
	for _, c := range []struct {
		name, want string
		do         func(w *Writer) error
	}{
		{"keys out of order", "out of order", func(w *Writer) error { return errors.Join(w.Add(key("bb"), 1), w.Add(key("ba"), 2)) }},
		{"documents out of order", "out of order", func(w *Writer) error { return errors.Join(w.Add(key("bb"), 2), w.Add(key("bb"), 1)) }},
		{"another length", "key of 3 bytes, not 2", func(w *Writer) error { return w.Add(key("bbb"), 2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := Create(filepath.Join(dir, "k"), Options{KeyBytes: 2, Keep: 16})
			if err != nil {
				t.Fatal(err)
			}
			err = c.do(w)
			w.Abort()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	for _, o := range []Options{{0, 1}, {65, 1}, {9, 0}, {9, 256}} {
		if _, err := Create(filepath.Join(dir, "k"), o); err == nil {
			t.Errorf("options %+v were taken", o)
		}
	}
	path := filepath.Join(dir, "k")
	write(t, path, plain{"bb": {1}, "cc": {1}}, Options{KeyBytes: 2, Keep: 1})
	l := open(t, path).Lookup()
	if _, err := l.Find(key("c")); err == nil {
		t.Error("a key of another length was looked up")
	}
	_, first := l.Find(key("cc"))
	if _, second := l.Find(key("bb")); first != nil || second == nil {
		t.Errorf("descending keys: %v, %v", first, second)
	}
}

// TestDamage flips each byte of a small file and cuts it at each length: all of it must be an error of Open or Verify.
func TestDamage(t *testing.T) {
	p := randomKeys(rand.New(rand.NewPCG(5, 5)), 60, 9, 4)
	path := filepath.Join(t.TempDir(), "k.keys")
	write(t, path, p, Options{KeyBytes: 9, Keep: 3})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(data []byte) error {
		r, err := newReader("damaged", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		return r.Verify(nil)
	}
	if err := check(data); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := slices.Clone(data)
		bad[i] ^= 0x10
		if check(bad) == nil {
			t.Errorf("byte %d of %d changed without an error", i, len(data))
		}
		if check(data[:i]) == nil {
			t.Errorf("cut to %d of %d bytes without an error", i, len(data))
		}
	}
	newer := slices.Clone(data)
	binary.LittleEndian.PutUint32(newer[8:], 9)
	binary.LittleEndian.PutUint32(newer[20:], crc(newer[:20]))
	if err := check(newer); err == nil || !strings.Contains(err.Error(), "version 9") {
		t.Errorf("a later version: %v", err)
	}
}

func TestVerifyAsksForDocuments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.keys")
	write(t, path, plain{"bb": {1, 2}, "cc": {corpus.MakeRef(3, 4)}}, Options{KeyBytes: 2, Keep: 16})
	err := open(t, path).Verify(func(r corpus.Ref) bool { return r.Unit() == 0 })
	if err == nil || !strings.Contains(err.Error(), "document 3:4") {
		t.Errorf("got %v", err)
	}
}

// FuzzReader feeds bytes that are no file of keys, or nearly one, to everything that reads.
func FuzzReader(f *testing.F) {
	for _, n := range []int{0, 1, 300} {
		path := filepath.Join(f.TempDir(), fmt.Sprint(n))
		write(f, path, randomKeys(rand.New(rand.NewPCG(1, 1)), n, 9, 4), Options{KeyBytes: 9, Keep: 16})
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, false)
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, reseal bool) {
		if reseal {
			data = resealed(data)
		}
		r, err := newReader("fuzz", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		verified := r.Verify(nil)
		var keys [][]byte
		err = r.Each(func(key []byte, _ Bucket) error {
			keys = append(keys, slices.Clone(key))
			return nil
		})
		if verified == nil && err != nil {
			t.Fatalf("verified, but: %v", err)
		}
		l := r.Lookup()
		for _, key := range keys {
			b, err := l.Find(key)
			if verified == nil && (err != nil || b.Documents == 0) {
				t.Fatalf("key %x of a verified file: %v, %v", key, b, err)
			}
		}
	})
}

// resealed makes the checksums of a damaged file right where its table can still be found, so that what lies behind them is tested.
func resealed(data []byte) []byte {
	data = slices.Clone(data)
	if len(data) < headerSize+trailerSize {
		return data
	}
	binary.LittleEndian.PutUint32(data[20:], crc(data[:20]))
	tail := data[len(data)-trailerSize:]
	at := binary.LittleEndian.Uint64(tail)
	if at >= headerSize && at <= uint64(len(data)-trailerSize) {
		table := data[at : len(data)-trailerSize]
		o, err := parseHeader(data)
		t, errTrailer := parseTrailer(data[len(data)-trailerSize:])
		if err == nil && errTrailer == nil {
			if sections, places, err := parseTable(table, t, o.KeyBytes); err == nil {
				resealParts(data, table, &Reader{sections: sections, places: places})
			}
		}
		binary.LittleEndian.PutUint32(tail[40:], crc(table))
	}
	binary.LittleEndian.PutUint32(tail[52:], crc(tail[:52]))
	return data
}

func resealParts(data, table []byte, r *Reader) {
	for n, s := range r.sections {
		binary.LittleEndian.PutUint32(table[n*sectionSize+12:], crc(data[s.offset:s.offset+uint64(s.length)]))
		for i := s.start; i < s.start+int(s.blocks); i++ {
			if raw := data[r.places.offset(i):r.blockEnd(i, s)]; len(raw) >= blockHeaderSize {
				binary.LittleEndian.PutUint32(raw[8:], blockSum(raw))
			}
		}
	}
}
