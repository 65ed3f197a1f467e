package topology

import (
	"fmt"
	"strings"

	"github.com/plumbline/plumbline/internal/document"
	"github.com/plumbline/plumbline/internal/lang"
)

// tfReferences knows how the documents of one input name their resources.
type tfReferences struct {
	instances map[string]*tfInstance // by what stands for their id
	used      map[string]bool        // identities of those
	ids       map[string]string      // by identity of the id in Azure
	names     map[string]string      // by identity of type/group/name; "" where several have it
	// unborn are the instances whose id in Azure is not known yet, by group and name.
	unborn        map[string][]*tfInstance
	gone          map[string]bool // identities of ids that the input deletes
	subscriptions map[string]bool // of ids in the input
	// attributes gives, by the Expr of an attribute that is not known yet, the ids
	// that it may have, and whether it may have another.
	attributes map[string]func() ([]any, bool)
}

func newReferences() *tfReferences {
	return &tfReferences{
		instances: map[string]*tfInstance{}, used: map[string]bool{}, ids: map[string]string{}, names: map[string]string{},
		unborn: map[string][]*tfInstance{}, gone: map[string]bool{}, subscriptions: map[string]bool{}, attributes: map[string]func() ([]any, bool){},
	}
}

// follow notes how to find what an attribute may be, which is done once.
func (r *tfReferences) follow(u *lang.Unknown, find func() ([]any, bool)) {
	var ids []any
	open, done := false, false
	r.attributes[u.Expr] = func() ([]any, bool) {
		if !done {
			done, open = true, true // what needs itself is open
			ids, open = find()
		}
		return ids, open
	}
}

// follows reports whether it is known what an attribute may be. It is nil-safe.
func (r *tfReferences) follows(u *lang.Unknown) bool { return r != nil && r.attributes[u.Expr] != nil }

// followsIn reports it of what a text begins with.
func (r *tfReferences) followsIn(u *lang.Unknown) bool {
	parts, unresolved := exprPieces(u.Expr)
	return len(parts) > 0 && unresolved[0] && r.attributes[parts[0]] != nil
}

// address is what stands for an id in Azure, or the id itself.
func (r *tfReferences) address(id string) string {
	if a, ok := r.ids[normalID(id)]; ok {
		return a
	}
	return id
}

// register gives an instance the id that stands for it: its address, or what
// stands for the same resource in another document or for the resource that a
// data source reads.
func (t *tfReader) register(in *tfInstance) {
	r := t.refs
	real := ownID(in.values)
	if isBool(in.sensitive, true) || isBool(in.sensitive.Get("id"), true) {
		real = ""
	}
	names := t.namesOf(in)
	if old := r.ids[normalID(real)]; real != "" && old != "" {
		in.id = old
	} else if !in.managed() && names != "" && r.names[names] != "" {
		in.id = r.names[names]
	}
	if in.id == "" {
		// Addresses differ in case, identities do not.
		in.id = in.address
		for n := 2; r.used[normalID(in.id)]; n++ {
			in.id = fmt.Sprintf("%s (%d)", in.address, n)
		}
		r.used[normalID(in.id)] = true
		r.instances[in.id] = in
	}
	r.addID(real, in, true)
	r.addID(in.before, in, false)
	if names != "" {
		if old, taken := r.names[names]; taken && old != in.id {
			r.names[names] = ""
		} else {
			r.names[names] = in.id
		}
	}
	if real == "" {
		if group, name := in.values.Get("resource_group_name").Text(), in.values.Get("name").Text(); group != "" && name != "" {
			key := foldLower(group) + "/" + foldLower(name)
			r.unborn[key] = append(r.unborn[key], in)
		}
	}
}

// ownID is the id that a resource has in Azure. What associates two resources has
// the id of one of them.
func ownID(values *document.Node) string {
	if values == nil {
		return ""
	}
	id := values.Get("id").Text()
	for _, e := range values.Entries {
		if e.Key != "id" && id != "" && strings.HasSuffix(e.Key, "_id") && foldEqual(e.Value.Text(), id) {
			return ""
		}
	}
	return id
}

// namesOf is the identity of type, group and name of an instance, or "".
func (t *tfReader) namesOf(in *tfInstance) string {
	text := func(key string) any {
		v := t.value(in, in.values.Get(key), part(in.unknown, key), part(in.sensitive, key), []tfStep{{name: key}})
		if u, ok := v.(*lang.Unknown); ok && u.Expr != "" {
			return v
		}
		if s, ok := v.(string); ok && s != "" {
			return v
		}
		return nil
	}
	group, name := text("resource_group_name"), text("name")
	if group == nil || name == nil {
		return ""
	}
	identity, _ := identityOf(joinText(in.typ+"/", group, "/", name))
	return identity
}

