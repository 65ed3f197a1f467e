package topology

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// Read reads one topology from one or more texts: decode, detect the format,
// flatten, map, link. Problems of the texts are in Topology.Problems; World is
// nil where nothing could be read.
func Read(env *lang.Env, files []File, opts Options) *Topology {
	return Decode(files).Read(env, opts)
}

// Documents are the texts of one topology, decoded: the part of reading that
// needs no model.
type Documents struct{ list []decoded }

// decoded is a document, or what is wrong with one line of several.
type decoded struct {
	src      *diag.Source   // nil: no document of its own
	root     *document.Node // nil: it cannot be read
	problems diag.List
}

// Decode decodes the texts of one topology.
func Decode(files []File) *Documents {
	d := &Documents{}
	for _, f := range files {
		f.Text = validText(f.Text)
		if IsLines(f.Text) {
			d.lines(f)
		} else {
			d.text(f)
		}
	}
	return d
}

// Read reads the topology that the documents state.
func (d *Documents) Read(env *lang.Env, opts Options) *Topology {
	r := &reader{env: env, opts: opts}
	for _, doc := range d.list {
		r.problems = append(r.problems, doc.problems...)
		switch {
		case doc.root != nil:
			r.detect(doc.src, doc.root)
		case doc.src != nil:
			r.docs = append(r.docs, &input{src: doc.src})
		}
	}
	return r.topology()
}

// text decodes a text that is one document.
func (d *Documents) text(f File) {
	doc := decoded{src: diag.NewSource(f.Name, f.Text)}
	defer func() { d.list = append(d.list, doc) }()
	if foreignText(doc.src, &doc.problems) {
		return
	}
	if message, hint := foreignTerraform(doc.src.Text); message != "" {
		doc.problems.Add(diag.Diagnostic{Code: "input/unrecognised", Severity: diag.Error, Span: diag.Span{Source: doc.src, End: 1}, Message: message, Hint: hint})
		return
	}
	if doc.root, doc.problems = document.ParseRows(doc.src); doc.problems.HasErrors() {
		doc.root = nil
	}
}

// reader collects the documents of one topology.
type reader struct {
	env      *lang.Env
	opts     Options
	docs     []*input
	given    []*givenParameter
	mapper   *mapper
	problems diag.List
	// references is shared by all plans and states of the input.
	references *tfReferences
}

// input is one document with its format.
type input struct {
	src    *diag.Source
	root   *document.Node
	format string
	by     string // what the format was recognised by
}

// detect adds a document once its format is known.
func (r *reader) detect(src *diag.Source, root *document.Node) {
	format, by := detect(r.env.Model(), root, r.opts.Input, &r.problems)
	if format != formatResources { // which alone reads rows
		wholeItems(root)
		for _, e := range root.Entries {
			wholeItems(e.Value)
		}
	}
	if format != formatTerraform { // which alone reads planned values
		wholePlanned(root.Get("planned_values"))
	}
	r.docs = append(r.docs, &input{src, root, format, by})
}

func wholeItems(list *document.Node) {
	for i, item := range list.Items {
		list.Items[i] = item.Whole()
	}
}

// wholePlanned reads the rows at any depth.
func wholePlanned(n *document.Node) {
	if n == nil {
		return
	}
	wholeItems(n)
	for _, item := range n.Items {
		wholePlanned(item)
	}
	for _, e := range n.Entries {
		wholePlanned(e.Value)
	}
}

