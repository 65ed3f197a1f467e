package build

import (
	"os"
	"runtime/debug"
)

// garbage is how much garbage may lie beside what is used, in percent of it, before
// it is collected.
const garbage = 300

// Hurry has this process collect garbage rarely, unless its environment says when.
// It is for a process that builds or tests a site and ends, which uses some dozens of
// megabytes.
func Hurry() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}
