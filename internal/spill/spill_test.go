package spill

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sample makes n records with short, equal, empty and long keys; every tenth is a copy of the one before.
func sample(n int, seed uint64) []Record {
	rng := rand.New(rand.NewPCG(seed, 1))
	records := make([]Record, 0, n)
	for i := range n {
		var r Record
		switch {
		case i%10 == 9:
			r = records[i-1]
		case i%7 == 0:
			r = Record{Key: fmt.Appendf(nil, "w%d", rng.IntN(50)), Value: fmt.Appendf(nil, "%d", rng.IntN(20))}
		case i%97 == 0:
			r = Record{Key: []byte{}, Value: bytes.Repeat([]byte{byte(i)}, rng.IntN(3000))}
		default:
			r = Record{Key: binary.BigEndian.AppendUint64([]byte("k"), rng.Uint64()), Value: binary.BigEndian.AppendUint64(nil, rng.Uint64())}
		}
		records = append(records, r)
	}
	return records
}

// write sorts records into a run at path.
func write(t testing.TB, path string, memory int64, records []Record) Info {
	t.Helper()
	s := NewSorter(path, Options{MemoryBytes: memory})
	defer s.Abort()
	for _, r := range records {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	info, err := s.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func open(t testing.TB, path string) *Run {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// collect copies what a sequence of records yields.
func collect(t testing.TB, seq func(func(Record, error) bool)) []Record {
	t.Helper()
	var got []Record
	for r, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, Record{append([]byte{}, r.Key...), append([]byte{}, r.Value...)})
	}
	return got
}

// same reports the first difference between two lists of records.
func same(t *testing.T, want, got []Record) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if Compare(want[i], got[i]) != 0 {
			t.Errorf("record %d is %q, want %q", i, got[i], want[i])
			return
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
}

func sorted(records []Record) []Record {
	s := slices.Clone(records)
	slices.SortFunc(s, Compare)
	return s
}

func TestRunHoldsTheRecordsInOrder(t *testing.T) {
	many := sample(20_000, 1)
	tests := []struct {
		name    string
		memory  int64
		records []Record
	}{
		{"none", 0, nil},
		{"one empty record", 0, []Record{{[]byte{}, []byte{}}}},
		{"in memory", 0, many},
		{"several parts", 200_000, many},
		{"several passes", 5_000, many[:9_000]},
		{"every record larger than the memory", 1, many[:300]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "a.run")
			info := write(t, path, tt.memory, tt.records)
			r := open(t, path)
			same(t, sorted(tt.records), collect(t, r.Records(nil, nil)))
			if err := r.Verify(); err != nil {
				t.Error(err)
			}
			stat, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			want := Info{Records: int64(len(tt.records)), Bytes: stat.Size()}
			if info != want || r.Len() != want.Records {
				t.Errorf("Info %+v, Len %d, want %+v", info, r.Len(), want)
			}
			files, _ := os.ReadDir(folder)
			if len(files) != 1 {
				t.Errorf("%d files are left in the folder, want the run alone", len(files))
			}
		})
	}
}

func TestSeveralPassesAreNeeded(t *testing.T) {
	s := NewSorter(filepath.Join(t.TempDir(), "a.run"), Options{MemoryBytes: 5_000})
	defer s.Abort()
	for _, r := range sample(20_000, 1)[:9_000] {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.parts) <= 2*maxFanIn {
		t.Errorf("%d parts: the test above does not reach a second pass", len(s.parts))
	}
}

func TestBytesDependOnTheRecordsAlone(t *testing.T) {
	records := sample(8_000, 2)
	folder := t.TempDir()
	var want []byte
	for i, memory := range []int64{0, 5_000, 100_000, 1 << 20} {
		rand.New(rand.NewPCG(3, uint64(i))).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		path := filepath.Join(folder, fmt.Sprint(i))
		write(t, path, memory, records)
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = got
		} else if !bytes.Equal(got, want) {
			t.Errorf("memory of %d bytes gives another file", memory)
		}
	}
}

