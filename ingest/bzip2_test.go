package ingest

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// jsonLines are n lines of some length, which do not repeat.
func jsonLines(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"text\":\"line %d %x\"}\n", from+i, from+i, uint64(from+i)*0x9e3779b97f4a7c15)
	}
	return b.String()
}

// outcome is a document's id, or why and where it was rejected.
func outcome(d *corpus.Document) string {
	if d.Reason == nil {
		return d.ID
	}
	return fmt.Sprintf("%s=%s at %d+%d %s", d.Reason.Rule, d.Reason.Value, d.Origin.Offset, d.Origin.Length, d.Origin.Codec)
}

func outcomes(docs []*corpus.Document) []string {
	var all []string
	for _, d := range docs {
		all = append(all, outcome(d))
	}
	return all
}

func TestBzip2Writer(t *testing.T) {
	for _, s := range []string{"", "a", "banana", strings.Repeat("x", 1000), jsonLines(0, 100), noise(3000)} {
		got, err := io.ReadAll(bzip2.NewReader(strings.NewReader(bzippedBlocks(s, 700))))
		if err != nil || string(got) != s {
			t.Fatalf("%.20q: %d bytes, %v", s, len(got), err)
		}
	}
}

func TestBzip2Streams(t *testing.T) {
	flip := func(s string, at int) string {
		b := []byte(s)
		b[at] ^= 0xff
		return string(b)
	}
	one, two, three := bzipped(jsonLines(1, 2)), bzipped(jsonLines(3, 2)), bzipped(jsonLines(5, 2))
	// Three blocks of ten lines each.
	lines := jsonLines(10, 30)
	blocks := bzippedBlocks(lines, (len(lines)+2)/3)
	large := bzippedBlocks(noise(60_000), 20_000)
	ids := func(from, n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint(from+i))
		}
		return all
	}
	tests := []struct {
		name, content string
		want          []string
	}{
		{"one stream", one, ids(1, 2)},
		{"streams", one + two + three, ids(1, 6)},
		{"an empty stream between", one + bzipped("") + two, ids(1, 4)},
		{"blocks", blocks, ids(10, 30)},
		{"bytes between", one + "junk" + two, append(ids(1, 2), fmt.Sprintf("malformed=4 at %d+4 ", len(one)), "3", "4")},
		{"zeros behind", one + strings.Repeat("\x00", 1000), append(ids(1, 2), fmt.Sprintf("malformed=1000 at %d+1000 ", len(one)))},
		{"a header that is none", one + "BZh9" + two, append(ids(1, 2), fmt.Sprintf("malformed=4 at %d+4 ", len(one)), "3", "4")},
		{"cut in the last block", blocks[:len(blocks)-30], append(ids(10, 20), "truncated=*", "malformed=*")},
		{"cut in the end's checksum", one[:len(one)-2], append(ids(1, 2), "malformed=*")},
		{"a block's data", one + flip(blocks, len(blocks)/2) + two, append(append(ids(1, 2), ids(10, 10)...), "truncated=*", "malformed=*", "3", "4")},
		{"the sum over blocks", flip(one, len(one)-3) + two, append(ids(1, 2), fmt.Sprintf("checksum=bzip2 at 0+%d ", len(one)), "3", "4")},
		{"cut, then others", one + large[:len(large)/2] + two, append(ids(1, 2), "truncated=*", "malformed=*", "3", "4")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.jsonl.bz2", test.content, DefaultOptions())
			got := outcomes(docs)
			for i, w := range test.want {
				if prefix, ok := strings.CutSuffix(w, "*"); ok && i < len(got) && strings.HasPrefix(got[i], prefix) {
					got[i] = w
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			checkPlaces(t, "x.jsonl.bz2", test.content, docs, DefaultOptions())
		})
	}
}

// A block is given out only once its checksum was seen to be right.
func TestBzip2HoldsBlocksBack(t *testing.T) {
	content := []byte(bzippedBlocks(jsonLines(0, 300), 5000))
	for at := 10; at < len(content); at += 97 {
		damaged := bytes.Clone(content)
		damaged[at] ^= 0x10
		for _, d := range readAll(t, "x.jsonl.bz2", string(damaged), DefaultOptions()) {
			if d.Reason == nil && !strings.HasPrefix(d.Text, "line "+d.ID+" ") || d.Reason != nil && d.Reason.Rule == RuleBadJSON {
				t.Fatalf("damage at byte %d: %v %q", at, d.Reason, d.Text)
			}
		}
	}
}

func FuzzBzip2(f *testing.F) {
	f.Add([]byte(bzipped(jsonLines(0, 4))), uint16(20), byte(1))
	f.Add([]byte(bzippedBlocks(jsonLines(0, 40), 500)+bzipped("")+"junk"+bzipped("{}\n")), uint16(300), byte(0))
	f.Add([]byte("BZh9\x17\x72\x45\x38\x50\x90\x00\x00\x00\x00"), uint16(0), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, flip byte) {
		want, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(b)))
		opts := fuzzOptions(FormatJSONL)
		in := newInput(t.Context(), bytes.NewReader(b), 0, opts)
		if err == nil && in.codec != nil {
			// The standard library reads it whole: so do we.
			var got []byte
			for {
				p := in.ensure(1)
				got = append(got, p...)
				in.advance(len(p))
				m, ok := in.here()
				if ok && m.cause == end {
					break
				}
				if ok {
					in.pass()
				}
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes, want %d", len(got), len(want))
			}
		}
		b = bytes.Clone(b)
		if len(b) > 0 {
			b[int(at)%len(b)] ^= flip
		}
		docs := readAll(t, "x", string(b), opts)
		checkDocuments(t, docs, opts)
	})
}
