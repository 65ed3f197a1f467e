package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/rule"
)

// forPerson prints the result of one topology for a person: the worst first, and
// what a rule has to say (title, fix, page) once for all its subjects.
type forPerson struct {
	terminal
	titles map[string]string // of the rules, by id
	base   string            // address of the site, or ""
	quiet  bool
	by     string // what the format was recognised by, or ""
}

// group is the findings of one rule with one verdict.
type group struct {
	label, style string
	findings     []rule.Finding
}

func (r forPerson) print(res rule.Result, todo rule.Todo) {
	if !r.quiet {
		fmt.Fprintf(r.w, "%s  %s\n\n", r.paint(bold, printable(res.Input.File)), r.paint(dim, inputLine(res.Input, r.by)))
	}
	for _, g := range groups(res.Findings) {
		r.group(g)
	}
	r.facts(res.Facts)
	if !r.quiet {
		fmt.Fprintln(r.w, r.summary(res))
		r.todo(todo)
	}
}

// todo says what would decide the unknown verdicts.
func (r forPerson) todo(todo rule.Todo) {
	if len(todo.Commands) > 0 {
		fmt.Fprintf(r.w, "\nTo decide what is unknown, check this together, with --merge, with the output of\n")
		for _, c := range todo.Commands {
			fmt.Fprintf(r.w, "  %s\n", c)
		}
	}
	if len(todo.Parameters) > 0 {
		fmt.Fprintf(r.w, "\nTo decide what is unknown, give values with\n")
		for _, name := range todo.Parameters {
			fmt.Fprintf(r.w, "  --parameters %s=VALUE\n", printable(name))
		}
	}
}

// inputLine says what was read: `arm, by its "$schema": subnets 2`.
func inputLine(in rule.Input, by string) string {
	format := in.Format
	if by != "" {
		format += ", by " + by
	}
	var counts []string
	for _, c := range in.Subjects {
		if c.N > 0 {
			counts = append(counts, fmt.Sprintf("%s %d", c.Kind, c.N))
		}
	}
	switch {
	case in.Format == "":
		return "not read"
	case len(counts) == 0:
		return format + ": nothing that a rule looks at"
	}
	return format + ": " + strings.Join(counts, ", ")
}

// groups sorts findings by what they mean for the reader, then as they come.
func groups(findings []rule.Finding) []group {
	kinds := []struct {
		verdict, severity string
		waived            bool
		label, style      string
	}{
		{rule.Fail, "error", false, "error", red},
		{rule.Fail, "warning", false, "warning", yellow},
		{rule.Fail, "info", false, "info", cyan},
		{rule.Fail, "", true, "waived", dim},
		{rule.Unknown, "", false, "unknown", magenta},
		{rule.Pass, "", false, "pass", green},
		{rule.NotApplicable, "", false, "not applicable", dim},
	}
	var out []group
	for _, k := range kinds {
		first := len(out)
		for _, f := range findings {
			if f.Verdict != k.verdict || (f.Waived != nil) != k.waived || k.severity != "" && f.Severity != k.severity {
				continue
			}
			if n := len(out); n == first || out[n-1].findings[0].Rule != f.Rule {
				out = append(out, group{label: k.label, style: k.style})
			}
			g := &out[len(out)-1]
			g.findings = append(g.findings, f)
		}
	}
	return out
}

func (r forPerson) group(g group) {
	first := g.findings[0]
	fmt.Fprintf(r.w, "%s  %s  %s\n", r.paint(g.style, g.label), printable(r.titles[first.Rule]), r.paint(dim, first.Rule))
	width := 0
	for _, f := range g.findings {
		width = max(width, utf8.RuneCountInString(printable(f.Subject.Name)))
	}
	for _, f := range g.findings {
		name := printable(f.Subject.Name)
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(name))
		place := fmt.Sprintf("%s:%d:%d", f.Source.File, f.Source.Line, f.Source.Column)
		fmt.Fprintf(r.w, "  %s%s  %s\n", r.paint(bold, name), pad, r.paint(dim, printable(place)))
		if f.Verdict == rule.Fail && f.Message != r.titles[f.Rule] {
			r.lines("    ", f.Message)
		}
		if f.Waived != nil {
			r.lines("    ", "waived"+until(f.Waived)+": "+f.Waived.Reason)
		}
		for _, m := range f.Missing {
			r.lines("    ", m.Path+": "+m.Reason)
		}
		r.explanation(f.Explanation)
	}
	switch first.Verdict {
	case rule.Fail:
		r.labelled("fix   ", reflowed(first.Fix))
		r.labelled("page  ", r.base+first.Page)
	case rule.Unknown:
		r.labelled("page  ", r.base+first.Page)
	}
	fmt.Fprintln(r.w)
}

