package build

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"corpus"
	"corpus/dedup"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// editMethods are the dedup methods that take parts out of texts, in their order of application. They run behind the methods that drop whole
// documents, each over the documents and texts that the ones before it leave.
func editMethods() []string { return []string{"paragraph", "substring"} }

// A removal is what an edit method takes out of a document. Its ranges are in order and do not overlap; their offsets count the bytes of the text as it
// came to the method.
type removal struct {
	Ref    corpus.Ref
	Ranges []removedRange
	// Drop says that too little is left of the document, so that it goes as a whole.
	Drop bool
}

// A removedRange is Length bytes that go, and where the same bytes stand: in the partner's text as it came to the method.
type removedRange struct {
	Offset, Length int64
	Partner        corpus.Ref // noPartner where the method does not know it
	PartnerOffset  int64
}

// noPartner is the partner of a range that was found without one.
const noPartner = ^corpus.Ref(0)

// removalsPath is the run of a method's removals, in the order of Refs.
func removalsPath(method string) string { return workDir + "/dedup/" + method + ".run" }

// A removal is stored as one record or more, as no record may be larger than spill.MaxValue: docs/format/work.md.
//
//	key   = ref (8 bytes, big-endian) ‖ part (4 bytes, big-endian, from 0)
//	value = drop (1 byte: 0 or 1) ‖ for each range: offset, length, partner, partner offset (8 bytes each, little-endian)
const (
	removalKey   = 8 + 4
	removalHead  = 1
	rangeBytes   = 4 * 8
	rangesOfPart = 1 << 16
)

// addRemoval stores a removal.
func addRemoval(s *spill.Sorter, r removal) error {
	for part := 0; part == 0 || len(r.Ranges) > 0; part++ {
		n := min(len(r.Ranges), rangesOfPart)
		key := binary.BigEndian.AppendUint32(refKey(r.Ref), uint32(part))
		value := make([]byte, removalHead, removalHead+n*rangeBytes)
		if r.Drop {
			value[0] = 1
		}
		for _, x := range r.Ranges[:n] {
			for _, v := range []uint64{uint64(x.Offset), uint64(x.Length), uint64(x.Partner), uint64(x.PartnerOffset)} {
				value = binary.LittleEndian.AppendUint64(value, v)
			}
		}
		if err := s.Add(key, value); err != nil {
			return err
		}
		r.Ranges = r.Ranges[n:]
	}
	return nil
}

// removals yields the removals of a run for documents from … up to but not to, in order. They belong to the receiver.
func removals(run *spill.Run, from, to corpus.Ref) iter.Seq2[removal, error] {
	return func(yield func(removal, error) bool) {
		var r removal
		parts := 0
		for record, err := range run.Records(refKey(from), refKey(to)) {
			ref, part := corpus.Ref(0), 0
			if err == nil {
				ref, part, err = removalPlace(record)
			}
			if err == nil && (part != 0 && (part != parts || ref != r.Ref)) {
				err = fmt.Errorf("removal %d: part %d stands where part %d should", ref, part, parts)
			}
			if err != nil {
				yield(removal{}, err)
				return
			}
			if part == 0 {
				if parts > 0 && !yield(r, nil) {
					return
				}
				r, parts = removal{Ref: ref}, 0
			}
			r.add(record.Value)
			parts++
		}
		if parts > 0 {
			yield(r, nil)
		}
	}
}

// removalPlace reads a record's key and looks at the form of its value.
func removalPlace(r spill.Record) (ref corpus.Ref, part int, err error) {
	if len(r.Key) != removalKey || len(r.Value) < removalHead || (len(r.Value)-removalHead)%rangeBytes != 0 || r.Value[0] > 1 {
		return 0, 0, errors.New("bad removal record")
	}
	return corpus.Ref(binary.BigEndian.Uint64(r.Key)), int(binary.BigEndian.Uint32(r.Key[8:])), nil
}

func (r *removal) add(value []byte) {
	r.Drop = value[0] == 1
	value = value[removalHead:]
	r.Ranges = slices.Grow(r.Ranges, len(value)/rangeBytes)
	for ; len(value) > 0; value = value[rangeBytes:] {
		r.Ranges = append(r.Ranges, removedRange{
			Offset: int64(binary.LittleEndian.Uint64(value)), Length: int64(binary.LittleEndian.Uint64(value[8:])),
			Partner: corpus.Ref(binary.LittleEndian.Uint64(value[16:])), PartnerOffset: int64(binary.LittleEndian.Uint64(value[24:])),
		})
	}
}

// check says what is wrong with the ranges for a text of so many bytes.
func (r removal) check(size int64) error {
	at := int64(0)
	for _, x := range r.Ranges {
		if x.Offset < at || x.Length <= 0 || x.Length > size-x.Offset {
			return fmt.Errorf("document %s: %d bytes at %d are no part of a text of %d, or not behind byte %d",
				manifest.DuplicateRef(r.Ref), x.Length, x.Offset, size, at)
		}
		at = x.Offset + x.Length
	}
	return nil
}

// apply returns the text without the ranges, and the edits that say so.
func (r removal) apply(method, text string) (left string, edits []corpus.Edit, err error) {
	if err := r.check(int64(len(text))); err != nil {
		return "", nil, err
	}
	for _, x := range r.Ranges {
		edits = append(edits, corpus.Edit{Stage: method, Type: EditRepeat, Offset: x.Offset, Length: x.Length})
	}
	left = dedup.Without(text, len(r.Ranges), func(i int) (offset, length int64) { return r.Ranges[i].Offset, r.Ranges[i].Length })
	return left, edits, nil
}

// EditRepeat is the type of an edit that removes what stands elsewhere too.
const EditRepeat = "repeat"
