package audit

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	"corpus"
	"corpus/dedup/index"
	"corpus/internal/build"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// Unchecked says which of the earlier builds that this one was deduplicated against are not where the config names them, under root where that is relative, or
// are others by now. Verify itself reads this folder alone: of an earlier build no more is looked at than whether it is still that one.
func Unchecked(dir, root string) ([]string, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range m.Earlier {
		switch found, err := manifest.Read(under(root, e.Path)); {
		case err != nil:
			list = append(list, fmt.Sprintf("%s, an earlier build, is not there: whether it is still the one that this build was deduplicated against was not checked (%v)", e.Path, err))
		case found.Digest != e.Digest:
			list = append(list, fmt.Sprintf("%s is another build than the one that this one was deduplicated against", e.Path))
		}
	}
	return list, nil
}

// planned is the unit with a number, place its place among the units.
func (v *verifier) planned(number int) build.PlannedUnit { return v.plan.Units[v.place(number)] }
func (v *verifier) place(number int) int                 { return number - v.plan.FirstUnit }

// earlierBuilds compares what plan and manifest say of the builds before this one.
func (v *verifier) earlierBuilds() {
	first := 0
	for _, e := range v.plan.Earlier {
		if e.FirstUnit != first || e.Units < 0 || e.Units > 1<<31-1-first {
			v.add(planFile, "earlier: %s has the units from %d on, %d of them; %d are before it", e.Path, e.FirstUnit, e.Units, first)
			return
		}
		first += e.Units
	}
	switch {
	case v.plan.FirstUnit != first:
		v.add(planFile, "first_unit is %d, the earlier builds have %d units", v.plan.FirstUnit, first)
	case !reflect.DeepEqual(v.plan.Earlier, v.m.Earlier):
		v.add(manifest.Name, "earlier is not that of the plan")
	case (v.m.Dedup.Earlier == nil) != (len(v.m.Earlier) == 0):
		v.add(manifest.Name, "dedup.earlier and earlier do not go together")
	}
}

// earlierDocuments recounts the table of documents of earlier builds.
func (v *verifier) earlierDocuments() {
	if v.m.Dedup.Earlier == nil {
		return
	}
	var found manifest.EarlierChanges
	last := corpus.Ref(0)
	for row, err := range rows[build.EarlierRow](v.ctx, v.path(build.EarlierPath)) {
		if err == nil {
			err = v.earlierDocument(row, found.Changed > 0, &last)
		}
		if err != nil {
			v.check(build.EarlierPath, err)
			return
		}
		found.Changed++
		if row.WasKept && !row.Kept {
			found.Dropped++
		}
		if !row.WasKept && row.Kept {
			found.Kept++
		}
	}
	says := *v.m.Dedup.Earlier
	v.compare("dedup.earlier.changed", says.Changed, found.Changed)
	v.compare("dedup.earlier.dropped", says.Dropped, found.Dropped)
	v.compare("dedup.earlier.kept", says.Kept, found.Kept)
	if says.Met < says.Changed {
		v.add(manifest.Name, "dedup.earlier.met is %d, dedup.earlier.changed %d", says.Met, says.Changed)
	}
}

func (v *verifier) earlierDocument(row build.EarlierRow, some bool, last *corpus.Ref) error {
	ref := corpus.MakeRef(int(row.Unit), int(row.Index))
	if row.Unit < 0 || int(row.Unit) >= v.plan.FirstUnit || row.Index < 0 || row.Index > 1<<32-1 || some && ref <= *last {
		return fmt.Errorf("document %d:%d is none of an earlier build, or not in order", row.Unit, row.Index)
	}
	*last = ref
	own := manifest.DuplicateRef(ref)
	switch _, err := parseRef(row.Cluster); {
	case row.Cluster != "" && err != nil:
		return fmt.Errorf("document %s: cluster %q: %w", own, row.Cluster, err)
	case row.Kept != (row.Method == "") || row.Kept && row.Cluster != "" && row.Cluster != own || !row.Kept && (row.Cluster == "" || row.Cluster == own):
		return fmt.Errorf("document %s: kept %t, cluster %q and method %q do not go together", own, row.Kept, row.Cluster, row.Method)
	}
	return nil
}

// index reads the files of the index from end to end.
func (v *verifier) index() {
	for _, out := range v.m.Outputs {
		if !strings.HasPrefix(out.Path, "index/") || v.ctx.Err() != nil {
			continue
		}
		switch path.Ext(out.Path) {
		case ".keys":
			v.check(out.Path, v.indexKeys(out.Path))
		case ".run":
			run, err := spill.Open(v.path(out.Path))
			if err == nil {
				err = run.Verify()
				run.Close() // read only: nothing is lost by an error here
			}
			v.check(out.Path, err)
		}
	}
}

func (v *verifier) indexKeys(name string) error {
	r, err := index.Open(v.path(name))
	if err != nil {
		return err
	}
	defer r.Close()
	return r.Verify(func(ref corpus.Ref) bool {
		n := v.place(ref.Unit())
		return n >= 0 && n < len(v.plan.Units)
	})
}
