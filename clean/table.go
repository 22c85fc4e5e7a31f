package clean

// table numbers distinct keys in the order in which they come, 0 first. It holds no more keys than it was made for.
type table struct {
	keys []uint64
	ids  []int32 // 0: empty, else the key's number plus one
	n    int32
}

// newTable makes a table for up to n keys.
func newTable(n int) *table {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &table{keys: make([]uint64, size), ids: make([]int32, size)}
}

// id is a key's number; a new key gets the next.
func (t *table) id(key uint64) int {
	mask := uint64(len(t.keys) - 1)
	h := key * 0x9E3779B97F4A7C15
	for i := (h ^ h>>32) & mask; ; i = (i + 1) & mask {
		switch {
		case t.ids[i] == 0:
			t.n++
			t.keys[i], t.ids[i] = key, t.n
			return int(t.n) - 1
		case t.keys[i] == key:
			return int(t.ids[i]) - 1
		}
	}
}