// validText replaces what is not UTF-8.
func validText(s string) string {
	if utf8.ValidString(s) { // which is quicker to see
		return s
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

func (r *reader) topology() *Topology {
	t := &Topology{Subjects: []Subjects{}, Unstated: []string{}}
	var files, formats, by []string
	readable := len(r.docs) > 0
	for _, d := range r.docs {
		files = distinct(files, d.src.File)
		formats = distinct(formats, d.format)
		by = distinct(by, d.by)
		readable = readable && d.format != ""
	}
	t.File, t.Format = strings.Join(files, ", "), strings.Join(formats, ", ")
	t.By = strings.Join(by, ", ")
	if readable {
		r.build(t)
	}
	t.Problems = r.problems
	return t
}

func distinct(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// build fills in what documents of known format say.
func (r *reader) build(t *Topology) {
	r.given = readParameters(r.opts.Parameters, &r.problems)
	r.checkScope()
	if slices.ContainsFunc(r.docs, func(d *input) bool { return d.format == formatNative }) {
		r.native(t)
		return
	}
	var templates []*document.Node
	for _, d := range r.docs {
		if d.format == "arm" {
			templates = append(templates, d.root)
		}
	}
	m := r.mapAll()
	unusedParameters(r.given, templates, &r.problems)
	declared := readDeclared(r.env.Model(), r.declared(), nil, &r.problems)
	in := m.finish()
	in.complete = declared.complete
	r.incomplete(m.open, in.complete)
	out := link(in)
	t.World = &lang.World{Collections: out.collections, Declared: declared.values}
	t.Subjects, t.Unstated, t.Needs = out.subjects, out.unstated, out.needs
}

// mapAll maps all documents. Of a single answer of Azure objects that nothing looks at
// are only counted, unless it has one of them twice.
func (r *reader) mapAll() *mapper {
	before := len(r.problems)
	if len(r.docs) == 1 && r.docs[0].format == formatResources && r.opts.Counted != nil {
		if m := r.mapped(r.opts.Counted()); !m.twice {
			return m
		}
		r.problems = r.problems[:before]
	}
	return r.mapped(nil)
}

func (r *reader) mapped(counted []string) *mapper {
	r.mapper = newMapper(r.env, &r.problems, counted)
	for n, d := range r.docs {
		f := formatOf(d.format)
		r.mapper.add(f.flatten(r, d, n), d.src.File, f.mappings)
	}
	return r.mapper
}

// native reads a topology in the model's own words, in one document or several.
func (r *reader) native(t *Topology) {
	if t.Format != formatNative {
		d := r.docs[slices.IndexFunc(r.docs, func(d *input) bool { return d.format == formatNative })]
		r.problems.Add(diag.Diagnostic{Code: "input/merge", Severity: diag.Error, File: d.src.File,
			Message: "a native topology cannot be merged with other inputs", Hint: "check the files one by one"})
		return
	}
	unusedParameters(r.given, nil, &r.problems)
	var before []*document.Node
	last := r.docs[len(r.docs)-1]
	for _, d := range r.docs[:len(r.docs)-1] {
		before = append(before, d.root)
	}
	native, _ := readNatives(r.env, last.src, before, last.root, Changes{Declared: r.declared()})
	t.World, t.Subjects, t.Unstated = native.World, native.Subjects, native.Unstated
	r.problems = append(r.problems, native.Problems...)
}

// flattenTemplate gives the resources of an ARM template.
func (r *reader) flattenTemplate(d *input, n int) *flattened {
	key := ""
	if n > 0 {
		key = fmt.Sprintf("%d!", n)
	}
	flat, problems := readArm(d.src, d.root, r.opts.Scope, giveParameters(d.root, r.given, &r.problems), key)
	r.problems = append(r.problems, problems...)
	return flat
}

// declared reads the file of --declare: a map of facts, or one under "declared".
func (r *reader) declared() *document.Node {
	var root *document.Node
	if f := r.opts.Declared; f != nil {
		n, problems := document.Parse(diag.NewSource(f.Name, validText(f.Text)))
		r.problems = append(r.problems, problems...)
		if root = n; problems.HasErrors() {
			root = nil
		}
		if inner := root.Get("declared"); inner != nil {
			root = inner
		}
	}
	return root
}

// incomplete says once why the input may hold more than can be read of it.
func (r *reader) incomplete(open map[string]*lang.Unknown, complete map[string]bool) {
	said := map[string]bool{}
	for _, k := range r.env.Model().Kinds {
		u := open[k.Name]
		if u == nil || complete[k.Name] || said[u.Reason] {
			continue
		}
		said[u.Reason] = true
		r.problems.Add(diag.Diagnostic{Code: "input/incomplete", Severity: diag.Warning, File: r.docs[0].src.File,
			Message: "not everything can be read: " + u.Reason, Hint: "what is missing leaves verdicts unknown"})
	}
}

func (r *reader) checkScope() {
	scope := r.opts.Scope
	parts := strings.Split(strings.TrimSuffix(scope, "/"), "/")
	ok := scope == "" || len(parts) >= 3 && parts[0] == "" && foldEqual(parts[1], "subscriptions") && parts[2] != "" &&
		(len(parts) == 3 || len(parts) == 5 && foldEqual(parts[3], "resourceGroups") && parts[4] != "")
	if !ok {
		r.problems.Add(diag.Diagnostic{Code: "input/scope", Severity: diag.Error,
			Message: "the scope " + quoted(scope) + " is not the id of a subscription or resource group", Hint: "write /subscriptions/ID or /subscriptions/ID/resourceGroups/NAME"})
		r.opts.Scope = ""
	}
}
