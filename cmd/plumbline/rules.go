package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) rulesVerb() *cobra.Command {
	format := oneOf("text", "json")
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Long: `Rules lists the rules of a site in site order. As JSON it prints what the built
site has as rules.json. Without a site here and without --site, it lists the
rules that come with plumbline.`,
		Example: `  plumbline rules
  plumbline rules --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.rules(cmd, format.value) },
	}
	cmd.Flags().Var(format, "format", "form of the list")
	return cmd
}

func (p *program) rules(cmd *cobra.Command, format string) error {
	in, problems, err := p.openSiteOrFounding(cmd.Flags())
	if err != nil {
		return err
	}
	site, err := p.load(in, problems)
	if err != nil {
		return err
	}
	if format == "json" {
		_, err := p.stdout.Write(site.Rules.JSON())
		return err
	}
	t := p.terminalOf(p.stdout)
	styles := map[string]string{"error": red, "warning": yellow, "info": cyan, "fact": bold}
	width := 0
	for _, r := range site.Rules.Rules {
		width = max(width, len(r.ID))
	}
	for _, r := range site.Rules.Rules {
		kind := r.Severity
		if r.Fact != nil {
			kind = "fact"
		}
		pad := strings.Repeat(" ", len("warning")-len(kind))
		fmt.Fprintf(t.w, "%s%s  %-*s  %s\n", t.paint(styles[kind], kind), pad, width, r.ID, printable(r.Title))
	}
	return nil
}
