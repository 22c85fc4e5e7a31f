package build

import (
	"context"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/manifest"

	"github.com/google/go-cmp/cmp"
)

// judge is a stage with models; mute has none.
type judge struct {
	mute
	models []corpus.Model
}

func (j judge) Models() []corpus.Model { return j.models }

type mute string

func (m mute) Name() string                               { return string(m) }
func (mute) Process(context.Context, *corpus.Batch) error { return nil }

func TestModelsOfStages(t *testing.T) {
	stages := []corpus.Stage{mute("clean"), judge{"language", []corpus.Model{{Name: "a"}, {Name: "b"}}}, judge{"toxicity", []corpus.Model{{Name: "a"}}}}
	want := []manifest.Model{
		{Stage: "language", Model: corpus.Model{Name: "a"}}, {Stage: "language", Model: corpus.Model{Name: "b"}},
		{Stage: "toxicity", Model: corpus.Model{Name: "a"}},
	}
	if diff := cmp.Diff(want, modelsOf(stages)); diff != "" {
		t.Error(diff)
	}
}

// A folder that was begun with another model must not be gone on with: its documents were judged otherwise.
func TestAnotherModel(t *testing.T) {
	model := func(digest string) manifest.Model {
		return manifest.Model{Stage: "language", Model: corpus.Model{Name: "langid", Digest: digest, Metrics: []corpus.Metric{{Name: "auc"}}}}
	}
	for _, c := range []struct {
		name     string
		old, now []manifest.Model
		want     string // in the error; "" for none
	}{
		{"the same", []manifest.Model{model("1")}, []manifest.Model{model("1")}, ""},
		{"another digest", []manifest.Model{model("1")}, []manifest.Model{model("2")}, "another model (language langid)"},
		{"one more", nil, []manifest.Model{model("1")}, "another model (language langid)"},
		{"one fewer", []manifest.Model{model("1")}, nil, "another model (language langid)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := func(models []manifest.Model) *Plan {
				p := &Plan{Format: planFormat, Config: []byte("{}"), Models: models}
				data, err := manifest.Marshal(p)
				if err != nil {
					t.Fatal(err)
				}
				p.id = digestOf(data)
				return p
			}
			err := plan(c.now).sameAs(plan(c.old), "out")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}
