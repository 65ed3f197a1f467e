// Package content embeds the founding guidance and the manual, so that the
// program can check a topology without a checkout.
//
// **Invariant:** it holds files and nothing else.
package content

import "embed"

//go:embed *
var files embed.FS

// FS returns this folder as a site has it. Go files in it are never published.
func FS() embed.FS { return files }
