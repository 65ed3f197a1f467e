package model

import (
	"fmt"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/document"
)

// commands reads inputs/commands.yaml: for each format a list of commands that
// print it.
func (l *loader) commands(n *document.Node) {
	for _, e := range n.Entries {
		if e.Value.Kind != document.List {
			l.report("model/wrong-type", e.Value.Span, fmt.Sprintf("%q must hold a list of commands, not %s", e.Key, e.Value.Describe()), "write - { run: COMMAND, states: [KIND] }")
			continue
		}
		for _, item := range e.Value.Items {
			l.command(e.Key, item)
		}
	}
}

func (l *loader) command(input string, n *document.Node) {
	const what = "a command"
	if n.Kind != document.Map {
		l.report("model/wrong-type", n.Span, what+" must be a map, not "+n.Describe(), "")
		return
	}
	l.keys(n, what, "run", "states")
	c := Command{Input: input, Run: l.text(n.Get("run"), `"run"`)}
	for _, key := range []string{"run", "states"} {
		if n.Get(key) == nil {
			l.report("model/missing-key", n.Span, fmt.Sprintf("%s has no %q", what, key), "it says what to run, and of what kinds that gives all objects")
			return
		}
	}
	states := n.Get("states")
	if states.Kind != document.List {
		l.report("model/wrong-type", states.Span, `"states" must be a list of kinds, not `+states.Describe(), "")
		return
	}
	for _, item := range states.Items {
		if name := l.text(item, `"states"`); l.model.Kind(name) != nil {
			c.States = append(c.States, name)
		} else if name != "" {
			l.report("model/unknown-kind", item.Span, fmt.Sprintf("%q is no kind", name), diag.DidYouMean(name, l.model.KindNames()))
		}
	}
	if c.Run != "" && len(c.States) > 0 {
		l.model.Commands = append(l.model.Commands, c)
	}
}
