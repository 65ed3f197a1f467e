package rulejs

import (
	"regexp"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/model"
)

// refusals are all that the profile may refuse of what expr compiles. Whatever
// else analysis reports is a type error.
var refusals = []string{
	// Calls of anything but builtins and functions of the model.
	`^only builtins and functions of the model can be called$`, `^unknown function "`, `^a method call is outside`,
	// Two builtins with a bug in the VM; the clock; bytes.
	`^"(findLast|findLastIndex|now|date|duration|timezone)" is outside`, `^bytes are outside`,
	// Text of composites.
	`^text of an? (list|record)`,
	// The order of a map, where it matters.
	`^"(keys|values|toPairs)" returns its elements in a random order$`,
	// Text by bytes; integers that a float cannot hold; patterns that cannot be translated, or not safely.
	`^an index into text is outside`, `^a slice of a string is outside`, `^a number beyond 2\^53 is outside`,
	`^a computed pattern is outside`, `^this is nested deeper`,
}

// TestOnlyTheListIsRefused holds the share of expr's corpora that is accepted, and
// every refusal against the list above.
func TestOnlyTheListIsRefused(t *testing.T) {
	env, _ := lang.NewEnv(&model.Model{})
	var listed []*regexp.Regexp
	for _, r := range refusals {
		listed = append(listed, regexp.MustCompile(r))
	}
	for _, corpus := range []struct {
		name    string
		percent float64 // accepted at least
	}{{"testdata/generated.txt", 76}, {"test/fuzz/fuzz_corpus.txt", 81}} {
		all := lines(t, corpus.name)
		seen, accepted := 0, 0
		for i := 0; i < len(all); i += 4 {
			if _, err := expr.Compile(all[i], expr.AllowUndefinedVariables(), expr.Optimize(false)); err != nil {
				continue
			}
			seen++
			_, problems := env.CompileUntyped(all[i])
			if !problems.HasErrors() {
				accepted++
			}
			for _, p := range problems {
				ok := p.Code != "rule/refused" && p.Code != "rule/unknown-function"
				for _, r := range listed {
					ok = ok || r.MatchString(p.Message)
				}
				if !ok {
					t.Errorf("%s\n\trefused: %s", all[i], p.Message)
				}
			}
		}
		share := 100 * float64(accepted) / float64(seen)
		t.Logf("%s: %.1f %% accepted", corpus.name, share)
		if share < corpus.percent {
			t.Errorf("%s: %.1f %% accepted, want %.0f %%", corpus.name, share, corpus.percent)
		}
	}
}
