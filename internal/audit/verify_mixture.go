package audit

import (
	"fmt"
	"reflect"

	"corpus"
	"corpus/internal/manifest"
	"corpus/shard"
)

// source is what was counted of the present document's source.
func (w *shardWalk) source() *mixtureFound {
	name := ""
	if place := w.v.place(w.ref.Unit()); place >= 0 && place < len(w.v.plan.Units) {
		name = w.v.plan.Units[place].Source
	}
	s := w.sources[name]
	if s == nil {
		s = &mixtureFound{}
		w.sources[name] = s
	}
	return s
}

// count counts a stretch.
func (w *shardWalk) count(row shard.DocumentRow) {
	w.lengths[row.Split] += row.Length
	if row.Split == shard.Validation {
		if row.DocumentToken == 0 {
			w.found.ValDocuments++
		}
		return
	}
	s := w.source()
	s.tokens += row.Length
	documents := &w.found.TrainDocuments
	if row.Copy > 0 {
		documents = &w.found.RepeatedDocuments
		w.found.RepeatedTokens += row.Length
	}
	if row.DocumentToken > 0 {
		return
	}
	*documents++
	if row.Copy > 0 {
		s.repeated++
	} else {
		s.taken++
	}
}

// counts compares the manifest's numbers with what was counted.
func (w *shardWalk) counts() {
	says, found := w.v.m.Shards, w.found
	w.v.compare("shards.train_documents", says.TrainDocuments, found.TrainDocuments)
	w.v.compare("shards.val_documents", says.ValDocuments, found.ValDocuments)
	w.v.compare("shards.repeated_documents", says.RepeatedDocuments, found.RepeatedDocuments)
	w.v.compare("shards.repeated_tokens", says.RepeatedTokens, found.RepeatedTokens)
	w.v.compare("shards.left_out_documents", says.LeftOutDocuments, found.LeftOutDocuments)
	w.v.compare("shards.empty_documents", says.EmptyDocuments, found.EmptyDocuments)
	w.v.compare("shards.train_padding", says.TrainPadding, w.padding(shard.Train))
	w.v.compare("shards.val_padding", says.ValPadding, w.padding(shard.Validation))
	if says.SequenceLength > 0 {
		w.v.compare("shards.cut_documents", says.CutDocuments, found.CutDocuments)
	}
	for _, m := range says.Mixture {
		s := w.sources[m.Source]
		if s == nil {
			s = &mixtureFound{}
		}
		if got := (mixtureFound{m.GotTokens, m.Taken, m.Repeated, m.LeftOut}); got != *s {
			w.v.add(manifest.Name, "shards.mixture: %s has %d tokens of %d documents, %d copies, %d left out; found %d, %d, %d, %d", m.Source,
				got.tokens, got.taken, got.repeated, got.leftOut, s.tokens, s.taken, s.repeated, s.leftOut)
		}
	}
}

// padding is what the shards of a split have beside documents.
func (w *shardWalk) padding(split string) int64 {
	if set := w.sets[split]; set != nil {
		return set.Tokens() - w.lengths[split]
	}
	return 0
}

// mixture plans the mixture again, from the config and from what the encode phase found, and compares it with the manifest.
func (w *shardWalk) mixture() error {
	c := w.v.config
	if w.v.damaged {
		return nil // what the encode records say is not known
	}
	opts := c.Shards.Options
	opts.Seed = c.Seed
	w.training = opts.ForTraining
	if !c.Shards.Mixture.Enabled() {
		if len(w.v.m.Shards.Mixture) > 0 {
			w.v.add(manifest.Name, "shards.mixture has sources, but the config has no mixture")
		}
		return nil
	}
	var found []shard.SourceTokens
	places := map[string]int{}
	for i, s := range c.Sources {
		places[s.Name] = i
		found = append(found, shard.SourceTokens{Source: s.Name})
	}
	marks := int64(0)
	for _, id := range []int64{w.eos, w.bos} {
		if id >= 0 {
			marks++
		}
	}
	for i, u := range w.v.plan.Units {
		at, ok := places[u.Source]
		if !ok || i >= len(w.v.train) {
			return fmt.Errorf("the plan has a unit of source %q, which the config does not name", u.Source)
		}
		found[at].Documents += w.v.train[i].Documents
		found[at].Tokens += w.v.train[i].Tokens + marks*w.v.train[i].Documents
	}
	m, err := shard.PlanMixture(c.Shards.Mixture, found)
	if err != nil {
		return err
	}
	w.copies = m.Copies(c.Seed, func(unit int) int {
		if place := w.v.place(unit); place >= 0 && place < len(w.v.plan.Units) {
			return places[w.v.plan.Units[place].Source]
		}
		return 0
	})
	var says []shard.MixtureShare
	for _, s := range w.v.m.Shards.Mixture {
		says = append(says, shard.MixtureShare{Source: s.Source, Documents: s.Documents, Found: s.FoundTokens, Wanted: s.WantedTokens, Planned: s.PlannedTokens, Epochs: s.Epochs, Capped: s.Capped})
	}
	if !reflect.DeepEqual(says, m.Shares) {
		w.v.add(manifest.Name, "shards.mixture is not what the config and the encode records give")
	}
	return nil
}

// leftOut reads from the table of documents which ones the mixture left out, so that their texts are not looked for in the shards.
func (v *verifier) leftOut() {
	for row, err := range shard.DocumentRows(v.path(documentsFile)) {
		if err == nil {
			err = v.ctx.Err()
		}
		if err != nil {
			v.check(documentsFile, err)
			return
		}
		place := v.place(int(row.Unit))
		if row.LeftOut != shard.LeftOutMixture || place < 0 || place >= len(v.units) || !v.among(row.Ref()) {
			continue
		}
		v.units[place].leftOut.add(int64(row.Index))
	}
}

// among says whether a document may be one of its unit, by the documents that curate let through: a number far beyond them must not make a set grow.
func (v *verifier) among(ref corpus.Ref) bool {
	listed, ok := v.listed[manifest.LedgerPath(ref.Unit())]
	return ok && int64(ref.Index()) < 8*listed.Bytes
}
