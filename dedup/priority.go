package dedup

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"corpus"
)

// SurvivorOptions say which document of a cluster stays: keys in the order in which they decide, see NewPriority.
type SurvivorOptions []string

// maxSurvivorKeys bounds SurvivorOptions.
const maxSurvivorKeys = 16

// maxIDBytes is how much of an id goes into a key as it is; the rest of a longer one goes in by its hash.
const maxIDBytes = 128

// Priority orders documents by which of them should stay. The zero value orders them by their Ref alone.
type Priority struct {
	keys    []string
	sources map[string]uint32 // the place of each source in the config
}

// NewPriority reads the keys:
//
//	source         the order of sources; a source that is not among them is last
//	signal:NAME    the larger value of a signal first; a document without it, or with NaN, is last
//	-signal:NAME   the smaller value first; likewise
//	longest        the text of more bytes first
//	shortest       the text of fewer bytes first
//	newest         the later date first; a document whose date is unknown is last
//	oldest         the earlier date first; likewise
//	id             the smaller id first, bytewise
//
// A date of which only a prefix is known ("2024-05") counts as its earliest moment. What no key decides, the
// Ref does: the earlier document in the order of the inputs. The error is a *corpus.OptionError at "survivor".
func NewPriority(keys []string, sources []string) (Priority, error) {
	if len(keys) > maxSurvivorKeys {
		return Priority{}, corpus.BadOption("survivor", "%d keys are more than %d", len(keys), maxSurvivorKeys)
	}
	p := Priority{keys: slices.Clone(keys)}
	for i, key := range keys {
		if slices.Contains(keys[:i], key) {
			return Priority{}, corpus.BadOption("survivor", "key %s is named twice", key)
		}
		if _, ok := signalOf(key); !ok && !slices.Contains([]string{"source", "longest", "shortest", "newest", "oldest", "id"}, key) {
			return Priority{}, corpus.BadOption("survivor",
				"unknown key %q; there are source, signal:NAME, -signal:NAME, longest, shortest, newest, oldest, id", key)
		}
		if key == "source" && len(sources) == 0 {
			return Priority{}, corpus.BadOption("survivor", "the key source needs a list of sources, and there is none")
		}
	}
	p.sources = make(map[string]uint32, len(sources))
	for i, s := range sources {
		if _, ok := p.sources[s]; !ok {
			p.sources[s] = uint32(i)
		}
	}
	return p, nil
}

// signalOf is the name in "signal:NAME" and "-signal:NAME".
func signalOf(key string) (string, bool) {
	name, ok := strings.CutPrefix(strings.TrimPrefix(key, "-"), "signal:")
	return name, ok && name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// Configured reports whether there are any keys.
func (p Priority) Configured() bool { return len(p.keys) > 0 }

// Key is nil where no key is configured. Of two documents the one with the smaller Key, bytewise, should stay, and of two with
// equal Keys the one with the smaller Ref. It has at most 16 bytes for each configured key but id, which has at most 274.
func (p Priority) Key(d *corpus.Document) []byte {
	if len(p.keys) == 0 {
		return nil
	}
	b := make([]byte, 0, 12*len(p.keys))
	for _, key := range p.keys {
		switch key {
		case "source":
			place, ok := p.sources[d.Source]
			if !ok {
				place = math.MaxUint32
			}
			b = binary.BigEndian.AppendUint32(b, place)
		case "longest":
			b = binary.BigEndian.AppendUint64(b, ^uint64(len(d.Text)))
		case "shortest":
			b = binary.BigEndian.AppendUint64(b, uint64(len(d.Text)))
		case "newest", "oldest":
			b = appendDate(b, d.Date, key == "newest")
		case "id":
			b = appendID(b, d.ID)
		default: // NewPriority has let nothing else through
			name, _ := signalOf(key)
			value, ok := d.Signals[name]
			b = appendSignal(b, value, ok, key[0] != '-')
		}
	}
	return b
}

// decided calls has with the place of every key for which the document that a Key was made of has a value.
func (p Priority) decided(key []byte, has func(i int)) error {
	for i, name := range p.keys {
		width := 8
		switch name {
		case "source":
			width = 4
		case "newest", "oldest":
			width = 12
		case "id":
			width = lengthOfID(key)
		}
		if width > len(key) {
			return fmt.Errorf("a priority of %d bytes ends within %s", len(key), name)
		}
		if slices.ContainsFunc(key[:width], func(b byte) bool { return b != 0xff }) {
			has(i)
		}
		key = key[width:]
	}
	return nil
}

// lengthOfID is the length of what appendID appended, more than there is where it is not whole.
func lengthOfID(key []byte) int {
	for i := 0; i+1 < len(key); i++ {
		switch {
		case key[i] != 0:
		case key[i+1] == 0:
			return i + 2
		case key[i+1] == 1:
			return i + 2 + 16
		default:
			i++
		}
	}
	return len(key) + 1
}

// appendSignal appends eight bytes that order as the values do, or the other way round; the last are those of no value.
func appendSignal(b []byte, value float64, ok, largestFirst bool) []byte {
	if !ok || math.IsNaN(value) {
		return binary.BigEndian.AppendUint64(b, math.MaxUint64)
	}
	if value == 0 {
		value = 0 // -0 too
	}
	bits := math.Float64bits(value)
	if bits>>63 != 0 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	if largestFirst {
		bits = ^bits
	}
	return binary.BigEndian.AppendUint64(b, bits) // not MaxUint64, which only a NaN would give
}

// appendDate appends twelve bytes: seconds and nanoseconds.
func appendDate(b []byte, date string, latestFirst bool) []byte {
	t, ok := parseDate(date)
	seconds, nanoseconds := uint64(t.Unix())^1<<63, uint32(t.Nanosecond())
	switch {
	case !ok:
		seconds, nanoseconds = math.MaxUint64, math.MaxUint32
	case latestFirst:
		seconds, nanoseconds = ^seconds, ^nanoseconds
	}
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(b, seconds), nanoseconds)
}

// parseDate reads RFC 3339 and the prefixes of it that end with a whole part.
func parseDate(date string) (time.Time, bool) {
	const layout = "2006-01-02T15:04:05"
	switch n := len(date); n {
	case 4, 7, 10, 13, 16, 19:
		t, err := time.Parse(layout[:n], date)
		return t, err == nil
	}
	t, err := time.Parse(time.RFC3339, date) // takes fractions of a second too
	return t, err == nil
}

// appendID appends the id, closed so that what follows does not change the order of ids.
func appendID(b []byte, id string) []byte {
	head := id[:min(len(id), maxIDBytes)]
	for i := range len(head) {
		if b = append(b, head[i]); head[i] == 0 {
			b = append(b, 0xff)
		}
	}
	if len(id) <= maxIDBytes {
		return append(b, 0, 0)
	}
	sum := sha256.Sum256([]byte(id))
	return append(append(b, 0, 1), sum[:16]...)
}
