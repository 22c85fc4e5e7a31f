package corpus

import (
	"slices"
	"testing"
)

func TestRejectKeepsTheFirstReason(t *testing.T) {
	var d Document
	d.Reject("c4", "lorem_ipsum", nil)
	d.Reject("pii", "email", 3)
	if got := *d.Reason; got != (Reason{"c4", "lorem_ipsum", ""}) || got.String() != "c4/lorem_ipsum" {
		t.Errorf("got %+v", got)
	}
}

func TestReasonValues(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{{"image/png", "image/png"}, {404, "404"}, {int64(1) << 40, "1099511627776"}, {1.0 / 3, "0.3333"}, {0.5, "0.5"}, {nil, ""}} {
		var d Document
		d.Reject("s", "r", c.value)
		if d.Reason.Value != c.want {
			t.Errorf("%v: got %q, want %q", c.value, d.Reason.Value, c.want)
		}
	}
}

func TestLivePassesOverDropped(t *testing.T) {
	docs := []*Document{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	docs[1].Reject("s", "r", nil)
	var ids []string
	for d := range (&Batch{Documents: docs}).Live() {
		ids = append(ids, d.ID)
	}
	if !slices.Equal(ids, []string{"a", "c"}) {
		t.Errorf("got %v", ids)
	}
}

func TestRefsOrderAsTheInputsDo(t *testing.T) {
	refs := []Ref{MakeRef(0, 0), MakeRef(0, 1<<32-1), MakeRef(1, 0), MakeRef(1<<31, 7)}
	if !slices.IsSorted(refs) {
		t.Errorf("not in order: %v", refs)
	}
	if r := refs[3]; r.Unit() != 1<<31 || r.Index() != 7 {
		t.Errorf("got %d, %d", r.Unit(), r.Index())
	}
}

func TestMakeIDDependsOnPlaceAndContent(t *testing.T) {
	base := Origin{File: "a.warc", Offset: 5, Digest: PayloadDigest([]byte("x"))}
	ids := map[string]bool{MakeID("s", base): true, MakeID("t", base): true}
	for _, change := range []func(*Origin){
		func(o *Origin) { o.File = "b.warc" }, func(o *Origin) { o.Offset = 6 }, func(o *Origin) { o.Digest = PayloadDigest([]byte("y")) },
	} {
		o := base
		change(&o)
		ids[MakeID("s", o)] = true
	}
	if len(ids) != 5 {
		t.Errorf("%d different ids, want 5", len(ids))
	}
	if id := MakeID("s", base); len(id) != 32 || id != MakeID("s", base) {
		t.Errorf("id %q", id)
	}
}
