package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncodeBatch(t *testing.T) {
	m := trained(t, nil)
	texts := []string{""}
	for i := range 200 {
		texts = append(texts, testtext.Sample(uint64(i), 10+37*i))
	}
	var want [][]uint32
	for _, text := range texts {
		want = append(want, append([]uint32(nil), m.NewEncoder().Encode(nil, text)...))
	}
	for _, workers := range []int{0, 1, 3, 1000} {
		got, err := m.EncodeBatch(context.Background(), texts, workers)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers (-one by one +batch):\n%s", workers, diff)
		}
		for i, ids := range got {
			if cap(ids) != len(ids) {
				t.Errorf("the %d ids of text %d have space for %d", len(ids), i, cap(ids))
			}
		}
	}
	if got, err := m.EncodeBatch(context.Background(), nil, 4); err != nil || len(got) != 0 {
		t.Errorf("no texts: %v, %v", got, err)
	}
}

func TestEncodeBatchStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := trained(t, nil).EncodeBatch(ctx, []string{"a"}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestCachesEqualReference makes words come and go in every cache: more of them than there are places, of all lengths,
// with few ids and with many.
func TestCachesEqualReference(t *testing.T) {
	m := trained(t, nil)
	e := m.NewEncoder()
	rng := rand.New(rand.NewPCG(4, 4))
	var text strings.Builder
	for range 10 {
		text.Reset()
		for range 20_000 {
			n := 1 + rng.IntN(shortWord+2)
			if rng.IntN(20) == 0 {
				n = rng.IntN(longWord + 20)
			}
			text.WriteByte(' ')
			for range n {
				text.WriteByte('a' + byte(rng.IntN(1+rng.IntN(26))))
			}
			if rng.IntN(50) == 0 {
				fmt.Fprintf(&text, "Ж%cж", rune(0x400+rng.IntN(200)))
			}
		}
		want := referenceEncode(m, text.String())
		for range 2 {
			if !cmp.Equal(want, e.Encode(nil, text.String())) {
				t.Fatal("other ids than the reference's")
			}
		}
	}
	if e.words.round == 0 {
		t.Error("the ids beyond three never filled their space")
	}
}
