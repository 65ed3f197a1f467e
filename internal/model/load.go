package model

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// folder is where the files stand in a site, for places in messages.
const folder = "rules"

// modelFile is the file that describes what rules see.
const modelFile = "topology.yaml"

// commandsFile is the file of inputs/ that holds no mappings.
const commandsFile = "commands"

// Load reads topology.yaml, inputs/*.yaml and figure.yaml of a site's rules
// folder and reports every problem in them. The model is never nil: what is broken is left
// out of it. A folder without topology.yaml and inputs gives an empty model, for
// a site of pages without rules.
//
// Names that the rule language uses for its own functions are refused by
// lang.NewEnv, which knows them.
func Load(fsys fs.FS) (*Model, diag.List) {
	l := &loader{model: &Model{}}
	inputs := l.inputFiles(fsys)
	root := l.read(fsys, modelFile, len(inputs) > 0)
	if root != nil {
		l.topology(root)
	}
	for _, file := range inputs {
		// Without a model every name in a mapping would be reported.
		if n := l.read(fsys, "inputs/"+file, true); n != nil && root != nil {
			if name := strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml"); name == commandsFile {
				l.commands(n)
			} else {
				l.input(name, n)
			}
		}
	}
	if n := l.read(fsys, figureFile, false); n != nil && root != nil {
		l.figure(n)
	}
	return l.model, l.problems
}

// TextOf returns the text of a node that another language reads, with its
// place. A number, true, false or null gives its source text.
func TextOf(n *document.Node) Text {
	if n == nil {
		return Text{}
	}
	t := Text{Value: n.Text(), Span: n.Span, Offset: n.Offsets()}
	if n.Kind != document.String && n.Kind != document.List && n.Kind != document.Map {
		t.Value = n.Span.Source.Text[n.Span.Start:n.Span.End]
		t.Offset = func(rune int) int { return n.Span.Start + max(0, min(rune, len(t.Value))) }
	}
	return t
}

// loader collects the model and what is wrong with it.
type loader struct {
	model    *Model
	problems diag.List
}

func (l *loader) report(code string, span diag.Span, message, hint string) {
	l.problems.Add(diag.Diagnostic{Code: code, Severity: diag.Error, Span: span, Message: message, Hint: hint})
}

// inputFiles lists the files of inputs/, sorted.
func (l *loader) inputFiles(fsys fs.FS) []string {
	entries, err := fs.ReadDir(fsys, "inputs")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.problems.Add(diag.Diagnostic{Code: "model/unreadable", Severity: diag.Error, File: folder + "/inputs", Message: `the folder "inputs" cannot be read: ` + reason(err)})
	}
	var files []string
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			files = append(files, e.Name())
		}
	}
	slices.Sort(files)
	return files
}

// reason returns an error's cause without the path, which may be absolute.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// read decodes a file to a map, or gives nil.
func (l *loader) read(fsys fs.FS, name string, required bool) *document.Node {
	file := folder + "/" + name
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		if required {
			l.problems.Add(diag.Diagnostic{Code: "model/missing-file", Severity: diag.Error, File: file, Message: `the file "` + file + `" is missing`, Hint: "it says what rules can see; rules/inputs/ needs it"})
		}
		return nil
	}
	if err != nil {
		l.problems.Add(diag.Diagnostic{Code: "model/unreadable", Severity: diag.Error, File: file, Message: `the file "` + file + `" cannot be read: ` + reason(err)})
		return nil
	}
	n, problems := document.ParseYAML(diag.NewSource(file, strings.ToValidUTF8(string(data), "\ufffd")))
	l.problems = append(l.problems, problems...)
	if problems.HasErrors() || n.Kind == document.Null {
		return nil
	}
	if n.Kind != document.Map {
		l.report("model/wrong-type", n.Span, `"`+file+`" must hold a map, not `+n.Describe(), "")
		return nil
	}
	return n
}

// keys reports the keys of a map that mean nothing there.
func (l *loader) keys(n *document.Node, what string, known ...string) {
	for _, e := range n.Entries {
		if !slices.Contains(known, e.Key) {
			hint := diag.DidYouMean(e.Key, known)
			if hint == "" {
				hint = "it can have " + strings.Join(known, ", ")
			}
			l.report("model/unknown-key", e.KeySpan, fmt.Sprintf("unknown key %q in %s", e.Key, what), hint)
		}
	}
}

// mapOf returns a map, or nil with a report where it is anything else. Nothing
// (key without value) is an empty map.
func (l *loader) mapOf(n *document.Node, what string) *document.Node {
	if n == nil || n.Kind == document.Map {
		return n
	}
	if n.Kind != document.Null {
		l.report("model/wrong-type", n.Span, what+" must be a map, not "+n.Describe(), "")
	}
	return nil
}

// text returns a string, or "" with a report.
func (l *loader) text(n *document.Node, what string) string {
	if n != nil && n.Kind != document.String && n.Kind != document.Null {
		l.report("model/wrong-type", n.Span, what+" must be text, not "+n.Describe(), "put it in quotes")
	}
	return n.Text()
}

