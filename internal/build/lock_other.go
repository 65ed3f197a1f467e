//go:build !unix

package build

// lock does nothing: this system cannot lock a folder.
func lock(string) (unlock func(), err error) { return func() {}, nil }
