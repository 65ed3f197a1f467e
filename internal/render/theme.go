package render

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/plumbline/plumbline/internal/diag"
)

// theme is the layouts, each with every component.
type theme struct {
	files   fs.FS
	layouts map[string]*template.Template
}

// layoutNames are the files layouts/<name>.html that pages are made with.
func layoutNames() []string {
	return []string{"page", "index", "rule", "rules", "coverage", "check", "404"}
}

// parseTheme reads layouts and components. A component's HTML is a template of
// the component's name; base.html is the frame that a layout fills.
func parseTheme(files fs.FS) (theme, diag.List) {
	var l diag.List
	t := theme{files: files, layouts: map[string]*template.Template{}}
	base := template.New("base").Funcs(template.FuncMap{"label": label})
	parse := func(in *template.Template, file string) *template.Template {
		data, err := fs.ReadFile(files, file)
		if err != nil {
			l.Add(diag.Diagnostic{Code: "theme/missing-file", Severity: diag.Error, File: "theme/" + file,
				Message: fmt.Sprintf("the theme has no file %q", file)})
			return in
		}
		if _, err := in.Parse(string(data)); err != nil {
			l.Add(t.problem(err, file))
		}
		return in
	}
	parse(base, "layouts/base.html")
	entries, err := fs.ReadDir(files, "components")
	if err != nil {
		l.Add(diag.Diagnostic{Code: "theme/missing-file", Severity: diag.Error, File: "theme/components",
			Message: `the theme has no folder "components"`})
	}
	for _, e := range entries {
		file := "components/" + e.Name() + "/" + e.Name() + ".html"
		if _, err := fs.Stat(files, file); err == nil {
			parse(base.New(e.Name()), file)
		}
	}
	for _, name := range layoutNames() {
		layout, err := base.Clone()
		if err != nil {
			l.Add(t.problem(err, "layouts/base.html"))
			return t, l
		}
		t.layouts[name] = layout
		parse(layout.New(name), "layouts/"+name+".html")
	}
	return t, l
}

// label is a severity or verdict as people read it: "Not applicable".
func label(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
}

func (t theme) execute(v view) ([]byte, *diag.Diagnostic) {
	var b bytes.Buffer
	if err := t.layouts[v.layout].ExecuteTemplate(&b, "base", v); err != nil {
		d := t.problem(err, "layouts/"+v.layout+".html")
		return nil, &d
	}
	return b.Bytes(), nil
}

// component renders one component outside a page.
func (t theme) component(name string, data any) ([]byte, *diag.Diagnostic) {
	var b bytes.Buffer
	if err := t.layouts["page"].ExecuteTemplate(&b, name, data); err != nil {
		d := t.problem(err, "components/"+name+"/"+name+".html")
		return nil, &d
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// place matches the start of html/template's errors.
var place = regexp.MustCompile(`^(?:html/)?template: ?([\w-]+):(\d+)(?::(\d+))?: (?:executing "[^"]*" at (<[^>]*>): )?`)

// problem turns an error of a template into a diagnostic at its line.
func (t theme) problem(err error, file string) diag.Diagnostic {
	d := diag.Diagnostic{Code: "theme/layout", Severity: diag.Error, File: "theme/" + file, Message: err.Error()}
	m := place.FindStringSubmatch(err.Error())
	if m == nil {
		return d
	}
	d.Message = strings.TrimPrefix(err.Error()[len(m[0]):], "error calling ")
	if m[4] != "" {
		d.Message = m[4] + ": " + d.Message
	}
	for _, candidate := range []string{"layouts/" + m[1] + ".html", "components/" + m[1] + "/" + m[1] + ".html"} {
		data, readErr := fs.ReadFile(t.files, candidate)
		if readErr != nil {
			continue
		}
		line, _ := strconv.Atoi(m[2]) // the pattern lets only digits through
		src := diag.NewSource("theme/"+candidate, string(data))
		start := 0
		for n := 1; n < line; n++ {
			start += len(src.Line(n)) + 1
		}
		if column, err := strconv.Atoi(m[3]); err == nil {
			start += column
		}
		d.Span = diag.Span{Source: src, Start: start, End: start}
		break
	}
	return d
}
