package build

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/manifest"

	"github.com/google/go-cmp/cmp"
)

func TestSplitTiles(t *testing.T) {
	for _, c := range []struct{ size, most int64 }{
		{65537, 65536}, {1 << 20, 65536}, {1<<20 + 1, 65536}, {1<<40 + 12345, 256 << 20}, {7, 1}, {math.MaxInt64, 1 << 60},
	} {
		parts := split(c.size, c.most)
		at, least, longest := int64(0), c.size, int64(0)
		for _, p := range parts {
			if p.From != at {
				t.Fatalf("%v: a part begins at %d, the one before ends at %d", c, p.From, at)
			}
			at = p.To
			least, longest = min(least, p.To-p.From), max(longest, p.To-p.From)
		}
		if at != c.size || longest > c.most || longest-least > 1 || int64(len(parts)) != (c.size-1)/c.most+1 {
			t.Errorf("%v: %d parts of %d to %d bytes, up to %d", c, len(parts), least, longest, at)
		}
	}
}

// Small files share units, up to a number and a size; larger ones stand alone, and no unit is of two sources.
func TestUnitsOfSmallFiles(t *testing.T) {
	var inputs []ingest.Input
	add := func(n int, bytes int64) {
		for range n {
			inputs = append(inputs, ingest.Input{Path: fmt.Sprintf("%05d", len(inputs)), Bytes: bytes})
		}
	}
	add(2500, 10)
	add(1, 5<<20)
	add(70, 1<<20)
	p := &Plan{}
	for _, source := range []string{"a", "b"} {
		if err := p.addUnits(context.Background(), source, ingest.DefaultOptions(), inputs, 0); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for i, u := range p.Units {
		if u.index != i {
			t.Errorf("unit %d has index %d", i, u.index)
		}
		got = append(got, fmt.Sprintf("%s %d %d", u.Source, len(u.Pieces), u.Bytes()))
	}
	of := func(s string) string {
		return s + " 1000 10000, " + s + " 1000 10000, " + s + " 500 5000, " + s + " 1 5242880, " + s + " 64 67108864, " + s + " 6 6291456"
	}
	if diff := cmp.Diff(of("a")+", "+of("b"), strings.Join(got, ", ")); diff != "" {
		t.Error(diff)
	}
	if files, bytes := p.Inputs(); files != 2*2571 || bytes != 2*(25_000+5<<20+70<<20) {
		t.Errorf("%d files, %d bytes", files, bytes)
	}
	if p.Units[0].Name() != "00000 and 999 more" || p.Units[3].Name() != "02500" {
		t.Errorf("names %q, %q", p.Units[0].Name(), p.Units[3].Name())
	}
}

func TestCut(t *testing.T) {
	inputs := []ingest.Input{{Path: "a", Bytes: 10}, {Path: "b", Bytes: 20}, {Path: "c", Bytes: 1}}
	for _, c := range []struct {
		limits config.Limits
		taken  int
		out    manifest.LeftOut
	}{
		{config.Limits{}, 3, manifest.LeftOut{}},
		{config.Limits{Files: 2}, 2, manifest.LeftOut{Files: 1, Bytes: 1}},
		{config.Limits{Files: 9}, 3, manifest.LeftOut{}},
		{config.Limits{Bytes: 30}, 2, manifest.LeftOut{Files: 1, Bytes: 1}},
		{config.Limits{Bytes: 29}, 1, manifest.LeftOut{Files: 2, Bytes: 21}},
		{config.Limits{Bytes: 9}, 0, manifest.LeftOut{Files: 3, Bytes: 31}},
		{config.Limits{Files: 1, Bytes: 30}, 1, manifest.LeftOut{Files: 2, Bytes: 21}},
	} {
		taken, out := cut(inputs, c.limits)
		if len(taken) != c.taken || out != c.out {
			t.Errorf("%+v: %d taken, %+v", c.limits, len(taken), out)
		}
	}
}
