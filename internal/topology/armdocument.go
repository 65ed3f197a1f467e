package topology

import (
	"fmt"
	"path"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
)

// armDocument is the template of a document, with what stands beside it.
type armDocument struct {
	template *document.Node
	params   *document.Node // values, where the document gives some
	linked   *document.Node // of a template spec: a list of {path, template}
}

// templateIn finds the template of a document: the document itself, or what an
// export, a deployment, a deployment stack or a template spec wraps. Its template
// is nil where there is none.
func templateIn(root *document.Node) armDocument {
	if isTemplate(root) {
		return armDocument{template: root}
	}
	for _, in := range []*document.Node{root, foldGet(root, "properties")} {
		if t := foldGet(in, "template"); isTemplate(t) {
			return armDocument{template: t, params: foldGet(in, "parameters")}
		}
		if t := foldGet(in, "mainTemplate"); isTemplate(t) {
			return armDocument{template: t, linked: foldGet(in, "linkedTemplates")}
		}
	}
	return armDocument{}
}

func isTemplate(n *document.Node) bool {
	if n == nil {
		return false
	}
	by, _ := fitsBareTemplate(n, false)
	return by != ""
}

// templateOf is the template of a document that is read as one.
func templateOf(root *document.Node) *document.Node {
	if d := templateIn(root); d.template != nil {
		return d.template
	}
	return root
}

// linkedTemplate finds the template of a template spec that a nested deployment
// links to by its path.
func (r *armReader) linkedTemplate(env *armEnv, link *document.Node) *document.Node {
	n := foldGet(link, "relativePath")
	if n == nil || r.linked == nil {
		return nil
	}
	links := 0
	for f := env.frame; f != nil; f = f.parent {
		if links++; links > maxArmLinks {
			r.limit(fmt.Sprintf("more than %d templates of the template spec deploy each other", maxArmLinks))
			return nil
		}
	}
	want, ok := r.value(env, n).(string)
	if !ok {
		return nil
	}
	r.steps += len(r.linked.Items)
	for _, item := range r.linked.Items {
		if t := foldGet(item, "template"); isTemplate(t) && foldEqual(cleanPath(foldGet(item, "path").Text()), cleanPath(want)) {
			return t
		}
	}
	return nil
}

func cleanPath(p string) string {
	return strings.TrimLeft(path.Clean(strings.ReplaceAll(p, `\`, "/")), "/")
}
