package storage

import (
	"bytes"
	"net/http"
	"path/filepath"
	"testing"
)

func TestPrefetchGivesTheBytes(t *testing.T) {
	file := content(300_000)
	f, url := newWeb(t, file, true)
	f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n%7 == 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return n%7 == 3
	})
	local := filepath.Join(t.TempDir(), "file")
	write(t, local, string(file))
	var ranges []Range
	for i := range int64(50) {
		ranges = append(ranges, Range{i * 5000, 100 + i})
	}
	ranges = append(ranges, Range{299_990, 50}) // goes beyond the end
	for _, path := range []string{url, local} {
		r, err := Open(quick(t), path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		p := NewPrefetch(t.Context(), r, ranges)
		plain := bytes.NewReader(file)
		for i, at := range ranges {
			if i%6 == 5 {
				continue // not every range must be asked for
			}
			if i%10 == 4 {
				at.Length -= 7 // and other reads are answered too
			}
			got, want := make([]byte, at.Length), make([]byte, at.Length)
			gotN, gotErr := p.ReadAt(got, at.Offset)
			wantN, wantErr := plain.ReadAt(want, at.Offset)
			if gotN != wantN || !bytes.Equal(got, want) || gotErr != wantErr {
				t.Fatalf("%s: %d bytes at %d: %d, %v; want %d, %v", path, at.Length, at.Offset, gotN, gotErr, wantN, wantErr)
			}
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if most := f.Most(); most > prefetched+1 {
		t.Errorf("%d requests at once", most)
	}
}

func TestPrefetchEndsWithClose(t *testing.T) {
	f, url := newWeb(t, content(100_000), true)
	r, err := Open(quick(t), url)
	if err != nil {
		t.Fatal(err)
	}
	f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done() // nothing ever comes
		return true
	})
	ranges := make([]Range, 100)
	for i := range ranges {
		ranges[i] = Range{int64(i) * 1000, 10}
	}
	p := NewPrefetch(t.Context(), r, ranges)
	if err := p.Close(); err != nil { // hangs where it cannot end what is under way
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
