//go:build unix

package build

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lock holds an advisory lock on the folder itself, so that no lock file is left in it.
func lock(dir string) (func(), error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: another build is writing this folder (%w)", dir, err)
	}
	return func() { f.Close() }, nil
}
