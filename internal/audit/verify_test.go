package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// tampering is a change after which every digest fits again.
type tampering struct {
	name   string
	change func(f *folder)
	want   string // a part of what verify says, with the file
}

func runTampering(t *testing.T, dir string, cases []tampering) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := copyOf(t, dir)
			tc.change(f)
			if got := f.problems(VerifyOptions{}); !strings.Contains(got, tc.want) {
				t.Errorf("got:\n%swant: %s", got, tc.want)
			}
		})
	}
}

// lie is a tampering with corpus.json alone.
func lie(name, want string, edit func(m *manifest.Manifest)) tampering {
	return tampering{name, func(f *folder) { f.Helper(); f.manifest(edit) }, "corpus.json: " + want}
}

func TestVerifyFindsWhatTheManifestSaysWrongly(t *testing.T) {
	dir, _ := builtOfTwo(t)
	runTampering(t, dir, []tampering{
		lie("fewer documents in shards", "documents of the last stage is 38, found 37", func(m *manifest.Manifest) { m.Shards.Documents--; m.Shards.TrainDocuments-- }),
		lie("documents of one split", "shards.documents is 38, found 39", func(m *manifest.Manifest) { m.Shards.ValDocuments++ }),
		lie("documents move between splits", "shards.train_documents is ", func(m *manifest.Manifest) { m.Shards.TrainDocuments--; m.Shards.ValDocuments++ }),
		lie("a document without tokens", "shards.empty_documents is 1, found 0", func(m *manifest.Manifest) { m.Shards.EmptyDocuments++ }),
		lie("tokens of a split", "shards.train_tokens is ", func(m *manifest.Manifest) { m.Shards.TrainTokens++; m.Shards.ValTokens-- }),
		lie("tokens made", "tokens of both splits, without padding and repeats is ", func(m *manifest.Manifest) { m.Tokenizer.Tokens++ }),
		lie("end of document", "shards.end_of_document is -1, found ", func(m *manifest.Manifest) { m.Shards.EndOfDocument = -1 }),
		lie("beginning of document", "shards.begin_of_document is 0, found -1", func(m *manifest.Manifest) { m.Shards.BeginOfDocument = 0 }),
		lie("padding", "shards.train_padding is 5, found 0", func(m *manifest.Manifest) { m.Shards.TrainPadding += 5; m.Shards.ValTokens += 5 }),
		{"the id of padding", func(f *folder) { f.Helper(); f.manifest(func(m *manifest.Manifest) { m.Shards.Pad = 0 }) }, "shards: train has a vocabulary of 397 ids, beginning of document -1, end 0, padding -1; "},
		{"packing", func(f *folder) { f.Helper(); f.manifest(func(m *manifest.Manifest) { m.Shards.Packing = "best_fit" }) }, "shards: train has packing concat and sequences of 2048 tokens; the manifest says best_fit, 2048"},
		lie("sequences", "shards.train_sequences is 99, found ", func(m *manifest.Manifest) { m.Shards.TrainSequences = 99 }),
		lie("documents cut", "shards.cut_documents is ", func(m *manifest.Manifest) { m.Shards.CutDocuments++ }),
		lie("repeats", "shards.repeated_documents is 1, found 0", func(m *manifest.Manifest) { m.Shards.RepeatedDocuments++ }),
		lie("left out", "shards.left_out_documents is 1, found 0", func(m *manifest.Manifest) { m.Shards.LeftOutDocuments++ }),
		lie("a mixture", "shards.mixture has sources, but the config has no mixture", func(m *manifest.Manifest) {
			m.Shards.Mixture = []manifest.MixtureSource{{Source: "harbour"}}
		}),
		lie("bytes per token", "shards.token_bytes is 4, found 2", func(m *manifest.Manifest) { m.Shards.TokenBytes = 4 }),
		lie("bytes of text", "tokenizer.text_bytes is ", func(m *manifest.Manifest) { m.Tokenizer.TextBytes++ }),
		lie("vocabulary", "tokenizer.vocab_size is 398, found 397", func(m *manifest.Manifest) { m.Tokenizer.VocabSize++ }),
		lie("pattern", `tokenizer.pattern is "gpt2", found "`, func(m *manifest.Manifest) { m.Tokenizer.Pattern = "gpt2" }),
		lie("tokenizer was loaded", "tokenizer.trained is false", func(m *manifest.Manifest) { m.Tokenizer.Trained = false }),
		lie("no languages", "sum of documents over tokenizer.languages is 0, found 38", func(m *manifest.Manifest) { m.Tokenizer.Languages = nil }),
		lie("another language", `tokenizer.languages: "tlh" has 38 documents`, func(m *manifest.Manifest) {
			for lang, n := range m.Tokenizer.Languages {
				delete(m.Tokenizer.Languages, lang)
				m.Tokenizer.Languages["tlh"] = n
			}
		}),
		lie("clusters", "dedup.clusters is 2, found 1", func(m *manifest.Manifest) { m.Dedup.Clusters++ }),
		lie("largest cluster", "dedup.largest_cluster is 9, found 3", func(m *manifest.Manifest) { m.Dedup.LargestCluster = 9 }),
		lie("sizes of clusters", "dedup.cluster_sizes are not those", func(m *manifest.Manifest) { m.Dedup.ClusterSizes = nil }),
		lie("accepted pairs", "dedup.accepted_pairs is 7, found 0", func(m *manifest.Manifest) { m.Dedup.AcceptedPairs = 7 }),
		lie("documents by method", "dedup.dropped is not that of state/resolve/00000.json", func(m *manifest.Manifest) { m.Dedup.Dropped["exact"]++ }),
		lie("pairs by similarity", "dedup.similarities is not that of", func(m *manifest.Manifest) { m.Dedup.Similarities = []int64{1} }),
		lie("a sample", "dedup.samples is not that of", func(m *manifest.Manifest) {
			m.Dedup.Samples = append(m.Dedup.Samples, manifest.DuplicatePair{First: "0:0", Second: "0:1", Similarity: 1, Accepted: true})
		}),
		lie("a hot key", "dedup.hot is not that of", func(m *manifest.Manifest) {
			m.Dedup.Hot = []manifest.HotKey{{Method: "exact", Documents: 9, First: "0:0"}}
		}),
		lie("number of hot keys", "dedup.hot_keys is not that of", func(m *manifest.Manifest) { m.Dedup.HotKeys = 7 }),
		lie("documents of hot keys", "dedup.hot_documents is not that of", func(m *manifest.Manifest) { m.Dedup.HotDocuments = 7 }),
		lie("methods", "dedup.methods are [minhash]", func(m *manifest.Manifest) { m.Dedup.Methods = []string{"minhash"} }),
		lie("accounts", "the account of stage ingest is not the sum", func(m *manifest.Manifest) {
			for i := range m.Stages { // one document less, consistently
				m.Stages[i].In.Documents--
				m.Stages[i].Out.Documents--
			}
		}),
		lie("a stage less", "has 4 stages, the commit records 5", func(m *manifest.Manifest) { m.Stages = m.Stages[:4] }),
		lie("config", "config is not that of the plan", func(m *manifest.Manifest) { m.Config = json.RawMessage(`{"seed":1}`) }),
		lie("seed", "seed is 2, the plan's config has 1", func(m *manifest.Manifest) { m.Seed = 2 }),
		lie("declaration", "declared is not what", func(m *manifest.Manifest) { m.Declared.Title = "Haven" }),
		lie("licence", "sources are not those", func(m *manifest.Manifest) { m.Sources[0].License = "MIT" }),
		lie("tool", "tool is {corpus 99 ", func(m *manifest.Manifest) { m.Tool.Version = "99" }),
		lie("config files", "config_files are not those", func(m *manifest.Manifest) { m.ConfigFiles = nil }),
		lie("input's source", "input 1 is ", func(m *manifest.Manifest) { m.Inputs[1].Source = "other" }),
		lie("input's size", "input 0 is ", func(m *manifest.Manifest) { m.Inputs[0].Bytes++ }),
		lie("input's unit", "input 1 is ", func(m *manifest.Manifest) { m.Inputs[1].Unit = 9 }),
		lie("input's offset", "input 1 is ", func(m *manifest.Manifest) { m.Inputs[1].Offset = 9 }),
		lie("files left out", "left_out is not that of the plan", func(m *manifest.Manifest) { m.LeftOut = []manifest.LeftOut{{Source: "pier", Files: 1}} }),
		lie("an input less", "has 1 inputs, the plan 2", func(m *manifest.Manifest) { m.Inputs = m.Inputs[:1] }),
		lie("a path outside", `outputs: "../elsewhere" is not a path`, func(m *manifest.Manifest) { m.Outputs[0].Path = "../elsewhere" }),
		lie("a path twice", `outputs: "datasheet/clusters.svg" is not a path within the folder, or not in order`, func(m *manifest.Manifest) { m.Outputs = append(m.Outputs, m.Outputs[0]) }),
		{"input's digest", func(f *folder) { f.manifest(func(m *manifest.Manifest) { m.Inputs[1].SHA256 = m.Inputs[0].SHA256 }) },
			"state/curate/00001.json: read another input"},
	})
}

