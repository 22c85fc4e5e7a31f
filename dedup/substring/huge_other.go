//go:build !linux

package substring

// large makes a zeroed slice that is looked up at random.
func large[T int32 | uint64 | byte](n int) []T { return make([]T, n) }
