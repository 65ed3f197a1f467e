// Package rules embeds the founding guidance's model, input mappings and sample
// topologies, so that the program can check a topology without a checkout.
//
// **Invariant:** it holds files and nothing else.
package rules

import "embed"

//go:embed topology.yaml figure.yaml inputs samples
var files embed.FS

// FS returns this folder as a site has it: topology.yaml, figure.yaml, inputs/ and
// samples/.
func FS() embed.FS { return files }
