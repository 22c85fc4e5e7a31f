package dedup

// mt19937 is the Mersenne Twister (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998), seeded as their init_genrand of
// 2002 does: the generator behind numpy's RandomState.
type mt19937 struct {
	state [624]uint32
	next  int
}

func newMT19937(seed uint32) *mt19937 {
	m := &mt19937{next: len(mt19937{}.state)}
	for i := range m.state {
		m.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return m
}

// uint32 is the next number.
func (m *mt19937) uint32() uint32 {
	const n, distance = len(mt19937{}.state), 397
	if m.next == n {
		for i := range m.state {
			y := m.state[i]&0x80000000 | m.state[(i+1)%n]&0x7fffffff
			m.state[i] = m.state[(i+distance)%n] ^ y>>1 ^ -(y&1)&0x9908b0df
		}
		m.next = 0
	}
	y := m.state[m.next]
	m.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// between is what numpy's RandomState.randint draws between low and high, both included, as uint64: two numbers, the upper half first, cut to the bits
// of the range, until they lie in it.
func (m *mt19937) between(low, high uint64) uint64 {
	mask := high - low
	for shift := 1; shift < 64; shift *= 2 {
		mask |= mask >> shift
	}
	for {
		upper := uint64(m.uint32())
		if x := (upper<<32 | uint64(m.uint32())) & mask; x <= high-low {
			return low + x
		}
	}
}
