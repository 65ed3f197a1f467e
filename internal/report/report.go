// Package report writes what a run found in the forms that CI systems read: SARIF
// for code scanning, JUnit for test reports, workflow commands for GitHub Actions.
//
// It takes the rules of a run and then, one after the other, parts of what was found,
// a topology or a site each, and gives the bytes of a report.
//
// Invariant: a report has every entry that it was given, in the order given.
package report

import (
	"fmt"
	"io"
	"strings"
)

// Rule is a rule, or a code of problems, that entries name.
type Rule struct {
	ID       string
	Title    string
	Severity string // error, warning or info
	Help     string // Markdown: what to do about it
	URL      string // where more is said, absolute; or ""
	Tags     []string
}

// Part is what was found in one topology or one site.
type Part struct {
	Name    string // of the file or folder
	File    string // where entries without a file stand, for who cannot do without
	Entries []Entry
}

// Entry is a finding or a diagnostic.
type Entry struct {
	Rule     string  // id of the rule, or code of the diagnostic
	Severity string  // error, warning or info
	Verdict  Verdict // Fail of a diagnostic
	Counts   bool    // it gives exit code 1
	Subject  Subject // of a finding
	Message  string
	Details  []string // a line each: what leaves a verdict open, what to do
	Place    Place
	Waived   string // why it was waived, or ""
}

// Verdict is that of a finding.
type Verdict string

// The verdicts of the contract, section 3.
const (
	Fail          Verdict = "fail"
	Unknown       Verdict = "unknown"
	Pass          Verdict = "pass"
	NotApplicable Verdict = "not-applicable"
)

// Subject is what a rule looked at. That of a diagnostic has no name.
type Subject struct{ Kind, ID, Name string }

// Place is where an entry stands. File is "" where that is no file; Line and Column are
// 1-based, or 0 where it is all of a file. The column counts Unicode code points.
type Place struct {
	File         string
	Line, Column int
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Format is a form of reports: what begins one, its parts, and what ends it. Parts may
// be made at the same time, once the beginning is.
type Format interface {
	Begin(rules []Rule) []byte
	Part(p Part) []byte
	End(whole bool) []byte // whole: all that was to be read could be
}

// Parts returns what writes the parts of a report, one after the other, to w.
func Parts(f Format, w io.Writer) io.Writer {
	if _, separated := f.(*sarif); separated {
		return &separate{w: w}
	}
	return w
}

// separate leaves out the comma before the first result.
type separate struct {
	w     io.Writer
	begun bool
}

func (s *separate) Write(b []byte) (int, error) {
	if len(b) == 0 || s.begun {
		return s.w.Write(b)
	}
	s.begun = true
	n, err := s.w.Write(b[1:])
	return n + 1, err
}

// text is the message of an entry with its details.
func (e Entry) text() string {
	return strings.Join(append([]string{e.Message}, e.Details...), "\n")
}
