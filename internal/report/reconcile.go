package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"corpus/internal/engine"
)

// reconcile compares what was counted in the ledger with what the manifest says of the same things, so
// that no two statements of a datasheet can contradict each other.
func (c *counter) reconcile() error {
	first, last := c.m.Stages[0], c.m.Stages[len(c.m.Stages)-1]
	if err := agree("records of the ledger", c.records, "input of "+first.Stage, first.In); err != nil {
		return err
	}
	if err := agree("kept rows of the ledger", c.kept, "output of "+last.Stage, last.Out); err != nil {
		return err
	}
	if err := c.reconcileRules(); err != nil {
		return err
	}
	if err := c.reconcileLanguages(); err != nil {
		return err
	}
	if err := c.reconcileDuplicates(); err != nil {
		return err
	}
	if n := c.m.Shards.Documents + c.m.Shards.EmptyDocuments + c.m.Shards.LeftOutDocuments; n != c.kept.Documents {
		return fmt.Errorf("%d kept rows of the ledger, %d documents in the shards, without a token or left out by the mixture", c.kept.Documents, n)
	}
	return nil
}

// reconcileRules compares the drops, rule by rule, in both directions.
func (c *counter) reconcileRules() error {
	accounts := map[stageRule]engine.Count{}
	for _, s := range c.m.Stages {
		for rule, n := range s.Dropped {
			accounts[stageRule{s.Stage, rule}] = n
		}
	}
	keys := map[stageRule]bool{}
	for k := range accounts {
		keys[k] = true
	}
	for k := range c.dropped {
		keys[k] = true
	}
	for _, k := range slices.SortedFunc(maps.Keys(keys), stageRule.compare) {
		name := k.stage + "/" + k.rule
		if err := agree("ledger rows of "+name, c.dropped[k], "account of "+name, accounts[k]); err != nil {
			return err
		}
	}
	return nil
}

func (k stageRule) compare(o stageRule) int {
	return strings.Compare(k.stage+"/"+k.rule, o.stage+"/"+o.rule)
}

// reconcileLanguages compares the kept text with what was tokenised, language by language.
func (c *counter) reconcileLanguages() error {
	names := map[string]bool{}
	for name := range c.m.Tokenizer.Languages {
		names[name] = true
	}
	for name := range c.languages {
		names[name] = true
	}
	var tokens int64
	for _, name := range slices.Sorted(maps.Keys(names)) {
		t := c.m.Tokenizer.Languages[name]
		tokens += t.Tokens
		var kept engine.Count
		if l := c.languages[name]; l != nil {
			kept = l.Kept
		}
		tokenised := engine.Count{Documents: t.Documents, Bytes: t.Bytes}
		if err := agree(fmt.Sprintf("kept rows in language %q", name), kept, "tokenised text", tokenised); err != nil {
			return err
		}
	}
	if tokens != c.m.Tokenizer.Tokens {
		return fmt.Errorf("tokens by language: %d, tokens in all: %d", tokens, c.m.Tokenizer.Tokens)
	}
	return nil
}

func agree(what string, got engine.Count, other string, want engine.Count) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s: %d documents, %d bytes; %s: %d documents, %d bytes",
		what, got.Documents, got.Bytes, other, want.Documents, want.Bytes)
}
