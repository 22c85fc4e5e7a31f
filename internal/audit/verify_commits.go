package audit

import (
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"corpus/dedup"
	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// commit reads a commit record and compares it with the plan and the manifest: nil when there was a problem with it.
func (v *verifier) commit(phase string, unit int, name string) *manifest.Commit {
	path := manifest.CommitPath(phase, unit)
	v.known[path] = true
	c, err := manifest.ReadCommit(v.dir, phase, unit)
	switch {
	case err != nil:
		v.check(path, err)
		return nil
	case c == nil:
		v.add(path, "is missing")
		return nil
	case c.Phase != phase || c.Unit != unit:
		v.add(path, "is the record of %s %d", c.Phase, c.Unit)
		return nil
	case c.Build != v.id:
		v.add(path, "belongs to another build: its plan is %.12s…, this one's %.12s…", c.Build, v.id)
		return nil
	case name != "" && c.Name != name:
		v.add(path, "is of %s, the plan says %s", c.Name, name)
		return nil
	}
	for _, out := range c.Outputs {
		if strings.HasPrefix(out.Path, "work/") {
			continue // gone with the build
		}
		v.known[out.Path] = true
		if want, ok := v.listed[out.Path]; !ok {
			v.add(path, "wrote %s, which the manifest does not list", out.Path)
			return nil
		} else if want != out {
			v.add(path, "wrote another %s than the manifest lists", out.Path)
			return nil
		}
	}
	return c
}

// unitAccounts checks the commit records of a unit and returns its conservation accounts, and which of them
// come behind curate; nil when there was a problem.
func (v *verifier) unitAccounts(unit int) (counts []engine.Counts, methods []string) {
	name := v.planned(unit).Name()
	var files []manifest.File
	for range v.planned(unit).Pieces { // which are the inputs that the manifest lists
		files = append(files, v.m.Inputs[v.inputsRead].File)
		v.inputsRead++
	}
	curate, final := v.commit("curate", unit, name), v.commit("dedup", unit, name)
	v.encoded(v.commit("encode", unit, name))
	if curate == nil || final == nil {
		return nil, nil
	}
	if !slices.Equal(curate.Inputs, files) {
		v.add(manifest.CommitPath("curate", unit), "read another input than the manifest lists")
	}
	v.seam(unit, curate)
	counts = append(curate.Stages, final.Stages...)
	if len(counts) == 0 {
		v.add(manifest.CommitPath("curate", unit), "has no accounts")
		return nil, nil
	}
	if err := engine.CheckChain(counts); err != nil {
		v.check(manifest.CommitPath("dedup", unit), err)
	}
	if !v.sums.add(counts) {
		v.add(manifest.CommitPath("dedup", unit), "has other stages, with curate's, than those of the units before")
		return nil, nil
	}
	for _, s := range final.Stages {
		methods = append(methods, s.Stage)
	}
	dedup := methods
	if len(methods) > 0 && methods[0] == manifest.StageLimit {
		dedup = methods[1:]
	}
	if unit == v.plan.FirstUnit && !slices.Equal(dedup, v.m.Dedup.Methods) {
		v.add(manifest.Name, "dedup.methods are %v, the commit records have %v", v.m.Dedup.Methods, dedup)
	}
	return counts, methods
}

// seam sees that a part of a file goes on where the part before it ended.
func (v *verifier) seam(unit int, c *manifest.Commit) {
	pieces := v.planned(unit).Pieces
	if len(pieces) != 1 || pieces[0].Part == nil {
		return
	}
	p := pieces[0].Part
	if p.From == 0 {
		v.at = ingest.Position{}
	}
	var result build.PartResult
	if !v.result(c, &result) {
		return
	}
	next, ok := result.Seam.Fits(ingest.Part{Layout: p.Layout, From: p.From, To: p.To}, v.at)
	if !ok {
		v.add(manifest.CommitPath(c.Phase, c.Unit), "its records begin at byte %d, those of the part before it end at %d", result.Seam.Start, v.at.Raw)
		next = ingest.Position{Raw: result.Seam.End, Decoded: v.at.Decoded + result.Seam.Decoded}
	}
	v.at = next
}

// trainTokens are the documents of a unit with tokens that are not set aside for validation.
type trainTokens struct {
	Documents int64 `json:"documents"`
	Tokens    int64 `json:"tokens"`
}

// encoded adds the text and tokens of a unit.
func (v *verifier) encoded(c *manifest.Commit) {
	var result struct {
		Languages map[string]manifest.TextTokens `json:"languages"`
		Train     trainTokens                    `json:"train"`
	}
	if c == nil || !v.result(c, &result) {
		v.damaged = true
		return
	}
	v.train[v.place(c.Unit)] = result.Train
	for lang, n := range result.Languages {
		sum := v.languages[lang]
		sum.Documents += n.Documents
		sum.Bytes += n.Bytes
		sum.Tokens += n.Tokens
		v.languages[lang] = sum
	}
}

// result decodes what a phase found and says whether it could.
func (v *verifier) result(c *manifest.Commit, into any) bool {
	err := json.Unmarshal(c.Result, into)
	v.check(manifest.CommitPath(c.Phase, c.Unit), err)
	return err == nil
}

// corpusRecords reads the commit records that belong to no unit, and names the files that no record knows.
func (v *verifier) corpusRecords() {
	var resolved struct {
		Stats   dedup.Stats              `json:"stats"`
		Earlier *manifest.EarlierChanges `json:"earlier"`
	}
	if c := v.commit("resolve", 0, ""); c != nil && v.result(c, &resolved) {
		v.compare("dedup.candidate_pairs", v.m.Dedup.CandidatePairs, resolved.Stats.CandidatePairs)
		v.compare("dedup.accepted_pairs", v.m.Dedup.AcceptedPairs, resolved.Stats.AcceptedPairs)
		if !reflect.DeepEqual(v.m.Dedup.Earlier, resolved.Earlier) {
			v.add(manifest.Name, "dedup.earlier is not that of the commit record")
		}
		v.comparePairs(c)
	}
	v.commit("tokenizer", 0, "")
	v.commit("pack", 0, "")
	for _, f := range v.m.Outputs { // the number of steps is the config's affair: as many as there are
		phase := path.Base(path.Dir(f.Path))
		n, err := strconv.Atoi(strings.TrimSuffix(path.Base(f.Path), ".json"))
		if err == nil && n >= 0 && f.Path == manifest.CommitPath(phase, n) && slices.Contains(build.StepPhases(), phase) {
			v.commit(phase, n, "")
		}
	}
	for _, f := range v.m.Outputs {
		if !v.known[f.Path] && !strings.HasPrefix(f.Path, sheetFolder+"/") {
			v.add(f.Path, "is in the manifest, but no commit record says that the build wrote it")
		}
	}
}

// accounts compares the manifest's accounts with the sums over the commit records.
func (v *verifier) accounts() {
	v.check(manifest.Name, engine.CheckChain(v.m.Stages))
	if v.damaged {
		return
	}
	if len(v.m.Stages) != len(v.sums) {
		v.add(manifest.Name, "has %d stages, the commit records %d", len(v.m.Stages), len(v.sums))
		return
	}
	for i, s := range v.m.Stages {
		if !sameCounts(s, v.sums[i]) {
			v.add(manifest.Name, "the account of stage %s is not the sum of the commit records'", s.Stage)
		}
	}
}

// sums adds up the accounts of units.
type sums []engine.Counts

// add says false, and adds nothing, when the stages are not those of the file before.
func (s *sums) add(counts []engine.Counts) bool {
	sameStage := func(a, b engine.Counts) bool { return a.Stage == b.Stage }
	if *s == nil {
		for _, c := range counts {
			*s = append(*s, engine.Counts{Stage: c.Stage})
		}
	}
	if !slices.EqualFunc(*s, counts, sameStage) {
		return false
	}
	for i, c := range counts {
		(*s)[i].Add(c)
	}
	return true
}

func sameCounts(a, b engine.Counts) bool {
	return a.Stage == b.Stage && a.In == b.In && a.Out == b.Out && a.Edited == b.Edited && maps.Equal(a.Dropped, b.Dropped)
}
