package rule

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
)

// expectation is a line of a case: what a claim gives on a subject.
type expectation struct{ claim, status, subject string }

// expectations reads the lines of a case: claim, status, subject, tab-separated.
// With id set, the first column names the case.
func expectations(t *testing.T, file, id string) []expectation {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []expectation
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		fields := strings.Split(line, "\t")
		if i == 0 && (fields[0] == "claim" || fields[0] == "case") {
			continue
		}
		if id != "" {
			if fields[0] != id {
				continue
			}
			fields = fields[1:]
		}
		if len(fields) < 3 {
			t.Fatalf("%s:%d: a line needs claim, status and subject", file, i+1)
		}
		_, subject, _ := strings.Cut(fields[2], ":")
		out = append(out, expectation{fields[0], fields[1], subject})
	}
	if len(out) == 0 {
		t.Fatalf("%s expects nothing", file)
	}
	return out
}

// verdicts gives each claim's verdict on each subject: the worst of the rules
// tagged with it.
func verdicts(set *Set, res Result) map[string]map[string]string {
	order := []string{"", NotApplicable, Pass, Unknown, Fail}
	tags := map[string][]string{}
	for _, r := range set.Rules {
		tags[r.ID] = r.Tags
	}
	out := map[string]map[string]string{}
	for _, f := range res.Findings {
		for _, tag := range tags[f.Rule] {
			if out[tag] == nil {
				out[tag] = map[string]string{}
			}
			if slices.Index(order, f.Verdict) > slices.Index(order, out[tag][f.Subject.Name]) {
				out[tag][f.Subject.Name] = f.Verdict
			}
		}
	}
	return out
}

// compare holds the verdicts to a case: every expected line, and on the claims
// that the case lists completely no other fail or unknown.
func compare(t *testing.T, set *Set, res Result, want []expectation) {
	t.Helper()
	got := verdicts(set, res)
	listed := map[string]bool{}
	for _, e := range want {
		listed[e.claim+"|"+e.subject] = true
		if got[e.claim] == nil {
			continue // no rule is tagged with the claim
		}
		if v := got[e.claim][e.subject]; v != e.status {
			t.Errorf("%s on %s is %q, not %s", e.claim, e.subject, v, e.status)
		}
	}
	for claim, subjects := range got {
		if !slices.Contains(complete, claim) {
			continue
		}
		for subject, v := range subjects {
			if (v == Fail || v == Unknown) && !listed[claim+"|"+subject] {
				t.Errorf("%s on %s is %s, which the case does not list", claim, subject, v)
			}
		}
	}
}

// complete are the claims whose fails and unknowns each case lists completely.
var complete = strings.Fields("P0 C8 C11 C13 C17 C39a C39b C40a C40b C41 C44 C46 C47 D1 D2 D3 D5 D12")

func checkFile(t *testing.T, set *Set, file string) Result {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	top := topology.Read(set.Env, []topology.File{{Name: filepath.Base(file), Text: string(text)}}, topology.Options{})
	res := set.Check(top, Options{All: true})
	for _, d := range res.Diagnostics {
		t.Errorf("%s:%d:%d: %s [%s]", d.File, d.Line, d.Column, d.Message, d.Code)
	}
	return res
}

func TestCases(t *testing.T) {
	set := founding(t)
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no cases", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			compare(t, set, checkFile(t, set, filepath.Join(dir, "main.json")), expectations(t, filepath.Join(dir, "expect.tsv"), ""))
		})
	}
}

// TestRealCases holds the rules to findings derived by hand from real templates.
func TestRealCases(t *testing.T) {
	const real = "../../../shared/real"
	if _, err := os.Stat(real); err != nil {
		t.Skip("the real inputs are not beside this checkout")
	}
	set := founding(t)
	for id, file := range map[string]string{
		"E01": "arm-template/qs-azure-bastion.json",
		"E02": "arm-template/qs-azure-bastion-nsg.json",
		"E04": "arm-template/qs-bastion-hub-spoke-vnet.json",
		"E06": "arm-template/qs-vm-simple-windows.json",
	} {
		t.Run(id, func(t *testing.T) {
			compare(t, set, checkFile(t, set, filepath.Join(real, file)), expectations(t, filepath.Join(real, "expected.tsv"), id))
		})
	}
}