// flag returns a bool, or false with a report.
func (l *loader) flag(n *document.Node, what string) bool {
	if n == nil {
		return false
	}
	b, ok := n.Value.(bool)
	if !ok {
		l.report("model/wrong-type", n.Span, what+" must be true or false, not "+n.Describe(), "")
	}
	return b
}

// expression returns the text of an expression, or the zero Text with a report.
func (l *loader) expression(n *document.Node, what string) Text {
	if n == nil {
		return Text{}
	}
	t := TextOf(n)
	if n.Kind == document.List || n.Kind == document.Map {
		l.report("model/wrong-type", n.Span, what+" must be an expression, not "+n.Describe(), "put it in quotes")
		return Text{}
	}
	if strings.TrimSpace(t.Value) == "" {
		l.report("model/wrong-type", n.Span, what+" is empty", "write an expression, or remove the key")
		return Text{}
	}
	return t
}

// reserved are names that expressions cannot read as plain names.
var reserved = [...]string{"and", "contains", "else", "endsWith", "false", "if", "in", "let", "matches", "nil", "not", "or", "startsWith", "true"}

// name reports whether expressions can use a name as it stands.
func (l *loader) name(name string, span diag.Span, what string) bool {
	for i, c := range []byte(name) {
		if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9' {
			continue
		}
		l.report("model/bad-name", span, fmt.Sprintf("the name %q of %s is not a name in expressions", name, what), "use letters, digits and _, and begin with a letter")
		return false
	}
	if name == "" || slices.Contains(reserved[:], name) {
		l.report("model/reserved-name", span, fmt.Sprintf("%s cannot be called %q: the language uses the word", what, name), "choose another name")
		return false
	}
	return true
}

// topology reads topology.yaml.
func (l *loader) topology(root *document.Node) {
	l.keys(root, folder+"/"+modelFile, "kinds", "functions", "declared")
	kinds := l.mapOf(root.Get("kinds"), `"kinds"`)
	if kinds == nil || len(kinds.Entries) == 0 {
		l.report("model/no-kinds", root.Span, `"`+folder+"/"+modelFile+`" describes no kinds`, "add at least one under \"kinds:\"")
		kinds = &document.Node{}
	}
	// Links may go forward, so all names come first.
	for _, e := range kinds.Entries {
		if e.Key == "declared" || e.Key == "topology" {
			l.report("model/reserved-name", e.KeySpan, fmt.Sprintf("a kind cannot be called %q", e.Key), "choose another name")
			continue
		}
		if l.name(e.Key, e.KeySpan, "a kind") {
			l.model.Kinds = append(l.model.Kinds, &Kind{Name: e.Key, Span: e.KeySpan})
		}
	}
	for _, k := range l.model.Kinds {
		l.kind(k, kinds.Get(k.Name))
	}
	l.inverses()
	l.derivedNames()
	l.ones()
	if n := l.mapOf(root.Get("declared"), `"declared"`); n != nil {
		l.model.Declared = l.fields(n, "declared", false)
		l.model.Declared = slices.DeleteFunc(l.model.Declared, func(f *Field) bool {
			if f.Name == "complete" {
				l.report("model/reserved-name", f.Span, `a declared fact cannot be called "complete"`, "it says which kinds an input lists completely; choose another name")
			}
			return f.Name == "complete"
		})
	}
	l.functions(root.Get("functions"))
}

// kind reads one kind.
func (l *loader) kind(k *Kind, n *document.Node) {
	k.One = one(k.Name)
	what := fmt.Sprintf("the kind %q", k.Name)
	if n = l.mapOf(n, what); n == nil {
		k.Title = k.One
		return
	}
	l.keys(n, what, "one", "title", "doc", "words", "fromReferences", "fields", "derived")
	if o := n.Get("one"); o != nil {
		if text := l.text(o, `"one"`); text != "" && l.name(text, o.Span, "an object") {
			k.One = text
		}
	}
	if k.Title = l.text(n.Get("title"), `"title"`); k.Title == "" {
		k.Title = k.One
	}
	k.Doc = l.text(n.Get("doc"), `"doc"`)
	k.Words = l.words(n, nil)
	k.FromReferences = l.flag(n.Get("fromReferences"), `"fromReferences"`)
	if fields := l.mapOf(n.Get("fields"), `"fields"`); fields != nil {
		k.Fields = l.fields(fields, k.Name, true)
	}
	if derived := l.mapOf(n.Get("derived"), `"derived"`); derived != nil {
		k.Derived = l.derived(derived, k)
	}
}

// one guesses the name of an element: policies → policy, bastions → bastion.
func one(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 3:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "s") && len(name) > 1:
		return name[:len(name)-1]
	}
	return name
}

