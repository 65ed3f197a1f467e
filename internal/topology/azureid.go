package topology

import "strings"

// azureID is the id of a resource, cut where its parts begin.
type azureID struct {
	typ    string // lower-case
	name   string
	parent string // id of the parent of a child resource, or ""
	scope  string // id of the resource that it extends, or ""
	where  string // what stands before its last "/providers/"
	bare   bool   // the input has it without its properties
}

// parseID reads /subscriptions/…/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME…].
func parseID(id string) azureID {
	id = strings.TrimRight(id, "/")
	for strings.Contains(id, "//") {
		id = strings.ReplaceAll(id, "//", "/")
	}
	lower := foldLower(id)
	const providers = "/providers/"
	last := strings.LastIndex(lower, providers)
	out := azureID{name: id[strings.LastIndexByte(id, '/')+1:]}
	if last < 0 {
		return out
	}
	out.where = id[:last]
	if strings.Contains(lower[:last], providers) {
		out.scope = out.where
	}
	tail := lower[last+len(providers):]
	parts := strings.Split(tail, "/")
	typ := parts[:1:1]
	for i := 1; i < len(parts); i += 2 {
		typ = append(typ, parts[i])
	}
	out.typ = strings.Join(typ, "/")
	if len(parts) >= 5 {
		parent := id[:strings.LastIndexByte(id, '/')]
		out.parent = parent[:strings.LastIndexByte(parent, '/')]
	}
	return out
}

// owner is the identity of what a list of such resources is limited to: their
// parent, or the resource or subscription that they extend; "" for a resource
// that stands in a resource group by itself.
func (a azureID) owner() string {
	namespace, rest, _ := strings.Cut(a.typ, "/")
	switch {
	case a.parent != "" && !strings.HasPrefix(rest, "locations/"):
		return normalID(a.parent)
	case a.scope != "" || extends(namespace, rest):
		return normalID(a.where)
	}
	return ""
}

// extends reports whether resources of a type belong to what stands before their
// type in the id, which may be a subscription.
func extends(namespace, name string) bool {
	return namespace == "microsoft.insights" && name == "diagnosticsettings" || namespace == "microsoft.authorization"
}