// Nothing that a manifest can say makes verify panic.
func TestVerifyOddManifests(t *testing.T) {
	dir, _ := builtOfTwo(t)
	one := []engine.Counts{{Stage: "ingest", In: engine.Count{Documents: -1 << 63}, Dropped: map[string]engine.Count{"": {Bytes: -5}}}}
	runTampering(t, dir, []tampering{
		{"nearly empty", func(f *folder) { f.manifest(func(m *manifest.Manifest) { *m = manifest.Manifest{Stages: one} }) }, "state/plan.json: is not in the manifest"},
		lie("nothing but files", "tool is { ", func(m *manifest.Manifest) { *m = manifest.Manifest{Stages: one, Outputs: m.Outputs} }),
		lie("negative everywhere", "conservation", func(m *manifest.Manifest) {
			m.Stages, m.Shards, m.Dedup = one, manifest.Shards{Documents: -1 << 63, TokenBytes: -1, EndOfDocument: -9}, manifest.Dedup{Clusters: -1, ClusterSizes: map[int64]int64{-1: -1}}
			m.Tokenizer = manifest.Tokenizer{Trained: true, VocabSize: -1, Languages: map[string]manifest.TextTokens{"": {Documents: -1}}}
		}),
		lie("no units", "has 0 inputs", func(m *manifest.Manifest) { m.Inputs = nil }),
	})
}

