package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"

	"corpus/internal/build"
	"corpus/internal/manifest"
)

// readPlan reads the plan and compares it with what the manifest repeats of it.
func (v *verifier) readPlan() {
	file, ok := v.listed[planFile]
	if !ok {
		v.add(manifest.Name, "outputs: %s is not listed, but every build has it", planFile)
		return
	}
	plan, err := build.ReadPlan(v.dir)
	if err != nil {
		v.check(planFile, err)
		return
	}
	v.plan, v.id = plan, file.SHA256 // the plan's digest is that of its file
	if plan.Tool != v.m.Tool {
		v.add(manifest.Name, "tool is %v, the plan was made by %v", v.m.Tool, plan.Tool)
	}
	if !sameJSON(plan.Config, v.m.Config) {
		v.add(manifest.Name, "config is not that of the plan")
	}
	if !reflect.DeepEqual(plan.Models, v.m.Models) {
		v.add(manifest.Name, "models are not those of the plan")
	}
	if !slices.Equal(plan.Files, v.m.ConfigFiles) {
		v.add(manifest.Name, "config_files are not those of the plan")
	}
	v.declared()
	if !slices.Equal(plan.LeftOut, v.m.LeftOut) {
		v.add(manifest.Name, "left_out is not that of the plan")
	}
	v.earlierBuilds()
	if !v.over() {
		v.pieces()
	}
}

// pieces compares the inputs with the pieces of the plan's units.
func (v *verifier) pieces() {
	planned := 0
	for _, u := range v.plan.Units {
		planned += len(u.Pieces)
	}
	if planned != len(v.m.Inputs) {
		v.add(manifest.Name, "has %d inputs, the plan %d", len(v.m.Inputs), planned)
		return
	}
	n := 0
	for i, u := range v.plan.Units {
		unit := v.plan.FirstUnit + i
		for _, p := range u.Pieces {
			in := v.m.Inputs[n]
			if p.Path != in.Path || p.Offset() != in.Offset || p.Length() != in.Bytes || u.Source != in.Source || unit != in.Unit {
				v.add(manifest.Name, "input %d is %s of %s, %d bytes from %d, unit %d; the plan has %s of %s, %d bytes from %d, unit %d",
					n, in.Path, in.Source, in.Bytes, in.Offset, in.Unit, p.Path, u.Source, p.Length(), p.Offset(), unit)
				return
			}
			n++
		}
	}
}

// declared compares what the manifest takes from the config word for word. Of the config only these keys
// are read, so that one of another version of the program is understood too.
func (v *verifier) declared() {
	var c struct {
		Seed      uint64            `json:"seed"`
		Corpus    manifest.Declared `json:"corpus"`
		Sources   []manifest.Source `json:"sources"`
		Tokenizer struct {
			Path string `json:"path"`
		} `json:"tokenizer"`
	}
	if err := json.Unmarshal(v.plan.Config, &c); err != nil {
		v.check(planFile, err)
		return
	}
	switch {
	case c.Seed != v.m.Seed:
		v.add(manifest.Name, "seed is %d, the plan's config has %d", v.m.Seed, c.Seed)
	case c.Corpus != v.m.Declared:
		v.add(manifest.Name, "declared is not what the plan's config declares")
	case v.m.Tokenizer.Trained != (c.Tokenizer.Path == ""):
		v.add(manifest.Name, "tokenizer.trained is %t, the plan's config has the path %q", v.m.Tokenizer.Trained, c.Tokenizer.Path)
	case !slices.Equal(c.Sources, v.m.Sources):
		v.add(manifest.Name, "sources are not those of the plan's config")
	}
}

// sameJSON compares two JSON values up to white space between their tokens.
func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
