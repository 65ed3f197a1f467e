package build

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/plumbline/plumbline/internal/bundle"
	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/rulejs"
	"github.com/plumbline/plumbline/internal/topology"
)

// Widths that figures are drawn for, in pixels: the column of a page, and a phone.
const (
	wideFigure   = 688
	narrowFigure = 312
	smallFigure  = 300 // beside the words of an example, and under them on a phone
)

// drawings are the figures of a site: of its pages, and of the examples that rule
// pages show.
type drawings struct {
	pages    map[*content.Figure]render.Drawing
	examples map[*rule.Example]render.Drawing
	parts    map[*rule.Example]render.Drawing
}

// picture is a figure to draw.
type picture struct {
	example *rule.Example // a sample without changes, or an example
	rule    *rule.Rule    // whose verdicts are shown, or nil
	title   string
	id      string
	span    diag.Span
	part    bool // only what the example is about
	width   int  // the one that it is drawn for; 0 is both
	put     func(render.Drawing)
}

// draw makes the figures of a site in the engine that proved its rules. Those of
// the last build stay as long as nothing they are made of changes.
func (c *Cache) draw(in Input, src Sources, js *engines) (drawings, diag.List) {
	out := drawings{map[*content.Figure]render.Drawing{}, map[*rule.Example]render.Drawing{}, map[*rule.Example]render.Drawing{}}
	pictures := picturesOf(src, out)
	if src.Env.Figure() == nil || len(pictures) == 0 {
		return out, nil
	}
	next := map[[sha256.Size]byte]render.Drawing{}
	keys := make([][sha256.Size]byte, len(pictures))
	var missing []int
	if c == nil {
		for i := range pictures {
			missing = append(missing, i)
		}
	} else {
		k := newKeys(in, src)
		for i, p := range pictures {
			keys[i] = k.of(p)
			if d, ok := c.drawn[keys[i]]; ok {
				p.put(d)
				next[keys[i]] = d
				continue
			}
			missing = append(missing, i)
		}
	}
	made := make([]render.Drawing, len(pictures))
	found := make([]diag.List, len(pictures))
	err := onEngines(js, len(missing), func(e *engine) func(int) {
		d := &drawer{e, src.Rules.NewBench()}
		return func(n int) { made[missing[n]], found[missing[n]] = d.draw(pictures[missing[n]]) }
	})
	if err != nil {
		return out, diag.List{undrawn(diag.Span{}, err)}
	}
	var problems diag.List
	for _, i := range missing {
		pictures[i].put(made[i])
		next[keys[i]] = made[i]
		problems = append(problems, found[i]...)
	}
	if c != nil && !problems.HasErrors() {
		c.drawn = next
	}
	return out, problems
}

// picturesOf lists the figures of pages and, of each rule, a small one of each
// example and a large one of the first that it fails: what is wrong shows best.
func picturesOf(src Sources, out drawings) []picture {
	var list []picture
	for _, page := range src.Content.Pages {
		for _, f := range page.Figures {
			list = append(list, picture{&rule.Example{Sample: f.Sample}, nil, f.Alt, fmt.Sprintf("plFigure%d", f.Number), f.Span, false, 0,
				func(d render.Drawing) { out.pages[f] = d }})
		}
	}
	for _, r := range src.Rules.Rules {
		first := true
		for _, e := range r.Examples {
			// Examples that look the same share a figure, so it does not have the name of one.
			list = append(list, picture{e, r, "What the example is about", "plPart", e.Span, true, smallFigure, func(d render.Drawing) { out.parts[e] = d }})
			if first && e.Expect == "fail" {
				first = false
				list = append(list, picture{e, r, fmt.Sprintf("The topology of the example “%s”", e.Name), "plExample", e.Span, false, wideFigure,
					func(d render.Drawing) { out.examples[e] = d }})
			}
		}
	}
	return list
}

