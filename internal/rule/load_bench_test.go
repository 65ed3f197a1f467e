package rule

import (
	"os"
	"testing"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// BenchmarkLoad is what every command spends before it does anything: the founding
// model compiled, the pages read, the rules checked against both.
func BenchmarkLoad(b *testing.B) {
	rules, pages := os.DirFS("../../rules"), os.DirFS("../../content")
	var m *model.Model
	var env *lang.Env
	var site *content.Site
	b.Run("model", func(b *testing.B) {
		for b.Loop() {
			m, _ = model.Load(rules)
		}
	})
	b.Run("environment", func(b *testing.B) {
		for b.Loop() {
			env, _ = lang.NewEnv(m)
		}
	})
	b.Run("content", func(b *testing.B) {
		for b.Loop() {
			site, _ = content.Load(pages, content.Options{Prefix: "content/"})
		}
	})
	b.Run("rules", func(b *testing.B) {
		for b.Loop() {
			Load(site, env, rules, "rules/")
		}
	})
}
