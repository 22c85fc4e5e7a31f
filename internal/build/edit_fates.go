package build

import (
	"errors"
	"fmt"
	"iter"

	"corpus"
	"corpus/dedup"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// fates are the files that say what becomes of curated documents: the members of clusters, and what the edit methods remove.
// They are safe for concurrent use.
type fates struct {
	members *spill.Run
	methods []string // the edit methods, in order of application, and the run of each
	edits   []*spill.Run
	quotas  []int64 // nil: no source has a limit of records
}

// openFates opens the files of the edit methods before one, or of all when before is "".
func (b *build) openFates(before string) (f *fates, err error) {
	f = &fates{}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if f.quotas, err = b.quotas(); err != nil {
		return f, err
	}
	if f.members, err = spill.Open(b.path(membersPath)); err != nil {
		return f, err
	}
	for _, method := range editMethods() {
		if method == before {
			break
		}
		if !b.Config.Dedup.Has(method) {
			continue
		}
		run, err := spill.Open(b.path(removalsPath(method)))
		if err != nil {
			return f, err
		}
		f.methods, f.edits = append(f.methods, method), append(f.edits, run)
	}
	return f, nil
}

func (f *fates) close() {
	if f.members != nil {
		f.members.Close() // read only: nothing is lost by an error here
	}
	closeRuns(f.edits)
}

// unit stands before the first document of a unit. The caller calls stop.
func (f *fates) unit(unit int) *unitFates {
	from, to := corpus.MakeRef(unit, 0), corpus.MakeRef(unit+1, 0)
	u := &unitFates{fates: f, quota: -1}
	if f.quotas != nil {
		u.quota = f.quotas[unit]
	}
	u.members = pull(decoded(f.members.Records(refKey(from), refKey(to))), func(m dedup.Member) corpus.Ref { return m.Ref })
	for _, run := range f.edits {
		u.edits = append(u.edits, pull(removals(run, from, to), func(r removal) corpus.Ref { return r.Ref }))
	}
	return u
}

// decoded reads members of clusters.
func decoded(records iter.Seq2[spill.Record, error]) iter.Seq2[dedup.Member, error] {
	return func(yield func(dedup.Member, error) bool) {
		for r, err := range records {
			var m dedup.Member
			if err == nil {
				m, err = decodeMember(r.Key, r.Value)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// A fate is what becomes of a curated document.
type fate struct {
	over   bool          // over the limit of its source: nothing else is known of it
	member *dedup.Member // of a cluster; nil: of none
	// edits are what each method removes, in order of application; only a document that stays in its cluster has some.
	edits []methodRemoval
}

type methodRemoval struct {
	method string
	removal
}

// duplicate says whether another document of the cluster stays in the document's place.
func (f fate) duplicate() bool { return f.member != nil && f.member.Method != "" }

// unitFates says the fates of a unit's documents one after the other.
type unitFates struct {
	fates   *fates
	quota   int64 // documents within the limit of the source; -1: all
	members *beside[dedup.Member]
	edits   []*beside[removal]
}

// of is the fate of a document. It must be asked for all curated documents of the unit in their order.
func (u *unitFates) of(ref corpus.Ref) (fate, error) {
	var f fate
	f.over = u.quota >= 0 && int64(ref.Index()) >= u.quota
	member, err := u.members.at(ref)
	if err != nil {
		return f, err
	}
	f.member = member
	for i, edits := range u.edits {
		r, err := edits.at(ref)
		if err != nil {
			return f, err
		}
		if r == nil {
			continue
		}
		if f.over || f.duplicate() || len(f.edits) > 0 && f.edits[len(f.edits)-1].Drop {
			return f, fmt.Errorf("%s removes parts of document %s, which did not come to it", u.fates.methods[i], manifest.DuplicateRef(ref))
		}
		f.edits = append(f.edits, methodRemoval{u.fates.methods[i], *r})
	}
	if f.over && f.member != nil {
		return f, fmt.Errorf("document %s is in a cluster, but over the limit of its source", manifest.DuplicateRef(ref))
	}
	return f, nil
}

// end sees that nothing was said of a document that is not there.
func (u *unitFates) end() error {
	err := u.members.end()
	for _, edits := range u.edits {
		err = errors.Join(err, edits.end())
	}
	return err
}

func (u *unitFates) stop() {
	u.members.stop()
	for _, edits := range u.edits {
		edits.stop()
	}
}

// beside reads a sequence in the order of Refs that has something on some documents.
type beside[T any] struct {
	ref  func(T) corpus.Ref
	next func() (T, error, bool)
	stop func()

	started, ok bool
	ahead       T // valid while ok
}

func pull[T any](seq iter.Seq2[T, error], ref func(T) corpus.Ref) *beside[T] {
	p := &beside[T]{ref: ref}
	p.next, p.stop = iter.Pull2(seq)
	return p
}

func (p *beside[T]) advance() (err error) {
	p.started = true
	p.ahead, err, p.ok = p.next()
	p.ok = p.ok && err == nil
	return err
}

// at is what the sequence has on a document, or nil.
func (p *beside[T]) at(ref corpus.Ref) (*T, error) {
	if !p.started {
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if !p.ok || p.ref(p.ahead) != ref {
		return nil, nil
	}
	found := p.ahead
	return &found, p.advance()
}

func (p *beside[T]) end() error {
	if !p.started {
		if err := p.advance(); err != nil {
			return err
		}
	}
	if p.ok {
		return fmt.Errorf("document %s, of which the dedup methods speak, is no curated document", manifest.DuplicateRef(p.ref(p.ahead)))
	}
	return nil
}
