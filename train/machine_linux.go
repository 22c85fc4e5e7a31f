package train

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
)

// lockFolder keeps a second run out of a run folder until the file is closed; the kernel closes it for
// a process that is killed. Where the file system has no locks there is none.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(fmt.Errorf("%s: another run is training in this folder", dir), f.Close())
	}
	return f, nil
}

// machineMemory is the memory of this machine in bytes, swap included.
func machineMemory() int64 {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return math.MaxInt64
	}
	return int64((uint64(info.Totalram) + uint64(info.Totalswap)) * uint64(info.Unit))
}