// derived reads derived values: an expression each, or {expr, doc}.
func (l *loader) derived(n *document.Node, k *Kind) []*Derived {
	var out []*Derived
	for _, e := range n.Entries {
		what := fmt.Sprintf("the derived value %q", e.Key)
		if !l.name(e.Key, e.KeySpan, "a derived value") {
			continue
		}
		if e.Key == "id" || e.Key == "name" || k.Field(e.Key) != nil {
			l.report("model/duplicate-name", e.KeySpan, fmt.Sprintf("%s already has %q", k.Name, e.Key), "choose another name")
			continue
		}
		d := &Derived{Name: e.Key}
		expr := e.Value
		if e.Value.Kind == document.Map {
			l.keys(e.Value, what, "expr", "doc", "words", "not")
			d.Doc = l.text(e.Value.Get("doc"), `"doc"`)
			d.Words = l.words(e.Value, nil)
			if expr = e.Value.Get("expr"); expr == nil {
				l.report("model/missing-key", e.KeySpan, what+` has no "expr"`, "")
				continue
			}
		}
		if d.Expr = l.expression(expr, what); d.Expr.Value != "" {
			out = append(out, d)
		}
	}
	return out
}

// inverses checks the names of inverse lists against all else on their kind.
func (l *loader) inverses() {
	type entry struct{ target, name string }
	owner := map[entry]*Kind{}
	for _, source := range l.model.Kinds {
		for _, f := range source.Fields {
			target := l.model.Kind(f.Type.LinkKind())
			if f.Inverse == "" || target == nil {
				continue
			}
			key := entry{target.Name, f.Inverse}
			switch other := owner[key]; {
			case f.Inverse == "id" || f.Inverse == "name" || target.Field(f.Inverse) != nil:
				l.report("model/duplicate-name", f.Span, fmt.Sprintf("the inverse %q of %s.%s is already a field of %s", f.Inverse, source.Name, f.Name, target.Name), "choose another name")
			case other != nil && other != source:
				l.report("model/duplicate-name", f.Span, fmt.Sprintf("the inverse %q of %s.%s is already an inverse on %s, of %s", f.Inverse, source.Name, f.Name, target.Name, other.Name), "choose another name")
			default:
				owner[key] = source
				continue
			}
			f.Inverse = ""
		}
	}
}

// derivedNames checks derived values against inverse lists.
func (l *loader) derivedNames() {
	for _, source := range l.model.Kinds {
		for _, f := range source.Fields {
			target := l.model.Kind(f.Type.LinkKind())
			if f.Inverse == "" || target == nil {
				continue
			}
			target.Derived = slices.DeleteFunc(target.Derived, func(d *Derived) bool {
				if d.Name == f.Inverse {
					l.report("model/duplicate-name", d.Expr.Span, fmt.Sprintf("%s already has %q, the inverse of %s.%s", target.Name, d.Name, source.Name, f.Name), "choose another name")
				}
				return d.Name == f.Inverse
			})
		}
	}
}

// ones checks that the names of elements differ from each other and from the
// names of collections, so that a message means one thing.
func (l *loader) ones() {
	seen := map[string]*Kind{}
	for _, k := range l.model.Kinds {
		if other := seen[k.One]; other != nil {
			l.report("model/duplicate-name", k.Span, fmt.Sprintf("an object of %s and one of %s are both called %q", k.Name, other.Name, k.One), `set another "one"`)
			continue
		}
		seen[k.One] = k
		if other := l.model.Kind(k.One); other != nil {
			l.report("model/duplicate-name", k.Span, fmt.Sprintf("an object of %s is called %q like a kind", k.Name, k.One), `set another "one"`)
		}
	}
}

// functions reads the functions of the model.
func (l *loader) functions(n *document.Node) {
	if n = l.mapOf(n, `"functions"`); n == nil {
		return
	}
	for _, e := range n.Entries {
		what := fmt.Sprintf("the function %q", e.Key)
		if !l.name(e.Key, e.KeySpan, "a function") {
			continue
		}
		if l.model.Kind(e.Key) != nil || e.Key == "declared" {
			l.report("model/duplicate-name", e.KeySpan, fmt.Sprintf("%q is already a collection", e.Key), "choose another name")
			continue
		}
		body := l.mapOf(e.Value, what)
		if body == nil {
			continue
		}
		l.keys(body, what, "params", "body", "doc", "words", "not")
		f := &Function{Name: e.Key, Doc: l.text(body.Get("doc"), `"doc"`)}
		if params := l.mapOf(body.Get("params"), `"params"`); params != nil {
			for _, p := range params.Entries {
				if t, ok := l.paramType(p.Value); l.name(p.Key, p.KeySpan, "a parameter") && ok {
					f.Params = append(f.Params, Param{p.Key, t})
				}
			}
		}
		f.Words = l.words(body, f.Params)
		if body.Get("body") == nil {
			l.report("model/missing-key", e.KeySpan, what+` has no "body"`, "write its expression")
			continue
		}
		if f.Body = l.expression(body.Get("body"), what); f.Body.Value != "" {
			l.model.Functions = append(l.model.Functions, f)
		}
	}
}
