package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/diag"
)

func (p *program) lintVerb() *cobra.Command {
	format := oneOf("text", "json", "sarif", "junit", "github")
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Check pages and rules",
		Long: `Lint reports what is wrong with the pages and rules of a site: broken links,
missing images, quotes that match no sentence, rules that do not compile. The
exit code is 1 where anything is an error; warnings and hints do not change it.

Each problem ends with its code, such as [rule/unknown-key]. The page of the
manual "Problems and their codes", content/manual/problems.md, explains each.`,
		Example: `  plumbline lint
  plumbline lint --site ../docs --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.lint(cmd, format.value) },
	}
	cmd.Flags().Var(format, "format", "form of the results")
	return cmd
}

func (p *program) lint(cmd *cobra.Command, format string) error {
	in, problems, err := p.openSite(cmd.Flags())
	if err != nil {
		return err
	}
	_, more := build.Lint(in)
	problems = append(problems, more...)
	if form := reportFormat(format); form != nil {
		err = p.lintReport(form, p.located(problems.Records()))
	} else if format == "json" {
		err = diag.WriteJSON(p.stdout, p.located(problems.Records()))
	} else {
		p.printProblems(problems)
		if !p.quiet {
			fmt.Fprintf(p.stdout, "%s, %s, %d info\n", counted(problems.Count(diag.Error), "error"), counted(problems.Count(diag.Warning), "warning"), problems.Count(diag.Info))
		}
	}
	if err == nil && problems.HasErrors() {
		return errProblems{}
	}
	return err
}
