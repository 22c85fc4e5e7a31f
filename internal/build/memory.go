package build

import (
	"runtime/debug"

	"corpus"
	"corpus/filter"
	"corpus/internal/config"
	"corpus/internal/spill"
)

// A build keeps its resident memory within Config.MemoryMB. What it needs whatever the input is set aside first: the program and
// its tables, and for each worker a page with its tree, batches on their way and tables being written. The rest is the budget, which is shared out here and nowhere else.
// docs/memory.md says how the figures were measured.
const (
	programMemory = 80 << 20  // pages of the program itself, which the runtime does not count
	fixedMemory   = 48 << 20  // classifiers, word lists, the plan
	linguaMemory  = 26 << 20  // of one language's model
	workerMemory  = 24 << 20  // of one worker
	leastFixed    = 192 << 20 // the least limit is this and leastWorker for each worker
	leastWorker   = 32 << 20

	leastSort = 1 << 20   // with less a sorter writes more parts than it is worth
	mostSort  = 256 << 20 // a unit of work seldom has more to sort

	runMemory = 256 << 10 // a run that is being read
	leastRuns = 8
	mostRuns  = 64 // as many as a sorter merges at once

	unknownMachine = 4 << 30 // taken for the machine's memory where it cannot be asked
)

// leastMemory is the least limit, in bytes, that the build can keep.
func (b *build) leastMemory() int64 {
	return leastFixed + int64(b.Workers)*leastWorker + modelMemory(b.Config)
}

// modelMemory is what models take that are too large to be among fixedMemory: those of lingua, up to 27 MB a language.
func modelMemory(c *config.Config) int64 {
	languages := 0
	for _, f := range c.Filters {
		if o, ok := f.Options.(*filter.LanguageOptions); ok {
			languages += o.LinguaLanguages()
		}
	}
	return int64(languages) * linguaMemory
}

// checkMemory refuses a limit that could not be kept.
func (b *build) checkMemory() error {
	if least := b.leastMemory(); b.Config.MemoryMB > 0 && b.Config.MemoryMB<<20 < least {
		return corpus.BadOption("memory_mb", "this build with %d workers needs at least %d, not %d: fewer workers need less", b.Workers, least>>20, b.Config.MemoryMB)
	}
	return nil
}

// memoryLimit is what the whole build may take, in bytes: Config.MemoryMB, or half of the machine's memory.
func (b *build) memoryLimit() int64 {
	if b.Config.MemoryMB > 0 {
		return b.Config.MemoryMB << 20
	}
	return max(machineMemory()/2, b.leastMemory())
}

// limitMemory has the runtime collect garbage before the build outgrows its limit, and returns the function that ends this. A
// lower limit that was set from outside (GOMEMLIMIT) stays.
func (b *build) limitMemory() (restore func()) {
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(before, b.memoryLimit()-programMemory))
	return func() { debug.SetMemoryLimit(before) }
}

// memoryBudget is what the data of a phase may take, in bytes: sorters, tables in memory, read buffers. Whoever holds more than a few
// MiB takes it from here or from sortMemory. A quarter is left to what is free but not yet collected.
func (b *build) memoryBudget() int64 {
	return (b.memoryLimit() - programMemory - fixedMemory - modelMemory(b.Config) - int64(b.Workers)*workerMemory) * 3 / 4
}

// sortMemory is what each of so many sorters may hold, in bytes, that live at once: together half of the budget. The other half is for
// merging, and for what lives beside sorters.
func (b *build) sortMemory(sorters int) int64 {
	return min(mostSort, max(leastSort, b.memoryBudget()/2/int64(max(1, sorters))))
}

// runsAtOnce is how many runs each of so many merges may read that go on at once: a quarter of the budget.
func (b *build) runsAtOnce(merges int) int {
	return int(min(mostRuns, max(leastRuns, b.memoryBudget()/4/runMemory/int64(max(1, merges)))))
}

// unitsAtOnce is how many units a pipeline reads at once: engine.Pipeline.
func (b *build) unitsAtOnce() int { return min(len(b.plan.Units), (b.Workers+1)/2) }

// newSorter starts a sorted run in the output folder, where each worker fills one at a time.
func (b *build) newSorter(path string) *spill.Sorter { return b.newSorterOf(path, b.Workers) }

// newSorterOf starts a sorted run, one of so many that are filled at once.
func (b *build) newSorterOf(path string, sorters int) *spill.Sorter {
	return spill.NewSorter(b.path(path), spill.Options{MemoryBytes: b.sortMemory(sorters)})
}
