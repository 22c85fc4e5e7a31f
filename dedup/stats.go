package dedup

import (
	"cmp"
	"slices"

	"corpus"
)

// Stats counts what Resolve saw.
type Stats struct {
	Clusters       int64            `json:"clusters"`        // of two or more documents
	Dropped        map[string]int64 `json:"dropped"`         // members that do not stay, by method: "url", "exact", "minhash"; without those of none
	LargestCluster int64            `json:"largest_cluster"` // documents in the largest cluster
	// CandidatePairs counts the pairs that were compared: each pair once, a document that
	// Exact drops replaced by the one that it copies, and without the documents that URL drops.
	CandidatePairs int64 `json:"candidate_pairs"`
	AcceptedPairs  int64 `json:"accepted_pairs"` // those with at least the threshold's similarity
	// Similarities counts the compared pairs by their similarity in steps of .05; the last holds .95 to 1. All are 0 where nothing is verified.
	Similarities [20]int64 `json:"similarities"`
	// Samples are compared pairs: of each tenth of similarity from .4 on the 8 with the least hash of seed and pair, in the order
	// of tenths, and in each by First and Second. There are none where nothing is verified.
	Samples []PairSample `json:"samples"`
	// Hot are the largest buckets with more documents than all pairs of are compared, at most 20: of those of one method that begin with one
	// document, which are mostly the same documents in another band, the largest. The largest comes first, then they are in the order of First.
	Hot []HotKey `json:"hot"`
	// HotKeys is the number of all such buckets, HotDocuments the sum of the documents in them: a document counts in each.
	HotKeys      int64 `json:"hot_keys"`
	HotDocuments int64 `json:"hot_documents"`
	// Undecided are the keys of the Priority for which no document has a value, such as a signal that no filter leaves. They decide nothing.
	Undecided []string `json:"undecided"`
}

// PairSample is a pair of documents that was compared.
type PairSample struct {
	First      corpus.Ref `json:"first"` // the smaller Ref
	Second     corpus.Ref `json:"second"`
	Similarity float64    `json:"similarity"` // Jaccard, rounded to 4 decimals
	Accepted   bool       `json:"accepted"`
}

// HotKey is a bucket of so many documents that not all pairs of them are compared.
type HotKey struct {
	Method    string     `json:"method"`    // "minhash"
	Documents int64      `json:"documents"` // in the bucket
	First     corpus.Ref `json:"first"`     // the smallest of them
}

func (s *Stats) drop(method string) {
	if s.Dropped == nil {
		s.Dropped = make(map[string]int64)
	}
	s.Dropped[method]++
}

// maxHot is the most entries of Stats.Hot.
const maxHot = 20

// heat counts a hot bucket.
func (s *Stats) heat(h HotKey) {
	s.HotKeys++
	s.HotDocuments += h.Documents
	order := func(x, y HotKey) int {
		return cmp.Or(cmp.Compare(y.Documents, x.Documents), cmp.Compare(x.First, y.First), cmp.Compare(x.Method, y.Method))
	}
	if i := slices.IndexFunc(s.Hot, func(x HotKey) bool { return x.First == h.First && x.Method == h.Method }); i >= 0 {
		if s.Hot[i].Documents >= h.Documents {
			return
		}
		s.Hot = slices.Delete(s.Hot, i, i+1)
	}
	i, _ := slices.BinarySearchFunc(s.Hot, h, order)
	s.Hot = slices.Insert(s.Hot, i, h)
	s.Hot = s.Hot[:min(len(s.Hot), maxHot)]
}

// sampler chooses Stats.Samples.
type sampler struct {
	seed uint64
	kept [sampledTenths][]hashedSample // ascending by hash
}

const (
	sampledTenths    = 6 // .4 to 1
	samplesPerTenth  = 8
	unitsPerTenth    = 1000
	unitsPerStep     = 500
	firstTenth       = 10 - sampledTenths
	similaritySteps  = 20
	hashedSampleSalt = 0x70616972 // keeps the choice apart from other uses of the seed
)

type hashedSample struct {
	hash uint64
	PairSample
}

// add counts a compared pair, and keeps it where its hash is among the least.
func (s *sampler) add(stats *Stats, a, b corpus.Ref, units uint16, accepted bool) {
	stats.Similarities[min(int(units)/unitsPerStep, similaritySteps-1)]++
	tenth := min(int(units)/unitsPerTenth, 9) - firstTenth
	if tenth < 0 {
		return
	}
	hash := mix64(mix64(mix64(s.seed^hashedSampleSalt)+uint64(a)) + uint64(b))
	list := s.kept[tenth]
	if len(list) == samplesPerTenth && hash >= list[len(list)-1].hash {
		return
	}
	i, _ := slices.BinarySearchFunc(list, hash, func(x hashedSample, h uint64) int { return cmp.Compare(x.hash, h) })
	similarity := float64(units) / 1e4
	list = slices.Insert(list, i, hashedSample{hash, PairSample{First: a, Second: b, Similarity: similarity, Accepted: accepted}})
	s.kept[tenth] = list[:min(len(list), samplesPerTenth)]
}

// samples lists the pairs that were kept.
func (s *sampler) samples() []PairSample {
	var all []PairSample
	for _, list := range s.kept {
		slices.SortFunc(list, func(x, y hashedSample) int {
			return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Second, y.Second))
		})
		for _, x := range list {
			all = append(all, x.PairSample)
		}
	}
	return all
}
