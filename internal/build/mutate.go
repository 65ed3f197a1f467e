package build

import (
	"runtime"
	"slices"
	"sync"

	"github.com/plumbline/plumbline/internal/rule"
)

// Mutate scores the examples of the rules with these ids, or of all: whether they
// notice small mistakes in the rules. The examples must come out as expected.
func Mutate(set *rule.Set, ids []string) []rule.Score {
	rules := set.Rules
	if len(ids) > 0 {
		rules = slices.DeleteFunc(slices.Clone(rules), func(r *rule.Rule) bool { return !slices.Contains(ids, r.ID) })
	}
	scores := make([]rule.Score, len(rules))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(rules)) {
		workers.Go(func() {
			bench := set.NewBench()
			for i := range next {
				scores[i] = bench.Mutate(rules[i])
			}
		})
	}
	for i := range rules {
		next <- i
	}
	close(next)
	workers.Wait()
	return scores
}
