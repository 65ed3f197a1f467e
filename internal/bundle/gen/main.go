// Command gen bundles the npm libraries of the theme into theme/dist, from
// where they are embedded into the program. The Makefile runs it after npm ci:
//
//	go run ./internal/bundle/gen theme
//
// Invariant: it writes nothing but theme/dist.
package main

import (
	"fmt"
	"os"

	"github.com/plumbline/plumbline/internal/bundle"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen THEME-FOLDER")
		os.Exit(2)
	}
	if err := bundle.Vendor(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}
