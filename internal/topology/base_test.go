package topology

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// founding is the model and a sample of this repository.
func founding(t *testing.T, sample string) (*lang.Env, *diag.Source, *document.Node) {
	t.Helper()
	m, problems := model.Load(os.DirFS("../../rules"))
	env, more := lang.NewEnv(m)
	text, err := os.ReadFile("../../rules/samples/" + sample + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	src := diag.NewSource(sample, string(text))
	root, last := document.Parse(src)
	if problems = append(append(problems, more...), last...); problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	return env, src, root
}

// whole writes everything that a topology holds.
func whole(bs *Bases, t *Topology) string {
	var p patch
	p.bases = bs
	places := map[lang.Object]int{}
	for i, o := range t.objects {
		places[o] = i
	}
	number := func(o lang.Object) int { return places[o] }
	for _, o := range t.objects {
		p.add(o, bs.encodeFields(o, number))
	}
	p.world(world{}, bs.encodeWorld(t, number, everyKind, true))
	return strings.ReplaceAll(p.done().Changes, "],[", "],\n[")
}

// TestVariantsAreWhatReadingGives varies every field of every object, and which
// objects there are, and compares the quick way with reading it all again.
func TestVariantsAreWhatReadingGives(t *testing.T) {
	t.Run("which states all kinds", func(t *testing.T) { variantsAreWhatReadingGives(t, "virtual-wan", true) })
	t.Run("which states few", func(t *testing.T) { variantsAreWhatReadingGives(t, "standalone", false) })
}

func variantsAreWhatReadingGives(t *testing.T, sample string, empty bool) {
	env, src, root := founding(t, sample)
	if !empty {
		root.Entries = slices.DeleteFunc(root.Entries, func(e document.Entry) bool { return e.Value.Kind == document.List && len(e.Value.Items) == 0 })
	}
	bs := NewBases(env)
	b, problems := bs.Read(src, root)
	if problems.HasErrors() {
		t.Fatal(problems[0].Message)
	}
	before := whole(bs, b.Topology)
	fields, objects, anew := 0, 0, 0
	for _, changes := range everyChange(env, root) {
		c := changesOf(t, changes)
		want, problems := ReadNative(env, src, root, c)
		called := false
		got := b.With(c, func(v Variant) {
			called = true
			switch {
			case v.Topology == b.Topology:
				fields++
			case v.World == b.World:
				objects++
			default:
				anew++
			}
			if a, b := whole(bs, v.Topology), whole(bs, want); a != b {
				t.Errorf("%s\n%s", changes, firstDifference(a, b))
			}
		})
		if problems.HasErrors() != got.HasErrors() || called == got.HasErrors() {
			t.Errorf("%s: problems %v, not %v", changes, got, problems)
		}
	}
	if fields < 400 || objects < 200 || anew > 1 {
		t.Errorf("%d variants with other fields, %d with other objects, %d read anew", fields, objects, anew)
	}
	if after := whole(bs, b.Topology); after != before {
		t.Errorf("the base changed\n%s", firstDifference(after, before))
	}
}

func everyChange(env *lang.Env, root *document.Node) []string {
	out := []string{"{}", `{"declared":{"bastionsBefore20211102":["x"]}}`, `{"unknown":["declared.bastionsBefore20211102"]}`,
		`{"declared":{"complete":true}}`, `{"set":{"bastions[0].sku":"Basic","ipConfigurations[1].subnet":"vnet-access/snet-tools"},"unknown":["hubConnections[0].virtualNetwork"]}`,
		`{"set":{"diagnosticSettings[0].logs[0].enabled":false}}`, `{"unknown":["diagnosticSettings[0].logs[0].enabled"]}`,
		`{"unset":["securityRules[0].sources[0]"]}`, `{"unknown":["securityRules[0].sources[0]"]}`, `{"set":{"bastions[0].skuu":1}}`,
		`{"set":{"bastions[0].subnet":"nowhere"}}`, `{"set":{"bastions[9].sku":"Basic"}}`}
	links := everyLink(env, root)
	for _, k := range env.Model().Kinds {
		n := root.Get(k.Name)
		if n == nil {
			out = append(out, fmt.Sprintf(`{"set":{%q:[{"id":"x"}]}}`, k.Name), fmt.Sprintf(`{"unset":[%q]}`, k.Name), fmt.Sprintf(`{"unknown":[%q]}`, k.Name))
			continue
		}
		out = append(out, fmt.Sprintf(`{"unknown":[%q]}`, k.Name), fmt.Sprintf(`{"set":{%q:[]}}`, k.Name))
		if n := len(n.Items); n > 0 {
			// Other objects of the kind, and what links to them otherwise than before.
			all := strings.TrimSuffix(document.JSON(root.Get(k.Name)), "]")
			twin := fmt.Sprintf(`%q:%s,{"id":"twin"}]`, k.Name, all)
			out = append(out, `{"set":{`+twin+`}}`, fmt.Sprintf(`{"set":{%s},"unset":["%s[0]"]}`, twin, k.Name), fmt.Sprintf(`{"set":{%s},"unknown":["%s[%d]"]}`, twin, k.Name, n-1))
			for _, l := range links {
				if l.to != k.Name {
					continue
				}
				out = append(out, fmt.Sprintf(`{"set":{%s,%q:"twin"}}`, twin, l.path), fmt.Sprintf(`{"set":{%s,%q:["twin"]}}`, twin, l.path),
					fmt.Sprintf(`{"set":{%s},"unknown":[%q,"%s[%d]"]}`, twin, l.path, k.Name, n), fmt.Sprintf(`{"unset":["%s[%d]",%q]}`, k.Name, n-1, l.path))
			}
		}
		for i := range n.Items {
			at := fmt.Sprintf("%s[%d]", k.Name, i)
			out = append(out, fmt.Sprintf(`{"unset":[%q]}`, at), fmt.Sprintf(`{"unknown":[%q]}`, at),
				fmt.Sprintf(`{"unknown":["%s.name"]}`, at), fmt.Sprintf(`{"set":{"%s.name":"x"}}`, at), fmt.Sprintf(`{"set":{%q:{"id":"x"}}}`, at))
			for _, f := range k.Fields {
				path := at + "." + f.Name
				out = append(out, fmt.Sprintf(`{"unset":[%q]}`, path), fmt.Sprintf(`{"unknown":[%q]}`, path))
				values := []string{"true", `"10.0.0.0/8"`, "[]", "7", `"Basic"`}
				if f.Type.Name == "link" && root.Get(f.Type.Link) != nil {
					for _, target := range root.Get(f.Type.Link).Items {
						values = append(values, `"`+target.Get("id").Text()+`"`)
					}
				}
				for _, v := range values {
					out = append(out, fmt.Sprintf(`{"set":{%q:%s}}`, path, v))
				}
			}
		}
	}
	return out
}

type linkPath struct{ path, to string }

// everyLink lists the links that objects can have, with the kinds that they lead to.
func everyLink(env *lang.Env, root *document.Node) []linkPath {
	var out []linkPath
	for _, k := range env.Model().Kinds {
		n := root.Get(k.Name)
		if n == nil {
			continue
		}
		for _, f := range k.Fields {
			for _, to := range targetsOf(f.Type) {
				for i := range n.Items {
					out = append(out, linkPath{fmt.Sprintf("%s[%d].%s", k.Name, i, f.Name), to})
				}
			}
		}
	}
	return out
}

func changesOf(t *testing.T, text string) Changes {
	n, problems := document.ParseJSON(diag.NewSource("changes", text))
	if problems.HasErrors() {
		t.Fatal(text, problems[0].Message)
	}
	return Changes{Set: n.Get("set"), Unset: n.Get("unset"), Unknown: n.Get("unknown"), Declared: n.Get("declared")}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got  " + a[i] + "\nwant " + b[i]
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(a), len(b))
}
