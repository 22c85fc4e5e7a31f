//go:build linux || darwin || freebsd

package build

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeDisk is what the file system of a folder has left for this user, in bytes. The folder need not be there yet.
func freeDisk(dir string) (free int64, known bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, false
	}
	for {
		var s unix.Statfs_t
		if unix.Statfs(dir, &s) == nil {
			return int64(uint64(s.Bavail) * uint64(s.Bsize)), true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return 0, false
		}
		dir = parent
	}
}
