package topology

import "github.com/plumbline/plumbline/internal/diag"

// NativeCodes documents what reading native topologies reports.
func NativeCodes() []diag.CodeDoc { return nativeCodes() }
