package rulejs

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/theme"
)

// ruleCodeLimit bounds what rules cost a reader, in bytes under gzip: operators,
// builtins and the code of all founding rules, without the model, the readers of
// inputs, the evaluator of unknowns and texts.
const ruleCodeLimit = 14 << 10

// bareRules is the code of rules alone: no trees, titles or messages. With
// withModel set it holds the derived values and functions of the model too.
func bareRules(set *rule.Set, withModel bool) string {
	m := set.Env.Model()
	if !withModel {
		m = &model.Model{}
	}
	var b strings.Builder
	b.WriteString("import * as rt from \"plumbline:runtime\";\nexport const derived = {\n")
	for _, k := range m.Kinds {
		fmt.Fprintf(&b, "%s: {\n", k.Name)
		for _, d := range k.Derived {
			fmt.Fprintf(&b, "%s: %s,\n", d.Name, Run(set.Env.Derived(k.Name, d.Name), []string{lang.SelfName}))
		}
		b.WriteString("},\n")
	}
	b.WriteString("};\nexport const functions = {\n")
	for _, f := range m.Functions {
		var params []string
		for _, p := range f.Params {
			params = append(params, p.Name)
		}
		x := set.Env.Function(f.Name)
		fmt.Fprintf(&b, "%s: { run: %s },\n", f.Name, newTranslator(x, params, paramShapes(set.Env, f.Name)).function(parameters(params), x.Root))
	}
	b.WriteString("};\nexport const rules = [\n")
	for _, r := range set.Rules {
		var vars []string
		if r.Kind != nil {
			vars = []string{r.Var}
		}
		b.WriteString("[")
		for _, x := range []*lang.Expr{r.Where, r.Assert, r.Fact} {
			if x != nil {
				b.WriteString(Run(x, vars))
			}
			b.WriteString(", ")
		}
		b.WriteString("],\n")
	}
	b.WriteString("];\n")
	return b.String()
}

func foundingSet(t testing.TB) *rule.Set {
	t.Helper()
	rules := os.DirFS("../../rules")
	m, _ := model.Load(rules)
	env, _ := lang.NewEnv(m)
	site, _ := content.Load(os.DirFS("../../content"), content.Options{Prefix: "content/"})
	set, problems := rule.Load(site, env, rules, "rules/")
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	return set
}

// ruleCode bundles the rules with what they use of the runtime. The evaluator of
// unknowns is replaced by nothing.
func ruleCode(t testing.TB, set *rule.Set, withModel bool) string {
	t.Helper()
	bare := theme.With(fstest.MapFS{
		"runtime/tree.ts": {Data: []byte("export class RuntimeError extends Error {}\nexport const evaluateTree = () => null;\n")},
		"runtime/eval.ts": {Data: []byte("import { derived, functions, rules } from \"plumbline:rules\";\nimport { field } from \"./evaluate\";\nexport { derived, functions, rules, field };\n")},
	})
	code, problems := bundle.Eval(bare, bareRules(set, withModel))
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	return code
}

func TestRulesCostLittle(t *testing.T) {
	set := foundingSet(t)
	n := zipped([]byte(ruleCode(t, set, false)))
	t.Logf("operators, builtins and %d rules: %d bytes under gzip", len(set.Rules), n)
	t.Logf("with the model's derived values and functions: %d", zipped([]byte(ruleCode(t, set, true))))
	if n > ruleCodeLimit {
		t.Errorf("operators, builtins and rules are %d bytes under gzip, more than %d", n, ruleCodeLimit)
	}
}

func zipped(data []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Len()
}

// BenchmarkSizes prints the bytes of a site's bundles under gzip.
func BenchmarkSizes(b *testing.B) {
	set := foundingSet(b)
	var assets bundle.Assets
	for b.Loop() {
		assets, _ = bundle.Site(theme.FS(), string(Translate(set, "bench")))
	}
	b.ReportMetric(float64(zipped([]byte(ruleCode(b, set, false)))), "rule-code-gzip")
	b.ReportMetric(float64(zipped([]byte(ruleCode(b, set, true)))), "rule-and-model-code-gzip")
	var files []string
	for p := range assets.Files {
		if ext := path.Ext(p); ext == ".js" || ext == ".mjs" || ext == ".css" {
			files = append(files, p)
		}
	}
	slices.Sort(files)
	for _, p := range files {
		name, _, _ := strings.Cut(path.Base(p), "-")
		b.ReportMetric(float64(zipped(assets.Files[p])), strings.TrimSuffix(name, path.Ext(name))+path.Ext(p)+"-gzip")
	}
}
