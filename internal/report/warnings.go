package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Warning is a result of the build that somebody should look at before the corpus is used. It is no error: the build does what the config asks for.
type Warning struct {
	// Kind is removed_source, removed_language, removed_domain, removed_domains, large_cluster, hot_keys, unverified or low_precision.
	Kind string `json:"kind"`
	// Subject is the source, language or domain; "" where the warning is of the whole corpus.
	Subject string `json:"subject"`
	// Value is what was measured, Limit what it may be without a warning: shares, or numbers of documents.
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	// Text says what was found and how much, Advice what to do about it.
	Text   string `json:"text"`
	Advice string `json:"advice"`
}

const (
	// largeShare is the share of the documents above which one cluster is warned of. Copies of one page are rarely so many; a page of an error, a consent form or
	// a chain of lists that differ little from one to the next can be.
	largeShare = 0.01
	// largeCluster is from how many documents on a cluster is warned of: in a small corpus a hundredth is a handful.
	largeCluster = 100
	// hotDocuments is from how many documents on a bucket is warned of. In a smaller one most pairs of duplicates have further bands to meet in.
	hotDocuments = 1000
	// lowPrecision is the share of compared pairs that count below which the bands are warned of, from manyPairs on: a pair costs two reads of a set.
	lowPrecision = 0.05
	manyPairs    = 10_000
)

// duplicateWarnings lists what there is to say about dedup: sources in the order of the config, languages and domains by what they lost, then the rest.
func duplicateWarnings(f *Facts, limit float64) []Warning {
	list := []Warning{}
	d := f.Duplicates
	for _, s := range d.Sources {
		if s.over(limit) {
			list = append(list, removedWarning("removed_source", "Source", s, limit))
		}
	}
	for _, l := range d.Languages {
		if l.In.Documents >= warnDocuments && l.over(limit) {
			list = append(list, removedWarning("removed_language", "Language", l, limit))
		}
	}
	for _, l := range d.Domains.Worst {
		list = append(list, removedWarning("removed_domain", "Domain", l, limit))
	}
	if more := d.Domains.Warned - int64(len(d.Domains.Worst)); more > 0 {
		list = append(list, warning("removed_domains", "", float64(more), 0,
			fmt.Sprintf("%s of %d documents or more lost over %s to dedup as well.", plural(more, "further domain", "further domains"), warnDocuments, share100(limit)),
			"See tables/removed_domains.csv, and the ledger for all of them."))
	}
	return append(list, clusterWarnings(f)...)
}

// removedWarning says what a source, language or domain lost, and to which method most.
func removedWarning(kind, what string, r RemovalFact, limit float64) Warning {
	value := max(part(r.Removed.Documents, r.In.Documents), part(r.Removed.Bytes, r.In.Bytes))
	most, documents := "", int64(0)
	for _, method := range sortedKeys(r.Methods) {
		if n := r.Methods[method]; n > documents {
			most, documents = method, n
		}
	}
	said := fmt.Sprintf("%s %s lost %s of its documents to dedup (%s of %s) and %s of its text.", what, text(or(r.Name, "(not identified)")), percent(r.Removed.Documents, r.In.Documents),
		grouped(r.Removed.Documents), grouped(r.In.Documents), percent(r.Removed.Bytes, r.In.Bytes))
	if most != "" {
		said += fmt.Sprintf(" Most went by %s (%s).", most, grouped(documents))
	}
	inParts := r.Within > r.Removed.Bytes/2
	if inParts {
		said += fmt.Sprintf(" Of this text %s were cut out of documents.", plural(r.Within, "byte", "bytes"))
	}
	return warning(kind, r.Name, value, limit, said, removedAdvice(most, inParts))
}

// removedAdvice says where to look at what the method took that dropped most, and at parts of texts where these are most of what went.
func removedAdvice(most string, inParts bool) string {
	var list []string
	switch most {
	case "":
	case methodMinHash:
		list = append(list, "Look at what was taken with corpus inspect DIR --stage minhash, and at pairs with corpus inspect DIR --pairs.",
			"Pages that share little but a frame ask for a higher threshold or for cleaning.")
	case "url":
		list = append(list, "Look at what was taken with corpus inspect DIR --stage url --rule duplicate.", "Pages behind one address that a cookie or a form tells apart look like copies.")
	default:
		list = append(list, fmt.Sprintf("Look at what was taken with corpus inspect DIR --stage %s.", most))
	}
	if most != "" {
		list = append(list, "A mirror of what comes before it goes as it should.")
	}
	if inParts {
		list = append(list, "The parts of texts are listed in dedup/ranges-*.parquet: look at the first of a partner that many name.")
	}
	return strings.Join(list, " ")
}