func TestRange(t *testing.T) {
	var records []Record
	for i := range 30_000 { // keys 0 to 9,999, each three times: equal keys span blocks
		records = append(records, Record{binary.BigEndian.AppendUint64(nil, uint64(i/3)), fmt.Appendf(nil, "%06d", i)})
	}
	path := filepath.Join(t.TempDir(), "a.run")
	write(t, path, 0, records)
	r := open(t, path)
	if len(r.index) < 5 {
		t.Fatalf("%d blocks are too few for this test", len(r.index))
	}
	key := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
	for name, bounds := range map[string][2][]byte{
		"all":              {nil, nil},
		"from":             {key(5000), nil},
		"to":               {nil, key(5000)},
		"one key":          {key(777), key(778)},
		"empty range":      {key(5), key(5)},
		"reversed":         {key(9), key(5)},
		"behind the end":   {key(20_000), nil},
		"before the start": {nil, []byte{}},
		"between keys":     {append(key(9), 1), append(key(12), 1)},
		"a block's key":    {r.index[2].firstKey, r.index[3].firstKey},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := bounds[0], bounds[1]
			var want []Record
			for _, rec := range records {
				if bytes.Compare(rec.Key, from) >= 0 && (to == nil || bytes.Compare(rec.Key, to) < 0) {
					want = append(want, rec)
				}
			}
			same(t, want, collect(t, r.Records(from, to)))
			same(t, want, collect(t, Merge([]*Run{r}, from, to)))
		})
	}
	for range r.Records(nil, nil) {
		break // a reader may stop early
	}
}

func TestMergeKeepsDuplicates(t *testing.T) {
	all := sample(9_000, 4)
	folder := t.TempDir()
	var runs []*Run
	for i := range 3 {
		path := filepath.Join(folder, fmt.Sprint(i))
		write(t, path, 0, append(slices.Clone(all[i*3000:(i+1)*3000]), Record{[]byte("same"), []byte("in all")}))
		runs = append(runs, open(t, path))
	}
	for range 3 {
		all = append(all, Record{[]byte("same"), []byte("in all")})
	}
	same(t, sorted(all), collect(t, Merge(runs, nil, nil)))
	if got := collect(t, Merge(nil, nil, nil)); len(got) != 0 {
		t.Errorf("merge of no runs yields %d records", len(got))
	}
}