func (r forPerson) lines(indent, text string) {
	for _, line := range r.wrap(printable(text), len(indent)) {
		fmt.Fprintf(r.w, "%s%s\n", indent, line)
	}
}

// labelled prints text behind a label, its further lines below the first.
func (r forPerson) labelled(label, text string) {
	head := "  " + r.paint(dim, label)
	for _, line := range r.wrap(printable(text), 2+len(label)) {
		fmt.Fprintf(r.w, "%s%s\n", head, line)
		head = strings.Repeat(" ", 2+len(label))
	}
}

// reflowed joins the lines of a paragraph, as Markdown does, so that they break
// where the terminal ends. List items keep their own lines.
func reflowed(markdown string) string {
	item := regexp.MustCompile(`^\s*([-*+]|\d+[.)])\s`)
	var out strings.Builder
	var blank bool
	for line := range strings.Lines(strings.TrimSpace(markdown)) {
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case out.Len() == 0:
		case line == "" || blank || item.MatchString(line):
			out.WriteByte('\n')
		default:
			out.WriteByte(' ')
			line = strings.TrimLeft(line, " \t")
		}
		blank = line == ""
		out.WriteString(line)
	}
	return out.String()
}

func (r forPerson) facts(facts []rule.Fact) {
	for i, f := range facts {
		if i == 0 || facts[i-1].Rule != f.Rule {
			fmt.Fprintf(r.w, "%s  %s  %s\n", r.paint(bold, "fact"), printable(r.titles[f.Rule]), r.paint(dim, f.Rule))
		}
		if f.Value != nil {
			fmt.Fprintf(r.w, "  %s  %s\n", r.paint(bold, printable(f.Subject.Name)), printable(*f.Value))
		} else {
			fmt.Fprintf(r.w, "  %s  %s\n", r.paint(bold, printable(f.Subject.Name)), r.paint(magenta, "unknown"))
			for _, m := range f.Missing {
				r.lines("    ", m.Path+": "+m.Reason)
			}
		}
		r.explanation(f.Explanation)
		if i == len(facts)-1 || facts[i+1].Rule != f.Rule {
			fmt.Fprintln(r.w)
		}
	}
}

// until says when a waiver ends: " until 2027-01-31", or "".
func until(w *rule.Waived) string {
	if w.Expires == "" {
		return ""
	}
	return " until " + w.Expires
}

// summary is the last line: "2 fail (1 error, 1 waived), 1 unknown, 9 pass, 14 not applicable".
func (r forPerson) summary(res rule.Result) string {
	s := res.Summary
	if s == (rule.Summary{}) {
		return r.paint(dim, "no verdicts")
	}
	fails := fmt.Sprintf("%d fail", s.Fail)
	if s.Fail > 0 {
		var parts []string
		count := map[string]int{}
		for _, f := range res.Findings {
			switch {
			case f.Waived != nil:
				count["waived"]++
			case f.Verdict == rule.Fail:
				count[f.Severity]++
			}
		}
		for _, kind := range []string{"error", "warning", "info", "waived"} {
			if count[kind] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", count[kind], kind))
			}
		}
		fails = r.paint(red, fails) + " (" + strings.Join(parts, ", ") + ")"
	} else {
		fails = r.paint(green, fails)
	}
	return fmt.Sprintf("%s, %d unknown, %d pass, %d not applicable", fails, s.Unknown, s.Pass, s.NotApplicable)
}