func TestVerifyFindsFilesThatAreMissingOrExtra(t *testing.T) {
	dir, _ := builtOfTwo(t)
	cases := []tampering{
		{"left temporary", func(f *folder) { f.must(os.WriteFile(filepath.Join(f.dir, "shards", "x.tmp"), nil, 0o600)) }, "shards/x.tmp: is left over from an interrupted build"},
		{"left work", func(f *folder) {
			f.must(os.MkdirAll(filepath.Join(f.dir, "work", "curate"), 0o700))
			f.must(os.WriteFile(filepath.Join(f.dir, "work", "curate", "x.run"), nil, 0o600))
		}, "work/curate/x.run: is left over"},
		{"link", func(f *folder) {
			f.must(os.Rename(filepath.Join(f.dir, sheetFile), filepath.Join(f.dir, "..", "page")))
			f.must(os.Symlink("../../page", filepath.Join(f.dir, sheetFile)))
		}, sheetFile + ": is not a regular file"},
		{"listed stranger", func(f *folder) {
			f.must(os.WriteFile(filepath.Join(f.dir, "shards", "zz.txt"), nil, 0o600))
			f.manifest(func(m *manifest.Manifest) {
				at := 0
				for at < len(m.Outputs) && m.Outputs[at].Path < "shards/zz.txt" {
					at++
				}
				got, err := manifest.DigestFile(f.dir, "shards/zz.txt")
				f.must(err)
				m.Outputs = append(m.Outputs[:at:at], append([]manifest.File{got}, m.Outputs[at:]...)...)
			})
		}, "shards/zz.txt: is in the manifest, but no commit record"},
	}
	for _, path := range []string{
		planFile, "state/curate/00001.json", "state/resolve/00000.json", "state/dedup/00000.json", "state/tokenizer/00000.json", "state/encode/00001.json", "state/pack/00000.json",
		"documents/00001.parquet", "ledger/00000.parquet", "dedup/00001.parquet", tokenizerFile, indexFile, sheetFile,
	} {
		cases = append(cases, tampering{"without " + path, func(f *folder) { f.remove(path) }, "corpus.json: outputs: " + path + " is not listed"})
	}
	runTampering(t, dir, cases)
}

