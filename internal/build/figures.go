package build

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/plumbline/plumbline/internal/content"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/render"
	"github.com/plumbline/plumbline/internal/rule"
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
	rule    string        // whose verdicts are shown, or ""
	title   string
	id      string
	span    diag.Span
	part    bool // only what the example is about
	width   int  // the one that it is drawn for; 0 is both
	put     func(render.Drawing)
}

// draw makes the figures of a site in the engine that proved its rules. Those of
// the last build stay as long as nothing they are made of changes.
func (c *Cache) draw(in Input, src Sources, script string) (drawings, diag.List) {
	out := drawings{map[*content.Figure]render.Drawing{}, map[*rule.Example]render.Drawing{}, map[*rule.Example]render.Drawing{}}
	pictures := picturesOf(src, out)
	if src.Env.Figure() == nil || len(pictures) == 0 {
		return out, nil
	}
	known := map[[sha256.Size]byte]render.Drawing{}
	if c != nil && c.drawn != nil {
		known = c.drawn
	}
	shared := sha256.Sum256([]byte(script))
	next := map[[sha256.Size]byte]render.Drawing{}
	keys := make([][sha256.Size]byte, len(pictures))
	var todo []int
	for i, p := range pictures {
		keys[i] = p.key(src.Rules, shared)
		if d, ok := known[keys[i]]; ok {
			p.put(d)
			next[keys[i]] = d
			continue
		}
		todo = append(todo, i)
	}
	made := make([]render.Drawing, len(pictures))
	found := make([]diag.List, len(pictures))
	err := onEngines(script, len(todo), func(e *engine) func(int) {
		d := &drawer{e, src.Rules.NewBench()}
		return func(n int) { made[todo[n]], found[todo[n]] = d.draw(pictures[todo[n]]) }
	})
	if err != nil {
		return out, diag.List{undrawn(diag.Span{}, err)}
	}
	var problems diag.List
	for _, i := range todo {
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
			list = append(list, picture{&rule.Example{Sample: f.Sample}, "", f.Alt, fmt.Sprintf("plFigure%d", f.Number), f.Span, false, 0,
				func(d render.Drawing) { out.pages[f] = d }})
		}
	}
	for _, r := range src.Rules.Rules {
		first := true
		for _, e := range r.Examples {
			// Examples that look the same share a figure, so it has neither a name of its own.
			list = append(list, picture{e, r.ID, "What the example is about", "plPart", e.Span, true, smallFigure, func(d render.Drawing) { out.parts[e] = d }})
			if first && e.Expect == "fail" {
				first = false
				list = append(list, picture{e, r.ID, fmt.Sprintf("The topology of the example “%s”", e.Name), "plExample", e.Span, false, wideFigure,
					func(d render.Drawing) { out.examples[e] = d }})
			}
		}
	}
	return list
}

// key names everything that a drawing is made of.
func (p picture) key(set *rule.Set, script [sha256.Size]byte) [sha256.Size]byte {
	data, err := json.Marshal([]any{script, set.Case(&rule.Rule{ID: p.rule}, p.example), p.title, p.id, p.part, p.width, p.example.Subject})
	if err != nil {
		panic(err) // texts always encode
	}
	return sha256.Sum256(data)
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
func (d *drawer) picture(p picture, base *topology.Base, patch []byte, id string, width int) (string, int, error) {
	number, err := d.load(base, base)
	if err != nil {
		return "", 0, err
	}
	request, err := json.Marshal(map[string]any{"rule": p.rule, "base": number, "variant": json.RawMessage(patch), "title": p.title, "id": id, "width": width, "part": p.part, "subject": p.example.Subject})
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
