package build

import (
	"os"
	"testing"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/jsvm"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/internal/topology"
)

// BenchmarkProof is what a build spends to hold both engines together, on the
// founding rules: on one processor with an engine that runs already. Its goal is
// under 5 ms for a rule with as many processors as a build has, two or more.
func BenchmarkProof(b *testing.B) {
	src, problems := Load(Input{Content: os.DirFS("../../content"), ContentPrefix: "content/", Rules: os.DirFS("../../rules")})
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	assets, problems := bundle.Site(os.DirFS("../../theme"), string(rulejs.Translate(src.Rules, "test")))
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	vm, err := jsvm.New(assets.Engine)
	if err != nil {
		b.Fatal(err)
	}
	defer vm.Close()
	for b.Loop() {
		p := &prover{&engine{vm, map[*topology.Base]int{}}, src.Rules.NewBench(), variationsInBuild}
		for _, r := range src.Rules.Rules {
			if problems := p.rule(r); len(problems) > 0 {
				b.Fatal(problems[0].Message)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N*len(src.Rules.Rules)), "ms/rule")
}