// keys names everything that drawings are made of. Other rules and the texts of a
// rule are not part of it, so that who writes a rule does not wait for all figures.
type keys struct {
	shared     [sha256.Size]byte
	set        *rule.Set
	topologies map[*document.Node]string
}

func newKeys(in Input, src Sources) *keys {
	h := sha256.New()
	theme := bundle.Sum(in.Theme)
	h.Write(theme[:])
	h.Write(rulejs.Translate(&rule.Set{Env: src.Env}, in.Version)) // the model, and what is drawn as what
	return &keys{[sha256.Size]byte(h.Sum(nil)), src.Rules, map[*document.Node]string{}}
}

func (k *keys) of(p picture) [sha256.Size]byte {
	root := k.set.Root(p.example)
	topology, known := k.topologies[root]
	if !known {
		topology = document.JSON(root)
		k.topologies[root] = topology
	}
	parts := []any{k.shared, topology, p.title, p.id, p.part, p.width, p.example.Subject}
	for _, changes := range []*document.Node{p.example.Set, p.example.Unset, p.example.Unknown, p.example.Declared} {
		text := ""
		if changes != nil {
			text = document.JSON(changes)
		}
		parts = append(parts, text)
	}
	if r := p.rule; r != nil {
		parts = append(parts, r.ID, r.Var, written(r.Where), written(r.Assert), written(r.Fact))
		if r.Kind != nil {
			parts = append(parts, r.Kind.Name)
		}
	}
	data, err := json.Marshal(parts)
	if err != nil {
		panic(err) // texts always encode
	}
	return sha256.Sum256(data)
}

// id is a rule's id, "" without a rule.
func id(r *rule.Rule) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// drawer draws in one engine.
type drawer struct {
	*engine
	bench *rule.Bench
}

func (d *drawer) draw(p picture) (render.Drawing, diag.List) {
	base, _ := d.bench.Base(p.example)
	var out render.Drawing
	var problems diag.List
	more := d.bench.With(p.example, p.example.Changes(), func(t topology.Variant) {
		if p.width != 0 {
			svg, width, err := d.picture(p, base, t.Patch, p.id, p.width)
			if err != nil {
				problems.Add(undrawn(p.span, err))
			}
			out.Wide, out.Width = svg, width
			return
		}
		for _, v := range []struct {
			to     *string
			id     string
			width  int
			pixels *int
		}{{&out.Wide, p.id, wideFigure, &out.Width}, {&out.Narrow, p.id + "n", narrowFigure, new(int)}} {
			svg, width, err := d.picture(p, base, t.Patch, v.id, v.width)
			if err != nil {
				problems.Add(undrawn(p.span, err))
				return
			}
			*v.to, *v.pixels = svg, width
		}
	})
	if out.Narrow != "" && out.Width <= narrowFigure {
		out.Narrow = "" // both are the same
	}
	return out, append(problems, more...)
}

// picture draws a variant of a base that the engine has loaded or loads now.
func (d *drawer) picture(p picture, base *topology.Base, patch topology.Patch, name string, width int) (string, int, error) {
	number, err := d.load(base, base)
	if err != nil {
		return "", 0, err
	}
	request, err := json.Marshal(map[string]any{"rule": id(p.rule), "base": number, "variant": json.RawMessage(patch.Changes), "stale": json.RawMessage(patch.Stale), "title": p.title, "id": name, "width": width, "part": p.part, "subject": p.example.Subject})
	if err != nil {
		return "", 0, err
	}
	text, err := d.vm.Call("plumbline.picture", string(request))
	if err != nil || text == "" {
		return "", 0, err
	}
	var drawing struct {
		SVG   string `json:"svg"`
		Width int    `json:"width"`
	}
	err = json.Unmarshal([]byte(text), &drawing)
	return drawing.SVG, drawing.Width, err
}

func undrawn(span diag.Span, err error) diag.Diagnostic {
	return broken(diag.Diagnostic{Span: span, Message: "the topology could not be drawn: " + err.Error()})
}
