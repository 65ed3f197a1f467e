package main

import (
	"strings"
	"testing"

	"github.com/plumbline/plumbline/internal/lang"
	"github.com/plumbline/plumbline/internal/rule"
)

// example is a result with one of everything.
func example() rule.Result {
	at := func(line int) rule.Source { return rule.Source{File: "main.json", Line: line, Column: 5} }
	vm := func(name string) rule.Subject {
		return rule.Subject{Kind: "virtualMachines", ID: "/" + name, Name: name}
	}
	value := "bastion, jit"
	return rule.Result{
		Version: 1,
		Input:   rule.Input{File: "main.json", Format: "arm", Subjects: rule.Counts{{Kind: "bastions", N: 1}, {Kind: "subnets", N: 0}, {Kind: "virtualMachines", N: 2}}},
		Summary: rule.Summary{Pass: 3, Fail: 3, Unknown: 1, NotApplicable: 2},
		Findings: []rule.Finding{
			{Rule: "log", Severity: "warning", Verdict: rule.Fail, Subject: rule.Subject{Name: "jump"}, Message: "Logs are kept", Fix: "Add a diagnostic setting.", Page: "logs/#log", Source: at(70)},
			{Rule: "nsg", Severity: "error", Verdict: rule.Fail, Subject: vm("a"), Message: "a has no network security group on its subnet or on any of its network interfaces, so every port of it is open to the network", Fix: "Associate a group with the subnet.", Page: "nsg/#nsg", Source: at(112)},
			{Rule: "nsg", Severity: "error", Verdict: rule.Fail, Subject: vm("long-name"), Message: "long-name has none", Fix: "Associate a group with the subnet.", Page: "nsg/#nsg", Source: at(140)},
			{Rule: "sku", Severity: "error", Verdict: rule.Unknown, Subject: rule.Subject{Name: "jump"}, Message: "The SKU fits", Fix: "Upgrade.", Page: "sku/#sku", Source: at(70), Missing: []lang.Missing{{Path: "bastion.sku", Reason: "[parameters('sku')] has no default"}}},
			{Rule: "ip", Severity: "error", Verdict: rule.Pass, Subject: vm("a\x1b[31m"), Message: "No public address", Page: "ip/#ip", Source: at(112)},
		},
		Facts: []rule.Fact{
			{Rule: "paths", Subject: vm("a"), Value: &value},
			{Rule: "paths", Subject: vm("b"), Missing: []lang.Missing{{Path: "nic.subnet", Reason: "not stated"}}},
		},
	}
}

func ruleTitles() map[string]string {
	return map[string]string{"log": "Logs are kept", "nsg": "A machine has a network security group", "sku": "The SKU fits", "ip": "No public address", "paths": "Ways to reach a machine"}
}

func print(t terminal, quiet bool) string {
	var b strings.Builder
	t.w = &b
	forPerson{t, ruleTitles(), "https://example.com/", quiet, ""}.print(example(), rule.Todo{})
	return b.String()
}

func TestReport(t *testing.T) {
	const want = `main.json  arm: bastions 1, virtualMachines 2

error  A machine has a network security group  nsg
  a          main.json:112:5
    a has no network security group on its subnet or on any of its network interfaces, so every port of it is open to the network
  long-name  main.json:140:5
    long-name has none
  fix   Associate a group with the subnet.
  page  https://example.com/nsg/#nsg

warning  Logs are kept  log
  jump  main.json:70:5
  fix   Add a diagnostic setting.
  page  https://example.com/logs/#log

unknown  The SKU fits  sku
  jump  main.json:70:5
    bastion.sku: [parameters('sku')] has no default
  page  https://example.com/sku/#sku

pass  No public address  ip
  a�[31m  main.json:112:5

fact  Ways to reach a machine  paths
  a  bastion, jit
  b  unknown
    nic.subnet: not stated

3 fail (2 error, 1 warning), 1 unknown, 3 pass, 2 not applicable
`
	if got := print(terminal{}, false); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestReportFitsTheTerminal(t *testing.T) {
	for line := range strings.Lines(print(terminal{width: 72}, false)) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 72 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestReportColours(t *testing.T) {
	got := print(terminal{color: true}, false)
	for _, want := range []string{"\x1b[1;31merror\x1b[0m", "\x1b[1;33mwarning\x1b[0m", "\x1b[1;35munknown\x1b[0m", "\x1b[1;32mpass\x1b[0m"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestReportQuiet(t *testing.T) {
	got := print(terminal{}, true)
	if !strings.HasPrefix(got, "error  A machine") || strings.Contains(got, "applicable") {
		t.Errorf("got:\n%s", got)
	}
}

func TestReflowed(t *testing.T) {
	const in = "Create a group\nthat lets 443 in.\n\n- one\n  of two\n- two\n"
	const want = "Create a group that lets 443 in.\n\n- one of two\n- two"
	if got := reflowed(in); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
