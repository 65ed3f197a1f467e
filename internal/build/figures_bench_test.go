package build

import (
	"os"
	"testing"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
)

// BenchmarkFigure draws a sample for a page and for a phone, as each build does.
func BenchmarkFigure(b *testing.B) {
	src, problems := Load(Input{Content: os.DirFS("../../content"), ContentPrefix: "content/", Rules: os.DirFS("../../rules")})
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	assets, problems := bundle.Site(os.DirFS("../../theme"), string(rulejs.Translate(src.Rules, "test")))
	if problems.HasErrors() {
		b.Fatal(problems[0].Message)
	}
	js := newEngines(assets.Engine)
	defer js.close()
	err := onEngines(js, 1, func(e *engine) func(int) {
		d := &drawer{e, src.Rules.NewBench()}
		return func(int) {
			for b.Loop() {
				if got, problems := d.draw(picture{example: &rule.Example{Sample: "virtual-wan"}, id: "f"}); got.Wide == "" || len(problems) > 0 {
					b.Fatal("there is no drawing", problems.Records())
				}
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}