// addID notes the id that an instance has in Azure.
func (r *tfReferences) addID(id string, in *tfInstance, sure bool) {
	if !strings.HasPrefix(id, "/") {
		return
	}
	identity := normalID(id)
	if _, taken := r.ids[identity]; !taken && in.id != "" {
		r.ids[identity] = in.id
	}
	if parts := strings.Split(identity, "/"); sure && len(parts) > 2 && parts[1] == "subscriptions" {
		r.subscriptions[parts[2]] = true
	}
}

// resolve finds what an id means: the object of a kind that stands for it. has
// reports whether the kind has an object with an identity. An id that means no
// object of the input stays as it is.
func (r *tfReferences) resolve(id any, has func(identity string) bool) any {
	id = settled(id)
	switch id := id.(type) {
	case string:
		if has(normalID(literalExpr(id))) {
			return id
		}
		return r.resolveText(id, has)
	case *lang.Unknown:
		return r.resolveUnknown(id, has)
	}
	return id
}

func (r *tfReferences) resolveText(id string, has func(string) bool) any {
	identity := normalID(id)
	if a, ok := r.ids[identity]; ok {
		return a
	}
	if !strings.HasPrefix(id, "/") {
		return r.resolveName(id)
	}
	// A part of a resource has its id before its own name.
	parts := strings.Split(strings.TrimRight(id, "/"), "/")
	for n := len(parts) - 2; n > 8; n -= 2 {
		if a, ok := r.ids[normalID(strings.Join(parts[:n], "/"))]; ok {
			return a + "/" + strings.Join(parts[n:], "/")
		}
	}
	if len(parts) < 9 || !foldEqual(parts[1], "subscriptions") || len(r.subscriptions) > 0 && !r.subscriptions[foldLower(parts[2])] {
		return id
	}
	// The configuration writes out the id of a resource that is not there yet.
	var found []*tfInstance
	for _, in := range r.unborn[foldLower(parts[4])+"/"+foldLower(parts[len(parts)-1])] {
		if has(normalID(literalExpr(in.id))) && (len(parts) == 9 || hasName(in, parts[len(parts)-3])) {
			found = append(found, in)
		}
	}
	switch len(found) {
	case 0:
		return id
	case 1:
		return found[0].id
	}
	return piece("several resources may be "+quoted(id), unresolvedText, quoteExpr(id))
}

// hasName reports whether an attribute names the parent of a resource.
func hasName(in *tfInstance, name string) bool {
	for _, e := range in.values.Entries {
		if e.Key != "name" && strings.HasSuffix(e.Key, "_name") && foldEqual(e.Value.Text(), name) {
			return true
		}
	}
	return false
}

// resolveName finds a resource by type/group/name. One that is not in the input
// is not known by its id, so it may be any that is.
func (r *tfReferences) resolveName(id string) any {
	typ, rest, ok := strings.Cut(id, "/")
	group, name, _ := strings.Cut(rest, "/")
	if !ok || strings.Contains(typ, ".") || !strings.Contains(typ, "_") || name == "" {
		return id
	}
	switch a, found := r.names[normalID(literalExpr(id))]; {
	case !found:
		return joinText(piece(notInInput(name), "<"+group+">", quoteExpr(typ+"/"+group)), "/", name)
	case a == "":
		return piece("several resources of the type "+typ+" are called "+quoted(name), unresolvedText, quoteExpr(id))
	default:
		return a
	}
}

// isPart reports whether an id is that of a part of a resource, which Azure may
// have made with it.
func (r *tfReferences) isPart(id string) bool {
	for i, c := range id {
		if c == '/' && r.instances[id[:i]] != nil {
			return true
		}
	}
	return false
}

func (r *tfReferences) resolveUnknown(u *lang.Unknown, has func(string) bool) any {
	if a := r.names[normalID(u.Expr)]; a != "" {
		return a
	}
	parts, unresolved := exprPieces(u.Expr)
	if len(parts) == 0 || !unresolved[0] || len(parts) > 2 || len(parts) == 2 && unresolved[1] {
		return u
	}
	follow := r.attributes[parts[0]]
	if follow == nil {
		return u
	}
	rest := ""
	if len(parts) == 2 {
		rest = parts[1]
	}
	ids, open := follow()
	var found []any
	for _, id := range ids {
		s, ok := r.resolve(joinText(id, rest), has).(string)
		switch {
		case !ok:
			open = true
		case has(normalID(literalExpr(s))):
			found = append(found, s)
		case strings.HasPrefix(s, "/"), r.isPart(s):
			found = append(found, s) // an object that is not in the input
		}
	}
	if open || len(found) != 1 {
		return u
	}
	return found[0]
}
