package topology

import (
	"strings"

	"github.com/plumbline/plumbline/internal/lang"
)

// armScope is where a deployment puts its resources. Where the user does not say
// with --scope, subscription and group are "<subscription>" and "<resourceGroup>":
// one fixed place within a load, whose name is not known.
type armScope struct {
	level        string // group, subscription, management or tenant
	subscription any    // string or *lang.Unknown
	group        any
	management   any
}

// fixedName is a fixed name that is not known: its identity is settled, its
// text is not.
func fixedName(function, text string) *lang.Unknown {
	return &lang.Unknown{Reason: "[" + function + "] " + atDeployment, Text: text, Expr: text}
}

// newArmScope reads --scope; the schema of the template tells the level.
func newArmScope(scope, schema string) armScope {
	s := armScope{
		level:        schemaLevel(schema, "group"),
		subscription: fixedName("subscription().subscriptionId", "<subscription>"),
		group:        fixedName("resourceGroup().name", "<resourceGroup>"),
		management:   fixedName("managementGroup().name", "<managementGroup>"),
	}
	parts := strings.Split(strings.Trim(scope, "/"), "/")
	for i := 0; i+1 < len(parts); i += 2 {
		switch foldLower(parts[i]) {
		case "subscriptions":
			s.subscription = parts[i+1]
		case "resourcegroups":
			s.group = parts[i+1]
		}
	}
	return s
}

func schemaLevel(schema, otherwise string) string {
	switch {
	case strings.Contains(schema, "/subscriptiondeploymenttemplate.json"):
		return "subscription"
	case strings.Contains(schema, "/managementgroupdeploymenttemplate.json"):
		return "management"
	case strings.Contains(schema, "/tenantdeploymenttemplate.json"):
		return "tenant"
	}
	return otherwise
}

func (s armScope) subscriptionID() any { return joinText("/subscriptions/", s.subscription) }

func (s armScope) groupID() any { return joinText(s.subscriptionID(), "/resourceGroups/", s.group) }

// prefix is what ids of the deployment's resources begin with, up to "/providers".
func (s armScope) prefix() any {
	switch s.level {
	case "subscription":
		return settled(s.subscriptionID())
	case "management":
		return settled(s.managementID())
	case "tenant":
		return ""
	}
	return settled(s.groupID())
}

func (s armScope) managementID() any {
	return joinText("/providers/Microsoft.Management/managementGroups/", s.management)
}

// resourceIDOf writes scope/providers/namespace/type/name/type/name. Where there
// are more types than names, or fewer, the rest is appended as it is.
func resourceIDOf(prefix any, typ string, names []any) any {
	if id, ok := knownID(prefix, typ, names); ok {
		return id
	}
	parts := strings.Split(strings.Trim(typ, "/"), "/")
	out := []any{prefix, "/providers/" + parts[0]}
	if foldEqual(strings.Trim(typ, "/"), "Microsoft.Resources/resourceGroups") {
		out[1] = "" // a resource group has an id of its own form
	}
	types := parts[1:]
	for i := range max(len(types), len(names)) {
		if i < len(types) {
			out = append(out, "/"+types[i])
		}
		if i < len(names) {
			out = append(out, "/", named(names[i]))
		}
	}
	return settled(joinText(out...))
}

// knownID is resourceIDOf for known names, one for each part of the type.
func knownID(prefix any, typ string, names []any) (string, bool) {
	p, ok := prefix.(string)
	size := len(p) + len("/providers/") + len(typ)
	for _, n := range names {
		s, known := n.(string)
		ok = ok && known && s != ""
		size += 1 + len(s)
	}
	typ = strings.Trim(typ, "/")
	if !ok || strings.Count(typ, "/") != len(names) || foldEqual(typ, "Microsoft.Resources/resourceGroups") {
		return "", false
	}
	var id strings.Builder
	id.Grow(size)
	id.WriteString(p)
	id.WriteString("/providers/")
	namespace, rest, _ := strings.Cut(typ, "/")
	id.WriteString(namespace)
	for _, n := range names {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		id.WriteByte('/')
		id.WriteString(part)
		id.WriteByte('/')
		id.WriteString(n.(string))
	}
	return id.String(), true
}

// named is the name of a resource, which is never empty: a parameter for one whose
// default is empty is meant to be given.
func named(name any) any {
	if name == "" {
		return piece("the name of a resource is empty", unresolvedText, "empty")
	}
	return name
}

// nameSegments cuts the names of a resource id function or a resource.
func nameSegments(names []any) []any {
	var out []any
	for _, n := range names {
		if s, ok := n.(string); ok && !strings.Contains(s, "/") {
			out = append(out, n)
			continue
		}
		if segments := textSegments(n); segments != nil {
			out = append(out, segments...)
		} else {
			out = append(out, n)
		}
	}
	return out
}

func armIDFunctions() map[string]armFunction {
	return map[string]armFunction{
		"resourceId": {min: 2, max: -1, open: true, run: func(c *armCallEnv) any {
			return idFunction(c, func(s armScope, before []any) any {
				switch len(before) {
				case 0:
					return c.env.frame.prefix()
				case 1:
					s.group = before[0]
				default:
					s.subscription, s.group = before[0], before[1]
				}
				s.level = "group"
				return s.prefix()
			})
		}},
		"subscriptionResourceId": {min: 2, max: -1, open: true, run: func(c *armCallEnv) any {
			return idFunction(c, func(s armScope, before []any) any {
				if len(before) > 0 {
					s.subscription = before[0]
				}
				return settled(s.subscriptionID())
			})
		}},
		"managementGroupResourceId": {min: 2, max: -1, open: true, run: func(c *armCallEnv) any {
			return idFunction(c, func(s armScope, before []any) any {
				if len(before) > 0 {
					s.management = before[0]
				}
				s.level = "management"
				return s.prefix()
			})
		}},
		"tenantResourceId":    {min: 2, max: -1, open: true, run: func(c *armCallEnv) any { return idFunction(c, func(armScope, []any) any { return "" }) }},
		"extensionResourceId": {min: 3, max: -1, open: true, run: armExtensionID},
	}
}

// idFunction runs one of the resourceId family: values that replace parts of the
// scope, then the type, then a name for each part of it.
func idFunction(c *armCallEnv, prefix func(s armScope, before []any) any) any {
	for i, a := range c.args {
		typ, ok := a.(string)
		if !ok || !strings.Contains(typ, "/") || i > 2 {
			continue
		}
		typ = strings.Trim(typ, "/")
		names := make([]any, 0, len(c.args)-i-1)
		for _, n := range c.args[i+1:] {
			names = append(names, toText(n))
		}
		want := strings.Count(typ, "/")
		if len(names) != want {
			names = nameSegments(names)
		}
		if len(names) != want {
			return c.fail(quoted(typ) + " needs " + plural(want, "name"))
		}
		return resourceIDOf(prefix(c.env.frame.scope, c.args[:i]), typ, names)
	}
	if u := firstUnknown(c.args); u != nil {
		return c.unknown(u.Reason)
	}
	return c.fail("no argument is a resource type")
}

func armExtensionID(c *armCallEnv) any {
	base := toText(c.args[0])
	if s, ok := base.(string); ok {
		base = strings.TrimRight(s, "/")
	}
	typ, ok := c.args[1].(string)
	if !ok {
		if u := firstUnknown(c.args); u != nil {
			return c.unknown(u.Reason)
		}
		return c.fail("the type must be a text")
	}
	names := make([]any, 0, len(c.args)-2)
	for _, n := range c.args[2:] {
		names = append(names, toText(n))
	}
	return resourceIDOf(base, typ, names)
}
