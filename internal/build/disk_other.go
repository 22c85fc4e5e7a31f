//go:build !(linux || darwin || freebsd)

package build

// freeDisk is not known here.
func freeDisk(string) (free int64, known bool) { return 0, false }