func TestVerifyReadsTheCommitRecords(t *testing.T) {
	dir, _ := builtOfTwo(t)
	edit := func(phase string, unit int, change func(c *manifest.Commit)) func(f *folder) {
		return func(f *folder) { f.Helper(); f.commit(phase, unit, change) }
	}
	runTampering(t, dir, []tampering{
		{"another build", edit("encode", 1, func(c *manifest.Commit) { c.Build = strings.Repeat("0", 64) }), "state/encode/00001.json: belongs to another build"},
		{"another unit", edit("curate", 0, func(c *manifest.Commit) { c.Unit = 1 }), "state/curate/00000.json: is the record of curate 1"},
		{"another input", edit("dedup", 0, func(c *manifest.Commit) { c.Name = "x" }), "state/dedup/00000.json: is of x, the plan says"},
		{"another output", edit("pack", 0, func(c *manifest.Commit) { c.Outputs[0].SHA256 = "0" }), "state/pack/00000.json: wrote another shards/train-00000.bin"},
		{"an output that is not there", edit("tokenizer", 0, func(c *manifest.Commit) { c.Outputs[0].Path = "tokenizer/x" }), "state/tokenizer/00000.json: wrote tokenizer/x, which"},
		{"no stages", edit("dedup", 1, func(c *manifest.Commit) { c.Stages = nil }), "state/dedup/00001.json: has other stages"},
		{"no accounts at all", func(f *folder) {
			for unit := range 2 {
				f.commit("curate", unit, func(c *manifest.Commit) { c.Stages = nil })
				f.commit("dedup", unit, func(c *manifest.Commit) { c.Stages = nil })
			}
		}, "state/curate/00000.json: has no accounts"},
		{"accounts", edit("curate", 1, func(c *manifest.Commit) { c.Stages[0].In.Bytes++ }), "state/dedup/00001.json: conservation: stage ingest"},
		{"result", edit("encode", 0, func(c *manifest.Commit) { c.Result = json.RawMessage(`[]`) }), "state/encode/00000.json: json:"},
		{"tokens of a language", edit("encode", 0, func(c *manifest.Commit) {
			c.Result = json.RawMessage(strings.Replace(string(c.Result), `"tokens": `, `"tokens": 1`, 1))
		}), "corpus.json: tokenizer.languages: "},
		{"reduce of another build", edit("reduce", 0, func(c *manifest.Commit) { c.Build = "" }), "state/reduce/00000.json: belongs to another build"},
		{"no JSON", func(f *folder) {
			f.must(os.WriteFile(filepath.Join(f.dir, "state", "resolve", "00000.json"), []byte("{}"), 0o600))
			f.reseal()
		}, "state/resolve/00000.json: format is"},
		{"manifest and records agree on a document more", func(f *folder) {
			more := func(stages []engine.Counts) {
				for i := range stages {
					stages[i].In.Documents++
					stages[i].Out.Documents++
				}
			}
			f.commit("curate", 1, func(c *manifest.Commit) { more(c.Stages) })
			f.commit("dedup", 1, func(c *manifest.Commit) { more(c.Stages) })
			f.manifest(func(m *manifest.Manifest) { more(m.Stages) })
		}, "ledger/00001.parquet: has 20 records, "},
	})
}

