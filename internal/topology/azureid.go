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

const providers = "/providers/"

// parseID reads /subscriptions/…/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME…].
func parseID(id string) azureID {
	out, own := cutID(id)
	out.typ = typeIn(own)
	return out
}

// cutID is parseID but for the type, which stands in what is behind the last
// "/providers/".
func cutID(id string) (out azureID, own string) {
	id = strings.TrimRight(id, "/")
	for strings.Contains(id, "//") {
		id = strings.ReplaceAll(id, "//", "/")
	}
	out.name = id[strings.LastIndexByte(id, '/')+1:]
	last := lastProviders(id)
	if last < 0 {
		return out, ""
	}
	out.where = id[:last]
	if lastProviders(out.where) >= 0 {
		out.scope = out.where
	}
	own = id[last+len(providers):]
	if strings.Count(own, "/") >= 4 {
		parent := id[:strings.LastIndexByte(id, '/')]
		out.parent = parent[:strings.LastIndexByte(parent, '/')]
	}
	return out, own
}

// lastProviders is where the last "/providers/" of an id begins, or -1.
func lastProviders(id string) int {
	for i := len(id) - len(providers); i >= 0; i-- {
		if id[i] == '/' && foldEqual(id[i:i+len(providers)], providers) {
			return i
		}
	}
	return -1
}

// typeIn is the lower-case type in NAMESPACE/TYPE/NAME[/TYPE/NAME…].
func typeIn(own string) string {
	parts := strings.Split(foldLower(own), "/")
	typ := parts[:1:1]
	for i := 1; i < len(parts); i += 2 {
		typ = append(typ, parts[i])
	}
	return strings.Join(typ, "/")
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
