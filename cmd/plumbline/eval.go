package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/eval"
	"github.com/plumbline/plumbline/internal/topology"
)

// evalFlags are the flags of eval.
type evalFlags struct {
	env      string
	topology string
	engine   *choice
}

func (p *program) evalVerb() *cobra.Command {
	f := evalFlags{engine: oneOf(eval.Both, eval.Go, eval.JS)}
	cmd := &cobra.Command{
		Use:   "eval EXPR|-",
		Short: "Evaluate expressions in both engines",
		Long: `Eval evaluates an expression of the rule language in Go and in JavaScript and
prints what each gives, as a line of JSON. "-" reads expressions from standard
input, one a line.

Names are those of --env, a JSON object, or the collections and declared facts
of --topology. The exit code is 1 where the engines differ.`,
		Example: `  plumbline eval '0.1 + 0.2 == 0.3'
  plumbline eval 'filter(xs, # > limit)' --env values.json
  plumbline eval 'any(bastions, .sku == "Basic")' --topology network.yaml
  plumbline eval - --engine go < expressions.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return usageError{"which expression?", `name one, or "-" for standard input`}
			case 1:
				return nil
			}
			return usageError{fmt.Sprintf("unexpected argument %q", args[1]), "put the expression in quotes"}
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.eval(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.env, "env", "", "JSON `FILE` with the names that expressions see")
	flags.StringVar(&f.topology, "topology", "", "topology `FILE` whose collections expressions see")
	flags.Var(f.engine, "engine", "where to evaluate")
	return cmd
}

func (p *program) eval(cmd *cobra.Command, text string, f evalFlags) error {
	in, err := p.evalInput(cmd, f)
	if err != nil {
		return err
	}
	e, problems, err := eval.New(in)
	p.printProblems(problems)
	if err != nil {
		return err
	}
	if e == nil {
		return errProblems{}
	}
	defer e.Close()
	expressions := p.stdin
	if text != "-" {
		expressions = strings.NewReader(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
	}
	agree, err := evalLines(e, expressions, p.stdout)
	if err == nil && !agree {
		return errProblems{}
	}
	return err
}

// evalInput reads what the expressions see.
func (p *program) evalInput(cmd *cobra.Command, f evalFlags) (eval.Input, error) {
	in := eval.Input{Engine: f.engine.value, Data: map[string]any{}}
	if f.env != "" && f.topology != "" {
		return in, usageError{`"--env" and "--topology" exclude each other`, "expressions see either values or a topology"}
	}
	sources, problems, err := p.openSiteOrFounding(cmd.Flags())
	if err != nil {
		return in, err
	}
	site, more := build.Load(sources)
	if problems = append(problems, more...); problems.HasErrors() {
		p.printProblems(problems)
		return in, errProblems{}
	}
	in.Env, in.Rules, in.Theme = site.Env, site.Rules, sources.Theme
	if f.topology != "" {
		text, err := p.readText(f.topology)
		if err != nil {
			return in, err
		}
		in.Topology = &topology.File{Name: f.topology, Text: text}
		return in, nil
	}
	if f.env == "" {
		return in, nil
	}
	text, err := p.readText(f.env)
	if err != nil {
		return in, err
	}
	if in.Data = nil; json.Unmarshal([]byte(text), &in.Data) != nil || in.Data == nil {
		p.printProblems(diag.List{p.badEnvironment(f.env, text)})
		return in, errProblems{}
	}
	return in, nil
}

// badEnvironment says why a text is not an environment.
func (p *program) badEnvironment(name, text string) diag.Diagnostic {
	src := diag.NewSource(name, text)
	d := diag.Diagnostic{Code: eval.Environment, Severity: diag.Error, Span: diag.Span{Source: src},
		Message: "the environment is no JSON object", Hint: `write the names with their values: {"limit": 3, "xs": [1, 2]}`}
	var v map[string]any
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch err := json.Unmarshal([]byte(text), &v); {
	case errors.As(err, &syntax):
		d.Message, d.Span.Start = "the environment does not parse as JSON: "+syntax.Error(), max(0, int(syntax.Offset)-1)
	case errors.As(err, &shape) && strings.HasPrefix(shape.Value, "number "):
		d.Message, d.Span.Start = fmt.Sprintf("the %s does not fit into a float", shape.Value), int(shape.Offset)-len(strings.TrimPrefix(shape.Value, "number "))
		d.Hint = "a float holds up to 1.8e308"
	}
	d.Span.Start = min(max(0, d.Span.Start), len(text))
	d.Span.End = d.Span.Start
	return d
}

// batch bounds the expressions that are evaluated at once. Fewer are where no
// more have arrived: whoever writes a line and waits gets its answer.
const batch = 1000

// evalLines evaluates every line and prints its results. It reports whether the
// engines agree on all of them.
func evalLines(e *eval.Evaluator, r io.Reader, w io.Writer) (agree bool, err error) {
	in, out := bufio.NewReaderSize(r, 1<<16), bufio.NewWriter(w)
	agree = true
	for eof := false; !eof; {
		var texts []string
		for len(texts) < batch && !eof {
			line, err := in.ReadString('\n')
			if err != nil && err != io.EOF {
				return agree, err
			}
			eof = err == io.EOF
			if line == "" {
				break
			}
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			texts = append(texts, strings.ToValidUTF8(line, "\ufffd"))
			if waiting, _ := in.Peek(in.Buffered()); !bytes.Contains(waiting, []byte("\n")) {
				break
			}
		}
		lines, err := e.Eval(texts)
		if err != nil {
			return agree, err
		}
		for _, l := range lines {
			agree = agree && l.Agree()
			out.WriteString(l.JSON() + "\n")
		}
		if err := out.Flush(); err != nil {
			return agree, err
		}
	}
	return agree, nil
}
