package audit

import (
	"corpus/internal/manifest"
	"corpus/shard"
	"corpus/tokenize"
)

// shards checks the shards by themselves, then the manifest's numbers, then the shards against the documents.
func (v *verifier) shards() {
	v.shardAccounts()
	if !v.damaged {
		v.compareClusters()
		v.compareLanguages()
		v.compare("shards.empty_documents", v.m.Shards.EmptyDocuments, v.empty)
	}
	if v.model == nil || v.config == nil {
		return // which was reported
	}
	v.compareTokenizer(v.model)
	if v.ctx.Err() != nil {
		return
	}
	if err := shard.Verify(v.ctx, v.path("shards")); err != nil {
		v.check("shards", err)
		return
	}
	w, err := v.openShards(v.model)
	if err != nil {
		v.check("shards", err)
		return
	}
	defer w.close()
	w.splits()
	if err := w.mixture(); err != nil {
		v.check(planFile, err)
		return
	}
	w.walk()
}

// shardAccounts compares the manifest's numbers with each other.
func (v *verifier) shardAccounts() {
	s, t, out := v.m.Shards, v.m.Tokenizer, v.m.Stages[len(v.m.Stages)-1].Out
	v.compare("documents of the last stage", out.Documents, s.Documents+s.EmptyDocuments+s.LeftOutDocuments)
	v.compare("shards.documents", s.Documents, s.TrainDocuments+s.ValDocuments)
	v.compare("tokenizer.text_bytes", t.TextBytes, out.Bytes)
	var sum manifest.TextTokens
	for _, n := range t.Languages {
		sum.Documents += n.Documents
		sum.Bytes += n.Bytes
		sum.Tokens += n.Tokens
	}
	v.compare("sum of documents over tokenizer.languages", sum.Documents, out.Documents)
	v.compare("sum of bytes over tokenizer.languages", sum.Bytes, t.TextBytes)
	v.compare("sum of tokens over tokenizer.languages", sum.Tokens, t.Tokens)
	if s.LeftOutDocuments == 0 {
		v.compare("tokens of both splits, without padding and repeats", s.FirstCopies(), t.Tokens+s.Marks())
	}
}

// marks are the ids of the tokens that begin and end documents by the config and the tokenizer; -1: none.
func (v *verifier) marks() (begin, end int64) {
	begin, end = -1, -1
	if v.config.Shards.AddBOS {
		begin = tokenOr(v.model.BOS())
	}
	if v.config.Shards.AddEOS {
		end = tokenOr(v.model.EOS())
	}
	return begin, end
}

// compareLanguages compares the text by language with what the encode records and the documents have.
func (v *verifier) compareLanguages() {
	for _, lang := range keysOf(v.m.Tokenizer.Languages, v.languages) {
		if says, sum := v.m.Tokenizer.Languages[lang], v.languages[lang]; says != sum {
			v.add(manifest.Name, "tokenizer.languages: %q has %d documents, %d bytes, %d tokens; the commit records have %d, %d, %d",
				lang, says.Documents, says.Bytes, says.Tokens, sum.Documents, sum.Bytes, sum.Tokens)
		}
	}
	for _, lang := range keysOf(v.languages, v.found) {
		if sum, found := v.languages[lang], v.found[lang]; sum.Documents != found.Documents || sum.Bytes != found.Bytes {
			v.add("state/encode", "language %q has %d documents, %d bytes; documents/ has %d, %d", lang, sum.Documents, sum.Bytes, found.Documents, found.Bytes)
		}
	}
}

// compareTokenizer compares what the manifest says of the tokenizer with its files.
func (v *verifier) compareTokenizer(model *tokenize.Model) {
	v.compare("tokenizer.vocab_size", int64(v.m.Tokenizer.VocabSize), int64(model.VocabSize()))
	v.compare("tokenizer.merges", int64(v.m.Tokenizer.Merges), int64(model.Merges()))
	if says, found := v.m.Tokenizer.Pattern, model.Pattern().Name; says != found {
		v.add(manifest.Name, "tokenizer.pattern is %q, found %q", says, found)
	}
	begin, end := v.marks()
	v.compare("shards.begin_of_document", v.m.Shards.BeginOfDocument, begin)
	v.compare("shards.end_of_document", v.m.Shards.EndOfDocument, end)
	v.compare("shards.token_bytes", int64(v.m.Shards.TokenBytes), int64(shard.TokenBytes(model.VocabSize())))
}
