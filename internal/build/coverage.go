package build

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
)

// coverage says of each claim that a tag names which rules decide it, which
// entry says why none can, and which input formats hold what the rules look at.
func coverage(src Sources) render.Coverage {
	out := render.Coverage{Claims: src.Claims.Claims, Covered: src.Claims.Covered, Inputs: []string{"native"}}
	for _, o := range src.Claims.Open {
		out.Open = append(out.Open, render.OpenClaim{Page: o.Page, Text: o.Block.Text})
	}
	for _, in := range src.Model.Inputs {
		out.Inputs = append(out.Inputs, in.Name)
	}
	stated := statedBy(src.Model)
	claims := map[string]*render.Claim{}
	claim := func(tag string) *render.Claim {
		if claims[tag] == nil {
			claims[tag] = &render.Claim{Tag: tag}
		}
		return claims[tag]
	}
	for _, r := range src.Rules.Rules {
		reads := src.Env.Reads(r.Where, r.Assert, r.Fact)
		needed := slices.DeleteFunc(reads.Declared, func(name string) bool { return hasDefault(src.Model, name) })
		var holds []render.Holding
		for _, in := range out.Inputs {
			holds = append(holds, holding(src.Model, stated[in], r, reads))
		}
		for _, tag := range r.Tags {
			c := claim(tag)
			c.Rules = append(c.Rules, render.ClaimRule{ID: r.ID, Inputs: holds, Declared: needed})
		}
	}
	for _, m := range src.Rules.Manual {
		for _, tag := range m.Tags {
			c := claim(tag)
			c.Manual = append(c.Manual, render.ManualClaim{Page: m.Page, Block: m.Block, Reason: m.Reason})
		}
	}
	for _, tag := range slices.SortedFunc(maps.Keys(claims), byNumber) {
		out.Tagged = append(out.Tagged, *claims[tag])
	}
	return out
}

// hasDefault reports whether a declared fact has a value where nobody declares it.
func hasDefault(m *model.Model, fact string) bool {
	return slices.ContainsFunc(m.Declared, func(f *model.Field) bool { return f.Name == fact && f.HasDefault })
}

// statedBy lists the fields that the mappings of each input read, "kind.field";
// a kind alone is "kind". A native topology can state everything, which is nil.
func statedBy(m *model.Model) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, in := range m.Inputs {
		fields := map[string]bool{}
		for _, mp := range in.Mappings {
			fields[mp.Kind] = true
			for _, f := range mp.Fields {
				fields[mp.Kind+"."+f.Field] = true
			}
		}
		out[in.Name] = fields
	}
	return out
}

// holding says how much of what a rule looks at an input can state. A field with
// a default counts as stated: not to mention it is to state the default.
func holding(m *model.Model, stated map[string]bool, r *rule.Rule, reads lang.Reads) render.Holding {
	if stated == nil {
		return render.Holding{State: render.HoldsAll}
	}
	if r.Kind != nil && !stated[r.Kind.Name] {
		return render.Holding{State: render.HoldsNothing, Missing: []string{r.Kind.Name}}
	}
	missing := map[string]bool{}
	for _, name := range reads.Collections {
		if !stated[name] {
			missing[name] = true
		}
	}
	for _, read := range reads.Fields {
		f := m.Kind(read.Kind).Field(read.Field)
		switch {
		case !stated[read.Kind]:
			missing[read.Kind] = true
		case f != nil && !f.HasDefault && !stated[read.Kind+"."+read.Field]:
			missing[read.Kind+"."+read.Field] = true
		}
	}
	if len(missing) == 0 {
		return render.Holding{State: render.HoldsAll}
	}
	return render.Holding{State: render.HoldsSome, Missing: slices.Sorted(maps.Keys(missing))}
}

// byNumber orders tags by their letters, then by their number: C2, C10, C39a, D1.
func byNumber(a, b string) int {
	cut := func(s string) (letters string, number int, rest string) {
		digit := func(c byte) bool { return c >= '0' && c <= '9' }
		i := 0
		for i < len(s) && !digit(s[i]) {
			i++
		}
		j := i
		for j < len(s) && digit(s[j]) {
			j++
		}
		number, _ = strconv.Atoi(s[i:j]) // 0 where there is none
		return s[:i], number, s[j:]
	}
	aLetters, aNumber, aRest := cut(a)
	bLetters, bNumber, bRest := cut(b)
	return cmp.Or(cmp.Compare(aLetters, bLetters), cmp.Compare(aNumber, bNumber), cmp.Compare(aRest, bRest))
}