func TestEveryFlippedByteIsFound(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.run")
	records := sample(400, 5)
	for i := range records {
		records[i].Value = append(bytes.Repeat([]byte{'x'}, 500), records[i].Value...)
	}
	write(t, path, 0, records)
	if open(t, path).trailer.blocks < 3 {
		t.Fatal("too few blocks for this test")
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := slices.Clone(good)
		bad[i] ^= 1 << (i % 8)
		r, err := newRun("bad", bytes.NewReader(bad), int64(len(bad)))
		if err == nil {
			err = r.Verify()
		}
		if err == nil {
			t.Fatalf("a bit flipped in byte %d of %d is not found", i, len(good))
		}
	}
	for _, n := range []int{0, 1, headerSize, headerSize + 1, headerSize + trailerSize, len(good) / 2, len(good) - trailerSize, len(good) - 1} {
		bad := filepath.Join(folder, "cut.run")
		if err := os.WriteFile(bad, good[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("file cut to %d of %d bytes: error %v, want one that names the file", n, len(good), err)
		}
	}
}

// TestRecordsOutOfOrderAreFound writes runs that no Sorter writes: every checksum is right, the order is not.
func TestRecordsOutOfOrderAreFound(t *testing.T) {
	for name, records := range map[string][]Record{
		"keys":                 {{Key: []byte("b")}, {Key: []byte("a")}},
		"ends of long keys":    {{Key: []byte("the same b")}, {Key: []byte("the same a")}},
		"values":               {{[]byte("k"), []byte("2")}, {[]byte("k"), []byte("1")}},
		"keys in other blocks": {{[]byte("the same b"), make([]byte, blockTarget)}, {Key: []byte("the same a")}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run")
			w, err := newRunWriter(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				if err := w.add(r.Key, r.Value); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.finish(false); err != nil {
				t.Fatal(err)
			}
			if err := open(t, path).Verify(); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "out of order") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// TestPartsOfAKilledProcessGo has a process die that had written more parts than the one after it.
func TestPartsOfAKilledProcessGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	for i := range 3 {
		if err := os.WriteFile(fmt.Sprintf("%s.%d.part", path, i), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	records := sample(100, 1)
	write(t, path, 1<<20, records)
	same(t, sorted(records), collect(t, open(t, path).Records(nil, nil)))
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

func TestUnknownVersionIsRefusedByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.run")
	write(t, path, 0, sample(10, 6))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b[8:], 7)
	binary.LittleEndian.PutUint32(b[12:], crc(b[:12]))
	if _, err := newRun("x", bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), "version 7") {
		t.Errorf("error %v, want one that names version 7", err)
	}
}

func TestLargeRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.run")
	records := []Record{
		{bytes.Repeat([]byte{'k'}, MaxKey), []byte("v")},
		{[]byte("zeros"), make([]byte, MaxValue)},
		{[]byte("zz"), []byte("last")},
	}
	s := NewSorter(path, Options{MemoryBytes: 1 << 20})
	defer s.Abort()
	for _, r := range records {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add(make([]byte, MaxKey+1), nil); err == nil {
		t.Error("a key that is too long is taken")
	}
	if err := s.Add(nil, make([]byte, MaxValue+1)); err == nil {
		t.Error("a value that is too long is taken")
	}
	if _, err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	i := 0
	for r, err := range open(t, path).Records(nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if Compare(r, records[i]) != 0 {
			t.Errorf("record %d differs", i)
		}
		i++
	}
	if i != len(records) {
		t.Errorf("%d records, want %d", i, len(records))
	}
}

func TestSorterMemory(t *testing.T) {
	const limit = 300_000
	s := NewSorter(filepath.Join(t.TempDir(), "a.run"), Options{MemoryBytes: limit})
	defer s.Abort()
	for i, r := range sample(20_000, 7) {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
		if held := s.held + int64(cap(s.entries))*entrySize; held > limit {
			t.Fatalf("%d bytes are held after record %d, the limit is %d", held, i, limit)
		}
	}
	if len(s.parts) > 20 {
		t.Errorf("%d parts: the memory is not used", len(s.parts))
	}
}

func TestClosedSorter(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.run")
	s := NewSorter(path, Options{MemoryBytes: 10_000})
	for _, r := range sample(2_000, 8) {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	s.Abort()
	if files, _ := os.ReadDir(folder); len(files) != 0 {
		t.Errorf("Abort leaves %d files", len(files))
	}
	if err := s.Add(nil, nil); err == nil {
		t.Error("Add after Abort is taken")
	}
	if _, err := s.Close(t.Context()); err == nil {
		t.Error("Close after Abort is taken")
	}
	if _, err := NewSorter(filepath.Join(folder, "no", "such", "a.run"), Options{}).Close(t.Context()); err == nil {
		t.Error("a run in a missing folder is taken")
	}
}

func BenchmarkSort(b *testing.B) {
	records := make([]Record, 1<<19)
	rng := rand.New(rand.NewPCG(1, 1))
	var size int64
	for i := range records {
		records[i] = Record{binary.BigEndian.AppendUint64([]byte{byte(i % 14)}, rng.Uint64()), binary.BigEndian.AppendUint64(nil, uint64(i))}
		size += int64(len(records[i].Key) + len(records[i].Value))
	}
	path := filepath.Join(b.TempDir(), "a.run")
	for _, memory := range []int64{64 << 20, 4 << 20} {
		b.Run(fmt.Sprintf("memory=%dMiB", memory>>20), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				write(b, path, memory, records)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.run")
	records := sample(1<<18, 9)
	write(b, path, 0, records)
	r := open(b, path)
	b.SetBytes(int64(r.trailer.raw))
	for b.Loop() {
		for _, err := range r.Records(nil, nil) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
