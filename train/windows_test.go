package train

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counting is a split in which token i is id i.
func counting(n int) memoryTokens {
	ids := make(memoryTokens, n)
	for i := range ids {
		ids[i] = uint32(i)
	}
	return ids
}

func TestEveryEpochHasEveryWindowOnce(t *testing.T) {
	w := newWindows(counting(64), 4, 64) // (64-1)/4 = 15 windows; the last tokens are left over
	if w.count != 15 {
		t.Fatalf("%d windows, want 15", w.count)
	}
	var orders [2][]uint32
	b := w.newBatch(5) // three batches an epoch
	for i := range 6 {
		if err := w.shuffled(&b, 1, int64(5*i)); err != nil {
			t.Fatal(err)
		}
		for s := range 5 {
			first := b.inputs[4*s]
			if want := []uint32{first, first + 1, first + 2, first + 3}; !slices.Equal(b.inputs[4*s:4*s+4], want) || b.targets[4*s] != first+1 || b.targets[4*s+3] != first+4 {
				t.Fatalf("window %v has targets %v", b.inputs[4*s:4*s+4], b.targets[4*s:4*s+4])
			}
			orders[i/3] = append(orders[i/3], first)
		}
	}
	if slices.Equal(orders[0], orders[1]) {
		t.Errorf("two epochs have one order: %v", orders[0])
	}
	for _, o := range orders {
		slices.Sort(o)
		if diff := cmp.Diff([]uint32{0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56}, o); diff != "" {
			t.Error(diff)
		}
	}
}

// TestBatchesDoNotChangeTheOrder reads the same places with other batch sizes, as Accumulate does.
func TestBatchesDoNotChangeTheOrder(t *testing.T) {
	w := newWindows(counting(64), 4, 64)
	whole, part := w.newBatch(12), w.newBatch(3)
	if err := w.shuffled(&whole, 1, 10); err != nil { // across the end of an epoch
		t.Fatal(err)
	}
	for i := range 4 {
		if err := w.shuffled(&part, 1, int64(10+3*i)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(part.inputs, whole.inputs[12*i:12*i+12]) {
			t.Errorf("part %d is %v, want %v", i, part.inputs, whole.inputs[12*i:12*i+12])
		}
	}
}

func TestValidationWindowsAreSpread(t *testing.T) {
	w := newWindows(counting(101), 10, 101)
	for _, c := range []struct {
		want    int64
		starts  []uint32
		batches int
	}{
		{5, []uint32{0, 20, 40, 60, 80}, 2},
		{1, []uint32{0}, 1},
		{10, []uint32{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}, 3},
		{99, []uint32{0, 10, 20, 30, 40, 50, 60, 70, 80, 90}, 3},
	} {
		var starts []uint32
		batches := 0
		if err := w.spread(c.want, 4, func(b batch) error {
			batches++
			for s := range b.sequences() {
				starts = append(starts, b.inputs[s*10])
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.starts, starts); diff != "" || batches != c.batches {
			t.Errorf("%d wanted: %d batches, want %d; %s", c.want, batches, c.batches, diff)
		}
	}
}

func TestDigestTellsCorporaApart(t *testing.T) {
	a, err := digest(counting(5000))
	if err != nil {
		t.Fatal(err)
	}
	other := counting(5000)
	other[2500]++
	b, err := digest(other)
	if err != nil || a == b {
		t.Errorf("digests are %s and %s, %v", a, b, err)
	}
}
