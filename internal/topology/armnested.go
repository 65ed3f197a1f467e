package topology

import (
	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// nestedFrame opens the template of a nested deployment, or gives nil where the
// input does not have it; then resources of any type may be deployed.
func (r *armReader) nestedFrame(in *armInstance) *armFrame {
	if in.opened {
		return in.nested
	}
	in.opened = true
	f := in.frame
	env := &armEnv{frame: f, loops: in.loops}
	properties := foldGet(in.node, "properties")
	template := foldGet(properties, "template")
	link := r.linkedTemplate(env, foldGet(properties, "templateLink"))
	if template == nil {
		template = link
	}
	if template == nil || template.Kind != document.Map {
		if !in.existing {
			r.open = &lang.Unknown{Reason: "the template of the deployment " + quoted(shown(in.fullName())) + " is not in the input"}
		}
		return nil
	}
	nested := r.newFrame(template, f, r.nestedScope(env, in, template))
	in.nested = nested
	nested.env = env
	nested.name = in.fullName()
	identity, _ := identityOf(in.id)
	nested.key = f.key + quoteExpr(identity) + "!"
	nested.passes = append(append([]*armFrame{}, f.passes...), nested)
	mode := foldGet(foldGet(properties, "expressionEvaluationOptions"), "scope")
	if template == link {
		nested.passes = []*armFrame{nested}
	} else if mode != nil && foldEqual(shown(toText(r.value(env, mode))), "inner") {
		nested.passes = nested.passes[1:]
		for i := range nested.passes {
			nested.passes[i] = nested
		}
	}
	nested.given = r.givenTo(nested, foldGet(properties, "parameters"))
	r.checkTemplate(nested)
	return nested
}

// givenTo reads the "parameters" of a deployment: {"name": {"value": …}}, where an
// expression may stand for the whole, or for the value with its wrapper.
func (r *armReader) givenTo(f *armFrame, params *document.Node) map[string]armValue {
	out := map[string]armValue{}
	if params == nil {
		return out
	}
	if params.Kind == document.String {
		all := r.value(f.env, params)
		for name, b := range f.params {
			v := all
			if m, ok := all.(map[string]any); ok {
				v, _ = foldKey(m, b.name)
			}
			out[name] = armValue{literal: true, wrapped: true, value: v}
		}
		return out
	}
	for _, e := range params.Entries {
		key := foldLower(e.Key)
		if v := foldGet(e.Value, "value"); v != nil {
			out[key] = armValue{node: v}
		} else if foldGet(e.Value, "reference") != nil {
			out[key] = armValue{literal: true, value: fromVault(e.Key, f)}
		} else if e.Value.Kind == document.String {
			out[key] = armValue{node: e.Value, wrapped: true}
		}
	}
	return out
}

const inVault = "comes from a key vault"

func fromVault(name string, f *armFrame) *lang.Unknown { return kept(name, inVault, f) }

// kept is the value of a parameter that is kept elsewhere.
func kept(name, where string, f *armFrame) *lang.Unknown {
	return piece("[parameters('"+name+"')] "+where, "<"+name+">", f.parameterExpr(name))
}

// nestedScope is where a nested deployment puts its resources.
func (r *armReader) nestedScope(env *armEnv, in *armInstance, template *document.Node) armScope {
	s := r.scopeOf(env, in)
	s.level = schemaLevel(armSchema(template), s.level)
	if r.scopePart(env, in, "resourceGroup") != nil {
		s.level = "group"
	}
	return s
}

// scopeOf applies the "subscriptionId", "resourceGroup" and, of a deployment,
// "scope" of a resource to the scope of its template.
func (r *armReader) scopeOf(env *armEnv, in *armInstance) armScope {
	s := env.frame.scope
	if n := foldGet(in.node, "scope"); n != nil && isDeploymentType(in.typ) {
		s = s.moved(toText(r.value(env, n)))
	}
	group, subscription := r.scopePart(env, in, "resourceGroup"), r.scopePart(env, in, "subscriptionId")
	if subscription != nil {
		s.subscription = subscription
		if group == nil {
			s.level = "subscription"
		}
	}
	if group != nil && (isDeploymentType(in.typ) || in.existing) {
		s.group = group
		s.level = "group"
	}
	return s
}

// moves reports whether a resource says where it is deployed.
func (r *armReader) moves(in *armInstance) bool {
	return foldGet(in.node, "subscriptionId") != nil || foldGet(in.node, "resourceGroup") != nil || isDeploymentType(in.typ) && foldGet(in.node, "scope") != nil
}

// scopePart is the name that a resource gives for a part of its scope, or nil.
func (r *armReader) scopePart(env *armEnv, in *armInstance, key string) any {
	n := foldGet(in.node, key)
	if n == nil {
		return nil
	}
	if v := toText(r.value(env, n)); v != "" {
		return v
	}
	return nil
}

// moved is the scope with the id that a deployment's "scope" names.
func (s armScope) moved(id any) armScope {
	if id == "/" {
		s.level = "tenant"
		return s
	}
	segments := textSegments(id)
	for i := 0; i+1 < len(segments); i++ {
		name, _ := segments[i].(string)
		switch foldLower(name) {
		case "subscriptions":
			s.subscription, s.level = segments[i+1], "subscription"
		case "resourcegroups":
			s.group, s.level = segments[i+1], "group"
		case "managementgroups":
			s.management, s.level = segments[i+1], "management"
		}
	}
	return s
}
