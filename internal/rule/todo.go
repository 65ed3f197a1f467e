package rule

import (
	"regexp"
	"slices"

	"github.com/plumbline/plumbline/internal/model"
	"github.com/plumbline/plumbline/internal/topology"
)

// Todo is what would decide the unknown verdicts of a result.
type Todo struct {
	Commands   []string // whose output is to be checked together with the input
	Parameters []string // of templates, which have no value
}

var withoutDefault = regexp.MustCompile(`^\[parameters\('([^']*)'\)\] has no default$`)

// Todo names the shortest list of commands whose output would decide what is
// unknown, as far as the site knows commands for it.
func (s *Set) Todo(t *topology.Topology, res Result) Todo {
	var out Todo
	needed := map[string]bool{}
	for _, f := range res.Findings {
		if f.Verdict != Unknown {
			continue
		}
		for _, m := range f.Missing {
			for _, kind := range t.Needs[m.Reason] {
				needed[kind] = true
			}
			if p := withoutDefault.FindStringSubmatch(m.Reason); p != nil && !slices.Contains(out.Parameters, p[1]) {
				out.Parameters = append(out.Parameters, p[1])
			}
		}
	}
	chosen := map[int]bool{}
	commands := commandsFor(s.Env.Model(), t.Format)
	for len(needed) > 0 {
		best, most := -1, 0
		for i, c := range commands {
			n := 0
			for _, kind := range c.States {
				if needed[kind] {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		if best < 0 {
			break
		}
		chosen[best] = true
		for _, kind := range commands[best].States {
			delete(needed, kind)
		}
	}
	for i, c := range commands {
		if chosen[i] {
			out.Commands = append(out.Commands, c.Run)
		}
	}
	return out
}

// commandsFor lists the commands that print the format, or where there is none,
// those that print what Azure returns.
func commandsFor(m *model.Model, format string) []model.Command {
	var own, others []model.Command
	for _, c := range m.Commands {
		switch c.Input {
		case format:
			own = append(own, c)
		case "resources":
			others = append(others, c)
		}
	}
	if len(own) > 0 {
		return own
	}
	return others
}
