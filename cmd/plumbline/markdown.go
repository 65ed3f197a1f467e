package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/plumbline/plumbline/internal/rule"
)

// markdown writes the result of one topology for an issue, a pull request or a
// mail, as the checker's copy does, with what is to be done to know more.
type markdown struct {
	titles map[string]string // of the rules, by id
	base   string            // address of the site, or ""
}

func (m markdown) page(res rule.Result, todo rule.Todo) string {
	var b strings.Builder
	s := res.Summary
	waived := ""
	if n := waivedIn(res.Findings); n > 0 {
		waived = fmt.Sprintf(" (%d waived)", n)
	}
	fmt.Fprintf(&b, "# Check of %s\n\n%d fail%s, %d unknown, %d pass, %d not applicable\n\n", escaped(res.Input.File), s.Fail, waived, s.Unknown, s.Pass, s.NotApplicable)
	for _, part := range []struct{ verdict, title string }{{rule.Fail, "Fail"}, {rule.Unknown, "Unknown"}, {rule.Pass, "Pass"}, {rule.NotApplicable, "Not applicable"}} {
		m.table(&b, part.title, part.verdict, res.Findings)
	}
	if len(res.Facts) > 0 {
		b.WriteString("## Facts\n\n| Fact | Subject | Value |\n| --- | --- | --- |\n")
		for _, f := range res.Facts {
			value := "unknown"
			if f.Value != nil {
				value = *f.Value
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", escaped(m.titles[f.Rule]), escaped(f.Subject.Name), escaped(value))
		}
		b.WriteByte('\n')
	}
	if len(res.Diagnostics) > 0 {
		b.WriteString("## Problems in the input\n\n")
		for _, d := range res.Diagnostics {
			place := d.File
			if d.Line > 0 {
				place = fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column)
			}
			if place != "" {
				place = code(place) + ": "
			}
			fmt.Fprintf(&b, "- %s%s: %s\n", place, d.Severity, escaped(d.Message))
		}
		b.WriteByte('\n')
	}
	if len(todo.Commands)+len(todo.Parameters) > 0 {
		b.WriteString("## To do\n\nWhat is unknown can be decided by checking the input again\n\n")
		for _, c := range todo.Commands {
			fmt.Fprintf(&b, "- [ ] with `--merge`, together with the output of %s\n", code(c))
		}
		for _, name := range todo.Parameters {
			fmt.Fprintf(&b, "- [ ] with %s\n", code("--parameters "+name+"=VALUE"))
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func waivedIn(findings []rule.Finding) int {
	n := 0
	for _, f := range findings {
		if f.Waived != nil {
			n++
		}
	}
	return n
}

func (m markdown) table(b *strings.Builder, title, verdict string, findings []rule.Finding) {
	first := true
	for _, g := range groups(findings) {
		for _, f := range g.findings {
			if f.Verdict != verdict {
				continue
			}
			if first {
				fmt.Fprintf(b, "## %s\n\n| Severity | Rule | Subject | Finding | Place |\n| --- | --- | --- | --- | --- |\n", title)
				first = false
			}
			text := f.Message
			if len(f.Missing) > 0 {
				var parts []string
				for _, m := range f.Missing {
					parts = append(parts, m.Path+": "+m.Reason)
				}
				text = strings.Join(parts, "; ")
			}
			if f.Waived != nil {
				text += " (waived" + until(f.Waived) + ": " + f.Waived.Reason + ")"
			}
			fmt.Fprintf(b, "| %s | [%s](%s%s) | %s | %s | %s |\n", f.Severity, escaped(m.titles[f.Rule]), m.base, f.Page, escaped(f.Subject.Name), escaped(text),
				code(fmt.Sprintf("%s:%d:%d", f.Source.File, f.Source.Line, f.Source.Column)))
		}
	}
	if !first {
		b.WriteByte('\n')
	}
}

var (
	special = regexp.MustCompile("[\\\\`*_\\[\\]<>|#~]")
	space   = regexp.MustCompile(`\s+`)
)

// escaped is text that Markdown shows as it is, also in a table.
func escaped(text string) string {
	return space.ReplaceAllString(special.ReplaceAllString(printable(text), `\$0`), " ")
}

// code is text as code, in a table too.
func code(text string) string {
	text = strings.ReplaceAll(space.ReplaceAllString(printable(text), " "), "|", "&#124;")
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
