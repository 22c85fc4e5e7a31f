package spill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestNarrowLeavesFewRunsOfARange(t *testing.T) {
	folder := t.TempDir()
	all := sample(6_000, 12)
	var paths []string
	for i := range 30 {
		path := filepath.Join(folder, fmt.Sprintf("unit-%d", i))
		write(t, path, 0, all[i*200:][:200])
		paths = append(paths, path)
	}
	whole := sorted(all)
	from, to := whole[1_000].Key, whole[5_000].Key
	var want []Record
	for _, r := range whole {
		if string(r.Key) >= string(from) && string(r.Key) < string(to) {
			want = append(want, r)
		}
	}
	for _, fanIn := range []int{2, 5, 29, 30} {
		t.Run(fmt.Sprint("fan-in ", fanIn), func(t *testing.T) {
			few, remove, err := Narrow(t.Context(), paths, from, to, fanIn, filepath.Join(folder, "narrow"))
			if err != nil {
				t.Fatal(err)
			}
			if len(few) > fanIn {
				t.Errorf("%d runs are left, want at most %d", len(few), fanIn)
			}
			var runs []*Run
			for _, path := range few {
				runs = append(runs, open(t, path))
			}
			same(t, want, collect(t, Merge(runs, from, to)))
			if parts, _ := filepath.Glob(filepath.Join(folder, "*.part")); len(parts) > len(few) {
				t.Errorf("%d parts on disk for %d runs: those of earlier passes are not removed", len(parts), len(few))
			}
			remove()
			if files, _ := os.ReadDir(folder); len(files) != len(paths) {
				t.Errorf("%d files, want the %d runs alone", len(files), len(paths))
			}
		})
	}
}

func TestNarrowEndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	var paths []string
	for i := range 3 {
		path := filepath.Join(folder, fmt.Sprint(i))
		write(t, path, 0, sample(2*checkEvery, uint64(i)))
		paths = append(paths, path)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Narrow(ctx, paths, nil, nil, 2, filepath.Join(folder, "narrow")); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if files, _ := os.ReadDir(folder); len(files) != len(paths) {
		t.Errorf("%d files are left, want %d", len(files), len(paths))
	}
}

// endsAfter is a context that is cancelled after some looks at it.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks == 0 {
		return context.Canceled
	}
	c.looks--
	return nil
}

// Wherever Close finds that its context has ended, it leaves no file.
func TestCloseEndsWithItsContext(t *testing.T) {
	for name, memory := range map[string]int64{"more parts than are merged at once": 8_000, "parts": 50_000, "all in memory": 64 << 20} {
		t.Run(name, func(t *testing.T) {
			for looks := 0; ; looks++ {
				folder := t.TempDir()
				s := NewSorter(filepath.Join(folder, "a.run"), Options{MemoryBytes: memory})
				for _, r := range sample(2*checkEvery, 13) {
					if err := s.Add(r.Key, r.Value); err != nil {
						t.Fatal(err)
					}
				}
				if memory == 8_000 && len(s.parts) <= maxFanIn {
					t.Fatalf("%d parts are merged at once", len(s.parts))
				}
				_, err := s.Close(&endsAfter{t.Context(), looks})
				files, _ := os.ReadDir(folder)
				if err == nil {
					if looks < 2 || len(files) != 1 {
						t.Errorf("Close looked at its context %d times and left %d files", looks, len(files))
					}
					return
				}
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error is %v", err)
				}
				if len(files) != 0 {
					t.Errorf("%d files are left after %d looks", len(files), looks)
				}
			}
		})
	}
}
