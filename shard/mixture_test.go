package shard

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestPlanMixture(t *testing.T) {
	found := []SourceTokens{{"wiki", 10, 1000}, {"web", 100, 9000}, {"code", 5, 500}}
	type sources = map[string]MixtureSource
	for _, tc := range []struct {
		name string
		opts MixtureOptions
		want []MixtureShare // without source, documents, found
	}{
		{"weights keep the size", MixtureOptions{Sources: sources{"wiki": {Weight: 1}, "web": {Weight: 8}, "code": {Weight: 1}}, MaxEpochs: 4}, []MixtureShare{
			{Wanted: 1050, Planned: 1050, Epochs: 1.05}, {Wanted: 8400, Planned: 8400, Epochs: 8400. / 9000}, {Wanted: 1050, Planned: 1050, Epochs: 2.1},
		}},
		{"a capped source gives its rest to the others", MixtureOptions{Sources: sources{"wiki": {Weight: 1}, "web": {Weight: 1}, "code": {Weight: 1}}, MaxEpochs: 2}, []MixtureShare{
			{Wanted: 3500, Planned: 2000, Epochs: 2, Capped: true}, {Wanted: 3500, Planned: 7500, Epochs: 7500. / 9000}, {Wanted: 3500, Planned: 1000, Epochs: 2, Capped: true},
		}},
		{"a cap that follows from another", MixtureOptions{Sources: sources{"wiki": {Weight: 5}, "web": {Weight: 4}, "code": {Weight: 5}}, TotalTokens: 10_500, MaxEpochs: 1}, []MixtureShare{
			{Wanted: 3750, Planned: 1000, Epochs: 1, Capped: true}, {Wanted: 3000, Planned: 9000, Epochs: 1}, {Wanted: 3750, Planned: 500, Epochs: 1, Capped: true},
		}},
		{"all capped", MixtureOptions{Sources: sources{"wiki": {Weight: 1}, "web": {Weight: 1}, "code": {Weight: 1}}, TotalTokens: 1 << 40, MaxEpochs: 1.5}, []MixtureShare{
			{Wanted: 366503875925, Planned: 1500, Epochs: 1.5, Capped: true}, {Wanted: 366503875925, Planned: 13500, Epochs: 1.5, Capped: true}, {Wanted: 366503875925, Planned: 750, Epochs: 1.5, Capped: true},
		}},
		{"tokens", MixtureOptions{Sources: sources{"wiki": {Tokens: 2500}, "web": {Tokens: 900}, "code": {Tokens: 5000}}, MaxEpochs: 4}, []MixtureShare{
			{Wanted: 2500, Planned: 2500, Epochs: 2.5}, {Wanted: 900, Planned: 900, Epochs: 0.1}, {Wanted: 5000, Planned: 2000, Epochs: 4, Capped: true},
		}},
		{"tokens beside weights, and a total", MixtureOptions{Sources: sources{"wiki": {Tokens: 2000}, "web": {Weight: 2}, "code": {Weight: 1}}, TotalTokens: 5000, MaxEpochs: 4}, []MixtureShare{
			{Wanted: 2000, Planned: 2000, Epochs: 2}, {Wanted: 2000, Planned: 2000, Epochs: 2000. / 9000}, {Wanted: 1000, Planned: 1000, Epochs: 2},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := PlanMixture(tc.opts, found)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tc.want {
				tc.want[i].Source, tc.want[i].Documents, tc.want[i].Found = found[i].Source, found[i].Documents, found[i].Tokens
			}
			if diff := cmp.Diff(tc.want, m.Shares); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a source without tokens", func(t *testing.T) {
		opts := MixtureOptions{Sources: sources{"a": {Weight: 1}, "b": {Weight: 3}}, MaxEpochs: 4}
		m, err := PlanMixture(opts, []SourceTokens{{"a", 0, 0}, {"b", 1, 100}})
		if err != nil || m.Shares[0].Epochs != 1 || !m.Shares[0].Capped || m.Shares[1].Planned != 100 {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestMixtureOptions(t *testing.T) {
	type sources = map[string]MixtureSource
	for _, tc := range []struct {
		name string
		opts MixtureOptions
		key  string // of the error
		want string // in it
	}{
		{"none", DefaultMixtureOptions(), "", ""},
		{"negative weight", MixtureOptions{Sources: sources{"a": {Weight: -1}, "b": {Weight: 1}}, MaxEpochs: 4}, "sources.a.weight", "-1 is not above 0"},
		{"weight that is no number", MixtureOptions{Sources: sources{"a": {Weight: math.NaN()}, "b": {Weight: 1}}, MaxEpochs: 4}, "sources.a.weight", "NaN"},
		{"negative tokens", MixtureOptions{Sources: sources{"a": {Tokens: -1}, "b": {Weight: 1}}, MaxEpochs: 4}, "sources.a.tokens", "-1 is not 1"},
		{"both", MixtureOptions{Sources: sources{"a": {Weight: 1, Tokens: 1}, "b": {Weight: 1}}, MaxEpochs: 4}, "sources.a", "not both"},
		{"neither", MixtureOptions{Sources: sources{"a": {}, "b": {Weight: 1}}, MaxEpochs: 4}, "sources.a", "name a weight or tokens"},
		{"unknown", MixtureOptions{Sources: sources{"a": {Weight: 1}, "b": {Weight: 1}, "c": {Weight: 1}}, MaxEpochs: 4}, "sources.c", "there are a, b"},
		{"missing", MixtureOptions{Sources: sources{"a": {Weight: 1}}, MaxEpochs: 4}, "sources", "source b is missing"},
		{"no epochs", MixtureOptions{MaxEpochs: 0}, "max_epochs", "0 is not above 0"},
		{"negative total", MixtureOptions{TotalTokens: -5, MaxEpochs: 4}, "total_tokens", "-5"},
		{"total of nothing", MixtureOptions{TotalTokens: 5, MaxEpochs: 4}, "total_tokens", "without sources"},
		{"total beside tokens alone", MixtureOptions{Sources: sources{"a": {Tokens: 1}, "b": {Tokens: 1}}, TotalTokens: 5, MaxEpochs: 4}, "total_tokens", "every source names its tokens"},
		{"total below the tokens", MixtureOptions{Sources: sources{"a": {Tokens: 5}, "b": {Weight: 1}}, TotalTokens: 5, MaxEpochs: 4}, "total_tokens", "leaves nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := errors.Join(tc.opts.Validate(), tc.opts.ValidateSources([]string{"a", "b"}))
			var bad *corpus.OptionError
			switch {
			case tc.key == "" && err == nil:
			case !errors.As(err, &bad) || bad.Key != tc.key || !strings.Contains(err.Error(), tc.want):
				t.Errorf("got %v, want %q at %q", err, tc.want, tc.key)
			}
		})
	}
}

// A document is taken as often as its source's epochs say: all of them the whole number of times, a share of them once more.
func TestMixtureCopies(t *testing.T) {
	m := Mixture{Shares: []MixtureShare{{Epochs: 0.25}, {Epochs: 1}, {Epochs: 2.5}, {Epochs: 0}}}
	copies := m.Copies(7, func(unit int) int { return unit })
	for unit, share := range m.Shares {
		const n = 20_000
		sum := 0
		for i := range n {
			c := copies(corpus.MakeRef(unit, i))
			if whole := int(share.Epochs); c != whole && (c != whole+1 || share.Epochs == float64(whole)) {
				t.Fatalf("document %d of a source of %v epochs is taken %d times", i, share.Epochs, c)
			}
			sum += c
		}
		if got := float64(sum) / n; math.Abs(got-share.Epochs) > 0.015 {
			t.Errorf("a source of %v epochs is taken %v times", share.Epochs, got)
		}
	}
}
