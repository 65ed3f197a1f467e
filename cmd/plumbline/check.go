package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/report"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
)

// checkFlags are the flags of check.
type checkFlags struct {
	input         *choice
	format        *choice
	failOn        *choice
	failOnUnknown bool
	all           bool
	rules         []string
	merge         bool
	parameters    []string
	scope         string
	declare       string
	waivers       once
	explain       bool
	jobs          int
}

func (p *program) checkVerb() *cobra.Command {
	f := &checkFlags{
		input:  oneOf("auto", "native", "arm", "resources", "terraform"),
		format: oneOf("text", "json", "sarif", "junit", "github", "markdown"),
		failOn: oneOf("error", "warning", "info", "never"),
	}
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Run the rules over topologies",
		Long: `Check runs the rules of a site over topologies and reports, for each rule and
subject, whether the rule holds. "-" reads standard input. Without a site here
and without --site, it uses the rules that come with plumbline.

The exit code is 1 where a rule of --fail-on severity or a worse one fails, unless
that is waived, or a file could not be read as a topology. SARIF, JUnit and GitHub
are reports for CI systems.`,
		Example: `  plumbline check main.json
  az deployment group export ... | plumbline check -
  plumbline check --parameters main.parameters.json --parameters env=prod main.json
  plumbline check --format json --all network.yaml
  plumbline check --format sarif main.json > plumbline.sarif
  plumbline check --merge hub.json spoke.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{"which file?", `name a topology, or "-" for standard input`}
			}
			inputs := slices.Concat(args, f.parameters, []string{f.declare, string(f.waivers)})
			if i := slices.Index(inputs, "-"); i >= 0 && slices.Contains(inputs[i+1:], "-") {
				return usageError{"standard input can be read once", `give "-" one time`}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.check(cmd, args, *f) },
	}
	flags := cmd.Flags()
	flags.Var(f.input, "input", "format of the files")
	flags.Var(f.format, "format", "form of the results")
	flags.Var(f.failOn, "fail-on", "least severity whose fail gives exit code 1")
	flags.BoolVar(&f.failOnUnknown, "fail-on-unknown", false, "an unknown verdict gives exit code 1 too")
	flags.BoolVar(&f.all, "all", false, "list passes and what does not apply too")
	flags.StringArrayVar(&f.rules, "rule", nil, "run only the rule with this `ID` (repeatable)")
	flags.BoolVar(&f.merge, "merge", false, "all files are one topology; else each is one")
	flags.StringArrayVar(&f.parameters, "parameters", nil, "`FILE|NAME=VALUE` with parameters of templates (repeatable)")
	flags.StringVar(&f.scope, "scope", "", "`SCOPE` that templates are deployed to: /subscriptions/ID[/resourceGroups/NAME]")
	flags.StringVar(&f.declare, "declare", "", "`FILE` with facts that no input states")
	flags.Var(&f.waivers, "waivers", "`FILE` with fails that are accepted, and until when")
	flags.IntVar(&f.jobs, "jobs", 0, "check `N` topologies, or shares of a large one, at a time; 0 is one for each processor")
	flags.BoolVar(&f.explain, "explain", false, "say of each finding and fact how it came about")
	return cmd
}

func (p *program) check(cmd *cobra.Command, args []string, f checkFlags) error {
	if f.jobs < 0 {
		return usageError{fmt.Sprintf("%d topologies at a time are too few", f.jobs), "--jobs takes a number from 0"}
	}
	if f.jobs == 0 {
		f.jobs = runtime.NumCPU()
	}
	opts, err := p.topologyOptions(f)
	if err != nil {
		return err
	}
	waivers, err := p.readWaivers(string(f.waivers))
	if err != nil {
		return err
	}
	c := checkRun{program: p, cmd: cmd, flags: f, topology: opts, waivers: waivers, opened: make(chan struct{})}
	done := p.progress("checking " + strings.Join(args, ", "))
	c.parts = c.stdout
	err = c.run(c.tasks(args))
	if err == nil && c.form != nil {
		_, err = c.stdout.Write(c.form.End(!c.broken))
	}
	done()
	switch {
	case err != nil:
		return err
	case c.broken:
		return errReported{}
	case c.failed:
		return errProblems{}
	}
	return nil
}

// checkRun is one call of check.
type checkRun struct {
	*program
	flags    checkFlags
	topology topology.Options
	waivers  *rule.Waivers // nil: none
	cmd      *cobra.Command

	opened chan struct{} // closed when the site is open, or cannot be
	site   build.Sources // without Rules where it cannot
	titles map[string]string
	unread func() []string // kinds at whose objects nothing looks, see rule.Set.Unread
	base   string
	form   report.Format // for CI, or nil

	parts  io.Writer // where what topologies give is printed
	failed bool      // a rule or a problem in an input says so
	broken bool      // a file could not be opened
}

// open loads the site.
func (c *checkRun) open() error {
	defer close(c.opened)
	in, problems, err := c.openSiteOrFounding(c.cmd.Flags())
	if err != nil {
		return err
	}
	site, err := c.load(in, problems)
	if err != nil {
		return err
	}
	if err := knownRules(site.Rules, c.flags.rules); err != nil {
		return err
	}
	if len(site.Rules.Rules) == 0 && !c.quiet {
		fmt.Fprintln(c.stderr, "this site has no rules, so nothing is checked")
	}
	c.site, c.titles, c.unread, c.base = site, titles(site.Rules), sync.OnceValue(site.Rules.Unread), in.Config.BaseURL
	if c.form = reportFormat(c.flags.format.value); c.form != nil {
		if _, err := c.stdout.Write(c.form.Begin(reportRules(site.Rules, c.flags.rules, c.base))); err != nil {
			return err
		}
		c.parts = report.Parts(c.form, c.stdout)
	}
	return nil
}

// isOpen waits for the site and reports whether it can be used.
func (c *checkRun) isOpen() bool {
	<-c.opened
	return c.site.Rules != nil
}

// do checks one topology.
func (c *checkRun) do(t *task) {
	files, err := t.load()
	if err != nil {
		t.err = err
		return
	}
	documents := topology.Decode(files) // which takes about as long as to load the site
	if !c.isOpen() {
		return
	}
	opts := c.topology
	opts.Counted = c.unread
	top := documents.Read(c.site.Env, opts)
	// A report of tests has those that passed, too.
	all := c.flags.all || c.flags.format.value == "junit"
	res := c.site.Rules.Check(top, rule.Options{All: all, Rules: c.flags.rules, Explain: c.flags.explain, Jobs: c.flags.jobs, Waivers: c.waivers})
	c.share(t, &res)
	t.failed = c.fails(res)
	problems, results := c.terminalOf(c.stderr), c.terminalOf(c.stdout)
	problems.w, results.w = &t.stderr, &t.stdout
	records := c.placed(res.Diagnostics)
	if c.flags.format.value == "json" {
		diag.WriteRecords(problems.w, errorsOnly(c.own(t, records)), problems.color)
		t.err = res.WriteJSON(&t.stdout)
		return
	}
	if c.form != nil {
		diag.WriteRecords(problems.w, errorsOnly(records), problems.color)
		_, t.err = t.stdout.Write(c.form.Part(c.part(t, res)))
		return
	}
	diag.WriteRecords(problems.w, records, problems.color)
	todo := c.site.Rules.Todo(top, res)
	if c.flags.format.value == "markdown" {
		_, t.err = io.WriteString(&t.stdout, markdown{c.titles, c.base}.page(res, todo))
		return
	}
	forPerson{results, c.titles, c.base, c.quiet, top.By}.print(res, todo)
}

// placed gives the diagnostics of a result for a terminal: those of rules stand
// in the site's files, the others in the files as they were typed.
func (c *checkRun) placed(records []diag.Record) []diag.Record {
	out := slices.Clone(records)
	for i := range out {
		if out[i].Rule != "" {
			c.located(out[i : i+1])
		}
	}
	return out
}

// fails says whether a result gives exit code 1.
func (c *checkRun) fails(res rule.Result) bool {
	return res.HasErrors() || slices.ContainsFunc(res.Findings, c.counts)
}

// counts says whether a finding gives exit code 1.
func (c *checkRun) counts(f rule.Finding) bool {
	rank := map[string]int{"error": 3, "warning": 2, "info": 1}
	least := cmp.Or(rank[c.flags.failOn.value], 4) // "never": above all
	return f.Verdict == rule.Fail && f.Waived == nil && rank[f.Severity] >= least || f.Verdict == rule.Unknown && c.flags.failOnUnknown
}

func errorsOnly(records []diag.Record) []diag.Record {
	return slices.DeleteFunc(slices.Clone(records), func(d diag.Record) bool { return d.Severity != diag.Error })
}

// topologyOptions turns flags into what a reader of topologies takes.
func (p *program) topologyOptions(f checkFlags) (topology.Options, error) {
	opts := topology.Options{Input: f.input.value, Scope: f.scope}
	if f.scope != "" && !regexp.MustCompile(`(?i)^/subscriptions/[^/]+(/resourceGroups/[^/]+)?/?$`).MatchString(f.scope) {
		return opts, usageError{fmt.Sprintf("%q is no scope", f.scope), "write /subscriptions/ID or /subscriptions/ID/resourceGroups/NAME"}
	}
	assignment := regexp.MustCompile(`^([A-Za-z_]\w*)=(?s:(.*))$`)
	for _, text := range f.parameters {
		if m := assignment.FindStringSubmatch(text); m != nil {
			opts.Parameters = append(opts.Parameters, topology.Parameter{Name: m[1], Value: m[2]})
			continue
		}
		content, err := p.readText(text)
		if err != nil {
			return opts, err
		}
		opts.Parameters = append(opts.Parameters, topology.Parameter{File: &topology.File{Name: text, Text: content}})
	}
	if f.declare != "" {
		content, err := p.readText(f.declare)
		if err != nil {
			return opts, err
		}
		opts.Declared = &topology.File{Name: f.declare, Text: content}
	}
	return opts, nil
}

// readWaivers reads the file of --waivers; nil where there is none.
func (p *program) readWaivers(name string) (*rule.Waivers, error) {
	if name == "" {
		return nil, nil
	}
	text, err := p.readText(name)
	if err != nil {
		return nil, err
	}
	return rule.ReadWaivers(diag.NewSource(name, text), time.Now().UTC().Format(time.DateOnly)), nil
}

func titles(set *rule.Set) map[string]string {
	out := map[string]string{}
	for _, r := range set.Rules {
		out[r.ID] = r.Title
	}
	return out
}

// knownRules refuses a --rule that names no rule of the site.
func knownRules(set *rule.Set, ids []string) error {
	var all []string
	for _, r := range set.Rules {
		all = append(all, r.ID)
	}
	for _, id := range ids {
		if !slices.Contains(all, id) {
			hint := diag.DidYouMean(id, all)
			if hint == "" {
				hint = `"plumbline rules" lists the rules`
			}
			return usageError{fmt.Sprintf("there is no rule %q", id), hint}
		}
	}
	return nil
}
