//go:build !linux

package train

import "os"

// lockFolder only makes sure that the folder is there: a second run in it is not noticed.
func lockFolder(dir string) (*os.File, error) { return os.Open(dir) }

// machineMemory is more than any machine has: what is larger cannot be addressed.
func machineMemory() int64 { return 1 << 46 }
