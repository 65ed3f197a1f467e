package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// figureFile says how topologies are drawn. A site without it has no figures.
const figureFile = "figure.yaml"

// Figure is rules/figure.yaml: what a topology is drawn as. Its expressions see
// an object under the name that its kind has for one, and every collection.
type Figure struct {
	Icons  []FigureIcon
	Places []*FigurePlace
	Shapes []*FigureShape // boxes in file order, then nodes
	Tags   []FigureTag
	Edges  []*FigureEdge
	Also   []string // kinds that are counted below the drawing
}

// FigureIcon is a picture of 16 by 16 units, as the data of an SVG path.
type FigureIcon struct{ Name, Path string }

// FigurePlace is something outside of every topology: the Internet.
type FigurePlace struct{ Name, Title, Icon string }

// FigureShape says what the objects of a kind are drawn as. A box holds others,
// a node stands in a box.
type FigureShape struct {
	Kind   string
	Box    bool
	Icon   string
	Group  string // of a node: what many of them in one box are called together
	Across bool   // of a box: what it holds stands side by side
	In     Text   // optional: the object whose box it stands in
	Row    Text   // optional, of a box that stands in none: from the top down
	Label  Text   // optional: a name of its own
	Note   Text   // optional: a second line
	Tags   Text   // optional: objects shown as a short word
	Span   diag.Span
}

// FigureTag is the short word that objects of a kind are shown as.
type FigureTag struct{ Kind, Text string }

// FigureEdge makes lines: for each object of Kind from one end to the other or,
// where an end is a list, to each of its objects.
type FigureEdge struct {
	Name  string
	Title string // in the legend
	Verb  string // between the names of its ends in the description
	Kind  string
	Line  string // one of Lines
	// From and To give objects; without an expression the object itself, or a place.
	From, To           Text
	FromPlace, ToPlace string
	When               Text   // optional: only objects for which this is true
	Label              Text   // optional: a word beside the line
	OneWay             string // of two directions that are one line: the word beside one that lacks the other
	Span               diag.Span
}

// Lines are the ways to draw an edge.
func Lines() []string { return []string{"plain", "double", "strong", "danger", "faint"} }

var pathData = regexp.MustCompile(`^[MmLlHhVvCcSsQqTtAaZz0-9 .,+-]+$`)

// figure reads figure.yaml.
func (l *loader) figure(root *document.Node) {
	f := &Figure{}
	l.keys(root, folder+"/"+figureFile, "icons", "places", "boxes", "nodes", "tags", "edges", "also")
	l.figureIcons(f, root.Get("icons"))
	l.figurePlaces(f, root.Get("places"))
	l.figureShapes(f, root.Get("boxes"), true)
	l.figureShapes(f, root.Get("nodes"), false)
	l.figureTags(f, root.Get("tags"))
	l.figureEdges(f, root.Get("edges"))
	if n := root.Get("also"); n != nil {
		l.figureAlso(f, n)
	}
	if len(f.Shapes) == 0 {
		l.report("model/missing-key", root.Span, `"`+folder+"/"+figureFile+`" draws nothing`, `say under "boxes" or "nodes" which kinds are drawn`)
	}
	l.model.Figure = f
}

func (l *loader) figureIcons(f *Figure, n *document.Node) {
	if n = l.mapOf(n, `"icons"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		path := l.text(e.Value, fmt.Sprintf("the icon %q", e.Key))
		if !pathData.MatchString(path) {
			l.report("model/figure-icon", e.Value.Span, fmt.Sprintf("the icon %q is not the data of an SVG path", e.Key), "write what stands in the attribute d of a path, in units of a square of 16")
			continue
		}
		f.Icons = append(f.Icons, FigureIcon{e.Key, path})
	}
}

// figureIcon checks the name of an icon.
func (l *loader) figureIcon(f *Figure, n *document.Node) string {
	name := l.text(n, `"icon"`)
	names := make([]string, 0, len(f.Icons))
	for _, i := range f.Icons {
		names = append(names, i.Name)
	}
	return l.figureName(n, "icon", name, names)
}

// figureName checks a name against those that the file defines.
func (l *loader) figureName(n *document.Node, what, name string, names []string) string {
	if name == "" || slices.Contains(names, name) {
		return name
	}
	hint := diag.DidYouMean(name, names)
	if hint == "" {
		hint = fmt.Sprintf("define it under %q", what+"s")
	}
	l.report("model/figure-name", n.Span, fmt.Sprintf("there is no %s %q", what, name), hint)
	return ""
}

func (l *loader) figurePlaces(f *Figure, n *document.Node) {
	if n = l.mapOf(n, `"places"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		what := fmt.Sprintf("the place %q", e.Key)
		p := &FigurePlace{Name: e.Key, Title: e.Key}
		if body := l.mapOf(e.Value, what); body != nil {
			l.keys(body, what, "title", "icon")
			if title := l.text(body.Get("title"), `"title"`); title != "" {
				p.Title = title
			}
			p.Icon = l.figureIcon(f, body.Get("icon"))
		}
		f.Places = append(f.Places, p)
	}
}

