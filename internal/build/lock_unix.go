//go:build unix

package build

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock waits until no other build writes below the folder. The system lifts
// the lock of a process that dies. On a file system without locks, builds are
// not kept apart.
func lock(dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != unix.EINTR {
			return func() { f.Close() }, nil
		}
	}
}
