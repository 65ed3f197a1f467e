// Command plumbline builds guidance whose rules check your work, and runs those
// rules. One file per verb.
//
// It takes arguments, files and standard input. Results go to standard output,
// problems to standard error; the exit code is 0 where all is well, 1 for
// problems in the user's files, 2 for wrong usage and failures of our own.
//
// Invariant: a flag or verb that is not known is an error, never ignored.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/plumbline/plumbline/internal/diag"
)

// Exit codes.
const (
	exitClean    = 0
	exitProblems = 1
	exitFailure  = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// program is one run of the command: its streams and global flags.
type program struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer

	site    string
	siteSet bool // --site was given
	quiet   bool
	noColor bool
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr}
	root := p.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errProblems{}):
		return exitProblems
	case !errors.Is(err, errReported{}):
		p.complain(cmd, err)
	}
	return exitFailure
}

// complain prints why a command did not do what it was asked.
func (p *program) complain(cmd *cobra.Command, err error) {
	fmt.Fprintf(p.stderr, "%s: %s\n", cmd.CommandPath(), err)
	var usage usageError
	if errors.As(err, &usage) && usage.hint != "" {
		fmt.Fprintf(p.stderr, "\thint: %s\n", usage.hint)
	}
}

// errProblems ends a command whose problems were printed already.
type errProblems struct{}

func (errProblems) Error() string { return "there are problems" }

// errReported ends a command that failed and said why.
type errReported struct{}

func (errReported) Error() string { return "failed" }

// usageError is a command line that says nothing we can do.
type usageError struct{ message, hint string }

func (e usageError) Error() string { return e.message }

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "plumbline",
		Short: "Guidance that can check your work",
		Long: `Plumbline builds guidance that can check your work: Markdown pages whose
recommendations are rules, which run in the reader's browser, here and in CI.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs, // so that an unknown verb reaches RunE
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				cmd.SetOut(p.stderr)
				cmd.Help()
				return usageError{"a verb is missing", "start with \"plumbline check FILE\" or \"plumbline build\""}
			}
			return unknownVerb(cmd, args[0])
		},
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			p.siteSet = cmd.Flags().Changed("site")
		},
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = true
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&p.site, "site", ".", "`DIR` of the site")
	flags.BoolVar(&p.quiet, "quiet", false, "print only problems and results")
	flags.BoolVar(&p.noColor, "no-color", false, "print without colours")
	root.AddCommand(p.buildVerb(), p.serveVerb(), p.checkVerb(), p.testVerb(), p.lintVerb(), p.evalVerb(), p.rulesVerb(), p.newVerb(), p.versionVerb())
	for _, verb := range root.Commands() {
		verb.Flags().SortFlags = false
	}
	return root
}

func unknownVerb(root *cobra.Command, name string) error {
	var verbs []string
	for _, verb := range root.Commands() {
		if verb.IsAvailableCommand() {
			verbs = append(verbs, verb.Name())
		}
	}
	hint := diag.DidYouMean(name, verbs)
	if hint == "" {
		hint = "the verbs are " + strings.Join(verbs, ", ")
	}
	return usageError{fmt.Sprintf("unknown verb %q", name), hint}
}

// flagError says what is wrong with a flag the way every other problem is said.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("%q lists the flags", cmd.CommandPath()+" --help")
	var (
		unknown  *pflag.NotExistError
		missing  *pflag.ValueRequiredError
		invalid  *pflag.InvalidValueError
		badShape *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			return usageError{fmt.Sprintf("unknown flag \"-%s\"", short), help}
		}
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		hint := diag.DidYouMean(name, names)
		if hint == "" {
			hint = help
		}
		return usageError{fmt.Sprintf("unknown flag %q", name), hint}
	case errors.As(err, &missing):
		return usageError{fmt.Sprintf("the flag \"--%s\" needs a value", missing.GetFlag().Name), help}
	case errors.As(err, &invalid):
		return usageError{fmt.Sprintf("the flag \"--%s\" cannot be %q: %s", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap()), help}
	case errors.As(err, &badShape):
		return usageError{fmt.Sprintf("%q is no flag", badShape.GetSpecifiedFlag()), help}
	}
	return usageError{err.Error(), help}
}

// noArgs refuses arguments behind a verb that takes none.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Sprintf("unexpected argument %q", args[0]), fmt.Sprintf("%q shows what it takes", cmd.CommandPath()+" --help")}
	}
	return nil
}
