// Package rules embeds the founding guidance's model, input mappings and sample
// topologies, so that the program can check a topology without a checkout.
//
// **Invariant:** it holds files and nothing else.
package rules

import "embed"

// FS is this folder as a site has it: topology.yaml, inputs/ and samples/.
//
//go:embed topology.yaml inputs samples
var FS embed.FS
