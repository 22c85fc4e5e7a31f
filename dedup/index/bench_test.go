package index

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"corpus"
)

// bandKeys draws sorted keys as MinHash makes them, those of one partition: a band and 64 bits.
func bandKeys(seed uint64, n int) [][]byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	keys := make([][]byte, n)
	for i := range keys {
		keys[i] = binary.BigEndian.AppendUint64([]byte{byte(i % 32)}, rng.Uint64()&^15)
	}
	slices.SortFunc(keys, bytes.Compare)
	return keys
}

// build writes a file of n keys, each of one document.
func build(b *testing.B, path string, keys [][]byte) Info {
	w, err := Create(path, Options{KeyBytes: 9, Keep: 16})
	if err != nil {
		b.Fatal(err)
	}
	for i, k := range keys {
		if err := w.Add(k, corpus.MakeRef(i%1000, i%65536)); err != nil {
			b.Fatal(err)
		}
	}
	info, err := w.Close()
	if err != nil {
		b.Fatal(err)
	}
	return info
}

const benchKeys = 1 << 21

// BenchmarkWrite reports bytes of pairs (a key and a Ref) a second, and the bytes that a key takes on disk.
func BenchmarkWrite(b *testing.B) {
	keys := bandKeys(1, benchKeys)
	path := filepath.Join(b.TempDir(), "k.keys")
	b.SetBytes(benchKeys * 17)
	for b.Loop() {
		info := build(b, path, keys)
		b.ReportMetric(float64(info.Bytes)/float64(info.Keys), "bytes/key")
	}
}

// BenchmarkLookup asks for the keys of a crawl of some share of the file's size, of which a part is there.
func BenchmarkLookup(b *testing.B) {
	keys := bandKeys(1, benchKeys)
	path := filepath.Join(b.TempDir(), "k.keys")
	build(b, path, keys)
	for _, c := range []struct {
		name  string
		part  int // one part of so many of the file's keys are asked for
		there int // of a hundred
	}{
		{"a tenth, none there", 10, 0},
		{"a tenth, 10 of 100 there", 10, 10},
		{"a tenth, all there", 10, 100},
		{"a hundredth, none there", 100, 0},
		{"a hundredth, 10 of 100 there", 100, 10},
		{"a thousandth, 10 of 100 there", 1000, 10},
	} {
		b.Run(c.name, func(b *testing.B) {
			asked := bandKeys(2, benchKeys/c.part)
			for i := range asked {
				if i%100 < c.there {
					asked[i] = keys[i*c.part]
				}
			}
			slices.SortFunc(asked, bytes.Compare)
			r := open(b, path)
			b.SetBytes(int64(len(asked) * 9))
			var s LookupStats
			for b.Loop() {
				l := r.Lookup()
				for _, k := range asked {
					if _, err := l.Find(k); err != nil {
						b.Fatal(err)
					}
				}
				s = l.Stats()
			}
			b.ReportMetric(float64(s.Asked)*float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
			b.ReportMetric(float64(s.Blocks)/float64(r.places.len()), "blocks-read")
			if s.Asked > s.Found {
				b.ReportMetric(float64(s.Passed-s.Found)/float64(s.Asked-s.Found), "false-positives")
			}
		})
	}
}
