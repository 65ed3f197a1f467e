//go:build !linux

package build

import "errors"

// exchange always fails: this system has no call that swaps two folders.
func exchange(a, b string) error { return errors.ErrUnsupported }
