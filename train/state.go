package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"reflect"
	"sort"
	"strings"

	"corpus"
)

// state is what a checkpoint says beside its tensors.
type state struct {
	Step int `json:"step"` // steps done
	// Steps is the planned length of the run; the learning rate follows it.
	Steps  int   `json:"steps"`
	Tokens int64 `json:"tokens"` // tokens trained on
	// Windows is the position in the endless sequence of shuffled epochs. With the seed it is
	// all there is to the random state: draws are computed from counters.
	Windows int64    `json:"windows"`
	Loss    *float64 `json:"loss,omitempty"` // of the last step
	ValLoss *float64 `json:"val_loss,omitempty"`
	Options Options  `json:"options"` // with the presets filled in
	Vocab   int      `json:"vocab"`
	EOS     *uint32  `json:"eos,omitempty"` // id of the token that ends a document
	// Data tells the training split from others: its tokens and digest.
	Data struct {
		Tokens int64  `json:"tokens"`
		Digest string `json:"digest"`
	} `json:"data"`
	Files map[string]fileSum `json:"files"`
}

// fileSum is the size of a file in bytes and the CRC-32C of what is in it.
type fileSum struct {
	Bytes int64  `json:"bytes"`
	CRC   string `json:"crc32c"`
}

const (
	stateFormat  = "corpus checkpoint"
	stateVersion = 1
)

// stateFile is the file state.json.
type stateFile struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	CRC     string          `json:"crc32c"` // of State without white space
	State   json.RawMessage `json:"state"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) string { return fmt.Sprintf("%08x", crc32.Checksum(b, castagnoli)) }

func (s *state) encode() ([]byte, error) {
	inner, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(stateFile{Format: stateFormat, Version: stateVersion, CRC: checksum(inner), State: inner}, "", "  ")
	return append(text, '\n'), err
}

func decodeState(text []byte) (*state, error) {
	var f stateFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	if f.Format != stateFormat {
		return nil, fmt.Errorf("format is %q, want %q", f.Format, stateFormat)
	}
	if f.Version != stateVersion {
		return nil, fmt.Errorf("unknown checkpoint version %d: this program reads version %d", f.Version, stateVersion)
	}
	var inner bytes.Buffer
	if err := json.Compact(&inner, f.State); err != nil {
		return nil, err
	}
	if got := checksum(inner.Bytes()); got != f.CRC {
		return nil, fmt.Errorf("checksum is %s, the state has %s", f.CRC, got)
	}
	s := &state{}
	if err := json.Unmarshal(f.State, s); err != nil {
		return nil, err
	}
	return s, s.check()
}

// check refuses what would lead the reader astray.
func (s *state) check() error {
	if s.Step < 0 || s.Tokens < 0 || s.Windows < 0 || s.Vocab < 1 || s.Vocab > 1<<31 {
		return errors.New("negative counts or no vocabulary")
	}
	resolved, err := s.Options.resolve()
	if err != nil {
		return err
	}
	if resolved != s.Options {
		return errors.New("the options leave something to a preset")
	}
	return nil
}

func readState(path string) (*state, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s, err := decodeState(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// mayChange says which options may change when a run goes on: its length, where things lie, what
// computes, how often it is saved, and the name of a preset whose numbers are compared instead.
// None of them but the length changes what a step does.
func mayChange(key string) bool {
	switch key {
	case "shards", "out", "steps", "tokens", "epochs", "save_every", "keep_checkpoints", "threads", "device", "model.size":
		return true
	}
	return false
}

// checkResume compares the options of a run with those of the checkpoint that it would go on from.
func (s *state) checkResume(o Options) error {
	old, now := flatten(reflect.ValueOf(s.Options), ""), flatten(reflect.ValueOf(o), "")
	keys := make([]string, 0, len(now))
	for key := range now {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if !mayChange(key) && old[key] != now[key] {
			return corpus.BadOption(key, "is %s, but the run in %s was started with %s: take that, or another run folder", now[key], o.Out, old[key])
		}
	}
	return nil
}

// flatten lists options by their YAML keys, nested ones dotted.
func flatten(v reflect.Value, prefix string) map[string]string {
	all := map[string]string{}
	for i := range v.NumField() {
		key := prefix + strings.Split(v.Type().Field(i).Tag.Get("yaml"), ",")[0]
		if v.Field(i).Kind() == reflect.Struct {
			for k, value := range flatten(v.Field(i), key+".") {
				all[k] = value
			}
			continue
		}
		all[key] = fmt.Sprint(v.Field(i).Interface())
	}
	return all
}