// clusterWarnings are about the corpus as a whole.
func clusterWarnings(f *Facts) (list []Warning) {
	d := f.Duplicates
	came := int64(0)
	for _, s := range d.Sources {
		came += s.In.Documents
	}
	if d.Largest >= largeCluster && part(d.Largest, came) > largeShare {
		list = append(list, warning("large_cluster", "", part(d.Largest, came), largeShare,
			fmt.Sprintf("One cluster of duplicates holds %s of the documents that came to dedup (%s of %s); one of them stays.", percent(d.Largest, came), grouped(d.Largest), grouped(came)),
			"Clusters join by chains: documents at the two ends may have little in common. Look at members in dedup/*.parquet; if they differ, raise dedup.minhash.threshold, or filter the page that links them."))
	}
	if len(d.Hot) > 0 && d.Hot[0].Documents >= hotDocuments {
		list = append(list, warning("hot_keys", "", float64(d.Hot[0].Documents), hotDocuments,
			fmt.Sprintf("%s of documents too many to compare each with each; the largest has %s. In these, only some pairs were compared.",
				plural(d.HotKeys, "bucket", "buckets"), plural(d.Hot[0].Documents, "document", "documents")),
			"Near-duplicates among them may have stayed. Look at the first document of each in tables/hot_keys.csv: mostly a frame or a notice that cleaning left in; filter it, or add bands so that they meet elsewhere."))
	}
	if slices.Contains(d.Methods, methodMinHash) && !d.Verified {
		list = append(list, warning("unverified", "", 0, 0,
			"Pairs that MinHash found were taken for duplicates without a comparison: their similarity is not known, and documents that differ may be gone.",
			"Set dedup.minhash.verify: true, unless the clusters of another program are to be matched."))
	}
	if d.Verified && d.CandidatePairs >= manyPairs && part(d.AcceptedPairs, d.CandidatePairs) < lowPrecision {
		list = append(list, warning("low_precision", "", part(d.AcceptedPairs, d.CandidatePairs), lowPrecision,
			fmt.Sprintf("Of %s that MinHash compared only %s counted (%s).", plural(d.CandidatePairs, "pair", "pairs"), grouped(d.AcceptedPairs), percent(d.AcceptedPairs, d.CandidatePairs)),
			"Nothing is wrong with the result, as each pair was compared; it took time. More rows in a band leave out less similar pairs."))
	}
	return list
}

// Advice is what to do about one or more warnings.
type Advice struct {
	Warnings []string // their texts, in order
	Text     string
}

// Advised brings the warnings of one advice together, in the order of the first of each, so that a reader meets it once.
func Advised(warnings []Warning) []Advice {
	var list []Advice
	places := map[string]int{}
	for _, w := range warnings {
		i, known := places[w.Advice]
		if !known {
			i = len(list)
			places[w.Advice] = i
			list = append(list, Advice{Text: w.Advice})
		}
		list[i].Warnings = append(list[i].Warnings, w.Text)
	}
	return list
}

func warning(kind, subject string, value, limit float64, said, advice string) Warning {
	return Warning{Kind: kind, Subject: subject, Value: value, Limit: limit, Text: Visible(said), Advice: Visible(advice)}
}

// ReadWarnings reads the warnings of a finished build from its datasheet.json. A folder without one, or with one of another format, has none to tell.
func ReadWarnings(dir string) ([]Warning, error) {
	path := filepath.Join(dir, Folder, "datasheet.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var sheet struct {
		Format string `json:"format"`
		Facts  struct {
			Warnings []Warning `json:"warnings"`
		} `json:"facts"`
	}
	if err := json.Unmarshal(data, &sheet); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if sheet.Format != Format {
		return nil, nil
	}
	return sheet.Facts.Warnings, nil
}