func TestVerifyComparesTheTables(t *testing.T) {
	dir, _ := builtOfTwo(t)
	document := func(name, want string, edit func(d *documents.Row)) tampering {
		return tampering{"document's " + name, func(f *folder) {
			f.Helper()
			editRows(f, "documents/00001.parquet", func(list []documents.Row) []documents.Row { edit(&list[3]); return list })
		}, want}
	}
	column := func(name string, edit func(d *documents.Row)) tampering {
		return document(name, "documents/00001.parquet: document 3: "+name+" is not as in the ledger", edit)
	}
	list := func(name, want string, edit func(list []documents.Row) []documents.Row) tampering {
		return tampering{name, func(f *folder) { f.Helper(); editRows(f, "documents/00000.parquet", edit) }, "documents/00000.parquet: " + want}
	}
	record := func(name, want string, at int, edit func(r *manifest.Row)) tampering {
		return tampering{"ledger's " + name, func(f *folder) {
			f.Helper()
			editRows(f, "ledger/00000.parquet", func(list []manifest.Row) []manifest.Row { edit(&list[at]); return list })
		}, want}
	}
	member := func(name, want string, edit func(list []build.ClusterRow) []build.ClusterRow) tampering {
		return tampering{"cluster's " + name, func(f *folder) { f.Helper(); editRows(f, "dedup/00001.parquet", edit) }, "dedup/00001.parquet: " + want}
	}
	one := func(edit func(m *build.ClusterRow)) func([]build.ClusterRow) []build.ClusterRow {
		return func(list []build.ClusterRow) []build.ClusterRow { edit(&list[0]); return list }
	}
	runTampering(t, dir, []tampering{
		column("id", func(d *documents.Row) { d.ID = "x" }),
		column("url", func(d *documents.Row) { d.URL = "x" }),
		column("source", func(d *documents.Row) { d.Source = "x" }),
		column("date", func(d *documents.Row) { d.Date = "2001" }),
		column("file", func(d *documents.Row) { d.File = "x" }),
		column("offset", func(d *documents.Row) { d.Offset++ }),
		column("length", func(d *documents.Row) { d.Length++ }),
		column("codec", func(d *documents.Row) { d.Codec = "zstd" }),
		column("digest", func(d *documents.Row) { d.Digest = "sha256:0" }),
		column("language", func(d *documents.Row) { d.Language = "tlh" }),
		column("size of text", func(d *documents.Row) { d.Text += "." }),
		document("text", "shards: tokens of documents do not give the texts of documents/00001.parquet", func(d *documents.Row) { d.Text = strings.Replace(d.Text, "old", "new", 1) }),
		document("unit", "documents/00001.parquet: document 0:3 stands where the ledger keeps 1:3", func(d *documents.Row) { d.Unit = 0 }),
		list("document missing", "document 0:6 stands where the ledger keeps 0:5", func(l []documents.Row) []documents.Row { return append(l[:5], l[6:]...) }),
		list("last document missing", "document 18, which the ledger keeps, is missing", func(l []documents.Row) []documents.Row { return l[:len(l)-1] }),
		list("document twice", "document 18 is not kept by the ledger, or not in order", func(l []documents.Row) []documents.Row { return append(l, l[len(l)-1]) }),
		list("order", "document 0:2 stands where the ledger keeps 0:1", func(l []documents.Row) []documents.Row { l[1], l[2] = l[2], l[1]; return l }),
		record("record dropped", "documents/00000.parquet: document 0:2 stands where the ledger keeps 0:3", 2, func(r *manifest.Row) { r.Kept, r.Stage, r.Rule = false, "exact", "duplicate" }),
		record("size", "ledger/00000.parquet: has 20 records, ", 2, func(r *manifest.Row) { r.Bytes++ }),
		record("unknown stage", `ledger/00000.parquet: record 2: kept false, index 2 and stage "magic" do not go together`, 2, func(r *manifest.Row) { r.Kept, r.Stage = false, "magic" }),
		record("index", "ledger/00000.parquet: record 2 has index 1099511627776, the next is 2", 2, func(r *manifest.Row) { r.Index = 1 << 40 }),
		record("unit", "ledger/00000.parquet: row 2 is of unit 1", 2, func(r *manifest.Row) { r.Unit = 1 }),
		record("duplicate", "dedup/00000.parquet: document 19: kept false, cluster", 19, func(r *manifest.Row) { r.DuplicateOf = "0:4" }),
		record("duplicate's row", "dedup/00000.parquet: document 5, a duplicate of 0:1 in the ledger, is missing", 5, func(r *manifest.Row) { r.DuplicateOf = "0:1" }),
		member("row missing", "document 19, a duplicate of 0:0 in the ledger, is missing", func(l []build.ClusterRow) []build.ClusterRow { return nil }),
		member("row extra", "document 19 is not in the ledger, or not in order", func(l []build.ClusterRow) []build.ClusterRow { return append(l, l[0]) }),
		member("kept flag", "document 19: kept true, cluster", one(func(m *build.ClusterRow) { m.Kept = true })),
		member("id", "document 19: id is not as in the ledger", one(func(m *build.ClusterRow) { m.ID = "x" })),
		member("method", `document 19: kept false, cluster "0:0", method "minhash"; the ledger says false, "0:0", "exact"`, one(func(m *build.ClusterRow) { m.Method = "minhash" })),
		{"cluster of a document that is in none", func(f *folder) {
			editRows(f, "ledger/00001.parquet", func(l []manifest.Row) []manifest.Row { l[19].DuplicateOf = "0:4"; return l })
			editRows(f, "dedup/00001.parquet", one(func(m *build.ClusterRow) { m.Cluster = "0:4" }))
		}, "dedup/00001.parquet: document 19: its cluster's kept document 0:4 is no kept document before it"},
		{"cluster whose kept document should come later", func(f *folder) {
			editRows(f, "ledger/00001.parquet", func(l []manifest.Row) []manifest.Row { l[19].DuplicateOf = "1:25"; return l })
			editRows(f, "dedup/00001.parquet", one(func(m *build.ClusterRow) { m.Cluster = "1:25" }))
		}, "dedup/00001.parquet: the kept document 1:25 of a cluster is missing"},
		{"cluster that is no ref", func(f *folder) {
			editRows(f, "ledger/00001.parquet", func(l []manifest.Row) []manifest.Row { l[19].DuplicateOf = "0:-1"; return l })
			editRows(f, "dedup/00001.parquet", one(func(m *build.ClusterRow) { m.Cluster = "0:-1" }))
		}, `dedup/00001.parquet: document 19: cluster "0:-1": not of the form unit:index`},
	})
}
