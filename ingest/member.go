package ingest

import (
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// cause says what a mark stands for.
type cause int

const (
	join      cause = iota // one member ends well and the next begins there
	end                    // the input ends
	junk                   // bytes between two members, or behind the last one, that are no member
	truncated              // a member that the input's end cuts
	corrupt                // a member that cannot be decoded further
	checksum               // a member that was decoded whole and does not match its checksum
)

// mark is a place in the decoded bytes where something happens in the raw ones.
type mark struct {
	at    int64 // decoded offset
	cause cause
	// prev is the raw offset where the member before ends; for a damaged one that is where reading goes on.
	prev int64
	// next is the raw offset where the member behind begins, or the input's size.
	next int64
	// lost is the raw offset of the first byte that no decoded byte stands for; bytes lost to next were skipped.
	lost int64
}

// stops says that the bytes before and behind the mark do not belong together.
func (m mark) stops() bool { return m.cause != join }

// A layer decodes an input. It reports in m what follows the n bytes, if anything does;
// m.at is left for the caller to fill in. At the end it repeats the end mark. An
// input that cannot be read ends there, with raw.failed set.
type layer interface {
	read(p []byte) (n int, m mark, marked bool)
}

// plain is the layer of uncompressed inputs.
type plain struct{ raw *raw }

func (l plain) read(p []byte) (int, mark, bool) {
	n, err := l.raw.br.Read(p)
	if err == nil {
		return n, mark{}, false
	}
	at := l.raw.offset()
	return n, mark{cause: end, prev: at, next: at, lost: at}, true
}

// A codec is one way of compressing: gzip, zstd or bzip2.
type codec interface {
	io.Reader
	// name is how Origin.Codec calls it.
	name() string
	// skip passes over what may stand before a member and is no content.
	skip(*raw) error
	// begins says whether a member begins with these bytes, of which there are up to 16.
	begins(head []byte) bool
	// find returns the first place in b where a member might begin, or -1.
	find(b []byte) int
	// open starts to decode the member at hand; Read then ends with io.EOF just behind it.
	open(*raw) error
}

// members is the layer of inputs that are a sequence of gzip members, zstd frames or bzip2 streams.
type members struct {
	raw   *raw
	codec codec
	// plausible says whether decoded bytes can be a member's beginning; used where
	// the search for one after damage finds bytes that look like one. May be nil.
	plausible func([]byte) bool

	first   int64 // where the input begins
	until   int64 // search gives up there; 0 for nowhere but the input's end
	opened  bool  // a member is being decoded
	start   int64 // where it begins
	decoded int64 // bytes that came out of it
	over    bool  // the input has ended
}

func (l *members) read(p []byte) (int, mark, bool) {
	if l.over {
		at := l.raw.offset()
		return 0, mark{cause: end, prev: at, next: at, lost: at}, true
	}
	if !l.opened {
		if m := l.advance(l.raw.offset()); m.stops() || m.next > m.prev {
			return 0, m, true
		}
	}
	n, err := l.codec.Read(p)
	l.decoded += int64(n)
	if err == nil {
		return n, mark{}, false
	}
	l.opened = false
	return n, l.after(err), true
}

// after finds the next member behind one that ended with err.
func (l *members) after(err error) mark {
	at, start := l.raw.offset(), l.start
	switch {
	case l.raw.failed != nil:
		l.over = true
		return mark{cause: truncated, prev: at, next: at, lost: at}
	case errors.Is(err, io.EOF) && at > start: // a decoder that ends without having read anything would begin there again for ever
		return l.advance(at)
	case isChecksum(err) && l.atMember():
		m := l.advance(at)
		return mark{cause: checksum, prev: m.next, next: m.next, lost: start}
	}
	kind := corrupt
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		kind = truncated
	}
	lost := at
	if c, ok := l.codec.(interface{ lost() int64 }); ok {
		lost = c.lost() // it gives out what it has checked, so that more is lost than what it stopped at
	}
	if l.decoded == 0 {
		lost = start
	}
	// A decoder that was led astray may have run over the next member: search from this one's own start.
	if l.raw.rewind(start + 1) {
		l.raw.hold = start + 1
	}
	next, found := l.search()
	if found || l.raw.more {
		kind = corrupt
	}
	if lost > next {
		lost = start
	}
	return mark{cause: kind, prev: next, next: next, lost: lost}
}

// advance opens the member at the present place, where the one before ended: a
// join. At the input's end it gives the end, and where no member begins, junk.
func (l *members) advance(from int64) mark {
	err := l.codec.skip(l.raw)
	head, _ := l.raw.br.Peek(16)
	at := l.raw.offset()
	if len(head) == 0 && err == nil {
		l.over = true
		return mark{cause: end, prev: from, next: at, lost: at}
	}
	if err == nil && l.codec.begins(head) {
		if l.open() {
			return mark{cause: join, prev: from, next: at, lost: at}
		}
		// A member whose header cannot be read is passed over like any other bytes.
		l.raw.rewind(at + 1)
	}
	next, _ := l.search()
	return mark{cause: junk, prev: from, next: next, lost: from}
}

// atMember says whether the input goes on with a member or ends here.
func (l *members) atMember() bool {
	head, err := l.raw.br.Peek(16)
	return len(head) == 0 && err == io.EOF || l.codec.begins(head)
}

// open begins to decode at the present place.
func (l *members) open() bool {
	l.start = l.raw.offset()
	l.raw.hold = l.start
	l.decoded = 0
	l.opened = l.codec.open(l.raw) == nil
	return l.opened
}

// search goes on to the next place where a member can be decoded, opens it and
// returns where it begins; or goes to the input's end, with found false.
func (l *members) search() (next int64, found bool) {
	for {
		b, err := l.raw.br.Peek(rawBytes / 2)
		if len(b) == 0 {
			l.over = true
			return l.raw.offset(), false
		}
		at := l.codec.find(b)
		if l.until > 0 && l.raw.offset()+int64(max(at, 0)) >= l.until {
			return l.raw.offset(), false
		}
		if at < 0 {
			discard := len(b)
			if err == nil {
				discard -= 3 // a magic number may begin in the last bytes
			}
			l.raw.br.Discard(discard)
			continue
		}
		l.raw.br.Discard(at)
		place := l.raw.offset()
		if l.tryMember() && l.raw.rewind(place) && l.open() {
			return place, true
		}
		l.raw.rewind(place + 1)
	}
}

// tryMember decodes a little of what may be a member. It leaves the place undefined.
func (l *members) tryMember() bool {
	l.raw.hold = l.raw.offset()
	if l.codec.open(l.raw) != nil {
		return false
	}
	var p [512]byte
	n, err := io.ReadFull(l.codec, p[:])
	if err != nil && err != io.EOF && !(err == io.ErrUnexpectedEOF && n > 0) {
		return false
	}
	return n == 0 || l.plausible == nil || l.plausible(p[:n])
}

// isChecksum says that a member's content is there and only its checksum is wrong.
func isChecksum(err error) bool {
	return errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch) || errors.Is(err, errBzip2Checksum)
}
