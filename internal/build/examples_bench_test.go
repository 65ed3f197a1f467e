//go:build unix

package build

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/rulejs"
)

// BenchmarkProof is what a build spends to hold both engines together, on the
// founding rules, from compiling the script to the last comparison: by the clock,
// with as many processors as there are, and in processor time. Its goal is under
// 5 ms for a rule.
func BenchmarkProof(b *testing.B) {
	Hurry() // as the verb does
	src, problems := Load(Input{Content: os.DirFS("../../content"), ContentPrefix: "content/", Rules: os.DirFS("../../rules")})
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	assets, problems := bundle.Site(os.DirFS("../../theme"), string(rulejs.Translate(src.Rules, "test")))
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	begin := used()
	for b.Loop() {
		js := newEngines(assets.Engine)
		if problems := examples(src.Rules, js, nil, inBuild); len(problems) > 0 {
			b.Fatal(problems[0].Message)
		}
		b.StopTimer() // they go on to draw the figures
		before := used()
		js.close()
		begin += used() - before
		b.StartTimer()
	}
	runs := float64(b.N * len(src.Rules.Rules))
	b.ReportMetric(b.Elapsed().Seconds()*1000/runs, "ms/rule")
	b.ReportMetric((used()-begin).Seconds()*1000/runs, "cpu-ms/rule")
}

// used is the processor time that this process has had.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
