package manifest

// Earlier is a finished build that this one was deduplicated against.
type Earlier struct {
	// Path is its folder as the config names it.
	Path string `json:"path"`
	// Digest is that of its corpus.json.
	Digest string `json:"digest"`
	// FirstUnit is the number of its first unit of work, Units how many it has. The units of all builds are numbered on, so that "unit:index"
	// names one document of all of them.
	FirstUnit int `json:"first_unit"`
	Units     int `json:"units"`
	// Sources are the names of its sources, in their order.
	Sources []string `json:"sources"`
}

// FirstUnit is the number of the build's first unit of work: that of all units of the earlier builds.
func (m *Manifest) FirstUnit() int {
	if n := len(m.Earlier); n > 0 {
		return m.Earlier[n-1].FirstUnit + m.Earlier[n-1].Units
	}
	return 0
}

// EarlierPath is the folder of the earlier build that a unit belongs to, "" for a unit of this one.
func (m *Manifest) EarlierPath(unit int) string {
	for _, e := range m.Earlier {
		if unit >= e.FirstUnit && unit-e.FirstUnit < e.Units {
			return e.Path
		}
	}
	return ""
}

// EarlierChanges counts documents of the earlier builds, see docs/dedup-incremental.md. Dropped and Kept are among Changed.
type EarlierChanges struct {
	Met     int64 `json:"met"`     // documents in clusters with, or linked through others to, documents of this build
	Changed int64 `json:"changed"` // those of which one build over all would say something else: the rows of dedup/earlier.parquet
	Dropped int64 `json:"dropped"` // those that were kept and would be dropped
	Kept    int64 `json:"kept"`    // those that were dropped and would be kept
}
