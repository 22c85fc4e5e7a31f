package build

import (
	"path/filepath"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/spill"
)

// TestPairsOfAnIndex: a pair goes to its method, one seen from the other side nowhere, and one of a method that does not run, as only an index of another build has, is refused.
func TestPairsOfAnIndex(t *testing.T) {
	out := spill.NewSorter(filepath.Join(t.TempDir(), "exact.run"), spill.Options{})
	defer out.Abort()
	c := closure{sorters: map[string]*spill.Sorter{"exact": out, "survivors": nil}}
	for _, tt := range []struct {
		kind   byte
		copied bool
		want   string
	}{
		{pairExact, true, ""},
		{pairExact - otherSide, false, ""},
		{pairMinHash, false, "kind 'm'"},
		{pairURL, false, "kind 'u'"},
		{0, false, "kind '\\x00'"},
	} {
		copied := false
		err := c.addPair(tt.kind, corpus.MakeRef(0, 5), corpus.MakeRef(0, 1), &copied)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || copied != tt.copied {
			t.Errorf("%q: error %v, copied %t; want %q, %t", tt.kind, err, copied, tt.want, tt.copied)
		}
	}
	info, err := out.Close(t.Context())
	if err != nil || info.Records != 1 {
		t.Errorf("%d records, %v; want 1", info.Records, err)
	}
}
