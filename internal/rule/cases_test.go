package rule

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/topology"
)

// expectation is a line of a case: what a claim gives on a subject. status is a
// verdict, or "fact"; a subject may end in * for the rest of a name.
type expectation struct{ claim, status, subject, detail string }

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
		subject := fields[2]
		if _, name, ok := strings.Cut(subject, ":"); ok {
			subject = name
		}
		e := expectation{claim: fields[0], status: fields[1], subject: subject}
		if len(fields) > 3 {
			e.detail = fields[3]
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		t.Fatalf("%s expects nothing", file)
	}
	return out
}

// outcome is what a claim gives on a subject: the worst verdict of the rules
// tagged with it, or "fact" with the value that a fact rule reports.
type outcome struct{ status, value string }

func claimOutcomes(set *Set, res Result) map[string]map[string]outcome {
	order := []string{"", NotApplicable, Pass, Unknown, Fail}
	tags := map[string][]string{}
	for _, r := range set.Rules {
		tags[r.ID] = r.Tags
	}
	out := map[string]map[string]outcome{}
	of := func(tag string) map[string]outcome {
		if out[tag] == nil {
			out[tag] = map[string]outcome{}
		}
		return out[tag]
	}
	for _, f := range res.Findings {
		for _, tag := range tags[f.Rule] {
			if slices.Index(order, f.Verdict) > slices.Index(order, of(tag)[f.Subject.Name].status) {
				of(tag)[f.Subject.Name] = outcome{status: f.Verdict}
			}
		}
	}
	for _, f := range res.Facts {
		for _, tag := range tags[f.Rule] {
			of(tag)[f.Subject.Name] = outcome{status: Unknown}
			if f.Value != nil {
				of(tag)[f.Subject.Name] = outcome{"fact", *f.Value}
			}
		}
	}
	return out
}

// compare holds what rules find to a case: every expected line, and on the claims
// that the case lists completely no other fail, unknown or fact.
func compare(t *testing.T, set *Set, res Result, want []expectation) {
	t.Helper()
	got := claimOutcomes(set, res)
	means := func(e expectation, subject string) bool {
		prefix, open := strings.CutSuffix(e.subject, "*")
		return subject == e.subject || open && strings.HasPrefix(subject, prefix)
	}
	for _, e := range want {
		found := false
		for subject, o := range got[e.claim] {
			if !means(e, subject) {
				continue
			}
			found = true
			if o.status != e.status {
				t.Errorf("%s on %s is %q, not %s", e.claim, subject, o.status, e.status)
			}
			if e.status == "fact" && exact[e.claim] && !strings.HasPrefix(e.detail, o.value) {
				t.Errorf("%s on %s says %q, not %q", e.claim, subject, o.value, e.detail)
			}
		}
		if !found {
			t.Errorf("nothing is found for %s on %s, which is to be %s", e.claim, e.subject, e.status)
		}
	}
	for claim, subjects := range got {
		if !slices.Contains(complete, claim) {
			continue
		}
		for subject, o := range subjects {
			if o.status != Fail && o.status != Unknown || claim == "C44" && o.status == Unknown {
				continue // C44 is not stated for machines whose system is not known
			}
			if (claim == "C40a" || claim == "C40b") && o.status == Unknown && got["R"][subject].status == Unknown {
				continue // nor are these for machines of which it is not known what reaches them
			}
			if !slices.ContainsFunc(want, func(e expectation) bool { return e.claim == claim && means(e, subject) }) {
				t.Errorf("%s on %s is %s, which the case does not list", claim, subject, o.status)
			}
		}
	}
}

// complete are the claims whose fails and unknowns each case lists completely.
var complete = strings.Fields("R P0 C5 C8 C11 C13 C17 C39a C39b C40a C40b C41 C44 C46 C47 D1 D2 D3 D5 D12")

// exact are the facts of which a case gives the value, or what it begins with.
var exact = map[string]bool{"R": true, "C5": true, "C2": true, "C50": true}

// checkFiles reads the files as one topology and runs every rule on it.
func checkFiles(t *testing.T, set *Set, opts topology.Options, files ...string) Result {
	t.Helper()
	var texts []topology.File
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, topology.File{Name: filepath.Base(file), Text: string(text)})
	}
	res := set.Check(topology.Read(set.Env, texts, opts), Options{All: true})
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
			compare(t, set, checkFiles(t, set, topology.Options{}, filepath.Join(dir, "main.json")), expectations(t, filepath.Join(dir, "expect.tsv"), ""))
		})
	}
}

// real is material beside the repository that is not part of it.
const real = "../../../shared/real"

// realCase is a case that was derived by hand from public files.
type realCase struct {
	files  []string
	values string // of parameters, NAME=VALUE
	scope  string
	as     []string // other cases whose lines hold too
}

