package substring

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// An anchor is kept as a record: the key is its hash, mixed; the value holds where its first window begins (32 bits), how
// far behind that its gram begins (16) and how many windows follow the first (16).
func packAnchor(base int64, a anchor) record {
	return record{mixHash(a.hash), uint64(base+int64(a.first))<<32 | uint64(a.ahead)<<16 | uint64(a.last-a.first)}
}

// mixHash spreads the hashes of anchors, which are small because the least were chosen, evenly; different hashes stay different.
func mixHash(h uint64) uint64 {
	h *= hashBase
	h ^= h >> 32
	return h * hashBase
}

// A match is kept as a record: the key holds its first window's position (32 bits) and the number of windows (32), the value its partner.
func packMatch(m match) record { return record{m.from<<32 | m.n, m.to} }
func unpackMatch(r record) match {
	return match{from: r.key >> 32, n: r.key & (1<<32 - 1), to: r.value}
}

// anchorSearch is the state of one search by anchors.
type anchorSearch struct {
	texts   *Texts
	window  int
	pool    pool
	anchors *buckets
	matches *buckets
	found   *Bitmap
	solver  *solver
	members []member
	places  []place
}

// searchAnchors finds the equal windows of texts: it collects the anchors of all documents, sorts them by hash, and compares
// the windows of those of equal hash. The matches come in the order of their first windows, joined where one goes on where another ends.
func searchAnchors(ctx context.Context, texts *Texts, opts Options) (*Bitmap, []record, error) {
	s := &anchorSearch{texts: texts, window: opts.MinLength, found: newBitmap(texts.Size())}
	s.anchors = newBuckets(&s.pool, bucketBits(2*texts.Size()/int64(opts.MinLength/2+2)), 0)
	// Positions are below 2^32, so that keys of matches have no unused bits but those above the last position.
	unused := uint(bits.LeadingZeros32(uint32(max(1, texts.Size()))))
	s.matches = newBuckets(&s.pool, min(8, 32-unused), unused)
	s.solver = newSolver(opts, s.emit, func(p uint64) { s.found.set(int64(p)) })
	if err := s.scan(ctx, opts); err != nil {
		return nil, nil, err
	}
	if err := s.solve(ctx); err != nil {
		return nil, nil, err
	}
	return s.found, s.collect(), nil
}

// bucketBits makes buckets of about 16,384 records: 256 KiB, which caches hold while they are sorted.
func bucketBits(records int64) uint {
	return uint(min(12, max(1, bits.Len64(uint64(records)>>14))))
}

func (s *anchorSearch) emit(m match) {
	s.matches.add(packMatch(m))
	s.found.setRange(int64(m.from), int64(m.n))
	s.found.setRange(int64(m.to), int64(m.n))
}

func (s *anchorSearch) scan(ctx context.Context, opts Options) error {
	var base int64
	scan := newScanner(opts, func(a anchor) {
		s.anchors.add(packAnchor(base, a))
	}, func(first, last, period int) {
		for _, m := range repeated(uint64(base)+uint64(first), uint64(base)+uint64(last), uint64(period), opts.Keep) {
			s.emit(m)
		}
		s.found.setRange(base+int64(first-period), int64(last-first+1))
	})
	for i := range s.texts.Len() {
		if err := ctx.Err(); err != nil {
			return err
		}
		base, _ = s.texts.span(i)
		scan.scan(s.texts.Text(i))
	}
	return nil
}

// repeated are the matches of windows that are equal to those a period before them. With keep 0 those have a match as well.
func repeated(first, last, period uint64, keep int) []match {
	matches := []match{{from: first, to: first - period, n: last - first + 1}}
	if keep == 0 {
		matches = append(matches, match{from: first - period, to: first, n: min(period, last-first+1)})
	}
	return matches
}

func (s *anchorSearch) solve(ctx context.Context) error {
	var a, spare []record
	for i := range s.anchors.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		a = s.anchors.take(i, a)
		a, spare = sortRecords(a, spare, s.anchors.shift)
		for i := 0; i < len(a); {
			j := i + 1
			for j < len(a) && a[j].key == a[i].key {
				j++
			}
			if j-i > 1 {
				s.group(a[i:j])
			}
			i = j
		}
	}
	return nil
}

func (s *anchorSearch) group(anchors []record) {
	s.places = s.places[:0]
	for _, r := range anchors {
		s.places = append(s.places, place{at: r.value >> 32, ahead: uint16(r.value >> 16), span: uint16(r.value)})
	}
	sortPlaces(s.places, s.texts.ranks, s.texts.document)
	s.members = s.members[:0]
	for _, p := range s.places {
		s.members = append(s.members, member{
			text:  s.texts.at(p.at, uint64(p.span)+uint64(s.window)),
			ahead: int(p.ahead),
			at:    p.at,
		})
	}
	s.solver.solve(s.members)
}

// A place is an anchor without its hash.
type place struct {
	at          uint64
	ahead, span uint16 // bytes from there to the gram; windows that follow the first
	document    int    // set by sortPlaces, and only where there are ranks
}

// sortPlaces orders places, which come in ascending order, by who stays.
func sortPlaces(places []place, ranks order, document func(int64) int) {
	if ranks == nil {
		return
	}
	for i := range places {
		places[i].document = document(int64(places[i].at))
	}
	slices.SortFunc(places, func(a, b place) int {
		return ranks.compare(a.document, b.document, a.at, b.at)
	})
}

// collect sorts and joins the matches.
func (s *anchorSearch) collect() []record {
	var all []record
	var a, spare []record
	for i := range s.matches.chunks {
		a = s.matches.take(i, a)
		a, spare = sortRecords(a, spare, s.matches.shift)
		sortValues(a)
		for _, r := range a {
			all = joinMatch(all, unpackMatch(r))
		}
	}
	return all
}

// sortValues orders records of equal keys, which lie together, by their values.
func sortValues(a []record) {
	for i := 0; i < len(a); {
		j := i + 1
		for j < len(a) && a[j].key == a[i].key {
			j++
		}
		if j-i > 1 {
			slices.SortFunc(a[i:j], func(x, y record) int { return cmp.Compare(x.value, y.value) })
		}
		i = j
	}
}

// joinMatch appends a match, packed, or makes the last one longer when this one goes on where it ends.
func joinMatch(all []record, m match) []record {
	if n := len(all); n > 0 {
		last := unpackMatch(all[n-1])
		if last.goesOn(m) {
			all[n-1].key += m.n
			return all
		}
	}
	return append(all, packMatch(m))
}

// goesOn reports whether the other match begins where this one ends, here and at the partner.
func (m match) goesOn(other match) bool {
	return m.from+m.n == other.from && m.to+m.n == other.to
}
