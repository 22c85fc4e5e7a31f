package paragraph

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/spill"
)

// realDocuments are real texts of so many bytes or a little more; none where they are not at hand.
func realDocuments(t testing.TB, most int64) (docs []*corpus.Document, size int64) {
	t.Helper()
	path, _ := filepath.Abs("../../../shared/data/text/docs.jsonl.xz")
	if _, err := os.Stat(path); err != nil {
		return nil, 0
	}
	cmd := exec.Command("xz", "-dc", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		return nil, 0 // there is no xz
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for size < most && lines.Scan() {
		var d struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, &corpus.Document{Text: d.Text, Ref: corpus.Ref(len(docs))})
		size += int64(len(d.Text))
	}
	out.Close()
	_ = cmd.Wait() // it ends by the closed pipe
	return docs, size
}

// TestRealTexts compares the exchange with the plain reference on real texts.
func TestRealTexts(t *testing.T) {
	docs, size := realDocuments(t, 3<<20)
	if docs == nil {
		t.Skip("the texts of ../shared/data/text, or xz, are not here")
	}
	for _, edit := range []func(*Options){
		nil,
		func(o *Options) { o.Unit, o.Normalize, o.MinLength = Lines, CCNet, 1 },
	} {
		opts := DefaultOptions()
		if edit != nil {
			edit(&opts)
		}
		var in []string
		for _, d := range docs {
			in = append(in, d.Text)
		}
		want, gone := plainRemove(in, opts), 0
		for i, r := range exchange(t, opts, nil, docs) {
			gone += len(r.Ranges)
			if !slices.Equal(want[i], plainUnits(r.Text, opts.Unit)) {
				t.Fatalf("%+v: document %d keeps other paragraphs than the reference", opts, i)
			}
		}
		t.Logf("%d documents, %d bytes: %d removed", len(docs), size, gone)
	}
}

// benchDocuments are real texts where they are at hand, else ones of random words.
func benchDocuments(b *testing.B) (docs []*corpus.Document, size int64) {
	b.Helper()
	if docs, size = realDocuments(b, 64<<20); docs != nil {
		return docs, size
	}
	r := rand.New(rand.NewPCG(1, 1))
	for size < 16<<20 {
		var text strings.Builder
		for range 20 {
			for range 40 {
				fmt.Fprintf(&text, "%x ", r.Uint32()>>r.IntN(28))
			}
			text.WriteString("\n\n")
		}
		docs = append(docs, &corpus.Document{Text: text.String(), Ref: corpus.Ref(len(docs))})
		size += int64(text.Len())
	}
	return docs, size
}

// BenchmarkSort measures the disk that the pairs of Map take as an engine stores them, sorted: partition, key, Ref and offset.
func BenchmarkSort(b *testing.B) {
	docs, size := benchDocuments(b)
	x, err := NewExchange(DefaultOptions(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	var info spill.Info
	for b.Loop() {
		s := spill.NewSorter(filepath.Join(b.TempDir(), "pairs.run"), spill.Options{})
		var k, v []byte
		for _, d := range docs {
			err := x.Map(d, func(partition int, key, value []byte) {
				k = append(binary.BigEndian.AppendUint16(k[:0], uint16(partition)), key...)
				v = append(binary.BigEndian.AppendUint64(v[:0], uint64(d.Ref)), value...)
				if err := s.Add(k, v); err != nil {
					b.Fatal(err)
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if info, err = s.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(info.Bytes)/float64(info.Records), "diskB/paragraph")
}

// BenchmarkMap measures the hashing of paragraphs, which every document goes through.
func BenchmarkMap(b *testing.B) {
	docs, size := benchDocuments(b)
	for _, unit := range []string{Paragraphs, Lines} {
		for _, normalize := range []string{None, Fold, CCNet} {
			b.Run(unit+"/"+normalize, func(b *testing.B) {
				opts := DefaultOptions()
				opts.Unit, opts.Normalize = unit, normalize
				x, err := NewExchange(opts, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(size)
				pairs := 0
				for b.Loop() {
					pairs = 0
					for _, d := range docs {
						if err := x.Map(d, func(int, []byte, []byte) { pairs++ }); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(size)/float64(pairs), "bytes/paragraph")
			})
		}
	}
}

// BenchmarkFilter measures Add, the sequential part of method bloom, in filters that caches hold and that they do not.
func BenchmarkFilter(b *testing.B) {
	for _, expected := range []int64{10_000, 1_000_000, 100_000_000} {
		b.Run(fmt.Sprint(expected), func(b *testing.B) {
			f := newFilter(b, expected, 1e-5)
			var key Key
			state := rand.NewPCG(1, 2)
			b.SetBytes(int64(len(key)))
			for b.Loop() {
				for i := 0; i < len(key); i += 8 {
					v := state.Uint64()
					for j := range 8 {
						key[i+j] = byte(v >> (8 * j))
					}
				}
				f.Add(key)
			}
		})
	}
}
