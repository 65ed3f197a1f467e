package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
)

// JUnit is the XML of JUnit, as Jenkins, GitLab and Azure Pipelines read it: a suite for
// each part, a case for each entry. What gives exit code 1 is a failure, or an error
// where something could not be read; other fails and unknown verdicts are skipped cases.
// https://github.com/testmoapp/junitxml
func JUnit() Format { return junit{} }

type junit struct{}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	File    string       `xml:"file,attr,omitempty"`
	Line    int          `xml:"line,attr,omitempty"`
	Failure *junitReason `xml:"failure"`
	Error   *junitReason `xml:"error"`
	Skipped *junitReason `xml:"skipped"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (junit) Begin([]Rule) []byte { return []byte(xml.Header + `<testsuites name="plumbline">` + "\n") }
func (junit) End(bool) []byte     { return []byte("</testsuites>\n") }

func (junit) Part(p Part) []byte {
	suite := junitSuite{Name: p.Name}
	for _, e := range p.Entries {
		c := junitCase{Name: e.Subject.Name, Class: e.Rule, File: e.Place.File, Line: e.Place.Line}
		c.Name = cmp.Or(c.Name, e.Place.String(), p.Name)
		text := e.text()
		if at := e.Place.String(); at != "" {
			text += "\n" + at
		}
		reason := &junitReason{Message: e.Message, Type: e.Severity, Text: text}
		if e.Verdict == Unknown {
			reason.Type = string(Unknown)
		}
		switch {
		case e.Verdict == Pass:
		case e.Counts && e.Subject.Name == "":
			c.Error = reason
			suite.Errors++
		case e.Counts:
			c.Failure = reason
			suite.Failures++
		default:
			reason.Message = skipped(e) + reason.Message
			reason.Type = ""
			c.Skipped = reason
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 { // some readers take a report without cases for a mistake
		suite.Cases = []junitCase{{Name: p.Name, Class: "plumbline"}}
	}
	suite.Tests = len(suite.Cases)
	var b bytes.Buffer
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(suite); err != nil {
		panic(err) // a suite holds texts and numbers only
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// skipped says why an entry is no failure, where its message does not.
func skipped(e Entry) string {
	switch {
	case e.Waived != "":
		return "waived, " + e.Waived + ": "
	case e.Verdict == Fail:
		return e.Severity + ": "
	case e.Verdict == NotApplicable:
		return "not applicable: "
	}
	return ""
}
