package cpu

import (
	"sync"
	"sync/atomic"
)

// parallel calls do(worker, job) for every job below jobs, on up to threads goroutines,
// and waits. Worker is below threads and names the goroutine's own scratch memory. Which worker
// takes which job is left to chance, so a job's result must not depend on it.
func parallel(threads, jobs int, do func(worker, job int)) {
	threads = min(threads, jobs)
	if threads <= 1 {
		for job := range jobs {
			do(0, job)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for worker := range threads {
		wait.Go(func() {
			for {
				job := int(next.Add(1)) - 1
				if job >= jobs {
					return
				}
				do(worker, job)
			}
		})
	}
	wait.Wait()
}

// tiles cuts m·n into jobs of rows·cols, by shape alone. Tiles are as large as the packing
// of operands wants them, but small enough that several threads have work.
func tiles(m, n int) (rows, cols int) {
	const wanted, smallest = 16, 56 // 56: four rows of the AVX-512 kernel's tiles
	rows, cols = min(m, 448), min(n, 512)
	for rows > 2*smallest && ceilDiv(m, rows)*ceilDiv(n, cols) < wanted {
		rows = ceilDiv(rows, 2)
	}
	return rows, cols
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
