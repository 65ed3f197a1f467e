package lang

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/vm"
	"github.com/expr-lang/expr/vm/runtime"
)

// known passes a known value through and stops at any other.
func known(v any) (any, error) {
	switch v := v.(type) {
	case *Unknown:
		return nil, v
	case *Partial:
		return nil, v.why()
	case *failure:
		return nil, v.err
	}
	return v, nil
}

// why is the unknown that a partial list is when asked for the whole.
func (p *Partial) why() *Unknown {
	if p.Open != nil {
		return p.Open
	}
	for _, item := range p.Items {
		if o, ok := item.(Object); ok && o.exists != nil {
			return o.exists
		}
	}
	return &Unknown{Reason: "not everything in this list is known"}
}

// get reads a field of an object or a record and stops at an unknown.
func (w *World) get(base any, field string) (any, error) {
	switch b := base.(type) {
	case Object:
		return known(w.field(b, field))
	case map[string]any:
		return known(b[field])
	case *Unknown:
		return nil, b
	}
	if _, isMap := mapOf(base); isMap {
		return index(base, field)
	}
	return nil, fmt.Errorf("%s has no field %q", nameOf(base), field)
}

// field returns what is known of an object's field: a value, an *Unknown or a
// *Partial. Derived values are computed here, once per object.
func (w *World) field(o Object, field string) any {
	slot, ok := o.class.slots[field]
	if ok && o.values[slot] != (unset{}) {
		if o.touch != nil && o.class.derived[field] == nil {
			o.touch(o, field)
		}
		return o.values[slot]
	}
	if x := o.class.derived[field]; x != nil {
		values := o.values
		if w.derived != nil {
			values = w.derived.of(o)
			if values[slot] != (unset{}) {
				return values[slot]
			}
		}
		env := w.scratch()
		env[SelfName] = o
		v, err := x.eval(w, env)
		if err != nil {
			v = &failure{err}
		}
		values[slot] = v
		return v
	}
	switch field {
	case "name":
		return o.name
	case "id":
		return o.id
	}
	return &Unknown{Reason: fmt.Sprintf("%q is not stated", field)}
}

// undecided stops an evaluation where a read meets what its type did not lead to
// expect: the tree evaluator says what comes of it.
var undecided = &Unknown{}

// reader returns a read of a field of objects of a class, which needs no World:
// the fast way of get for what is stated.
func (c *Class) reader(field string) func(any) (any, error) {
	slot := c.slots[field]
	return func(base any) (any, error) {
		switch o := base.(type) {
		case Object:
			if o.object != nil && o.class == c {
				return o.slot(slot, field)
			}
		case *Unknown:
			return nil, o
		}
		return nil, undecided
	}
}

// slot reads what is stated of a field.
func (o Object) slot(slot int, field string) (any, error) {
	if o.touch != nil && o.values[slot] != (unset{}) {
		o.touch(o, field)
	}
	switch v := o.values[slot].(type) {
	case *Unknown:
		return nil, v
	case *Partial:
		return nil, v.why()
	case unset:
		switch field {
		case "name":
			return o.name, nil
		case "id":
			return o.id, nil
		}
		return nil, undecided
	default:
		return v, nil
	}
}

// failure is a derived value whose expression failed at run time. Reading it
// fails the expression that reads it.
type failure struct{ err *RuntimeError }

// index reads an element of a list or a value of a record, as expr's [] does.
func index(base, i any) (v any, err error) {
	switch base.(type) {
	case Object, string, *Unknown, *Partial:
		return nil, fmt.Errorf("%s has no elements", nameOf(base))
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%v", r)
		}
	}()
	return known(runtime.Fetch(base, i))
}

// equal is == where objects may be involved: an object whose identity is open
// equals itself, and of any other nothing is known.
func equal(a, b any) (any, error) {
	x, xo := a.(Object)
	y, yo := b.(Object)
	if xo && yo {
		if x == y {
			return true, nil
		}
		if x.open != nil {
			return nil, x.open
		}
		if y.open != nil {
			return nil, y.open
		}
		return false, nil
	}
	if u := unknownInside(a, 0); u != nil {
		return nil, u
	}
	if u := unknownInside(b, 0); u != nil {
		return nil, u
	}
	return runtime.Equal(a, b), nil
}

// unknownInside finds an unknown in a composite value of a raw resource.
func unknownInside(v any, depth int) *Unknown {
	if depth > 1000 {
		return &Unknown{Reason: "nested too deeply to compare"}
	}
	switch v := v.(type) {
	case *Unknown:
		return v
	case *Partial:
		return v.why()
	case []any:
		for _, e := range v {
			if u := unknownInside(e, depth+1); u != nil {
				return u
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if u := unknownInside(v[k], depth+1); u != nil {
				return u
			}
		}
	}
	return nil
}

// in is `x in list` where objects or unknowns may be involved. A match decides;
// without one, the first unknown comparison does.
func in(x, list any) (v any, err error) {
	items, ok := list.([]any)
	if !ok {
		defer func() {
			if r := recover(); r != nil {
				v, err = nil, fmt.Errorf("%v", r)
			}
		}()
		switch l := list.(type) {
		case Object:
			return nil, fmt.Errorf("an object is no list")
		case map[string]any:
			if s, ok := x.(string); ok {
				_, has := l[s]
				return has, nil
			}
		}
		return runtime.In(x, list), nil
	}
	var open error
	for _, item := range items {
		same, err := equal(item, x)
		if err != nil {
			open = err
		} else if same.(bool) {
			return true, nil
		}
	}
	if open != nil {
		return nil, open
	}
	return false, nil
}

// machines are the VMs of a World, one per call depth: a VM is not re-entrant.
type machines struct {
	vms   []*vm.VM
	envs  []map[string]any // of the programs that run on them
	depth int
}

// scratch returns an empty environment for the next run, to be filled at once.
func (w *World) scratch() map[string]any {
	m := &w.machines
	for len(m.envs) <= m.depth {
		m.envs = append(m.envs, map[string]any{})
	}
	clear(m.envs[m.depth])
	return m.envs[m.depth]
}

func (w *World) run(p *program, env map[string]any) (any, error) {
	m := &w.machines
	if m.depth == len(m.vms) {
		m.vms = append(m.vms, &vm.VM{MemoryBudget: memoryBudget})
	}
	machine := m.vms[m.depth]
	m.depth++
	defer func() { m.depth-- }()
	env[worldName] = w
	return machine.Run(p.code, env)
}

// memoryBudget bounds the elements that one run of the VM creates. It is far
// above what a topology of a million objects needs.
const memoryBudget = 1 << 28

// call runs a function of the model over known arguments.
func (w *World) call(f *function, args []any) (any, error) {
	env := w.scratch()
	for i, p := range f.decl.Params {
		env[p.Name] = args[i]
	}
	return w.run(f.body.prog, env)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// isNil is expr's notion of nil for the values of this language.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Map, reflect.Slice:
		return r.IsNil()
	}
	return false
}
