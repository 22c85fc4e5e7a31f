package build

// The units of a build are numbered behind those of the earlier builds that it is deduplicated against, from Plan.FirstUnit on: commit
// records, tables and Refs have these numbers, so that a Ref names one document of all the builds.

// planned is the unit with a number.
func (b *build) planned(number int) PlannedUnit { return b.plan.Units[number-b.plan.FirstUnit] }

// Numbers are those of the plan's units, in order.
func (p *Plan) Numbers() []int {
	numbers := make([]int, len(p.Units))
	for i := range numbers {
		numbers[i] = p.FirstUnit + i
	}
	return numbers
}

// pendingUnits lists the numbers of the units that have no valid record of a phase.
func (b *build) pendingUnits(phase string) ([]int, error) {
	return b.pendingAmong(phase, b.plan.Numbers())
}
