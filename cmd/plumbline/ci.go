package main

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/build"
	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/report"
	"github.com/plumbline/plumbline/internal/rule"
)

// reportFormat returns the form of reports that --format names, or nil.
func reportFormat(name string) report.Format {
	switch name {
	case "sarif":
		return report.SARIF(version)
	case "junit":
		return report.JUnit()
	case "github":
		return report.GitHub()
	}
	return nil
}

// reportRules are the judging rules of a site, or those of some ids.
func reportRules(set *rule.Set, only []string, base string) []report.Rule {
	var out []report.Rule
	for _, r := range set.Rules {
		if r.Fact != nil || len(only) > 0 && !slices.Contains(only, r.ID) {
			continue
		}
		out = append(out, report.Rule{ID: r.ID, Title: r.Title, Severity: r.Severity, Help: reflowed(r.Fix), URL: absolute(base, r.Anchor()), Tags: r.Tags})
	}
	return out
}

// absolute is the address of a page of a site, or "" where nobody knows where that is.
func absolute(base, page string) string {
	u, err := url.Parse(base + page)
	if err != nil || !u.IsAbs() {
		return ""
	}
	return u.String()
}

// stdin is what reports call standard input.
const stdin = "stdin"

// part is what the check of a topology found.
func (c *checkRun) part(t *task, res rule.Result) report.Part {
	out := report.Part{Name: named(res.Input.File), File: named(cmp.Or(t.lines, t.first))}
	for _, d := range c.placed(res.Diagnostics) {
		out.Entries = append(out.Entries, problem(d, t))
	}
	for _, f := range res.Findings {
		if f.Verdict == rule.NotApplicable && !c.flags.all {
			continue
		}
		out.Entries = append(out.Entries, c.finding(f, t))
	}
	return out
}

// named is the name of a file, or of a line of one, in a report.
func named(file string) string {
	if line, ok := strings.CutPrefix(file, "-"); file == "" || ok && (line == "" || line[0] == ':') {
		return stdin + line
	}
	return filepath.ToSlash(file)
}

// unread is the part of a file that cannot be opened.
func unread(t *task) report.Part {
	out := report.Part{Name: named(t.first), File: named(t.first)}
	out.Entries = []report.Entry{{Rule: "input/unreadable", Severity: "error", Verdict: report.Fail, Counts: true, Message: t.err.Error(), Place: t.place(t.first, 0, 0)}}
	return out
}

// problemsPart is a part of diagnostics; those without a file are put to one.
func problemsPart(name, file string, records []diag.Record) report.Part {
	out := report.Part{Name: name, File: file}
	for _, d := range records {
		out.Entries = append(out.Entries, problem(d, nil))
	}
	return out
}

// problem is a diagnostic as an entry of a report. t is nil for one of a site.
func problem(d diag.Record, t *task) report.Entry {
	message := d.Message
	if d.Rule != "" {
		message = "rule " + d.Rule + ": " + message
	}
	out := report.Entry{Rule: d.Code, Severity: string(d.Severity), Verdict: report.Fail, Counts: d.Severity == diag.Error, Message: message, Place: t.place(d.File, d.Line, d.Column)}
	if d.Hint != "" {
		out.Details = []string{"Hint: " + d.Hint}
	}
	return out
}

func (c *checkRun) finding(f rule.Finding, t *task) report.Entry {
	out := report.Entry{
		Rule: f.Rule, Severity: f.Severity, Verdict: report.Verdict(f.Verdict), Counts: c.counts(f),
		Subject: report.Subject(f.Subject),
		Message: f.Message,
		Place:   t.place(f.Source.File, f.Source.Line, f.Source.Column),
	}
	if f.Verdict == rule.Unknown {
		out.Message = "it is unknown whether this holds: " + f.Message
	}
	if !c.says(f) {
		out.Message = f.Subject.Name + ": " + out.Message
	}
	if t.lines == "-" {
		out.Details = append(out.Details, "Line "+strings.TrimPrefix(f.Source.File, "-:")+" of standard input")
	}
	for _, m := range f.Missing {
		out.Details = append(out.Details, m.Path+": "+m.Reason)
	}
	if f.Verdict == rule.Fail && f.Fix != "" {
		out.Details = append(out.Details, "Fix: "+reflowed(f.Fix))
	}
	if f.Verdict == rule.Fail || f.Verdict == rule.Unknown {
		out.Details = append(out.Details, "Page: "+c.base+f.Page)
	}
	if f.Waived != nil {
		out.Waived = f.Waived.Reason + until(f.Waived)
	}
	if f.Explanation != nil {
		var b strings.Builder
		forPerson{terminal: terminal{w: &b}}.explanation(f.Explanation)
		out.Details = append(out.Details, strings.TrimSuffix(b.String(), "\n"))
	}
	return out
}

// says reports whether the message of a finding names its subject, as a word of its own.
func (c *checkRun) says(f rule.Finding) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	name := f.Subject.Name
	for rest, before := f.Message, ' '; f.Message != c.titles[f.Rule]; {
		head, tail, found := strings.Cut(rest, name)
		if !found {
			return false
		}
		if r, n := utf8.DecodeLastRuneInString(head); n > 0 {
			before = r
		}
		if after, _ := utf8.DecodeRuneInString(tail + " "); !part(before) && !part(after) {
			return true
		}
		before, _ = utf8.DecodeLastRuneInString(name)
		rest = tail
	}
	return false
}

// place is a place in a file as CI systems find it: that of a line of NDJSON, which has a
// name of its own, stands in the file of the line. Standard input is no file.
func (t *task) place(file string, line, column int) report.Place {
	if t != nil && t.lines != "" {
		if number, ok := strings.CutPrefix(file, t.lines+":"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				file, line = t.lines, n+max(line, 1)-1
			}
		}
	}
	if t != nil && file == t.merged {
		file, line, column = t.first, 0, 0 // all of them
	}
	if file == "" || file == "-" {
		return report.Place{}
	}
	return report.Place{File: path.Clean(filepath.ToSlash(file)), Line: line, Column: column}
}

// lintReport writes the problems of a site as a report.
func (p *program) lintReport(form report.Format, records []diag.Record) error {
	var rules []report.Rule
	part := problemsPart(filepath.ToSlash(p.site), path.Join(filepath.ToSlash(p.site), config.File), records)
	for _, c := range build.Codes() {
		if slices.ContainsFunc(records, func(d diag.Record) bool { return d.Code == c.Code }) {
			rules = append(rules, report.Rule{ID: c.Code, Title: c.Summary, Severity: string(c.Severity), Help: c.Doc})
		}
	}
	if _, err := p.stdout.Write(form.Begin(rules)); err != nil {
		return err
	}
	if _, err := report.Parts(form, p.stdout).Write(form.Part(part)); err != nil {
		return err
	}
	_, err := p.stdout.Write(form.End(true))
	return err
}
