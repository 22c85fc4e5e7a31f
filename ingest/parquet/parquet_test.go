package parquet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// record has every kind of column that the writer at hand makes.
type record struct {
	Text     string            `parquet:"text" json:"text"`
	Delta    string            `parquet:"delta,delta" json:"delta"`
	Dict     string            `parquet:"dict,dict" json:"dict"`
	Maybe    *string           `parquet:"maybe,optional" json:"maybe"`
	Bytes    []byte            `parquet:"bytes" json:"bytes"`
	Int      int64             `parquet:"int,delta" json:"int"`
	Small    int32             `parquet:"small,delta" json:"small"`
	Unsigned uint32            `parquet:"unsigned" json:"unsigned"`
	Float    float32           `parquet:"float,split" json:"float"`
	Double   float64           `parquet:"double" json:"double"`
	Bool     bool              `parquet:"bool" json:"bool"`
	Time     time.Time         `parquet:"time,timestamp(microsecond)" json:"time"`
	UUID     [16]byte          `parquet:"uuid,uuid" json:"uuid"`
	List     []string          `parquet:"list,list" json:"list"`
	Tags     []int64           `parquet:"tags" json:"tags"`
	Nested   []inner           `parquet:"nested,list" json:"nested"`
	Map      map[string]string `parquet:"map" json:"map"`
	Group    inner             `parquet:"group" json:"group"`
	Choice   *inner            `parquet:"choice,optional" json:"choice"`
}

type inner struct {
	A *int64   `parquet:"a,optional" json:"a"`
	B []string `parquet:"b" json:"b"`
}

// sample makes n records; the same for the same n.
func sample(n int) []record {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	words := func(most int) string {
		var b strings.Builder
		for range r.IntN(most) {
			b.WriteString([]string{"alpha", "beta", "gamma", "délta", "\n", "ε"}[r.IntN(6)] + " ")
		}
		return b.String()
	}
	list := func() []string {
		out := []string{}
		for range r.IntN(4) {
			out = append(out, words(3))
		}
		return out
	}
	some := func() inner {
		v := inner{B: list()}
		if r.IntN(2) == 0 {
			a := r.Int64N(1000) - 500
			v.A = &a
		}
		return v
	}
	all := make([]record, n)
	for i := range all {
		v := record{
			Text: words(200), Delta: fmt.Sprintf("http://example.org/%06d", i/3), Dict: words(2), Bytes: []byte(words(5)),
			Int: r.Int64() - 1<<62, Small: int32(r.Uint32()), Unsigned: r.Uint32(), Float: r.Float32(), Double: r.NormFloat64(), Bool: r.IntN(3) == 0,
			Time: time.UnixMicro(r.Int64N(2e15)).UTC(), UUID: [16]byte{byte(i), 1, 15: byte(r.Uint32())}, List: list(), Tags: []int64{},
			Map: map[string]string{}, Group: some(), Nested: []inner{},
		}
		if r.IntN(3) > 0 {
			s := words(4)
			v.Maybe = &s
		}
		for range r.IntN(5) {
			v.Tags = append(v.Tags, r.Int64N(10))
		}
		for range r.IntN(3) {
			v.Nested = append(v.Nested, some())
		}
		if r.IntN(2) == 0 {
			v.Map["key"] = words(3)
		}
		if r.IntN(2) == 0 {
			s := some()
			v.Choice = &s
		}
		all[i] = v
	}
	return all
}

