package build

import (
	"bytes"
	"iter"

	"corpus/internal/spill"
)

// seeker reads a run at ascending keys. From one key it walks on to the next where that is near, and looks it up in the run's index where
// it is not, so that few keys cost few blocks and many keys one reading.
type seeker struct {
	run  *spill.Run
	near int // records walked before a key is looked up

	next   func() (spill.Record, error, bool)
	stop   func()
	record spill.Record
	some   bool // record is valid
	ended  bool
}

func newSeeker(run *spill.Run, near int) *seeker {
	return &seeker{run: run, near: near, stop: func() {}}
}

// at returns the first record whose key is not smaller than key, valid until the next call; false where there is none.
func (s *seeker) at(key []byte) (spill.Record, bool, error) {
	for n := 0; ; n++ {
		if s.some && bytes.Compare(s.record.Key, key) >= 0 {
			return s.record, true, nil
		}
		if s.ended {
			return spill.Record{}, false, nil
		}
		if s.next == nil || n == s.near {
			s.stop()
			s.next, s.stop = iter.Pull2(s.run.Records(bytes.Clone(key), nil))
		}
		if err := s.advance(); err != nil {
			return spill.Record{}, false, err
		}
	}
}

// advance goes on to the next record.
func (s *seeker) advance() error {
	record, err, ok := s.next()
	s.record, s.some, s.ended = record, ok && err == nil, !ok
	return err
}

// each calls use for all records whose keys begin with prefix. Prefixes must ascend, and none begin with another.
func (s *seeker) each(prefix []byte, use func(spill.Record) error) error {
	r, ok, err := s.at(prefix)
	for ; err == nil && ok && bytes.HasPrefix(r.Key, prefix); r, ok = s.record, s.some {
		if err := use(r); err != nil {
			return err
		}
		err = s.advance()
	}
	return err
}
