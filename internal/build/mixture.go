package build

import (
	"encoding/json"
	"fmt"

	"corpus/internal/manifest"
	"corpus/shard"
)

// readEncoded reads what the encode phase found in a unit. Its outputs may be gone: they are no longer needed once there are shards.
func (b *build) readEncoded(unit int) (one encoded, err error) {
	path := manifest.CommitPath("encode", unit)
	c, err := manifest.ReadCommit(b.Dir, "encode", unit)
	if err != nil {
		return one, err
	}
	if c == nil {
		return one, fmt.Errorf("%s is missing", path)
	}
	if err := json.Unmarshal(c.Result, &one); err != nil {
		return one, fmt.Errorf("%s: %w", path, err)
	}
	return one, nil
}

// sourcePlaces are the places of the sources in the config, by name.
func (b *build) sourcePlaces() map[string]int {
	places := map[string]int{}
	for i, s := range b.Config.Sources {
		places[s.Name] = i
	}
	return places
}

// unitSource is the place of a unit's source in the config. A unit has one source.
func (b *build) unitSource() func(unit int) int {
	places := b.sourcePlaces()
	return func(unit int) int { return places[b.planned(unit).Source] }
}

// planMixture says how often the documents of each source are taken, once all are encoded; nil without a mixture.
func (b *build) planMixture(opts shard.Options) (*shard.Mixture, error) {
	if !b.Config.Shards.Mixture.Enabled() {
		return nil, nil
	}
	var found []shard.SourceTokens
	for _, s := range b.Config.Sources {
		found = append(found, shard.SourceTokens{Source: s.Name})
	}
	marks := markTokens(opts)
	source := b.unitSource()
	for _, u := range b.plan.Numbers() {
		one, err := b.readEncoded(u)
		if err != nil {
			return nil, err
		}
		sum := &found[source(u)]
		sum.Documents += one.Train.Documents
		sum.Tokens += one.Train.Tokens + marks*one.Train.Documents
	}
	m, err := shard.PlanMixture(b.Config.Shards.Mixture, found)
	return &m, err
}

// markTokens is how many tokens begin and end a document.
func markTokens(opts shard.Options) (n int64) {
	if opts.BOS != shard.NoToken {
		n++
	}
	if opts.EOS != shard.NoToken {
		n++
	}
	return n
}

// mixtureSources sets what was planned beside what there is.
func (b *build) mixtureSources(m *shard.Mixture, units []shard.UnitCounts) []manifest.MixtureSource {
	list := []manifest.MixtureSource{}
	if m == nil {
		return list
	}
	for _, s := range m.Shares {
		list = append(list, manifest.MixtureSource{
			Source: s.Source, Documents: s.Documents, FoundTokens: s.Found, WantedTokens: s.Wanted, PlannedTokens: s.Planned, Epochs: s.Epochs, Capped: s.Capped,
		})
	}
	source := b.unitSource()
	for _, u := range units {
		s := &list[source(u.Unit)]
		s.GotTokens += u.TrainTokens + u.RepeatedTokens
		s.Taken += u.TrainDocuments
		s.Repeated += u.RepeatedDocuments
		s.LeftOut += u.LeftOut
	}
	return list
}

// logMixture says on one line for each source what was wanted and what there is. That a source is capped, or that nothing is there of it, is a warning.
func (b *build) logMixture(list []manifest.MixtureSource) {
	var got, wanted int64
	for _, s := range list {
		got, wanted = got+s.GotTokens, wanted+s.WantedTokens
	}
	for _, s := range list {
		line := b.Log.Info
		if s.Capped || s.GotTokens == 0 {
			line = b.Log.Warn
		}
		line("mixture", "source", s.Source, "wanted", percent(s.WantedTokens, wanted), "got", percent(s.GotTokens, got), "tokens", s.GotTokens,
			"epochs", fmt.Sprintf("%.2f", s.Epochs), "capped", s.Capped)
	}
}

func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}
