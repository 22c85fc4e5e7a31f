//go:build !linux

package build

// machineMemory is taken for the machine's physical memory where it is not asked for it.
func machineMemory() int64 { return unknownMachine }
