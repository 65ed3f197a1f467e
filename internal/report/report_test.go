package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"strings"
	"testing"

	sarifreader "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

var update = flag.Bool("update", false, "rewrite the expected reports")

// rules and parts have one of each: an error, a warning that gives exit code 1 and one
// that does not, an unknown, a pass, what does not apply, a waived fail, and problems
// with and without a place.
var rules = []Rule{
	{ID: "bastion-sku", Title: "A Bastion is Standard", Severity: "error", Help: "Upgrade *it*.", URL: "https://example.org/bastion/#bastion-sku", Tags: []string{"C1"}},
	{ID: "bastion-logs", Title: "A Bastion is logged", Severity: "warning"},
	{ID: "bastion-note", Title: "A Bastion is noted", Severity: "info"},
}

func parts() []Part {
	hub := Subject{"bastions", "/subscriptions/s/bas-hub", "bas-hub"}
	at := Place{"infra/ä b.json", 12, 5}
	return []Part{{Name: "empty.json", File: "empty.json"}, {
		Name: "infra/ä b.json", File: "infra/ä b.json",
		Entries: []Entry{
			{Rule: "input/incomplete", Severity: "warning", Verdict: Fail, Message: "not everything can be read", Place: Place{File: "infra/ä b.json"}},
			{Rule: "bastion-sku", Severity: "error", Verdict: Fail, Counts: true, Subject: hub, Message: "bas-hub is <Basic> & 100% \"old\"", Details: []string{"Fix: Upgrade it, now: or\nlater."}, Place: at},
			{Rule: "bastion-sku", Severity: "error", Verdict: Fail, Subject: Subject{"bastions", "", "bas-old"}, Message: "bas-old is Basic", Place: at, Waived: "goes in June"},
			{Rule: "bastion-logs", Severity: "warning", Verdict: Fail, Subject: hub, Message: "bas-hub is not logged", Place: at},
			{Rule: "bastion-note", Severity: "info", Verdict: Fail, Subject: hub, Message: "bas-hub is not noted", Place: at},
			{Rule: "bastion-logs", Severity: "warning", Verdict: Unknown, Subject: hub, Message: "bas-hub: unknown", Details: []string{"bastion.sku: it is not set"}, Place: at},
			{Rule: "bastion-sku", Severity: "error", Verdict: Pass, Subject: hub, Message: "bas-hub: it is", Place: at},
			{Rule: "bastion-sku", Severity: "error", Verdict: NotApplicable, Subject: hub, Message: "bas-hub: it is not", Place: at},
		},
	}, {
		Name: "stdin", File: "stdin",
		Entries: []Entry{
			{Rule: "input/json-syntax", Severity: "error", Verdict: Fail, Counts: true, Message: "expected a value\x1b, found \"}\"", Details: []string{"Hint: remove it"}},
			{Rule: "bastion-logs", Severity: "warning", Verdict: Unknown, Counts: true, Subject: Subject{"topology", "", "input"}, Message: "input: unknown"},
		},
	}}
}

func written(f Format, whole bool) []byte {
	var b bytes.Buffer
	b.Write(f.Begin(rules))
	w := Parts(f, &b)
	for _, p := range parts() {
		w.Write(f.Part(p))
	}
	b.Write(f.End(whole))
	return b.Bytes()
}