var realCases = map[string]realCase{
	"E01":          {files: []string{"arm-template/qs-azure-bastion.json"}},
	"E02":          {files: []string{"arm-template/qs-azure-bastion-nsg.json"}},
	"E04":          {files: []string{"arm-template/qs-bastion-hub-spoke-vnet.json"}},
	"E05":          {files: []string{"arm-template/mspnp-azure-hub-spoke.json"}},
	"E05a":         {files: []string{"arm-template/mspnp-azure-hub-spoke.json"}, values: "deployVirtualMachines=true", as: []string{"E05"}},
	"E05b":         {files: []string{"arm-template/mspnp-azure-hub-spoke.json"}, values: "deployVirtualMachines=true deployVpnGateway=true", as: []string{"E05", "E05a"}},
	"E06":          {files: []string{"arm-template/qs-vm-simple-windows.json"}},
	"E08":          {files: []string{"arm-template/qs-2-vms-loadbalancer-natrules.json"}},
	"E10":          {files: []string{"arm-template/qs-2fe-lb80-rdp-1be-nsg-rdp.json"}},
	"E13":          {files: []string{"arm-template/qs-nat-gateway-hub-spoke-firewall.json"}},
	"E28":          {files: []string{"bicep-compiled/bicep-azure-bastion.json"}},
	"E28 symbolic": {files: []string{"bicep-compiled/bicep-azure-bastion.symbolic.json"}, as: []string{"E28"}},
	"E34": {
		files: []string{"arm-template/alz-vwan-connectivity.json", "arm-template/alz-vwan-sidecar.json", "arm-template/alz-bastion.json"},
		values: "topLevelManagementGroupPrefix=alz location=westeurope connectivitySubscriptionId=00000000-0000-0000-0000-000000000001 enableHub=vwan " +
			"enableAzFw=Yes enablevWANRoutingIntent=Yes enablevWANRoutingIntentSecondary=No rgName=rg-conn addressPrefix=10.100.0.0/23 " +
			"vnetName=vnet-sidecar vnetIpPrefix=10.101.0.0/24 resourceGroupOverride=rg-conn " +
			"vwanHubResourceId=/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-conn/providers/Microsoft.Network/virtualHubs/vhub-alz-prod-westeurope " +
			"bastionSubnetIpPrefix=10.101.0.0/26 bastionHostName=bas-alz",
		scope: "/subscriptions/00000000-0000-0000-0000-000000000001",
	},
}

// TestRealCases holds the rules to findings derived by hand from real files.
func TestRealCases(t *testing.T) {
	if _, err := os.Stat(real); err != nil {
		t.Skip("the real inputs are not beside this checkout")
	}
	set := founding(t)
	for id, c := range realCases {
		t.Run(id, func(t *testing.T) {
			opts := topology.Options{Scope: c.scope}
			for _, pair := range strings.Fields(c.values) {
				name, value, _ := strings.Cut(pair, "=")
				opts.Parameters = append(opts.Parameters, topology.Parameter{Name: name, Value: value})
			}
			var want []expectation
			for _, id := range append([]string{id}, c.as...) {
				if !strings.Contains(id, " ") {
					want = append(want, expectations(t, filepath.Join(real, "expected.tsv"), id)...)
				}
			}
			var files []string
			for _, file := range c.files {
				files = append(files, filepath.Join(real, file))
			}
			compare(t, set, checkFiles(t, set, opts, files...), want)
		})
	}
}

// TestRealResponses holds the rules to findings derived by hand from what Azure
// returned. What is not in the input is unknown, and so no pass and no fail.
func TestRealResponses(t *testing.T) {
	if _, err := os.Stat(real); err != nil {
		t.Skip("the real inputs are not beside this checkout")
	}
	set := founding(t)
	for _, c := range []struct {
		id      string
		files   []string
		subject string // the case holds more files: expect what is about this one
	}{
		{"E16", []string{"rest-BastionHostGet.json"}, "bastionhost'"},
		{"E16", []string{"rest-BastionHostDeveloperGet.json"}, "bastionhostdeveloper'"},
		{"E16", []string{"rest-BastionHostGet.json", "rest-BastionHostDeveloperGet.json"}, ""},
		{"E18", []string{"c7n-nsg-list.json", "c7n-nic-list.json", "c7n-lb-list.json", "c7n-vm-and-jit.json"}, ""},
		{"E18", []string{"c7n-vm-and-jit.json", "c7n-lb-list.json", "c7n-nic-list.json", "c7n-nsg-list.json"}, ""},
	} {
		t.Run(c.id+" "+strings.Join(c.files, " "), func(t *testing.T) {
			var paths []string
			for _, name := range c.files {
				paths = append(paths, filepath.Join(real, "arm-response", name))
			}
			want := expectations(t, filepath.Join(real, "expected.tsv"), c.id)
			if c.id == "E16" {
				// The case lists that the group is unknown, and so is then what it allows.
				want = append(want, expectation{claim: "C39b", status: Unknown, subject: "bastionhost'"})
			}
			if c.subject != "" {
				want = slices.DeleteFunc(want, func(e expectation) bool { return e.subject != c.subject })
			}
			compare(t, set, checkFiles(t, set, topology.Options{}, paths...), want)
		})
	}
}
