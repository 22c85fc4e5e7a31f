package build

import (
	"fmt"

	"corpus"
	"corpus/internal/manifest"
)

// limited says whether a source has a limit of records, so that the build has a stage limit.
func (b *build) limited() bool {
	for _, s := range b.Config.Sources {
		if s.Limits.Records > 0 {
			return true
		}
	}
	return false
}

// quotas says how many of each unit's curated documents stay within the limits of the sources: the first ones in the order
// of the input. It is nil where no source has a limit. Curate is over, so that the numbers do not depend on who read what first.
func (b *build) quotas() ([]int64, error) {
	if !b.limited() {
		return nil, nil
	}
	left := map[string]int64{}
	for _, s := range b.Config.Sources {
		left[s.Name] = s.Limits.Records
		if s.Limits.Records == 0 {
			left[s.Name] = 1<<63 - 1
		}
	}
	quotas := make([]int64, b.plan.FirstUnit+len(b.plan.Units))
	for i := range b.plan.FirstUnit {
		quotas[i] = 1<<63 - 1 // an earlier build has left out what was over its limits
	}
	for _, u := range b.plan.Units {
		i := u.index
		c, err := b.mustCommit("curate", i)
		if err != nil {
			return nil, err
		}
		if len(c.Stages) == 0 {
			return nil, fmt.Errorf("%s has no accounts", manifest.CommitPath("curate", i))
		}
		quotas[i] = min(left[u.Source], c.Stages[len(c.Stages)-1].Out.Documents)
		left[u.Source] -= quotas[i]
	}
	return quotas, nil
}

// within reports whether a document is not over its unit's quota.
func within(quotas []int64) func(corpus.Ref) bool {
	return func(ref corpus.Ref) bool { return ref.Unit() < len(quotas) && int64(ref.Index()) < quotas[ref.Unit()] }
}
