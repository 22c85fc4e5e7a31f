package build

import (
	"fmt"
	"slices"

	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// ruleTooShort is the rule by which an edit method drops a document of which it leaves too little.
const ruleTooShort = "too_short"

// dedupRule is the one rule by which a stage behind the filters drops.
func dedupRule(stage string) string {
	switch {
	case stage == manifest.StageLimit:
		return manifest.RuleRecords
	case stage == "minhash":
		return "near_duplicate"
	case slices.Contains(editMethods(), stage):
		return ruleTooShort
	}
	return "duplicate"
}

// dedupAccounts keeps the conservation accounts of the stages behind the filters for one unit: the limit, where a source has one, and the dedup methods.
type dedupAccounts struct {
	stages []engine.Counts
}

func newDedupAccounts(limited bool, methods []string) *dedupAccounts {
	a := &dedupAccounts{}
	if limited {
		a.stages = append(a.stages, engine.Counts{Stage: manifest.StageLimit, Dropped: map[string]engine.Count{}})
	}
	for _, m := range config.DedupMethods() {
		if slices.Contains(methods, m) {
			a.stages = append(a.stages, engine.Counts{Stage: m, Dropped: map[string]engine.Count{}})
		}
	}
	return a
}

// A remainder is how many bytes a method leaves of a text.
type remainder struct {
	method string
	bytes  int64
}

// count enters a document of so many bytes: what the methods leave of it, in order, and the stage that drops it, "" for none.
func (a *dedupAccounts) count(size int64, left []remainder, dropped string) error {
	for i := range a.stages {
		stage := &a.stages[i]
		c := engine.Counts{In: engine.Count{Documents: 1, Bytes: size}}
		if stage.Stage == dropped {
			c.Dropped = map[string]engine.Count{dedupRule(dropped): c.In}
			stage.Add(c)
			return nil
		}
		if len(left) > 0 && left[0].method == stage.Stage {
			c.Edited = size - left[0].bytes
			size, left = left[0].bytes, left[1:]
		}
		c.Out = engine.Count{Documents: 1, Bytes: size}
		stage.Add(c)
	}
	if dropped != "" {
		return fmt.Errorf("a document was dropped by %s, which is not configured", dropped)
	}
	if len(left) > 0 {
		return fmt.Errorf("a document was edited by %s, which is not configured", left[0].method)
	}
	return nil
}

func (a *dedupAccounts) counts() []engine.Counts { return a.stages }
