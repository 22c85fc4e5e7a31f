package train

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
	"corpus/shard"
	"corpus/train/cpu"
)

// counting is a split in which token i is id i.
func counting(n int) memoryTokens {
	ids := make(memoryTokens, n)
	for i := range ids {
		ids[i] = uint32(i)
	}
	return ids
}

func mustWindows(t *testing.T, source tokenReader, length, vocab int) *windows {
	t.Helper()
	w, err := newWindows(source, length, vocab)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// packedByBestFit packs documents of the given lengths into sequences, in a folder of its own. Token i of a document is id 10+i.
func packedByBestFit(t *testing.T, sequence int, lengths ...int) *shard.Set {
	t.Helper()
	opts := shard.DefaultOptions()
	opts.Packing, opts.SequenceLength, opts.VocabSize, opts.EOS, opts.Pad, opts.Validation = shard.BestFit, sequence, 1000, 1, 2, 0
	opts.TokensPerShard = int64(2 * sequence)
	run := filepath.Join(t.TempDir(), "0.run")
	w, err := shard.NewRunWriter(run, opts)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range lengths {
		d := shard.TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: "d"}
		for j := range n - 1 {
			d.Tokens = append(d.Tokens, uint32(10+j))
		}
		if err := w.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := shard.Pack(t.Context(), []string{run}, dir, opts); err != nil {
		t.Fatal(err)
	}
	set, err := shard.OpenSet(dir, shard.Train)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { set.Close() })
	return set
}

// Of shards packed by best fit no window goes across the end of a sequence, and nothing is trained to predict padding.
func TestWindowsOfPaddedSequences(t *testing.T) {
	set := packedByBestFit(t, 32, 20, 20, 25, 32, 40) // 40 is cut into 31 and 9, of which 9 fits behind 20
	if _, err := newWindows(set, 12, 1000); err == nil || !strings.Contains(err.Error(), "sequence: 12 is no divisor of 32") {
		t.Errorf("windows of 12: %v", err)
	}
	for _, length := range []int{32, 16, 8, 1} {
		w := mustWindows(t, set, length, 1000)
		if want := set.Tokens() / int64(length); w.count != want {
			t.Fatalf("%d windows of %d, want %d", w.count, length, want)
		}
		all := make([]uint32, set.Tokens())
		if _, err := set.Read(all, 0); err != nil {
			t.Fatal(err)
		}
		predicted := 0
		next := int64(0)
		for ; next < w.count; next++ {
			b := w.newBatch(1)
			if err := w.read(&b, 0, next); err != nil {
				t.Fatal(err)
			}
			predicted += b.predicted()
			for i := range length {
				at := int(next)*length + i
				if b.inputs[i] != all[at] {
					t.Fatalf("input %d is %d, want %d", at, b.inputs[i], all[at])
				}
				last := at%32 == 31
				if ignored := last || all[at+1] == 2; b.ignored[i] != ignored || !ignored && b.targets[i] != all[at+1] {
					t.Fatalf("windows of %d: target of token %d is %d, ignored %v; want ignored %v", length, at, b.targets[i], b.ignored[i], ignored)
				}
			}
		}
		padding := 0
		for _, id := range all {
			if id == 2 {
				padding++
			}
		}
		if padding == 0 || predicted != len(all)-padding-len(all)/32 {
			t.Errorf("windows of %d: %d of %d tokens are predicted, %d are padding", length, predicted, len(all), padding)
		}
	}
}

// An ignored target changes neither loss nor gradient.
func TestIgnoredTargets(t *testing.T) {
	m := newModel(tinyModel(false), tinyVocab, cpu.Reference[float64]{})
	randomWeights(m)
	b := batch{inputs: []uint32{1, 2, 3, 4, 5, 6, 7, 8}, targets: []uint32{2, 3, 4, 5, 6, 7, 8, 9}, length: 4,
		ignored: []bool{false, true, false, true, false, false, true, true}}
	gradient := func(b batch) (float64, []float64) {
		p := newPasses(m, b.rows(), true)
		loss := p.accumulate(b, 1)
		return loss, p.grads
	}
	loss, grads := gradient(b)
	other := b
	other.targets = []uint32{2, 9, 4, 9, 6, 7, 1, 1}
	if again, g := gradient(other); again != loss || !slices.Equal(g, grads) {
		t.Errorf("the loss is %v with other targets in the places that are ignored, %v before", again, loss)
	}
	plain := b
	plain.ignored = nil
	whole, _ := gradient(plain)
	p := newPasses(m, b.rows(), false)
	p.loss(plain)
	var want float64
	for i, l := range p.losses {
		if !b.ignored[i] {
			want += l
		}
	}
	if math.Abs(loss-want) > 1e-9 || whole <= loss || b.predicted() != 4 || plain.predicted() != 8 {
		t.Errorf("loss %v of %d targets, want %v; of all %v", loss, b.predicted(), want, whole)
	}
}

func TestEveryEpochHasEveryWindowOnce(t *testing.T) {
	w := mustWindows(t, counting(64), 4, 64) // (64-1)/4 = 15 windows; the last tokens are left over
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
	w := mustWindows(t, counting(64), 4, 64)
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
	w := mustWindows(t, counting(101), 10, 101)
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