// figureKind is the kind that a key or value names, or "" with a report.
func (l *loader) figureKind(name string, span diag.Span) string {
	if l.model.Kind(name) == nil {
		l.report("model/unknown-kind", span, fmt.Sprintf("%q is no kind", name), diag.DidYouMean(name, l.model.KindNames()))
		return ""
	}
	return name
}

func (l *loader) figureShapes(f *Figure, n *document.Node, box bool) {
	key, own := "nodes", []string{"group"}
	if box {
		key, own = "boxes", []string{"row", "across"}
	}
	if n = l.mapOf(n, `"`+key+`"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		if l.figureKind(e.Key, e.KeySpan) == "" {
			continue
		}
		if slices.ContainsFunc(f.Shapes, func(s *FigureShape) bool { return s.Kind == e.Key }) {
			l.report("model/duplicate-name", e.KeySpan, fmt.Sprintf("%q is a box already", e.Key), "a kind is drawn as a box or as a node")
			continue
		}
		s := &FigureShape{Kind: e.Key, Box: box, Span: e.KeySpan}
		f.Shapes = append(f.Shapes, s)
		what := fmt.Sprintf("%q of %s", e.Key, key)
		body := l.mapOf(e.Value, what)
		if body == nil {
			continue
		}
		l.keys(body, what, append([]string{"icon", "in", "label", "note", "tags"}, own...)...)
		s.Icon = l.figureIcon(f, body.Get("icon"))
		s.In = l.expression(body.Get("in"), `"in"`)
		s.Label = l.expression(body.Get("label"), `"label"`)
		s.Note = l.expression(body.Get("note"), `"note"`)
		s.Tags = l.expression(body.Get("tags"), `"tags"`)
		if box {
			s.Row = l.expression(body.Get("row"), `"row"`)
			s.Across = l.flag(body.Get("across"), `"across"`)
		} else {
			s.Group = l.text(body.Get("group"), `"group"`)
		}
	}
}

func (l *loader) figureTags(f *Figure, n *document.Node) {
	if n = l.mapOf(n, `"tags"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		if l.figureKind(e.Key, e.KeySpan) != "" {
			f.Tags = append(f.Tags, FigureTag{e.Key, l.text(e.Value, fmt.Sprintf("the tag of %q", e.Key))})
		}
	}
}

func (l *loader) figureAlso(f *Figure, n *document.Node) {
	if n.Kind != document.List {
		l.report("model/wrong-type", n.Span, `"also" must be a list of kinds, not `+n.Describe(), "")
		return
	}
	for _, item := range n.Items {
		if k := l.figureKind(l.text(item, `an item of "also"`), item.Span); k != "" {
			f.Also = append(f.Also, k)
		}
	}
}

func (l *loader) figureEdges(f *Figure, n *document.Node) {
	if n = l.mapOf(n, `"edges"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		what := fmt.Sprintf("the edge %q", e.Key)
		body := l.mapOf(e.Value, what)
		if body == nil {
			continue
		}
		l.keys(body, what, "title", "verb", "for", "line", "from", "to", "fromPlace", "toPlace", "when", "label", "oneWay")
		edge := &FigureEdge{
			Name: e.Key, Span: e.KeySpan,
			Title: l.text(body.Get("title"), `"title"`), Verb: l.text(body.Get("verb"), `"verb"`),
			From: l.expression(body.Get("from"), `"from"`), To: l.expression(body.Get("to"), `"to"`),
			FromPlace: l.figurePlace(f, body.Get("fromPlace")), ToPlace: l.figurePlace(f, body.Get("toPlace")),
			When: l.expression(body.Get("when"), `"when"`), Label: l.expression(body.Get("label"), `"label"`),
			OneWay: l.text(body.Get("oneWay"), `"oneWay"`),
			Line:   "plain",
		}
		if line := body.Get("line"); line != nil {
			edge.Line = l.text(line, `"line"`)
			if !slices.Contains(Lines(), edge.Line) {
				hint := diag.DidYouMean(edge.Line, Lines())
				if hint == "" {
					hint = "the lines are " + strings.Join(Lines(), ", ")
				}
				l.report("model/figure-name", line.Span, fmt.Sprintf("there is no line %q", edge.Line), hint)
			}
		}
		kind := body.Get("for")
		if kind == nil {
			l.report("model/missing-key", e.KeySpan, what+` has no "for"`, "name the kind whose objects make the lines")
			continue
		}
		if edge.Kind = l.figureKind(l.text(kind, `"for"`), kind.Span); edge.Kind == "" {
			continue
		}
		if edge.Title == "" {
			edge.Title = e.Key
		}
		if edge.Verb == "" {
			edge.Verb = "is connected to"
		}
		f.Edges = append(f.Edges, edge)
	}
}

func (l *loader) figurePlace(f *Figure, n *document.Node) string {
	names := make([]string, 0, len(f.Places))
	for _, p := range f.Places {
		names = append(names, p.Name)
	}
	return l.figureName(n, "place", l.text(n, "a place"), names)
}
