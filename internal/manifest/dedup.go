package manifest

// Dedup is what the dedup phase found. A document is named by its ref, "unit:index", as in the ledger's column duplicate_of; its address, source and
// fate stand in its row of the ledger.
type Dedup struct {
	Methods        []string `json:"methods"` // in order of application
	Clusters       int64    `json:"clusters"`
	LargestCluster int64    `json:"largest_cluster"`
	// CandidatePairs are the pairs that were compared, AcceptedPairs those that count as duplicates.
	CandidatePairs int64 `json:"candidate_pairs"`
	AcceptedPairs  int64 `json:"accepted_pairs"`
	// ClusterSizes maps a cluster's size to the number of clusters of that size.
	ClusterSizes map[int64]int64 `json:"cluster_sizes"`
	// Dropped maps each method that drops members of clusters to the documents that it dropped.
	Dropped map[string]int64 `json:"dropped"`
	// Similarities counts the pairs compared by their similarity, in SimilarityParts equal parts from 0 to 1, of which the last has 1 too; empty where
	// none was measured.
	Similarities []int64 `json:"similarities"`
	// Samples are some of the pairs compared, drawn evenly over similarities from 0.4 up.
	Samples []DuplicatePair `json:"samples"`
	// HotKeys are the keys with more documents than are compared each with each, HotDocuments the documents under them, counted under each key.
	// Hot are those with most documents.
	HotKeys      int64    `json:"hot_keys"`
	HotDocuments int64    `json:"hot_documents"`
	Hot          []HotKey `json:"hot"`
	// Earlier counts documents of the earlier builds; absent where there are none. Clusters and Dropped count this build's documents, ClusterSizes and
	// LargestCluster a survivor of an earlier build besides; the pairs and hot keys are those that were looked at, of which some documents are earlier ones.
	Earlier *EarlierChanges `json:"earlier,omitempty"`
}

// SimilarityParts is the number of parts that similarities from 0 to 1 are counted in.
const SimilarityParts = 20

// DuplicatePair is a pair of documents that was compared.
type DuplicatePair struct {
	First      string  `json:"first"`      // the earlier document in the order of the inputs
	Second     string  `json:"second"`     //
	Similarity float64 `json:"similarity"` // 0 to 1
	Accepted   bool    `json:"accepted"`   // it counts as a pair of duplicates
}

// HotKey is a key that many documents share.
type HotKey struct {
	Method    string `json:"method"`
	Documents int64  `json:"documents"`
	First     string `json:"first"` // the first of them in the order of the inputs
}