// TestReports compares the report of each form with the one that was read by eye.
func TestReports(t *testing.T) {
	for name, f := range map[string]Format{"report.sarif": SARIF("1.2.3"), "report.xml": JUnit(), "report.github": GitHub()} {
		got := written(f, true)
		file := "testdata/" + name
		if *update {
			if err := os.WriteFile(file, got, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: -update rewrites it\n%s", file, got)
		}
	}
}

// TestSARIFIsValid holds reports against the schema of OASIS, as a library has it.
func TestSARIFIsValid(t *testing.T) {
	for _, whole := range []bool{true, false} {
		text := written(SARIF("1.2.3"), whole)
		known := json.NewDecoder(bytes.NewReader(text))
		known.DisallowUnknownFields()
		if err := known.Decode(&sarifreader.Report{}); err != nil {
			t.Error(err)
		}
		r, err := sarifreader.FromBytes(text)
		if err != nil {
			t.Fatal(err)
		}
		// The library writes what it read before it looks at it, and these without a value.
		run := r.Runs[0]
		run.Language, run.Tool.Driver.Language, run.NewlineSequences = "en-US", "en-US", []string{"\n"}
		if err := r.Validate(); err != nil {
			t.Error(err)
		}
		if n := len(r.Runs[0].Results); n != 10 {
			t.Errorf("%d results, want 10", n)
		}
		// GitHub refuses a report with one result that has none.
		for _, result := range r.Runs[0].Results {
			if len(result.Locations) != 1 || *result.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || *result.Locations[0].PhysicalLocation.Region.StartLine < 1 {
				t.Errorf("%s has no place", *result.Message.Text)
			}
		}
		if got := *r.Runs[0].Invocations[0].ExecutionSuccessful; got != whole {
			t.Errorf("executionSuccessful is %t, want %t", got, whole)
		}
	}
	none := SARIF("1.2.3")
	text := append(none.Begin(nil), none.End(true)...)
	if !json.Valid(text) {
		t.Errorf("a report without results is no JSON: %s", text)
	}
}

// TestSARIFPaths: relative paths stay relative, absolute ones are URIs of files, and
// nothing in a name is taken for a part of a URI.
func TestSARIFPaths(t *testing.T) {
	for file, want := range map[string]string{
		"main.json":       "main.json",
		"../a/ä b.json":   "../a/%C3%A4%20b.json",
		"a#b?c.json":      "a%23b%3Fc.json",
		"a:b.json":        "./a:b.json",
		"/srv/main.json":  "file:///srv/main.json",
		"/srv/a b.json":   "file:///srv/a%20b.json",
		"100%/main.json":  "100%25/main.json",
		"x/[main](1).tf":  "x/%5Bmain%5D%281%29.tf",
		"dir/sub/x+y.tf":  "dir/sub/x+y.tf",
		"dir/sub/x=y&.tf": "dir/sub/x=y&.tf",
	} {
		if got := uri(file); got != want {
			t.Errorf("uri(%q) = %q, want %q", file, got, want)
		}
	}
}

// TestJUnitCounts: the counts of a suite are those of its cases, and the text of a case
// comes out of XML as it went in.
func TestJUnitCounts(t *testing.T) {
	var r struct {
		Suites []struct {
			Name     string `xml:"name,attr"`
			Tests    int    `xml:"tests,attr"`
			Failures int    `xml:"failures,attr"`
			Errors   int    `xml:"errors,attr"`
			Skipped  int    `xml:"skipped,attr"`
			Cases    []struct {
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(written(JUnit(), true), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Suites) != len(parts()) {
		t.Fatalf("%d suites, want %d", len(r.Suites), len(parts()))
	}
	message := false
	for _, s := range r.Suites {
		var failures, errors, skipped int
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
				message = message || c.Failure.Message == parts()[1].Entries[1].Message
			}
			if c.Error != nil {
				errors++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
		if got, want := [4]int{s.Tests, s.Failures, s.Errors, s.Skipped}, [4]int{len(s.Cases), failures, errors, skipped}; got != want {
			t.Errorf("%s: the suite counts %v, its cases are %v", s.Name, got, want)
		}
	}
	if !message {
		t.Error("the message of the fail is not what it was")
	}
}

// TestGitHubLines: each entry is one command on one line, and its text can be read back.
func TestGitHubLines(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(written(GitHub(), true)), "\n"), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d lines, want 10:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	_, text, _ := strings.Cut(lines[1], "title=bastion-sku::")
	back := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%25", "%").Replace(text)
	if want := parts()[1].Entries[1].text(); back != want {
		t.Errorf("the text is %q, want %q", back, want)
	}
}
