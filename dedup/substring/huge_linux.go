package substring

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of the pages that large asks for, in bytes.
const hugePage = 2 << 20

// large makes a zeroed slice that is looked up at random. It asks the kernel for large pages: where each look-up has to find
// a page of 4 KiB first, finding it takes longer than reading it. The kernel need not grant them.
func large[T int32 | uint64 | byte](n int) []T {
	s := make([]T, n)
	start := unsafe.Pointer(unsafe.SliceData(s))
	size := uintptr(n) * unsafe.Sizeof(*new(T))
	skip := -uintptr(start) % hugePage
	if size < skip+hugePage {
		return s
	}
	pages := unsafe.Slice((*byte)(unsafe.Add(start, skip)), (size-skip)&^(hugePage-1))
	_ = syscall.Madvise(pages, syscall.MADV_HUGEPAGE) // without them it is only slower
	return s
}
