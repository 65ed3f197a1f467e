package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/rule"
)

func (p *program) testVerb() *cobra.Command {
	var ids []string
	var mutate bool
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the examples of the rules in both engines",
		Long: `Test runs every example of every rule in Go and in JavaScript, and reports each
that does not come out as the rule says or on which the engines differ. Topologies
that vary what a rule reads are compared as well.

With --mutate it then makes small mistakes in each rule: it turns a condition
round, takes "or" for "and", drops a condition, is off by one, changes a value,
removes "where". An example has to notice each of them; a mistake that none
notices is reported with a topology that would. Mistakes that make no difference
on any topology do not count.`,
		Example: `  plumbline test
  plumbline test --rule bastion-vwan-sku --mutate`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.test(cmd, ids, mutate) },
	}
	cmd.Flags().StringArrayVar(&ids, "rule", nil, "test only the rule with this `ID` (repeatable)")
	cmd.Flags().BoolVar(&mutate, "mutate", false, "report mistakes in rules that no example would notice")
	return cmd
}

func (p *program) test(cmd *cobra.Command, ids []string, mutate bool) error {
	build.Hurry()
	in, problems, err := p.openSite(cmd.Flags())
	if err != nil {
		return err
	}
	done := p.progress("testing")
	site, more := build.Test(in, ids)
	done()
	p.printProblems(append(problems, more...))
	if err := knownRules(site.Rules, ids); err != nil {
		return err
	}
	if problems.HasErrors() || more.HasErrors() {
		return errProblems{}
	}
	if !p.quiet {
		rules, examples := 0, 0
		for _, r := range site.Rules.Rules {
			if len(ids) == 0 || slices.Contains(ids, r.ID) {
				rules, examples = rules+1, examples+len(r.Examples)
			}
		}
		fmt.Fprintf(p.stdout, "%s of %s: as expected, in both engines\n", counted(examples, "example"), counted(rules, "rule"))
	}
	if mutate {
		return p.mutate(site.Rules, ids)
	}
	return nil
}

// mutate reports the mutants that survive the examples, and prints a score for
// each rule and for the site.
func (p *program) mutate(set *rule.Set, ids []string) error {
	done := p.progress("mutating")
	scores := build.Mutate(set, ids)
	done()
	var survivors diag.List
	var all rule.Score
	width := 0
	for _, s := range scores {
		survivors = append(survivors, s.Problems()...)
		all.Killed += s.Killed
		all.Unkillable += s.Unkillable
		all.Survivors = append(all.Survivors, s.Survivors...)
		width = max(width, len(s.Rule.ID))
	}
	p.printProblems(survivors)
	for _, s := range scores {
		if !p.quiet || len(s.Survivors) > 0 {
			fmt.Fprintf(p.stdout, "%3d %%  %-*s  %s\n", s.Percent(), width, s.Rule.ID, s)
		}
	}
	fmt.Fprintf(p.stdout, "%3d %%  of %s: %s\n", all.Percent(), counted(len(scores), "rule"), all)
	if len(survivors) > 0 {
		return errProblems{}
	}
	return nil
}
