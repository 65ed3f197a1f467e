package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
)

func (p *program) testVerb() *cobra.Command {
	var ids []string
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the examples of the rules in both engines",
		Long: `Test runs every example of every rule in Go and in JavaScript, and reports each
that does not come out as the rule says or on which the engines differ.`,
		Example: `  plumbline test
  plumbline test --rule bastion-vwan-sku`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.test(cmd, ids) },
	}
	cmd.Flags().StringArrayVar(&ids, "rule", nil, "test only the rule with this `ID` (repeatable)")
	return cmd
}

func (p *program) test(cmd *cobra.Command, ids []string) error {
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
	return nil
}