func write[T any](t testing.TB, rows []T, perGroup int, options ...parquetgo.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquetgo.NewGenericWriter[T](&b, append(options, parquetgo.MaxRowsPerRowGroup(int64(perGroup)))...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rowsOf reads all rows as JSON objects, and says what was lost.
func rowsOf(t testing.TB, b []byte, limits Limits) (rows []string, lost []string) {
	t.Helper()
	f, err := Open(bytes.NewReader(b), int64(len(b)), limits)
	if err != nil {
		return nil, []string{err.Error()}
	}
	r := f.Reader(f.Root().Leaves())
	for {
		row, err := r.Next()
		var gone *LostRows
		switch {
		case err == io.EOF:
			return rows, lost
		case errors.As(err, &gone):
			lost = append(lost, gone.Error())
			continue
		case err != nil:
			t.Fatal(err)
		}
		out, ok := f.Root().AppendJSON(nil, row, 1<<20)
		if !ok {
			t.Fatal("row over the limit")
		}
		rows = append(rows, string(out))
	}
}

// normal writes JSON in one way, so that the order of keys does not matter.
func normal(t testing.TB, s []byte) string {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// What comes out is what went in through parquet-go, for every codec, page version and encoding.
func TestRoundTrip(t *testing.T) {
	codecs := map[string]compress.Codec{
		"plain": &parquetgo.Uncompressed, "snappy": &parquetgo.Snappy, "gzip": &parquetgo.Gzip,
		"brotli": &parquetgo.Brotli, "zstd": &parquetgo.Zstd, "lz4": &parquetgo.Lz4Raw,
	}
	in := sample(700)
	want := make([]string, len(in))
	for i := range in {
		v := in[i]
		type plain record // Bytes are text here
		b, err := json.Marshal(struct {
			plain
			Bytes string `json:"bytes"`
			UUID  string `json:"uuid"`
		}{plain(v), string(v.Bytes), fmt.Sprintf("%x-%x-%x-%x-%x", v.UUID[:4], v.UUID[4:6], v.UUID[6:8], v.UUID[8:10], v.UUID[10:])})
		if err != nil {
			t.Fatal(err)
		}
		want[i] = normal(t, b)
	}
	for name, codec := range codecs {
		for version := 1; version <= 2; version++ {
			t.Run(fmt.Sprint(name, version), func(t *testing.T) {
				b := write(t, in, 300, parquetgo.Compression(codec), parquetgo.DataPageVersion(version), parquetgo.PageBufferSize(2000))
				got, lost := rowsOf(t, b, DefaultLimits())
				if len(lost) > 0 || len(got) != len(want) {
					t.Fatalf("%d rows, lost %v", len(got), lost)
				}
				for i := range got {
					if diff := cmp.Diff(want[i], normal(t, []byte(got[i]))); diff != "" {
						t.Fatalf("row %d: %s", i, diff)
					}
				}
			})
		}
	}
}

// A row that is sought is the row that is read in order.
func TestSeek(t *testing.T) {
	for version := 1; version <= 2; version++ {
		b := write(t, sample(500), 200, parquetgo.DataPageVersion(version), parquetgo.PageBufferSize(1000))
		want, _ := rowsOf(t, b, DefaultLimits())
		f, err := Open(bytes.NewReader(b), int64(len(b)), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		r := f.Reader(f.Root().Leaves())
		for _, i := range []int64{499, 0, 199, 200, 201, 57, 350} {
			r.SeekRow(i)
			row, err := r.Next()
			if err != nil || row.Index != i {
				t.Fatalf("row %d: %v", i, err)
			}
			if got, _ := f.Root().AppendJSON(nil, row, 1<<20); string(got) != want[i] {
				t.Errorf("row %d differs when sought (version %d)", i, version)
			}
		}
		r.SeekRow(500)
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("behind the end: %v", err)
		}
	}
}

type two struct {
	Text string `parquet:"text"`
	Note string `parquet:"note"`
}

func twos(n int) []two {
	all := make([]two, n)
	for i := range all {
		all[i] = two{fmt.Sprintf("row %04d %s", i, strings.Repeat("text ", 20)), fmt.Sprint("note ", i)}
	}
	return all
}

// A damaged page costs its rows and no others.
func TestDamagedPage(t *testing.T) {
	b := write(t, twos(400), 200, parquetgo.PageBufferSize(1500), parquetgo.Compression(&parquetgo.Uncompressed))
	at := bytes.Index(b, []byte("row 0100"))
	if at < 0 {
		t.Fatal("the row is not to be found")
	}
	b[at+1] ^= 0x20
	rows, lost := rowsOf(t, b, DefaultLimits())
	if len(lost) != 1 || !strings.Contains(lost[0], "text: checksum") {
		t.Fatalf("lost %v", lost)
	}
	if len(rows) < 300 || len(rows) == 400 || strings.Contains(strings.Join(rows, ""), "row 0100") {
		t.Errorf("%d rows", len(rows))
	}
	for _, row := range rows {
		var v two
		if err := json.Unmarshal([]byte(row), &v); err != nil {
			t.Fatal(err)
		}
		var i, j int
		fmt.Sscanf(v.Text, "row %d", &i)
		fmt.Sscanf(v.Note, "note %d", &j)
		if i != j {
			t.Fatalf("columns are out of step: %q, %q", v.Text, v.Note)
		}
	}
}

func TestRefused(t *testing.T) {
	good := write(t, twos(10), 10)
	cut := func(n int) []byte { return good[:len(good)-n] }
	footer := func(b ...byte) []byte {
		out := append([]byte("PAR1"), b...)
		out = append(out, byte(len(b)), 0, 0, 0)
		return append(out, "PAR1"...)
	}
	for _, test := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "too short"},
		{"cut", cut(1), "no magic number at the end"},
		{"encrypted", append(bytes.Clone(cut(4)), "PARE"...), "encrypted footer"},
		{"footer longer than the file", append(bytes.Clone(cut(8)), 0xff, 0xff, 0xff, 0x7f, 'P', 'A', 'R', '1'), "footer length"},
		{"nothing in the footer", footer(0), "no schema"},
		{"a list of 2^31 empty structures", footer(0x19+0x10, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07), "footer"},
		{"nested without end", footer(bytes.Repeat([]byte{0x1c}, 100)...), "footer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(test.b), int64(len(test.b)), DefaultLimits())
			var fault *Fault
			if !errors.As(err, &fault) || fault.Cause != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A page over the limit costs its rows, and is never unfolded.
func TestPageLimit(t *testing.T) {
	b := write(t, twos(100), 50, parquetgo.Compression(&parquetgo.Zstd))
	rows, lost := rowsOf(t, b, Limits{PageBytes: 1000, HeldBytes: 1 << 20})
	if len(rows) != 0 || len(lost) != 2 || !strings.Contains(lost[0], "text: page") {
		t.Errorf("%d rows, lost %v", len(rows), lost)
	}
	rows, lost = rowsOf(t, b, Limits{PageBytes: 1 << 20, HeldBytes: 3000})
	if len(rows) != 0 || len(lost) != 2 || !strings.Contains(lost[0], "together") {
		t.Errorf("%d rows, lost %v", len(rows), lost)
	}
}

// TestRealFiles reads what others wrote, and compares every value with what parquet-go reads.
func TestRealFiles(t *testing.T) {
	const folder = "../../../shared/data/parquet"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no files of others here: ", err)
	}
	files := 0
	err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".parquet" {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		compareWithReference(t, strings.TrimPrefix(path, folder), b)
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

// compareWithReference reads all values of a file in both ways.
func compareWithReference(t *testing.T, name string, b []byte) {
	ref, err := parquetgo.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(name, err)
	}
	f, err := Open(bytes.NewReader(b), int64(len(b)), DefaultLimits())
	if err != nil {
		t.Fatal(name, err)
	}
	leaves := f.Root().Leaves()
	r := f.Reader(leaves)
	n := 0
	for _, g := range ref.RowGroups() {
		rows := g.Rows()
		buffer := make([]parquetgo.Row, 1)
		for {
			k, err := rows.ReadRows(buffer)
			if k == 0 {
				if err != io.EOF {
					t.Fatal(name, err)
				}
				break
			}
			row, err := r.Next()
			if err != nil {
				t.Fatal(name, n, err)
			}
			n++
			i := 0
			for _, leaf := range leaves {
				for _, v := range row.Values(leaf) {
					want := buffer[0][i]
					i++
					if want.IsNull() != (v.Bytes == nil) || want.RepetitionLevel() != int(v.Rep) || want.DefinitionLevel() != int(v.Def) {
						t.Fatalf("%s: row %d, %s: levels or null differ", name, n, leaf.Path)
					}
					if kind := want.Kind(); !want.IsNull() && kind != parquetgo.Boolean && !bytes.Equal(want.Bytes(), v.Bytes) {
						t.Fatalf("%s: row %d, %s: value differs", name, n, leaf.Path)
					}
				}
			}
			if i != len(buffer[0]) {
				t.Fatalf("%s: row %d has %d values, want %d", name, n, i, len(buffer[0]))
			}
		}
		rows.Close()
	}
	if _, err := r.Next(); err != io.EOF || int64(n) != f.NumRows() {
		t.Errorf("%s: %d rows of %d, then %v", name, n, f.NumRows(), err)
	}
}

// seeds are small files of all kinds of pages.
func seeds(t testing.TB) [][]byte {
	return [][]byte{
		write(t, twos(5), 2),
		write(t, sample(3), 2, parquetgo.Compression(&parquetgo.Snappy), parquetgo.DataPageVersion(1)),
		write(t, sample(3), 2, parquetgo.Compression(&parquetgo.Zstd)),
	}
}

// TestMutations changes bytes in files of all kinds: no panic, and every row is either read or said to be lost.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	all := seeds(t)
	for range 3000 {
		b := bytes.Clone(all[r.IntN(len(all))])
		for range 1 + r.IntN(6) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		checkRows(t, b)
	}
}

func FuzzFile(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(checkRows)
}

// checkRows states what holds for any bytes at all.
func checkRows(t *testing.T, b []byte) {
	limits := Limits{PageBytes: 1 << 16, HeldBytes: 1 << 20}
	file, err := Open(bytes.NewReader(b), int64(len(b)), limits)
	if err != nil {
		return
	}
	r := file.Reader(file.Root().Leaves())
	next := int64(0)
	for i := 0; i < 5000; i++ {
		row, err := r.Next()
		var lost *LostRows
		switch {
		case err == io.EOF:
			if next != file.NumRows() {
				t.Fatalf("%d rows of %d", next, file.NumRows())
			}
			return
		case errors.As(err, &lost):
			if lost.First != next || lost.Count < 1 {
				t.Fatalf("lost %+v behind row %d", lost, next)
			}
			next += lost.Count
			continue
		case err != nil:
			t.Fatal(err)
		}
		if row.Index != next {
			t.Fatalf("row %d behind %d", row.Index, next)
		}
		next++
		if out, ok := file.Root().AppendJSON(nil, row, 1<<16); ok && !json.Valid(out) {
			t.Fatalf("no JSON: %s", out)
		}
	}
}
